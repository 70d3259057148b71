"""Mentions of whole documents, with the real model and gazetteer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.core.findings import Mention
from pipeline.recognize.mentions import find_mentions
from tests.recognize.made import dated, scan, transcript, typed

SEED = Path(__file__).parents[2].parent / "shared" / "exam" / "seed" / "memo.md"


def named(found: tuple[Mention, ...], label: str) -> set[str]:
    return {m.name for m in found if m.label == label}


def test_a_memorandum() -> None:
    pages = transcript(
        "MEMORANDUM FOR THE PRESIDENT\n\nAmbassador Kohler told Mr. Semple of the Treasury Department on March 3 that the Polish "
        "Government would not sell grain to Cuba. Semple doubted this. The CIA station in Warsaw agrees with Kohler."
    )
    found = find_mentions(scan(), pages, dated("1963-03-09"))
    assert {"Foy D. Kohler", "Semple"} & named(found, "PERSON") or {"Kohler", "Semple"} <= {m.text for m in found}
    assert {"Poland", "Cuba", "Warsaw"} <= named(found, "PLACE")
    assert {"Central Intelligence Agency", "Treasury Department"} <= named(found, "ORG")
    assert "1963-03-03" in named(found, "DATE")
    kohler = {m.key for m in found if m.label == "PERSON" and m.text == "Kohler"}
    assert kohler == {"E0228"}


def test_every_mention_is_written_where_it_says() -> None:
    pages = transcript(
        "The Secretary saw Gromyko in Geneva.\n\nGromyko\nhad asked for NATO's view.", "On May 5, Gromyko left."
    )
    for m in find_mentions(scan(2), pages, dated("1962-05-09")):
        page = pages[m.page - 1]
        assert m.start is not None and page.text[m.start : m.end] == m.text
        assert 0 < m.confidence <= 1 and m.method


def test_a_cable_in_capitals() -> None:
    pages = transcript(
        "2. AMBASSADOR TOLD FONMIN LINDQUIST THAT USG COULD NOT AGREE. LINDQUIST SAID SWEDEN WOULD RAISE MATTER IN THE UN.\n\n"
        "3. EMBASSY BELIEVES LINDQUIST SPOKE FOR HIS GOVERNMENT.\n\nHARTWELL"
    )
    found = find_mentions(scan(), pages, dated("1975-01-02"))
    assert [m.text for m in found if m.label == "PERSON"] == ["LINDQUIST", "LINDQUIST", "LINDQUIST", "HARTWELL"]
    assert {"United States", "Sweden"} <= named(found, "PLACE") and "United Nations" in named(found, "ORG")


def test_boxes_on_a_scan_and_lower_confidence_where_the_reading_is_weak() -> None:
    lines = ("The note was handed to Ambassador Thompson in Mos-", "cow on 26 October 1962.")
    clear = find_mentions(scan(), (typed(1, *lines),), dated("1962-10-27"))
    faint = find_mentions(scan(), (typed(1, *lines, confidence=0.5),), dated("1962-10-27"))
    place = next(m for m in clear if m.name == "Moscow")
    assert place.text == "Mos-\ncow" and len(place.boxes) == 2 and place.box
    assert {m.name: m.confidence for m in faint}["Moscow"] < place.confidence


def test_unreadable_pages_claim_nothing() -> None:
    page = replace(typed(1, "Khrushchev met Rusk in Moscow"), grade="unreadable")
    assert find_mentions(scan(), (page,), dated(None)) == ()


@pytest.mark.skipif(not SEED.exists(), reason="the seed memo is not here")
def test_the_seed_memo() -> None:
    found = find_mentions(scan(), transcript(SEED.read_text("utf-8")), dated("1966-10-26"))
    amtorg = next(m for m in found if m.name == "Amtorg Trading Corporation")
    assert amtorg.text == "Antorg"
    assert {"United Nations", "General Assembly", "Organization of American States", "Soviet Embassy", "Department of State",
            "North Atlantic Treaty Organization"} <= named(found, "ORG")  # fmt: skip
    assert {"Soviet Union", "United States", "Manhattan Island", "Poland", "Hungary", "Cuba", "Latin America"} <= named(
        found, "PLACE"
    )
    assert "E0247" in {m.key for m in found if m.label == "PERSON"}
