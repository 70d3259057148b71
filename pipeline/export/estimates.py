"""How far an export can be trusted: for each column the share of its values that is expected to be wrong.

The estimate comes from the calibrated confidences of the very rows that are exported, and is held against what the
exam measured (models/measured). Where neither says anything, that is said. What was missed altogether no confidence can
tell; the exam's share of it stands beside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import inf, sqrt
from typing import Any

from pipeline.core.knowledge import models, toml
from pipeline.export.dictionary import TableOf
from pipeline.store.rows import Beside

Z = 1.96  # of a normal distribution: 95 of 100 lie within so many standard deviations
PLACE = {"start": "start", "end": "start"} | dict.fromkeys(("left", "top", "right", "bottom", "boxes"), "left")
EMPTY: tuple[Any, ...] = (None, "", [])

ROW, EVIDENCE, WORDS, SCORE, GIVEN, EXAM, FACT, NONE = (
    "confidence of the row", "confidence of its evidence", "confidence of the words", "score of its own",
    "confidence of the row, times the exam among right rows", "the exam alone", "fact", "not estimated",
)  # fmt: skip
REMARKS = {
    FACT: "taken from the file, its metadata, a person or the program: nothing was read",
    NONE: "not estimated: neither a confidence nor the exam speaks of it",
    EXAM: "no confidence speaks of it: the exam's figure stands alone",
}


@dataclass(slots=True)
class Tally:
    """Values that are right with some probability, added document by document. What is wrong in one document may all be
    wrong for one reason; the interval takes it so."""

    values: int = 0
    weight: float = 0.0
    wrong: float = 0.0
    variance: float = 0.0
    _document: str = ""
    _spread: float = 0.0

    def add(self, document_id: str, probability: float, weight: float = 1.0) -> None:
        """One value of a document that is right with this probability."""
        if document_id != self._document:
            self.variance += self._spread * self._spread
            self._document, self._spread = document_id, 0.0
        self.values += 1
        self.weight += weight
        self.wrong += weight * (1.0 - probability)
        self._spread += weight * sqrt(max(0.0, probability * (1.0 - probability)))

    def interval(self) -> tuple[float, float, float] | None:
        """The expected share that is wrong, and 95 % limits of the true one; None without values."""
        if not self.weight:
            return None
        share = self.wrong / self.weight
        variance = (self.variance + self._spread * self._spread) / self.weight**2
        alike = share * (1.0 - share) / variance if variance else inf  # so many independent values would vary as much
        return share, *wilson(share, min(alike, self.values))


def wilson(share: float, cases: float) -> tuple[float, float]:
    """95 % limits of a share that was seen in so many cases (E. B. Wilson 1927)."""
    middle = (share + Z * Z / (2 * cases)) / (1 + Z * Z / cases)
    half = Z / (1 + Z * Z / cases) * sqrt(share * (1 - share) / cases + Z * Z / (4 * cases * cases))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the exam found: shares wrong and missed, in how many cases, by which figures; and which share the confidences
    expected to be wrong of the exam's own rows."""

    expected: float | None
    wrong: float | None
    low: float | None
    high: float | None
    missed: float | None
    cases: int
    figures: tuple[str, ...]


@cache
def measurements() -> dict[str, Any]:
    """The figures of the exam as they were when this version was made, with their source."""
    read: dict[str, Any] = json.loads((models() / "measured" / "figures.json").read_text("utf-8"))
    return read


def _joined(named: Iterable[tuple[str, int]]) -> tuple[float, int] | None:
    """The mean of some figures, each by the number of its cases."""
    figures = measurements()["figures"]
    known = [(figures[part].get(name), cases) for path, cases in named for part, _, name in [path.partition(".")]]
    told = [(value, cases) for value, cases in known if value is not None]
    cases = sum(n for _, n in told)
    return (sum(value * n for value, n in told) / cases, cases) if told else None


@dataclass(frozen=True, slots=True)
class _Heard:
    """A table that was written: on what each column's estimate rests, and the tallies by column. Columns that the row's
    confidence speaks of share one: `*`, or that of their place."""

    name: str
    bases: Mapping[str, str]
    tallies: Mapping[str, Tally]

    def tally(self, column: str) -> Tally:
        return self.tallies[_shared(column) if self.bases[column] == ROW else column]


