"""Where SQLite and PostgreSQL differ: how they are reached, begun and written to. See also `fulltext`, `turns`, `trouble`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import (
    ARRAY,
    URL,
    Boolean,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    Subquery,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from pipeline.errors import ConfigurationError, MissingDependencyError
from pipeline.settings import Settings, masked

BUSY_SECONDS = 30  # how long a reader or writer waits for another process before giving up
CONNECT_SECONDS = 10  # how long a server may take to answer
OLDEST_SERVER = 15  # the first PostgreSQL with regexp_count, which the rank of search needs

PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",  # readers never wait for the writer
    "PRAGMA synchronous = NORMAL",  # with WAL: a power cut may lose the last transactions, never the archive
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",  # KiB: what a commit of many pages changes fits in
)


def url_of(settings: Settings) -> URL:
    """Where the archive's database lives: the URL that was given, else SQLite inside the archive's folder.

    `postgresql://` (or `postgres://`) means PostgreSQL by psycopg. Raises ConfigurationError when the URL is none.
    """
    if settings.database is None:  # built of parts: a folder may be called `50%20?` and still be that folder
        return URL.create("sqlite", database=str(settings.archive.absolute() / "archive.sqlite"))
    with _usable():
        url = make_url(settings.database)
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def engine_for(url: URL) -> Engine:
    """An engine for a database. Raises ConfigurationError when the URL is not usable, MissingDependencyError when
    psycopg is wanted and not there."""
    server = url.get_backend_name() == "postgresql"
    # JIT costs a tenth of a second and more for each search and gains none
    told = {"connect_timeout": CONNECT_SECONDS, "application_name": "declass", "options": "-c jit=off"} if server else {}
    with _usable():
        engine = create_engine(
            url, json_serializer=_json, connect_args={k: v for k, v in told.items() if k not in url.query}
        )
    event.listen(engine, "begin", _begin_on_server if server else _begin)
    if not server:
        event.listen(engine, "connect", _prepare)
    return engine


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)  # as it reads, so that it can be searched


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, DDL included
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(conn: Connection) -> None:
    writing = conn.get_execution_options().get("writing", False)
    # a writer that begins as a reader would fail, not wait, when another writes between its first read and first write
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_on_server(conn: Connection) -> None:
    if not conn.get_execution_options().get("writing", False):
        conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise ConfigurationError(f"the database URL is not usable: {error}", URLS) from error
        raise MissingDependencyError(
            "PostgreSQL needs psycopg, which is not installed", 'Install it: pip install "declass[postgresql]".'
        ) from error
    except (ArgumentError, ImportError, ValueError) as error:
        raise ConfigurationError(f"the database URL is not usable: {masked(str(error))}", URLS) from error


URLS = "Give a URL such as sqlite:////path/archive.sqlite or postgresql://user@host/name; see docs/databases.md."


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database; None for a server or a database in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def place_of(url: URL) -> str:
    """Where a database is, without a password, for messages."""
    file = file_of(url)
    if file:
        return str(file)
    shown = url.set(drivername=url.get_backend_name()).difference_update_query(["password"])
    return shown.render_as_string(hide_password=True)


def insert(conn: Connection, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`, alike on both databases."""
    if conn.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def check_server(conn: Connection) -> str:
    """Which database it is, with its version. Raises ConfigurationError when a server cannot keep an archive: too old,
    or not in Unicode."""
    if conn.dialect.name != "postgresql":
        return f"SQLite {conn.exec_driver_sql('SELECT sqlite_version()').scalar()}"
    version = str(conn.exec_driver_sql("SHOW server_version").scalar()).split()[0]
    if int(str(conn.exec_driver_sql("SHOW server_version_num").scalar())) < OLDEST_SERVER * 10_000:
        raise ConfigurationError(
            f"the server is PostgreSQL {version}; declass wants {OLDEST_SERVER} or later",
            "Name a newer server with --database.",
        )
    encoding = conn.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise ConfigurationError(
            f"the database keeps text as {encoding}, not as UTF8",
            "Make one that does: createdb --template template0 --encoding UTF8 NAME.",
        )
    return f"PostgreSQL {version}"


FEW = 500
"""Numbers that are asked for one by one, not as a set."""


def among(conn: Connection, column: ColumnElement[Any], numbers: Any) -> ColumnElement[bool]:
    """Whether a column's number is among `numbers` (an array, from 0), however many they are."""
    if len(numbers) <= FEW:
        return column.in_(numbers.tolist())
    if conn.dialect.name == "postgresql":  # a bit for each
        bits = np.zeros(int(numbers.max()) + 1, dtype=bool)
        bits[numbers] = True
        kept = bindparam(None, np.packbits(bits, bitorder="little").tobytes(), LargeBinary, unique=True)
        return (column < len(bits)) & (func.get_bit(kept, column) == 1)
    bytes_ = np.zeros(int(numbers.max()) + 1, dtype=np.uint8)  # a byte for each
    bytes_[numbers] = 1
    kept = bindparam(None, bytes_.tobytes(), LargeBinary, unique=True)
    return func.substr(kept, column + 1, 1, type_=LargeBinary) == bindparam(None, b"\x01", LargeBinary, unique=True)


def numbered(conn: Connection, numbers: Collection[int]) -> Any:
    """Some numbers as a query that gives them, one parameter however many they are."""
    if conn.dialect.name == "postgresql":
        return select(func.unnest(literal(list(numbers), ARRAY(Integer))))
    return select(func.json_each(json.dumps(list(numbers))).table_valued("value").c.value)


def listed(conn: Connection, pairs: Sequence[tuple[int, str]]) -> Subquery:
    """Pairs of a number and a word as a table of columns `part` and `word`."""
    if conn.dialect.name == "postgresql":
        asked = text(
            'SELECT part, word COLLATE "C" AS word'
            " FROM unnest(CAST(:parts AS integer[]), CAST(:words AS text[])) AS pair (part, word)"
        )
        given: dict[str, Any] = {"parts": [part for part, _ in pairs], "words": [word for _, word in pairs]}
    else:
        asked = text("SELECT value ->> 0 AS part, value ->> 1 AS word FROM json_each(:pairs)")
        given = {"pairs": json.dumps(pairs)}
    return asked.bindparams(**given).columns(part=Integer, word=Text).subquery("asked")


class matches(FunctionElement[bool]):
    """Whether a column matches a regular expression, its letters those of Unicode: `matches(column, pattern)`."""

    name = "matches"
    type = Boolean()
    inherit_cache = True


@compiles(matches, "sqlite")
def _matches(element: Any, compiler: Any, **more: Any) -> str:
    column, pattern = element.clauses
    return str(compiler.process(column.regexp_match(pattern), **more))


@compiles(matches, "postgresql")
def _matches_on_server(element: Any, compiler: Any, **more: Any) -> str:
    column, pattern = element.clauses  # columns compare by bytes, where ö is no letter
    return str(compiler.process(column.collate("declass_letters").regexp_match(pattern), **more))
