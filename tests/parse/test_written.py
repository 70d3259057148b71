"""Days that a hand put beside a stamp are found by their place and read from the ink."""

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.core.geometry import Box
from pipeline.core.ink import View
from pipeline.core.page import Page, ReadWord
from pipeline.intake.sheets import open_sheet
from pipeline.ocr.ink import PageInk
from pipeline.parse.stamps import find_stamps
from pipeline.settings import Settings

DPI = 200


def page_of(folder, printed, written):
    """The stamps of a page with printed lines, which were read, and written ones, which were not."""
    page = np.full((2200, 1700), 255, np.uint8)
    lines = []
    for text, x, y in printed:
        words, at = [], x
        for word in text.split(" "):
            (wide, _), _ = cv2.getTextSize(f"{word} ", cv2.FONT_HERSHEY_DUPLEX, 1.0, 2)
            cv2.putText(page, word, (at, y), cv2.FONT_HERSHEY_DUPLEX, 1.0, 0, 2, cv2.LINE_AA)
            words.append(ReadWord(word, Box(at, y - 26, at + wide - 12, y + 4).scaled(72 / DPI), 0.95))
            at += wide
        lines.append(words)
    for text, x, y in written:
        cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 0, 3, cv2.LINE_AA)
    Image.fromarray(page).save(folder / "page.png", dpi=(DPI, DPI))
    reading = Page.of_lines(1, (612.0, 792.0), lines, dpi=float(DPI))
    sheet = open_sheet(folder / "page.png", "image/png", 1, Settings())
    return find_stamps(View(sheet, PageInk(sheet, reading, Settings()), Settings()), reading)


CLASSED = [("Classified by", 400, 1000), ("Declassify on: OADR", 400, 1045)]
OBJECTED = [("CIA HAS NO OBJECTION TO", 400, 800), ("DECLASSIFICATION AND/OR", 400, 845), ("RELEASE OF THIS DOCUMENT", 400, 890)]


def test_above_the_print(tmp_path):
    [stamp] = page_of(tmp_path, CLASSED, [("8-26-94", 430, 950)])
    assert (stamp.template, stamp.date, stamp.flags) == ("FBI_CLASS_BY", "1994-08-26", ("date spelled from the ink",))


def test_below_the_print_the_first_is_the_stamps_own(tmp_path):
    [stamp] = page_of(tmp_path, OBJECTED, [("KP 5-26-98", 500, 960), ("5-30-98", 520, 1040)])
    assert (stamp.template, stamp.date) == ("CIA_NO_OBJECTION", "1998-05-26")


def test_the_documents_own_date_is_not_the_stamps(tmp_path):
    found = page_of(tmp_path, [("MAY 1 1963", 420, 930), *CLASSED], [])
    assert [s.date for s in found if s.template == "FBI_CLASS_BY"] == [None]


@pytest.mark.parametrize("writing", ["KP", "approved"])
def test_writing_that_is_no_day(tmp_path, writing):
    [stamp] = page_of(tmp_path, OBJECTED, [(writing, 500, 960)])
    assert (stamp.date, stamp.date_text) == (None, None)
