"""How likely it is that a strange form is a word misread: a noisy channel.

    odds = weight(word) * exp(-cost(word, form)) / (sum over other words of the same + genuine(form))

A word weighs as often as it was met, in the lexicon and in this archive; what letters cost is in `letters`. A form may as
well be a word that no lexicon has (a name), the likelier the shorter it is and the surer it was read. The figures were
chosen on half of the transcribed dev pages and held against the other half: docs/search.md.
"""

from __future__ import annotations

import bisect
import heapq
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache

from pipeline.core.knowledge import models, table
from pipeline.store.letters import GAP, UNMEASURED, any_letter, cost, least, sources

MET = 1.86e6
"""Words that were counted for the lexicon."""
UNKNOWN = 1e-3
"""Of the words of a paper, those that no lexicon has, as far as their letters are arbitrary."""
NATS = 1.9
"""What each letter of an unknown word tells: of so many forms of that length it is one."""
TOLD = 0.6
"""How far the readers' confidence is believed (of its log odds)."""
IN_ARCHIVE = 30.0
"""What one page of this archive that has a word says for it, in words of the lexicon's counts."""
ASKED = 30.0
"""What the asking says for a word: people ask for what they expect."""
MIXED = 3.0
"""What a figure among letters says against a word of its own."""
FAINT = 2.5
"""What is so much fainter (in ln) than what is known already is not weighed."""
SHORT = 4  # letters up to which a form is another word with one letter changed, or none
WHOLE = 6  # letters from which a word may be torn
BROKEN = 3e-3
"""Of the words, those that a line's end breaks in two at one place."""
FOREIGN = 7  # letters from which a form with a Spanish ending may be Spanish
SPANISH = 1e-7
"""Of the words of a paper, any one Spanish word that the lexicon has not: one word of a thousand, of ten thousand words."""
WEIGHED = 20  # words that a form may have been, the likeliest
COMMON, KNOWN = 200, 10
"""How often a word was met that is seen within another: of two or three letters, and of more."""


def lexicon() -> Mapping[str, int]:
    """Words of the period and how often they were met."""
    return _lexicon()


@cache
def _lexicon() -> dict[str, int]:
    told = (models() / "reading" / "words.tsv").read_text("utf-8").split()
    return dict(zip(told[::2], map(int, told[1::2]), strict=True))


@cache
def _sorted() -> tuple[list[str], list[str]]:
    return sorted(_lexicon()), sorted(w[::-1] for w in _lexicon())


def odds(word: str, form: str, sure: float, pages: int = 1, own: int = 0, enough: float = -math.inf) -> float:
    """ln of the odds that a form, read so surely and on so many pages, is the word, which `own` pages have as read. Less
    than `enough` may be too much: other words are not weighed any more."""
    spoken, alone = weight(word, own) - cost(word, form, sure), genuine(form, sure, pages)
    return spoken - (others(form, word, alone) if spoken - alone > enough else alone)


def weight(word: str, own: int = 0) -> float:
    """ln of how often a word is met, in the lexicon's counts."""
    return math.log(lexicon().get(word, 0) + IN_ARCHIVE * own + ASKED)


def genuine(form: str, sure: float, pages: int = 1) -> float:
    """ln of how often a form is met as a word of its own or as what a line's end leaves of others (tacting, propor), in the
    lexicon's counts."""
    kept = min(max(sure, 0.03), 0.97)
    believed = TOLD * math.log(kept / (1 - kept)) + math.log(max(pages, 1))
    if known := lexicon().get(form):
        return math.log(known) + believed
    mixed = MIXED if re.search(r"[a-z]\d([a-z]|$)|\d[a-z]{3}", form) else 0.0
    alone = math.log(MET * UNKNOWN) - NATS * len(form) - mixed
    if len(form) >= FOREIGN and form.endswith(_endings()):
        alone = max(alone, math.log(MET * SPANISH))
    pieces = _pieces(form)
    return believed + (_sum(alone, math.log(BROKEN * pieces)) if pieces else alone)


@cache
def _endings() -> tuple[str, ...]:
    return tuple(row["ending"] for row in table("search/endings.csv"))


@cache
def _affixes() -> dict[str, frozenset[str]]:
    """What a word may begin with, and end with, that is a word no less."""
    rows = table("search/affixes.csv")
    return {at: frozenset(row["affix"] for row in rows if row["at"] == at) for at in ("beginning", "end")}


@cache
def _pieces(form: str) -> int:
    """How often words were met that begin or end so and are longer by two letters or more."""
    ahead, behind = _sorted()
    longer = (*_starting(ahead, form), *(w[::-1] for w in _starting(behind, form[::-1])))
    return sum(lexicon()[w] for w in longer if len(w) > len(form) + 1)


