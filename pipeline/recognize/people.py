"""The persons of one document: which mentions are one man, how he is called at his fullest, and whom the gazetteer knows.

"Ambassador Thompson", "Llewellyn Thompson" and "Thompson" on one set of pages are one man. A surname that two men of the
document bear goes to the one whose title or nearness speaks for him. The gazetteer's people (roles, tenure) are asked
last: only a man in office at the document's date, whose given names and title do not contradict, is meant.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from pipeline.core import knowledge
from pipeline.recognize.names import PersonName, agree, letters, parse, tidy, titles


@dataclass(frozen=True, slots=True)
class Known:
    """A man of the gazetteer. `weight` counts how often the training volumes speak of him."""

    key: str
    name: PersonName
    canonical: str
    others: tuple[str, ...]
    since: str
    until: str
    roles: str
    weight: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A person's name as it stands in the document: where, what, and the title before it ("" none)."""

    start: int
    end: int
    text: str
    title: str = ""


@dataclass(slots=True)
class Man:
    """The mentions that are one man within a document; `name` his fullest name there."""

    name: PersonName
    seen: list[Seen] = field(default_factory=list)
    titles: set[str] = field(default_factory=set)
    key: str = ""

    def take(self, one: Seen, name: PersonName) -> None:
        self.seen.append(one)
        if one.title or name.title:
            self.titles.add(one.title or name.title)
        if len(letters(name.written)) > len(letters(self.name.written)) and name.full:
            self.name = PersonName(name.given, name.surname, self.name.title or name.title)


@cache
def people() -> tuple[dict[str, list[Known]], dict[str, Known]]:
    """Known men by the letters of every word of their surname, and by the letters of every other whole name."""
    by_surname: dict[str, list[Known]] = defaultdict(list)
    by_name: dict[str, Known] = {}
    for row in knowledge.table("gazetteer/people.csv"):
        name = _canonical(row["name"])
        others = tuple(a for a in row["aliases"].split("|") if a)
        known = Known(
            row["id"], name, row["name"], others, row["from"], row["to"], row["roles"], int(row["weight"] or 0)
        )
        ruler = any(re.fullmatch(r"[IVX]+", g) for g in name.given)  # Hassan II, John XXIII: no surnames
        for key in {letters(name.surname), *(letters(w) for w in name.surname.split()), *_nicknames(others)}:
            if len(key) > 1 and not ruler:
                by_surname[key].append(known)
        for other in (name.written, *others):
            by_name.setdefault(letters(other), known)
    return dict(by_surname), by_name


def given_before(text: str, at: int, surname: str) -> int:
    """Where the given names begin that stand before the known surname at `at`; `at` when none that agree do."""
    m = re.search(r"(?:(?:[A-Z][A-Za-z]+|[A-Z]\.)[ ]?){1,2}$", text[max(0, at - 30) : at])
    if not m or not text[at - 1 : at].isspace():
        return at
    given = m.group().split()
    for n in range(len(given)):
        if any(
            k.name.given and agree(PersonName(tuple(given[n:]), surname), k.name)
            for k in people()[0].get(letters(surname), ())
        ):
            return at - len(m.group()) + m.group().index(given[n])
    return at


def is_known_surname(word: str, weight: int = 0) -> bool:
    """Whether a man of the gazetteer who is spoken of that much is called so."""
    return any(k.weight >= weight for k in people()[0].get(letters(re.sub(r"['’][sS]?$", "", word)), ()))


def is_known_name(name: str) -> bool:
    """Whether a man of the gazetteer is called so in full."""
    return letters(name) in people()[1]


def _canonical(name: str) -> PersonName:
    """ "Castro Ruz, Fidel" in parts; names without a comma (Chou En-lai, Ngo Dinh Diem) are surname first."""
    if "," in name:
        return parse(name)
    first, *rest = name.split()
    return PersonName(tuple(rest), first) if rest else PersonName((), first)


