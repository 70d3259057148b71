"""Approve/Disapprove lines by their ink: drawn ones, and those of a sample memorandum."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.core.geometry import Box
from pipeline.core.ink import Sheet, View
from pipeline.core.page import Page, ReadWord
from pipeline.ocr.ink import PageInk
from pipeline.recognize.approvals import find_approvals
from pipeline.recognize.recommendations import find_recommendations
from pipeline.settings import Settings
from tests.recognize.made import scan

SAMPLE = Path(__file__).parents[2] / "corpus" / "samples" / "whitehouse-decision.tif"
SCALE = 200 / 72


class Picture:
    """A sheet of letter size as a picture at 200 dpi."""

    number, size, dpi, transcript, born_digital = 1, (612.0, 792.0), 200.0, None, False

    def __init__(self, picture: Any) -> None:
        self.picture = picture

    def render(self, dpi: float) -> Any:
        return self.picture


def pixel(x: float, y: float) -> tuple[int, int]:
    return round(x * SCALE), round(y * SCALE)


def line(y: float, words: dict[str, float]) -> list[ReadWord]:
    return [ReadWord(w, Box(x, y - 9, x + 6 * len(w), y), 0.95) for w, x in words.items()]


def page_with(*marks: str) -> tuple[View, Page]:
    """A page with advice, a line to decide on it, and marks: "approve" or "disapprove" says behind which word."""
    picture = np.full((2200, 1700), 250, np.uint8)
    for x in (120.0, 330.0):
        cv2.line(picture, pixel(x, 300), pixel(x + 100, 301), 30, 3)
    for mark in marks:
        x = 140.0 if mark == "approve" else 350.0
        cv2.line(picture, pixel(x, 290), pixel(x + 7, 299), 20, 4)
        cv2.line(picture, pixel(x + 7, 299), pixel(x + 22, 281), 20, 4)
    words = [
        line(250, {w: 70 + 50 * n for n, w in enumerate("I recommend that you sign the note.".split())}),
        line(300, {"Approve": 70, "Disapprove": 260}),
        line(350, {w: 70 + 50 * n for n, w in enumerate("The Department will approve it.".split())}),
    ]
    page = Page.of_lines(1, (612.0, 792.0), words)
    sheet = cast(Sheet, Picture(picture))
    return View(sheet, PageInk(sheet, page, Settings()), Settings()), page


@pytest.mark.parametrize(
    ("marks", "decision"),
    [(("approve",), "approved"), (("disapprove",), "disapproved"), ((), "none"), (("approve", "disapprove"), "none")],
)
def test_the_side_with_the_mark_is_meant(marks: tuple[str, ...], decision: str) -> None:
    view, page = page_with(*marks)
    [approval] = find_approvals(view, page)
    assert (approval.decision, approval.text) == (decision, "Approve Disapprove")


def test_the_decision_goes_to_the_advice_before_it() -> None:
    view, page = page_with("disapprove")
    [advice] = find_recommendations(scan(), (page,), (), (find_approvals(view, page),))
    assert (advice.decision, advice.decision_text) == ("disapproved", "Approve Disapprove")


def test_a_transcript_has_no_ink_to_look_at() -> None:
    page = Page.of_text(1, "Approve ____ Disapprove ____")
    assert find_approvals(View(cast(Sheet, None), None, Settings()), page) == ()


def test_initials_and_a_cross_of_the_sample() -> None:
    with Image.open(SAMPLE) as image:
        resolution = float(image.info["dpi"][0])
        picture = np.array(image.convert("L"))
    sheet = Picture(picture)
    sheet.dpi, sheet.size = resolution, (picture.shape[1] * 72 / resolution, picture.shape[0] * 72 / resolution)  # type: ignore[misc]
    words = [
        [ReadWord("Approve", Box(115, 517, 167, 536), 0.9), ReadWord("RN", Box(190, 505, 225, 534), 0.6)],
        [ReadWord("Disapprove", Box(331, 522, 405, 537), 0.9)],
        [ReadWord("announcement", Box(180, 580, 280, 594), 0.9), ReadWord("received.", Box(230, 592, 330, 606), 0.9)],
        [ReadWord("Approve", Box(115, 612, 165, 627), 0.9), ReadWord("Disapprove", Box(326, 606, 407, 631), 0.9)],
    ]
    page = Page.of_lines(1, sheet.size, words)
    found = find_approvals(View(cast(Sheet, sheet), PageInk(cast(Sheet, sheet), page, Settings()), Settings()), page)
    assert [(a.decision, a.written) for a in found] == [("approved", "RN"), ("disapproved", "")]
