"""Search on a small shelf of memos: which pages, in which order, with what shown of each."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from pipeline.core.geometry import Box, Place
from pipeline.core.page import Page
from pipeline.errors import ArgumentsError
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.query import QueryError, parse
from pipeline.store.search import document_ids, every, search
from pipeline.store.snippets import Leaf, find, passage
from pipeline.store.tree import terms_of
from pipeline.store.values import FIELDS
from pipeline.store.write import page_row
from tests.store.shelf import document, page, shelve, stocked
from tests.store.test_query import ANYTHING

DOCS = Path(__file__).parents[2] / "docs" / "search.md"


@pytest.fixture(scope="module")
def conn(places: Callable[[], Settings]) -> Iterator[Connection]:
    with stocked(places()) as archive, archive.reading() as connection:
        yield connection


def hits(conn: Connection, query: str, by: str = "page", **more: Any) -> list[str]:
    """Hits as `blockade/1`: the file's first word and the page."""
    found = search(conn, query, by=by, **more).hits
    return [f"{re.split(r'[^a-z]', h.file_name)[0]}/{h.page}" for h in found]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("quarantine", ["blockade/1"]),
        ("QUARANTINE", ["blockade/1"]),
        ("naive", ["blockade/3"]),
        ('"rio treaty"', ["blockade/3"]),
        ('"treaty rio"', []),
        ("quarant*", ["blockade/1"]),
        ("quarant", []),
        ("havana missile", ["blockade/2", "cable/1"]),
        ("missile sugar", ["cable/1"]),
        ("missile NOT sugar", ["blockade/1", "blockade/2"]),
        ("treaty OR coffee", ["blockade/3", "letter/1"]),
        ("missile NEAR/1 sites", ["blockade/1"]),
        ("missile NEAR/1 weeks", []),
        ("missile agency:CIA", ["cable/1"]),
        ("missile NOT agency:CIA", ["blockade/1", "blockade/2"]),
        ("coffee OR (missile agency:CIA)", ["cable/1", "letter/1"]),
        ("(coffee OR missile) (agency:CIA OR type:letter)", ["cable/1", "letter/1"]),
        ("treaty OR agency:CIA", ["blockade/3", "cable/1"]),
    ],
)
def test_words_are_sought_on_a_page_and_fields_in_its_document(conn: Connection, query: str, found: list[str]) -> None:
    assert sorted(hits(conn, query)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("subject:blockade", ["blockade"]),
        ("subject:block", []),
        ("subject:block*", ["blockade"]),
        ("subject:havana", ["blockade"]),  # of its annex
        ('subject:"blockade of"', ["blockade"]),
        ("subject:=blockade", []),
        ('subject:="blockade of cuba"', ["blockade"]),
        ("from:rusk", ["blockade"]),
        ("to:rusk", ["letter"]),
        ("agency:state", ["blockade"]),
        ("type:report", ["blockade"]),
        ("type:letter", ["letter"]),
        ("classification:secret", ["cable"]),
        ("classification:>=secret", ["blockade", "cable"]),
        ("classification:<secret", ["letter"]),
        ("marking:secret", ["cable"]),
        ("marking:noforn", ["cable"]),
        ("marking:control", ["cable"]),
        ("stamp:NARA_NND", ["blockade"]),
        ("stamp:nnd", ["blockade"]),
        ("stamp:release", ["cable"]),
        ("stamp:CIA", ["cable"]),
        ('stamp:"historical review"', ["cable"]),
        ("stamp:historical", []),
        ("NOT stamp:*", ["letter"]),
        ("entity:castro", ["blockade"]),
        ("entity:havana", ["blockade", "cable"]),
        ("identifier:176-10030-10422", ["blockade"]),
        ("identifier:968903", ["blockade"]),
        ("collection:security", ["blockade"]),
        ("series:countries", ["blockade"]),
        ("box:36", ["blockade"]),
        ("box:3", []),
        ("folder:general", ["blockade"]),
        ("file:cable-0417", ["cable"]),
        ("status:complete", ["blockade", "cable", "letter"]),
        ("decision:declassified_in_full", ["blockade"]),
        ('decision:"released in part"', ["cable"]),
        ("exemption:b1", ["cable"]),
        ("exemption:(b)(1)", ["cable"]),
        ("exemption:3.3", ["cable"]),
        ("exemption:b", ["cable"]),
        ("exemption:b3", []),
        ("recommends:quarantine", ["blockade"]),
        ("date:1962", ["blockade"]),
        ("date:1961-04-12", ["cable"]),  # the cable is dated April 1961
        ("date:..1961", ["cable"]),
        ("date:1961-05..1962-10-18", []),
        ("NOT date:*", ["letter"]),
        ("released:1998", ["blockade"]),
        ("released:1999..", ["cable"]),
        ("released:2003-05..2003-06", ["cable"]),
        ("redacted:>0.2", ["cable"]),
        ("redacted:0", ["blockade", "letter"]),
        ("redacted:*", None),
        ("pages:>3", ["blockade"]),
        ("pages:1..2", ["cable", "letter"]),
        ("missile coffee", []),
        ("missile OR coffee", ["blockade", "cable", "letter"]),
        ("quarantine treaty", ["blockade"]),  # on two pages of one document
        ("missile NOT treaty", ["cable"]),
        ("NOT missile", ["letter"]),
        ("agency:State NOT (sugar OR coffee)", ["blockade"]),
    ],
)
def test_by_document_everything_is_asked_of_the_whole(conn: Connection, query: str, found: list[str] | None) -> None:
    if found is None:
        with pytest.raises(QueryError):
            search(conn, query, by="document")
        return
    results = search(conn, query, by="document")
    assert sorted(re.split("[^a-z]", h.file_name)[0] for h in results.hits) == found
    assert results.total == len(found)
    assert len(document_ids(conn, query)) == len(found)


