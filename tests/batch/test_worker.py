"""Children die in every way that children die, and the worker says how."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from pipeline.batch.work import Refused, identify_file
from pipeline.batch.worker import Worker
from pipeline.core.document import Scan
from pipeline.errors import PageCrash, PageOutOfMemory, PageTimeout
from pipeline.settings import Settings

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
SETTINGS = Settings(reading="fast")


@pytest.fixture
def worker() -> Iterator[Worker]:
    one = Worker(SETTINGS)
    yield one
    one.stop()


def scan_of(name: str) -> Scan:
    scan = identify_file(str(SAMPLES / name), SETTINGS, {})
    assert isinstance(scan, Scan)
    return scan


def test_a_child_serves_many_tasks(worker: Worker) -> None:
    first = worker.run("identify", str(SAMPLES / "state-cable.png"), SETTINGS, {})
    assert worker.child
    pid = worker.child.pid
    second = worker.run("identify", str(SAMPLES / "jfk-rif.pdf"), SETTINGS, {})
    assert (first.pages, second.pages) == (1, 3)
    assert worker.child.pid == pid


def test_a_refused_file_is_an_answer_and_the_child_lives(worker: Worker, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    answer = worker.run("identify", str(empty), SETTINGS, {})
    assert isinstance(answer, Refused) and answer.error == "empty" and answer.document_id
    assert worker.child and worker.child.poll() is None


def test_a_page_over_its_time_is_killed_and_the_next_one_works(worker: Worker) -> None:
    scan = scan_of("state-cable.png")
    with pytest.raises(PageTimeout, match="not done after"):
        worker.run("page", scan, 1, SETTINGS, {}, seconds=0.05)
    assert worker.child is None
    assert worker.run("identify", scan.path, SETTINGS, {}).pages == 1


def test_a_page_over_its_memory_is_killed(worker: Worker) -> None:
    worker.settings = replace(SETTINGS, page_megabytes=20)
    with pytest.raises(PageOutOfMemory, match="20 MB allowed"):
        worker.run("page", scan_of("state-cable.png"), 1, SETTINGS, {})


def test_a_crash_is_told_with_its_signal(worker: Worker) -> None:
    def kill() -> None:
        while worker.child is None:
            time.sleep(0.01)
        os.kill(worker.child.pid, signal.SIGSEGV)

    threading.Thread(target=kill).start()
    with pytest.raises(PageCrash, match="SIGSEGV"):
        worker.run("page", scan_of("state-cable.png"), 1, SETTINGS, {})


def test_stopping_takes_along_what_the_child_started(worker: Worker) -> None:
    scan = scan_of("state-cable.png")
    caught: list[BaseException] = []

    def work() -> None:
        try:
            worker.run("page", scan, 1, Settings(reading="best"), {})  # which starts Tesseract
        except PageCrash as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    children: list[psutil.Process] = []
    for _ in range(2000):
        if worker.child and (children := psutil.Process(worker.child.pid).children()):
            break
        time.sleep(0.01)
    worker.kill()
    thread.join(20)
    assert caught and children
    assert not any(c.is_running() and c.status() != psutil.STATUS_ZOMBIE for c in children)
