"""Where the bytes of documents were seen: one row a path, several paths for the same bytes."""

from __future__ import annotations

from sqlalchemy import Connection, and_, select, update

from pipeline.core.document import Scan
from pipeline.store.archive import now
from pipeline.store.dialect import insert
from pipeline.store.schema import paths, work


def seen(conn: Connection, path: str) -> tuple[str, int, float] | None:
    """(document_id, size in bytes, time of modification) of a path when it was last taken in; None if it never was."""
    row = conn.execute(
        select(paths.c.document_id, paths.c.size, paths.c.modified).where(paths.c.path == path)
    ).one_or_none()
    return (row.document_id, row.size, row.modified) if row else None


def places(conn: Connection, document_id: str) -> tuple[str, ...]:
    """Every path at which the bytes were seen, sorted."""
    return tuple(
        conn.execute(select(paths.c.path).where(paths.c.document_id == document_id).order_by(paths.c.path)).scalars()
    )


def note_path(conn: Connection, scan: Scan, run_id: str, modified: float) -> None:
    """Notes where the bytes of `scan` are, and when that file was last modified (seconds since 1970).

    A path that held other bytes leaves those: if no path has them any more, work on them that waits has failed.
    """
    before = seen(conn, scan.path)
    same = before is not None and before[0] == scan.document_id
    row = {
        "path": scan.path,
        "document_id": scan.document_id,
        "file_name": scan.file_name,
        "size": scan.size,
        "modified": modified,
    }
    if not same:
        row["run_id"] = run_id  # the run that first saw these bytes here
    conn.execute(insert(conn, paths).values(row).on_conflict_do_update(index_elements=["path"], set_=row))
    if before and not same and not places(conn, before[0]):
        waiting = and_(work.c.document_id == before[0], work.c.state.in_(("queued", "running")))
        gone = {"state": "failed", "error": "file-access", "message": f"other bytes took its place at {scan.path}"}
        conn.execute(update(work).where(waiting).values(**gone, changed_at=now()))
