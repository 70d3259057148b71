"""Whose turn it is: what keeps processes from doing the same thing at the same time, and how the end of one is noticed.

SQLite: one process at a time changes an archive, by a lock on a file beside it. PostgreSQL: several ingests share an
archive, by advisory locks of the server. Both kinds of lock end with the process, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from pipeline.errors import FileAccessError
from pipeline.store.schema import documents, entities, mentions

_KEY = "hashtextextended(current_schema() || '/' || :what, 5)"  # of this archive, one of many in a database
_HOLDER = f"""
    SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid <> pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (classid::bigint << 32 | objid::bigint) = {_KEY}
    ORDER BY backend_start LIMIT 1
"""


class Turn:
    """The right to change an archive, while a lock lasts; on a server it can be shared."""

    def __init__(self, session: Connection | None = None) -> None:
        self._session = session

    def of_run(self, run_id: str) -> None:
        """The run lives as long as this turn; `is_over` tells others. Call it before others can see the run."""
        if self._session:
            self._session.execute(text(f"SELECT pg_advisory_lock({_KEY})"), {"what": f"run/{run_id}"})


def is_over(conn: Connection, run_id: str) -> bool:
    """Whether a run that is noted as running has ended. Ask with a turn of your own."""
    if conn.dialect.name != "postgresql":
        return True  # or we would not have the turn
    asked = text(f"SELECT pg_try_advisory_xact_lock({_KEY})")
    return bool(conn.execute(asked, {"what": f"run/{run_id}"}).scalar())


def wait_for(conn: Connection, what: str) -> None:
    """Until the transaction of `conn` ends, nobody else passes here for the same thing. A writer of SQLite is alone."""
    if conn.dialect.name == "postgresql":
        conn.execute(text(f"SELECT pg_advisory_xact_lock({_KEY})"), {"what": what})


def alone(conn: Connection, what: str) -> bool:
    """As `wait_for`, but False at once when somebody else is there."""
    if conn.dialect.name != "postgresql":
        return True
    asked = text(f"SELECT pg_try_advisory_xact_lock({_KEY})")
    return bool(conn.execute(asked, {"what": what}).scalar())


def keep_still(conn: Connection) -> None:
    """Until the transaction of `conn` ends, nobody else changes documents, mentions or entities: what only the whole
    archive shows is found from one state of it. A writer of SQLite is alone."""
    if conn.dialect.name == "postgresql":
        names = ", ".join(t.name for t in (documents, mentions, entities))  # in the order in which they are written
        conn.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


@contextmanager
def file_turn(file: Path, place: str, by: str) -> Iterator[Turn]:
    """The turn at a SQLite archive. The kernel frees the lock when the process ends, once its forked children have.

    Raises FileAccessError that says who has it.
    """
    path = Path(f"{file}.lock")
    try:
        handle = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise FileAccessError(f"{path} cannot be written: {error.strerror}", "Check the archive's folder.") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            raise _taken(place, handle.read().strip()) from error
        handle.truncate(0)
        handle.write(by)
        handle.flush()
        try:
            yield Turn()
        finally:
            handle.truncate(0)


@contextmanager
def server_turn(engine: Engine, place: str, by: str, together: bool) -> Iterator[Turn]:
    """A turn at an archive on a server, shared with others that come `together`. The server frees it with the
    connection, which ends with the process, however that ends. Raises FileAccessError that says who has it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", writing=True) as session:
        session.execute(text("SELECT set_config('application_name', :by, false)"), {"by": by[:63]})
        take = "pg_try_advisory_lock_shared" if together else "pg_try_advisory_lock"
        if not session.execute(text(f"SELECT {take}({_KEY})"), {"what": "archive"}).scalar():
            raise _taken(place, session.execute(text(_HOLDER), {"what": "archive"}).scalar() or "")
        try:
            yield Turn(session)
        finally:
            # Said, too: the server needs a moment to notice that a connection has ended, and who comes next would be refused.
            with suppress(DBAPIError):
                session.execute(text("SELECT pg_advisory_unlock_all()"))
            session.invalidate()  # ends the connection, and with it every lock


def signature(doing: str, since: str) -> str:
    """Who changes an archive, for others to read."""
    return f"{doing}, process {os.getpid()} on {socket.gethostname()}, since {since}"


def _taken(place: str, holder: str) -> FileAccessError:
    return FileAccessError(
        f"the archive {place} is being changed by {holder or 'another process'}",
        "Wait until it has ended, then run the same command again.",
    )
