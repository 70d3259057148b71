"""The command line: quick, documented by examples, exit codes as docs/exit-codes.md says."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli import cli
from pipeline.errors import Exit

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "corpus" / "samples"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archive")


@pytest.fixture(scope="module")
def declass(archive: Path) -> Run:
    """`declass ARGUMENTS` on an archive that holds two transcripts."""

    def run(*arguments: str | Path, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {**os.environ, "DECLASS_ARCHIVE": str(archive), **environment}
        command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, env=settings, check=False)
        assert done.returncode == code, f"{arguments} ended with {done.returncode}, not {code}: {done.stderr}"
        return done

    run("ingest", SAMPLES / "transcript-conversation.txt", SAMPLES / "transcript-ice-watch.md", "-q")
    return run


def test_the_version_is_quick(declass: Run) -> None:
    best = min(timed(declass, "--version") for _ in range(3))
    assert best < 2.0  # a sanity bound: importing the readers takes longer than that


def timed(declass: Run, *arguments: str) -> float:
    start = time.monotonic()
    declass(*arguments)
    return time.monotonic() - start


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_each_command_shows_an_example(name: str, declass: Run) -> None:
    assert f"declass {name}" in declass(name, "--help").stdout.split("Usage:")[1].split("\n", 1)[1]


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_the_readme_names_each_command(name: str) -> None:
    assert f"declass {name}" in (ROOT / "README.md").read_text("utf-8")


def test_every_exit_code_is_documented() -> None:
    rows = re.findall(r"^\| (\d+) \| (\w+) \|", (ROOT / "docs" / "exit-codes.md").read_text("utf-8"), re.M)
    assert {int(code): name for code, name in rows} == {int(e): e.name for e in Exit}


def test_wrong_arguments(declass: Run) -> None:
    declass("serch", code=Exit.ARGUMENTS)
    declass("ingest", code=Exit.ARGUMENTS)
    declass("ingest", SAMPLES, "--pages", "0", code=Exit.ARGUMENTS)


def test_a_wrong_query_is_explained_at_the_place(declass: Run) -> None:
    said = declass("search", '"ice', code=Exit.ARGUMENTS).stderr
    assert "^" in said


def test_a_missing_target(declass: Run) -> None:
    assert "no-such-folder" in declass("ingest", "no-such-folder", code=Exit.FILE_ACCESS).stderr


def test_no_archive_there(declass: Run, tmp_path: Path) -> None:
    said = declass("status", "--archive", tmp_path / "none", code=Exit.CONFIGURATION).stderr
    assert "declass ingest" in said


def test_a_single_bad_file_is_told_and_counted(declass: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"PK\x03\x04" + bytes(100))
    assert "bad.pdf" in declass("ingest", bad, "--archive", tmp_path / "a", code=Exit.WITH_FAILURES).stderr


def test_without_tesseract_the_advice_names_it(declass: Run, tmp_path: Path) -> None:
    said = declass("doctor", PATH=str(tmp_path), code=Exit.MISSING_DEPENDENCY).stdout
    assert "esseract" in said


def test_the_index_of_words_is_mended(declass: Run, tmp_path: Path) -> None:
    own = tmp_path / "note.txt"
    own.write_text("CONFIDENTIAL\n\nA note on uranium.\n", "utf-8")
    place = ("--archive", tmp_path / "archive")
    declass("ingest", own, "-q", *place)
    assert "made anew" not in declass("doctor", "--index", *place).stderr
    with sqlite3.connect(tmp_path / "archive" / "archive.sqlite") as conn:
        conn.execute("DELETE FROM words_blocks")
    assert "note.txt" not in declass("search", "uranium", *place).stdout
    assert "made anew" in declass("doctor", "--index", *place).stderr
    assert "note.txt" in declass("search", "uranium", *place).stdout


def test_search_show_and_explain(declass: Run) -> None:
    found = declass("search", "the", "--limit", "1").stdout
    assert "transcript-" in found
    shown = declass("show", "transcript-conversation.txt").stdout
    assert "transcript-conversation.txt" in shown
    [finding, *_] = re.findall(r"\b[0-9a-f]{8}\b", shown.split("pages", 1)[1])
    chain = declass("explain", finding).stdout
    assert "SHA-256" in chain and "as written" in chain
    assert declass("search", "the", "--csv").stdout.startswith("document_id,")


def test_a_transcript_cannot_be_drawn(declass: Run, tmp_path: Path) -> None:
    declass("show", "transcript-conversation.txt", "--draw", tmp_path / "x.png", code=Exit.INPUT)


def test_fixity_and_forgetting(declass: Run, tmp_path: Path) -> None:
    own = tmp_path / "note.txt"
    own.write_text("CONFIDENTIAL\n\nA note that will change.\n", "utf-8")
    place = ("--archive", tmp_path / "archive")
    declass("ingest", own, "-q", *place)
    declass("verify", *place)
    own.write_text("Another note.\n", "utf-8")
    assert "changed\t" in declass("verify", *place, code=Exit.WITH_FAILURES).stdout
    declass("remove", "note.txt", "--yes", *place)
    assert own.exists()
    declass("show", "note.txt", *place, code=Exit.ARGUMENTS)
