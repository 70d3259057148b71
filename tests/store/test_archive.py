"""An archive can be made, opened, moved up to a new schema, shared and locked; errors say what to do."""

from __future__ import annotations

import multiprocessing
import sqlite3
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from pipeline.core.document import Scan
from pipeline.errors import ConfigurationError, FileAccessError
from pipeline.settings import Settings
from pipeline.store import schema
from pipeline.store.archive import Archive
from pipeline.store.migrations import HEAD
from pipeline.store.migrations.run import head
from pipeline.store.rows import last_change


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(archive=tmp_path / "A")


def test_the_steps_lead_to_the_schema_of_today(settings: Settings) -> None:
    with Archive.create(settings) as archive, archive.reading() as conn:

        def known(thing: object, name: str | None, kind: str, *_: object) -> bool:
            return not (kind == "table" and str(name).startswith("pages_fts"))

        context = MigrationContext.configure(
            conn, opts={"include_object": known, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, schema.metadata) == []


def test_columns_stand_in_the_order_of_the_schema(settings: Settings) -> None:
    with Archive.create(settings) as archive, archive.reading() as conn:
        for table in schema.metadata.sorted_tables:
            in_file = [row[1] for row in conn.exec_driver_sql(f"PRAGMA table_info('{table.name}')")]
            assert in_file == [c.name for c in table.columns], table.name


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


def test_creating_again_changes_nothing(settings: Settings) -> None:
    with Archive.create(settings) as archive, archive.writing() as conn:
        conn.execute(schema.entities.insert().values(entity_id="e", label="ORG", name="NSC", mentions=1, documents=1))
    with Archive.create(settings) as archive, archive.reading() as conn:
        assert conn.execute(schema.entities.select()).one().name == "NSC"


def test_a_creation_that_was_killed_is_made_good(settings: Settings) -> None:
    settings.archive.mkdir()
    sqlite3.connect(settings.archive / "archive.sqlite").close()
    with pytest.raises(ConfigurationError, match="no archive"):
        Archive.open(settings)
    with Archive.create(settings) as archive, archive.reading() as conn:
        assert last_change(conn).at == ""


def test_no_archive_there_says_how_to_make_one(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="there is no archive") as caught:
        Archive.open(settings)
    assert "declass ingest" in caught.value.advice
    assert not settings.archive.exists()


def test_an_archive_of_a_newer_program_is_left_alone(settings: Settings) -> None:
    with Archive.create(settings) as archive, archive.writing() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for way in (Archive.open, Archive.create):
        with pytest.raises(ConfigurationError, match="newer declass"):
            way(settings)


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


def test_an_error_takes_back_everything_of_its_transaction(settings: Settings) -> None:
    archive = Archive.create(settings)
    with pytest.raises(ZeroDivisionError), archive.writing() as conn:
        conn.execute(schema.entities.insert().values(entity_id="e", label="ORG", name="NSC", mentions=1, documents=1))
        print(1 / 0)
    with archive.reading() as conn:
        assert conn.execute(schema.entities.select()).all() == []
    archive.close()


def test_a_reader_sees_one_state_while_a_writer_goes_on(settings: Settings) -> None:
    row = {"label": "ORG", "name": "NSC", "mentions": 1, "documents": 1}
    with Archive.create(settings) as archive, archive.reading() as reader:
        assert reader.execute(schema.entities.select()).all() == []
        with archive.writing() as writer:
            writer.execute(schema.entities.insert().values(entity_id="e", **row))
        assert reader.execute(schema.entities.select()).all() == []


def _hold(archive: Path, ready: object, end: object) -> None:
    with Archive.open(Settings(archive=archive)).lock("ingest"):
        ready.set()  # type: ignore[attr-defined]
        end.wait(60)  # type: ignore[attr-defined]


def test_a_second_ingest_learns_who_is_first_and_a_killed_one_leaves_no_lock(settings: Settings) -> None:
    archive = Archive.create(settings)
    context = multiprocessing.get_context("spawn")
    ready, end = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(settings.archive, ready, end))
    other.start()
    assert ready.wait(30)
    with pytest.raises(FileAccessError, match=f"ingest, process {other.pid} on "), archive.lock():
        pytest.fail("two at once")
    other.kill()
    other.join()
    with archive.lock():
        pass
    archive.close()
