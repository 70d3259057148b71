"""The index of words stays in step with the pages, whoever writes or deletes them, however its parts are merged."""

from __future__ import annotations

import random
import threading
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, delete, event, func, select, update

from pipeline.store import words
from pipeline.store.archive import Archive
from pipeline.store.dialect import among
from pipeline.store.fulltext import index_of
from pipeline.store.occurrences import SLOT, _walk, near
from pipeline.store.postings import Postings, filter_of, may_have, narrow, of_pages, wide
from pipeline.store.schema import documents, pages
from pipeline.store.search import search
from pipeline.store.tree import Near, Term
from pipeline.store.write import forget
from tests.store.composed import sha
from tests.store.shelf import document, page, shelve

TEXTS = [f"Memo {n} about uranium and {'copper' if n % 3 else 'silver silver'} from Katanga" for n in range(24)]


def filled(archive: Archive, texts: list[str], first: int = 0) -> None:
    for n, text in enumerate(texts, first):
        shelve(archive, document(f"{n}.txt", (page(1, text), page(2, f"page two of {n}"))))


def found(conn: Connection, query: str) -> set[str]:
    return {hit.file_name for hit in search(conn, query, limit=100, exact=True).hits}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that merge soon, blocks of few postings."""
    monkeypatch.setattr(words, "FAN", 2)
    monkeypatch.setattr(words, "CHUNK", 3)
    monkeypatch.setattr(words, "FETCHED", 2)
    monkeypatch.setattr("pipeline.store.postings.BLOCK", 4)


@pytest.mark.usefixtures("small")
def test_parts_are_merged_and_nothing_is_lost(archive: Archive) -> None:
    filled(archive, TEXTS)
    with archive.reading() as conn:
        assert conn.execute(select(func.count()).select_from(words.parts)).scalar_one() < 8
        assert index_of(conn).faults(conn) == ()
        assert found(conn, "silver") == {f"{n}.txt" for n in range(0, 24, 3)}
        assert found(conn, '"silver from katanga"') == found(conn, "silver")
        assert found(conn, "sil*") == found(conn, "silver") and found(conn, "memo NEAR/1 7") == {"7.txt"}
        assert search(conn, "uranium", exact=True).total == 24
        assert index_of(conn).vocabulary(conn, {"silver", "two", "gold"}) == {"silver": 8, "two": 24}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("tolerated", [0, 1000])
def test_pages_that_are_gone_are_found_no_more(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, tolerated: int
) -> None:
    monkeypatch.setattr(words, "GONE", tolerated)
    filled(archive, TEXTS)
    with archive.writing() as conn:
        for n in range(0, 24, 2):
            forget(conn, sha(f"{n}.txt"))
    filled(archive, TEXTS[:1])
    with archive.reading() as conn:
        left = {"0.txt", *(f"{n}.txt" for n in range(1, 24, 2))}
        assert found(conn, "uranium") == left
        assert found(conn, '"about uranium"') == left
        assert search(conn, "uranium", exact=True).total == 13
        assert index_of(conn).vocabulary(conn, {"uranium", "silver"}) == {"uranium": 13, "silver": 5}
        assert index_of(conn).faults(conn) == ()
        if not tolerated:
            assert conn.execute(select(func.sum(words.parts.c.pages))).scalar_one() < 2 * 24


def test_more_pages_than_one_byte_can_number(archive: Archive) -> None:
    for first in (0, 200):
        shelve(archive, document(f"{first}.txt", tuple(page(n, f"uranium {first + n}") for n in range(1, 201))))
    with archive.reading() as conn:
        assert search(conn, "uranium", exact=True).total == 400
        assert {(h.file_name, h.page) for h in search(conn, "399", exact=True).hits} == {("200.txt", 199)}
        assert {h.page for h in search(conn, '"uranium 399" OR "uranium 150"').hits} == {199, 150}
        assert index_of(conn).vocabulary(conn, {"uranium"}) == {"uranium": 400}


def test_a_page_written_over_by_anybody_is_noticed(archive: Archive) -> None:
    filled(archive, TEXTS[:2])
    with archive.writing() as conn:
        conn.execute(update(pages).where(pages.c.page == 1).values(text="thorium"))
        assert index_of(conn).faults(conn) == ("2 pages wait to be taken into the index of words",)
        index_of(conn).complete(conn)
        assert found(conn, "thorium") == {"0.txt", "1.txt"} and not found(conn, "uranium")
        assert index_of(conn).faults(conn) == ()


def test_an_error_takes_index_and_pages_back_together(archive: Archive) -> None:
    filled(archive, TEXTS[:1])
    with pytest.raises(ZeroDivisionError), archive.writing() as conn:
        forget(conn, sha("0.txt"))
        assert not found(conn, "uranium")
        raise ZeroDivisionError
    with archive.reading() as conn:
        assert found(conn, "uranium") == {"0.txt"}
        assert index_of(conn).faults(conn) == ()


def test_a_damaged_index_is_told_and_made_anew(archive: Archive) -> None:
    filled(archive, TEXTS[:5])
    with archive.writing() as conn:
        one = conn.execute(select(words.blocks.c.part).order_by(words.blocks.c.part).limit(1)).scalar_one()
        conn.execute(update(words.blocks).where(words.blocks.c.part == one).values(words=func.replace(
            words.blocks.c.words, "uranium", "thorium")))  # fmt: skip
        assert index_of(conn).faults(conn) == ("the index of words does not have the words of the pages",)
        conn.execute(delete(words.parts).where(words.parts.c.id == one))
        assert index_of(conn).faults(conn) == ("the index of words has 8 pages, the archive 10",)
        words.rebuild(conn)
        assert index_of(conn).faults(conn) == ()
        assert len(found(conn, "uranium")) == 5


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_a_commit_costs_does_not_grow_with_the_archive(archive: Archive) -> None:
    """SQLite says how it goes about each question that taking in asks: none reads all pages."""
    filled(archive, TEXTS)
    asked: list[tuple[str, Any]] = []
    with archive.writing() as conn:
        conn.execute(words.waiting.insert().from_select(["page_id"], select(pages.c.id).where(pages.c.page == 1)))
        event.listen(conn, "before_cursor_execute", lambda c, cursor, sql, values, *_: asked.append((sql, values)))
        words.take_in(conn)
        plans = [row[3] for sql, values in list(asked) if sql.startswith("SELECT")
                 for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]  # fmt: skip
    assert any("SEARCH pages" in plan for plan in plans)
    assert not any("SCAN pages" in plan for plan in plans)


def test_who_deletes_a_page_is_not_overtaken_by_who_merges(archive: Archive) -> None:
    """Two at once, which only a server lets: the part that one makes must not bring back what the other deletes."""
    filled(archive, TEXTS[:3])
    if archive.engine.dialect.name == "sqlite":
        with archive.writing() as conn:
            forget(conn, sha("0.txt"))
        filled(archive, TEXTS[3:5], 3)
    else:
        deleted, written = threading.Event(), threading.Event()

        def delete_slowly() -> None:
            with archive.writing() as conn:
                conn.execute(delete(pages).where(pages.c.document_id == sha("0.txt")))
                deleted.set()
                written.wait(20)

        other = threading.Thread(target=delete_slowly)
        other.start()
        assert deleted.wait(20)
        filled(archive, TEXTS[3:5], 3)
        written.set()
        other.join()
        filled(archive, TEXTS[5:7], 5)
    with archive.reading() as conn:
        assert "0.txt" not in found(conn, "uranium")
        assert index_of(conn).faults(conn) == ()


def test_numbers_of_documents_are_given_and_kept(archive: Archive) -> None:
    filled(archive, TEXTS[:3])
    numbers = select(documents.c.file_name, documents.c.number).order_by(documents.c.file_name)
    with archive.reading() as conn:
        before = {row.file_name: row.number for row in conn.execute(numbers)}
    filled(archive, TEXTS[:4])
    with archive.reading() as conn:
        after = {row.file_name: row.number for row in conn.execute(numbers)}
        assert {name: after[name] for name in before} == before and len(set(after.values())) == 4


@pytest.mark.parametrize("count", [3, 2000])
def test_numbers_among_few_or_many(archive: Archive, count: int) -> None:
    filled(archive, TEXTS[:4])
    with archive.reading() as conn:
        some = conn.execute(select(documents.c.number).order_by(documents.c.number)).scalars().all()
        asked = np.array([*some[:2], *range(some[-1] + 1, some[-1] + count)])
        assert conn.execute(select(documents.c.number).where(among(conn, documents.c.number, asked))
                            .order_by(documents.c.number)).scalars().all() == some[:2]  # fmt: skip


def test_arrays_are_as_wide_as_they_must_be() -> None:
    for most, width in ((0, 1), (255, 1), (256, 2), (70_000, 4)):
        values = np.array([0, most, 1])
        kept = narrow(values)
        assert len(kept) == 3 * width and wide(kept, 3).tolist() == values.tolist()
    assert wide(narrow(np.empty(0, dtype=int)), 0).tolist() == []


def test_postings_come_back_from_their_rows() -> None:
    postings, lengths = of_pages([("b a b", "c"), ("", ""), ("a " * 300, "")])
    assert list(postings.words) == ["a", "b", "~c"] and lengths.tolist() == [4, 0, 300]
    [row] = [block.as_row() for block in postings.blocks()]
    again = Postings.of_row(*(row[name] for name in ("words", "sizes", "places", "counts", "positions")))
    assert again.words == ["a", "b", "~c"] and again.counts.tolist() == [1, 300, 2, 1]
    assert again.places.tolist() == [0, 2, 0, 0] and again.positions is not None
    assert again.positions[:3].tolist() == [1, 0, 1]


def test_a_filter_never_denies_a_word_that_is_there() -> None:
    there = [f"word{n}" for n in range(5000)]
    kept = filter_of(there)
    assert may_have(kept, there).all()
    assert may_have(kept, [f"other{n}" for n in range(5000)]).mean() < 0.05


def test_near_on_pages_where_it_does_not_hold(archive: Archive) -> None:
    shelve(archive, document("far.txt", (page(1, "iron " + "x " * 30 + "gold"), page(2, "gold iron"))))
    with archive.reading() as conn:
        index = index_of(conn)
        near = Near((Term("iron"), Term("gold")), 5)
        numbers = index.occurrences.of("numbers", np.flatnonzero(index.holds(near)))
        assert numbers.tolist() == [2]


def test_two_phrases_are_near_each_other_where_the_walk_says_so() -> None:
    chance = random.Random(1)
    for _ in range(2000):
        starts = [
            np.array(sorted({(chance.randrange(2) << SLOT) + chance.randrange(20) for _ in range(6)})) for _ in "ab"
        ]
        lengths, distance = [chance.randrange(1, 4), chance.randrange(1, 4)], chance.randrange(5)
        walked = {}
        for slot in (0, 1):
            here = [[place for place in some.tolist() if place >> SLOT == slot] for some in starts]
            if all(here) and (counted := _walk(here, [length + distance for length in lengths])):
                walked[slot] = counted
        slots, counts = near(starts, lengths, distance)
        assert (
            dict(zip(slots.tolist(), map(list, zip(*(some.tolist() for some in counts), strict=True)), strict=True))
            == walked
        )


def test_a_phrase_may_end_in_the_beginning_of_several_words(archive: Archive) -> None:
    for name, metal in (("a", "silver"), ("b", "silicon"), ("c", "silk"), ("d", "sill"), ("e", "iron silica")):
        shelve(archive, document(f"{name}.txt", (page(1, f"about {metal} of the mine"),)))
    with archive.writing() as conn:
        words.rebuild(conn)  # one part, one row
    with archive.reading() as conn:
        assert found(conn, '"about sil"*') == {"a.txt", "b.txt", "c.txt", "d.txt"}
        assert found(conn, '"iron sil"* ') == {"e.txt"} and found(conn, '"about silk"*') == {"c.txt"}
        assert found(conn, "sil* NEAR/0 about") == {"a.txt", "b.txt", "c.txt", "d.txt"}
        assert found(conn, '"about silver of the mine"') == {"a.txt"}
