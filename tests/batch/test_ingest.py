"""From a folder to an archive: what is done, done again, changed, refused, interrupted and gone on with."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.intake import made

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
Command = Callable[..., subprocess.CompletedProcess[str]]
Tables = Callable[[], dict[str, list[dict[str, Any]]]]
FAST = ("--reading", "fast", "--quiet", "-j", "2")


def test_a_folder_becomes_an_archive_and_a_second_run_has_nothing_to_do(
    declass: Command, box: Callable[..., Path], exported: Tables
) -> None:
    folder = box("transcript-conversation.txt", "jfk-rif.pdf", "metadata.csv")
    declass("ingest", folder, *FAST, "--batch", "first")
    tables = exported()
    by_name = {d["file_name"]: d for d in tables["documents"]}
    assert set(by_name) == {"transcript-conversation.txt", "jfk-rif.pdf"}
    assert {d["status"] for d in by_name.values()} == {"complete"}
    assert by_name["jfk-rif.pdf"]["batch"] == "first"
    assert "reading" in by_name["jfk-rif.pdf"]["stages"]
    assert [p["page"] for p in tables["pages"] if p["document_id"] == by_name["jfk-rif.pdf"]["document_id"]] == [1, 2, 3]
    again = declass("ingest", folder, *FAST, codes=(6,))
    assert "Nothing to do" in again.stderr


def test_the_same_bytes_under_two_names_are_one_document(declass: Command, box: Callable[..., Path], tmp_path: Path) -> None:
    folder = box("transcript-conversation.txt")
    (folder / "copy").mkdir()
    shutil.copy(folder / "transcript-conversation.txt", folder / "copy" / "other-name.txt")
    declass("ingest", folder, *FAST)
    with sqlite3.connect(tmp_path / "archive" / "archive.sqlite") as db:
        assert db.execute("select count(*) from documents").fetchone() == (1,)
        assert db.execute("select count(*) from paths").fetchone() == (2,)
    db.close()


def test_a_changed_sidecar_is_read_again_and_no_page_is_worked(
    declass: Command, box: Callable[..., Path], exported: Tables
) -> None:
    folder = box("transcript-conversation.txt")
    (folder / "metadata.csv").write_text("filename,box\ntranscript-conversation.txt,7\n", "utf-8")
    declass("ingest", folder, *FAST)
    assert exported()["documents"][0]["box"] == "7"
    (folder / "metadata.csv").write_text("filename,box\ntranscript-conversation.txt,8\n", "utf-8")
    done = declass("ingest", folder, *FAST)
    assert "0 pages and 1 documents" in done.stderr
    assert exported()["documents"][0]["box"] == "8"


def test_only_the_pages_asked_for_and_later_the_rest(declass: Command, box: Callable[..., Path], exported: Tables) -> None:
    folder = box("transcript-conversation.txt", "jfk-rif.pdf")
    declass("ingest", folder / "jfk-rif.pdf", "--pages", "2", *FAST)
    tables = exported()
    assert [p["page"] for p in tables["pages"]] == [2]
    assert tables["documents"][0]["status"] == "partial"
    declass("ingest", folder / "jfk-rif.pdf", *FAST)
    tables = exported()
    assert [p["page"] for p in tables["pages"]] == [1, 2, 3]
    assert tables["documents"][0]["status"] == "complete"


def test_a_list_on_stdin(declass: Command, box: Callable[..., Path], exported: Tables) -> None:
    folder = box("transcript-conversation.txt", "transcript-ice-watch.md")
    declass("ingest", "-", *FAST, stdin=f"{folder / 'transcript-ice-watch.md'}\n")
    assert [d["file_name"] for d in exported()["documents"]] == ["transcript-ice-watch.md"]


def test_a_dry_run_changes_nothing(declass: Command, box: Callable[..., Path], tmp_path: Path) -> None:
    folder = box("transcript-conversation.txt", "jfk-rif.pdf")
    (folder / "empty.pdf").touch()
    done = declass("ingest", folder, "--dry-run")
    assert "take in\t3 pages\tapplication/pdf\tjfk-rif.pdf" in done.stdout
    assert "refuse\t\t" in done.stdout and "empty.pdf" in done.stdout
    assert not (tmp_path / "archive").exists()


def test_bad_files_stand_in_the_ledger_and_the_rest_is_done(
    declass: Command, box: Callable[..., Path], exported: Tables
) -> None:
    folder = box("transcript-conversation.txt")
    (folder / "empty.pdf").touch()
    (folder / "zip.pdf").write_bytes(b"PK\x03\x04" + bytes(200))
    (folder / "locked.pdf").write_bytes(made.pdf(made.Sheet(), encrypted=True))
    (folder / "huge.tif").write_bytes(made.tiff_header(30_000, 30_000))
    (folder / "cut.tif").write_bytes((SAMPLES / "jcs-perforated.tif").read_bytes()[:2000])
    (folder / "line\nbreak \N{PARTY POPPER}.txt").write_text("A plain transcript.\n", "utf-8")
    os.mkfifo(folder / "pipe.pdf")
    (folder / "away.txt").symlink_to("/etc/hostname")
    said = declass("ingest", folder, *FAST, codes=(10,)).stderr
    assert "skipped pipe.pdf" in said and "skipped away.txt" in said
    tables = exported()
    status = {d["file_name"]: d["status"] for d in tables["documents"]}
    assert status["transcript-conversation.txt"] == "complete"
    assert status["empty.pdf"] == status["zip.pdf"] == status["locked.pdf"] == "quarantined"
    assert sum(s == "complete" for s in status.values()) == 2
    assert {f["file_name"]: f["error"] for f in tables["failures"]} == {
        "empty.pdf": "empty", "zip.pdf": "unsupported", "locked.pdf": "encrypted", "huge.tif": "too-large", "cut.tif": "corrupt",
    }  # fmt: skip
    failed = declass("status", "--failed").stdout
    assert all(name in failed for name in ("empty.pdf", "zip.pdf", "locked.pdf", "huge.tif", "cut.tif"))
    declass("ingest", folder, *FAST, codes=(6,))
    (folder / "empty.pdf").write_text("Not empty any more.\n", "utf-8")
    declass("ingest", folder, *FAST)
    assert "empty.pdf" not in [f["file_name"] for f in exported()["failures"]]


def test_a_page_over_its_time_is_a_failure_and_can_be_tried_again(
    declass: Command, box: Callable[..., Path], exported: Tables
) -> None:
    folder = box("state-cable.png")
    declass("ingest", folder, *FAST, "--page-seconds", "0.05", codes=(10,))
    tables = exported()
    assert (1, "time-out") in [(f["page"], f["error"]) for f in tables["failures"]]
    assert tables["documents"][0]["status"] == "quarantined"
    declass("ingest", folder, *FAST, codes=(6,))
    declass("ingest", folder, *FAST, "--retry-failed")
    tables = exported()
    assert tables["failures"] == [] and tables["documents"][0]["status"] == "complete"


def test_redo_works_one_stage_again_and_leaves_the_reading(declass: Command, box: Callable[..., Path]) -> None:
    folder = box("transcript-conversation.txt")
    declass("ingest", folder, *FAST)
    done = declass("ingest", folder, *FAST, "--redo", "ledger")
    assert "0 pages and 1 documents" in done.stderr
    wrong = declass("ingest", folder, *FAST, "--redo", "nonsense", codes=(1,))
    assert "Stages: reading" in wrong.stderr


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_run_that_was_ended_is_gone_on_with(
    blow: signal.Signals, declass: Command, box: Callable[..., Path], exported: Tables, tmp_path: Path
) -> None:
    folder = box("jfk-rif.pdf", "state-cable.png", "transcript-conversation.txt")
    environment = {**os.environ, "DECLASS_ARCHIVE": str(tmp_path / "archive")}
    running = subprocess.Popen([sys.executable, "-m", "pipeline", "ingest", str(folder), *FAST], env=environment,
                               stderr=subprocess.PIPE)  # fmt: skip
    archive = tmp_path / "archive" / "archive.sqlite"
    for _ in range(600):
        time.sleep(0.05)
        if archive.exists() and running.poll() is None:
            with sqlite3.connect(archive) as db:
                try:
                    [(begun,)] = db.execute("select count(*) from work where state != 'queued'").fetchall()
                except sqlite3.OperationalError:
                    begun = 0  # the tables are being made
            db.close()
            if begun:
                break
    running.send_signal(blow)
    running.communicate(timeout=60)
    assert running.returncode == (-9 if blow is signal.SIGKILL else 130)
    declass("ingest", folder, *FAST)
    tables = exported()
    assert sorted(d["file_name"] for d in tables["documents"]) == [
        "jfk-rif.pdf", "state-cable.png", "transcript-conversation.txt"]  # fmt: skip
    assert len(tables["pages"]) == len({(p["document_id"], p["page"]) for p in tables["pages"]})
    assert {d["status"] for d in tables["documents"]} == {"complete"}
    outcomes = sorted(r["outcome"] for r in tables["runs"])
    assert outcomes == ["done", "interrupted"]


def test_a_run_killed_before_the_whole_was_settled_is_settled_by_the_next(
    declass: Command, box: Callable[..., Path], exported: Tables, tmp_path: Path
) -> None:
    folder = box("transcript-conversation.txt")
    declass("ingest", folder, *FAST)
    settled = exported()
    assert settled["entities"]
    with sqlite3.connect(tmp_path / "archive" / "archive.sqlite") as db:  # as kill -9 after the last document leaves it
        db.execute("update runs set outcome = 'running', finished_at = null")
        db.execute("delete from entities")
        db.execute("update mentions set entity_id = null")
    db.close()
    declass("ingest", folder, *FAST, codes=(6,))
    again = exported()
    assert again["entities"] == settled["entities"]
    assert again["mentions"] == settled["mentions"]
