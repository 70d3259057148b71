"""Persons within one document."""

from __future__ import annotations

from pipeline.recognize.people import Seen, name_them


def named(date: str, *mentions: str) -> list[tuple[str, str]]:
    """Mentions as "title|name" or "name", one after the other: the name given and the gazetteer's key."""
    seen = []
    for n, mention in enumerate(mentions):
        title, _, name = mention.rpartition("|")
        seen.append(Seen(100 * n, 100 * n + len(name), name, title))
    return [(name, key) for _, name, key in name_them(seen, date)]


def test_a_surname_takes_the_full_name_of_its_document() -> None:
    assert named("1963-03-01", "Gwen Clare", "CLARE", "mr|Clare") == [("Gwen Clare", "")] * 3


def test_title_and_tenure_tell_two_bearers_apart() -> None:
    kennedys = named(
        "1962-10-20", "president|Kennedy", "Robert Kennedy", "attorney general|Kennedy", "president|Kennedy"
    )
    assert [key for _, key in kennedys] == ["E0223", "E0224", "E0224", "E0223"]
    assert (
        named("1963-05-01", "McGeorge Bundy", "William Bundy", "Bundy")[0][1]
        != named("1963-05-01", "William Bundy")[0][1]
    )


def test_the_man_in_office_is_meant() -> None:
    assert named("1962-06-01", "secretary|Rusk") == [("Secretary Rusk", "E0263")]
    assert named("1950-06-01", "Kissinger")[0][1] == ""


def test_eastern_names() -> None:
    assert named("1963-08-01", "president|Diem")[0][1] == "E0253"
    assert named("1962-04-01", "president|Ayub")[0][1] == named("1962-04-01", "Ayub Khan")[0][1] != ""


def test_initials_run_together_are_a_known_man_at_any_date() -> None:
    assert named("1998-08-04", "JFK") == [("JFK", "E0223")]
    assert named("1998-08-04", "KFJ") == [("KFJ", "")]