def test_every_field_is_tried_above() -> None:
    source = Path(__file__).read_text("utf-8")
    assert not [name for name in FIELDS if name != "text" and f'"{name}:' not in source and f"'{name}:" not in source]


def test_the_text_as_read_comes_before_alternate_readings(conn: Connection) -> None:
    found = search(conn, "cuba").hits
    assert [(h.file_name, h.exact) for h in found] == [("blockade.pdf", True), ("blockade.pdf", True),
                                                       ("cable-0417.tif", False)]  # fmt: skip
    last = found[-1]
    assert [(f.reading, f.places) for f in last.found] == [
        ("Sugar harvest in Cuba below plan", (Place(1, Box(72, 100, 350, 112)),))
    ]
    assert last.snippet and "[Sugar harvest in Guba below plan]" in last.snippet.marked()


def test_an_equals_sign_wants_the_word_as_read(conn: Connection) -> None:
    assert sorted(hits(conn, "=cuba")) == ["blockade/1", "blockade/2"]
    assert hits(conn, "=guba") == ["cable/1"]


def test_a_page_is_not_withheld_because_of_an_alternate_reading(conn: Connection) -> None:
    assert hits(conn, "sugar NOT cuba") == ["cable/1"]


def test_rarer_words_and_more_of_them_rank_higher(archive: Archive) -> None:
    filler = [document(f"{n}.txt", (page(1, "The weather of the day was fair and calm."),)) for n in range(12)]
    shelve(archive, *filler, document("often.txt", (page(1, "uranium uranium uranium"),)),
           document("once.txt", (page(1, "uranium among many other words on a page that speaks of the harvest"),)))
    with archive.reading() as conn:
        found = search(conn, "uranium").hits
    assert [h.file_name for h in found] == ["often.txt", "once.txt"]
    assert found[0].score is not None and found[1].score is not None and found[0].score > found[1].score > 0


def test_a_hit_shows_its_page_with_boxes(conn: Connection) -> None:
    [hit] = search(conn, "quarantine").hits
    assert (hit.file_name, hit.page, hit.date, hit.classification, hit.page_confidence) == (
        "blockade.pdf", 1, "1962-10-19", "TOP SECRET", 0.9)  # fmt: skip
    assert hit.snippet and "a naval [quarantine] be announced" in hit.snippet.marked()
    [spot] = hit.found
    assert spot.places == (Place(1, Box(312, 128, 348, 140)),)


def test_a_field_shows_its_evidence_and_the_page_of_it(conn: Connection) -> None:
    [hit] = search(conn, "entity:castro").hits
    assert hit.page == 3
    assert [(e.field, e.page, e.text) for e in hit.evidence] == [("entity", 3, "Castro's")]
    assert hit.score is None


def test_a_query_without_words_goes_by_document_and_date(conn: Connection) -> None:
    results = search(conn, "status:complete")
    assert (results.by, results.order) == ("document", "oldest")
    assert [h.file_name for h in results.hits] == ["cable-0417.tif", "blockade.pdf", "letter to rusk.pdf"]


@pytest.mark.parametrize("query", ["cuba OR coffee OR treaty OR the", "status:complete", "cuba OR agency:State"])
@pytest.mark.parametrize("order", ["rank", "oldest", "newest", "name"])
@pytest.mark.parametrize("by", ["page", "document"])
def test_a_cursor_goes_on_where_the_last_hits_ended(conn: Connection, query: str, by: str, order: str) -> None:
    whole = search(conn, query, by=by, order=order)
    assert whole.next is None
    assert whole.total == len(whole.hits) > 1
    pieces, after = [], None
    for _ in itertools.count():
        some = search(conn, query, by=by, order=order, limit=1, after=after)
        assert some.total == whole.total
        pieces += some.hits
        after = some.next
        if after is None:
            break
    assert tuple(pieces) == whole.hits


def test_a_cursor_belongs_to_its_query(conn: Connection) -> None:
    after = search(conn, "cuba", limit=1).next
    assert after
    for query, cursor in (("sugar", after), ("cuba", "nonsense"), ("cuba", "ä"), ("cuba", "W10=")):
        with pytest.raises(ArgumentsError, match="does not belong"):
            search(conn, query, after=cursor)


