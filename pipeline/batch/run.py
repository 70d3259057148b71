"""An ingest: survey the files, register what is new, work what waits, write what is whole.

One process writes (this one); children do the work. What was finished is in the journal before the next thing is handed
out, so that killing anything at any moment loses at most the pages that were being worked, and doubles nothing.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from pipeline import __version__
from pipeline.batch.interrupts import Interrupts
from pipeline.batch.pool import Pool
from pipeline.batch.whole import settle
from pipeline.batch.work import Done, Refused, assemble
from pipeline.batch.worker import SICK, SURVEY_SECONDS, TaskError
from pipeline.core.document import Failure, Scan
from pipeline.core.names import shown
from pipeline.core.stages import keys
from pipeline.errors import ArgumentsError
from pipeline.flow import DOCUMENT, PAGE
from pipeline.intake.survey import Entry, survey
from pipeline.ocr.reading import readers
from pipeline.settings import Settings
from pipeline.store import journal
from pipeline.store.archive import Archive, now
from pipeline.store.turns import Turn
from pipeline.store.write import write_document, write_quarantined

LOOK_SECONDS = 0.5  # how often an interrupt is looked for while nothing ends
UNKNOWN = "application/octet-stream"
DOCUMENT_FACTOR = 4  # a document's own stages may take this many times a page's limit


class Watcher(Protocol):
    """Who watches an ingest: a progress bar, a log, nobody."""

    def total(self, pages: int) -> None: ...
    def file(self, name: str) -> None: ...
    def page(self, name: str, number: int) -> None: ...
    def done(self) -> None: ...
    def say(self, message: str) -> None: ...


@dataclass(slots=True)
class Outcome:
    """What an ingest did. `failed` counts what stands newly in the failures ledger."""

    run_id: str = ""
    files: int = 0
    new: int = 0
    known: int = 0
    duplicates: int = 0
    pages: int = 0
    documents: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0

    @property
    def worked(self) -> bool:
        return bool(self.new or self.duplicates or self.pages or self.documents or self.failed)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line, besides the settings."""

    targets: Sequence[str]
    command: str
    batch: str | None = None
    pages: tuple[tuple[int, int], ...] = ()
    retry_failed: bool = False
    redo: tuple[str, ...] = ()


def ingest(settings: Settings, request: Request, watcher: Watcher) -> Outcome:
    """The whole of it. Raises DeclassError when nothing can be begun; KeyboardInterrupt leaves a journal to go on from."""
    stages = dependants(request.redo)
    start = time.monotonic()
    with (
        Archive.create(settings) as archive,
        archive.lock(together=True) as turn,
        Interrupts() as interrupts,
        Pool(settings) as pool,
    ):
        run = Run(archive, turn, pool, settings, request, watcher, interrupts)
        ended = "failed"
        try:
            run.prepare(stages)
            run.take_in()
            run.work()
            if run.outcome.worked or run.unsettled:
                settle(archive)
            ended = "done"
        except KeyboardInterrupt:
            ended = "interrupted"
            raise
        finally:
            run.outcome.seconds = time.monotonic() - start
            with archive.writing() as conn:
                journal.end_run(conn, run.outcome.run_id, ended, run.outcome.seconds)
        return run.outcome


def dry(settings: Settings, request: Request) -> Iterator[tuple[Entry, Scan | Refused | None]]:
    """What an ingest would take in: each entry with what it is, or why it would be refused. Changes nothing."""
    with Pool(settings) as pool:
        for entry in entries(request):
            if entry.kind != "file":
                yield entry, None
                continue
            future = pool.submit("identify", entry.path, settings, entry.metadata, seconds=SURVEY_SECONDS)
            try:
                yield entry, future.result()
            except (*SICK, TaskError) as error:
                yield entry, Refused(None, error.kind, str(error))


