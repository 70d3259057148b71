"""An archive can be made, opened, moved up to a new schema, shared and locked; errors say what to do."""

from __future__ import annotations

import logging
import multiprocessing
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect, select, text

from pipeline.core.codec import pack
from pipeline.core.document import Scan
from pipeline.core.page import Page
from pipeline.errors import ConfigurationError, FileAccessError
from pipeline.settings import Settings
from pipeline.store import schema
from pipeline.store.archive import Archive
from pipeline.store.corrections import listed
from pipeline.store.fulltext import index_of
from pipeline.store.migrations import HEAD
from pipeline.store.migrations.run import head, upgrade
from pipeline.store.provenance import history
from pipeline.store.reattach import attach_waiting
from pipeline.store.rows import last_change
from pipeline.store.tree import Term


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A folder that is not there yet, for what only files can be."""
    return Settings(archive=tmp_path / "A")


@pytest.fixture
def nothing(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """A place where nothing is: no folder, or a database without tables."""
    if kind == "sqlite":
        yield Settings(archive=tmp_path / "A")
        return
    server = request.getfixturevalue("server")
    url = server.empty()
    yield Settings(archive=tmp_path / "A", database=url)
    server.drop(url)


def test_the_steps_lead_to_the_schema_of_today(nothing: Settings) -> None:
    with Archive.create(nothing) as archive, archive.reading() as conn:

        def known(thing: object, name: str | None, kind: str, *_: object) -> bool:
            return not (kind == "table" and str(name).startswith("words_"))

        context = MigrationContext.configure(
            conn, opts={"include_object": known, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, schema.metadata) == []


def test_columns_stand_in_the_order_of_the_schema(nothing: Settings) -> None:
    with Archive.create(nothing) as archive, archive.reading() as conn:
        for table in schema.metadata.sorted_tables:
            there = [column["name"] for column in inspect(conn).get_columns(table.name)]
            assert there == [c.name for c in table.columns], table.name


OLD = {  # rows as the first schema had them
    "documents": {"document_id": "d1", "file_name": "ö.pdf", "source_path": "/scans/ö.pdf", "media_type": "application/pdf",
                  "bytes": 9, "pages": 1, "status": "complete", "controls": ["NOFORN"], "identifiers": [], "stages": [],
                  "metadata": {"archivist": "Ruth"}},
    "pages": {"id": 7, "document_id": "d1", "page": 1, "rotation": 0, "blank": False, "grade": "good",
              "reader": "tesseract", "confidence": 0.9, "text": "The Größe of Cuba", "grade_reason": "",
              "alternates": "Guba", "words": pack(Page.of_text(1, "The Größe of Cuba"))},
    "runs": {"run_id": "r1", "started_at": "2024-05-06T07:08:09.000000Z", "version": "0.1.0", "command": "declass ingest",
             "settings": {}, "readers": {}, "models": {}, "documents": 1, "pages": 1, "outcome": "done"},
    "paths": {"path": "/scans/ö.pdf", "document_id": "d1", "file_name": "ö.pdf", "size": 9, "modified": 1.0, "run_id": "r1"},
    "corrections": {"id": 1, "document_id": "d1", "table": "mentions", "finding_id": "m1", "field": "name",
                    "machine_value": "Cuba", "value": "Guba", "reviewer": "Ruth", "at": "2024-06-07T08:09:10.000000Z"},
    "mentions": {"finding_id": "m1", "document_id": "d1", "page": 1, "label": "PLACE", "text": "Cuba", "name": "Cuba",
                 "boxes": [], "confidence": 0.5, "method": "rule:x@1", "key": "cuba"},
}  # fmt: skip


def test_an_archive_of_the_first_schema_is_brought_up_with_all_it_holds(nothing: Settings) -> None:
    raw = Archive.to_fill(nothing)
    with raw.writing() as conn:
        upgrade(conn, "0001")
        first = MetaData()
        first.reflect(conn, only=list(OLD))
        for name, row in OLD.items():
            conn.execute(first.tables[name].insert().values(row))
    raw.close()
    with Archive.open(nothing) as archive, archive.reading() as conn:
        for name, row in OLD.items():
            [kept] = conn.execute(select(*(schema.metadata.tables[name].c[c] for c in row))).all()
            assert dict(kept._mapping) == row
        assert [(e.event, e.document_id, e.at[:10]) for e in history(conn)][1:] == [("ingestion", "d1", "2024-05-06")]
        for words, found in (("grosse", []), ("größe", [7]), ("gröss*", []), ("grö*", [7]), ("guba", [7])):
            node = Term(words.rstrip("*"), prefix=words.endswith("*"))
            assert conn.execute(index_of(conn).matching(node)).scalars().all() == found, words
        assert index_of(conn).faults(conn) == ()
    with Archive.open(nothing) as archive, archive.writing() as conn:
        attach_waiting(conn)
        assert conn.execute(select(schema.mentions.c.name)).scalar() == "Guba"
        [kept] = listed(conn)
        assert (kept["state"], kept["reviewer"], kept["kind"]) == ("attached", "Ruth", "PLACE")


class Interrupted(logging.Handler):
    """Whoever waits gives up when told how long it takes."""

    def emit(self, record: logging.LogRecord) -> None:
        assert "1 pages are read once, about 1 s" in record.getMessage()
        raise KeyboardInterrupt


def test_an_upgrade_that_is_interrupted_leaves_the_archive_as_it_was(nothing: Settings) -> None:
    raw = Archive.to_fill(nothing)
    with raw.writing() as conn:
        upgrade(conn, "0008")
        first = MetaData()
        first.reflect(conn, only=["documents", "pages"])
        for name in ("documents", "pages"):
            row = {k: v for k, v in OLD[name].items() if k in first.tables[name].c}
            conn.execute(first.tables[name].insert().values(row))
    log = logging.getLogger("declass")
    log.setLevel(logging.INFO)
    log.addHandler(given_up := Interrupted())
    try:
        with pytest.raises(KeyboardInterrupt):
            Archive.open(nothing)
    finally:
        log.removeHandler(given_up)
    assert raw.noted() == "0008"
    raw.close()
    with Archive.open(nothing) as archive, archive.reading() as conn:
        assert archive.noted() == HEAD
        assert index_of(conn).faults(conn) == ()


def test_texts_are_ordered_by_their_bytes(place: Settings) -> None:
    names = ["a", "B", "ä", "Z", "_", "z", "古"]
    with Archive.create(place) as archive, archive.writing() as conn:
        same = {"label": "ORG", "mentions": 1, "documents": 1}
        conn.execute(schema.entities.insert(), [{"entity_id": n, "name": n, **same} for n in names])
        kept = conn.execute(select(schema.entities.c.name).order_by(schema.entities.c.name)).scalars().all()
    assert kept == sorted(names, key=str.encode)


def test_the_version_that_quick_opening_trusts_is_the_newest_step() -> None:
    assert head() == HEAD


def test_what_rests_packed_in_archives_keeps_its_shape() -> None:
    """`core.codec` packs fields in order. When this fails, the next step of the schema must repack what rests."""
    assert [f.name for f in fields(Scan)] == [
        "document_id", "path", "file_name", "media_type", "size", "pages", "metadata"
    ]  # fmt: skip


def test_opening_does_not_load_alembic(settings: Settings) -> None:
    Archive.create(settings).close()
    code = (
        "import sys; from pathlib import Path; from pipeline.settings import Settings\n"
        "from pipeline.store.archive import Archive\n"
        f"Archive.open(Settings(archive=Path({str(settings.archive)!r}))).close()\n"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_creating_again_changes_nothing(place: Settings) -> None:
    with Archive.create(place) as archive, archive.writing() as conn:
        conn.execute(schema.entities.insert().values(entity_id="e", label="ORG", name="NSC", mentions=1, documents=1))
    with Archive.create(place) as archive, archive.reading() as conn:
        assert conn.execute(schema.entities.select()).one().name == "NSC"


def test_a_creation_that_was_killed_is_made_good(settings: Settings) -> None:
    settings.archive.mkdir()
    sqlite3.connect(settings.archive / "archive.sqlite").close()
    with pytest.raises(ConfigurationError, match="no archive"):
        Archive.open(settings)
    with Archive.create(settings) as archive, archive.reading() as conn:
        assert last_change(conn).at == ""


def test_no_archive_there_says_how_to_make_one(nothing: Settings) -> None:
    with pytest.raises(ConfigurationError, match="there is no archive") as caught:
        Archive.open(nothing)
    assert "declass ingest" in caught.value.advice
    assert not nothing.archive.exists()


def test_an_archive_of_a_newer_program_is_left_alone(place: Settings) -> None:
    with Archive.create(place) as archive, archive.writing() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for way in (Archive.open, Archive.create):
        with pytest.raises(ConfigurationError, match="newer declass"):
            way(place)


def test_a_file_that_is_no_database_is_named(settings: Settings) -> None:
    settings.archive.mkdir()
    (settings.archive / "archive.sqlite").write_bytes(b"SUBJECT: Berlin\n" * 400)
    with pytest.raises(ConfigurationError, match="not an archive"):
        Archive.open(settings)


def test_a_place_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileAccessError, match="cannot be made"):
        Archive.create(Settings(archive=tmp_path / "file" / "A"))


@pytest.mark.parametrize("url", ["nonsense", "oracle-of://delphi", "sqlite:////no/such/folder/a.sqlite"])
def test_a_database_url_that_leads_nowhere_is_an_error_with_advice(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Archive.open(Settings(archive=tmp_path / "A", database=url))
    assert caught.value.advice


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    odd = Settings(archive=tmp_path / "50%20? #box 12 – Größe")
    with Archive.create(odd) as archive:
        assert archive.place == str(odd.archive / "archive.sqlite")
    assert (odd.archive / "archive.sqlite").exists()
    Archive.open(odd).close()


def test_an_error_takes_back_everything_of_its_transaction(place: Settings) -> None:
    archive = Archive.create(place)
    with pytest.raises(ZeroDivisionError), archive.writing() as conn:
        conn.execute(schema.entities.insert().values(entity_id="e", label="ORG", name="NSC", mentions=1, documents=1))
        print(1 / 0)
    with archive.reading() as conn:
        assert conn.execute(schema.entities.select()).all() == []
    archive.close()


def test_a_reader_sees_one_state_while_a_writer_goes_on(place: Settings) -> None:
    row = {"label": "ORG", "name": "NSC", "mentions": 1, "documents": 1}
    with Archive.create(place) as archive, archive.reading() as reader:
        assert reader.execute(schema.entities.select()).all() == []
        with archive.writing() as writer:
            writer.execute(schema.entities.insert().values(entity_id="e", **row))
        assert reader.execute(schema.entities.select()).all() == []


def _hold(place: Settings, ready: object, end: object) -> None:
    with Archive.open(place).lock("ingest"):
        ready.set()  # type: ignore[attr-defined]
        end.wait(60)  # type: ignore[attr-defined]


def test_who_wants_to_be_alone_learns_who_is_first_and_a_killed_one_leaves_no_lock(place: Settings) -> None:
    archive = Archive.create(place)
    context = multiprocessing.get_context("spawn")
    ready, end = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(place, ready, end))
    other.start()
    assert ready.wait(30)
    with pytest.raises(FileAccessError, match=f"ingest, process {other.pid} on "), archive.lock():
        pytest.fail("two at once")
    other.kill()
    other.join()
    for _ in range(50):  # a server needs a moment to see that its client is gone
        try:
            with archive.lock():
                break
        except FileAccessError:
            time.sleep(0.1)
    else:
        pytest.fail("the lock outlived its holder")
    archive.close()
