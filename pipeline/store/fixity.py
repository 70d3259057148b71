"""Fixity: whether the files are still the bytes that were taken in, and where those went that are not in their place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from pipeline.core.codec import pack
from pipeline.core.names import found as found_name
from pipeline.core.names import shown
from pipeline.store.archive import Archive, now
from pipeline.store.journal.files import scan as registered
from pipeline.store.journal.results import keep
from pipeline.store.provenance import FIXITY, RENAMED, Event, record
from pipeline.store.schema import documents, paths, runs

CHUNK = 200  # paths looked up at a time: no transaction is open while files are read
NOTED = 1 << 30  # bytes after which what was found is noted: an interrupted check goes on from there
STATES = ("ok", "moved", "changed", "missing", "unreadable")


@dataclass(frozen=True, slots=True)
class Fixity:
    """One path. `state`: ok; changed (other bytes are there now); missing; moved (missing or changed, and the same bytes
    are at `now_at`); unreadable. `found` is the SHA-256 that is there now, if any. `followed`: a later reading opens the file
    at `now_at`."""

    path: str
    document_id: str
    state: str
    found: str | None = None
    reason: str = ""
    now_at: str | None = None
    followed: bool = False


Watch = Callable[[int, int], None]
"""Told as it goes on: files and bytes looked at since the last time."""


def extent(archive: Archive, before: str | None = None) -> tuple[int, int]:
    """How many files a check looks at, and how many bytes they should have."""
    with archive.reading() as conn:
        asked = select(func.count(), func.coalesce(func.sum(paths.c.size), 0)).where(_due(before))
        count, size = conn.execute(asked).one()
    return int(count), int(size)


def days_ago(days: int) -> str:
    """The time so many days ago, as `verify` wants it."""
    return (datetime.now(UTC) - timedelta(days)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def verify(
    archive: Archive,
    before: str | None = None,
    look_in: Sequence[str] = (),
    follow: bool = False,
    watch: Watch = lambda *_: None,
) -> Iterator[Fixity]:
    """Hashes every known file anew, by path; with `before` only those that were last looked at before that time.

    What is not in its place is looked for by size and SHA-256 wherever scans were taken in from, and in the folders
    `look_in`; with `follow` the archive goes on with it there. What is found is noted of each path and in the history: an
    event for each file that is not as it was and one for the check as a whole, also when it is interrupted. Files are never
    touched.
    """
    began = now()
    counts = dict.fromkeys(STATES, 0)
    ended = "interrupted after "
    try:
        for check in chain(_in_place(archive, before, began, watch), _not_in_place(archive, began, look_in, follow)):
            counts[check.state] += 1
            yield check
        ended = ""
    finally:
        bad = sum(counts.values()) - counts["ok"]
        note = ended + ", ".join(f"{n} {state}" for state, n in counts.items() if n or state == "ok")
        outcome = "failure" if bad else "warning" if ended else "success"
        with archive.writing() as conn:
            record(conn, Event(FIXITY, None, None, "SHA-256 of the files", outcome, note))


def _in_place(archive: Archive, before: str | None, began: str, watch: Watch) -> Iterator[Fixity]:
    """Every file is looked at; gives those that are there. The others may turn up elsewhere."""
    after = ""
    while True:
        asked = select(paths.c.path, paths.c.document_id, paths.c.size).where(paths.c.path > after, _due(before, began))
        with archive.reading() as conn:
            known = conn.execute(asked.order_by(paths.c.path).limit(CHUNK)).all()
        if not known:
            return
        looked, read = [], 0
        for path, document_id, size in known:
            looked.append(_look(path, document_id))
            watch(1, size)
            read += size
            if read > NOTED:
                break
        with archive.writing() as conn:
            _note(conn, looked, began)
        yield from (check for check in looked if check.state in ("ok", "unreadable"))
        after = looked[-1].path


def _due(before: str | None, began: str = "") -> ColumnElement[bool]:
    """Not looked at since `before`, nor by this check."""
    p = paths.c
    if before is None and not began:
        return p.path.is_not(None)
    return or_(p.checked_at.is_(None), p.checked_at < (began if before is None else before))


def _look(path: str, document_id: str) -> Fixity:
    try:
        found = _sha256(found_name(path))
    except (FileNotFoundError, NotADirectoryError):
        return Fixity(path, document_id, "missing")
    except OSError as error:
        return Fixity(path, document_id, "unreadable", None, error.strerror or str(error))
    return Fixity(path, document_id, "ok" if found == document_id else "changed", found)


def _sha256(path: str) -> str:
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _note(conn: Connection, looked: Sequence[Fixity], began: str) -> None:
    """What was found, with the path unless it has other bytes since; what is unreadable also in the history."""
    for check in looked:
        this = and_(paths.c.path == check.path, paths.c.document_id == check.document_id)
        conn.execute(update(paths).where(this).values(checked_at=began, fixity=check.state))
    bad = [c for c in looked if c.state == "unreadable"]
    record(conn, *(Event(FIXITY, c.document_id, c.path, "SHA-256", "failure", f"{c.state}: {c.reason}") for c in bad))


# What is not in its place


def _found_elsewhere(archive: Archive, began: str, look_in: Sequence[str]) -> dict[str, str]:
    """By document: a path where the bytes are that are not in their place. Known paths before unknown files."""
    p = paths.c
    gone = and_(p.checked_at == began, p.fixity.in_(("missing", "changed")))
    with archive.reading() as conn:
        lost = {row.document_id: row.size for row in conn.execute(select(p.document_id, p.size).where(gone))}
        if not lost:
            return {}
        kept = select(p.document_id, func.min(p.path)).where(p.fixity == "ok").group_by(p.document_id)
        there = {ident: path for ident, path in conn.execute(kept) if ident in lost}
        roots = [*look_in, *_roots(conn)]
    sizes = {size for ident, size in lost.items() if ident not in there}
    for folder in _topmost(roots):
        for path in _files(folder, sizes):
            try:
                ident = _sha256(path)
            except OSError:
                continue  # it is not one of ours that can be read
            if ident in lost:
                there.setdefault(ident, shown(path))
    return there


def _roots(conn: Connection) -> list[str]:
    """The folders from which scans were taken in: what ingests were given, and where the known files lie."""
    given = [t for settings in conn.execute(select(runs.c.settings)).scalars() for t in settings.get("targets", ())]
    known = {os.path.dirname(path) for path in conn.execute(select(paths.c.path)).scalars()}
    return [found_name(path) for path in (*given, *known)]


def _topmost(folders: Collection[str]) -> list[str]:
    """Those that are there and lie in none of the others; of a file its folder."""
    real = {os.path.realpath(f if os.path.isdir(f) else os.path.dirname(f)) for f in folders}
    out: list[str] = []
    for folder in sorted(f for f in real if os.path.isdir(f)):
        if not out or os.path.commonpath([out[-1], folder]) != out[-1]:
            out.append(folder)
    return out


def _files(folder: str, sizes: Collection[int]) -> Iterator[str]:
    """Files below a folder that have one of these sizes, in order; links are not followed."""
    for within, below, names in os.walk(folder):
        below.sort()
        for name in sorted(names):
            path = os.path.join(within, name)
            try:
                if sizes and os.lstat(path).st_size in sizes and not os.path.islink(path):
                    yield path
            except OSError:
                continue  # gone since it was listed


def _not_in_place(archive: Archive, began: str, look_in: Sequence[str], follow: bool) -> Iterator[Fixity]:
    elsewhere = _found_elsewhere(archive, began, look_in)
    p = paths.c
    after = ""
    while True:
        gone = and_(p.checked_at == began, p.fixity.in_(("missing", "changed")), p.path > after)
        with archive.reading() as conn:
            rows = conn.execute(select(p.path, p.document_id, p.fixity).where(gone).order_by(p.path).limit(CHUNK)).all()
        if not rows:
            return
        checks = []
        with archive.writing() as conn:
            for path, document_id, state in rows:
                there = elsewhere.get(document_id)
                reason = "other bytes are there now" if state == "changed" else ""
                check = Fixity(
                    path, document_id, "moved" if there else state, None, reason, there, bool(there and follow)
                )
                conn.execute(update(paths).where(p.path == path).values(fixity=check.state))
                record(conn, _event(check))
                if check.followed:
                    _follow(conn, check)
                checks.append(check)
        yield from checks
        after = rows[-1].path


def _event(check: Fixity) -> Event:
    note = f"{check.state}: {check.now_at or check.reason}".rstrip(": ")
    return Event(FIXITY, check.document_id, check.path, "SHA-256", "warning" if check.now_at else "failure", note)


def _follow(conn: Connection, check: Fixity) -> None:
    """From now on the bytes are known at `now_at`, and no more at the old path."""
    now_at = str(check.now_at)
    p = paths.c
    row = dict(conn.execute(select(paths).where(p.path == check.path)).mappings().one())
    conn.execute(paths.delete().where(p.path == check.path))
    if conn.execute(select(p.path).where(p.path == now_at)).first() is None:
        modified = os.stat(found_name(now_at)).st_mtime
        row |= {"path": now_at, "file_name": os.path.basename(now_at), "modified": modified, "fixity": "ok"}
        conn.execute(paths.insert().values(row))
    this = and_(documents.c.document_id == check.document_id, documents.c.source_path == check.path)
    conn.execute(update(documents).where(this).values(source_path=now_at))
    try:
        scan = registered(conn, check.document_id)
    except KeyError:  # refused: nothing of it is read
        pass
    else:
        if scan.path == check.path:
            packed = pack(replace(scan, path=now_at))
            keep(conn, check.document_id, 0, {"intake": packed}, {"intake": hashlib.sha256(packed).hexdigest()[:32]})
    record(conn, Event(RENAMED, check.document_id, now_at, f"before: {check.path}"))
