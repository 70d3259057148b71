"""Rows for exports: streamed in a stable order, with the whole archive's last change."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, select

from pipeline.store.schema import corrections, documents, entity_decisions, failures, mentions, metadata, runs

FETCH = 500  # rows held at a time
FEW = 500  # documents asked for at a time

ORDER = {  # beyond the key: where rows stand in the stable order
    "failures": ("document_id", "file_name", "page", "stage", "id"),
    "corrections": ("document_id", "id"),
    "runs": ("started_at", "run_id"),
    "entities": ("entity_id",),
    "entity_decisions": ("id",),
}
PLACE = ("document_id", "page", "start", "top", "left", "sequence", "segment", "other_document_id", "finding_id")


@dataclass(frozen=True, slots=True)
class Change:
    """The archive's last change: when (ISO 8601, empty if there was none), and a hash that any later change alters."""

    at: str
    hash: str


def last_change(conn: Connection) -> Change:
    """What names this state of the archive: a SHA-256 over its runs, which of them wrote each document, the failures, the
    corrections and the decisions about entities."""
    states: tuple[tuple[Table, tuple[ColumnElement[Any], ...]], ...] = (
        (runs, (runs.c.run_id, runs.c.finished_at)),
        (documents, (documents.c.document_id, documents.c.run_id, documents.c.ingested_at)),
        (failures, (failures.c.id, failures.c.file_name, failures.c.at)),
        (corrections, (corrections.c.id, corrections.c.document_id, corrections.c.at)),
        (entity_decisions, (entity_decisions.c.id, entity_decisions.c.undone_at, entity_decisions.c.at)),
    )
    whole = hashlib.sha256()
    latest = ""
    for table, columns in states:
        whole.update(table.name.encode())
        for row in conn.execution_options(yield_per=FETCH).execute(select(*columns).order_by(columns[0])):
            whole.update(repr(tuple(row)).encode())
            latest = max(latest, row[-1] or "")
    return Change(latest, whole.hexdigest())


def stream(
    conn: Connection, table: str, columns: Sequence[str], wanted: Sequence[str] | None
) -> Iterator[Mapping[str, Any]]:
    """The rows of a table, some columns of each, in a stable order; few are in memory at any time.

    `wanted` are the documents they belong to; None is all. Of entities those named in these documents, of runs and
    of decisions about entities all.
    """
    this = metadata.tables[table]
    asked = select(*(this.c[name] for name in columns)).order_by(*_order(this))
    for part in _parts(conn, this, asked, wanted):
        for row in conn.execution_options(yield_per=FETCH).execute(part):
            yield dict(zip(columns, row, strict=True))


def _parts(conn: Connection, table: Table, asked: Select[Any], wanted: Sequence[str] | None) -> Iterable[Select[Any]]:
    if wanted is None or table in (runs, entity_decisions):
        return (asked,)
    if table.name == "entities":
        named: set[str] = set()
        for some in _few(wanted):
            found = select(mentions.c.entity_id).where(mentions.c.document_id.in_(some)).distinct()
            named.update(e for e in conn.execute(found).scalars() if e is not None)
        return (asked.where(table.c.entity_id.in_(some)) for some in _few(named))
    return (asked.where(table.c.document_id.in_(some)) for some in _few(wanted))


def _few(ids: Collection[str]) -> Iterator[list[str]]:
    """A few at a time, sorted throughout, so that the order of the whole is that of its parts."""
    every = sorted(set(ids))
    for first in range(0, len(every), FEW):
        yield every[first : first + FEW]


def _order(table: Table) -> list[ColumnElement[Any]]:
    names = ORDER.get(table.name) or [n for n in PLACE if n in table.c]
    columns = [table.c[n] for n in names]
    return [c.nulls_last() if c.nullable else c.asc() for c in columns]  # empty cells last on every database
