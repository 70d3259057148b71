"""Searches that people keep: a name for a query, in the archive; and files of queries."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, select

from pipeline.errors import ArgumentsError, FileAccessError
from pipeline.store.archive import now
from pipeline.store.dialect import insert
from pipeline.store.query import parse
from pipeline.store.schema import searches
from pipeline.store.search import every

_NAME = re.compile(r"[\w.-]{1,60}")


@dataclass(frozen=True, slots=True)
class Saved:
    """A query under its name; `saved_at` is ISO 8601 in UTC."""

    name: str
    query: str
    saved_at: str


def save(conn: Connection, name: str, query: str) -> None:
    """Keeps a query, instead of what had the name before. Raises QueryError for a query that cannot be understood,
    ArgumentsError for a name that cannot be one."""
    name = name.removeprefix("@")
    if not _NAME.fullmatch(name):
        raise ArgumentsError(f"{name!r} cannot be the name of a search",
                             "Letters, figures, points, hyphens and underscores; 60 at most.")  # fmt: skip
    query = resolved(conn, query)
    parse(query)
    row = {"name": name, "query": query, "saved_at": now()}
    conn.execute(insert(conn, searches).values(row).on_conflict_do_update(index_elements=["name"], set_=row))


def forget(conn: Connection, name: str) -> None:
    """Raises ArgumentsError when no search has the name."""
    if not conn.execute(delete(searches).where(searches.c.name == name.removeprefix("@"))).rowcount:
        raise _unknown(conn, name)


def saved(conn: Connection) -> tuple[Saved, ...]:
    """Every saved search, by name."""
    return tuple(Saved(*row) for row in conn.execute(select(searches).order_by(searches.c.name)))


def resolved(conn: Connection, query: str) -> str:
    """The query itself; of `@NAME` the one that was saved. Raises ArgumentsError when no search has the name."""
    name = query.strip().removeprefix("@")
    if not query.strip().startswith("@") or not _NAME.fullmatch(name):
        return query
    kept = conn.execute(select(searches.c.query).where(searches.c.name == name)).scalar()
    if kept is None:
        raise _unknown(conn, name)
    return str(kept)


def _unknown(conn: Connection, name: str) -> ArgumentsError:
    known = ", ".join(f"@{s.name}" for s in saved(conn)) or "none yet"
    advice = f'Saved searches: {known}. To look for the word itself, write "{name}".'
    return ArgumentsError(f"there is no saved search @{name.removeprefix('@')}", advice)


def queries_of(file: Path) -> Iterator[str]:
    """The queries of a file, one a line; empty lines and those that begin with # are left out."""
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FileAccessError(f"the queries {file} cannot be read: {error}", "Give a text file in UTF-8.") from error
    yield from (line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


def answers(
    conn: Connection, lines: Iterable[str], *, most: int | None = None, by: str = "page", exact: bool = False
) -> Iterator[dict[str, Any]]:
    """The hits of each query as flat rows, the first `most` of each or all, with the line that asked as `query` before
    them. All queries are understood before the first is asked."""
    asked = [(line, resolved(conn, line)) for line in lines]
    for _, query in asked:
        parse(query)
    for line, query in asked:
        for row in itertools.islice(every(conn, query, by=by, exact=exact), most):
            yield {"query": line, **row}
