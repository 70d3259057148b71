"""Words crossed out: strokes longer than any letter that run through them, of pen, marker, ruler or typewriter.

No letter has a straight stroke as long as one and a half times its height. What is left of a word's ink when only such
strokes are kept, at any angle up to a slash, crosses the word out, unless it runs above or below the letters (underline,
rule of a form) or reaches far beyond the word on both sides as rules do. Steeper strokes must run from above the letters to
below them. A word all but black is blacked out.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pipeline.core.geometry import Box
from pipeline.core.ink import Ink

FLAT = tuple(range(-40, 41, 5))  # degrees
STEEP = (*range(-75, -40, 5), *range(45, 76, 5))
LEVEL = (-3, -2, -1, 0, 1, 2, 3)
LENGTH, STEEP_LENGTH = 1.45, 1.75  # of a stroke, in heights of a capital
ACROSS = 0.12  # share of the word's width that flat strokes cover at the least; of words not struck 19 of 20 have none
HEAVY, HEAVIER = 0.42, 1.2  # share of ink from which letters make strokes of themselves; what more of it asks of ACROSS
BOLD, BOLD_ACROSS = 0.6, 0.85  # share of ink from which letters run together, and what strokes must cover then
BLACK = 0.85  # share of ink from which the word is blacked out
BAND = (0.2, 0.82)  # of the height of the letters: a stroke below or above is an underline or a rule
LETTERS = 0.45  # least share of the box's height that letters take
BARE = 0.04  # share of a row's width that is ink, below which it parts letters from an underline
NOISE = 0.08  # share of dark pixels in the quieter rows beside the word above which speckle makes strokes of itself
BESIDE, OVER = 2.0, 0.5  # heights of a letter looked at beside the word, above and below it
HIGH = 40  # pixels, the height to which letters are brought


def struck(ink: Ink, box: Box) -> bool:
    """Whether the word at `box` (points, its letters from top to bottom) is crossed out."""
    import cv2

    if box.height <= 2 or box.width <= box.height:
        return False
    dpi = min(600.0, HIGH * 72 / box.height)
    unit = box.height * dpi / 72  # pixels
    crop = ink.crop(box.grown(BESIDE * box.height, OVER * box.height), 0.0, dpi)
    _, dark = cv2.threshold(crop, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    left, top = round(BESIDE * unit), round(OVER * unit)
    dark = _without_rules(dark)
    first, last = _band(dark[top:-top, left:-left])
    first, last = top + first, top + last
    filled = float(dark[first:last, left:-left].mean()) / 255
    if filled > BLACK:
        return True
    if _speckled(dark[top:-top], left, round(unit / 2)):
        return False
    least = ACROSS + HEAVIER * max(0.0, filled - HEAVY) if filled < BOLD else BOLD_ACROSS
    if _across(dark, first, last, left) >= least:
        return True
    return _through(dark[:, left:-left], first, last)


def _without_rules(dark: Any) -> Any:
    """The ink without straight level lines that reach far beyond the word on both sides."""
    import cv2
    import numpy as np

    rules = np.zeros_like(dark)
    for kernel in _lines(LEVEL, max(3.0, dark.shape[1] / HIGH)):
        rules |= cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel)
    return cv2.bitwise_and(dark, cv2.bitwise_not(cv2.dilate(rules, np.ones((5, 3), np.uint8))))


def _band(word: Any) -> tuple[int, int]:
    """The rows in which a stroke crosses the letters: the middle of the highest run of rows with ink, since a bare row parts
    the letters from a line under or over them."""
    import numpy as np

    rows = np.flatnonzero((word > 0).mean(axis=1) > BARE)
    first, last = 0, len(word)
    if len(rows):
        letters = max(np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1), key=len)
        if len(letters) >= LETTERS * len(word):
            first, last = int(letters[0]), int(letters[-1]) + 1
    return first + round(BAND[0] * (last - first)), first + round(BAND[1] * (last - first))


def _speckled(rows: Any, left: int, wide: int) -> bool:
    """A stroke that goes on beside the word darkens few of its rows, speckle all of them."""
    import numpy as np

    sides = rows[:, left - wide : left], rows[:, -left : -left + wide]
    return min(float(np.quantile((side > 0).mean(axis=1), 0.35)) for side in sides) > NOISE


def _across(dark: Any, first: int, last: int, left: int) -> float:
    """Share of the word's width in which a flat stroke runs through the letters."""
    import cv2
    import numpy as np

    covered = np.zeros(dark.shape[1], bool)
    for kernel in _lines(FLAT, LENGTH):
        covered |= cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel)[first:last].any(axis=0)
    return float(covered[left:-left].mean())


def _through(word: Any, first: int, last: int) -> bool:
    """Whether a steep stroke, longer than any of a letter, runs through all rows of the letters."""
    import cv2

    strokes = (cv2.morphologyEx(word, cv2.MORPH_OPEN, kernel)[first:last] for kernel in _lines(STEEP, STEEP_LENGTH))
    return any((s > 0).any(axis=1).mean() >= 0.95 for s in strokes)


@cache
def _lines(angles: tuple[int, ...], length: float) -> tuple[Any, ...]:
    """Straight lines of a length (in heights of a capital) at every angle, as kernels."""
    import cv2
    import numpy as np

    half = length * HIGH / 2
    out = []
    for angle in angles:
        dx, dy = half * np.cos(np.radians(angle)), half * np.sin(np.radians(angle))
        size = (2 * int(abs(dy)) + 1, 2 * int(abs(dx)) + 1)
        kernel = np.zeros(size, np.uint8)
        x, y = size[1] // 2, size[0] // 2
        cv2.line(kernel, (round(x - dx), round(y - dy)), (round(x + dx), round(y + dy)), 1, 1)
        out.append(kernel)
    return tuple(out)
