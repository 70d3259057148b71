"""An ingest as a person runs it: the command in a process of its own, on copies of sample scans."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def declass(tmp_path: Path) -> Command:
    """`declass ARGUMENTS` on the archive of this test, with the cheap reading."""

    def run(*arguments: str | Path, stdin: str | None = None, codes: tuple[int, ...] = (0,)) -> Any:
        environment = {**os.environ, "DECLASS_ARCHIVE": str(tmp_path / "archive"), "OMP_THREAD_LIMIT": "1"}
        command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode in codes, f"{command} ended with {done.returncode}: {done.stderr}"
        return done

    return run


@pytest.fixture
def box(tmp_path: Path) -> Callable[..., Path]:
    """A folder with copies of some samples."""

    def fill(*names: str) -> Path:
        folder = tmp_path / "box"
        folder.mkdir(exist_ok=True)
        for name in names:
            shutil.copy(SAMPLES / name, folder / name)
        return folder

    return fill


@pytest.fixture
def exported(declass: Command, tmp_path: Path) -> Callable[[], dict[str, list[dict[str, Any]]]]:
    """The tables of the archive, as an export gives them."""

    def tables() -> dict[str, list[dict[str, Any]]]:
        out = tmp_path / "export"
        declass("export", out)
        return {p.stem: [json.loads(line) for line in p.read_text("utf-8").splitlines()] for p in out.glob("*.jsonl")}

    return tables
