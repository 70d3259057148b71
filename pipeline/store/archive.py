"""An archive: a folder with one database in it, opened for reading and writing."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from pipeline.errors import ConfigurationError, FileAccessError
from pipeline.settings import Settings
from pipeline.store.dialect import engine_for, explained, file_of, place_of, url_of
from pipeline.store.migrations import HEAD


def now() -> str:
    """The time, ISO 8601 in UTC, to the microsecond: what stands in every column of time."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive. Make one with `create` or `open`; `with Archive.open(settings) as archive` closes it."""

    settings: Settings
    engine: Engine

    @classmethod
    def create(cls, settings: Settings) -> Archive:
        """A new archive, or the one that is there already, brought up to this program's schema.

        Raises FileAccessError when the place cannot be written, ConfigurationError as `open` does.
        """
        file = file_of(url_of(settings))
        try:
            settings.archive.mkdir(parents=True, exist_ok=True)
            if file:
                file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileAccessError(
                f"the archive {settings.archive} cannot be made: {error.strerror}",
                "Choose an --archive where you may write.",
            ) from error
        archive = cls(settings, engine_for(url_of(settings)))
        if archive._version() != HEAD:
            archive._upgrade()
        return archive

    @classmethod
    def open(cls, settings: Settings) -> Archive:
        """The archive that is there; one of an older schema is brought up to date.

        Raises ConfigurationError when there is none, when it is no archive or newer than this program, and
        FileAccessError when it cannot be reached or, where that is needed, written.
        """
        file = file_of(url_of(settings))
        missing = ConfigurationError(
            f"there is no archive at {place_of(url_of(settings))}",
            "Make one with `declass ingest FOLDER --archive DIR`, or name one that is there with --archive.",
        )
        if file and not file.exists():
            raise missing
        archive = cls(settings, engine_for(url_of(settings)))
        version = archive._version()
        if version is None:
            raise missing
        if version != HEAD:
            archive._upgrade()
        return archive

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hands the connections back; the last one to close leaves a database of one file."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the archive until it is left."""
        with self._transaction(writing=False) as conn:
            yield conn

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose changes are kept together when it is left, or not at all when an error leaves it."""
        with self._transaction(writing=True) as conn:
            yield conn

    @contextmanager
    def _transaction(self, writing: bool) -> Iterator[Connection]:
        try:
            with self.engine.connect() as raw:
                conn = raw.execution_options(writing=writing)
                with conn.begin():
                    yield conn
        except DBAPIError as error:
            known = explained(error, self.place)
            if known is None:
                raise
            raise known from error

    @property
    def place(self) -> str:
        """Where the archive is, for messages."""
        return place_of(url_of(self.settings))

    @contextmanager
    def lock(self, doing: str = "ingest") -> Iterator[None]:
        """Only one process at a time changes a SQLite archive; a server's database needs no such lock.

        The kernel frees the lock when the process ends, however it ends, once its forked children have ended too.
        Raises FileAccessError that says who holds it.
        """
        file = file_of(url_of(self.settings))
        if file is None:
            yield
            return
        import fcntl

        path = Path(f"{file}.lock")
        try:
            handle = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise FileAccessError(
                f"{path} cannot be written: {error.strerror}", "Check the archive's folder."
            ) from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                handle.seek(0)
                holder = handle.read().strip() or "another process"
                raise FileAccessError(
                    f"the archive {self.place} is being changed by {holder}",
                    "Wait until it has ended, then run the same command again.",
                ) from error
            handle.truncate(0)
            handle.write(f"{doing}, process {os.getpid()} on {socket.gethostname()}, since {now()}")
            handle.flush()
            try:
                yield
            finally:
                handle.truncate(0)

    def _version(self) -> str | None:
        """The schema's version; None when there is no schema. Raises ConfigurationError when it is newer than ours."""
        with self.reading() as conn:
            if not inspect(conn).has_table("alembic_version"):
                return None
            version = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if version and version > HEAD:
            raise ConfigurationError(
                f"the archive {self.place} was made by a newer declass (schema {version}, this one knows {HEAD})",
                "Install the newer declass: pip install --upgrade declass.",
            )
        return version

    def _upgrade(self) -> None:
        from pipeline.store.migrations.run import upgrade

        with self.writing() as conn:
            upgrade(conn)