def _nicknames(others: Sequence[str]) -> set[str]:
    return {letters(o) for o in others if " " not in o}


def name_them(seen: Sequence[Seen], date: str | None) -> list[tuple[Seen, str, str]]:
    """Each mention with its man's name (as full as the document has it) and his key in the gazetteer ("" unknown).

    `seen` in the order of the text; `date` of the document as EDTF.
    """
    men = _men(seen, date)
    out: list[tuple[Seen, str, str]] = []
    for man in men:
        man.key = _known(man, date)
        title = "" if man.name.full else next((t for t in sorted(man.titles) if titles()[t][0] != "honorific"), "")
        shown = f"{title.title()} {man.name.written}" if title else man.name.written
        out += [(one, shown, man.key) for one in man.seen]
    return sorted(out, key=lambda row: row[0].start)


def _men(seen: Sequence[Seen], date: str | None) -> list[Man]:
    """The men of the document. Full names come first; a surname alone then goes to one of its bearers."""
    men: list[Man] = []
    names = [(one, parse(tidy(one.text))) for one in seen]
    for one, name in names:
        if name.full:
            man = next(
                (m for m in men if _same_surname(m.name, name) and agree(m.name, name) and not _two(m, name)), None
            )
            if man:
                man.take(one, name)
            else:
                men.append(Man(name, [one], {t for t in (one.title or name.title,) if t}))
    for one, name in names:
        if not name.full:
            bearers = [m for m in men if letters(name.surname) in _words(m.name)]
            man = _meant(bearers, one, name, date)
            if man:
                man.take(one, name)
            else:
                men.append(Man(name, [one], {t for t in (one.title or name.title,) if t}))
    return men


def _meant(bearers: list[Man], one: Seen, name: PersonName, date: str | None) -> Man | None:
    """Which bearer a bare surname means, None when it means somebody whom the document has not named in full.

    An office decides: it fits a bearer, or a man of the gazetteer who holds it. Without one the surname of a man far
    better known than the bearers is his.
    """
    title = one.title or name.title
    if title and titles().get(title, ("honorific",))[0] != "honorific":
        holder = _of(Man(PersonName((), name.surname), titles={title}), date)
        if holder and _suits(title, holder):
            return next((m for m in bearers if _of(m, date) == holder), None)
        bearers = [m for m in bearers if title in m.titles] or bearers
        return _nearest(bearers, one) if bearers else None
    if not bearers:
        return None
    known = _of(Man(PersonName((), name.surname)), date)
    if known and all(m.name.full and known.weight > 3 * _weight(m, date) and _of(m, date) != known for m in bearers):
        return None
    return _nearest(bearers, one)


def _of(man: Man, date: str | None) -> Known | None:
    key = _known(man, date)
    return by_key().get(key) if key else None


def _weight(man: Man, date: str | None) -> int:
    known = _of(man, date)
    return known.weight if known else 0


@cache
def by_key() -> dict[str, Known]:
    by_surname, _ = people()
    return {k.key: k for several in by_surname.values() for k in several}


def _two(man: Man, name: PersonName) -> bool:
    """Whether the gazetteer knows both names and they are two men's: Morarji Desai is not M. J. Desai."""
    _, by_name = people()
    a, b = by_name.get(letters(man.name.written)), by_name.get(letters(name.written))
    return a is not None and b is not None and a.key != b.key


def _same_surname(a: PersonName, b: PersonName) -> bool:
    x, y = letters(a.surname), letters(b.surname)
    return x == y or (len(x) > 6 and len(x) == len(y) and sum(p != q for p, q in zip(x, y, strict=True)) == 1)


@lru_cache(maxsize=65536)
def _words(name: PersonName) -> frozenset[str]:
    """What a man may be called by alone: his surname, its words, and a given name written out in eastern names."""
    given = (letters(g) for g in name.given if len(g) > 3)
    return frozenset((letters(name.surname), *(letters(w) for w in name.surname.split()), *given))


