"""What a folder holds: files to take in, in order, and a reason for each thing left out."""

from __future__ import annotations

import io
import os
import socket
import tracemalloc
from pathlib import Path

import pytest

from pipeline.errors import FileAccessError
from pipeline.intake.survey import Entry, survey


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "box 12"
    made.mkdir()
    return made


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def files(found: list[Entry]) -> list[str]:
    return [e.file_name for e in found if e.kind == "file"]


def reasons(found: list[Entry]) -> dict[str, str]:
    return {e.file_name: e.reason for e in found if e.kind != "file"}


def test_folders_are_walked_in_order(folder: Path) -> None:
    put(folder, "b.pdf", "a/2.pdf", "a/1.pdf", "c.tif")
    found = list(survey([folder]))
    assert files(found) == ["1.pdf", "2.pdf", "b.pdf", "c.tif"]
    assert found[0].path == str(folder / "a" / "1.pdf")
    assert found[0].size == 1
    assert found[0].modified == (folder / "a" / "1.pdf").stat().st_mtime


def test_what_is_left_out_has_a_reason(folder: Path) -> None:
    put(folder, "a.pdf", ".hidden.pdf", ".git/x.pdf", "Thumbs.db", "metadata.csv", "ours/archive.sqlite", "ours/x.pdf")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(os.path.relpath(folder / "sock"))  # a socket's path must be short
        found = list(survey([folder]))
    assert files(found) == ["a.pdf"]
    left = {e.file_name: e.reason for e in found if e.kind == "skipped"}
    assert left == {
        ".git": "hidden", ".hidden.pdf": "hidden", "Thumbs.db": "left behind by a program",
        "metadata.csv": "describes other files", "ours": "an archive of declass", "pipe": "a pipe, not a file",
        "sock": "a socket, not a file",
    }  # fmt: skip


def test_an_archive_of_ours_as_target_is_left_out(folder: Path) -> None:
    put(folder, "archive.sqlite", "a.pdf")
    assert [e.kind for e in survey([folder])] == ["skipped"]


def test_links_neither_lead_out_nor_in_circles(folder: Path, tmp_path: Path) -> None:
    put(tmp_path, "outside.pdf")
    put(folder, "in/a.pdf", ".store/annexed.pdf")
    (folder / "in" / "up").symlink_to(folder)
    (folder / "out.pdf").symlink_to(tmp_path / "outside.pdf")
    (folder / "twin.pdf").symlink_to(folder / "in" / "a.pdf")
    (folder / "gone.pdf").symlink_to(folder / "nothing")
    (folder / "kept.pdf").symlink_to(folder / ".store" / "annexed.pdf")
    (folder / "store").symlink_to(folder / ".store")
    (folder / "store2").symlink_to(folder / ".store")
    found = list(survey([folder]))
    assert files(found) == ["a.pdf", "kept.pdf", "annexed.pdf"]
    told = reasons(found)
    assert told["out.pdf"] == "a link that leaves the folder"
    assert told["gone.pdf"] == "a link that leads nowhere"
    assert told["twin.pdf"] == told["up"] == "a link to what is taken in at its own place"


def test_a_named_link_is_followed(folder: Path, tmp_path: Path) -> None:
    put(folder, "a.pdf")
    (tmp_path / "link").symlink_to(folder)
    assert files(list(survey([tmp_path / "link"]))) == ["a.pdf"]


def test_names_of_any_bytes_are_taken_in(folder: Path) -> None:
    for raw in (b"two\nlines.pdf", "memo 📄.pdf".encode(), b"caf\xe9.pdf"):
        with open(os.path.join(os.fsencode(folder), raw), "wb") as f:
            f.write(b"x")
    found = list(survey([folder]))
    assert sorted(files(found)) == sorted([r"two\x0alines.pdf", "memo 📄.pdf", r"caf\xe9.pdf"])
    for entry in found:
        assert Path(entry.path).read_bytes() == b"x"


def test_nested_and_repeated_targets_count_once(folder: Path) -> None:
    put(folder, "a/1.pdf", "b.pdf")
    (folder.parent / "same").symlink_to(folder)
    found = list(survey([folder / "a", folder, folder / "b.pdf", str(folder), folder.parent / "same"]))
    assert files(found) == ["1.pdf", "b.pdf"]


def test_a_missing_target_says_so_before_anything_else(folder: Path) -> None:
    put(folder, "a.pdf")
    with pytest.raises(FileAccessError, match="nowhere does not exist") as told:
        next(survey([folder, folder / "nowhere"]))
    assert told.value.advice


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\0"])
def test_a_list_of_paths_comes_on_stdin(folder: Path, end: bytes) -> None:
    put(folder, "a.pdf", "b/c.pdf")
    listed = end.join(os.fsencode(folder / n) for n in ("a.pdf", "b", "gone.pdf")) + end
    found = list(survey(["-"], stdin=io.BytesIO(listed)))
    assert files(found) == ["a.pdf", "c.pdf"]
    assert [(e.kind, e.file_name) for e in found if e.kind != "file"] == [("unreadable", "gone.pdf")]


def test_a_list_ended_by_nuls_may_hold_line_feeds(folder: Path) -> None:
    put(folder, "a\nb.pdf")
    assert files(list(survey(["-"], stdin=io.BytesIO(os.fsencode(folder / "a\nb.pdf") + b"\0")))) == [r"a\x0ab.pdf"]


def test_a_long_list_is_read_as_it_comes(folder: Path) -> None:
    put(folder, "a.pdf")
    line = os.fsencode(folder / "a.pdf") + b"\n"
    assert sum(1 for _ in survey(["-"], stdin=io.BytesIO(line * 5000))) == 5000


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told(folder: Path) -> None:
    put(folder, "closed/a.pdf", "b.pdf")
    (folder / "closed").chmod(0)
    try:
        found = list(survey([folder]))
    finally:
        (folder / "closed").chmod(0o700)
    assert files(found) == ["b.pdf"]
    assert [e.kind for e in found] == ["unreadable", "file"]


def test_memory_does_not_grow_with_the_archive(folder: Path) -> None:
    for box in range(40):
        put(folder, *(f"{box:02}/{n:03}.pdf" for n in range(100)))
    tracemalloc.start()
    count = sum(e.kind == "file" for e in survey([folder]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4000
    assert peak < 300_000
