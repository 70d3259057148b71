"""Words that OCR broke are found by the archive's own forms of them, after what was read right."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection

from pipeline.core.document import Particulars
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.fulltext import index_of
from pipeline.store.search import document_ids, every, search
from pipeline.store.write import forget
from tests.store.shelf import document, page, shelve

TEXTS = {
    "right.txt": "The government of Laos sent a mission.",
    "wrong.txt": "The govermnent of Laos wants nothing.",
    "worse.txt": "The ocvernment in Vientiane fell.",
    "glued.txt": "They told thegovernment about rice.",
    "torn.txt": "The gover ment had no rice.",
    "beside.txt": "Truehart saw ne tworks and coll aborati on ofjournalists; source of doubt.",
    "other.txt": "The governor spoke; governments fell; 1962 and 1963.",
}


@pytest.fixture(scope="module")
def conn(places: Callable[[], Settings]) -> Iterator[Connection]:
    with Archive.create(places()) as archive:
        shelve(archive, *(document(name, (page(1, text, confidence=0.8),)) for name, text in TEXTS.items()))
        with archive.reading() as connection:
            yield connection


def names(conn: Connection, query: str, by: str = "page", exact: bool = False) -> list[str]:
    return [h.file_name.removesuffix(".txt") for h in search(conn, query, by=by, exact=exact).hits]


@pytest.mark.parametrize("by", ["page", "document"])
def test_misread_forms_come_after_what_was_read_right(conn: Connection, by: str) -> None:
    found = search(conn, "government", by=by)
    assert found.hits[0].file_name == "right.txt"
    assert sorted(h.file_name for h in found.hits[1:]) == ["glued.txt", "torn.txt", "worse.txt", "wrong.txt"]
    assert [h.misread for h in found.hits] == [False, True, True, True, True]
    assert found.total == 5
    assert set(found.read_as["government"]) == {"govermnent", "ocvernment", "thegovernment", "gover ment"}
    assert any(line.startswith("“government” also read as: ") for line in found.said)
    assert all(h.snippet and "[" in h.snippet.marked() for h in found.hits)


def test_it_can_be_switched_off(conn: Connection) -> None:
    assert names(conn, "=government") == ["right"]
    assert names(conn, "government", exact=True) == ["right"]
    assert [r["file_name"] for r in every(conn, "government", exact=True)] == ["right.txt"]
    assert len(document_ids(conn, "government")) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("government laos", ["right", "wrong"]),
        ('"the government"', ["right", "torn", "worse", "wrong"]),
        ("government NEAR/2 laos", ["right", "wrong"]),
        ("vientiane OR government", ["glued", "right", "torn", "worse", "wrong"]),
        ("government NOT laos", ["glued", "torn", "worse"]),
        ("laos NOT government", ["wrong"]),  # nothing is withheld because of a misreading
        ("government type:letter", []),
        ("government status:complete", ["glued", "right", "torn", "worse", "wrong"]),
        ("gover*", ["other", "right", "torn", "wrong"]),
        ("governor", ["other"]),
        ("1962", ["other"]),
    ],
)
@pytest.mark.parametrize("by", ["page", "document"])
def test_in_any_place_of_a_query(conn: Connection, query: str, found: list[str], by: str) -> None:
    assert sorted(names(conn, query, by)) == found


def test_misreadings_rank_alike_on_every_database(conn: Connection) -> None:
    scores = [(h.file_name, h.score) for h in search(conn, "government laos").hits]
    assert scores == [("right.txt", pytest.approx(2.254794)), ("wrong.txt", pytest.approx(2.394747))]


def test_a_cursor_goes_through_misreadings(conn: Connection) -> None:
    whole = search(conn, "government rice OR government")
    seen, after = [], None
    while True:
        some = search(conn, "government rice OR government", limit=2, after=after)
        seen += some.hits
        after = some.next
        if after is None:
            break
    assert tuple(seen) == whole.hits and len(seen) == 5


def test_the_vocabulary_is_of_the_text_as_read(conn: Connection) -> None:
    assert index_of(conn).vocabulary(conn, {"rice", "laos", "nothere"}) == {"rice": 2, "laos": 2}


@pytest.mark.parametrize(
    ("query", "missing", "found"),
    [
        ("networks truehart", "ne tworks", True),  # torn in two
        ("collaboration truehart", "coll aborati on", True),  # in three
        ("journalists truehart", "ofjournalists", True),  # run together
        ("sources truehart", "source", True),  # an ending lost: only where no page has both words
        ("bazaar truehart", "", False),
        ("=networks truehart", "", False),
        ("networks =truehart", "ne tworks", True),
    ],
)
def test_what_is_missing_beside_the_other_words(conn: Connection, query: str, missing: str, found: bool) -> None:
    results = search(conn, query)
    assert [h.file_name for h in results.hits] == (["beside.txt"] if found else [])
    if found:
        assert missing in results.read_as[query.split()[0]]
        assert results.hits[0].misread and f"[{missing}]" in results.hits[0].snippet.marked().lower()  # type: ignore[union-attr]


def test_fields_that_were_read_are_widened(places: Callable[[], Settings]) -> None:
    right = Particulars(subject="Embargo of Cuba", sender="Oleg Nechiporenko", date="1962", confidence=0.9)
    wrong = Particulars(subject="Enbargo of Cuba", sender="Oleg Nechiporcnko", date="1961", confidence=0.9)
    with Archive.create(places()) as archive:
        shelve(
            archive,
            document("right.txt", (page(1, "From Nechiporenko: Embargo of Cuba"),), particulars=right),
            document("wrong.txt", (page(1, "From Nechiporcnko: Enbargo of Cuba", confidence=0.3),), particulars=wrong),
        )
        with archive.reading() as conn:
            for query in ("subject:embargo", 'subject:"embargo of cuba"', "from:nechiporenko", "from:nechiporenko cuba"):
                found = search(conn, query)
                assert [(h.file_name, h.misread) for h in found.hits] == [("right.txt", False), ("wrong.txt", True)], query
                assert found.read_as
            for query in ("subject:=embargo", "subject:embarg*", "NOT subject:embargo cuba", "subject:embargo"):
                assert len(search(conn, query, exact=True).hits) <= 1
                assert not search(conn, query, exact=True).read_as


def test_a_known_word_is_no_misreading_where_it_was_read_surely(places: Callable[[], Settings]) -> None:
    with Archive.create(places()) as archive:
        shelve(
            archive,
            document("sure.txt", (page(1, "Kuhnke saw the golden colder road", confidence=0.97),)),
            document("unsure.txt", (page(1, "Kuhnke saw the goad", confidence=0.1),)),
        )
        with archive.reading() as conn:
            assert [h.file_name for h in search(conn, "kuhnke road").hits] == ["sure.txt"]
            assert search(conn, "kuhnke golder").hits == ()
        with archive.writing() as conn:
            forget(conn, document("sure.txt", ()).scan.document_id)
        with archive.reading() as conn:
            assert [h.file_name for h in search(conn, "kuhnke road").hits] == ["unsure.txt"]
