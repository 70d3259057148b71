"""Again: what was left, failed, became stale or is asked for anew waits once more."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, and_, delete, exists, func, not_, or_, select, update

from pipeline.store.archive import now
from pipeline.store.journal.states import DONE, FAILED, QUEUED, RUNNING
from pipeline.store.schema import failures, results, runs, work
from pipeline.store.turns import is_over


def recover(conn: Connection, run_id: str) -> int:
    """What runs that are over left running goes back to the queue, and those runs are closed as interrupted.

    Call it with the turn (`archive.lock()`); on a server other runs may be alive, whose work is left alone. Gives the
    number of tasks.
    """
    noted = select(runs.c.run_id).where(runs.c.outcome == "running", runs.c.run_id != run_id)
    dead = [run for run in conn.execute(noted.order_by(runs.c.run_id)).scalars() if is_over(conn, run)]
    alive = select(runs.c.run_id).where(runs.c.outcome == "running", runs.c.run_id.not_in(dead))
    left = update(work).where(work.c.state == RUNNING, or_(work.c.run_id.is_(None), work.c.run_id.not_in(alive)))
    count = conn.execute(left.values(state=QUEUED, changed_at=now())).rowcount
    conn.execute(update(runs).where(runs.c.run_id.in_(dead)).values(outcome="interrupted"))
    return count


def retry_failed(conn: Connection) -> int:
    """Failed tasks wait again, with the documents of failed pages. Gives the number of failed tasks.

    Files that intake refused have no tasks: see `refused`.
    """
    count = conn.execute(select(func.count()).where(work.c.state == FAILED)).scalar_one()
    hit = select(work.c.document_id).where(work.c.state == FAILED)
    again = or_(work.c.state == FAILED, and_(work.c.page == 0, work.c.document_id.in_(hit)))
    conn.execute(update(work).where(again).values(state=QUEUED, error=None, message=None, changed_at=now()))
    return count


def refused(conn: Connection) -> tuple[str, ...]:
    """The paths of files that intake refused (quarantined), to be tried again, sorted."""
    worked = exists().where(work.c.document_id == failures.c.document_id)
    asked = select(failures.c.path).where(failures.c.path.is_not(None), not_(worked)).distinct()
    return tuple(conn.execute(asked.order_by(failures.c.path)).scalars())


def requeue_stale(conn: Connection, page_keys: Mapping[str, str], document_keys: Mapping[str, str]) -> int:
    """What is done under other keys than these (a model, a setting, an engine or a stage has changed) waits again, each
    document with any of its pages. Gives the number of tasks."""
    count = 0
    for pages, keys in ((True, page_keys), (False, document_keys)):
        lacking = [
            not_(
                exists().where(
                    results.c.document_id == work.c.document_id,
                    results.c.page == work.c.page,
                    results.c.stage == stage,
                    results.c.key == key,
                )
            )
            for stage, key in sorted(keys.items())
        ]
        which = work.c.page > 0 if pages else work.c.page == 0
        if lacking:
            stale = update(work).where(which, work.c.state == DONE, or_(*lacking))
            count += conn.execute(stale.values(state=QUEUED, changed_at=now())).rowcount
    return count + _requeue_documents_of_queued_pages(conn)


def redo(conn: Connection, stages: Collection[str]) -> int:
    """Forgets the results of these stages (name those that need them too) and queues the pages and documents that had
    one. Gives the number of tasks."""
    had = exists().where(
        results.c.document_id == work.c.document_id, results.c.page == work.c.page, results.c.stage.in_(stages)
    )
    count = conn.execute(update(work).where(had, work.c.state == DONE).values(state=QUEUED, changed_at=now())).rowcount
    conn.execute(delete(results).where(results.c.stage.in_(stages), results.c.stage != "intake"))
    return count + _requeue_documents_of_queued_pages(conn)


def _requeue_documents_of_queued_pages(conn: Connection) -> int:
    waiting = select(work.c.document_id).where(work.c.page > 0, work.c.state == QUEUED)
    whole = update(work).where(work.c.page == 0, work.c.state == DONE, work.c.document_id.in_(waiting))
    return conn.execute(whole.values(state=QUEUED, changed_at=now())).rowcount
