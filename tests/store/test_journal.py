"""The journal: files once, pages in order, results under their keys; a kill at any moment loses and doubles nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from itertools import chain

import pytest
from sqlalchemy import select

from pipeline.core.document import Failure
from pipeline.settings import Settings
from pipeline.store import journal
from pipeline.store.archive import Archive
from pipeline.store.schema import failures, results, runs, work
from tests.store.composed import begin, scan, sha


def states(archive: Archive) -> dict[tuple[str, int], str]:
    with archive.reading() as conn:
        return {(r.document_id, r.page): r.state for r in conn.execute(select(work))}


def register(archive: Archive, run: str, *names: str, pages: int = 2) -> None:
    with archive.writing() as conn:
        for name in names:
            journal.register(conn, scan(name, pages), run, 1.0)


def finish(archive: Archive, run: str, name: str, page: int, key: str = "k1", failed: tuple[Failure, ...] = ()) -> None:
    with archive.writing() as conn:
        assert journal.claim(conn, run, sha(name), page)
        stage = "reading" if page else "votes"
        journal.finish(conn, run, sha(name), page, {stage: f"{name}{page}".encode()}, {stage: key}, 0.5, failed)


def work_all(archive: Archive, run: str) -> list[tuple[str, int]]:
    done = []
    for task in chain(journal.queued(archive), journal.ready(archive)):
        finish(archive, run, task.path.removeprefix("/scans/"), task.page)
        done.append((task.path, task.page))
    return done


# Files


def test_a_file_is_work_once_however_often_and_wherever_it_is_seen(archive: Archive) -> None:
    run = begin(archive, "box 12")
    copy = replace(scan("a.pdf"), path="/elsewhere/copy.pdf", file_name="copy.pdf", metadata={"box": "9"})
    with archive.writing() as conn:
        assert journal.register(conn, scan("a.pdf"), run, 1.0)
        assert not journal.register(conn, scan("a.pdf"), run, 1.0)
        assert not journal.register(conn, copy, run, 2.0)
        assert journal.places(conn, sha("a.pdf")) == ("/elsewhere/copy.pdf", "/scans/a.pdf")
        assert journal.seen(conn, "/elsewhere/copy.pdf") == (sha("a.pdf"), copy.size, 2.0)
        assert journal.seen(conn, "/scans/b.pdf") is None
        assert journal.scan(conn, sha("a.pdf")) == scan("a.pdf")
    assert states(archive) == {(sha("a.pdf"), n): "queued" for n in (0, 1, 2)}
    assert [(t.path, t.page) for t in journal.queued(archive)] == [("/elsewhere/copy.pdf", n) for n in (1, 2)]


def test_an_edited_sidecar_works_the_document_again_and_no_page(archive: Archive) -> None:
    run = begin(archive)
    register(archive, run, "a.pdf")
    work_all(archive, run)
    with archive.writing() as conn:
        assert not journal.register(conn, scan("a.pdf", box="12"), run, 1.0)
        assert journal.scan(conn, sha("a.pdf")).metadata == {"box": "12"}
        assert journal.known_keys(conn, sha("a.pdf"))[1] == {"reading": "k1"}
    assert states(archive) == {(sha("a.pdf"), 0): "queued", (sha("a.pdf"), 1): "done", (sha("a.pdf"), 2): "done"}


def test_bytes_that_were_replaced_before_they_were_worked_have_failed(archive: Archive) -> None:
    run = begin(archive)
    register(archive, run, "a.pdf")
    with archive.writing() as conn:
        journal.register(conn, replace(scan("new"), path="/scans/a.pdf"), run, 2.0)
    left = states(archive)
    assert {left[sha("a.pdf"), n] for n in (0, 1, 2)} == {"failed"}
    assert [(t.document_id, t.page) for t in journal.queued(archive)] == [(sha("new"), 1), (sha("new"), 2)]


def test_only_the_pages_asked_for_are_work_and_the_rest_when_asked_later(archive: Archive) -> None:
    run = begin(archive)
    register(archive, run, "a.pdf", pages=4)
    with archive.writing() as conn:
        journal.ask_pages(conn, sha("a.pdf"), [2, 3], limited=True)
    assert work_all(archive, run) == [("/scans/a.pdf", 2), ("/scans/a.pdf", 3), ("/scans/a.pdf", 0)]
    with archive.writing() as conn:
        journal.ask_pages(conn, sha("a.pdf"), [1, 2, 3, 4], limited=False)
    assert work_all(archive, run) == [("/scans/a.pdf", 1), ("/scans/a.pdf", 4), ("/scans/a.pdf", 0)]
    with archive.writing() as conn:
        journal.ask_pages(conn, sha("a.pdf"), [1], limited=True)
    assert set(states(archive).values()) == {"done"}


# Order


def test_pages_wait_by_path_then_page_across_many_fetches(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.journal.tasks.CHUNK", 1)
    run = begin(archive)
    register(archive, run, "b.pdf", "a.pdf", "c.pdf", pages=4)
    seen = [(t.path, t.page) for t in journal.queued(archive)]
    assert seen == [(f"/scans/{n}.pdf", p) for n in "abc" for p in (1, 2, 3, 4)]


def test_pages_finished_while_iterating_neither_hide_nor_double_others(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.store.journal.tasks.CHUNK", 1)
    run = begin(archive)
    register(archive, run, "a.pdf", "b.pdf", pages=3)
    done = []
    for task in journal.queued(archive):
        finish(archive, run, task.path.removeprefix("/scans/"), task.page)
        done.append((task.path, task.page))
    assert done == [(f"/scans/{n}.pdf", p) for n in "ab" for p in (1, 2, 3)]
    with archive.reading() as conn:
        assert journal.count_queued(conn) == 0


def test_a_document_is_ready_when_each_of_its_pages_is_done_or_failed(archive: Archive) -> None:
    run = begin(archive)
    register(archive, run, "a.pdf")
    finish(archive, run, "a.pdf", 1)
    with archive.writing() as conn:
        assert not journal.is_ready(conn, sha("a.pdf"))
        assert journal.claim(conn, run, sha("a.pdf"), 2)
        assert not journal.is_ready(conn, sha("a.pdf"))
        journal.fail(conn, run, Failure(sha("a.pdf"), "a.pdf", 2, "page", "crash", "died"), 1.0)
        assert journal.is_ready(conn, sha("a.pdf"))
    assert [(t.document_id, t.page) for t in journal.ready(archive)] == [(sha("a.pdf"), 0)]


def test_a_task_is_claimed_once(archive: Archive) -> None:
    run = begin(archive)
    register(archive, run, "a.pdf")
    with archive.writing() as conn:
        assert journal.claim(conn, run, sha("a.pdf"), 1)
        assert not journal.claim(conn, run, sha("a.pdf"), 1)


# Results


def test_results_come_back_only_under_the_key_that_made_them(archive: Archive) -> None:
    run = begin(archive)
    register(archive, run, "a.pdf")
    finish(archive, run, "a.pdf", 1)
    with archive.reading() as conn:
        assert journal.load(conn, sha("a.pdf"), 1, {"reading": "k1", "stamps": "k1"}) == {"reading": b"a.pdf1"}
        assert journal.load(conn, sha("a.pdf"), 1, {"reading": "k2"}) == {}
        assert journal.load_pages(conn, sha("a.pdf"), {"reading": "k1"}) == {1: {"reading": b"a.pdf1"}}


def test_a_page_worked_anew_takes_the_document_s_results_with_it(archive: Archive) -> None:
    run = begin(archive)
    register(archive, run, "a.pdf")
    work_all(archive, run)
    with archive.writing() as conn:
        journal.requeue(conn, sha("a.pdf"), 1)
    finish(archive, run, "a.pdf", 1)
    with archive.reading() as conn:
        assert journal.load(conn, sha("a.pdf"), 0, {"votes": "k1"}) == {}
    assert states(archive)[sha("a.pdf"), 0] == "queued"


# Failures


def test_a_failed_page_keeps_what_it_gave_and_its_failures_are_those_of_the_last_attempt(archive: Archive) -> None:
    run = begin(archive)
    register(archive, run, "a.pdf")
    first = (Failure(sha("a.pdf"), "a.pdf", 1, "stamps", "ValueError", "one"),)
    finish(archive, run, "a.pdf", 1, failed=first)
    with archive.writing() as conn:
        assert journal.load(conn, sha("a.pdf"), 1, {"reading": "k1"}) == {"reading": b"a.pdf1"}
        assert journal.page_failures(conn, sha("a.pdf")) == first
        assert journal.retry_failed(conn) == 1
    second = (replace(first[0], message="two"),)
    finish(archive, run, "a.pdf", 1, failed=second)
    with archive.writing() as conn:
        assert journal.page_failures(conn, sha("a.pdf")) == second
        journal.retry_failed(conn)
    finish(archive, run, "a.pdf", 1)
    with archive.reading() as conn:
        assert journal.page_failures(conn, sha("a.pdf")) == ()
        assert conn.execute(select(work.c.attempts).where(work.c.page == 1)).scalar_one() == 3


# Again


def test_what_was_made_under_other_keys_waits_again(archive: Archive) -> None:
    run = begin(archive)
    register(archive, run, "a.pdf", "b.pdf")
    work_all(archive, run)
    with archive.writing() as conn:
        assert journal.requeue_stale(conn, {"reading": "k1"}, {"votes": "k1"}) == 0
        assert journal.requeue_stale(conn, {"reading": "k1"}, {"votes": "k2"}) == 2
    assert {p for (_, p), s in states(archive).items() if s == "queued"} == {0}
    with archive.writing() as conn:
        assert journal.requeue_stale(conn, {"reading": "k2"}, {"votes": "k2"}) == 4
    assert set(states(archive).values()) == {"queued"}


def test_redoing_a_stage_forgets_what_it_gave_and_leaves_the_others(archive: Archive) -> None:
    run = begin(archive)
    register(archive, run, "a.pdf")
    work_all(archive, run)
    with archive.writing() as conn:
        assert journal.redo(conn, ("votes",)) == 1
        assert journal.known_keys(conn, sha("a.pdf"))[1] == {"reading": "k1"}
        assert set(journal.known_keys(conn, sha("a.pdf"))[0]) == {"intake"}
    with archive.writing() as conn:
        assert journal.redo(conn, ("reading", "votes")) == 2
    assert set(states(archive).values()) == {"queued"}


def test_a_run_closes_with_what_it_worked(archive: Archive) -> None:
    run = begin(archive, "box 12")
    register(archive, run, "a.pdf")
    work_all(archive, run)
    with archive.writing() as conn:
        journal.end_run(conn, run, "done", 2.5)
        row = conn.execute(select(runs)).one()
    assert (row.pages, row.outcome, row.seconds, row.batch) == (2, "done", 2.5, "box 12")
    assert row.finished_at > row.started_at


# Kills

WORKER = """
import os, signal, sys
from itertools import chain
from pathlib import Path
from pipeline.settings import Settings
from pipeline.store import journal
from pipeline.store.archive import Archive
from tests.store.composed import begin, scan
from tests.store.test_journal import register

