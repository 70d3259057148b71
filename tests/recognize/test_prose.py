"""Running text: what is joined, what is set aside, and the way back to the ink."""

from __future__ import annotations

from pipeline.recognize.prose import Prose, is_furniture
from tests.recognize.made import transcript, typed


def sentences(prose: Prose) -> list[str]:
    return [prose.text[a:b] for p in prose.paragraphs if not p.furniture for a, b in prose.sentences(p)]


def test_a_sentence_runs_over_lines_and_a_hyphen() -> None:
    prose = Prose(
        [
            typed(
                1,
                "We believe that the Embassy in Ankara should be in-",
                "structed to reopen the talks on the loan at once,",
                "before the end of the month.",
            )
        ]
    )
    assert sentences(prose) == [
        "We believe that the Embassy in Ankara should be instructed to reopen the talks on the loan at once, "
        "before the end of the month."
    ]


def test_a_sentence_runs_over_a_page_and_the_marking_between_is_set_aside() -> None:
    first = typed(
        1,
        "The mission should in our view be told at once that the",
        "offer stands and that nobody has been asked to withdraw",
        "SECRET",
    )
    second = typed(2, "SECRET", "- 2 -", "it before the ministers have met.")
    prose = Prose([first, second])
    [sentence] = [p for p in prose.paragraphs if not p.furniture]
    assert prose.text[sentence.start : sentence.end].endswith("asked to withdraw it before the ministers have met.")
    assert [prose.text[p.start : p.end] for p in prose.paragraphs if p.furniture] == ["SECRET", "SECRET", "- 2 -"]


def test_the_source_is_verbatim_and_has_a_box_for_each_line() -> None:
    page = typed(1, "The Ambassador should see the Prime Minister as soon as", "he returns from the provinces.")
    prose = Prose([page])
    source = prose.source(0, len(prose.text) - 1)
    assert source and source.text == page.text and (source.start, source.end) == (0, len(page.text))
    assert [b.box.top for b in source.boxes] == [100.0, 112.0]


def test_a_transcript_keeps_its_offsets() -> None:
    [page] = transcript("# Memo\n\nI recommend that you sign.  The note is attached.\n")
    prose = Prose([page])
    at = prose.text.index("The note")
    source = prose.source(at, at + len("The note is attached."))
    assert source and page.text[source.start : source.end] == "The note is attached." and source.box is None


def test_abbreviations_end_no_sentence() -> None:
    [page] = transcript("Mr. Smith of the U.S. Embassy saw Gen. Brown. He was pleased.")
    assert sentences(Prose([page])) == ["Mr. Smith of the U.S. Embassy saw Gen. Brown.", "He was pleased."]


def test_numbered_items_stand_alone() -> None:
    [page] = transcript("We could\n1. Recall our envoy.\n2. Ask our allies to do so.")
    assert sentences(Prose([page])) == ["We could", "1. Recall our envoy.", "2. Ask our allies to do so."]


def test_pages_that_could_not_be_read_say_nothing() -> None:
    from dataclasses import replace

    page = replace(typed(1, "xq zzw 11 the Soviet"), grade="unreadable")
    assert Prose([page]).text == ""


def test_furniture() -> None:
    for line in ("SECRET", "S E C R E T", "- 4 -", "Page 3 of 9", "DECLASSIFIED", "Approved For Release 2001/03/04",
                 "TOP SECRET/NODIS",
                 "NW 50955 DocId:32424934 Page 3", "( ) CLASSIFY as ____, OADR"):  # fmt: skip
        assert is_furniture(line), line
    for line in ("The secret was kept.", "He approved the release of the note.", "1. Recall our envoy.", "NATO"):
        assert not is_furniture(line), line


def test_a_line_of_full_stops_ends_what_stands_before_it() -> None:
    prose = Prose(transcript("The courier came.\n........\nHe left at noon.\n"))
    assert "He left at noon." in [prose.text[p.start : p.end] for p in prose.paragraphs]
