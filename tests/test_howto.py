"""The how-tos are true: every command in docs/how-to-*.md runs, in order, and prints what the page says it prints.

In a block of ```console, `$ ` begins a command; the lines below it are what it prints, `...` for anything; `$? N` is its exit
code when that is not 0. A command with nothing below it may print what it likes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "corpus" / "samples"
BOX = ("jfk-rif.pdf", "whitehouse-decision.tif", "state-policy-paper.pdf", "transcript-conversation.txt")


@dataclass
class Command:
    line: int
    text: str
    printed: list[str] = field(default_factory=list)
    code: int = 0


def commands(page: Path) -> Iterator[Command]:
    """What a page tells its reader to run, in order."""
    inside = False
    found: list[Command] = []
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$? "):
            found[-1].code = int(line[3:])
        elif inside and line.startswith("$ "):
            found.append(Command(number, line[2:]))
        elif inside:
            found[-1].printed.append(line)
    return iter(found)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a box of scans, one of them damaged, and `declass` on the path."""
    folder = tmp_path_factory.mktemp("desk")
    box = folder / "BOX12"
    box.mkdir()
    for name in (*BOX, "metadata.csv"):
        shutil.copy(SAMPLES / name, box)
    (box / "torn.pdf").write_bytes((SAMPLES / "navy-nnd.pdf").read_bytes()[:20_000])
    tools = folder / ".bin"
    tools.mkdir()
    (tools / "declass").write_text(f'#!/bin/sh\nexec "{sys.executable}" -W error -m pipeline "$@"\n', "utf-8")
    (tools / "declass").chmod(0o755)
    return folder


def follow(page: Path, desk: Path) -> None:
    """Runs what a page says, as its reader would, in a shell; fails with the page's line where something else happens."""
    known = {k: v for k, v in os.environ.items() if not k.startswith("DECLASS_")}
    path = f"{desk / '.bin'}{os.pathsep}{os.environ['PATH']}"
    setting = {**known, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "160", "NO_COLOR": "1"}
    for command in commands(page):
        done = subprocess.run(
            ["bash", "-c", command.text], cwd=desk, env=setting, capture_output=True, text=True, timeout=300
        )
        where = f"{page.name}:{command.line}: {command.text}"
        assert done.returncode == command.code, f"{where}\nexit {done.returncode}\n{done.stdout}{done.stderr}"
        if command.printed:
            fits = expected(command.printed).fullmatch(spaced(done.stdout))
            assert fits, f"{where}\nprinted\n{done.stdout}{done.stderr}"


def expected(printed: list[str]) -> re.Pattern[str]:
    """What output fits: `...` alone on a line is any lines or none, within a line it is anything."""
    lines = (
        re.escape(" ".join(line.split())).replace(re.escape("..."), ".*") + "\n" for line in printed if line.strip()
    )
    return re.compile("".join(r"(?:.*\n)*" if line == ".*\n" else line for line in lines))


def spaced(text: str) -> str:
    """`text` without the spaces that only make columns."""
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line)


def test_an_archivist_comes_from_the_box_to_the_hand_over(desk: Path) -> None:
    follow(ROOT / "docs" / "how-to-archivist.md", desk)


def test_a_historian_comes_from_a_question_to_a_footnote(desk: Path) -> None:
    follow(ROOT / "docs" / "how-to-historian.md", desk)