def others(form: str, word: str, floor: float) -> float:
    """`floor`, ln of how often a form is met as itself, and how often because another word of the lexicon was read so,
    together."""
    from rapidfuzz.distance import Levenshtein

    known = lexicon()
    for other in near(form, Levenshtein.distance(word, form) + 1):
        often = math.log(known[other])
        if other != word and often - least(Levenshtein.distance(other, form)) > floor - FAINT:
            floor = _sum(floor, often - cost(other, form))
    return floor


@cache
def near(form: str, most: int) -> tuple[str, ...]:
    """Words of the lexicon that at most so many letters part from a form, the likeliest first."""
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    known = lexicon()
    found = {w for w in any_letter(form) if w in known}
    if len(form) > SHORT:
        long = (len(form) + 1) // 2
        ahead, behind = _sorted()
        head, tail = form[:long], form[-long:]
        found.update(w for start in (head, *sources(head)) for w in _starting(ahead, start))
        found.update(w[::-1] for end in (tail, *sources(tail)) for w in _starting(behind, end[::-1]))
    found.discard(form)
    close = process.extract(form, list(found), scorer=Levenshtein.distance, score_cutoff=most, limit=None)
    likely = heapq.nlargest(WEIGHED, ((math.log(known[w]) - UNMEASURED * far, w) for w, far, _ in close))
    return tuple(w for _, w in likely)


def _starting(listed: list[str], start: str) -> list[str]:
    return listed[bisect.bisect_left(listed, start) : bisect.bisect_left(listed, start + "\U0010ffff")]


def _sum(a: float, b: float) -> float:
    """ln(e^a + e^b)."""
    high, low = max(a, b), min(a, b)
    return high + math.log1p(math.exp(low - high)) if low > -math.inf else high


# gaps


def glued(word: str, form: str, sure: float, own: int = 0) -> float:
    """ln of the odds that a longer form is the word and its neighbours without gaps; -inf when the rest is no words, or
    more of the form is one, or either only lengthens the other (underloaded, interamerican)."""
    begins = form.startswith(word)
    if begins:
        rest, longer = form.removeprefix(word), [form[:n] for n in range(len(word) + 1, len(form) + 1)]
    else:
        rest, longer = form.removesuffix(word), [form[n:] for n in range(len(form) - len(word))]
    first, last = (word, rest) if begins else (rest, word)
    if first in _affixes()["beginning"] or last in _affixes()["end"]:
        return -math.inf
    if rest == form or any(more in lexicon() for more in longer):
        return -math.inf
    if (junk := _junk(rest)) > 1 + len(rest) // 8:
        return -math.inf
    spoken = weight(word, own) - GAP - junk * UNMEASURED / 2
    return spoken - others(form, word, genuine(form, sure))


def _junk(rest: str) -> int:
    """The least letters that are left over when a string is taken for words without gaps."""
    best = [0]
    for end in range(1, len(rest) + 1):
        words = [best[start] for start in range(max(0, end - 14), end) if _little(rest[start:end])]
        best.append(min([best[-1] + 1, *words]))
    return best[-1]


def _little(word: str) -> bool:
    return len(word) > 1 and lexicon().get(word, 0) >= (COMMON if len(word) < 4 else KNOWN)


def torn(word: str, parts: Sequence[str], sure: Mapping[str, float], own: int = 0) -> float:
    """ln of the odds that forms beside each other are the word with gaps in it; `sure` by part."""
    apart = sum(genuine(part, sure.get(part, 0.9)) - math.log(MET) for part in parts) + math.log(MET)
    return weight(word, own) - cost(word, " ".join(parts)) - apart


def splits(word: str) -> list[tuple[str, str]]:
    """What is left of a word where a letter in it was not read, or a gap was seen."""
    if len(word) < WHOLE:
        return []
    return [(word[:at], word[at + lost :]) for lost in (1, 0) for at in range(2, len(word) - lost - 1)]


# grammar


def inflected(one: str, other: str) -> bool:
    """Whether two words differ in an ending of grammar (Cuban, Cubans; vote, voted) or are the same."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    endings = ("s", "d", "n", "r", "y", "es", "ed", "er", "ly", "an", "al", "ing")
    if long.startswith(short):
        return long[len(short) :] in endings
    if short.endswith(("e", "y")) and long.startswith(short[:-1]):
        return long[len(short) - 1 :] in ("ing", "ies", "ied", "ian", "ion")
    same_stem = len(one) == len(other) and one[:-1] == other[:-1]
    return same_stem and {one[-1], other[-1]} <= set("sdrnyae") and len(one) > 3
