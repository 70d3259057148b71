"""Levels beside tick boxes on one line of a form: only the ticked one is a marking."""

import cv2
import numpy as np

from pipeline.core.geometry import Box
from pipeline.core.ink import View
from pipeline.core.page import Page, ReadWord
from pipeline.ocr.ink import PageInk
from pipeline.parse.markings import find_markings
from pipeline.settings import Settings

PLACES = {"UNCLASSIFIED": 60.0, "CONFIDENTIAL": 230.0, "SECRET": 400.0}


class Form:
    """A form of letter size at 144 dots per inch, a box left of each level."""

    number, size, dpi, transcript, born_digital = 1, (612.0, 792.0), 144.0, None, False

    def __init__(self, ticked=None):
        self.picture = np.full((1584, 1224), 255, np.uint8)
        for word, left in PLACES.items():
            corner = round(2 * (left - 20)), 60
            cv2.rectangle(self.picture, corner, (corner[0] + 20, corner[1] + 20), 0, 2)
            cv2.putText(self.picture, word, (round(2 * left), 80), cv2.FONT_HERSHEY_DUPLEX, 0.8, 0, 2)
            if word == ticked:
                cv2.line(self.picture, corner, (corner[0] + 20, corner[1] + 20), 0, 3)
                cv2.line(self.picture, (corner[0], corner[1] + 20), (corner[0] + 20, corner[1]), 0, 3)

    def render(self, dpi):
        return self.picture


def levels(ticked):
    sheet = Form(ticked)
    words = [ReadWord(w, Box(left, 30, left + 6.5 * len(w), 41), 0.95) for w, left in PLACES.items()]
    page = Page.of_lines(1, sheet.size, [words])
    found = find_markings(View(sheet, PageInk(sheet, page, Settings()), None), page)
    return [m.canonical for m in found if m.confidence >= 0.5]


def test_the_ticked_level_counts():
    assert levels("SECRET") == ["SECRET"]
    assert levels("CONFIDENTIAL") == ["CONFIDENTIAL"]


def test_without_a_tick_none_counts():
    assert levels(None) == []
