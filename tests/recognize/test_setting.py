"""Kinds of document and voices prove themselves by their examples."""

from __future__ import annotations

import pytest

from pipeline.recognize.prose import Prose
from pipeline.recognize.setting import Sign, guests, heard, kind_of, kinds, reporting, voices, with_guests
from pipeline.recognize.wording import units
from tests.recognize.made import transcript


@pytest.mark.parametrize("kind", kinds(), ids=lambda k: k.id)
def test_kinds(kind: Sign) -> None:
    for example in kind.examples:
        assert kind_of(example) == kind.id, example
    for counterexample in kind.counterexamples:
        assert not kind.pattern.search(counterexample), counterexample


@pytest.mark.parametrize("voice", voices(), ids=lambda v: v.id)
def test_voices(voice: Sign) -> None:
    for example in voice.examples:
        assert voice.id in heard(example), example
    for counterexample in voice.counterexamples:
        assert voice.id not in heard(counterexample), counterexample


def test_guests() -> None:
    for example in guests()["examples"]:
        assert with_guests(example), example
    for counterexample in guests()["counterexamples"]:
        assert not with_guests(counterexample), counterexample


def test_talks_with_foreigners_are_a_kind_of_their_own() -> None:
    assert kind_of("MEMORANDUM OF CONVERSATION\n\nPARTICIPANTS\nMr. Lychowski, Polish Embassy") == "parley"
    assert kind_of("MEMORANDUM OF CONVERSATION\n\nPARTICIPANTS\nMr. Hilsman, FE\nMr. Bundy") == "talk"
    assert kind_of("MEMORANDUM FOR THE PRESIDENT\n\nThe Polish Embassy has replied.") == "memo"


def test_voices_in_capitals() -> None:
    assert "third" in heard("NHU STATED THAT A STUDY SHOULD BE MADE.")
    assert heard("WE TOLD HIM TO WAIT.") == {"first"}


def test_a_document_that_says_nothing_of_its_kind() -> None:
    assert kind_of("The harvest has failed.") == "other"


def test_how_much_is_reported() -> None:
    assert reporting([]) == 0
    assert reporting([frozenset({"third"}), frozenset()]) == 3
    assert reporting([frozenset({"now", "quoted"})] * 9) == 0


def test_units_know_where_they_are_spoken() -> None:
    text = (
        "MEMORANDUM OF CONVERSATION\n\nThe Minister said that we should wait. It was raining.\n\nI told him so at once."
    )
    cut = list(units(Prose(transcript(text))))
    assert {u.document for u in cut} == {"talk"} and {u.reporting for u in cut} == {3}
    assert [sorted(u.voices & {"third", "first"}) for u in cut if not u.heading][-1] == ["first"]
