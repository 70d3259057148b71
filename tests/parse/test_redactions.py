"""Redactions on drawn pages: what is found, in which style, under which code, and what is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.core.findings import Redaction
from pipeline.core.geometry import Box
from pipeline.core.ink import Ink, Sheet, View
from pipeline.core.page import Page, ReadWord
from pipeline.parse.redacted.codes import decode
from pipeline.parse.redactions import find_redactions
from pipeline.settings import Settings

DPI = 200
FONT = Path(__file__).parents[2] / "corpus" / "fonts" / "CourierPrime.otf"
SENTENCES = (
    "The Secretary said that the talks in the capital had gone well",
    "and that he would report to the President before the week was",
    "out. He asked the desk to prepare a paper on the harbor works,",
    "on the price of grain, and on the views of the other members.",
    "The Ambassador thought that the matter could wait until spring",
    "when the new cabinet would be in office and the roads be open.",
)


@dataclass
class Desk:
    """A letter page at 200 dpi on which a test types and draws; points throughout."""

    size: tuple[float, float] = (612.0, 792.0)
    lines: list[list[ReadWord]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.image = Image.new("L", (round(self.size[0] * DPI / 72), round(self.size[1] * DPI / 72)), 255)
        self.draw = ImageDraw.Draw(self.image)
        self.font = ImageFont.truetype(str(FONT), round(11.5 * DPI / 72))

    def type(self, text: str, left: float, top: float) -> list[Box]:
        """One line; the boxes of its words."""
        step = self.font.getlength("M") * 72 / DPI
        self.draw.text((left * DPI / 72, top * DPI / 72), text, fill=0, font=self.font)
        boxes, at = [], 0
        for word in text.split(" "):
            boxes.append(Box(left + at * step, top + 1, left + (at + len(word)) * step, top + 12))
            at += len(word) + 1
        self.lines.append([ReadWord(w, b, 0.95) for w, b in zip(text.split(" "), boxes, strict=True) if w])
        return boxes

    def letter(self, top: float = 200.0) -> list[list[Box]]:
        return [self.type(text, 80, top + 14 * n) for n, text in enumerate(SENTENCES)]

    def rectangle(self, box: Box, fill: int | None = None, width: int = 1) -> None:
        b = box.scaled(DPI / 72)
        self.draw.rectangle((b.left, b.top, b.right, b.bottom), fill=fill, outline=0, width=width)

    def bracket(self, x: float, middle: float, opens: bool, height: float = 17.0, foot: float = 6.0) -> None:
        s, side = DPI / 72, 1 if opens else -1
        top, bottom = middle - height / 2, middle + height / 2
        ways = [(x + side * foot, top), (x, top), (x, bottom), (x + side * foot, bottom)]
        self.draw.line([(a * s, b * s) for a, b in ways], fill=0, width=4, joint="curve")

    def find(self, layer: Sequence[Sequence[ReadWord]] = (), turn: float = 0.0) -> tuple[Redaction, ...]:
        gray = np.asarray(self.image)
        if turn:
            middle = (gray.shape[1] / 2, gray.shape[0] / 2)
            gray = cv2.warpAffine(gray, cv2.getRotationMatrix2D(middle, turn, 1), gray.shape[::-1], borderValue=255)
        page = Page.of_lines(1, self.size, self.lines)
        return find_redactions(view(gray, sheet=Plain(tuple(layer))), reading=page)


def view(gray: Any | None, dpi: float = DPI, sheet: Plain | None = None) -> View:
    """What the search asks of a page: its pixels, and the text layer of the sheet."""
    ink = None if gray is None else cast(Ink, Pixels(gray, dpi))
    return View(cast(Sheet, sheet or Plain()), ink, Settings())


@dataclass(frozen=True)
class Pixels:
    pixels: Any
    dpi: float

    def gray(self) -> Any:
        return self.pixels


@dataclass(frozen=True)
class Plain:
    words: tuple[Sequence[ReadWord], ...] = ()

    def layer(self) -> Sequence[Sequence[ReadWord]]:
        return self.words

    @property
    def born_digital(self) -> bool:
        return bool(self.words)


def covers(found: Redaction, box: Box) -> bool:
    return found.box is not None and found.box.iou(box) > 0.75


def test_a_clean_letter_has_none() -> None:
    desk = Desk()
    desk.letter()
    assert desk.find() == ()


@pytest.mark.parametrize("turn", [0.0, 1.0, -1.3])
def test_a_filled_box_is_black_whatever_the_skew(turn: float) -> None:
    desk = Desk()
    words = desk.letter()
    box = Box.around(words[2][3:8]).grown(1)
    desk.rectangle(box, fill=0)
    (found,) = desk.find(turn=turn)
    assert (found.style, found.lines, found.text) == ("black", 1, "")
    assert found.box is not None and found.box.iou(box) > 0.5
    assert found.area == pytest.approx(box.area / (612 * 792), rel=0.5)


def test_punch_holes_film_borders_and_headings_are_not_black() -> None:
    desk = Desk()
    desk.letter()
    s = DPI / 72
    for x in (200, 400):
        desk.draw.ellipse(((x - 9) * s, 31 * s, (x + 9) * s, 49 * s), fill=0)
    desk.rectangle(Box(0, 0, 16, 792), fill=0)
    desk.rectangle(Box(0, 776, 612, 792), fill=0)
    assert desk.find() == ()


def test_an_empty_outline_has_its_margin_code_decoded() -> None:
    desk = Desk()
    words = desk.letter()
    box = Box.around(words[3][2:6]).grown(1, 2)
    desk.rectangle(box, fill=255)
    desk.lines[3] = [w for w in desk.lines[3] if not box.covers(w.box) > 0.5]
    desk.type("3.5(c)", 555, words[3][0].top - 1)
    (found,) = desk.find()
    assert found.style == "outline" and covers(found, box)
    assert found.code == "3.5(c)"
    meaning = decode("3.5(c)")
    assert meaning is not None and "13526" in meaning.family


def test_a_code_printed_over_a_side_does_not_hide_the_outline() -> None:
    desk = Desk()
    desk.letter()
    box = Box(100, 400, 520, 440)
    desk.rectangle(box)
    desk.rectangle(Box(500, 398, 550, 412), fill=255)
    desk.draw.rectangle((500 * DPI / 72, 398 * DPI / 72, 550 * DPI / 72, 412 * DPI / 72), fill=255)
    desk.type("3.3(h)(2)", 500, 399)
    (found,) = desk.find()
    assert found.style == "outline" and covers(found, box)
    assert found.lines == 3 and found.code == "3.3(h)(2)"


def test_cells_tick_boxes_and_framed_words_are_no_outlines() -> None:
    desk = Desk()
    desk.letter()
    for row in range(3):
        for column in range(3):
            desk.rectangle(Box(100 + 90 * column, 400 + 20 * row, 190 + 90 * column, 420 + 20 * row))
    desk.rectangle(Box(100, 500, 114, 512))
    desk.rectangle(Box(200, 520, 300, 545))
    desk.type("SECRET", 225, 526)
    assert desk.find() == ()


def stepped(desk: Desk, width: int) -> Box:
    """A polygon around the end of a line and all of the next, slightly askew; the words it leaves stand."""
    words = desk.letter()
    box = Box(80, words[2][0].top - 2, 520, words[3][0].bottom + 2)
    corner = (words[2][2].right + 4, words[3][0].top - 1)
    gone = [w for line in (words[2][3:], words[3]) for w in line]
    for w in gone:
        desk.draw.rectangle([v * DPI / 72 for v in (w.left, w.top - 2, w.right, w.bottom + 2)], fill=255)
    desk.lines = [[w for w in line if w.box not in gone] for line in desk.lines]
    ways = [
        (box.left, corner[1]),
        corner,
        (corner[0] + 1, box.top),
        (box.right, box.top + 1),
        (box.right - 2, box.bottom),
    ]
    ways = [*ways, (box.left, box.bottom - 1)]
    desk.draw.polygon([(x * DPI / 72, y * DPI / 72) for x, y in ways], outline=0, width=width)
    return box


def test_a_polygon_around_a_broken_line_is_an_outline() -> None:
    desk = Desk()
    box = stepped(desk, 1)
    (found,) = desk.find()
    assert found.style == "outline" and covers(found, box)


def test_what_a_pen_drew_around_a_gap_is_no_polygon_of_a_program() -> None:
    desk = Desk()
    words = desk.letter()
    b = Box.around(words[3][2:6]).grown(4, 3).scaled(DPI / 72)
    desk.draw.ellipse((b.left, b.top, b.right, b.bottom), fill=255, outline=0, width=4)
    desk.lines[3] = desk.lines[3][:2]
    assert desk.find() == ()


def test_brackets_on_one_line() -> None:
    desk = Desk()
    words = desk.letter()
    held = Box.around(words[1][4:8])
    desk.bracket(held.left - 3, held.middle[1], opens=True)
    desk.bracket(held.right + 3, held.middle[1], opens=False)
    (found,) = desk.find()
    assert found.style == "bracket" and found.lines == 1
    assert found.box is not None and found.box.covers(held) > 0.95
    assert found.text == ""


def test_brackets_over_several_lines_are_one_passage_with_a_part_a_line() -> None:
    desk = Desk()
    words = desk.letter()
    desk.bracket(words[1][2].left - 3, words[1][2].middle[1], opens=True)
    desk.bracket(words[4][5].right + 3, words[4][5].middle[1], opens=False)
    (found,) = desk.find()
    assert found.style == "bracket" and found.lines == 4
    assert len(found.boxes) == 3
    assert found.area < (found.box.area if found.box else 0.0) / (612 * 792)


def test_portion_marks_and_slashes_are_no_brackets() -> None:
    desk = Desk()
    words = desk.letter()
    mark = words[5][-1]
    desk.bracket(mark.right + 6, mark.middle[1], opens=True, foot=3)
    desk.type("S", mark.right + 8, mark.top - 1)
    desk.bracket(mark.right + 19, mark.middle[1], opens=False, foot=3)
    s = DPI / 72
    for x in (words[1][3].left, words[2][6].left):
        y = words[1][3].middle[1]
        desk.draw.line(((x - 1) * s, (y + 9) * s, (x + 6) * s, (y - 9) * s), fill=0, width=4)
    assert desk.find() == ()


def test_the_only_code_of_the_release_line_holds_for_a_box_without_one() -> None:
    desk = Desk()
    words = desk.letter()
    desk.type("RELEASE IN PART B6", 80, 40)
    desk.rectangle(Box.around(words[2][3:8]).grown(1), fill=0)
    (found,) = desk.find()
    assert found.code == "b6"


def test_text_left_under_a_box_is_told_but_never_stored() -> None:
    desk = Desk()
    words = desk.letter()
    layer = [list(line) for line in desk.lines]
    box = Box.around(words[2][3:8]).grown(1)
    desk.rectangle(box, fill=0)
    (found,) = desk.find(layer=layer)
    assert found.method == "rule:text-under-box@2"
    assert found.style == "black" and found.text == ""
    (bare,) = desk.find()
    assert bare.method == "rule:black@2"


def test_a_page_without_resolution_has_its_boxes_in_its_own_points() -> None:
    """Stored as 300 dpi by default, a page of 1700 pixels is 408 points wide; type and boxes shrink with it."""
    desk = Desk()
    words = desk.letter()
    box = Box.around(words[2][3:8]).grown(1)
    desk.rectangle(box, fill=0)
    small = 0.4
    lines = [[ReadWord(w.text, w.box.scaled(small), w.confidence) for w in line] for line in desk.lines]
    page = Page.of_lines(1, (612 * small, 792 * small), lines)
    (found,) = find_redactions(view(np.asarray(desk.image), DPI / small), reading=page)
    assert covers(found, box.scaled(small))


@pytest.mark.parametrize(
    ("note", "lines"),
    [
        ("[[sanitized]]", 0),
        ("[1 line not declassified]", 1),
        ("[2½ lines not declassified]", 2),
        ("[less than 1 line not declassified]", 1),
        ("[name not declassified]", 0),
        ("[text not declassified]", 0),
        ("[1 paragraph (5 lines) not declassified]", 5),
    ],
)
def test_notes_in_transcripts(note: str, lines: int) -> None:
    text = f"He met {note} in the capital. [Laughter] See footnote [2]."
    page = Page.of_text(1, text)
    (found,) = find_redactions(view(None), reading=page)
    assert (found.start, found.end) == (7, 7 + len(note))
    assert found.text == note and found.lines == lines and found.box is None


def test_codes_are_decoded_by_their_law() -> None:
    for code, word in (
        ("b7C", "privacy"),
        ("b1", "national defense"),
        ("25X1", "human source"),
        ("1.4(d)", "foreign relations"),
    ):
        found = decode(code)
        assert found is not None and word in found.meaning, code
    assert decode("z9") is None
