"""What a page of words looks like, whatever state the sheet is in."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from pipeline.core.geometry import Box
from pipeline.core.page import Page, ReadWord
from pipeline.ocr.reading import read_page, readers
from tests.ocr.drawn import LETTER, snow, typed


def right(page: Page) -> float:
    """Share of the letter's words that were read."""
    have = page.text.split()
    want = " ".join(LETTER).split()
    return sum(w in have for w in want) / len(want)


@pytest.mark.parametrize("reading", ["fast", "balanced", "best"])
def test_a_clean_page_is_read_in_order_with_places(view, reading):
    page = read_page(view(typed(), reading))
    assert right(page) >= 0.97
    assert page.lines[0].text.startswith("MEMORANDUM")
    assert [w.text for w in page.words] == [page.text[w.start : w.end] for w in page.words]
    first = page.words[0].box
    assert first is not None and abs(first.left - 72) < 4 and abs(first.top - 98) < 6
    assert page.grade == "good" and page.confidence > 0.9 and not page.blank


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_lies_on_its_side_or_head_is_turned(view, turn):
    lying = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}[turn]
    page = read_page(view(cv2.rotate(typed(), lying)))
    assert page.rotation == turn
    assert right(page) >= 0.97
    assert (round(page.width), round(page.height)) == (612, 792)


def test_boxes_of_a_skewed_page_lie_where_the_scan_has_the_words(view):
    flat = typed()
    turn = cv2.getRotationMatrix2D((1275, 1650), 2.5, 1.0)
    skewed = cv2.warpAffine(flat, turn, (2550, 3300), borderValue=255)
    page = read_page(view(skewed))
    assert abs(page.skew + 2.5) < 0.3
    assert right(page) >= 0.9
    for word in page.words:
        assert word.box is not None
        ink = skewed[
            int(word.box.top / 72 * 300) : int(word.box.bottom / 72 * 300) + 1,
            int(word.box.left / 72 * 300) : int(word.box.right / 72 * 300) + 1,
        ]
        assert (ink < 128).mean() > 0.05, word


def test_what_stands_in_the_corner_of_a_skewed_page_is_not_cut_off(view):
    """Release lines lie level on a scan that is askew, a few points from the edge."""
    turn = cv2.getRotationMatrix2D((1275, 1650), 3.5, 1.0)
    skewed = cv2.warpAffine(typed(), turn, (2550, 3300), borderValue=255)
    cv2.putText(skewed, "104-10183-10376", (60, 62), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3, cv2.LINE_AA)
    page = read_page(view(skewed))
    assert right(page) >= 0.9
    (number,) = [word.box for word in page.words if word.text == "104-10183-10376"]
    assert number is not None and abs(number.left - 60 / 300 * 72) < 6 and abs(number.middle[1] - 50 / 300 * 72) < 6


EMPTY = {"white": np.full((3300, 2550), 255, np.uint8), "specks": snow(0.02), "snow": snow(0.2)}


@pytest.mark.parametrize("raster", EMPTY.values(), ids=EMPTY.keys())
def test_a_page_without_type_is_blank_and_costs_little(view, raster):
    read_page(view(typed()[:700]))  # the models are loaded once a process
    start = time.process_time()
    page = read_page(view(raster))
    assert page.blank and page.grade == "blank" and page.text == "" and page.grade_reason
    assert time.process_time() - start < 2.0


def test_a_transcript_is_taken_as_it_stands(view):
    page = read_page(view(transcript="  SECRET\n\nTo:  The Director"))
    assert page.text == "  SECRET\n\nTo:  The Director"
    assert [w.line for w in page.words] == [0, 2, 2, 2]


def layer(text: str) -> tuple[tuple[ReadWord, ...], ...]:
    return (tuple(ReadWord(t, Box(10 * n, 10, 10 * n + 9, 20), 1.0) for n, t in enumerate(text.split())),)


def seen() -> np.ndarray:
    """A page that shows ink wherever `layer` has words."""
    raster = np.full((3300, 2550), 255, np.uint8)
    raster[: round(30 / 72 * 300), ::6] = 0
    return raster


def test_born_digital_text_is_taken_when_it_is_sound(view):
    page = read_page(view(seen(), words=layer("The text as it was set by the press office"), born_digital=True))
    assert page.text == "The text as it was set by the press office"
    assert page.reader == "text layer"


def test_words_that_do_not_show_are_left_out(view):
    raster = seen()
    raster[:, round(30 / 72 * 300) : round(60 / 72 * 300)] = 0
    page = read_page(view(raster, words=layer("The text as it was set by the press office"), born_digital=True))
    assert page.text == "The text as by the press office"


BROKEN = ("\ue001\ue002 \ue003\ue004 \ue005", "(cid:12)(cid:7) (cid:3) (cid:9)", "xkq zzzt bcdf ghjk")


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_text_layer_is_not_taken(view, text):
    page = read_page(view(typed(), words=layer(text), born_digital=True))
    assert right(page) >= 0.97


def test_a_hidden_layer_behind_a_scan_is_never_taken_for_the_text(view):
    page = read_page(view(typed(), words=layer("A fluent sentence that is not on the paper at all")))
    assert "fluent" not in page.text and right(page) >= 0.97


def test_readers_are_named_with_versions():
    assert "tesseract 5" in readers() and "rapidocr" in readers()
