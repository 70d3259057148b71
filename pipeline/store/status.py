"""What was done, what failed and why, what needs a person: figures over the archive or one batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, case, cast, false, func, or_, select

from pipeline.errors import ArgumentsError
from pipeline.store.schema import corrections, documents, events, markings, pages, paths, runs, stamps, work
from pipeline.store.schema import failures as ledger

LOW = 0.5  # particulars that are as likely wrong as right are for a person to read
EXAMPLES = 3
LAST_RUNS = 5
GRADES = ("good", "fair", "poor", "unreadable", "blank")


@dataclass(frozen=True, slots=True)
class Batch:
    """What one label brought in; None is what came without a label."""

    batch: str | None
    documents: int
    pages: int
    complete: int
    partial: int
    quarantined: int
    last: str | None


@dataclass(frozen=True, slots=True)
class Cause:
    """One way of failing: how often, and some of the files."""

    stage: str
    error: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Care:
    """Something that only a person can settle: how often, and where to look first."""

    what: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table for people. `right` names the columns of figures."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    right: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of `declass status`. `work` counts (pages, documents) by state, `grades` pages by grade."""

    batches: tuple[Batch, ...]
    grades: Mapping[str, int]
    work: Mapping[str, tuple[int, int]]
    causes: tuple[Cause, ...]
    care: tuple[Care, ...]
    runs: tuple[Mapping[str, Any], ...]

    def tables(self) -> Iterator[Drawn]:
        """The figures as tables, those that say nothing left out."""
        figures = ("documents", "pages", "complete", "partial", "quarantined")
        rows = [(b.batch or "(no label)", *(getattr(b, f) for f in figures), b.last or "") for b in self.batches]
        yield Drawn("Batches", ("batch", *figures, "last ingest"), rows, figures)
        if self.grades:
            yield Drawn("Pages", ("read", "pages"), tuple(self.grades.items()), ("pages",))
        if set(self.work) - {"done"}:
            left = [(state, *counts) for state, counts in self.work.items()]
            yield Drawn("Work", ("state", "pages", "documents"), left, ("pages", "documents"))
        if self.causes:
            why = [(c.stage, c.error, c.count, "; ".join(c.examples)) for c in self.causes]
            yield Drawn("Failures", ("stage", "error", "count", "such as"), why, ("count",))
        if self.care:
            care = [(c.what, c.count, "; ".join(c.examples)) for c in self.care]
            yield Drawn("Needs a person", ("what", "count", "such as"), care, ("count",))
        if self.runs:
            names = ("run_id", "started_at", "outcome", "documents", "pages", "seconds")
            last = [tuple("" if r[n] is None else r[n] for n in names) for r in self.runs]
            yield Drawn("Last runs", names, last, ("documents", "pages", "seconds"))


def overview(conn: Connection, batch: str | None = None) -> Overview:
    """The figures of the archive, or of one batch. Raises ArgumentsError when there is no such batch."""
    if batch is not None:
        _known_batch(conn, batch)
    return Overview(
        batches=_batches(conn, batch),
        grades=_grades(conn, batch),
        work=_work(conn, batch),
        causes=_causes(conn, batch),
        care=tuple(c for c in _care(conn, batch) if c.count),
        runs=_runs(conn, batch),
    )


def failures(conn: Connection, batch: str | None = None) -> Iterator[Mapping[str, Any]]:
    """The ledger of failures, by file, page and stage. Raises ArgumentsError when there is no such batch."""
    if batch is not None:
        _known_batch(conn, batch)
    order = (ledger.c.file_name, ledger.c.page.nulls_first(), ledger.c.stage, ledger.c.id)
    columns = [c for c in ledger.columns if c.name != "id"]
    asked = select(*columns).where(_failed_in(batch)).order_by(*order)
    yield from (dict(row._mapping) for row in conn.execution_options(yield_per=500).execute(asked))


def _known_batch(conn: Connection, batch: str) -> None:
    labels = set(conn.execute(select(runs.c.batch).distinct().where(runs.c.batch.is_not(None))).scalars())
    labels |= set(conn.execute(select(documents.c.batch).distinct().where(documents.c.batch.is_not(None))).scalars())
    if batch not in labels:
        known = ", ".join(sorted(labels)) or "none: label an ingest with --batch NAME"
        raise ArgumentsError(f"there is no batch {batch!r}.", f"Batches: {known}.")


def _in(batch: str | None) -> ColumnElement[bool]:
    """Of `documents`: those of the batch."""
    return documents.c.batch == batch if batch is not None else ~false()


def _failed_in(batch: str | None) -> ColumnElement[bool]:
    """Of the ledger: failures of the batch's documents, and of files that it could not take in."""
    if batch is None:
        return ~false()
    own = select(documents.c.document_id).where(_in(batch))
    its = select(runs.c.run_id).where(runs.c.batch == batch)
    return or_(ledger.c.document_id.in_(own), and_(ledger.c.path.is_not(None), ledger.c.run_id.in_(its)))


