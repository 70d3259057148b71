"""What a search chooses of the archive: for exports, bags and citations, the same that `declass search` shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection, select

from pipeline.store.dialect import among
from pipeline.store.expand import widen
from pipeline.store.fulltext import index_of
from pipeline.store.plan import found
from pipeline.store.query import parse
from pipeline.store.said import said
from pipeline.store.saved import resolved
from pipeline.store.schema import documents, pages

Wanted = Mapping[str, Collection[int] | None]
"""Documents by id with the pages that are wanted of each; None is all of them."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a query found: `query` as it was asked (a saved one by what it stands for), `said` in words, a line a filter;
    `pages` tells whether single pages were asked for."""

    query: str
    said: tuple[str, ...]
    pages: bool
    wanted: Wanted

    @property
    def documents(self) -> list[str]:
        """The ids of the documents, in order."""
        return sorted(self.wanted)


def chosen(connection: Connection, query_text: str, *, pages_only: bool = False, exact: bool = False) -> Chosen:
    """The documents that a query, or the saved search `@NAME`, finds; with `pages_only` the pages. `exact` leaves out
    what only misreadings of its words have, as in `search`.

    Raises QueryError for a query that cannot be understood, ArgumentsError when no search has the name.
    """
    query = resolved(connection, query_text)
    index = index_of(connection)
    tree = parse(query)
    wider = None if exact else widen(tree, connection, index)
    more = wider.tree if wider else None
    if pages_only:
        units = found(tree, "page", index, more).units
        asked = select(pages.c.document_id, pages.c.page).where(among(connection, pages.c.id, units))
        some: dict[str, set[int]] = {}
        for document_id, page in connection.execute(asked):
            some.setdefault(document_id, set()).add(page)
        wanted: Wanted = MappingProxyType(some)
    else:
        units = found(tree, "document", index, more).units
        ids = select(documents.c.document_id).where(among(connection, documents.c.number, units))
        wanted = dict.fromkeys(connection.execute(ids).scalars())
    return Chosen(query, (*said(tree), *(wider.said() if wider else ())), pages_only, wanted)
