"""Status says what was done, what failed and why, and what only a person can settle; fixity what has changed."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.core.document import Failure, Particulars
from pipeline.core.names import shown
from pipeline.errors import ArgumentsError
from pipeline.store import journal
from pipeline.store.archive import Archive
from pipeline.store.fixity import verify
from pipeline.store.schema import corrections
from pipeline.store.status import failures, overview
from pipeline.store.write import write_quarantined
from tests.store.composed import AT, begin, empty, ingest, memo, partial, scan, sha


@pytest.fixture
def worked(archive: Archive) -> Archive:
    """A batch with a whole, a partial and a torn file; another with an unclear stamp and an unsure reading."""
    run = ingest(archive, memo("a.pdf"), partial("p.pdf"), batch="box 12")
    stamp = replace(memo().stamps[0], decision="unclear", flags=("conflict:two ticks",))
    unsure = Particulars(confidence=0.3)
    page = replace(memo().pages[0], grade="unreadable")
    ingest(
        archive,
        memo("u.pdf", stamps=(stamp,), particulars=unsure, pages=(page, memo().pages[1])),
        empty(),
        batch="box 13",
    )
    with archive.writing() as conn:
        torn = Failure(sha("torn.pdf"), "torn.pdf", None, "intake", "corrupt", "cannot be opened")
        write_quarantined(conn, scan("torn.pdf", 0), torn, run_id=run, at=AT, batch="box 12")
        lost = Failure(None, "lost.pdf", None, "intake", "file-access", "no right to read it")
        write_quarantined(conn, "/scans/lost.pdf", lost, run_id=run, at=AT, batch="box 12")
    return archive


def test_the_figures_of_an_archive(worked: Archive) -> None:
    with worked.reading() as conn:
        seen = overview(conn)
    assert [(b.batch, b.documents, b.complete, b.partial, b.quarantined) for b in seen.batches] == [
        ("box 12", 3, 1, 1, 1),
        ("box 13", 2, 2, 0, 0),
    ]
    assert seen.grades == {"good": 2, "poor": 2, "unreadable": 1, "blank": 1}
    assert seen.work == {"done": (7, 4)}
    assert [(c.stage, c.error, c.count, c.examples) for c in seen.causes] == [
        ("intake", "corrupt", 1, ("torn.pdf",)),
        ("intake", "file-access", 1, ("lost.pdf",)),
        ("reading", "time-out", 1, ("p.pdf p2",)),
    ]
    assert [r["outcome"] for r in seen.runs] == ["done", "done"]


def test_what_needs_a_person_comes_with_a_place_to_look(worked: Archive) -> None:
    with worked.reading() as conn:
        care = {c.what: (c.count, c.examples) for c in overview(conn).care}
    assert care["decisions that are unclear"] == (1, ("u.pdf p1",))
    assert care["stamps that contradict each other"] == (1, ("u.pdf p1",))
    assert care["pages that are unreadable"] == (1, ("u.pdf p1",))
    assert care["nothing could be read"] == (1, ("torn.pdf",))
    assert care["some pages or stages failed"] == (1, ("p.pdf",))
    assert [v for k, v in care.items() if "confidence" in k] == [(1, ("u.pdf",))]
    assert care["events that contradict each other"] == (2, ("a.pdf", "u.pdf"))


def test_the_figures_of_one_batch(worked: Archive) -> None:
    with worked.reading() as conn:
        seen = overview(conn, "box 13")
        assert [b.batch for b in seen.batches] == ["box 13"]
        assert seen.grades == {"poor": 1, "unreadable": 1, "blank": 1}
        assert seen.work == {"done": (3, 2)}
        assert seen.causes == ()
        assert len(seen.runs) == 1
        assert [f["file_name"] for f in failures(conn, "box 12")] == ["lost.pdf", "p.pdf", "torn.pdf"]
        assert list(failures(conn, "box 13")) == []


def test_an_unknown_batch_names_the_known_ones(worked: Archive) -> None:
    with worked.reading() as conn:
        for ask in (lambda: overview(conn, "box 99"), lambda: list(failures(conn, "box 99"))):
            with pytest.raises(ArgumentsError) as caught:
                ask()
            assert "box 12, box 13" in caught.value.advice


def test_what_still_waits_is_shown(archive: Archive) -> None:
    run = begin(archive)
    with archive.writing() as conn:
        journal.register(conn, scan("w.pdf", 3), run, 1.0)
        journal.claim(conn, run, sha("w.pdf"), 1)
    with archive.reading() as conn:
        seen = overview(conn)
    assert seen.work == {"queued": (2, 1), "running": (1, 0)}
    assert "Work" in [t.title for t in seen.tables()]


def test_an_empty_archive_has_a_status(archive: Archive) -> None:
    with archive.reading() as conn:
        assert [t.title for t in overview(conn).tables()] == ["Batches"]


def test_tables_for_people_fit_their_columns(worked: Archive) -> None:
    with worked.reading() as conn:
        for drawn in overview(conn).tables():
            assert set(drawn.right) <= set(drawn.columns)
            assert all(len(row) == len(drawn.columns) for row in drawn.rows)


# Fixity


def test_fixity_tells_same_changed_missing_and_unreadable(archive: Archive, tmp_path: Path) -> None:
    run = begin(archive)
    for name in ("same", "changed", "missing", "unreadable", "caf\udce9"):  # the last is no UTF-8 on the disk
        file = tmp_path / name
        file.write_text(f"MEMORANDUM {shown(name)}")
        of = hashlib.sha256(file.read_bytes()).hexdigest()
        known = replace(scan(shown(name)), document_id=of, path=shown(str(file)))
        with archive.writing() as conn:
            journal.register(conn, known, run, 1.0)
    (tmp_path / "changed").write_text("MEMORANDUM changeD")
    (tmp_path / "missing").unlink()
    (tmp_path / "unreadable").unlink()
    (tmp_path / "unreadable").mkdir()
    os.utime(tmp_path / "same")
    found = {Path(f.path).name: f for f in verify(archive)}
    assert {n: f.state for n, f in found.items()} == {
        "same": "ok", "caf\\xe9": "ok", "changed": "changed", "missing": "missing", "unreadable": "unreadable"
    }  # fmt: skip
    assert found["changed"].found != found["changed"].document_id
    assert found["unreadable"].reason


def test_corrections_that_wait_need_a_person(worked: Archive) -> None:
    with worked.writing() as conn:
        lost = {"table": "stamps", "field": "date", "finding_id": "0" * 20, "value": "1999-01-01", "at": AT}
        conn.execute(
            corrections.insert(), [{**lost, "document_id": sha("a.pdf"), "state": s} for s in ("waiting", "undone")]
        )
    with worked.reading() as conn:
        care = {c.what: (c.count, c.examples) for c in overview(conn).care}
    assert care["corrections that wait, since what they correct is gone"] == (1, ("a.pdf",))
