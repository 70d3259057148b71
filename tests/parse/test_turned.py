"""Stamps on their side are read in a second look, with their places on the page as it stands."""

import cv2
import numpy as np
import pytest

from pipeline.core.ink import View
from pipeline.core.page import Page
from pipeline.ocr.plate import Plate
from pipeline.parse.stamps import find_stamps

DPI = 200.0
STAMP = ["CIA HAS NO OBJECTION TO", "DECLASSIFICATION AND/OR", "RELEASE OF THIS DOCUMENT"]


class Paper:
    """A page's pixels with a real reader behind them."""

    dpi = DPI

    def __init__(self, picture):
        self.picture = picture

    def gray(self):
        return self.picture

    def crop(self, box, angle=0.0, dpi=None):
        zoom = (dpi or DPI) / DPI
        left, top, right, bottom = (round(v * DPI / 72) for v in (box.left, box.top, box.right, box.bottom))
        part = np.rot90(self.picture[top:bottom, left:right], int(angle) // 90)
        return cv2.resize(np.ascontiguousarray(part), None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR)

    def read(self, crop, dpi, layout="block"):
        from pipeline.core.page import ReadWord
        from pipeline.ocr import tesseract

        plate = Plate(crop, dpi)
        lines = tesseract.read(crop, dpi, layout, "eng")
        return [[ReadWord(w.text, plate.box_of(w.box), w.confidence, w.reader) for w in line] for line in lines]


@pytest.mark.parametrize(("turns", "angle"), [(1, 270), (3, 90)])
def test_a_stamp_in_the_margin(turns, angle):
    block = np.full((140, 760), 255, np.uint8)
    for n, line in enumerate(STAMP):
        cv2.putText(block, line, (10, 40 + 42 * n), cv2.FONT_HERSHEY_DUPLEX, 1.2, 0, 2, cv2.LINE_AA)
    block = np.rot90(block, turns)
    page = np.full((2200, 1700), 255, np.uint8)
    page[700 : 700 + block.shape[0], 1450 : 1450 + block.shape[1]] = block
    reading = Page.of_lines(1, (612.0, 792.0), [])
    [stamp] = find_stamps(View(None, Paper(page), None), reading)  # type: ignore[arg-type]
    assert (stamp.template, stamp.decision) == ("CIA_NO_OBJECTION", "no_objection")
    assert f"rotated_{angle}" in stamp.flags
    assert stamp.box is not None
    assert abs(stamp.box.left - 1455 * 72 / DPI) < 12 and abs(stamp.box.bottom - stamp.box.top - 590 * 72 / DPI) < 60
    assert stamp.box.height > 3 * stamp.box.width


def test_an_upright_page_gets_no_second_look():
    page = np.full((2200, 1700), 255, np.uint8)
    for n in range(12):
        text = "The Embassy reports that the meeting was put off"
        cv2.putText(page, text, (150, 300 + 60 * n), cv2.FONT_HERSHEY_DUPLEX, 1.2, 0, 2)
    assert find_stamps(View(None, Paper(page), None), Page.of_lines(1, (612.0, 792.0), [])) == ()  # type: ignore[arg-type]
