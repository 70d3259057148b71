"""The states of a task, and the way back to the first."""

from __future__ import annotations

from sqlalchemy import Connection, delete, update

from pipeline.store.archive import now
from pipeline.store.schema import results, work

QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"


def again(conn: Connection, document_id: str, page: int) -> None:
    """The task waits again, whatever became of it."""
    task = (work.c.document_id == document_id, work.c.page == page)
    conn.execute(update(work).where(*task).values(state=QUEUED, error=None, message=None, changed_at=now()))


def whole_again(conn: Connection, document_id: str) -> None:
    """The document as a whole waits again: its pages or its metadata are not what its results were made from."""
    made = (results.c.document_id == document_id, results.c.page == 0, results.c.stage != "intake")
    conn.execute(delete(results).where(*made))
    again(conn, document_id, 0)