class Estimates:
    """Listens while tables are written; `rows` tells what came of it, a row a column of every table."""

    def __init__(self) -> None:
        self._known = toml("measured/columns.toml")
        self._tables: list[_Heard] = []

    def heard(
        self, table: TableOf, rows: Iterable[Mapping[str, Any]], evidence: Beside | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """The rows as they came. Those of `documents` come with their `evidence`, the rows of `particulars`."""
        told = self._known.get(table.name, {})
        bases = {c.name: self._basis(table.name, c.name) for c in table.columns}
        heard = _Heard(table.name, bases, {n: Tally() for n in ("*", "start", "left", *bases)})
        self._tables.append(heard)
        whole, places = heard.tallies["*"], {PLACE[c] for c in bases if c in PLACE}
        single = [(c, basis, heard.tallies[c]) for c, basis in bases.items() if basis not in (ROW, FACT)]
        for row in rows:
            document, sure = row.get("document_id") or "", row.get("confidence")
            if sure is not None and ROW in bases.values():
                whole.add(document, sure)
                for place in places:
                    if row[place] is not None:
                        heard.tallies[place].add(document, sure)
            beside = evidence.of(document) if evidence else []
            for column, basis, tally in single:
                if row[column] in EMPTY:
                    continue
                right = sure
                if basis == SCORE:
                    right = row[told["score"][column]]
                elif basis == EVIDENCE:
                    right = _evidence(told["evidence"][column], row[column], beside)
                if right is None or basis in (EXAM, NONE):
                    tally.values += 1
                else:
                    tally.add(document, right, len(row[column].split()) if basis == WORDS else 1.0)
            yield row

    def rows(self) -> Iterator[dict[str, Any]]:
        """A row a column, of the tables heard so far, as the table `error_estimates` has them."""
        for heard in self._tables:
            for column, basis in heard.bases.items():
                yield {"table": heard.name, "column": column, **self._estimate(heard, column, basis)}

    def _basis(self, table: str, column: str) -> str:
        told = self._known.get(table, {})
        kinds = {
            ROW: told.get("confidence", ()), EVIDENCE: told.get("evidence", ()), WORDS: told.get("words", ()),
            SCORE: told.get("score", ()), GIVEN: told.get("given_row", ()), EXAM: told.get("right", ()),
        }  # fmt: skip
        facts = (*told.get("facts", ()), *self._known["facts"])
        if column in facts or "*" in facts:
            return FACT
        return next((basis for basis, columns in kinds.items() if column in columns), NONE)

    def _estimate(self, heard: _Heard, column: str, basis: str) -> dict[str, Any]:
        tally = heard.tally(column)
        measured, given = self._measured(heard.name, column, basis)
        found = None if basis in (FACT, NONE, EXAM) else tally.interval()
        if found and given:
            found = tuple(1 - (1 - a) * (1 - b) for a, b in zip(found, given, strict=True))  # type: ignore[assignment]
        share, low, high = found or (None, None, None)
        return {
            "values": None if basis == FACT else tally.values,
            "expected_wrong": _short(share), "low": _short(low), "high": _short(high), "basis": basis,
            "measured_wrong": _short(measured.wrong), "measured_low": _short(measured.low),
            "measured_high": _short(measured.high), "measured_missed": _short(measured.missed),
            "measured_expected": _short(measured.expected),
            "measured_cases": measured.cases or None, "measured_by": list(measured.figures),
            "remark": _remark(basis, tally.values, found, measured),
        }  # fmt: skip

    def _measured(self, table: str, column: str, basis: str) -> tuple[Measured, tuple[float, float, float] | None]:
        """What the exam says of a column; and for one that was measured among right rows, its own share wrong."""
        told = self._known.get(table, {})
        by_row = basis in (ROW, GIVEN)
        named = told.get("right_rows", []) if by_row else told.get("right", {}).get(column, [])
        right = _joined(named)
        missed = _joined(told.get("found_rows", []) if by_row else told.get("found", {}).get(column, []))
        share, cases = right or (None, 0)
        given = None
        if basis == GIVEN:
            more = told["given_row"][column]
            own = _joined(more)
            if own is not None:
                given = (1 - own[0], *wilson(1 - own[0], own[1]))
            share = share * own[0] if share is not None and own is not None else None
            cases, named = min(cases, own[1] if own else 0), [*named, *more]
        low, high = wilson(1 - share, cases) if share is not None else (None, None)
        wrong = None if share is None else 1 - share
        figures = tuple(path for path, _ in named) if wrong is not None else ()
        expected = _expected(f"{table}.{column}", named) if figures else None
        return Measured(expected, wrong, low, high, 1 - missed[0] if missed else None, cases if figures else 0, figures), given


def _expected(column: str, named: Iterable[tuple[str, int]]) -> float | None:
    """The share that the confidences expected to be wrong of the exam's own rows, each part by its number of cases."""
    told = [(measurements()["expected"].get(path.partition(".")[0], {}).get(column), cases) for path, cases in named]
    known = [(share, cases) for share, cases in told if share is not None]
    return sum(share * n for share, n in known) / sum(n for _, n in known) if known else None


def _shared(column: str) -> str:
    return PLACE.get(column, "*")


def _evidence(name: str, value: Any, rows: Iterable[Mapping[str, Any]]) -> float | None:
    """How sure the evidence of a particular is: of what says the value itself, else of any."""
    told = [r for r in rows if r["name"] == name or r["name"].startswith(f"{name}:")]
    if isinstance(value, list):
        return sum(r["confidence"] for r in told) / len(told) if told else None
    return max((r["confidence"] for r in [r for r in told if r["value"] == value] or told), default=None)


def _short(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _remark(basis: str, values: int, found: tuple[float, float, float] | None, measured: Measured) -> str:
    if basis in REMARKS:
        return REMARKS[basis]
    if not values:
        return "no values here"
    if found is None:
        return "not estimated: no confidence came with these values"
    if measured.low is None or measured.high is None:
        return "not held against the exam: it does not measure this column"
    if measured.expected is None:
        return "held against other documents than the confidences were tried on"
    if measured.low > measured.expected:
        return "too hopeful in the exam: count with its figure at least"
    if measured.high < measured.expected:
        return "too careful in the exam: less was wrong than expected"
    return "true in the exam, within its limits"
