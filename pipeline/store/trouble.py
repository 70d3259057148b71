"""What a database's error means to a person: what is wrong, what to do, with which exit code."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError

from pipeline.errors import ConfigurationError, DeclassError, FileAccessError
from pipeline.settings import masked
from pipeline.store.dialect import BUSY_SECONDS

SQLITE = {  # SQLite's names of what a person can mend: what is wrong, what to do
    "SQLITE_READONLY": ("cannot be written", "Give yourself the right to write there, or copy the archive elsewhere."),
    "SQLITE_PERM": ("cannot be written", "Give yourself the right to write there, or copy the archive elsewhere."),
    "SQLITE_CANTOPEN": ("cannot be opened", "Check that the folder exists and that you may read and write there."),
    "SQLITE_FULL": ("cannot grow: the disk is full", "Make room on the disk and run the same command again."),
    "SQLITE_IOERR": ("cannot be read or written: the disk reports an error", "Check the disk, then run it again."),
    "SQLITE_BUSY": (f"was kept busy by another process for {BUSY_SECONDS} s", "Wait for it to end, then run it again."),
}

SERVER = {  # PostgreSQL's SQLSTATEs, or their beginnings, in the same way
    "28": ("does not let you in: wrong user or password",
           "Check user and password: in --database, in PGPASSWORD or in ~/.pgpass."),
    "3D000": ("does not exist", "Make it with createdb NAME, or check the name in --database."),
    "42501": ("does not allow that to this user", "Ask whoever keeps the server for the right to create and write tables."),
    "25006": ("is read-only", "Name a server that takes changes, not a replica."),
    "53100": ("cannot grow: the server's disk is full", "Make room there and run the same command again."),
    "53300": ("takes no more connections", "Wait until others have ended, then run it again."),
    "40P01": ("was locked by two processes at once", "Run the same command again; nothing was lost."),
    "40001": ("was changed by another process meanwhile", "Run the same command again; nothing was lost."),
    "57": ("was stopped or is starting", "Wait until the server is up, then run the same command again."),
    "08": ("lost the connection", "Check the network and the server, then run the same command again."),
}  # fmt: skip

WORDS = {  # while a connection is being made libpq tells by words what a SQLSTATE tells later
    "password authentication failed": "28",
    "no password supplied": "28",
    "no pg_hba.conf entry": "28",
    'role "': "28",
    'database "': "3D000",
    "too many clients": "53300",
    "remaining connection slots": "53300",
    "starting up": "57",
    "shutting down": "57",
}


def explained(error: DBAPIError, where: object) -> DeclassError | None:
    """What a person can do about a database's error; None when it is a fault of the program."""
    if name := getattr(error.orig, "sqlite_errorname", "") or "":
        return _of_file(name, where)
    told = masked(str(error.orig)).strip()
    state = getattr(error.orig, "sqlstate", None) or next((s for words, s in WORDS.items() if words in told), "")
    for cause, (what, advice) in SERVER.items():
        if state.startswith(cause):
            kind = ConfigurationError if cause in ("28", "3D000") else FileAccessError
            return kind(f"the database {where} {what}", advice)
    if isinstance(error, OperationalError) or error.connection_invalidated:
        first = told.splitlines()[0] if told else "no answer"
        return FileAccessError(
            f"the database {where} cannot be reached: {first}",
            "Check that the server runs and that host and port in --database are right.",
        )
    return None


def _of_file(name: str, where: object) -> DeclassError | None:
    for cause, (what, advice) in SQLITE.items():
        if name.startswith(cause):
            return FileAccessError(f"the archive {where} {what}", advice)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return ConfigurationError(
            f"{where} is damaged or is not an archive of declass",
            "Choose another --archive, or restore this one from a copy.",
        )
    return None
