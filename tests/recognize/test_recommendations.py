"""Recommendations of whole documents."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from pipeline.core.document import Segment
from pipeline.core.findings import Recommendation
from pipeline.recognize.recommendations import find_recommendations
from tests.recognize.made import scan, transcript, typed

SEED = Path(__file__).parents[2].parent / "shared" / "exam" / "seed"

MEMO = """MEMORANDUM FOR THE SECRETARY

The harvest in the northern provinces has failed for the second year.

Recommendations:

1. That you approve the sale of 40,000 tons of wheat.

2. That the Embassy be instructed to inform the Foreign Minister before the announcement.

Approve __JR__ Disapprove ____

If the Government refuses our inspectors, we should suspend the shipments at once.

It would be unwise for us to offer credits now.
"""


def read(text: str) -> list[Recommendation]:
    return list(find_recommendations(scan(), transcript(text), ()))


def test_a_memorandum_with_a_decision_line() -> None:
    wheat, embassy, contingent, credits = read(MEMO)
    assert wheat.text.startswith("1. That you approve") and (wheat.kind, wheat.polarity) == ("recommendation", "for")
    assert (wheat.decision, embassy.decision) == ("approved", "approved")
    assert wheat.decision_text == "Approve __JR__ Disapprove ____"
    assert contingent.kind == "contingent" and contingent.condition == "If the Government refuses our inspectors"
    assert (contingent.actor, contingent.action) == ("we", "suspend the shipments at once")
    assert credits.polarity == "against" and (contingent.decision, credits.decision) == ("none", "none")


def test_courses_laid_out_are_options() -> None:
    found = read(
        "Actions we could take\n\nThere are two basic courses; we could\n\n"
        "1. Sever relations.\n\n2. Urge our allies to do the same at once.\n"
    )
    assert [(r.kind, r.text) for r in found if r.kind == "option"][-1] == (
        "option",
        "2. Urge our allies to do the same at once.",
    )


def test_numbered_options() -> None:
    found = read(
        "You have two options:\n\nOption 1. Refuse the sale for now.\n\nOption 2. Approve three aircraft without arms.\n"
    )
    assert [r.kind for r in found if r.text.startswith("Option")] == ["option", "option"]


def test_no_advice_in_boilerplate_and_forecast() -> None:
    text = (
        "This document contains neither recommendations nor conclusions of the Bureau.\n\nACTION REQUIRED: NONE, FYI ONLY\n\n"
        "RECOMMENDATION FOR HONOR OR MERIT AWARD\n\nThe cable arrived on Monday. It was long."
    )
    assert read(text) == []


def test_over_lines_and_pages_with_boxes_and_verbatim_text() -> None:
    first = typed(
        1,
        "In view of the foregoing I recommend that you authorize the",
        "Embassy to deliver the attached note to the Prime Minis-",
        "SECRET",
    )
    second = typed(2, "SECRET", "ter before the Assembly meets in September.")
    [found] = find_recommendations(scan(2), (first, second), ())
    assert found.text.replace("\n", " ") == (
        "In view of the foregoing I recommend that you authorize the Embassy to deliver the attached note to the Prime Minis- "
        "ter before the Assembly meets in September."
    )
    assert [b.page for b in found.boxes] == [1, 1, 2] and found.page == 1


def test_routing_slips_advise_nothing() -> None:
    pages = transcript("We recommend that you approve the attached telegram to Bonn at once.")
    assert find_recommendations(scan(), pages, (Segment(1, 1, 1, "routing slip"),)) == ()


@pytest.mark.skipif(not SEED.exists(), reason="the seed memo is not here")
def test_the_seed_memo() -> None:
    found = read((SEED / "memo.md").read_text("utf-8"))
    expected = json.loads((SEED / "expected.json").read_text("utf-8"))

    def alike(a: str, b: str) -> float:
        return SequenceMatcher(None, " ".join(a.split()), " ".join(b.split()), autojunk=False).ratio()

    hits = [
        w for w in expected["recommendations"]
        if any(alike(w["text"], r.text) > 0.9 and (r.kind, r.polarity) == (w["kind"], w["polarity"]) for r in found)
    ]  # fmt: skip
    assert len(hits) >= 9
    for decoy in expected["not_recommendations"]:
        assert not any(alike(decoy.rstrip(" ."), r.text[: len(decoy)]) > 0.85 for r in found), decoy


def test_lettered_courses_put_as_questions_are_options() -> None:
    found = read(
        "Telegram From the Department of State to the Embassy in Vietnam\n\nSpecifically, do you think we should\n\n"
        "(a) add military endorsement to the approach made to the Generals, to show that the Counselor should be replaced?\n\n"
        "(b) should the Embassy wait for the Mission to return?\n"
    )
    assert [(r.kind, r.text[:3]) for r in found if r.text.startswith("(")] == [("option", "(a)")]
