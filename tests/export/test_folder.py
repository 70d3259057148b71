"""A folder appears complete or not at all, with names and without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import FileAccessError
from pipeline.export.folder import clear_leftovers, new_folder


@pytest.fixture(params=["without names", "with names"])
def out(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "with names":  # as on other platforms
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    elif not hasattr(os, "O_TMPFILE"):
        pytest.skip("files without a name are Linux's")
    return tmp_path / "out"


def fill(out: Path, text: bytes = b"one") -> None:
    with new_folder(out, {"a"}) as files:
        files.create("a").write(text)
        assert files.sizes()["a"][0] == len(text)
        assert not out.exists() or (out / "a").read_bytes() != text


def test_it_is_there_when_it_is_whole(out: Path) -> None:
    fill(out)
    fill(out, b"another")
    assert (out / "a").read_bytes() == b"another"
    assert [p.name for p in out.parent.iterdir()] == ["out"]


def test_an_error_leaves_what_was_there(out: Path) -> None:
    fill(out)
    with pytest.raises(ZeroDivisionError), new_folder(out, {"a"}) as files:
        files.create("a").write(b"half")
        raise ZeroDivisionError
    assert (out / "a").read_bytes() == b"one"
    assert [p.name for p in out.parent.iterdir()] == ["out"]


def test_what_is_not_ours_is_left_alone(out: Path) -> None:
    fill(out)
    (out / "thesis.odt").write_text("years")
    with pytest.raises(FileAccessError, match=r"thesis\.odt"):
        fill(out)


def test_what_a_killed_process_left_is_cleared_away_and_the_earlier_put_back(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    out = tmp_path / "out"
    kept = {f".out.part-{os.getppid()}", ".out.part-notes", ".other.part-1"}
    for name in (f".out.part-{dead.pid}", f".out.old-{dead.pid}", *kept):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text(name)
    clear_leftovers(out)
    assert (out / "a").read_text() == f".out.old-{dead.pid}"
    assert {p.name for p in tmp_path.iterdir()} == {"out", *kept}
