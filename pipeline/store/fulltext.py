"""Words to pages: what search asks of a full-text index, whichever database keeps it (`fts5`, `tsvector`).

An index knows each page's words twice: in the `text` as read and in the `alternates`, what other readers saw. Words are
looked for in both; `=word` and what follows NOT in the text alone, so that a page is never withheld because of a reading
that the fusion did not choose. Words are FTS5's everywhere (`tokens`), and every index finds the same pages.

Rank, the same on every database: BM25 over pages,

    score = - sum over the query's words and phrases of  idf * f * (K1 + 1) / (f + K1 * (1 - B + B * length / mean))
    idf   = ln((pages - n + 0.5) / (n + 0.5)), at least LEAST_IDF

where f is how often it stands on the page (1 in the text, ALTERNATE_WEIGHT in an alternate reading), n the number of
pages that have it, length the page's words and mean the mean of all pages; the best page is the lowest.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from sqlalchemy import CTE, Connection, Select

from pipeline.errors import ConfigurationError
from pipeline.store.tree import And, Near, Node, Not, Or, Term

K1, B = 1.2, 0.75
LEAST_IDF = 1e-6
ALTERNATE_WEIGHT = 0.2


class Index(Protocol):
    """The full-text index of one kind of database. It needs no connection to say what it asks."""

    def matching(self, node: Node, text_only: bool = False) -> Select[Any]:
        """`page_id` of the pages for which a `renderable` node holds."""

    def ranked(self, node: Node) -> CTE:
        """`page_id, tier, score` of the matching pages: tier 0 when the text alone satisfies the node, 1 when it takes
        an alternate reading."""

    def vocabulary(self, conn: Connection, words: Collection[str]) -> dict[str, int]:
        """Which of the words (as `tokens` gives them) the texts as read have, and on how many pages."""

    def complete(self, conn: Connection, document_id: str | None = None) -> None:
        """Takes in the pages (None: of all documents) that are not in the index yet: call it after pages were written."""

    def faults(self, conn: Connection) -> tuple[str, ...]:
        """What is wrong with the index, for people; empty when it holds the pages as they are."""


def index_of(conn: Connection) -> Index:
    """The index of the database behind a connection. Raises ConfigurationError when there is none for its kind."""
    match conn.dialect.name:
        case "sqlite":
            from pipeline.store.fts5 import Fts5

            return Fts5()
        case "postgresql":
            from pipeline.store.tsvector import Tsvector

            return Tsvector()
    raise ConfigurationError(
        f"an archive cannot be kept in {conn.dialect.name}", "Keep it in SQLite or PostgreSQL; see docs/databases.md."
    )


def renderable(node: Node) -> bool:
    """Whether an index can say it alone: words and phrases, all, any, and without."""
    match node:
        case Term() | Near():
            return True
        case Or(parts):
            return all(renderable(p) for p in parts)
        case And(parts):
            wanted = [p for p in parts if not isinstance(p, Not)]
            return bool(wanted) and all(renderable(p.part if isinstance(p, Not) else p) for p in parts)
    return False
