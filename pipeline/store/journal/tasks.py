"""Tasks: what waits, in stable order, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, select, update

from pipeline.core.document import Failure
from pipeline.store.archive import Archive, now
from pipeline.store.failures import replace_failures
from pipeline.store.journal.results import keep
from pipeline.store.journal.states import DONE, FAILED, QUEUED, RUNNING, whole_again
from pipeline.store.schema import paths, runs, work

CHUNK = 100  # files looked up at a time; between fetches no transaction is open, so writers' logs can be cleared


@dataclass(frozen=True, slots=True)
class Task:
    """A page to work, or with page 0 a document. `path` is the first path of the file, all are in `paths.places`.

    `attempts` counts earlier attempts, `batch` is the label under which the file first came in.
    """

    document_id: str
    page: int
    path: str
    attempts: int
    batch: str | None


def queued(archive: Archive) -> Iterator[Task]:
    """The pages that wait, by path, then page; looked up as the iteration goes on, so it sees what becomes queued ahead
    of it, and files whose pages were claimed meanwhile are left out."""
    return _tasks(archive, and_(work.c.page > 0, work.c.state == QUEUED))


def ready(archive: Archive) -> Iterator[Task]:
    """The documents that wait and whose pages are all done or failed, by path."""
    page = work.alias("page")
    open_page = exists().where(
        page.c.document_id == work.c.document_id, page.c.page > 0, page.c.state.in_((QUEUED, RUNNING))
    )
    return _tasks(archive, and_(work.c.page == 0, work.c.state == QUEUED, not_(open_page)))


def count_queued(conn: Connection) -> int:
    """How many pages wait."""
    return conn.execute(select(func.count()).where(work.c.page > 0, work.c.state == QUEUED)).scalar_one()


def is_ready(conn: Connection, document_id: str) -> bool:
    """Whether a document waits and all its pages are done or failed."""
    asked = select(work.c.page, work.c.state).where(work.c.document_id == document_id)
    states = {row.page: row.state for row in conn.execute(asked)}
    return states.pop(0, None) == QUEUED and not {QUEUED, RUNNING} & set(states.values())


def _tasks(archive: Archive, wanted: ColumnElement[bool]) -> Iterator[Task]:
    """Goes along the paths, which are sorted already, and looks into the work of each: nothing is sorted or kept."""
    earlier = paths.alias("earlier")
    first = not_(exists().where(earlier.c.document_id == paths.c.document_id, earlier.c.path < paths.c.path))
    waits = exists().where(work.c.document_id == paths.c.document_id, wanted)
    files = (
        select(paths.c.path, paths.c.document_id, runs.c.batch)
        .select_from(paths.outerjoin(runs, runs.c.run_id == paths.c.run_id))
        .where(first, waits)
        .order_by(paths.c.path)
        .limit(CHUNK)
    )
    at = ""
    while True:
        with archive.reading() as conn:
            chunk = conn.execute(files.where(paths.c.path > at)).all()
        for file in chunk:
            asked = select(work.c.page, work.c.attempts).where(work.c.document_id == file.document_id, wanted)
            with archive.reading() as conn:
                tasks = conn.execute(asked.order_by(work.c.page)).all()
            for task in tasks:
                yield Task(file.document_id, task.page, file.path, task.attempts, file.batch)
        if len(chunk) < CHUNK:
            return
        at = chunk[-1].path


def claim(conn: Connection, run_id: str, document_id: str, page: int) -> bool:
    """The task is being worked from now on. False when it does not wait (another took it, or it is done)."""
    this = and_(work.c.document_id == document_id, work.c.page == page, work.c.state == QUEUED)
    taken = (
        update(work)
        .where(this)
        .values(state=RUNNING, attempts=work.c.attempts + 1, run_id=run_id, error=None, message=None, changed_at=now())
    )
    return conn.execute(taken).rowcount == 1


def finish(
    conn: Connection,
    run_id: str,
    document_id: str,
    page: int,
    stored: Mapping[str, bytes],
    keys: Mapping[str, str],
    seconds: float,
    failed: Iterable[Failure] = (),
) -> None:
    """Keeps what came of a task: packed results by stage under their keys, and the failures of single stages.

    The task is done, or failed when there is a failure. A page that becomes something else than it was has its document
    worked again. `failed` replaces the failures of an earlier attempt at this page; those of documents (page 0) are
    kept by `write_document`.
    """
    keep(conn, document_id, page, stored, keys)
    reasons = tuple(failed)
    last = reasons[-1] if reasons else None
    conn.execute(
        update(work)
        .where(work.c.document_id == document_id, work.c.page == page)
        .values(
            state=FAILED if last else DONE,
            run_id=run_id,
            error=last.error if last else None,
            message=last.message if last else None,
            seconds=round(seconds, 3),
            changed_at=now(),
        )
    )
    if page:
        replace_failures(conn, document_id, page, reasons, run_id)
        whole_again(conn, document_id)


def fail(conn: Connection, run_id: str, failure: Failure, seconds: float) -> None:
    """A task gave nothing: it crashed, timed out or its file is gone. `failure.page` None: the whole document."""
    if failure.document_id is None:
        raise ValueError("a file without SHA-256 has no work; see write.write_quarantined")
    page = failure.page or 0
    finish(conn, run_id, failure.document_id, page, {}, {}, seconds, (failure,))
    if not page:
        replace_failures(conn, failure.document_id, None, (failure,), run_id)