steps = int(sys.argv[2])

def step():
    global steps
    steps -= 1
    if steps < 0:
        os.kill(os.getpid(), signal.SIGKILL)

place = Settings(archive=Path(sys.argv[1]), database=sys.argv[3] or None)

with Archive.create(place) as archive, archive.lock(together=True) as turn:
    with archive.writing() as conn:
        run = begin(archive, conn=conn)
        turn.of_run(run)
    step()
    with archive.writing() as conn:
        journal.recover(conn, run)
    register(archive, run, "a.pdf", "b.pdf", pages=2)
    step()
    for task in chain(journal.queued(archive), journal.ready(archive)):
        with archive.writing() as conn:
            assert journal.claim(conn, run, task.document_id, task.page)
        step()
        with archive.writing() as conn:
            journal.finish(conn, run, task.document_id, task.page, {"s": b"x"}, {"s": "k"}, 0.1)
            step()
    with archive.writing() as conn:
        journal.end_run(conn, run, "done", 1.0)
"""


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 5, 8, 11, 13])
def test_a_kill_between_any_two_steps_loses_and_doubles_nothing(place: Settings, steps: int) -> None:
    def run(budget: int) -> int:
        given = [str(place.archive), str(budget), place.database or ""]
        return subprocess.run([sys.executable, "-c", WORKER, *given]).returncode

    assert run(steps) == -9
    assert run(1000) == 0
    with Archive.open(place) as archive, archive.reading() as conn:
        tasks = conn.execute(select(work.c.state, work.c.attempts)).all()
        assert [t.state for t in tasks] == ["done"] * 6
        assert max(t.attempts for t in tasks) <= 2
        assert sum(t.attempts - 1 for t in tasks) <= 1  # at most what was being worked is worked twice
        kept = conn.execute(select(results.c.stage)).scalars().all()
        assert sorted(kept) == ["intake"] * 2 + ["s"] * 6
        assert conn.execute(select(runs.c.outcome).order_by(runs.c.started_at)).scalars().all() == [
            "interrupted",
            "done",
        ]


def test_what_a_living_run_is_working_is_left_to_it(archive: Archive) -> None:
    """On a server several ingests work at once; a file's archive has one at a time, so others are over."""
    with archive.lock(together=True) as turn:
        with archive.writing() as conn:
            first = begin(archive, conn=conn)
            turn.of_run(first)
        register(archive, first, "a.pdf")
        with archive.writing() as conn:
            assert journal.claim(conn, first, sha("a.pdf"), 1)
        second = begin(archive)
        with archive.writing() as conn:
            shared = archive.engine.dialect.name == "postgresql"
            assert journal.recover(conn, second) == (0 if shared else 1)
    third = begin(archive)
    for _ in range(50):
        with archive.writing() as conn:
            journal.recover(conn, third)
        if states(archive)[sha("a.pdf"), 1] == "queued":
            break
        time.sleep(0.1)  # until the server has seen that the connection is gone
    assert states(archive)[sha("a.pdf"), 1] == "queued"


def test_nothing_is_left_half_done_when_finishing_is_cut_short(archive: Archive) -> None:
    run = begin(archive)
    register(archive, run, "a.pdf")
    with pytest.raises(KeyboardInterrupt), archive.writing() as conn:
        journal.claim(conn, run, sha("a.pdf"), 1)
        journal.fail(conn, run, Failure(sha("a.pdf"), "a.pdf", 1, "page", "crash", "died"), 1.0)
        raise KeyboardInterrupt
    assert states(archive)[sha("a.pdf"), 1] == "queued"
    with archive.reading() as conn:
        assert conn.execute(select(failures)).all() == []
