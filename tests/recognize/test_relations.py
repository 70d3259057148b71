"""Who advises whom about which country."""

from __future__ import annotations

from pipeline.recognize.relations import Advice, Name, Part, relate

CUBA = ("E0113", "Cuba")


def name(page: int, start: int, text: str, who: str, label: str = "PERSON", key: str = "") -> Name:
    return Name(page, start, start + len(text), label, text, key, f"id-{who}", who, 0.9)


def advice(text: str, page: int = 1, start: int = 0) -> Advice:
    return Advice(page, start, start + len(text), text)


def test_whoever_speaks_in_the_sentence_advises_else_the_sender() -> None:
    paper = Part(1, 2, "1962-10-20", "Mr. Hurwitch", "The Secretary", agency="State")
    text = "Mr. Bohlen, in particular, emphasized that we should wait."
    names = [name(1, 4, "Bohlen", "Bohlen, Charles E."), name(1, 200, "Hurwitch", "Hurwitch, Robert A.")]
    spoken = relate(advice(text), [paper], names)
    assert (spoken.by.text, spoken.by.name) == ("Bohlen", "Bohlen, Charles E.")
    sent = relate(advice("We should wait."), [paper], names)
    assert (sent.by.text, sent.by.name, sent.by.entity_id) == (
        "Mr. Hurwitch",
        "Hurwitch, Robert A.",
        "id-Hurwitch, Robert A.",
    )
    assert sent.to.name == "Rusk, Dean" and "Secretary of State" in (sent.to.reason or "")
    assert sent.date == "1962-10-20"


def test_a_country_is_taken_from_the_advice_the_subject_or_the_paper() -> None:
    here = [name(1, 20, "Cuba", "Cuba", "PLACE", CUBA[0]), name(1, 30, "American", "United States", "PLACE", "E0114")]
    text = "We should not leave Cuba to Americans"
    assert relate(advice(text), [Part(1, 1)], here).countries == ("Cuba",)
    told = relate(advice("We should wait.", start=500), [Part(1, 1, subject="Relations with Poland")], here)
    assert (told.countries, told.countries_reason) == (("Poland",), "named in the subject")
    often = relate(
        advice("We should wait.", start=500), [Part(1, 1)], [*here, name(1, 90, "Cuba", "Cuba", "PLACE", CUBA[0])]
    )
    assert (often.countries, often.countries_reason) == (("Cuba",), "the country the paper speaks of most")
    assert relate(advice("We should wait.", start=500), [Part(1, 1)], here).countries == ()


def test_the_part_of_the_file_that_holds_the_advice_says_who_sent_it() -> None:
    parts = [Part(1, 1, "1961", "One"), Part(2, 3, "1962", "Two"), Part(1, 9, "1963", "Whole")]
    assert relate(advice("We should wait.", page=3), parts, []).by.text == "Two"
    assert relate(advice("We should wait.", page=5), parts, []).date == "1963"


def test_what_is_not_known_stays_empty_and_what_is_written_stays() -> None:
    found = relate(advice("We should wait."), [Part(1, 1, recipient="Zyx Qwv")], [])
    assert (found.by.text, found.by.name, found.by.score) == (None, None, None)
    assert (found.to.text, found.to.name, found.to.entity_id) == ("Zyx Qwv", None, None)


def test_of_several_recipients_the_first_stands_for_all_and_is_less_sure() -> None:
    names = [name(1, 50, "Rusk", "Rusk, Dean"), name(1, 60, "McNamara", "McNamara, Robert S.")]
    one = relate(advice("We should wait."), [Part(1, 1, recipient="Mr. Rusk")], names).to
    two = relate(advice("We should wait."), [Part(1, 1, recipient="Mr. Rusk; Mr. McNamara")], names).to
    assert one.name == two.name == "Rusk, Dean"
    assert (one.score or 0) > (two.score or 0)
