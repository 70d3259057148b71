"""An archive copied to another place, between databases of either kind, and held against what it was copied from.

While it is copied, the target says as its version that it is a copy, and of which state of which archive: no program
opens it as an archive, and the same command goes on where it stood, each table after the last row that is there. The
last step, taken only when every row was found alike, makes it an archive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, Table, delete, func, select, text, tuple_

from pipeline.errors import ConfigurationError
from pipeline.settings import Settings
from pipeline.store.archive import UNFINISHED, Archive, now
from pipeline.store.dialect import url_of
from pipeline.store.fulltext import index_of
from pipeline.store.migrations import HEAD
from pipeline.store.provenance import REPLICATION, Event, record
from pipeline.store.rows import last_change
from pipeline.store.schema import documents, metadata, runs

TABLES = metadata.sorted_tables  # what is referred to before what refers
ROWS, BYTES = 500, 8_000_000
"""At most so many rows are read and written at a time, and no more once they hold so many bytes of packed results."""


class CopyError(ConfigurationError):
    """The copy is not what it was copied from."""

    kind = "copy"


@dataclass(frozen=True, slots=True)
class Copied:
    """One table: how many rows it has, how many of them came now, and the SHA-256 over all of them."""

    table: str
    rows: int
    new: int
    hash: str


Said = Callable[[str, int, int], None]
"""Told as it goes on: table, rows so far, rows in all."""


def copy(source: Archive, to: Settings, said: Said = lambda *_: None) -> tuple[Copied, ...]:
    """All rows of `source` in a new archive at `to`, verified. Scans stay where they are: an archive knows their paths.

    Raises ConfigurationError when something else is at `to`, CopyError when the copy differs, FileAccessError when one
    of the two is being changed.
    """
    if url_of(to) == url_of(source.settings):
        raise ConfigurationError(f"{source.place} cannot be copied onto itself", "Name another place with --to.")
    with source.lock("copy"), Archive.to_fill(to) as target, target.lock("copy"), source.reading() as conn:
        prepare(target, f"{UNFINISHED}{last_change(conn).hash[:24]}")
        added = {table: _fill(conn, target, table, said) for table in TABLES}
        with target.writing() as filled:
            index_of(filled).complete(filled)
        report = tuple(_verified(conn, target, table, added[table]) for table in TABLES)
        rows = sum(t.rows for t in report)
        done = Event(REPLICATION, None, target.place, f"copied from {source.place}", at=now(),
                     note=f"{rows} rows of {len(report)} tables, each table verified by SHA-256")  # fmt: skip
        _finish(target, done)
    with source.writing() as conn:
        record(conn, done)
    return report


def prepare(target: Archive, mark: str) -> None:
    """The target holds nothing, or the beginning of this very copy. Raises ConfigurationError when it is an archive."""
    noted = target.noted()
    if noted == mark:
        return
    if noted is None or not noted.startswith(UNFINISHED):
        target.upgrade()
    with target.writing() as conn:
        if noted and noted.startswith(UNFINISHED):  # of an earlier state of the archive, or of another
            _empty(conn)
        elif any(conn.execute(select(table).limit(1)).first() for table in (runs, documents)):
            raise ConfigurationError(
                f"there is an archive at {target.place} already", "Copy to a place where nothing is yet."
            )
        _note(conn, mark)


def _empty(conn: Connection) -> None:
    for table in reversed(TABLES):
        conn.execute(delete(table))


def _note(conn: Connection, version: str) -> None:
    conn.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def _fill(source: Connection, target: Archive, table: Table, said: Said) -> int:
    """Appends the rows that come after the last one that is there; gives their number."""
    with target.reading() as conn:
        there = conn.execute(select(func.count()).select_from(table)).scalar_one()
        last = conn.execute(select(*_key(table)).order_by(*[c.desc() for c in _key(table)]).limit(1)).first()
    total = source.execute(select(func.count()).select_from(table)).scalar_one()
    added = 0
    with closing(_some_at_a_time(source, table, last)) as parts:
        for some in parts:
            with target.writing() as conn:
                conn.execute(table.insert(), some)
            added += len(some)
            said(table.name, there + added, total)
    return added


def _key(table: Table) -> Sequence[Any]:
    return list(table.primary_key.columns)


def _some_at_a_time(
    conn: Connection, table: Table, after: Sequence[Any] | None = None
) -> Generator[list[dict[str, Any]], None, None]:
    """The rows by key, as many at a time as memory bears."""
    asked = select(table).order_by(*_key(table))
    if after is not None:
        asked = asked.where(tuple_(*_key(table)) > tuple_(*after))
    some: list[dict[str, Any]] = []
    size = 0
    with conn.execute(asked, execution_options={"yield_per": 50}) as found:
        for row in found:
            some.append(dict(row._mapping))
            size += sum(len(value) for value in row if isinstance(value, bytes | str))
            if len(some) == ROWS or size > BYTES:
                yield some
                some, size = [], 0
    if some:
        yield some


def _verified(source: Connection, target: Archive, table: Table, added: int) -> Copied:
    """Both hold the same rows of a table. Raises CopyError when they do not."""
    with target.reading() as conn:
        one, other = _digest(source, table), _digest(conn, table)
        faults = index_of(conn).faults(conn) if table.name == "pages" else ()
    if one != other:
        raise CopyError(
            f"the copy at {target.place} is not the same: {table.name} has {other[0]} rows ({other[1][:12]}), "
            f"the archive {one[0]} ({one[1][:12]})",
            "Remove what is there and copy again.",
        )
    if faults:
        raise CopyError(f"the copy at {target.place} cannot be searched: {faults[0]}", "Run the same command again.")
    return Copied(table.name, one[0], added, one[1])


def _digest(conn: Connection, table: Table) -> tuple[int, str]:
    """The number of rows and the SHA-256 over all of them, by key, in a form that every database gives alike."""
    whole = hashlib.sha256()
    count = 0
    for some in _some_at_a_time(conn, table):
        count += len(some)
        for row in some:
            whole.update(repr(list(row.items())).encode("utf-8", "backslashreplace"))
    return count, whole.hexdigest()


def _finish(target: Archive, done: Event) -> None:
    """From here on it is an archive: its history says where it is from, new rows get new numbers, plans know the sizes of
    tables."""
    with target.writing() as conn:
        if conn.dialect.name == "postgresql":
            for table in TABLES:
                [key, *more] = _key(table)
                if not more and isinstance(key.type, Integer):
                    highest = f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key.name}'), max({key.name}))"
                    conn.exec_driver_sql(f"{highest} FROM {table.name} HAVING max({key.name}) IS NOT NULL")
            conn.exec_driver_sql("SELECT setval('documents_number', max(number)) FROM documents HAVING max(number) > 0")
            conn.exec_driver_sql("ANALYZE")
        record(conn, done)
        _note(conn, HEAD)
