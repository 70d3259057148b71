"""Names of persons: their parts, how they are written, and whether two may be the same man's.

Titles are data (models/gazetteer/titles.csv). Nothing here knows who anybody is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.core import knowledge

_PARTICLES = frozenset("de del della der den di da dos du van von la le el al bin ibn ben ter zu y".split())
_SUFFIX = re.compile(r",?\s+(?:Jr|Sr|II|III|JR|SR)\.?$")
_INITIAL = re.compile(r"[A-Z]\.?|(?:[A-Z]\.){2,}|[A-Z]{2}\.?")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in parts, in the order written: `given` names or initials, `surname`, and the `title` before it."""

    given: tuple[str, ...]
    surname: str
    title: str = ""

    @property
    def written(self) -> str:
        return " ".join([*self.given, self.surname])

    @property
    def full(self) -> bool:
        return bool(self.given)


@cache
def titles() -> dict[str, tuple[str, str]]:
    """Title in lower case without full stop: its kind (office, rank, honorific) and the roles in the gazetteer it fits."""
    return {r["title"].lower(): (r["kind"], r["role"]) for r in knowledge.table("gazetteer/titles.csv")}


@cache
def _title_pattern() -> re.Pattern[str]:
    every = sorted((re.escape(t).replace(r"\ ", r"[\s.-]+") for t in titles()), key=len, reverse=True)
    return re.compile(rf"(?<![\w])(?P<title>{'|'.join(every)})\b(?:['’]s)?\.?(?:[-\s]+Designate)?\s+$", re.IGNORECASE)


@cache
def leading_title() -> re.Pattern[str]:
    """A title (or several) at the beginning of a name; the name goes on after it."""
    every = sorted((re.escape(t).replace(r"\ ", r"[\s.-]+") for t in titles()), key=len, reverse=True)
    return re.compile(rf"(?P<title>(?:(?:{'|'.join(every)})\b\.?,?\s+)+)(?=\S)", re.IGNORECASE)


def title_before(text: str, at: int) -> str:
    """The title that ends just before `at`, as written in `titles`, in lower case; "" when there is none."""
    before = text[max(0, at - 40) : at]
    m = _title_pattern().search(before)
    if not m:
        return ""
    written = m["title"]
    if not written[0].isupper():
        return ""
    return re.sub(r"[\s.-]+", " ", written.lower())


def tidy(text: str) -> str:
    """A name on one line, without possessive and stray marks, capitals made ordinary."""
    name = re.sub(r"(?<=\w)-\s*\n\s*(?=[a-z])|(?<=[A-Z])-\s+(?=[A-Z])", "", text)
    name = " ".join(name.split())
    name = re.sub(r"['’]\s?[sS]?$", "", name).strip(' ,;:*_"“”()[]')
    name = re.sub(r"(?<=[a-zA-Z]{3})\.$", "", name)
    if name.isupper() and len(re.sub(r"\W", "", name)) > 2:
        name = " ".join(_ordinary(w) for w in name.split())
    return re.sub(r"(?<=\b[A-Z])\.(?=[A-Z][a-z])", ". ", name)


def _ordinary(word: str) -> str:
    """KISSINGER as Kissinger, McCONE as McCone, O'NEILL as O'Neill; initials stay, also three run together (JFK)."""
    if re.fullmatch(r"(?:[A-Z]\.?){1,2}|(?:[A-Z]\.)+|[B-DF-HJ-NP-TV-XZ]{3}", word):
        return word
    if word.lower() in _PARTICLES:
        return word.lower()
    out = re.sub(r"[A-Za-zÀ-ÿ]+", lambda m: m.group().capitalize(), word)
    out = re.sub(r"\bMc([a-z])", lambda m: "Mc" + m[1].upper(), out)
    return re.sub(r"['’]S\b", "'s", out)


def parse(name: str) -> PersonName:
    """`name` (tidied, titles allowed) in parts. "Kennedy, John F." is understood as well as "John F. Kennedy"."""
    m = leading_title().match(name)
    title = re.sub(r"[\s.]+", " ", m["title"].lower()).strip() if m and len(m.group()) < len(name) else ""
    bare = _SUFFIX.sub("", name[m.end() :] if m and title else name)
    if "," in bare:
        last, _, first = bare.partition(",")
        return PersonName(tuple(_given(first)), last.strip(), title)
    words = bare.split()
    if not words:
        return PersonName((), name, title)
    cut = len(words) - 1
    while cut > 1 and words[cut - 1].lower() in _PARTICLES:
        cut -= 1
    if cut == 1 and words[0].lower() in _PARTICLES:
        cut = 0
    given = [g for w in words[:cut] for g in _given(w)]
    return PersonName(tuple(given), " ".join(words[cut:]), title)


def _given(text: str) -> list[str]:
    """Given names one by one: "R.W." and "MJ" are two initials."""
    out: list[str] = []
    for word in text.split():
        if re.fullmatch(r"(?:[A-Z]\.)+[A-Z]?\.?|[A-Z]{2}", word):
            out += [f"{c}." for c in re.sub(r"\W", "", word)]
        else:
            out.append(word)
    return out


@lru_cache(maxsize=65536)
def letters(text: str) -> str:
    """The letters of a name alone, in lower case, accents folded."""
    return re.sub(r"[^a-z]", "", text.lower().translate(_FOLD))


_FOLD = str.maketrans("àáâãäåçèéêëìíîïñòóôõöøùúûüýÿ", "aaaaaaceeeeiiiinoooooouuuuyy")


def agree(a: PersonName, b: PersonName) -> bool:
    """Whether the given names of two bearers of one surname may be one man's: R. W. and Robert, not Robert and John."""
    x, y = [letters(g) for g in a.given], [letters(g) for g in b.given]
    if not x or not y:
        return True
    if _alike(x[0], y[0]):
        return len(x) < 2 or len(y) < 2 or _alike(x[1], y[1])
    # called by the second name: W. Averell and Averell, McGeorge and Mac
    return any(len(p) > 1 and any(p == q for q in other[1:]) for p, other in ((x[0], y), (y[0], x)))


def _alike(a: str, b: str) -> bool:
    if not a or not b:
        return True
    if len(a) == 1 or len(b) == 1:
        return a[0] == b[0]
    short, long = sorted((a, b), key=len)
    if long.startswith(short) or _familiar().get(a, a) == _familiar().get(b, b):
        return True
    return len(short) > 4 and abs(len(a) - len(b)) <= 1 and sum(p != q for p, q in zip(a, b, strict=False)) <= 1


@cache
def _familiar() -> dict[str, str]:
    return {r["familiar"]: r["name"] for r in knowledge.table("gazetteer/familiar_names.csv")}
