"""An archive moves between databases whole, and a copy that was killed is no archive until it is continued."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.errors import ConfigurationError, FileAccessError
from pipeline.export.tables import export
from pipeline.settings import Settings
from pipeline.store import copy as copying
from pipeline.store import journal, schema
from pipeline.store.archive import Archive
from pipeline.store.copy import CopyError, copy
from pipeline.store.search import search
from pipeline.store.write import forget
from tests.servers import Server
from tests.store.composed import begin, empty, ingest, memo, partial, scan, sha
from tests.store.shelf import blockade, shelve


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """Rows of every kind, numbers with gaps, texts of many letters."""
    ingest(archive, memo("gone.pdf"), memo("b.pdf"), memo("a.pdf"), partial(), empty())
    shelve(archive, blockade())
    with archive.writing() as conn:
        forget(conn, sha("gone.pdf"))
        fix = {"document_id": sha("a.pdf"), "table": "documents", "field": "subject", "value": "+Größe", "at": "2026"}
        conn.execute(schema.corrections.insert().values(fix))
    return archive


@pytest.fixture
def other(kind: str, server: Server, tmp_path: Path) -> Iterator[Settings]:
    """A place with nothing in it, of the other kind."""
    if kind == "postgresql":
        yield Settings(archive=tmp_path / "copy")
        return
    url = server.empty()
    yield Settings(archive=tmp_path / "unused", database=url)
    server.drop(url)


def rows(archive: Archive) -> dict[str, list[Any]]:
    """All rows; of the history what is not of copies."""
    with archive.reading() as conn:
        every = {t.name: conn.execute(select(t).order_by(*t.primary_key.columns)).all() for t in copying.TABLES}
    history = [row for row in every["provenance"] if row.event != "replication"]
    return every | {"provenance": history}


def test_there_and_back_every_row_is_the_same_and_the_export_has_the_same_bytes(
    filled: Archive, other: Settings, places: Callable[[], Settings], tmp_path: Path
) -> None:
    report = copy(filled, other)
    assert {t.table: t.rows for t in report} == {name: len(kept) for name, kept in rows(filled).items()}
    back = places()
    with Archive.open(other) as there:
        assert rows(there) == rows(filled)
        export(there, tmp_path / "other", "jsonl")
        copy(there, back)
    with Archive.open(back) as home:
        assert rows(home) == rows(filled)
        for archive, folder in ((filled, "one"), (home, "two")):
            export(archive, tmp_path / folder, "jsonl")
    one, other_, two = ({p.name: p.read_bytes() for p in (tmp_path / f).iterdir()} for f in ("one", "other", "two"))
    assert one == other_ == two
    assert not (tmp_path / "unused").exists()


def test_a_copy_is_searched_and_goes_on_growing(filled: Archive, other: Settings) -> None:
    copy(filled, other)
    with Archive.open(other) as there:
        ingest(there, memo("new.pdf"))
        with there.reading() as conn, filled.reading() as before:
            assert search(conn, "bundy").total == search(before, "bundy").total + 1
            assert search(conn, "quarantine agency:State").total == 1


def test_an_archive_is_never_written_over(filled: Archive, other: Settings) -> None:
    with Archive.create(other) as there:
        begin(there)
        with pytest.raises(ConfigurationError, match="there is an archive at"):
            copy(filled, other)
        with pytest.raises(ConfigurationError, match="onto itself"):
            copy(filled, filled.settings)
        assert len(rows(there)["runs"]) == 1


def test_an_archive_that_is_being_changed_is_not_copied(filled: Archive, other: Settings) -> None:
    with filled.lock("ingest", together=True), pytest.raises(FileAccessError, match="being changed by ingest"):
        copy(filled, other)


class Cut(BaseException):
    """Ends a copy as a kill does: between two transactions."""


def test_a_copy_that_was_cut_short_is_no_archive_and_is_continued(
    filled: Archive, other: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "ROWS", 2)
    steps = []
    copy_steps = sum(-(-len(kept) // 2) for kept in rows(filled).values())

    def cut(*step: object) -> None:
        steps.append(step)
        if len(steps) % 7 == 0:
            raise Cut

    cuts = 0
    while True:
        try:
            report = copy(filled, other, cut)
        except Cut:
            cuts += 1
            with pytest.raises(ConfigurationError, match="copy that was not finished") as caught:
                Archive.open(other)
            assert "declass copy" in caught.value.advice
        else:
            break
    assert cuts > 2
    assert len(steps) == copy_steps  # nothing was copied twice
    assert sum(t.new for t in report) < sum(t.rows for t in report)
    with Archive.open(other) as there:
        assert rows(there) == rows(filled)


def test_a_copy_of_an_archive_that_has_changed_since_begins_anew(filled: Archive, other: Settings) -> None:
    def cut(table: str, *_: object) -> None:
        if table == "pages":
            raise Cut

    with pytest.raises(Cut):
        copy(filled, other, cut)
    with filled.writing() as conn:
        forget(conn, sha("a.pdf"))
        journal.begin_run(conn, version="1", command="x", settings={}, readers={}, models={})
    copy(filled, other)
    with Archive.open(other) as there:
        assert rows(there) == rows(filled)


def test_a_row_that_differs_is_found(filled: Archive, other: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    complete = copying._verified

    def spoiled(source: object, target: Archive, table: Any, added: int) -> object:
        if table is schema.documents:
            with target.writing() as conn:
                conn.execute(table.update().values(subject="Lage").where(table.c.document_id == sha("b.pdf")))
        return complete(source, target, table, added)  # type: ignore[arg-type]

    monkeypatch.setattr(copying, "_verified", spoiled)
    with pytest.raises(CopyError, match="not the same: documents"):
        copy(filled, other)
    with pytest.raises(ConfigurationError, match="not finished"):
        Archive.open(other)


def test_a_copy_is_killed_and_continued_by_the_command(filled: Archive, other: Settings) -> None:
    def declass(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        place = {"DECLASS_ARCHIVE": str(filled.settings.archive), "DECLASS_DATABASE": filled.settings.database or ""}
        environment = {**os.environ, **{k: v for k, v in place.items() if v}, **more}
        command = [sys.executable, "-c", KILLED, *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    to = other.database or str(other.archive)
    given = ("copy", "--to", to, "--json")
    assert declass(*given, KILL_AT="5").returncode == -signal.SIGKILL
    looked = declass("status", *(["--database", to] if other.database else ["--archive", to]))
    assert looked.returncode == 9 and "not finished" in looked.stderr
    for _ in range(20):  # until the server has seen that the killed one is gone
        done = declass(*given)
        if done.returncode != 5:
            break
    assert done.returncode == 0, done.stderr
    assert {t["table"] for t in json.loads(done.stdout)} == {t.name for t in copying.TABLES}
    with Archive.open(other) as there:
        assert rows(there) == rows(filled)


KILLED = """
import os, signal, sys
from pipeline.store import copy
left = int(os.environ.get("KILL_AT", "1000000"))
fill = copy._fill
def killed(*given):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return fill(*given)
copy._fill = killed
from pipeline.cli import main
main()
"""


def test_memory_is_bounded_by_bytes_not_by_rows(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "BYTES", 1000)
    with archive.writing() as conn:
        run = begin(archive, conn=conn)
        journal.register(conn, scan("a.pdf", 9), run, 1.0)
        for n in range(1, 10):
            assert journal.claim(conn, run, sha("a.pdf"), n)
            journal.finish(conn, run, sha("a.pdf"), n, {"reading": b"x" * 600}, {"reading": "k"}, 0.1)
    with archive.reading() as conn:
        some = [len(part) for part in copying._some_at_a_time(conn, schema.results)]
    assert max(some) <= 3
    assert sum(some) == 10
