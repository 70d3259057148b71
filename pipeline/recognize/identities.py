"""Who the mentions of an archive are: mentions become entities, with a score and a reason, whatever order they come in.

`identify` reads the mentions once and keeps one line for each distinct (label, name, key, year); `Identities.who` then
says for any mention which entity it is, so that an archive of millions of mentions needs memory for its names alone.

A key of the gazetteer decides. Without one, persons with given names are held against each other (surname, initials,
time); a bare surname goes to the bearer who stands out among those of its time, else it stays somebody of that name.
Other names are one entity when their letters are the same.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.recognize.gazetteer import gazetteer
from pipeline.recognize.names import PersonName, agree, letters, parse, titles
from pipeline.recognize.people import people

STANDS_OUT = 2.5
"""How many times as often as the next bearer a man must be spoken of to be meant by the bare surname."""


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A mention as the archive has it; `document_date` is EDTF or None."""

    finding_id: str
    document_id: str
    label: str
    text: str
    name: str
    key: str
    document_date: str | None


@dataclass(frozen=True, slots=True)
class EntityRow:
    """Somebody or something that the archive speaks of. `entity_id` depends on label and key or name alone."""

    entity_id: str
    label: str
    name: str
    description: str | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which entity a mention is, how sure (0..1) and why, in plain words."""

    finding_id: str
    entity_id: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Identities:
    """The entities, sorted, and the way from a mention to its entity."""

    entities: tuple[EntityRow, ...]
    _of: dict[tuple[str, str, str, str], tuple[str, float, str]]

    def who(self, mention: MentionRow) -> Assignment:
        """The entity of a mention that `identify` has seen. Raises KeyError for any other."""
        entity, score, reason = self._of[_sort(mention)]
        return Assignment(mention.finding_id, entity, score, reason)


@dataclass(slots=True)
class _Man:
    name: PersonName
    names: set[PersonName]
    sorts: list[tuple[str, str, str, str]] = field(default_factory=list)
    years: Counter[str] = field(default_factory=Counter)
    key: str = ""

    @property
    def count(self) -> int:
        return sum(self.years.values())


def identify(mentions: Iterable[MentionRow]) -> Identities:
    """The entities behind `mentions`. The same mentions in any order give the same entities and ids."""
    counts: Counter[tuple[str, str, str, str]] = Counter(_sort(m) for m in mentions)
    rows: dict[str, EntityRow] = {}
    of: dict[tuple[str, str, str, str], tuple[str, float, str]] = {}

    def settle(sort: tuple[str, str, str, str], row: EntityRow, score: float, reason: str) -> None:
        rows[row.entity_id] = row
        of[sort] = (row.entity_id, score, reason)

    named: list[tuple[str, str, str, str]] = []
    for sort in sorted(counts):
        label, name, key, _ = sort
        if key:
            settle(sort, _known(label, key, name), 0.95, "the gazetteer knows the name")
        elif label == "PERSON":
            named.append(sort)
        else:
            settle(sort, _row(label, _spelled(label, name, counts)), 0.8, "the same name")
    men = _men(named, counts)
    for key, years in _known_men(counts).items():
        men.append(_Man(people_by_key()[key], set(), [], years, key))
    for man in men:
        for sort in man.sorts:
            row = _known("PERSON", man.key, man.name.written) if man.key else _row("PERSON", man.name.written)
            settle(sort, row, 0.85, "the same surname and given names")
    for sort in named:
        if sort not in of:
            settle(sort, *_bare(sort, men))
    return Identities(tuple(sorted(rows.values(), key=lambda r: (r.label, r.name, r.entity_id))), of)


def _sort(m: MentionRow) -> tuple[str, str, str, str]:
    year = (m.document_date or "").lstrip("./")[:4]
    return m.label, m.name, m.key, year if m.label == "PERSON" and not m.key and year.isdigit() else ""


def entity_id(label: str, name: str) -> str:
    """Stable id of an entity: hash of its label and of its key in the gazetteer or its canonical name."""
    return hashlib.sha256(f"{label}\x1f{name}".encode()).hexdigest()[:16]


def _row(label: str, name: str) -> EntityRow:
    return EntityRow(entity_id(label, letters(name) if label != "DATE" and letters(name) else name), label, name, None)


def _known(label: str, key: str, name: str) -> EntityRow:
    """The entity of a gazetteer key; the name of the mention when the gazetteer no longer has the key."""
    if label == "PERSON" and key in _people_rows():
        canonical, roles = _people_rows()[key]
        return EntityRow(entity_id(label, key), label, canonical, roles or None)
    entry = gazetteer().entries.get(key)
    if entry:
        return EntityRow(entity_id(entry.label, key), entry.label, entry.name, entry.description or None)
    return EntityRow(entity_id(label, key), label, name, None)


@lru_cache(maxsize=1)
def _people_rows() -> dict[str, tuple[str, str]]:
    by_surname, _ = people()
    return {k.key: (k.canonical, k.roles) for several in by_surname.values() for k in several}


@lru_cache(maxsize=1)
def people_by_key() -> dict[str, PersonName]:
    """The names of the gazetteer's people by key."""
    by_surname, _ = people()
    return {k.key: k.name for several in by_surname.values() for k in several}


