"""Cues and headings prove themselves by their examples; units know their section."""

from __future__ import annotations

import pytest

from pipeline.recognize.prose import Prose
from pipeline.recognize.wording import Cue, Heading, cues, heading_of, headings, lead_in, units
from tests.recognize.made import transcript


@pytest.mark.parametrize("cue", cues(), ids=lambda c: c.id)
def test_cues(cue: Cue) -> None:
    for example in cue.examples:
        assert cue.pattern.search(" ".join(example.split())), example
    for counterexample in cue.counterexamples:
        assert not cue.pattern.search(counterexample), counterexample


@pytest.mark.parametrize("heading", headings(), ids=lambda h: h.id)
def test_headings(heading: Heading) -> None:
    for example in heading.examples:
        found = heading_of(example)
        assert found and found.section == heading.section, example
    for counterexample in heading.counterexamples:
        assert not heading.pattern.fullmatch(counterexample), counterexample


def test_units_know_their_section_and_their_lead_in() -> None:
    text = "Background\n\nThe talks failed.\n\nRecommendations:\n\nThat you\n\n1. approve the note;\n\n2. inform our allies."
    cut = list(units(Prose(transcript(text))))
    assert [u.section for u in cut if u.item] == ["recommendation", "recommendation"]
    lead = lead_in(cut, len(cut) - 1)
    assert lead and lead.text == "That you"


@pytest.mark.parametrize(
    ("head", "foreign"),
    [
        ("Letter From Chairman Khrushchev to President Kennedy", True),
        ("Message From Prime Minister Karamanlis to the Under Secretary", True),
        ("Memorandum From the Chairman of the Joint Chiefs of Staff to the Secretary of Defense", False),
        ("Memorandum From the Chairman of the Policy Planning Council to Secretary of State Rusk", False),
        ("Letter From the Chairman of the Council of Ministers (Kosygin) to President Nixon", True),
        ("Letter From President Kennedy to Chairman Khrushchev", False),
    ],
)
def test_units_know_whose_the_document_is(head: str, foreign: bool) -> None:
    cut = list(units(Prose(transcript(f"{head}\n\nWe should meet in the spring."))))
    assert cut and {u.foreign for u in cut} == {foreign}
