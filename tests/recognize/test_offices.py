"""An office stands for who held it at the paper's date, in the paper's agency."""

from __future__ import annotations

import pytest

from pipeline.core import knowledge
from pipeline.core.document import Described, Particulars
from pipeline.recognize.offices import find_offices, tenures, who_held
from tests.recognize.made import scan, transcript


def told(date: str | None, agency: str | None = None, sender: str | None = None) -> Described:
    return Described(Particulars(date=date, agency=agency, sender=sender))


@pytest.mark.parametrize(
    ("text", "date", "agency", "holder"),
    [
        ("I told the Secretary that", "1962-10-20", "State", "Rusk, Dean"),
        ("I told the Secretary that", "1962-10-20", "DoD", "McNamara, Robert S."),
        ("MEMORANDUM FOR THE PRESIDENT", "1961-06-08", "White House", "Kennedy, John F."),
        ("the President's view", "1963-12", None, "Johnson, Lyndon B."),
        ("briefed the DCI on", "1961-12-01", "CIA", "McCone, John A."),
        ("asked the Director whether", "1961-11", "FBI", "Hoover, J. Edgar"),
        ("asked the Attorney General", "1962", None, "Kennedy, Robert F."),
    ],
)
def test_who_is_meant(text: str, date: str, agency: str | None, holder: str) -> None:
    [office] = find_offices(scan(), transcript(f"{text} nothing more."), told(date, agency))
    assert office.holder == holder
    assert 0 < (office.score or 0) < 1
    assert office.candidates[0].startswith(holder)
    assert office.text == text[office.start : office.end]


def test_two_who_held_it_in_the_year_are_both_candidates_and_less_sure() -> None:
    [office] = find_offices(scan(), transcript("told the DCI of it."), told("1961"))
    assert {c.rpartition(":")[0] for c in office.candidates} == {"Dulles, Allen W.", "McCone, John A."}
    [sure] = find_offices(scan(), transcript("told the DCI of it."), told("1962"))
    assert (office.score or 0) < (sure.score or 0)


def test_the_ambassador_is_of_the_post_or_the_one_named_before() -> None:
    [office] = find_offices(scan(), transcript("FROM: AmEmbassy Moscow\n\nThe Ambassador agrees."), told("1961-03-01"))
    assert office.holder == "Thompson, Llewellyn E."
    text = "Ambassador Dobrynin came at noon. He asked for time. The Ambassador said so twice."
    [office] = find_offices(scan(), transcript(text), told("1963-03-01"))
    assert office.holder == "Dobrynin, Anatoly F." and "named before" in office.reason


def test_without_a_date_or_after_all_tenures_nobody_is_named() -> None:
    for date in (None, "1850"):
        [office] = find_offices(scan(), transcript("I told the Attorney General."), told(date))
        assert (office.holder, office.score, office.candidates, office.key) == (None, None, (), "")
        assert office.office == "Attorney General"


@pytest.mark.parametrize(
    "text", ["the Secretary General of the UN", "the President of Chile", "the Ambassador Hotel", "a secretary"]
)
def test_other_offices_are_left_alone(text: str) -> None:
    assert not find_offices(scan(), transcript(f"We saw {text} there."), told("1961-06-08"))


def test_the_tables_agree() -> None:
    known = {row["id"] for row in knowledge.table("gazetteer/people.csv")}
    for several in tenures().values():
        for t in several:
            assert t.since <= t.until, t
            assert not t.key or t.key in known, t
    for row in knowledge.table("gazetteer/offices.csv"):
        assert row["office"] in tenures(), row
        assert 0 < float(row["sure"]) < 1


def test_tenures_of_one_office_do_not_overlap() -> None:
    for several in tenures().values():
        by_post: dict[str, list[tuple[str, str]]] = {}
        for t in several:
            by_post.setdefault(t.post, []).append((t.since, t.until))
        for spans in by_post.values():
            assert all(a[1] <= b[0] for a, b in zip(sorted(spans), sorted(spans)[1:], strict=False)), spans


def test_what_is_no_office_has_no_holder() -> None:
    assert who_held("the plumber", "1962", None) == []