def _nearest(men: list[Man], one: Seen) -> Man:
    """The man last named before `one`; else the first named."""
    surname = [m for m in men if letters(m.name.surname) == letters(parse(tidy(one.text)).surname)] or men
    before = [(max(s.start for s in m.seen if s.start < one.start), m) for m in surname if m.seen[0].start < one.start]
    return max(before, key=lambda b: b[0])[1] if before else surname[0]


def _known(man: Man, date: str | None) -> str:
    """The key of the man of the gazetteer who is meant, "" when nobody or more than one fits."""
    by_surname, by_name = people()
    if _by_initials(man.name):
        return by_name[letters(man.name.surname)].key  # spoken of long after his time: JFK ASSASSINATION RECORDS
    if man.name.full and (known := by_name.get(letters(man.name.written))) and _in_time(known, date) > 0:
        return known.key
    wanted = {letters(man.name.surname)} | (
        {letters(w) for w in man.name.given if len(w) > 3} if man.name.full else set()
    )
    scored: list[tuple[float, Known]] = []
    for known in {k.key: k for w in wanted for k in by_surname.get(w, ())}.values():
        score = _fits(man, known) * _in_time(known, date)
        if score > 0:
            scored.append((score, known))
    scored.sort(key=lambda s: (-s[0], -s[1].weight, s[1].key))
    if not scored or scored[0][0] < 0.36:
        return ""
    if len(scored) > 1 and scored[1][0] >= scored[0][0] and scored[1][1].weight * 3 > scored[0][1].weight:
        return ""
    return scored[0][1].key


def _by_initials(name: PersonName) -> bool:
    """Whether a known man is called by all his initials, run together: JFK."""
    initials = name.surname
    known = people()[1].get(letters(initials)) if not name.full and re.fullmatch(r"[A-Z]{3}", initials) else None
    return known is not None and initials in known.others


def _fits(man: Man, known: Known | None) -> float:
    """How well a man's names and titles go with a known man, 0 (contradiction) to 1."""
    if known is None:
        return 0.0
    same = letters(man.name.surname) == letters(known.name.surname) or letters(man.name.surname) in _nicknames(
        known.others
    )
    if man.name.full:
        if same:
            if not agree(man.name, known.name):
                return 0.0
            return 1.0 if not man.titles or any(_suits(t, known) for t in man.titles) else 0.95
        # eastern names in western order, or compound surnames: every word of one among the words of the other
        mine = {letters(w) for w in man.name.written.split()} - {""}
        his = {letters(w) for w in f"{known.name.written} {known.canonical}".split()} - {""}
        return 0.9 if mine <= his and len(mine) > 1 else 0.0
    words = [letters(w) for w in known.name.surname.split()]
    if not same and letters(man.name.surname) not in words:
        return 0.0
    score = 0.6 if same or letters(man.name.surname) == words[-1] else 0.5
    for title in man.titles:
        kind, role = titles().get(title, ("honorific", ""))
        if kind == "honorific" or not known.roles:
            continue
        score += 0.3 if role and re.search(role, known.roles) else -0.12
    return max(0.05, min(1.0, score))


def _suits(title: str, known: Known) -> bool:
    role = titles().get(title, ("", ""))[1]
    return bool(role) and re.search(role, known.roles) is not None


def _in_time(known: Known, date: str | None) -> float:
    """1 within a man's tenure, less beside it, 0 more than twelve years off; 0.8 when nothing is known."""
    year = (date or "").lstrip("./")[:4]
    if not year.isdigit() or not known.since:
        return 0.8
    since, until = int(known.since[:4]), int((known.until or known.since)[:4])
    off = max(since - int(year), int(year) - until, 0)
    return 1.0 if off <= 1 else 0.85 if off <= 5 else 0.6 if off <= 12 else 0.0
