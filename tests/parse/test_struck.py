"""Crossed-out words, drawn as pens, rulers and markers cross them out; and what only looks like it."""

import math

import cv2
import numpy as np
import pytest

from pipeline.core.geometry import Box
from pipeline.parse.struck import struck

DPI = 300.0
SCALE = DPI / 72


class Paper:
    """A white sheet with one word on it, as `core.ink.Ink` shows it."""

    dpi = DPI

    def __init__(self, word="SECRET", spaced=False):
        self.picture = np.full((500, 1400), 255, np.uint8)
        text = " ".join(word) if spaced else word
        (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 1.5, 3)
        cv2.putText(self.picture, text, (200, 240), cv2.FONT_HERSHEY_DUPLEX, 1.5, 0, 3, cv2.LINE_AA)
        self.left, self.top, self.right, self.bottom = 200, 240 - high, 200 + wide, 240
        self.box = Box(self.left / SCALE, self.top / SCALE, self.right / SCALE, self.bottom / SCALE)

    def line(self, y1, y2, thick=4, left=None, right=None):
        """A stroke from the left to the right of the word, heights as shares of the letters' height from the top."""
        high = self.bottom - self.top
        a = (left or self.left - 20, round(self.top + y1 * high))
        b = (right or self.right + 20, round(self.top + y2 * high))
        cv2.line(self.picture, a, b, 0, thick, cv2.LINE_AA)
        return self

    def gray(self):
        return self.picture

    def crop(self, box, angle=0.0, dpi=None):
        assert angle == 0.0
        zoom = (dpi or DPI) / DPI
        left, top, right, bottom = (math.floor(v * SCALE) for v in (box.left, box.top, box.right, box.bottom))
        part = self.picture[max(0, top) : bottom, max(0, left) : right]
        return cv2.resize(part, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR)


@pytest.mark.parametrize("word", ["SECRET", "TOP SECRET", "CONFIDENTIAL"])
class TestStruck:
    def test_by_a_ruled_line(self, word):
        paper = Paper(word).line(0.5, 0.5)
        assert struck(paper, paper.box)

    def test_by_a_slanting_pen(self, word):
        paper = Paper(word).line(0.75, 0.3, thick=6)
        assert struck(paper, paper.box)

    def test_by_a_thick_marker(self, word):
        paper = Paper(word).line(0.6, 0.4, thick=20)
        assert struck(paper, paper.box)

    def test_letter_spaced_with_a_line_through(self, word):
        paper = Paper(word, spaced=True).line(0.5, 0.55)
        assert struck(paper, paper.box)

    def test_by_an_x_over_part_of_it(self, word):
        paper = Paper(word)
        left = paper.left + 60
        paper.line(-0.6, 1.6, left=left, right=left + 40).line(1.6, -0.6, left=left, right=left + 40)
        assert struck(paper, paper.box)

    def test_by_blacking_it_out(self, word):
        paper = Paper(word)
        paper.picture[paper.top - 5 : paper.bottom + 5, paper.left - 5 : paper.right + 5] = 0
        assert struck(paper, paper.box)


@pytest.mark.parametrize("word", ["SECRET", "TOP SECRET", "CONFIDENTIAL"])
class TestNotStruck:
    def test_plain(self, word):
        assert not struck(Paper(word), Paper(word).box)

    def test_letter_spaced(self, word):
        paper = Paper(word, spaced=True)
        assert not struck(paper, paper.box)

    def test_underlined(self, word):
        paper = Paper(word).line(1.2, 1.2)
        assert not struck(paper, paper.box)

    def test_on_the_rule_of_a_form(self, word):
        paper = Paper(word)
        assert not struck(paper.line(0.5, 0.5, left=0, right=1399), paper.box)

    def test_underlined_within_its_box(self, word):
        paper = Paper(word).line(1.25, 1.25, thick=5)
        high = paper.box.height
        assert not struck(paper, Box(paper.box.left, paper.box.top, paper.box.right, paper.box.bottom + 0.35 * high))

    def test_in_speckle_that_would_make_strokes_of_itself(self, word):
        paper = Paper(word)
        chance = np.random.default_rng(3)
        paper.picture[chance.random(paper.picture.shape) < 0.4] = 0
        assert not struck(paper, paper.box)


def test_two_letters_that_run_together_in_bold_print_are_no_stroke():
    paper = Paper()
    paper.picture[:] = 255
    high = paper.bottom - paper.top
    paper.right = paper.left + 12 * high
    for stem in range(paper.left, paper.right, 20):
        paper.picture[paper.top : paper.bottom, stem : stem + 9] = 0
    box = Box(paper.left / SCALE, paper.top / SCALE, paper.right / SCALE, paper.bottom / SCALE)
    start = paper.left + 3 * high
    paper.line(0.5, 0.5, thick=3, left=start, right=start + round(1.6 * high))
    assert not struck(paper, box)
