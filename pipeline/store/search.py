"""Search: a query becomes hits, best first, page by page or document by document.

Order: first what satisfies the query by the text as read, then what needs an alternate reading, then misreadings
(`expand`); within each by BM25 (`fulltext`), subject and recommendations weighing more (`rank`); a document stands where
its best page stands. Hits of equal rank stand in a fixed order, so that a cursor can go on after any of them.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, and_, case, func, or_, select

from pipeline.errors import ArgumentsError
from pipeline.store.dialect import among
from pipeline.store.expand import widen
from pipeline.store.fulltext import Index, index_of
from pipeline.store.hits import Hit, Placed, gather
from pipeline.store.plan import MISREAD, Found, found
from pipeline.store.query import parse
from pipeline.store.rank import best, weighed
from pipeline.store.said import said
from pipeline.store.schema import documents, pages
from pipeline.store.tree import Node, terms_of

ORDERS = ("rank", "oldest", "newest", "name")

@dataclass(frozen=True, slots=True)
class Results:
    """Some of the hits. `total` counts all; `next` is the cursor to go on with, None at the end; `said` is the query in
    words, one line a filter; `read_as` says for each word which misreadings of it were looked for as well; `by` and
    `order` are what was used (a query without words goes by document and date)."""

    hits: tuple[Hit, ...]
    total: int
    said: tuple[str, ...]
    by: str
    order: str
    read_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    next: str | None = None

    def as_rows(self) -> list[dict[str, Any]]:
        """The hits as flat rows, for JSON and CSV."""
        return [hit.as_row() for hit in self.hits]


def search(
    connection: Connection,
    query_text: str,
    *,
    limit: int = 20,
    after: str | None = None,
    by: str = "page",
    order: str = "rank",
    exact: bool = False,
) -> Results:
    """The hits of a query, `limit` at a time, after the cursor `after` of an earlier answer. `exact` leaves out what
    only misreadings of its words have.

    Raises QueryError for a query that cannot be understood, ArgumentsError for a wrong `by`, `order` or cursor.
    """
    if by not in ("page", "document") or order not in ORDERS or limit < 1:
        raise ArgumentsError(f"cannot search by {by} in order {order}, {limit} at a time",
                             f"By page or document; in order {', '.join(ORDERS)}; one or more at a time.")  # fmt: skip
    index = index_of(connection)
    tree = parse(query_text)
    wider = None if exact else widen(tree, connection, index)
    if not terms_of(tree):
        by, order = "document", "oldest" if order == "rank" else order
    cursor = _Cursor.of(tree, by, f"{order}{'=' * exact}")
    past = cursor.opened(after) if after else None
    hits = found(tree, by, index, wider.tree if wider else None)
    ordered = _ranked if order == "rank" else _sorted
    first, keys = ordered(hits, tree, by, index, order, limit + 1, past)
    return Results(
        hits=gather(connection, tree, _placed(first, by, index)[:limit], wider.tree if wider else None),
        total=len(hits.units),
        said=(*said(tree), *(wider.said() if wider else ())),
        by=by,
        order=order,
        read_as=wider.read_as if wider else {},
        next=cursor.closed(keys[limit - 1]) if len(keys) > limit else None,
    )


def every(
    connection: Connection, query_text: str, *, by: str = "page", order: str = "rank", exact: bool = False
) -> Iterator[dict[str, Any]]:
    """All hits as flat rows, a few hundred at a time in memory."""
    after = None
    while True:
        results = search(connection, query_text, limit=500, after=after, by=by, order=order, exact=exact)
        yield from results.as_rows()
        after = results.next
        if after is None:
            return


def document_ids(connection: Connection, query_text: str) -> frozenset[str]:
    """The documents that a query finds (asked by document), by its words as read or by alternate readings."""
    numbers = found(parse(query_text), "document", index_of(connection)).units
    asked = select(documents.c.document_id).where(among(connection, documents.c.number, numbers))
    return frozenset(connection.execute(asked).scalars())


# order and cursor


def _ranked(
    hits: Found, tree: Node, by: str, index: Index, order: str, most: int, past: Sequence[Any] | None
) -> tuple[Found, list[list[Any]]]:
    """The hits that come first, in order, or first after the one whose keys are `past`; and their keys."""
    if terms := terms_of(tree):
        hits = weighed(hits, terms, index)
    first = hits[best(hits, most, (past[0], past[1], past[2]) if past else None)]
    return first, [list(keys) for keys in zip(*(c.tolist() for c in (first.tiers, first.scores, first.units)), strict=True)]


def _sorted(
    hits: Found, tree: Node, by: str, index: Index, order: str, most: int, past: Sequence[Any] | None
) -> tuple[Found, list[list[Any]]]:
    """As `_ranked`, by what the documents say. The last key names the hit, so that no two are equal."""
    unit = pages.c.id if by == "page" else documents.c.number
    asked = select(unit).where(among(index.conn, unit, hits.units))
    if by == "page":
        asked = asked.join(documents, documents.c.document_id == pages.c.document_id)
    last = (documents.c.document_id, pages.c.page) if by == "page" else (documents.c.document_id,)
    keys: list[tuple[Any, bool]] = [(documents.c.file_name, True), *[(column, True) for column in last]]
    if order == "oldest":
        keys.insert(0, (func.coalesce(documents.c.date_from, "9999-99"), True))
    elif order == "newest":
        keys.insert(0, (func.coalesce(documents.c.date_to, ""), False))
    misread = hits.units[hits.tiers == MISREAD]
    if len(misread) and not terms_of(tree):  # fields alone: what was read right comes first
        keys.insert(0, (case((among(index.conn, unit, misread), 1), else_=0), True))
    asked = asked.add_columns(*[k.label(f"key{i}") for i, (k, _) in enumerate(keys)])
    asked = asked.where(_later(keys, past)) if past else asked
    rows = index.conn.execute(asked.order_by(*[k.asc() if up else k.desc() for k, up in keys]).limit(most)).all()
    rising = np.argsort(hits.units)
    at = np.searchsorted(hits.units, [row[0] for row in rows], sorter=rising)
    return hits[rising[at]], [list(row[1:]) for row in rows]


def _later(keys: Sequence[tuple[Any, bool]], past: Sequence[Any]) -> Any:
    """What comes after the hit whose keys are `past`: equal in the first few, beyond it in the next."""
    steps = []
    for i, (key, rising) in enumerate(keys):
        same = [k == p for (k, _), p in zip(keys[:i], past, strict=False)]
        steps.append(and_(*same, key > past[i] if rising else key < past[i]))
    return or_(*steps)


def _placed(hits: Found, by: str, index: Index) -> list[Placed]:
    ids = hits.units
    if by == "document":
        with_page = hits.slots >= 0
        ids = np.full(len(hits.units), -1)
        ids[with_page] = index.occurrences.of("page_ids", hits.slots[with_page])
    columns = (ids.tolist(), hits.units.tolist(), hits.tiers.tolist(), hits.scores.tolist())
    return [
        Placed(id_, None, tier, score) if id_ >= 0 else Placed(None, unit, tier, score)
        for id_, unit, tier, score in zip(*columns, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A place in the answer to one query, as text: the last hit's keys."""

    signature: str

    @classmethod
    def of(cls, tree: Node, by: str, order: str) -> _Cursor:
        return cls(hashlib.sha256(f"{by}/{order}/{tree}".encode()).hexdigest()[:12])

    def closed(self, keys: Sequence[Any]) -> str:
        plain = json.dumps([self.signature, *keys], separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    def opened(self, text: str) -> list[Any]:
        try:
            signature, *keys = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except ValueError:
            signature, keys = "", []
        if signature != self.signature:
            raise ArgumentsError(
                "this cursor does not belong to this query",
                "Give the cursor that the same query, by the same unit and in the same order, printed last.",
            )
        return list(keys)