def _spelled(label: str, name: str, counts: Counter[tuple[str, str, str, str]]) -> str:
    """How the name is written; for dates the EDTF."""
    return name if label == "DATE" else re.sub(r"^(?:the|The|THE) ", "", name)


def _known_men(counts: Counter[tuple[str, str, str, str]]) -> dict[str, Counter[str]]:
    out: dict[str, Counter[str]] = defaultdict(Counter)
    for (label, _, key, year), n in counts.items():
        if label == "PERSON" and key in people_by_key():
            out[key][year] += n
    return dict(sorted(out.items()))


def _men(named: list[tuple[str, str, str, str]], counts: Counter[tuple[str, str, str, str]]) -> list[_Man]:
    """The men whose given names or initials are written somewhere, the fullest names first."""
    by_surname: dict[str, list[_Man]] = defaultdict(list)
    parsed = sorted(((parse(s[1]), s) for s in named), key=lambda p: (-len(letters(p[0].written)), p[0].written, p[1]))
    for name, sort in parsed:
        if not name.full:
            continue
        men = by_surname[letters(name.surname)]
        same = [m for m in men if any(agree(n, name) for n in m.names) and _contemporary(m, sort[3])]
        exact = [m for m in same if letters(m.name.written) == letters(name.written)]
        if len(same) > 1 and not exact:
            same = [max(same, key=lambda m: (m.count, m.name.written))]
        if exact or same:
            man = (exact or same)[0]
        else:
            man = _Man(PersonName(name.given, name.surname), set())
            men.append(man)
        man.names.add(PersonName(name.given, name.surname))
        man.sorts.append(sort)
        man.years[sort[3]] += counts[sort]
    return [m for _, several in sorted(by_surname.items()) for m in several]


def _contemporary(man: _Man, year: str) -> bool:
    """Whether a man spoken of in his years may be spoken of in `year`: within half a century."""
    years = [int(y) for y in man.years if y]
    return not year or not years or min(abs(int(year) - y) for y in years) <= 50


def _bare(sort: tuple[str, str, str, str], men: list[_Man]) -> tuple[EntityRow, float, str]:
    """The entity of a surname that stands without given names."""
    name = parse(sort[1])
    surname = letters(name.surname)
    bearers = [m for m in men if letters(m.name.surname) == surname and _contemporary(m, sort[3])]
    bearers.sort(key=lambda m: (-m.count, m.name.written))
    if bearers and (len(bearers) == 1 or bearers[0].count >= STANDS_OUT * bearers[1].count):
        man = bearers[0]
        row = _known("PERSON", man.key, man.name.written) if man.key else _row("PERSON", man.name.written)
        alone = len(bearers) == 1
        return row, 0.7 if alone else 0.55, "the only bearer of the surname" if alone else "the bearer spoken of most"
    shown = name.surname if name.title in titles() or not name.title else sort[1]
    return _row("PERSON", shown), 0.5, "a surname alone" if not bearers else "a surname that several bear"
