"""The one place where SQLite and PostgreSQL differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from pipeline.errors import ConfigurationError, DeclassError, FileAccessError
from pipeline.settings import Settings

BUSY_SECONDS = 30  # how long a reader or writer waits for another process before giving up

PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",  # readers never wait for the writer
    "PRAGMA synchronous = NORMAL",  # with WAL: a power cut may lose the last transactions, never the archive
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
)

CAUSES = {  # SQLite's names of what a person can mend: what is wrong, what to do
    "SQLITE_READONLY": ("cannot be written", "Give yourself the right to write there, or copy the archive elsewhere."),
    "SQLITE_PERM": ("cannot be written", "Give yourself the right to write there, or copy the archive elsewhere."),
    "SQLITE_CANTOPEN": ("cannot be opened", "Check that the folder exists and that you may read and write there."),
    "SQLITE_FULL": ("cannot grow: the disk is full", "Make room on the disk and run the same command again."),
    "SQLITE_IOERR": ("cannot be read or written: the disk reports an error", "Check the disk, then run it again."),
    "SQLITE_BUSY": (f"was kept busy by another process for {BUSY_SECONDS} s", "Wait for it to end, then run it again."),
}


def url_of(settings: Settings) -> URL:
    """Where the archive's database lives: the URL that was given, else SQLite inside the archive's folder.

    Raises ConfigurationError when the URL is none.
    """
    if settings.database is None:  # built of parts: a folder may be called `50%20?` and still be that folder
        return URL.create("sqlite", database=str(settings.archive.absolute() / "archive.sqlite"))
    with _usable():
        return make_url(settings.database)


def engine_for(url: URL) -> Engine:
    """An engine for a database. Raises ConfigurationError when its driver is not usable."""
    with _usable():
        engine = create_engine(url, json_serializer=_json)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
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


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except (ArgumentError, ImportError, ValueError) as error:
        raise ConfigurationError(
            f"the database URL is not usable: {error}",
            "Give a URL such as sqlite:////path/archive.sqlite or postgresql+psycopg://user@host/name.",
        ) from error


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database; None for a server or a database in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def place_of(url: URL) -> str:
    """Where a database is, without a password, for messages."""
    file = file_of(url)
    return str(file) if file else url.render_as_string(hide_password=True)


def insert(conn: Connection, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`, alike on both databases."""
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


def explained(error: DBAPIError, where: object) -> DeclassError | None:
    """What a person can do about a database's error; None when it is a fault of the program."""
    name = getattr(error.orig, "sqlite_errorname", "") or ""
    for cause, (what, advice) in CAUSES.items():
        if name.startswith(cause):
            return FileAccessError(f"the archive {where} {what}", advice)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return ConfigurationError(
            f"{where} is damaged or is not an archive of declass",
            "Choose another --archive, or restore this one from a copy.",
        )
    if isinstance(error, OperationalError) and not name:
        return FileAccessError(
            f"the database {where} cannot be reached: {error.orig}", "Check --database and the server."
        )
    return None
