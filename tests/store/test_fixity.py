"""A check of fixity says what has changed, gone, moved or cannot be read; the history says that it was made."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from pipeline.core.document import Document, Scan
from pipeline.core.page import Page
from pipeline.settings import Settings
from pipeline.store import schema
from pipeline.store.archive import Archive
from pipeline.store.copy import copy
from pipeline.store.fixity import Fixity, days_ago, extent, verify
from pipeline.store.journal.files import scan as registered
from pipeline.store.provenance import FIXITY, Event, history, of_document, record
from pipeline.store.write import forget
from tests.store.composed import STAGES, ingest

NAMES = ("one.txt", "two.txt", "three.txt")


@pytest.fixture
def scans(tmp_path: Path, archive: Archive) -> Path:
    """A folder with three files and one more copy of the first, all taken in."""
    folder = tmp_path / "scans"
    (folder / "sub").mkdir(parents=True)
    for name in NAMES:
        (folder / name).write_text(f"Memorandum {name}")
    (folder / "sub" / "copy.txt").write_bytes((folder / "one.txt").read_bytes())
    ingest(archive, *(document(p) for p in sorted(folder.rglob("*.txt"))))
    return folder


def document(path: Path) -> Document:
    raw = path.read_bytes()
    scan = Scan(hashlib.sha256(raw).hexdigest(), str(path), path.name, "text/plain", len(raw), 1)
    return Document(scan, (Page.of_text(1, raw.decode()),), stages=STAGES)


def checked(archive: Archive, **more: object) -> dict[str, Fixity]:
    with closing(verify(archive, **more)) as checks:  # type: ignore[arg-type]
        return {Path(c.path).name: c for c in checks}


def events(archive: Archive) -> list[tuple[str, str | None]]:
    """Outcome and note of the checks, the last first."""
    with archive.reading() as conn:
        return [(e.outcome, e.note) for e in history(conn) if e.event == FIXITY]


def test_files_as_they_were_are_ok_and_one_event_says_so(archive: Archive, scans: Path) -> None:
    seen: list[int] = []
    found = checked(archive, watch=lambda files, size: seen.append(size))
    assert {c.state for c in found.values()} == {"ok"} and len(found) == 4
    assert (len(seen), sum(seen)) == extent(archive)
    assert events(archive) == [("success", "4 ok")]
    first = hashlib.sha256((scans / "one.txt").read_bytes()).hexdigest()
    with archive.reading() as conn:
        told = [(e.event, e.outcome) for e in of_document(conn, first)]
    assert told == [("ingestion", "success"), ("message digest calculation", "success"), ("metadata extraction", "success"),
                    ("metadata extraction", "success"), (FIXITY, "success"), (FIXITY, "success")]  # fmt: skip


def test_changed_missing_moved_and_unreadable_are_told_apart(archive: Archive, scans: Path) -> None:
    (scans / "one.txt").rename(scans / "sub" / "renamed.txt")  # its copy is where it was
    (scans / "two.txt").write_text("Forged memorandum")
    (scans / "three.txt").unlink()
    (scans / "sub" / "decoy.txt").write_text("Memorandum THREE.txt")  # as long, other bytes
    found = checked(archive)
    assert {n: c.state for n, c in found.items()} == {
        "copy.txt": "ok", "one.txt": "moved", "two.txt": "changed", "three.txt": "missing"}  # fmt: skip
    assert found["one.txt"].now_at == str(scans / "sub" / "copy.txt")
    assert events(archive)[0] == ("failure", "1 ok, 1 moved, 1 changed, 1 missing")
    assert {n for _, n in events(archive)[1:]} == {
        f"moved: {scans}/sub/copy.txt", "changed: other bytes are there now", "missing"}  # fmt: skip
    (scans / "three.txt").mkdir()
    assert checked(archive)["three.txt"].state == "unreadable"


def test_what_was_moved_elsewhere_is_found_where_told_and_followed(
    archive: Archive, scans: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    there = disk / "drei.txt"
    (scans / "three.txt").rename(there)
    assert checked(archive)["three.txt"].state == "missing"
    found = checked(archive, look_in=[str(disk)])["three.txt"]
    assert (found.state, found.now_at, found.followed) == ("moved", str(there), False)
    found = checked(archive, look_in=[str(disk)], follow=True)["three.txt"]
    assert found.followed
    assert {n: c.state for n, c in checked(archive).items()} == dict.fromkeys(
        ("one.txt", "two.txt", "copy.txt", "drei.txt"), "ok"
    )
    with archive.reading() as conn:
        assert registered(conn, found.document_id).path == str(there)
        d = schema.documents.c
        assert conn.execute(select(d.source_path).where(d.document_id == found.document_id)).scalar() == str(there)
        assert next(e.event for e in history(conn, found.document_id)) == "filename change"


def test_a_file_moved_under_the_same_root_is_found_unasked(archive: Archive, scans: Path) -> None:
    (scans / "sub" / "deep").mkdir()
    (scans / "two.txt").rename(scans / "sub" / "deep" / "zwei.txt")
    assert checked(archive)["two.txt"].now_at == str(scans / "sub" / "deep" / "zwei.txt")


def test_an_interrupted_check_is_noted_and_gone_on_with(
    archive: Archive, scans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.store.fixity.NOTED", 0)  # what was found is noted after every file
    seen = 0

    def cut(*_: int) -> None:
        nonlocal seen
        seen += 1
        if seen == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checked(archive, watch=cut)
    assert events(archive) == [("warning", "interrupted after 2 ok")]
    assert len(checked(archive, before=days_ago(1))) == 2
    assert checked(archive, before=days_ago(1)) == {}
    assert len(checked(archive, before=days_ago(0))) == 4


def test_the_history_can_only_be_added_to(archive: Archive, scans: Path) -> None:
    for statement in (update(schema.provenance).values(outcome="success"), delete(schema.provenance)):
        with pytest.raises(DatabaseError, match="only be added to"), archive.writing() as conn:
            conn.execute(statement)
    if archive.engine.dialect.name == "postgresql":
        with pytest.raises(DatabaseError, match="only be added to"), archive.writing() as conn:
            conn.exec_driver_sql("TRUNCATE provenance")


def test_what_was_not_done_leaves_no_event(archive: Archive, scans: Path) -> None:
    before = len(list(told(archive)))
    with pytest.raises(ZeroDivisionError), archive.writing() as conn:
        forget(conn, hashlib.sha256((scans / "two.txt").read_bytes()).hexdigest())
        raise ZeroDivisionError
    assert len(list(told(archive))) == before


def told(archive: Archive) -> Iterator[Event]:
    with archive.reading() as conn:
        yield from history(conn)


def test_events_have_an_identifier_that_stays(archive: Archive, scans: Path) -> None:
    names = [e.identifier for e in told(archive)]
    assert len(set(names)) == len(names) == 4 + 2 * 3
    assert names == [e.identifier for e in told(archive)]


def test_a_copy_is_an_event_of_both_archives(archive: Archive, scans: Path, tmp_path: Path) -> None:
    other = Settings(archive=tmp_path / "B")
    copy(archive, other)
    with Archive.open(other) as there:
        assert next(e.event for e in told(there)) == "replication"
        assert list(told(there)) == list(told(archive))
        record_more(there)


def record_more(archive: Archive) -> None:
    """New events get new numbers after a copy."""
    with archive.writing() as conn:
        record(conn, Event(FIXITY, note=os.fspath("x")))
