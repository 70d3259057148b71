"""Punched words are found by their holes, turned and over type, and nowhere else."""

import cv2
import numpy as np
import pytest

from pipeline.parse.perforations import find_perforations, words

DPI = 200.0
PITCH = 12.4  # pixels, as a machine punches at 200 dpi


class Paper:
    """Pixels of a page, as `core.ink.Ink` shows them."""

    dpi = DPI

    def __init__(self, picture):
        self.picture = picture

    def gray(self):
        return self.picture


def page(seed=1):
    """A letter-size page of typewriting."""
    paper = np.full((2200, 1700), 255, np.uint8)
    chance = np.random.default_rng(seed)
    for y in range(150, 2050, 34):
        for x in range(150, 1500, 17):
            if chance.random() < 0.85:
                letter = chr(int(chance.integers(97, 123)))
                cv2.putText(paper, letter, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 1, cv2.LINE_AA)
    return paper


def punch(paper, left, top, turned=0):
    [(_, _, rows)] = words()
    grid = np.rot90(np.array([[c == "o" for c in row] for row in rows]), -turned // 90 % 4)
    for y, x in zip(*np.nonzero(grid), strict=True):
        cv2.circle(paper, (round(left + x * PITCH), round(top + y * PITCH)), 4, 0, -1, cv2.LINE_AA)
    return paper


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_in_the_margin_turned_any_way(turned):
    paper = np.full((2200, 1700), 255, np.uint8)
    [word] = find_perforations(Paper(punch(paper, 600, 900, turned)))
    assert (word.text, word.turned) == ("DECLASSIFIED", turned)
    assert abs(word.box.left - 600 * 72 / DPI) < 8 and abs(word.box.top - 900 * 72 / DPI) < 8


def test_over_type():
    paper = punch(punch(page(), 500, 40), 500, 1000)
    assert len(find_perforations(Paper(paper))) == 2


def test_type_alone_has_none():
    assert find_perforations(Paper(page())) == []


def test_a_table_of_dots_has_none():
    paper = np.full((2200, 1700), 255, np.uint8)
    for y in range(300, 1500, 12):
        for x in range(300, 1400, 12):
            cv2.circle(paper, (x, y), 4, 0, -1, cv2.LINE_AA)
    assert find_perforations(Paper(paper)) == []
