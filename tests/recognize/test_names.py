"""Names of persons: written forms, parts, and whether two may be one man's."""

from __future__ import annotations

import pytest

from pipeline.recognize.names import PersonName, agree, parse, tidy, title_before


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("KISSINGER'S", "Kissinger"),
        ("McGeorge\nBundy", "McGeorge Bundy"),
        ("JOHN MCCONE,", "John McCone"),
        ("de Gaulle", "de Gaulle"),
        ("AMBASSA- DOR", "Ambassador"),
    ],
)
def test_tidy(written: str, tidied: str) -> None:
    assert tidy(written) == tidied


def test_parts() -> None:
    assert parse("Ambassador Llewellyn E. Thompson") == PersonName(("Llewellyn", "E."), "Thompson", "ambassador")
    assert parse("Kennedy, John F.") == PersonName(("John", "F."), "Kennedy")
    assert parse("R.W. Komer").given == ("R.", "W.")
    assert parse("Charles de Gaulle").surname == "de Gaulle"
    assert parse("Nathaniel Davis, Jr.").surname == "Davis"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("R. W. Komer", "Robert Komer", True),
        ("Bob Komer", "Robert W. Komer", True),
        ("W. Averell Harriman", "Averell Harriman", True),
        ("Robert Kennedy", "John F. Kennedy", False),
        ("William Bundy", "McGeorge Bundy", False),
        ("U. Alexis Johnson", "Lyndon B. Johnson", False),
    ],
)
def test_agreement_of_given_names(one: str, other: str, same: bool) -> None:
    assert agree(parse(one), parse(other)) is same


def test_the_title_before_a_name() -> None:
    text = "told Under Secretary Ball and Mr. Rusk that the secretary left"
    assert title_before(text, text.index("Ball")) == "under secretary"
    assert title_before(text, text.index("Rusk")) == "mr"
    assert title_before(text, text.index("left")) == ""
