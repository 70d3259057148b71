"""The journal: which pages and documents wait, are being worked, are done or have failed, and what each stage gave.

Every function takes the connection of a transaction (`archive.writing()`, `archive.reading()`), so that what belongs
together is kept together. All of them may be called again after a kill: nothing is lost, nothing doubled.
Page 0 stands for the document as a whole.
"""

from pipeline.store.failures import page_failures
from pipeline.store.journal.again import recover, redo, refused, requeue_stale, retry_failed
from pipeline.store.journal.files import ask_pages, register, scan
from pipeline.store.journal.results import known_keys, load, load_pages
from pipeline.store.journal.runs import begin_run, end_run, unsettled
from pipeline.store.journal.states import DONE, FAILED, QUEUED, RUNNING
from pipeline.store.journal.states import again as requeue
from pipeline.store.journal.tasks import Task, claim, count_queued, fail, finish, is_ready, queued, ready
from pipeline.store.paths import places, seen

__all__ = [
    "DONE",
    "FAILED",
    "QUEUED",
    "RUNNING",
    "Task",
    "ask_pages",
    "begin_run",
    "claim",
    "count_queued",
    "end_run",
    "fail",
    "finish",
    "is_ready",
    "known_keys",
    "load",
    "load_pages",
    "page_failures",
    "places",
    "queued",
    "ready",
    "recover",
    "redo",
    "refused",
    "register",
    "requeue",
    "requeue_stale",
    "retry_failed",
    "scan",
    "seen",
    "unsettled",
]