def entries(request: Request) -> Iterator[Entry]:
    """What the targets hold, each by its whole path as it can be shown and stored (`core.names.found` opens it)."""
    for entry in survey(request.targets):
        yield replace(entry, path=shown(os.path.abspath(entry.path)))


def dependants(redo: Sequence[str]) -> tuple[str, ...]:
    """The stages named and all that need them. Raises ArgumentsError for a name that no stage has."""
    names = [s.name for s in (*PAGE, *DOCUMENT)]
    for name in redo:
        if name not in names:
            raise ArgumentsError(f"there is no stage {name!r}.", f"Stages: {', '.join(names)}.")
    hit = set(redo)
    for stage in (*PAGE, *DOCUMENT):
        if hit & set(stage.needs):
            hit.add(stage.name)
    return tuple(n for n in names if n in hit)


def engines() -> dict[str, str]:
    """The engines that read, with their versions."""
    told = readers().split()
    return dict(zip(told[::2], told[1::2], strict=True))


class Run:
    """One ingest under way. Only the main thread touches it and the database."""

    def __init__(
        self,
        archive: Archive,
        turn: Turn,
        pool: Pool,
        settings: Settings,
        request: Request,
        watcher: Watcher,
        interrupts: Interrupts,
    ) -> None:
        self.archive, self.pool, self.settings, self.request, self.watcher = archive, pool, settings, request, watcher
        self.turn, self.interrupts = turn, interrupts
        self.unsettled = False  # an earlier run was ended after its last document and before the whole was settled
        self.outcome = Outcome()
        every = keys((*PAGE, *DOCUMENT), settings)
        self.page_keys = {s.name: every[s.name] for s in PAGE}
        self.document_keys = {s.name: every[s.name] for s in DOCUMENT}
        self.whole: deque[journal.Task] = deque()  # documents whose last page has just come in
        self.again: deque[journal.Task] = deque()  # pages to be tried once more, apart
        self.apart: set[tuple[str, int]] = set()  # those that are or were

    # Before

    def prepare(self, redo: Sequence[str]) -> None:
        """Open the run; put back in the queue what a dead run left, what changed and what is asked for again."""
        with self.archive.writing() as conn:
            self.outcome.run_id = journal.begin_run(
                conn,
                version=__version__,
                command=self.request.command,
                settings={
                    **{k: str(v) for k, v in asdict(self.settings).items()},
                    "targets": [shown(os.path.abspath(t)) for t in self.request.targets],
                },
                readers=engines(),
                models={**self.page_keys, **self.document_keys},
                batch=self.request.batch,
            )
            self.turn.of_run(self.outcome.run_id)
            self.unsettled = journal.unsettled(conn, self.outcome.run_id)
            left = journal.recover(conn, self.outcome.run_id)
            if left:
                self.watcher.say(f"going on with {left} pages that an earlier run left")
            if redo:
                journal.redo(conn, redo)
            if self.request.retry_failed:
                journal.retry_failed(conn)
            journal.requeue_stale(conn, self.page_keys, self.document_keys)

    def take_in(self) -> None:
        """Survey the targets; identify in the children what is new or has changed; register it."""
        waiting: dict[Future[Any], Entry] = {}
        refused = set(self.refused_before())
        for entry in entries(self.request):
            self.interrupts.obey()
            if entry.kind in ("skipped", "warning"):
                self.outcome.skipped += entry.kind == "skipped"
                self.watcher.say(f"{'skipped ' if entry.kind == 'skipped' else ''}{entry.file_name}: {entry.reason}")
                continue
            self.outcome.files += 1
            if entry.kind == "unreadable":
                self.refuse(entry, Refused(None, "file-access", entry.reason))
            elif self.refused_still(entry, refused) or self.known(entry, refused):
                self.outcome.known += 1
            else:
                self.watcher.file(entry.file_name)
                task = self.pool.submit("identify", entry.path, self.settings, entry.metadata, seconds=SURVEY_SECONDS)
                waiting[task] = entry
                self.settle_some(waiting, self.registered, 2 * self.pool.jobs)
        self.settle_some(waiting, self.registered, 0)

    def refused_before(self) -> tuple[str, ...]:
        with self.archive.reading() as conn:
            return journal.refused(conn)

    def refused_still(self, entry: Entry, refused: set[str]) -> bool:
        """Refused by an earlier run, unchanged since, and not asked for again."""
        if entry.path not in refused or self.request.retry_failed:
            return False
        with self.archive.reading() as conn:
            seen = journal.seen(conn, entry.path)
        return seen is None or seen[1:] == (entry.size, entry.modified)

    def known(self, entry: Entry, refused: set[str]) -> bool:
        """Taken in before, and neither the file nor its row in the sidecar has changed since."""
        if entry.path in refused:
            return False
        with self.archive.reading() as conn:
            seen = journal.seen(conn, entry.path)
            if seen is None or seen[1:] != (entry.size, entry.modified):
                return False
            scan = journal.scan(conn, seen[0])
        if scan.path == entry.path and dict(scan.metadata) != dict(entry.metadata):
            with self.archive.writing() as conn:
                journal.register(conn, replace(scan, metadata=entry.metadata), self.outcome.run_id, entry.modified)
        self.ask_pages(scan)
        return True

    def registered(self, entry: Entry, future: Future[Any]) -> None:
        """A file was identified, or refused."""
        try:
            scan: Scan | Refused = future.result()
        except (*SICK, TaskError) as error:
            scan = Refused(None, error.kind, str(error))
        if isinstance(scan, Refused):
            self.refuse(entry, scan)
            return
        with self.archive.writing() as conn:
            fresh = journal.register(conn, scan, self.outcome.run_id, entry.modified)
        self.outcome.new += fresh
        self.outcome.duplicates += not fresh
        self.ask_pages(scan)

    def refuse(self, entry: Entry, why: Refused) -> None:
        """The file is quarantined: a row in the ledger of failures, and the batch goes on."""
        self.outcome.failed += 1
        self.watcher.say(f"{entry.file_name}: {why.message}")
        failure = Failure(why.document_id, entry.file_name, None, "intake", why.error, why.message)
        source: Scan | str = entry.path
        if why.document_id:
            source = Scan(why.document_id, entry.path, entry.file_name, UNKNOWN, entry.size, 0, entry.metadata)
        with self.archive.writing() as conn:
            write_quarantined(conn, source, failure, run_id=self.outcome.run_id, at=now(), batch=self.request.batch,
                              modified=entry.modified)  # fmt: skip

    def ask_pages(self, scan: Scan) -> None:
        """Of this file only some pages were asked for, or now the rest of them."""
        wanted = [n for n in range(1, scan.pages + 1) if self.asked(n)]
        with self.archive.writing() as conn:
            journal.ask_pages(conn, scan.document_id, wanted, limited=bool(self.request.pages))

    def asked(self, page: int) -> bool:
        return not self.request.pages or any(first <= page <= last for first, last in self.request.pages)

    # Work

    def work(self) -> None:
        """Hand out pages and documents, a few ahead of the children, until nothing waits."""
        with self.archive.reading() as conn:
            self.watcher.total(journal.count_queued(conn))
        waiting: dict[Future[Any], journal.Task] = {}
        for task in self.tasks(waiting):
            future = self.hand_out(task)
            if future:
                waiting[future] = task
            self.settle_some(waiting, self.came_back, 2 * self.pool.jobs)

    def tasks(self, waiting: dict[Future[Any], journal.Task]) -> Iterator[journal.Task]:
        """What to do next: documents whose pages are in before further pages, then second tries, then pages; at the end
        the documents whose pages an earlier run did."""
        pages = journal.queued(self.archive)
        left: Iterator[journal.Task] | None = None
        while True:
            if self.whole:
                yield self.whole.popleft()
            elif self.again:
                yield self.again.popleft()
            elif (page := next(pages, None)) is not None:
                yield page
            elif waiting:
                self.settle_some(waiting, self.came_back, len(waiting) - 1)
            elif left is None:
                left = journal.ready(self.archive)
            elif (document := next(left, None)) is not None:
                yield document
            else:
                return

    def hand_out(self, task: journal.Task) -> Future[Any] | None:
        """Claim a task and give it to a child; None when there is nothing to compute."""
        with self.archive.writing() as conn:
            if not journal.claim(conn, self.outcome.run_id, task.document_id, task.page):
                return None
            scan = journal.scan(conn, task.document_id)
            if task.page:
                known = journal.load(conn, task.document_id, task.page, self.page_keys)
            else:
                known = journal.load(conn, task.document_id, 0, self.document_keys)
                pages = journal.load_pages(conn, task.document_id, self.page_keys)
        if task.page:
            self.watcher.page(scan.file_name, task.page)
            apart = (task.document_id, task.page) in self.apart
            return self.pool.submit("page", scan, task.page, self.settings, known, fresh=apart)
        read = [p for p in pages.values() if "reading" in p]
        seconds = DOCUMENT_FACTOR * self.settings.page_seconds
        return self.pool.submit("document", scan, read, known, seconds=seconds)

    def came_back(self, task: journal.Task, future: Future[Any]) -> None:
        """A page or document is done, or is not."""
        scan = self.scan_of(task)
        try:
            done: Done = future.result()
        except SICK as error:
            this = (task.document_id, task.page)
            if task.page and this not in self.apart:
                with self.archive.writing() as conn:
                    journal.requeue(conn, *this)
                self.apart.add(this)
                self.again.append(task)
                return
            done = Done(failures=[("page" if task.page else "document", error.kind, str(error))])
        except TaskError as error:
            done = Done(failures=[("page" if task.page else "document", error.kind, str(error))])
        if task.page:
            self.page_done(task, scan, done)
        else:
            self.document_done(task, scan, done)

    def scan_of(self, task: journal.Task) -> Scan:
        with self.archive.reading() as conn:
            return journal.scan(conn, task.document_id)

    def page_done(self, task: journal.Task, scan: Scan, done: Done) -> None:
        failed = [Failure(task.document_id, scan.file_name, task.page, s, e, m) for s, e, m in done.failures]
        self.outcome.pages += 1
        self.watcher.done()
        self.outcome.failed += len(failed)
        with self.archive.writing() as conn:
            journal.finish(conn, self.outcome.run_id, task.document_id, task.page, done.results, self.page_keys,
                           done.seconds, failed)  # fmt: skip
            whole = journal.is_ready(conn, task.document_id)
        if whole:
            self.whole.append(replace(task, page=0))

    def document_done(self, task: journal.Task, scan: Scan, done: Done) -> None:
        own = [Failure(task.document_id, scan.file_name, None, s, e, m) for s, e, m in done.failures]
        self.outcome.documents += 1
        self.outcome.failed += len(own)
        with self.archive.writing() as conn:
            pages = journal.load_pages(conn, task.document_id, self.page_keys)
            known = journal.load(conn, task.document_id, 0, self.document_keys)
            failures = [*journal.page_failures(conn, task.document_id), *own]
            document = assemble(scan, pages, {**known, **done.results}, failures)
            write_document(conn, document, self.outcome.run_id, now(), task.batch)
            journal.finish(conn, self.outcome.run_id, task.document_id, 0, done.results, self.document_keys,
                           done.seconds, own)  # fmt: skip

    def settle_some(
        self, waiting: dict[Future[Any], Any], settle: Callable[[Any, Future[Any]], None], most: int
    ) -> None:
        """Wait until at most `most` are under way, and deal with those that ended."""
        self.interrupts.obey()
        while len(waiting) > most:
            ended, _ = wait(waiting, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            self.interrupts.obey()
            for future in ended:
                settle(waiting.pop(future), future)
