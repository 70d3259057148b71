"""Rubber stamps that no reader sees, drawn worn, tilted and boxed; and ink that is no stamp."""

import cv2
import numpy as np
import pytest

from pipeline.core.ink import View
from pipeline.core.page import Page
from pipeline.ocr.ink import PageInk
from pipeline.parse.markings import find_markings
from pipeline.settings import Settings

DPI = 200.0


class Drawn:
    """A sheet of letter size with what is drawn on it."""

    number, size, dpi, transcript, born_digital = 1, (612.0, 792.0), DPI, None, False

    def __init__(self, word, at=(600, 150), tilt=0.0, worn=0.3, boxed=False):
        high, wide = round(792 * DPI / 72), round(612 * DPI / 72)
        stamp = np.full((high, wide), 255, np.uint8)
        cv2.putText(stamp, word, at, cv2.FONT_HERSHEY_DUPLEX, 2.0, 0, 6, cv2.LINE_AA)
        stamp = cv2.warpAffine(stamp, cv2.getRotationMatrix2D(at, tilt, 1.0), (wide, high), borderValue=255)
        stamp[np.random.default_rng(7).random(stamp.shape) < worn] = 255
        if boxed:
            cv2.rectangle(stamp, (at[0] - 60, at[1] - 70), (at[0] + 500, at[1] + 40), 0, 3)
        self.picture = stamp

    def render(self, dpi):
        return self.picture


def seen(sheet):
    page = Page.of_lines(1, sheet.size, [])
    return [m for m in find_markings(View(sheet, PageInk(sheet, page, Settings()), None), page) if m.confidence >= 0.5]


@pytest.mark.parametrize("word", ["SECRET", "TOP SECRET", "CONFIDENTIAL"])
@pytest.mark.parametrize("tilt", [0.0, 9.0, -7.0])
def test_a_worn_stamp_is_seen_at_its_place(word, tilt):
    found = seen(Drawn(word, tilt=tilt))
    assert [(m.canonical, m.method) for m in found] == [(word, "image:banner@1")]
    assert found[0].box.holds(600 * 72 / DPI + 60, 150 * 72 / DPI - 8 - (60 * np.tan(np.radians(tilt))))


def test_a_stamp_filled_into_the_box_of_a_form():
    assert [m.canonical for m in seen(Drawn("SECRET", boxed=True, worn=0.4))] == ["SECRET"]


@pytest.mark.parametrize("word", ["SECRETARIAT", "RECEIVED", "SCHEDULE", "DOCUMENT", "SECTION", "MAY 16 1961"])
def test_other_stamps_are_no_markings(word):
    assert seen(Drawn(word, worn=0.0)) == []
