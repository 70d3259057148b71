"""The full-text index of SQLite: the table `pages_fts` of FTS5, which triggers keep in step with `pages`.

A user's words reach the engine in quotation marks only.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import CTE, Connection, Integer, Select, bindparam, case, column, func, literal_column, select, table
from sqlalchemy import Text as SqlText
from sqlalchemy.exc import DatabaseError

from pipeline.store.fulltext import ALTERNATE_WEIGHT
from pipeline.store.tree import And, Near, Node, Not, Or, Term

_FTS = table("pages_fts", column("rowid", Integer), column("pages_fts", SqlText))
_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.pages_vocabulary USING fts5vocab(main, pages_fts, col)"
_KNOWN = (
    "SELECT v.term, v.doc FROM json_each(?) AS asked CROSS JOIN temp.pages_vocabulary AS v"
    " ON v.term = asked.value AND v.col = 'text'"
)


class Fts5:
    """See `fulltext.Index`. FTS5's own bm25() is the rank: its K1, B and LEAST_IDF are those of `fulltext`."""

    def matching(self, node: Node, text_only: bool = False) -> Select[Any]:
        return select(_FTS.c.rowid.label("page_id")).where(_match(node, text_only))

    def ranked(self, node: Node) -> CTE:
        tier = case((_FTS.c.rowid.in_(self.matching(node, text_only=True)), 0), else_=1)
        score = func.bm25(literal_column("pages_fts"), 1.0, ALTERNATE_WEIGHT)
        found = select(_FTS.c.rowid.label("page_id"), tier.label("tier"), score.label("score"))
        # materialized: bm25() can be asked only where MATCH is, not in a query that this one was folded into
        return found.where(_match(node, False)).cte().prefix_with("MATERIALIZED")

    def vocabulary(self, conn: Connection, words: Collection[str]) -> dict[str, int]:
        conn.exec_driver_sql(_VOCABULARY)
        found = conn.exec_driver_sql(_KNOWN, (json.dumps(sorted(words)),))
        return {row.term: row.doc for row in found}

    def complete(self, conn: Connection, document_id: str | None = None) -> None:
        """Nothing to do: triggers have done it."""

    def faults(self, conn: Connection) -> tuple[str, ...]:
        try:
            conn.exec_driver_sql("INSERT INTO pages_fts(pages_fts, rank) VALUES ('integrity-check', 1)")
        except DatabaseError as error:
            return (f"FTS5 says: {error.orig}",)
        return ()


def _match(node: Node, text_only: bool) -> Any:
    return _FTS.c.pages_fts.op("MATCH")(bindparam(None, _fts5(node, text_only), SqlText))


def _fts5(node: Node, text_only: bool) -> str:
    match node:
        case Term(text, _, prefix, exact):
            here = "{text} : " if exact or text_only else ""
            return f'{here}"{text}"{" *" * prefix}'
        case Near(terms, distance):
            here = "{text} : " if text_only or any(t.exact for t in terms) else ""
            words = " ".join(f'"{t.text}"{" *" * t.prefix}' for t in terms)
            return f"{here}NEAR({words}, {distance})"
        case Or(parts):
            return f"({' OR '.join(_fts5(p, text_only) for p in parts)})"
        case And(parts):
            wanted = " AND ".join(_fts5(p, text_only) for p in parts if not isinstance(p, Not))
            without = "".join(f" NOT {_fts5(p.part, True)}" for p in parts if isinstance(p, Not))
            return f"(({wanted}){without})"
    raise AssertionError(node)  # `renderable` comes first
