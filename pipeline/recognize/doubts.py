"""What looks like a name and is none: words of forms and headings, titles, letters without sense around a stamp.

Asked only of names that nothing but the model or an echo speaks for. A reader of scans leaves fragments in capitals; the
model, which learned from clean text, takes them for names. What helps is what a person does: a name stands in a sentence,
in a list of names, or is known; a word of the form itself is none, however it is misread.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.recognize.casing import is_common
from pipeline.recognize.gazetteer import terms
from pipeline.recognize.names import titles
from pipeline.recognize.people import is_known_surname

_WORDS = re.compile(r"[A-Za-z][A-Za-z'’]*")
_AROUND = 70  # characters either side in which a sentence shows
_LEAST = 3  # common words that make a sentence of what stands around a name


def is_form_word(name: str) -> bool:
    """Whether a name is made of words of forms, headings and titles alone; longer ones may be misread by a letter or two."""
    plain = " ".join(name.lower().split())
    if plain in terms():
        return True
    words = [re.sub(r"[^\w]", "", w) for w in plain.split()]
    words = [w for w in words if w]
    return bool(words) and all(_of_form(w) for w in words)


@lru_cache(maxsize=16384)
def _of_form(word: str) -> bool:
    if word in _single() or word.isdigit():
        return True
    allowed = 2 if len(word) >= 9 else 1 if len(word) >= 7 else 0
    return bool(allowed) and any(_within(word, t, allowed) for t in _single() if abs(len(t) - len(word)) <= allowed)


def is_body(name: str) -> bool:
    """Whether a name is a common word for a body or its part, which no person is called."""
    return name.lower() in _BODIES


_BODIES = frozenset(
    "agency branch bureau cabinet commission committee council department desk directorate division embassy headquarters "
    "mission office party section senate staff station supervisor clerk viet government delegation parliament".split()
)


def is_title(word: str) -> bool:
    """Whether a word is a title, misread by a letter or two when it is long: Ambassaocr."""
    plain = re.sub(r"\W", "", word.lower())
    if plain in titles():
        return True
    allowed = 2 if len(plain) >= 9 else 1 if len(plain) >= 8 else 0
    return bool(allowed) and any(_within(plain, t, allowed) for t in titles() if abs(len(t) - len(plain)) <= allowed)


def in_sentence(text: str, start: int, end: int) -> bool:
    """Whether ordinary words stand around the span: a sentence, not a list of codes or what a stamp left."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    words = [*_WORDS.findall(before)[1:], *_WORDS.findall(after)[:-1]]
    common = sum(is_common(w) for w in words if len(w) > 1)
    return common >= _LEAST and common >= 0.3 * len(words)


def is_label(text: str, end: int) -> bool:
    """Whether what ends at `end` is the label of a blank on a form, or begins one: AGENCY :, AGENCY FILE NUMBER."""
    return re.match(r"[ \t]{0,3}:|[ \t]+(?:FILE|INFORMATION\b|(?:FILE )?NUMBER\b)", text[end : end + 14]) is not None


def trimmed(name: str) -> tuple[int, int]:
    """The part of a person's name, as a half-open span of it, without form words and misread titles at its ends."""
    words = list(re.finditer(r"\S+", name))
    while len(words) > 1 and (is_title(words[0].group()) or _of_form(_bare(words[0].group()))):
        words.pop(0)
    while len(words) > 1 and _of_form(_bare(words[-1].group())) and not is_known_surname(words[-1].group()):
        words.pop()
    return (words[0].start(), words[-1].end()) if words else (0, len(name))


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word.lower())


@cache
def _single() -> frozenset[str]:
    """Single words of forms, headings and titles, in lower case."""
    return frozenset(t for t in (*terms(), *titles()) if " " not in t and len(t) > 2)


def _within(a: str, b: str, most: int) -> bool:
    """Whether Levenshtein's distance is at most `most`."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
        if min(row) > most:
            return False
    return row[-1] <= most
