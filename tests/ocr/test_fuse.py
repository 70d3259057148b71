"""Two readers' views of a line become one."""

from __future__ import annotations

import numpy as np

from pipeline.ocr import rapid
from pipeline.ocr.fuse import Line, Weights, fuse, own_words, slots
from pipeline.ocr.seen import Seen
from pipeline.ocr.share import share_out

C = rapid.characters()
W = Weights(second=3.0, language=1.2, length=0.5, sure=0.95)
STRIP = np.array([[100, 50], [900, 50], [900, 90], [100, 90]], np.float32)


def line(text: str, doubts: dict[int, tuple[str, float]] | None = None) -> Line:
    """A line that the first reader saw as `text`, four columns a character; `doubts` has, by position, what else it may
    be and how likely."""
    likely = np.full((4 * len(text) + 2, len(C)), 1e-6, np.float32)
    likely[:, 0] = 1.0
    for n, c in enumerate(text):
        other, p = (doubts or {}).get(n, ("", 0.0))
        likely[4 * n + 1] = 1e-6
        likely[4 * n + 1, C.index(c)] = 1 - p
        if other:
            likely[4 * n + 1, C.index(other)] = p
    return Line(STRIP, likely, len(likely))


def said(one: Line, *second: Seen, own: frozenset[str] = frozenset()) -> str:
    return " ".join(word.text for word in fuse(one, list(second), C, W, own)[0])


def heard(text: str, left: float, right: float, confidence: float = 0.9) -> Seen:
    return Seen(text, (left, 52, right, 88), confidence, "tesseract")


def test_a_sure_line_is_taken_as_it_was_read():
    assert said(line("the border was closed")) == "the border was closed"


def test_a_doubtful_letter_goes_to_the_known_word():
    assert said(line("the bordcr was", {8: ("e", 0.3)})) == "the border was"


def test_a_codename_is_not_bent_into_a_word():
    assert said(line("AMCARBON-1 met GTDANCER")) == "AMCARBON-1 met GTDANCER"


def test_a_name_read_well_elsewhere_on_the_page_decides_for_its_twin():
    doubtful = line("AMCARDON met", {5: ("B", 0.2)})
    assert said(doubtful) == "AMCARDON met"
    assert said(doubtful, own=frozenset({"AMCARBON"})) == "AMCARBON met"


def test_a_misreading_that_the_typeface_provokes_makes_no_names():
    names = [line(t) for t in ("AHEAO", "COULO", "AGREEO", "AMCARBON")]
    assert own_words(names, C) == {"AMCARBON"}
    assert own_words(names[2:], C) == {"AMCARBON", "AGREEO"}


def test_letter_spaced_headings_stay_as_printed():
    width = 800 / (4 * 11 + 2)
    assert said(line("S E C R E T"), heard("SECRET", 100, 100 + 44 * width)) == "S E C R E T"


def test_the_second_reader_decides_where_the_first_wavers():
    wavering = line("Kovacs", {2: ("b", 0.45)})
    width = 800 / (4 * 6 + 2)
    assert said(wavering, heard("Kobacs", 100, 100 + 24 * width)) == "Kobacs"


def test_words_run_together_are_parted_by_the_second_reader():
    width = 800 / (4 * 12 + 2)
    words = heard("of", 100, 100 + 8 * width), heard("the", 100 + 8 * width, 100 + 20 * width)
    assert len(slots(line("ofthe border"), list(words), C)[0].theirs) == 2
    assert said(line("ofthe border"), *words) == "of the border"


def test_a_dropped_space_is_put_back_between_words_that_go_together():
    assert said(line("the TOPSECRET memorandum")) == "the TOP SECRET memorandum"
    assert said(line("met INFOWAVE and LIFEAT")) == "met INFOWAVE and LIFEAT"


def test_what_the_second_reader_had_otherwise_is_told():
    assert fuse(line("the border"), [heard("tbe", 100, 320)], C, W)[1]
    assert not fuse(line("the border"), [heard("the", 100, 320)], C, W)[1]


def test_boxes_follow_the_strip_from_left_to_right():
    words, _ = fuse(line("the border was"), [], C, W)
    lefts = [word.box[0] for word in words]
    assert lefts == sorted(lefts)
    assert all(100 <= word.box[0] < word.box[2] <= 900 and word.box[1] >= 50 and word.box[3] <= 90 for word in words)


def test_words_are_shared_out_by_the_line_they_lie_on():
    below = Line(STRIP + np.array([0, 60], np.float32), line("x").likely, 6)
    lone = heard("lone", 100, 200)
    far = Seen("far", (100, 400, 200, 440), 0.9, "tesseract")
    rows, left = share_out([line("x"), below], [lone, far])
    assert rows == [[lone], []] and left == [far]
