"""Releases find each other in a growing archive: whatever came first, whatever ended the program, on either database."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import func, select

from pipeline.batch import variants as stage
from pipeline.batch.variants import find_variants
from pipeline.compare.leaves import Leaf
from pipeline.core.document import Document, Segment
from pipeline.core.findings import Redaction
from pipeline.core.page import Page
from pipeline.store import schema
from pipeline.store import variants as kept
from pipeline.store.archive import Archive
from pipeline.store.variants import candidates, known
from pipeline.store.write import forget, write_document
from tests.compare.typed import MEMO, OTHER, typed
from tests.store.composed import AT, scan, sha

SHED = "two sets of the gear in a shed at Yokosuka"


def release(name: str, *leaves: Leaf, cover: bool = False) -> Document:
    """A document of typed leaves; `cover`: its first page is a sheet before it."""
    redactions = tuple(
        Redaction(page=w.page, text="", box=w.box, style=w.style, code=w.code, method="rule:box@1")
        for leaf in leaves
        for w in leaf.withheld
    )
    read: tuple[Page, ...] = tuple(leaf.page for leaf in leaves)
    segments = (Segment(1, 1, 1, "cover sheet"), Segment(2, 2, len(read), "document")) if cover else ()
    return Document(scan(name, pages=len(read)), read, redactions=redactions, segments=segments, stages=("reading",))


FIRST = release("1998.pdf", typed(MEMO, hide=[SHED]))
SECOND = release("2017.pdf", typed(MEMO, noise=0.02, seed=3, shift=(5, 5)))
OTHERS = [release("other.pdf", typed(OTHER)), release("cover.pdf", typed(MEMO[:5]), typed(OTHER, 2), cover=True)]


def put(archive: Archive, *documents: Document) -> None:
    with archive.writing() as conn:
        for document in documents:
            write_document(conn, document, "run", AT, None)


def rows(archive: Archive) -> list[tuple[object, ...]]:
    v = schema.variants
    with archive.reading() as conn:
        return [tuple(r) for r in conn.execute(select(v).order_by(v.c.document_id, v.c.other_document_id))]


def duplicates(archive: Archive) -> dict[str, str]:
    d = schema.documents.c
    with archive.reading() as conn:
        asked = select(d.document_id, d.near_duplicate_of).where(d.near_duplicate_of.is_not(None))
        return dict(conn.execute(asked).all())


def test_two_releases_are_variants_from_either_side_and_the_fuller_stands_for_both(archive: Archive) -> None:
    put(archive, FIRST, SECOND, *OTHERS[:1])
    find_variants(archive)
    first, second = sha("1998.pdf"), sha("2017.pdf")
    found = {(r[0], r[1]): r for r in rows(archive)}
    assert found.keys() == {(first, second), (second, first)}
    assert found[second, first][3:5] == (len(SHED), 0) == found[first, second][4:2:-1]
    assert found[first, second][2] > 0.95
    assert duplicates(archive) == {first: second}
    with archive.reading() as conn:
        assert [r["file_name"] for r in known(conn, first)] == ["2017.pdf"]


def test_one_at_a_time_in_any_order_gives_the_same(archive: Archive) -> None:
    every = [FIRST, SECOND, *OTHERS, release("2025.pdf", typed(MEMO, noise=0.03, seed=8))]
    put(archive, *every)
    find_variants(archive)
    at_once = rows(archive), duplicates(archive)
    assert len(at_once[0]) == 8  # three releases and, by its second page, the file with the other memo
    with archive.writing() as conn:
        for document in every:
            forget(conn, document.scan.document_id)
    random.Random(4).shuffle(every)
    for document in every:
        put(archive, document)
        find_variants(archive)
    assert (rows(archive), duplicates(archive)) == at_once


def test_what_is_written_again_is_compared_again(archive: Archive) -> None:
    put(archive, FIRST, SECOND)
    find_variants(archive)
    put(archive, release("1998.pdf", typed(MEMO)))
    assert rows(archive) == []
    find_variants(archive)
    assert [r[3:5] for r in rows(archive)] == [(0, 0), (0, 0)]
    put(archive, release("1998.pdf", typed(OTHER)))
    find_variants(archive)
    assert rows(archive) == [] and duplicates(archive) == {}


def test_what_is_removed_leaves_nothing_behind(archive: Archive) -> None:
    put(archive, FIRST, SECOND)
    find_variants(archive)
    with archive.writing() as conn:
        forget(conn, sha("2017.pdf"))
        pages = set(conn.execute(select(schema.pages.c.id)).scalars())
        assert set(conn.execute(select(schema.fingerprints.c.page_id)).scalars()) == pages
    assert rows(archive) == [] and duplicates(archive) == {}


def test_a_program_that_ended_in_the_middle_goes_on(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    put(archive, FIRST, SECOND, *OTHERS)
    monkeypatch.setattr(stage, "FEW", 1)
    assert stage._print_some(archive) and stage._print_some(archive)
    find_variants(archive)
    monkeypatch.undo()
    known_then = rows(archive)
    find_variants(archive)
    assert rows(archive) == known_then and len(known_then) == 4


def test_what_stands_on_many_pages_leads_nowhere_whenever_it_came(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters of one form, more of them than a fingerprint may stand on: those that were pairs before are none after."""
    monkeypatch.setattr(kept, "COMMON", 3)
    forms = [release(f"form{n}.pdf", typed([*MEMO[:6], f"Copy number {n} of the form"])) for n in range(5)]
    put(archive, *forms[:2])
    find_variants(archive)
    assert len(rows(archive)) == 2
    put(archive, *forms[2:])
    find_variants(archive)
    assert rows(archive) == [] and duplicates(archive) == {}
    with archive.reading() as conn:
        assert conn.execute(select(func.count()).select_from(schema.common_fingerprints)).scalar_one() > 10


def test_only_documents_that_share_fingerprints_are_held_against_each_other(archive: Archive) -> None:
    put(archive, FIRST, SECOND, release("third.pdf", typed([line[::-1] for line in OTHER])))
    find_variants(archive)
    with archive.reading() as conn:
        assert candidates(conn, sha("1998.pdf")) == [sha("2017.pdf")]
        assert candidates(conn, sha("third.pdf")) == []
