"""Documents become rows: all of a document at once, again without doubles, and out without a trace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from pipeline.core.codec import unpack
from pipeline.core.document import Document, Failure, Ledger, Particulars
from pipeline.core.page import Page
from pipeline.store import journal, schema
from pipeline.store.archive import Archive
from pipeline.store.fulltext import index_of
from pipeline.store.tree import Term
from pipeline.store.write import document_row, forget, write_document, write_quarantined
from tests.store.composed import AT, begin, empty, ingest, memo, page, partial, scan, sha


def rows(archive: Archive, table: Any, name: str | None = "memo.pdf") -> list[dict[str, Any]]:
    asked = select(table)
    if name:
        asked = asked.where(table.c.document_id == sha(name))
    with archive.reading() as conn:
        return [dict(r._mapping) for r in conn.execute(asked)]


def counts(archive: Archive) -> dict[str, int]:
    with archive.reading() as conn:
        every = (*schema.OF_DOCUMENT, schema.documents, schema.failures)
        return {t.name: conn.execute(select(func.count()).select_from(t)).scalar_one() for t in every}


def search(archive: Archive, words: str) -> int:
    with archive.reading() as conn:
        return len(conn.execute(index_of(conn).matching(Term(words))).all())


def write(archive: Archive, document: Document, run: str | None = None) -> None:
    run = run or begin(archive)
    with archive.writing() as conn:
        write_document(conn, document, run, AT, None)


def test_a_document_can_be_read_back_as_it_was(archive: Archive) -> None:
    ingest(archive, memo())
    [row] = rows(archive, schema.documents)
    assert (row["status"], row["batch"], row["collection"], row["subject"]) == (
        "complete", "box 12", "NSF", "Größe der Lage in Кубе 古巴"
    )  # fmt: skip
    assert row["metadata"] == {"archivist": "O'Neil | Ruth"}
    assert (row["date_from"], row["date_to"]) == ("1961-06-01", "1961-06-30")
    first, second = (unpack(Page, r["words"]) for r in rows(archive, schema.pages))
    assert (first, second) == memo().pages
    assert rows(archive, schema.particulars)[0]["value"] == "Mr. Bundy"


def test_the_same_document_again_changes_nothing_but_the_run(archive: Archive) -> None:
    ingest(archive, memo(), partial())
    before, ids = counts(archive), {r["finding_id"] for r in rows(archive, schema.markings)}
    page_ids = [r["id"] for r in rows(archive, schema.pages)]
    run = begin(archive)
    for document in (memo(), partial()):
        write(archive, document, run)
    assert counts(archive) == before
    assert {r["finding_id"] for r in rows(archive, schema.markings)} == ids
    assert [r["id"] for r in rows(archive, schema.pages)] == page_ids
    assert {r["run_id"] for r in rows(archive, schema.documents)} == {run}


def test_a_document_read_anew_replaces_every_row_of_the_old_reading(archive: Archive) -> None:
    ingest(archive, memo())
    assert (search(archive, "bundy"), search(archive, "noforn")) == (1, 1)
    write(archive, replace(empty(), scan=memo().scan, pages=(page(1, "Quite other words"),)))
    left = counts(archive)
    assert (left.pop("documents"), left.pop("pages")) == (1, 1)
    assert set(left.values()) == {0}
    assert (search(archive, "bundy"), search(archive, "noforn"), search(archive, "other")) == (0, 0, 1)


def test_failures_of_a_document_are_those_of_its_last_working(archive: Archive) -> None:
    ingest(archive, partial())
    write(archive, partial())
    assert counts(archive)["failures"] == 1
    write(archive, replace(partial(), pages=memo().pages, failures=()))
    assert counts(archive)["failures"] == 0
    assert rows(archive, schema.documents, "partial.pdf")[0]["status"] == "complete"


@pytest.mark.parametrize("order", [1, -1])
def test_the_same_thing_found_twice_is_one_row_the_surest(archive: Archive, order: int) -> None:
    [sure] = memo().markings
    doubled = (sure, replace(sure, confidence=0.5, method="rule:other@1"))[::order]
    write(archive, memo(markings=doubled))
    assert [(r["confidence"], r["method"]) for r in rows(archive, schema.markings)] == [(0.9312, "rule:ts@1")]


def test_a_stage_that_was_not_attempted_says_nothing() -> None:
    said = document_row(memo(stages=("reading",), ledger=Ledger(), particulars=Particulars()), "r", AT, None)
    assert (said["release_decision"], said["confidence"], said["history"]) == (None, None, None)
    assert document_row(empty(), "r", AT, None)["release_decision"] == "none"


def test_an_error_leaves_the_old_rows(archive: Archive) -> None:
    ingest(archive, memo())
    before = counts(archive)
    wrong = memo(segments=(*memo().segments, *memo().segments))
    with pytest.raises(IntegrityError):
        write(archive, wrong)
    assert counts(archive) == before


# Quarantine


def test_a_file_of_which_nothing_could_be_read_is_quarantined_once(archive: Archive) -> None:
    run = begin(archive)
    why = Failure(sha("torn.pdf"), "torn.pdf", None, "intake", "corrupt", "cannot be opened")
    unread = Failure(None, "b\udcff.pdf", None, "intake", "file-access", "cannot be read")
    for _ in range(2):
        with archive.writing() as conn:
            write_quarantined(conn, scan("torn.pdf", 0), why, run_id=run, at=AT, batch="box 12", modified=1.0)
            write_quarantined(conn, "/scans/b\udcff.pdf", unread, run_id=run, at=AT)
    assert [(r["status"], r["pages"], r["batch"]) for r in rows(archive, schema.documents, None)] == [
        ("quarantined", 0, "box 12")
    ]
    assert [(r["file_name"], r["error"]) for r in rows(archive, schema.failures, None)] == [
        ("torn.pdf", "corrupt"),
        ("b\\udcff.pdf", "file-access"),
    ]
    with archive.reading() as conn:
        assert journal.refused(conn) == ("/scans/b\\udcff.pdf", "/scans/torn.pdf")
        assert journal.seen(conn, "/scans/torn.pdf") == (sha("torn.pdf"), scan("torn.pdf").size, 1.0)


def test_a_file_that_can_be_read_at_last_leaves_quarantine(archive: Archive) -> None:
    run = begin(archive)
    why = Failure(sha("memo.pdf"), "memo.pdf", None, "intake", "encrypted", "needs a password")
    with archive.writing() as conn:
        write_quarantined(conn, scan("memo.pdf", 0), why, run_id=run, at=AT)
    ingest(archive, memo())
    assert [r["status"] for r in rows(archive, schema.documents)] == ["complete"]
    assert rows(archive, schema.failures) == []
    with archive.reading() as conn:
        assert journal.refused(conn) == ()


def test_what_was_taken_in_is_not_lost_when_it_is_refused_later(archive: Archive) -> None:
    run = ingest(archive, memo())
    why = Failure(sha("memo.pdf"), "memo.pdf", None, "intake", "too-large", "exceeds the limit")
    with archive.writing() as conn:
        write_quarantined(conn, memo().scan, why, run_id=run, at=AT)
    assert [r["status"] for r in rows(archive, schema.documents)] == ["complete"]
    assert [r["error"] for r in rows(archive, schema.failures)] == ["too-large"]


# Forgetting


def test_a_forgotten_document_leaves_nothing_but_what_people_wrote(archive: Archive) -> None:
    ingest(archive, memo(), partial())
    fix = {"document_id": sha("memo.pdf"), "table": "documents", "field": "subject", "value": "Cuba", "at": AT}
    twin = {"document_id": sha("partial.pdf"), "other_document_id": sha("memo.pdf"), "similarity": 0.9}
    with archive.writing() as conn:
        conn.execute(schema.corrections.insert().values(fix))
        conn.execute(schema.variants.insert().values(**twin, opened=0, closed=0, method="m"))
        conn.execute(schema.documents.update().values(near_duplicate_of=sha("memo.pdf")))
        assert forget(conn, sha("memo.pdf"))
        assert not forget(conn, sha("memo.pdf"))
    for table in schema.metadata.sorted_tables:
        if "document_id" in table.c and table not in (schema.corrections, schema.provenance):
            assert rows(archive, table) == [], table.name
    assert rows(archive, schema.variants, None) == []
    assert [r["near_duplicate_of"] for r in rows(archive, schema.documents, None)] == [None]
    assert len(rows(archive, schema.corrections)) == 1
    assert rows(archive, schema.provenance)[-1]["event"] == "deaccession"
    assert search(archive, "bundy") == 1  # the other memo's
    ingest(archive, memo())
    assert search(archive, "bundy") == 2


# Whatever is on the paper


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=5))
def test_any_text_is_kept_letter_by_letter_and_the_index_stays_whole(archive: Archive, lines: list[str]) -> None:
    leaf = Page.of_text(1, "\n".join(lines))
    write(archive, replace(empty(), pages=(leaf,)))
    [row] = rows(archive, schema.pages, "blank.txt")
    assert row["text"] == leaf.text.replace("\0", "\ufffd")  # which no server's text can hold
    assert unpack(Page, row["words"]) == leaf
    with archive.writing() as conn:
        assert index_of(conn).faults(conn) == ()
