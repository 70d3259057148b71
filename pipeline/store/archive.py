"""An archive: a folder with one database in it, or a database on a server, opened for reading and writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from pipeline.errors import ConfigurationError, FileAccessError
from pipeline.settings import Settings
from pipeline.store.dialect import check_server, engine_for, file_of, place_of, url_of
from pipeline.store.fulltext import index_of
from pipeline.store.migrations import HEAD
from pipeline.store.pace import log, spoken
from pipeline.store.trouble import explained
from pipeline.store.turns import Turn, file_turn, server_turn, signature, wait_for

UNFINISHED = "copy-"
"""With this begins the version of an archive that is still being copied; see `copy`."""

READ_ANEW = "0009"
"""The last step of the schema that reads all pages."""
PAGES_A_SECOND = 1500  # of such a step and the index after it, on a core of 2024 that others share


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
        archive = cls.to_fill(settings)
        with archive._closing_on_error():
            if archive._version() != HEAD:
                archive.upgrade()
        return archive

    @classmethod
    def to_fill(cls, settings: Settings) -> Archive:
        """Whatever is there, not looked at; the folder of a file is made."""
        url = url_of(settings)
        if file := file_of(url):
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise FileAccessError(
                    f"the archive {file.parent} cannot be made: {error.strerror}",
                    "Choose an --archive where you may write.",
                ) from error
        return cls(settings, engine_for(url))

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
        with archive._closing_on_error():
            version = archive._version()
            if version is None:
                raise missing
            if version != HEAD:
                archive.upgrade()
        return archive

    @contextmanager
    def _closing_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

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
        with self._explaining(), self.engine.connect() as raw:
            conn = raw.execution_options(writing=writing)
            with conn.begin():
                yield conn

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
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
    def lock(self, doing: str = "ingest", *, together: bool = False) -> Iterator[Turn]:
        """The turn to change the archive: of one process alone; on a server of several that come `together`.

        It ends with the process, however that ends. Raises FileAccessError that says who has it.
        """
        by = signature(doing, now())
        if file := file_of(url_of(self.settings)):
            with file_turn(file, self.place, by) as turn:
                yield turn
        elif self.engine.dialect.name == "postgresql":
            with self._explaining(), server_turn(self.engine, self.place, by, together) as turn:
                yield turn
        else:  # a database in memory is nobody else's
            yield Turn()

    def _version(self) -> str | None:
        """The schema's version; None when there is no schema. Raises ConfigurationError when it is newer than ours, or
        when the archive is the beginning of a copy."""
        version = self.noted()
        if version and version.startswith(UNFINISHED):
            raise ConfigurationError(
                f"the archive {self.place} is a copy that was not finished",
                "Run the same `declass copy` again: it goes on where it stood.",
            )
        if version and version > HEAD:
            raise ConfigurationError(
                f"the archive {self.place} was made by a newer declass (schema {version}, this one knows {HEAD})",
                "Install the newer declass: pip install --upgrade declass.",
            )
        return version

    def noted(self) -> str | None:
        """The version as it is noted, whatever it is; None when there is no schema."""
        with self.reading() as conn:
            if not inspect(conn).has_table("alembic_version"):
                return None
            return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def upgrade(self) -> None:
        """Brings the schema up to this program's, all of it or nothing: one transaction, however long it takes."""
        from pipeline.store.migrations.run import upgrade
        from pipeline.store.provenance import MIGRATION, Event, record

        with self.writing() as conn:
            check_server(conn)
            wait_for(conn, "schema")
            before = self.noted()  # another process may have done it meanwhile
            if before and before < READ_ANEW:
                count = int(conn.execute(text("SELECT count(*) FROM pages")).scalar_one())
                log.info("%s is of an older version and brought up to date: its %d pages are read once, about %s; when that is"
                         " interrupted, it is as before", self.place, count, spoken(count / PAGES_A_SECOND))  # fmt: skip
            upgrade(conn)
            if before and before != HEAD:
                record(conn, Event(MIGRATION, None, None, f"schema {before} became {HEAD}"))
            index_of(conn).complete(conn)
