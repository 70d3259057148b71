"""Words to pages: the one place where search speaks an engine's own full-text language. Here SQLite's FTS5.

The table `pages_fts` has the columns `text` (the page as read) and `alternates` (what other readers saw). Words are
looked for in both; `=word` and what follows NOT in the text alone, so that a page is never withheld because of a
reading that the fusion did not choose. A user's words reach the engine in quotation marks only.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CTE, Connection, Integer, Select, bindparam, case, column, func, literal_column, select, table
from sqlalchemy import Text as SqlText

from pipeline.errors import ConfigurationError
from pipeline.store.tree import And, Near, Node, Not, Or, Term

ALTERNATE_WEIGHT = 0.2
"""What a word in an alternate reading weighs in BM25 against one in the text (1.0)."""

_FTS = table("pages_fts", column("rowid", Integer), column("pages_fts", SqlText))


def check(connection: Connection) -> None:
    """Raises ConfigurationError when the database has no full-text index that is known here."""
    if connection.dialect.name != "sqlite":
        raise ConfigurationError(
            f"search is not built for {connection.dialect.name} yet", "Search an archive that is kept in SQLite."
        )


def renderable(node: Node) -> bool:
    """Whether one expression of the engine can say it: words and phrases, all, any, and without."""
    match node:
        case Term() | Near():
            return True
        case Or(parts):
            return all(renderable(p) for p in parts)
        case And(parts):
            wanted = [p for p in parts if not isinstance(p, Not)]
            return bool(wanted) and all(renderable(p.part if isinstance(p, Not) else p) for p in parts)
    return False


def matching(node: Node, text_only: bool = False) -> Select[Any]:
    """`page_id` of the pages for which a `renderable` node holds."""
    return select(_FTS.c.rowid.label("page_id")).where(_match(node, text_only))


def ranked(node: Node) -> CTE:
    """`page_id, tier, score` of the matching pages: tier 0 when the text alone satisfies the node, 1 when it takes an
    alternate reading; score is BM25 (k1 = 1.2, b = 0.75) turned negative, the best page lowest."""
    tier = case((_FTS.c.rowid.in_(matching(node, text_only=True)), 0), else_=1)
    score = func.bm25(literal_column("pages_fts"), 1.0, ALTERNATE_WEIGHT)
    found = select(_FTS.c.rowid.label("page_id"), tier.label("tier"), score.label("score"))
    # materialized: bm25() can be asked only where MATCH is, not in a query that this one was folded into
    return found.where(_match(node, False)).cte("ranked").prefix_with("MATERIALIZED")


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