def _batches(conn: Connection, batch: str | None) -> tuple[Batch, ...]:
    having = [func.sum(case((documents.c.status == s, 1), else_=0)) for s in ("complete", "partial", "quarantined")]
    asked = select(
        documents.c.batch, func.count(), func.sum(documents.c.pages), *having, func.max(documents.c.ingested_at)
    )
    grouped = asked.where(_in(batch)).group_by(documents.c.batch).order_by(documents.c.batch.nulls_first())
    return tuple(Batch(*row) for row in conn.execute(grouped))


def _grades(conn: Connection, batch: str | None) -> dict[str, int]:
    asked = select(pages.c.grade, func.count()).group_by(pages.c.grade)
    if batch is not None:
        asked = asked.join(documents, documents.c.document_id == pages.c.document_id).where(_in(batch))
    found = {row[0]: row[1] for row in conn.execute(asked)}
    return {g: found[g] for g in (*GRADES, *sorted(found.keys() - set(GRADES))) if g in found}


def _work(conn: Connection, batch: str | None) -> dict[str, tuple[int, int]]:
    page = func.sum(case((work.c.page > 0, 1), else_=0))
    asked = select(work.c.state, page, func.count() - page).group_by(work.c.state).order_by(work.c.state)
    if batch is not None:
        of = select(paths.c.document_id).join(runs, runs.c.run_id == paths.c.run_id).where(runs.c.batch == batch)
        asked = asked.where(work.c.document_id.in_(of))
    return {state: (of_pages, of_documents) for state, of_pages, of_documents in conn.execute(asked)}


def _causes(conn: Connection, batch: str | None) -> tuple[Cause, ...]:
    count = func.count()
    asked = select(ledger.c.stage, ledger.c.error, count).where(_failed_in(batch))
    grouped = asked.group_by(ledger.c.stage, ledger.c.error).order_by(count.desc(), ledger.c.stage, ledger.c.error)
    causes = []
    for stage, error, times in conn.execute(grouped).all():
        these = and_(_failed_in(batch), ledger.c.stage == stage, ledger.c.error == error)
        of = (ledger.c.file_name, ledger.c.page)
        some = select(*of).where(these).order_by(of[0], of[1].nulls_first())
        causes.append(Cause(stage, error, times, _examples(conn, some)))
    return tuple(causes)


def _care(conn: Connection, batch: str | None) -> Iterator[Care]:
    """What the program knows that it does not know."""
    own = _in(batch)
    plain = select(documents.c.file_name)
    conflicts = cast(stamps.c.flags, Text).like("%conflict:%")
    odd = cast(markings.c.flags, Text).like("%anachronism:%")
    asked: tuple[tuple[str, Select[Any]], ...] = (
        ("nothing could be read", plain.where(documents.c.status == "quarantined")),
        ("some pages or stages failed", plain.where(documents.c.status == "partial")),
        ("pages that are unreadable", _placed(pages).where(pages.c.grade == "unreadable")),
        ("decisions that are unclear", _placed(stamps).where(stamps.c.decision == "unclear")),
        ("stamps that contradict each other", _placed(stamps).where(conflicts)),
        ("markings out of their time", _placed(markings).where(odd)),
        ("events that contradict each other",
         select(documents.c.file_name).join(events, events.c.document_id == documents.c.document_id)
         .where(events.c.conflict.is_not(None))),
        ("corrections that wait, since what they correct is gone",
         select(documents.c.file_name).join(corrections, corrections.c.document_id == documents.c.document_id)
         .where(corrections.c.state == "waiting")),
        (f"particulars as likely wrong as right (confidence below {LOW})", plain.where(documents.c.confidence < LOW)),
    )  # fmt: skip
    for what, found in asked:
        these = found.where(own)
        count = conn.execute(select(func.count()).select_from(these.subquery())).scalar_one()
        yield Care(what, count, _examples(conn, these.order_by(*these.selected_columns)) if count else ())


def _placed(table: Any) -> Select[Any]:
    return select(documents.c.file_name, table.c.page).join(table, table.c.document_id == documents.c.document_id)


def _examples(conn: Connection, asked: Select[Any]) -> tuple[str, ...]:
    """The first few files, with the page where there is one."""
    found = conn.execute(asked.distinct().limit(EXAMPLES)).all()
    return tuple(f"{row[0]} p{row[1]}" if len(row) > 1 and row[1] is not None else str(row[0]) for row in found)


def _runs(conn: Connection, batch: str | None) -> tuple[Mapping[str, Any], ...]:
    names = ("run_id", "started_at", "finished_at", "outcome", "batch", "version", "documents", "pages", "seconds")
    asked = select(*(runs.c[n] for n in names)).order_by(runs.c.started_at.desc()).limit(LAST_RUNS)
    if batch is not None:
        asked = asked.where(runs.c.batch == batch)
    return tuple(dict(row._mapping) for row in conn.execute(asked))
