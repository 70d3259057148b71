"""Names that their form gives away: posts, bodies, operations, cryptonyms, persons behind a title (models/entities)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.core import knowledge
from pipeline.recognize.casing import is_common
from pipeline.recognize.gazetteer import terms
from pipeline.recognize.people import is_known_surname


@dataclass(frozen=True, slots=True)
class Form:
    """One pattern with its proof. `capitals`: also tried on texts all in capitals."""

    id: str
    label: str
    pattern: re.Pattern[str]
    confidence: float
    capitals: bool
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@cache
def forms() -> tuple[Form, ...]:
    """The patterns of models/entities/patterns.toml."""
    return tuple(
        Form(p["id"], p["label"], re.compile(p["pattern"]), p["confidence"], p.get("capitals", False),
             tuple(p["examples"]), tuple(p["counterexamples"]))
        for p in knowledge.toml("entities/patterns.toml")["pattern"]
    )  # fmt: skip


def by_form(text: str, capitals: bool) -> Iterator[tuple[int, int, Form]]:
    """Half-open spans of names in `text` with the form that gave them away."""
    for form in forms():
        if capitals and not form.capitals:
            continue
        group = "name" if "name" in form.pattern.groupindex else 0
        for m in form.pattern.finditer(text):
            start, end = m.span(group)
            if form.id == "PERSON_TITLED":
                end = _without_common(text, start, end)
                if end <= start:
                    continue
            if capitals and form.label == "ORG":
                start, end = _trimmed(text, start, end, form.id == "ORG_POST")
            yield start, end, form


def _without_common(text: str, start: int, end: int) -> int:
    """Where a name behind a title ends when the common words after it are left off ("General Accounting Office": nowhere)."""
    words = list(re.finditer(r"\S+", text[start:end]))
    while words and is_common(re.sub(r"\W", "", words[-1].group())) and (len(words) > 1 or len(words[-1].group()) > 5):
        words.pop()
    return start + words[-1].end() if words else start


def _trimmed(text: str, start: int, end: int, post: bool) -> tuple[int, int]:
    """A body's name in capitals without the words that only stand before it, or, for a post, after it."""
    words = list(re.finditer(r"\S+", text[start:end]))
    if post:
        last = words[-1]
        return (start, start + words[-2].end()) if len(words) > 1 and is_common(last.group()) else (start, end)
    after = max((n + 1 for n, w in enumerate(words[:-1]) if re.search(r"[a-zA-Z]{3,}[.,;:]$", w.group())), default=0)
    names = [n for n, w in enumerate(words[:-1]) if n >= after and not is_common(w.group().strip(".,'"))]
    first = names[0] if names else max(after, len(words) - 2)
    return start + words[first].start(), end


@dataclass(frozen=True, slots=True)
class _Cryptonyms:
    """Patterns for cryptonyms: `sure` with a slash or a number, `bare` of digraphs that begin no English word."""

    sure: re.Pattern[str]
    bare: re.Pattern[str]
    beside: re.Pattern[str]
    never: frozenset[str]
    never_begins: tuple[str, ...]


@cache
def _cryptonyms() -> _Cryptonyms:
    data = knowledge.toml("entities/cryptonyms.toml")
    every = "|".join([*data["digraphs"], *data["strange"]])
    strange = "|".join(data["strange"])
    letters = r"[A-Z][A-Za-z01]{2,}"  # a reader of scans puts small letters and figures among capitals
    return _Cryptonyms(
        re.compile(rf"(?<![\w/])(?:{every})(?:/{letters}(?:[-/]\d{{1,3}})?|{letters}[-/]\d{{1,3}})(?![\w/])"),
        re.compile(rf"(?<![\w/-])(?:{strange})[A-Z]{{3,}}(?![\w/-])"),
        re.compile(rf"(?<![\w/-])(?:{every})[A-Z]{{3,}}(?![\w/-])"),
        frozenset(data["never"]),
        tuple(data["never_begins"]),
    )


def speaks_in_cryptonyms(text: str) -> bool:
    """Whether a document uses cryptonyms that nobody can take for words, or two that hardly are: then others may be bare."""
    known = _cryptonyms()
    hardly = sum(_is_cryptonym(m.group(), known) for m in known.bare.finditer(text))
    return hardly > 1 or any(_is_cryptonym(m.group(), known) for m in known.sure.finditer(text))


def cryptonyms(text: str, capitals: bool, beside: bool = False) -> Iterator[tuple[int, int, float]]:
    """Half-open spans of cryptonyms with a confidence; in texts all in capitals those with a slash or a number.

    `beside`: the document speaks in cryptonyms, so that a bare one may begin as a word does (LIENVOY), and among capitals
    those count that no word begins like (AELADLE).
    """
    known = _cryptonyms()
    for m in known.sure.finditer(text):
        if _is_cryptonym(m.group(), known):
            yield m.start(), m.end(), 0.85
    if capitals and not beside:
        return
    for m in (known.beside if beside and not capitals else known.bare).finditer(text):
        if _is_cryptonym(m.group(), known) and (capitals or any(c.islower() for c in _line_around(text, m))):
            strange = 0.82 if beside else 0.7  # beside others it outranks the model, to which AELADLE is a man
            yield m.start(), m.end(), strange if known.bare.fullmatch(m.group()) else 0.55


def _is_cryptonym(written: str, known: _Cryptonyms) -> bool:
    word = re.split(r"[-/]\d", written)[0].replace("/", "")
    capitals = sum(c.isupper() for c in word)
    if is_no_cryptonym(word) or capitals < 0.6 * len(word):
        return False
    return not (is_common(word) or is_known_surname(word) or word.lower() in terms() or word.lower() in _places())


@cache
def _places() -> frozenset[str]:
    """Names of places in small letters, without the cryptonyms that stand for some."""
    names = {
        n
        for r in knowledge.table("gazetteer/places.csv")
        for of in ("name", "aliases", "demonyms")
        for n in r[of].split("|")
    }
    return frozenset(n.lower() for n in names if not n.isupper())


def is_no_cryptonym(written: str) -> bool:
    """Whether a word only begins as cryptonyms do: AMEMBASSY, UNCLASSIFIED."""
    known = _cryptonyms()
    return written in known.never or written.startswith(known.never_begins)


def _line_around(text: str, m: re.Match[str]) -> str:
    stop = text.find("\n", m.end())
    return text[text.rfind("\n", 0, m.start()) + 1 : m.start()] + text[m.end() : stop if stop >= 0 else len(text)]
