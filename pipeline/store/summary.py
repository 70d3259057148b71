"""The figures of a report: what an archive, or what some of its documents hold, counted for charts.

Everything is counted by the database or in one pass over the documents, so that memory does not grow with pages. What
was not looked for is told apart from what is not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from pipeline.store.schema import documents, pages, recommendations, redactions, stamps
from pipeline.store.status import GRADES

LEVELS = (
    "TOP SECRET", "SECRET", "CONFIDENTIAL", "RESTRICTED", "LIMITED OFFICIAL USE", "OFFICIAL USE ONLY", "UNCLASSIFIED",
)  # fmt: skip
NO_MARKING = "no marking found"
NOT_LOOKED = "not looked for"
NO_DECISION = "none found"
NO_BATCH = "(no label)"


@dataclass(frozen=True, slots=True)
class Reading:
    """How well the pages of one batch were read: pages by grade, and the mean confidence of those with text, 0..1."""

    batch: str
    grades: Mapping[str, int]
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over documents. `levels`: by year of origin and highest original classification. `delays`: by whole years
    from origin to release, the year of each taken from its date; `undated` have no date that was read, `unreleased` a date
    and no dated release, `backward` a release before their own date: one of the two is misread."""

    documents: int
    pages: int
    statuses: Mapping[str, int]
    levels: Mapping[tuple[int, str], int]
    delays: Mapping[tuple[int, int], int]  # by year of origin and years waited
    undated: int
    unreleased: int
    backward: int
    decisions: Mapping[str, int]  # by what was decided at release
    stamps: int
    redactions: int
    recommendations: int
    readings: tuple[Reading, ...]


def summary(conn: Connection, chosen: Collection[str] | None = None) -> Summary:
    """The figures of the archive, or of the `chosen` documents (their ids)."""
    wanted = None if chosen is None else frozenset(chosen)
    statuses: Counter[str] = Counter()
    levels: Counter[tuple[int, str]] = Counter()
    delays: Counter[tuple[int, int]] = Counter()
    decisions: Counter[str] = Counter()
    undated = unreleased = backward = count = sheets = 0
    d = documents.c
    asked = select(
        d.document_id, d.status, d.pages, d.date_from, d.classification, d.stages, d.release_decision, d.release_date
    )
    for row in conn.execution_options(yield_per=1000).execute(asked):
        if wanted is not None and row.document_id not in wanted:
            continue
        count += 1
        sheets += row.pages
        statuses[row.status] += 1
        decisions[row.release_decision or (NO_DECISION if "ledger" in row.stages else NOT_LOOKED)] += 1
        year, released = _year(row.date_from), _year(row.release_date)
        if year is None:
            undated += 1
            continue
        levels[year, row.classification or (NO_MARKING if "markings" in row.stages else NOT_LOOKED)] += 1
        if released is None:
            unreleased += 1
        elif released < year:
            backward += 1
        else:
            delays[year, released - year] += 1
    return Summary(
        count, sheets, statuses, levels, delays, undated, unreleased, backward, decisions,
        _count(conn, stamps, wanted), _count(conn, redactions, wanted), _count(conn, recommendations, wanted),
        _readings(conn, wanted),
    )  # fmt: skip


def _year(date: str | None) -> int | None:
    """The year of an EDTF or ISO date that begins with one."""
    return int(date[:4]) if date and date[:4].isdigit() else None


def _count(conn: Connection, table: Table, wanted: frozenset[str] | None) -> int:
    of = table.c.document_id
    grouped = conn.execute(select(of, func.count()).group_by(of))
    return sum(n for document_id, n in grouped if wanted is None or document_id in wanted)


def _readings(conn: Connection, wanted: frozenset[str] | None) -> tuple[Reading, ...]:
    p = pages.c
    asked = (
        select(documents.c.document_id, documents.c.batch, p.grade, func.count(), func.sum(p.confidence))
        .join(pages, p.document_id == documents.c.document_id)
        .group_by(documents.c.document_id, documents.c.batch, p.grade)
    )
    grades: dict[str, Counter[str]] = {}
    sure: Counter[str] = Counter()
    for document_id, label, grade, number, confidence in conn.execution_options(yield_per=1000).execute(asked):
        if wanted is None or document_id in wanted:
            batch = label or NO_BATCH
            grades.setdefault(batch, Counter())[grade] += number
            sure[batch] += confidence if grade != "blank" else 0
    order = {grade: n for n, grade in enumerate(GRADES)}
    return tuple(
        Reading(
            batch,
            dict(sorted(found.items(), key=lambda kv: (order.get(kv[0], len(order)), kv[0]))),
            sure[batch] / read if (read := found.total() - found["blank"]) else None,
        )
        for batch, found in sorted(grades.items())
    )
