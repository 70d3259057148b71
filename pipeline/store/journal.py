"""The journal: which pages and documents wait, are being worked, are done or have failed, and what each stage gave.

Every function takes the connection of a transaction (`archive.writing()`, `archive.reading()`), so that what belongs
together is kept together. All of them may be called again after a kill: nothing is lost, nothing doubled.
Page 0 stands for the document as a whole.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, literal, not_, or_, select, tuple_, update

from pipeline.core.codec import pack, unpack
from pipeline.core.document import Failure, Scan
from pipeline.store.archive import Archive, now
from pipeline.store.dialect import insert
from pipeline.store.paths import note_path
from pipeline.store.schema import documents, failures, paths, results, runs, work
from pipeline.store.write import replace_failures

QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"

CHUNK = 500  # tasks fetched at a time; between fetches no transaction is open, so writers' logs can be cleared


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


# Runs


def begin_run(
    conn: Connection,
    *,
    version: str,
    command: str,
    settings: Mapping[str, Any],
    readers: Mapping[str, Any],
    models: Mapping[str, Any],
    batch: str | None = None,
) -> str:
    """Opens a run and gives its id, which sorts by time."""
    started = now()
    run_id = f"{started[:19].replace('-', '').replace(':', '')}-{uuid.uuid4().hex[:8]}"
    row = {
        "run_id": run_id,
        "started_at": started,
        "version": version,
        "command": command,
        "settings": dict(settings),
        "readers": dict(readers),
        "models": dict(models),
        "batch": batch,
        "documents": 0,
        "pages": 0,
        "outcome": "running",
    }
    conn.execute(runs.insert().values(row))
    return run_id


def end_run(conn: Connection, run_id: str, outcome: str, seconds: float) -> None:
    """Closes a run with what it worked. `outcome`: done, interrupted or failed."""
    worked = and_(work.c.run_id == run_id, work.c.state == DONE)
    conn.execute(
        update(runs)
        .where(runs.c.run_id == run_id)
        .values(
            finished_at=now(),
            outcome=outcome,
            seconds=round(seconds, 3),
            documents=select(func.count()).where(documents.c.run_id == run_id).scalar_subquery(),
            pages=select(func.count()).where(worked, work.c.page > 0).scalar_subquery(),
        )
    )


def recover(conn: Connection, run_id: str) -> int:
    """What other runs left running goes back to the queue, and those runs are closed as interrupted.

    Call it under `archive.lock()`, when no other run can be alive. Gives the number of tasks.
    """
    left = update(work).where(work.c.state == RUNNING, or_(work.c.run_id.is_(None), work.c.run_id != run_id))
    count = conn.execute(left.values(state=QUEUED, changed_at=now())).rowcount
    dead = update(runs).where(runs.c.outcome == "running", runs.c.run_id != run_id)
    conn.execute(dead.values(outcome="interrupted"))
    return count


# Files


def register(conn: Connection, scan: Scan, run_id: str, modified: float) -> bool:
    """Notes a file: its path, and unless the same bytes are known, its pages as work. True when the bytes are new.

    The same file with other metadata (its sidecar was edited) has its document worked again, not its pages.
    """
    note_path(conn, scan, run_id, modified)
    refused_here = or_(failures.c.document_id.is_(None), failures.c.document_id == scan.document_id)
    conn.execute(delete(failures).where(failures.c.path == scan.path, refused_here))
    known = _intake(conn, scan.document_id)
    packed = pack(scan)
    if known is not None and (known == packed or unpack(Scan, known).path != scan.path):
        return False
    _store(conn, scan.document_id, 0, {"intake": packed}, {"intake": hashlib.sha256(packed).hexdigest()[:32]})
    at = now()
    fresh = [
        {"document_id": scan.document_id, "page": n, "state": QUEUED, "attempts": 0, "run_id": run_id, "changed_at": at}
        for n in range(scan.pages + 1)
    ]
    conn.execute(insert(conn, work).on_conflict_do_nothing(), fresh)
    for table in (work, results):
        conn.execute(delete(table).where(table.c.document_id == scan.document_id, table.c.page > scan.pages))
    requeue(conn, scan.document_id, 0)
    return known is None


def scan(conn: Connection, document_id: str) -> Scan:
    """The scan as it was registered. Raises KeyError when it never was."""
    packed = _intake(conn, document_id)
    if packed is None:
        raise KeyError(f"no scan {document_id} in the journal")
    known: Scan = unpack(Scan, packed)
    return known


def _intake(conn: Connection, document_id: str) -> bytes | None:
    packed: bytes | None = conn.execute(
        select(results.c.payload).where(
            results.c.document_id == document_id, results.c.page == 0, results.c.stage == "intake"
        )
    ).scalar_one_or_none()
    return packed


# What waits


def queued(archive: Archive) -> Iterator[Task]:
    """The pages that wait, by path, then page; looked up as the iteration goes on, so it sees what becomes queued ahead
    of it, and pages claimed meanwhile are left out."""
    waits = (work.c.page > 0, work.c.state == QUEUED)
    return _tasks(archive, waits)


def ready(archive: Archive) -> Iterator[Task]:
    """The documents that wait and whose pages are all done or failed, by path."""
    page = work.alias("page")
    open_page = exists().where(
        page.c.document_id == work.c.document_id, page.c.page > 0, page.c.state.in_((QUEUED, RUNNING))
    )
    return _tasks(archive, (work.c.page == 0, work.c.state == QUEUED, not_(open_page)))


def is_ready(conn: Connection, document_id: str) -> bool:
    """Whether a document waits and all its pages are done or failed."""
    states = dict(
        conn.execute(select(work.c.page, work.c.state).where(work.c.document_id == document_id)).tuples().all()
    )
    return states.pop(0, None) == QUEUED and not {QUEUED, RUNNING} & set(states.values())


def _tasks(archive: Archive, wanted: Iterable[Any]) -> Iterator[Task]:
    earlier = paths.alias("earlier")
    first = not_(exists().where(earlier.c.document_id == paths.c.document_id, earlier.c.path < paths.c.path))
    base = (
        select(paths.c.path, work.c.document_id, work.c.page, work.c.attempts, runs.c.batch)
        .select_from(
            paths.join(work, work.c.document_id == paths.c.document_id).outerjoin(runs, runs.c.run_id == paths.c.run_id)
        )
        .where(first, *wanted)
        .order_by(paths.c.path, work.c.page)
        .limit(CHUNK)
    )
    at: tuple[str, int] | None = None
    while True:
        after: tuple[Any, ...] = ()
        if at:
            after = (paths.c.path >= at[0], tuple_(paths.c.path, work.c.page) > tuple_(literal(at[0]), literal(at[1])))
        with archive.reading() as conn:
            rows = conn.execute(base.where(*after)).all()
        for row in rows:
            yield Task(row.document_id, row.page, row.path, row.attempts, row.batch)
        if len(rows) < CHUNK:
            return
        at = (rows[-1].path, rows[-1].page)


def requeue(conn: Connection, document_id: str, page: int) -> None:
    """The task waits again, whatever became of it."""
    this = and_(work.c.document_id == document_id, work.c.page == page)
    conn.execute(update(work).where(this).values(state=QUEUED, error=None, message=None, changed_at=now()))


# Working


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
    _store(conn, document_id, page, stored, keys)
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
        requeue(conn, document_id, 0)


def fail(conn: Connection, run_id: str, failure: Failure, seconds: float) -> None:
    """A task gave nothing: it crashed, timed out or its file is gone. `failure.page` None: the whole document."""
    if failure.document_id is None:
        raise ValueError("a file without SHA-256 has no work; see write.write_quarantined")
    page = failure.page or 0
    finish(conn, run_id, failure.document_id, page, {}, {}, seconds, (failure,))
    if not page:
        replace_failures(conn, failure.document_id, None, (failure,), run_id)


def _store(conn: Connection, document_id: str, page: int, stored: Mapping[str, bytes], keys: Mapping[str, str]) -> None:
    if not stored:
        return
    rows = [
        {"document_id": document_id, "page": page, "stage": stage, "key": keys[stage], "payload": payload}
        for stage, payload in stored.items()
    ]
    statement = insert(conn, results)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["document_id", "page", "stage"],
            set_={"key": statement.excluded.key, "payload": statement.excluded.payload},
        ),
        rows,
    )


# What is known


def known_keys(conn: Connection, document_id: str) -> dict[int, dict[str, str]]:
    """By page and stage (page 0: the document's), the key under which a result is stored."""
    known: dict[int, dict[str, str]] = {}
    asked = select(results.c.page, results.c.stage, results.c.key).where(results.c.document_id == document_id)
    for page, stage, key in conn.execute(asked.order_by(results.c.page)).tuples():
        known.setdefault(page, {})[stage] = key
    return known


def load(conn: Connection, document_id: str, page: int, keys: Mapping[str, str]) -> dict[str, bytes]:
    """The packed results of a page (0: the document) by stage: those that are stored under the keys asked for."""
    asked = select(results.c.stage, results.c.payload).where(
        results.c.document_id == document_id,
        results.c.page == page,
        tuple_(results.c.stage, results.c.key).in_(list(keys.items())),
    )
    return dict(conn.execute(asked).tuples().all())


def load_pages(conn: Connection, document_id: str, keys: Mapping[str, str]) -> dict[int, dict[str, bytes]]:
    """As `load`, for every page of a document that has a result, in order."""
    asked = select(results.c.page, results.c.stage, results.c.payload).where(
        results.c.document_id == document_id,
        results.c.page > 0,
        tuple_(results.c.stage, results.c.key).in_(list(keys.items())),
    )
    pages: dict[int, dict[str, bytes]] = {}
    for page, stage, payload in conn.execute(asked.order_by(results.c.page)).tuples():
        pages.setdefault(page, {})[stage] = payload
    return pages


def page_failures(conn: Connection, document_id: str) -> tuple[Failure, ...]:
    """What failed on single pages of a document, in order; `write_document` writes it again with the document's."""
    asked = select(failures).where(failures.c.document_id == document_id, failures.c.page.is_not(None))
    return tuple(
        Failure(f.document_id, f.file_name, f.page, f.stage, f.error, f.message)
        for f in conn.execute(asked.order_by(failures.c.page, failures.c.id))
    )


# Again


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


# Only some pages


def ask_pages(conn: Connection, document_id: str, pages: Collection[int], limited: bool) -> None:
    """These pages of a document are wanted. `limited`: the others need not be worked (what is done stays); else pages
    that an earlier run left out wait now."""
    at = now()
    there = set(conn.execute(select(work.c.page).where(work.c.document_id == document_id)).scalars())
    row = {"document_id": document_id, "state": QUEUED, "attempts": 0, "changed_at": at}
    if missing := sorted(set(pages) - there):
        conn.execute(insert(conn, work).on_conflict_do_nothing(), [{**row, "page": n} for n in missing])
        requeue(conn, document_id, 0)
    if limited:
        others = (work.c.page > 0, work.c.page.not_in(list(pages)), work.c.state == QUEUED)
        conn.execute(delete(work).where(work.c.document_id == document_id, *others))


def count_queued(conn: Connection) -> int:
    """How many pages wait."""
    return conn.execute(select(func.count()).where(work.c.page > 0, work.c.state == QUEUED)).scalar_one()