def test_rows_are_flat(conn: Connection) -> None:
    [row] = search(conn, "quarantine").as_rows()
    assert row["file_name"] == "blockade.pdf"
    assert row["boxes"] == [{"page": 1, "left": 312, "top": 128, "right": 348, "bottom": 140}]
    assert list(every(conn, "quarantine")) == [row]


@pytest.mark.parametrize("wrong", [{"by": "line"}, {"order": "taste"}, {"limit": 0}])
def test_what_cannot_be_is_refused(conn: Connection, wrong: dict[str, Any]) -> None:
    with pytest.raises(ArgumentsError):
        search(conn, "cuba", **wrong)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANYTHING, st.sampled_from(["page", "document"]))
def test_any_text_is_answered_or_is_an_error_of_the_query(conn: Connection, query: str, by: str) -> None:
    try:
        results = search(conn, query, by=by)
    except QueryError:
        return
    assert results.total >= len(results.hits)


WORDS = st.sampled_from(["cuba", "missile", "sugar", "treaty", "coffee", "havana", "agency:CIA", "type:letter"])
TREES = st.recursive(WORDS, lambda t: st.one_of(t.map("NOT ({})".format), st.tuples(t, t).map("({0[0]} {0[1]})".format),
                                                st.tuples(t, t).map("({0[0]} OR {0[1]})".format)), max_leaves=6)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES)
def test_and_or_not_are_sets_in_any_combination(conn: Connection, query: str) -> None:
    everything = document_ids(conn, "status:complete")
    leaves = set(re.findall(r"[a-z]+(?::[A-Za-z]+)?", query))
    having = {leaf: document_ids(conn, leaf) for leaf in leaves}
    plain = {leaf: document_ids(conn, leaf if ":" in leaf else f"={leaf}") for leaf in leaves}

    def true(node: object, of: str, sets: dict[str, frozenset[str]]) -> bool:
        match type(node).__name__:
            case "Not":
                return not true(node.part, of, plain)  # type: ignore[attr-defined]
            case "And":
                return all(true(p, of, sets) for p in node.parts)  # type: ignore[attr-defined]
            case "Or":
                return any(true(p, of, sets) for p in node.parts)  # type: ignore[attr-defined]
        leaf = str(node).replace('"', "")
        return of in sets[leaf]

    assert document_ids(conn, query) == {d for d in everything if true(parse(query), d, having)}


# passages


def leaf(one: Page) -> Leaf:
    row = page_row("", one)
    return Leaf(row["text"], row["alternates"], row["words"])


def test_a_passage_holds_the_most_different_words() -> None:
    text = "cuba " + "filler " * 80 + "cuba and missile together " + "filler " * 80
    one = Page.of_text(1, text)
    shown = passage(text, find(leaf(one), terms_of(parse("cuba missile"))))
    assert "[cuba] and [missile]" in shown.marked()
    assert shown.cut_before and shown.cut_after
    assert all(text[shown.start + a : shown.start + b] in ("cuba", "missile") for a, b in shown.spans)


def test_a_phrase_over_a_line_end_is_one_hit_with_a_box_a_line() -> None:
    one = page(1, "the Bay of", "Pigs affair")
    [spot] = find(leaf(one), terms_of(parse('"bay of pigs"')))
    assert one.text[spot.start : spot.end] == "Bay of\nPigs"
    assert len(spot.places) == 2
    assert passage(one.text, [spot]).marked() == "the [Bay of Pigs] affair"


def test_a_transcript_has_hits_without_boxes() -> None:
    [spot] = find(leaf(Page.of_text(1, "A  cuba\tmemo")), terms_of(parse("cuba")))
    assert (spot.start, spot.end, spot.places) == (3, 7, ())


def test_a_field_shows_where_its_evidence_stands(conn: Connection) -> None:
    cable, blockade = search(conn, "entity:havana").hits
    assert blockade.snippet is not None and "near [Havana] carry" in blockade.snippet.marked()
    [spot] = blockade.found
    assert [place.page for place in spot.places] == [2] and spot.reading is None
    assert cable.snippet is not None and not cable.found  # a finding without a span
    by_word = search(conn, "missile entity:havana").hits
    assert all("[missile]" in hit.snippet.marked() for hit in by_word if hit.snippet)


def test_accents_do_not_hide_a_word() -> None:
    one = Page.of_text(1, "Castro’s naïve and nai\u0308ve reply")
    assert [one.text[f.start : f.end] for f in find(leaf(one), terms_of(parse("naive")))] == ["naïve", "nai\u0308ve"]


# docs/search.md

EXAMPLES = re.findall(r"^\| `([^`]+)` \|", DOCS.read_text("utf-8"), re.M) if DOCS.exists() else []


@pytest.mark.parametrize("query", EXAMPLES)
def test_every_example_of_the_docs_finds_something(conn: Connection, query: str) -> None:
    assert search(conn, query.replace("\\|", "|"), by="document").total > 0


def test_every_field_stands_in_the_docs() -> None:
    assert len(EXAMPLES) > 30
    assert not [name for name in FIELDS if f"{name}:" not in DOCS.read_text("utf-8")]
