"""Fixity: whether the files are still the bytes that were taken in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from pipeline.core.names import found as found_name
from pipeline.store.archive import Archive
from pipeline.store.schema import paths

CHUNK = 500  # paths looked up at a time: no transaction is open while files are read


@dataclass(frozen=True, slots=True)
class Fixity:
    """One path: `state` is ok, changed, missing or unreadable; `found` the SHA-256 that is there now, if any."""

    path: str
    document_id: str
    state: str
    found: str | None = None
    reason: str = ""


def verify(archive: Archive) -> Iterator[Fixity]:
    """Hashes every known file anew, by path. Changes nothing, neither files nor archive."""
    after = ""
    while True:
        asked = (
            select(paths.c.path, paths.c.document_id).where(paths.c.path > after).order_by(paths.c.path).limit(CHUNK)
        )
        with archive.reading() as conn:
            known = conn.execute(asked).all()
        for path, document_id in known:
            yield _look(path, document_id)
        if len(known) < CHUNK:
            return
        after = known[-1].path


def _look(path: str, document_id: str) -> Fixity:
    try:
        with open(found_name(path), "rb") as f:
            found = hashlib.file_digest(f, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return Fixity(path, document_id, "missing")
    except OSError as error:
        return Fixity(path, document_id, "unreadable", None, error.strerror or str(error))
    return Fixity(path, document_id, "ok" if found == document_id else "changed", found)
