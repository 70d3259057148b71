"""Rows for exports: streamed in a stable order, with the whole archive's last change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, select

from pipeline.store.chosen import Wanted
from pipeline.store.schema import (
    corrections,
    documents,
    entity_decisions,
    failures,
    mentions,
    metadata,
    provenance,
    runs,
)

FETCH = 500  # rows held at a time
FEW = 500  # documents asked for at a time

Row = Mapping[str, Any]
OF_COPIES = ("dissemination", "replication")
"""Events that stand in an archive's own history only: two exports of one state, and of its copy, are alike."""
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
    corrections, the decisions about entities and the history."""
    states: tuple[tuple[Table, tuple[ColumnElement[Any], ...]], ...] = (
        (runs, (runs.c.run_id, runs.c.finished_at)),
        (documents, (documents.c.document_id, documents.c.run_id, documents.c.ingested_at)),
        (failures, (failures.c.id, failures.c.file_name, failures.c.at)),
        (corrections, (corrections.c.id, corrections.c.document_id, corrections.c.state, corrections.c.at)),
        (entity_decisions, (entity_decisions.c.id, entity_decisions.c.undone_at, entity_decisions.c.at)),
        (provenance, (provenance.c.id, provenance.c.event, provenance.c.at)),
    )
    whole = hashlib.sha256()
    latest = ""
    for table, columns in states:
        whole.update(table.name.encode())
        asked = _without_copies(table, select(*columns).order_by(columns[0]))
        for row in conn.execution_options(yield_per=FETCH).execute(asked):
            whole.update(repr(tuple(row)).encode())
            latest = max(latest, row[-1] or "")
    return Change(latest, whole.hexdigest())


def stream(conn: Connection, table: str, columns: Sequence[str], wanted: Wanted | None = None) -> Iterator[Row]:
    """The rows of a table, some columns of each, in a stable order; few are in memory at any time.

    `wanted` are the documents they belong to, and of these the pages; None is all. What belongs to no page is kept with
    its document; a segment with any of its pages. Of entities those named there, of runs and of decisions about
    entities all.
    """
    this = metadata.tables[table]
    keep = _on_pages(wanted)
    asked = select(*(this.c[name] for name in columns), *_place(this)).order_by(*_order(this))
    for part in _parts(conn, this, _without_copies(this, asked), wanted):
        with conn.execution_options(yield_per=FETCH).execute(part) as found:  # not every reader goes to the end
            for row in found:
                if keep is None or keep(row._mapping):
                    yield dict(zip(columns, row, strict=False))


class Beside:
    """Rows of a stream, document by document, for one that goes through the documents in the same order."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._groups = groupby(rows, key=itemgetter("document_id"))
        self._ahead = next(self._groups, None)

    def of(self, document_id: str) -> list[Row]:
        """The rows of a document, which comes after those asked for before; each can be had once."""
        while self._ahead and self._ahead[0] < document_id:
            self._ahead = next(self._groups, None)
        if self._ahead is None or self._ahead[0] != document_id:
            return []
        rows = list(self._ahead[1])
        self._ahead = next(self._groups, None)
        return rows


def _place(table: Table) -> list[ColumnElement[Any]]:
    """Document and pages of a row, under names of their own."""
    first = table.c.get("first_page", table.c.get("page"))
    if "document_id" not in table.c or first is None:
        return []
    last = table.c.get("last_page", first)
    return [table.c.document_id.label("of_document"), first.label("from_page"), last.label("to_page")]


def _on_pages(wanted: Wanted | None) -> Callable[[Mapping[Any, Any]], bool] | None:
    """Whether a row stands on a page that is wanted; None when all pages are."""
    if wanted is None or all(some is None for some in wanted.values()):
        return None

    def keep(row: Mapping[Any, Any]) -> bool:
        some = wanted.get(row["of_document"]) if "of_document" in row else None
        if some is None or row["from_page"] is None:
            return True
        return any(row["from_page"] <= page <= row["to_page"] for page in some)

    return keep


def _without_copies(table: Table, asked: Select[Any]) -> Select[Any]:
    return asked.where(provenance.c.event.not_in(OF_COPIES)) if table is provenance else asked


def _parts(conn: Connection, table: Table, asked: Select[Any], wanted: Wanted | None) -> Iterable[Select[Any]]:
    if wanted is None or table in (runs, entity_decisions):
        return (asked,)
    if table.name == "entities":
        named = {row["entity_id"] for row in stream(conn, mentions.name, ["entity_id"], wanted)}
        return (asked.where(table.c.entity_id.in_(some)) for some in _few(named - {None}))
    return (asked.where(table.c.document_id.in_(some)) for some in _few(wanted))


def _few(ids: Collection[str]) -> Iterator[list[str]]:
    """A few at a time, sorted throughout, so that the order of the whole is that of its parts."""
    every = sorted(ids)
    for first in range(0, len(every), FEW):
        yield every[first : first + FEW]


def _order(table: Table) -> list[ColumnElement[Any]]:
    names = ORDER.get(table.name) or [n for n in PLACE if n in table.c]
    columns = [table.c[n] for n in names]
    return [c.nulls_last() if c.nullable else c.asc() for c in columns]  # empty cells last on every database
