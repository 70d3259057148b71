"""Words that could not stand where they stand, and the misreadings that explain them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.document import Described, Particulars, Votes
from pipeline.core.findings import Identifier, Marking, Stamp
from pipeline.core.page import Page
from pipeline.parse.anachronisms import flag, identifier_conflicts, orders, rules
from pipeline.parse.particulars import describe
from pipeline.parse.segments import segment
from tests.parse.typed import scan

SHARED = Path(__file__).parents[2].parent / "shared"


def stamp_flags(text: str, date: str | None, made: str | None = None, **more: Any) -> tuple[str, ...]:
    more = {"template": "X", "kind": "review", **more}
    stamp = Stamp(page=1, text=text, date=date, **more)
    return flag(scan(1), Votes((), (stamp,)), Described(Particulars(date=made))).stamps[0].flags


def mark_flags(text: str, made: str, reviewed: str | None = None) -> tuple[str, ...]:
    mark = Marking(page=1, text=text, template="X", kind="control", canonical=text)
    reviews = (Stamp(page=1, text="REVIEWED", template="X", kind="review", date=reviewed),) if reviewed else ()
    return flag(scan(1), Votes((mark,), reviews), Described(Particulars(date=made))).markings[0].flags


def test_there_are_41_rules_and_each_edge_has_a_hardness() -> None:
    assert [r.id for r in rules()] == [f"A{n:02d}" for n in range(1, 42)]
    assert {edge for r in rules() for edge in (r.start, r.end)} == {"hard", "soft", ""}


def test_an_impossible_year_is_first_a_misreading() -> None:
    flags = stamp_flags("DEPARTMENT OF STATE A/CDC/MR\nREVIEWED BY X DATE 3/5/68\n( ) CLASSIFY AS S, OADR", "1968-03-05",
                        date_text="3/5/68")  # fmt: skip
    assert flags == ("anachronism:A01", "anachronism:A02", "ocr_repair:year 1988")


def test_a_printed_year_is_wrong_too() -> None:
    flags = stamp_flags("APPROVED FOR RELEASE 1094\nCIA HISTORICAL REVIEW PROGRAM", None, kind="release")
    assert flags[0] == "anachronism:A29"
    assert "1994" in flags[-1]


def test_a_form_whose_words_were_lost_is_known_by_its_template() -> None:
    flags = stamp_flags("ARPROVED FOR RELEASE 1934\nCIA MISTORICAL REVIEN PROGRAR", None, kind="release", template="CIA_HRP_YEAR")
    assert flags[0] == "anachronism:A29"


def test_the_classifiers_own_line_is_as_old_as_the_document() -> None:
    assert stamp_flags("CL BY 062028\nDECL OADR", None, "1964-06-01") == ("anachronism:A01",)
    assert stamp_flags("CL BY 062028\nDECL OADR", None, "1985-06-01") == ()


@pytest.mark.parametrize(
    ("text", "date", "rule"),
    [
        ("SANITIZED Authority NLJ 83-91 By rg, NARS, Date 10-4-87", "1987-10-04", "A03"),
        ("By dal, NARA, Date 6/78", "1978-06", "A04"),
        ("DECLASSIFIED PER E.O. 13526 6/1/05", "2005-06-01", "A27"),
        ("Released under the JFK Assassination Records Act 1983", "1983-01-01", "A19"),
        ("DECLASSIFIED BY 5668 SLD/KSR 3-5-48", "1948-03-05", "A30"),
    ],
)
def test_a_stamp_older_than_its_words(text: str, date: str, rule: str) -> None:
    assert f"anachronism:{rule}" in stamp_flags(text, date)


def test_an_order_cited_long_after_its_successor_is_only_unusual() -> None:
    assert stamp_flags("DECLASSIFIED E.O. 11652", "1985-03-01") == ("unusual:A28",)


def test_a_review_cannot_precede_the_document() -> None:
    assert "anachronism:A26" in stamp_flags("REVIEWED", "1961-02-01", made="1961-02-20")
    assert stamp_flags("REVIEWED", "1961-02", made="1961-02-20") == ()


@pytest.mark.parametrize(
    ("text", "made", "flags"),
    [
        ("CONFIDENTIAL - SECURITY INFORMATION", "1962-10-26", ("anachronism:A06",)),
        ("CONFIDENTIAL - SECURITY INFORMATION", "1953-04-25", ()),
        ("NATIONAL SECURITY INFORMATION", "1975-01-01", ()),
        ("RESTRICTED", "1957-03-01", ("anachronism:A07",)),
        ("GROUP 4", "1957-03-11", ("anachronism:A05",)),
        ("GROUP 1", "1974-01-01", ("unusual:A05",)),
        ("UMBRA", "1962-01-01", ("unusual:A41",)),
        ("DECL OADR", "1964-06-01", ("anachronism:A01",)),
        ("Source Marked: OADR", "2001-06-01", ()),
    ],
)
def test_marks_by_the_date_of_the_document(text: str, made: str, flags: tuple[str, ...]) -> None:
    assert mark_flags(text, made) == flags


def test_a_notice_beside_a_review_of_its_time_is_the_reviewers() -> None:
    assert mark_flags("DECLASSIFY ON: OADR", "1964-06-01", reviewed="1985-03-08") == ()


def test_numbers_of_another_presidency() -> None:
    late = Particulars(date="1975-01-01", identifiers=(Identifier("doc", "NSAM 196"), Identifier("doc", "NSDM 9")))
    assert [(r.id, i.value) for r, i in identifier_conflicts(late)] == [("A33", "NSAM 196")]


def test_orders_are_known_by_number() -> None:
    assert orders()["12356"].signed == "1982-04-02"


def test_the_rules_are_the_domains() -> None:
    source = SHARED / "domain" / "anachronism_rules.csv"
    if not source.exists():
        pytest.skip("the shared domain reference is not here")
    with source.open(encoding="utf-8", newline="") as f:
        dates = [(r["rule_id"], r["valid_from"], r["valid_to"]) for r in csv.DictReader(f)]
    assert [(r.id, r.valid_from, r.valid_to) for r in rules()] == dates


def test_the_seed_memo() -> None:
    seed = SHARED / "exam" / "seed"
    if not seed.exists():
        pytest.skip("the shared exam is not here")
    text = (seed / "memo.md").read_text("utf-8")
    want = json.loads((seed / "expected.json").read_text("utf-8"))
    start, end = text.index("DEPARTMENT OF STATE A/CDC/MR"), text.index("C, OADR") + 7
    stamp = Stamp(
        page=1, text=text[start:end], start=start, end=end, template="STATE_ACDCMR_12356", kind="review",
        agency="State", decision="unclear", date="1968-03-05", date_text="3/5/68",
    )  # fmt: skip
    page, file, votes = Page.of_text(1, text), scan(1), Votes((), (stamp,))
    about = describe(file, (page,), votes, segment(file, (page,), votes))
    flags = flag(file, votes, about).stamps[0].flags
    assert [f for f in flags if f.startswith("anachronism")] == want["stamps"][0]["flags"]
    assert (about.particulars.date, about.particulars.date_text) == ("1966-10-26", "10/26/66")
    assert about.particulars.agency == want["document"]["agency"]
    assert about.particulars.doc_type in ("memorandum", "report")
