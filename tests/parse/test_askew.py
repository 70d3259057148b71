"""Stamps upside down, tilted or mirrored: the reading makes no words of them, the second look does."""

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.core.geometry import Box
from pipeline.core.ink import View
from pipeline.core.page import Page, ReadWord
from pipeline.intake.sheets import open_sheet
from pipeline.ocr.ink import PageInk
from pipeline.ocr.reading import read_page
from pipeline.parse.askew import find_askew, told
from pipeline.parse.stamps import find_stamps
from pipeline.parse.templates import templates
from pipeline.settings import Settings

DPI = 200
STAMP = ["CIA HAS NO OBJECTION TO", "DECLASSIFICATION AND/OR", "RELEASE OF THIS DOCUMENT"]
MIDDLE = 900, 1000  # pixels


def paper(folder, angle, mirrored):
    """A page that bears the stamp alone, and a reading of it that made nothing of the stamp."""
    block = np.full((170, 620), 255, np.uint8)
    for n, line in enumerate(STAMP):
        cv2.putText(block, line, (12, 48 + 50 * n), cv2.FONT_HERSHEY_DUPLEX, 1.15, 0, 2, cv2.LINE_AA)
    block = block[:, ::-1] if mirrored else block
    page = np.full((2200, 1700), 255, np.uint8)
    side = 700
    turn = cv2.getRotationMatrix2D((310, 85), angle, 1.0)
    turn[:, 2] += (side / 2 - 310, side / 2 - 85)
    turned = cv2.warpAffine(np.ascontiguousarray(block), turn, (side, side), borderValue=255)
    top, left = MIDDLE[1] - side // 2, MIDDLE[0] - side // 2
    page[top : top + side, left : left + side] = turned
    path = folder / "page.png"
    Image.fromarray(page).save(path, dpi=(DPI, DPI))
    rows, columns = np.flatnonzero((page < 128).any(1)), np.flatnonzero((page < 128).any(0))
    box = Box(*(float(v) * 72 / DPI for v in (columns[0], rows[0], columns[-1], rows[-1])))
    reading = Page.of_lines(1, (612.0, 792.0), [[ReadWord("NOIIVOIISSVTOA", box, 0.05)]], dpi=float(DPI))
    settings = Settings()
    sheet = open_sheet(path, "image/png", 1, settings)
    return View(sheet, PageInk(sheet, reading, settings), settings), reading, box


@pytest.mark.parametrize(
    ("angle", "mirrored", "flags"),
    [
        (180, False, {"rotated_180"}),
        (0, True, {"mirrored"}),
        (180, True, {"rotated_180", "mirrored"}),
        (140, False, {"rotated_220"}),
    ],
)
def test_a_stamp_that_does_not_stand_upright(tmp_path, angle, mirrored, flags):
    view, reading, box = paper(tmp_path, angle, mirrored)
    [stamp] = find_stamps(view, reading)
    assert (stamp.template, stamp.decision) == ("CIA_NO_OBJECTION", "no_objection")
    assert {f for f in stamp.flags if f.startswith(("rotated", "mirrored"))} == flags
    assert stamp.box is not None and stamp.box.iou(box) > 0.6


def test_unread_ink_that_is_no_stamp_stays_unread(tmp_path):
    page = np.full((2200, 1700), 255, np.uint8)
    cv2.putText(page, "Throckmorton and nothing else", (300, 900), cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 2, 0, 3)
    Image.fromarray(page).save(tmp_path / "page.png", dpi=(DPI, DPI))
    box = Box(100.0, 290.0, 500.0, 340.0)
    reading = Page.of_lines(1, (612.0, 792.0), [[ReadWord("Thrxckmrtqn", box, 0.1)]], dpi=float(DPI))
    sheet = open_sheet(tmp_path / "page.png", "image/png", 1, Settings())
    assert find_askew(PageInk(sheet, reading, Settings()), reading, templates(), []) == []


def test_the_flag_tells_quarters_and_tilts():
    assert (told(186.0), told(92.0), told(222.0)) == ("rotated_180", "rotated_90", "rotated_220")
    assert told(12.0) is None and told(351.0) is None


def test_a_stamp_in_white_on_black_is_read_as_others_are(tmp_path):
    page = np.full((2200, 1700), 255, np.uint8)
    for n in range(12):
        text = f"{n + 1}. The survey of other fields should go on, but quietly, until June."
        cv2.putText(page, text, (200, 300 + 60 * n), cv2.FONT_HERSHEY_DUPLEX, 0.95, 0, 2, cv2.LINE_AA)
    page[1500:1690, 700:1340] = 0
    for n, line in enumerate(STAMP):
        cv2.putText(page, line, (712, 1548 + 50 * n), cv2.FONT_HERSHEY_DUPLEX, 1.15, 255, 2, cv2.LINE_AA)
    path = tmp_path / "page.png"
    Image.fromarray(page).save(path, dpi=(DPI, DPI))
    settings = Settings()
    sheet = open_sheet(path, "image/png", 1, settings)
    reading = read_page(View(sheet, None, settings))
    [stamp] = find_stamps(View(sheet, PageInk(sheet, reading, settings), settings), reading)
    assert (stamp.template, stamp.decision) == ("CIA_NO_OBJECTION", "no_objection")
