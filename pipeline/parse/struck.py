"""Words crossed out: strokes longer than any letter that run through them, of pen, marker, ruler or typewriter.

No letter has a straight stroke as long as one and a half times its height. What is left of a word's ink when only such
strokes are kept, at any angle up to a slash, crosses the word out, unless it runs above or below the letters (underline,
rule of a form) or reaches far beyond the word on both sides as rules do.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pipeline.core.geometry import Box
from pipeline.core.ink import Ink

ANGLES = range(-40, 41, 5)  # degrees
LENGTH = 1.45  # of a stroke, in heights of a capital
ACROSS = 0.2  # share of the word's width that the strokes cover at the least
BAND = (0.22, 0.8)  # of the height of the letters: a stroke below or above is an underline or a rule
NOISE = 0.08  # share of dark pixels in the quieter rows beside the word above which speckle makes strokes of itself
HIGH = 40  # pixels, the height to which letters are brought


def struck(ink: Ink, box: Box) -> bool:
    """Whether the word at `box` (points, its letters from top to bottom) is crossed out."""
    import cv2
    import numpy as np

    if box.height <= 2 or box.width <= box.height:
        return False
    dpi = min(600.0, HIGH * 72 / box.height)
    crop = ink.crop(box.grown(0.6 * box.height, 0.3 * box.height), 0.0, dpi)
    _, dark = cv2.threshold(crop, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    left, top = round(0.6 * HIGH), round(0.3 * HIGH)
    sides = dark[top:-top, : left // 2], dark[top:-top, -left // 2 :]
    # A stroke that goes on beside the word darkens few of its rows, speckle all of them.
    if min(np.quantile(side.mean(axis=1), 0.35) for side in sides) > NOISE * 255:
        return False
    word = slice(left, crop.shape[1] - left)
    first, last = (round(top + HIGH * b) for b in BAND)
    covered = np.zeros(crop.shape[1], bool)
    for kernel in _lines():
        strokes = cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel)
        band = strokes[first:last]
        covered |= band.any(axis=0)
    return float(covered[word].mean()) >= ACROSS if covered[word].size else False


@cache
def _lines() -> tuple[Any, ...]:
    """Straight lines of the least length at every angle, as kernels."""
    import cv2
    import numpy as np

    half = LENGTH * HIGH / 2
    out = []
    for angle in ANGLES:
        dx, dy = half * np.cos(np.radians(angle)), half * np.sin(np.radians(angle))
        size = (2 * int(abs(dy)) + 1, 2 * int(abs(dx)) + 1)
        kernel = np.zeros(size, np.uint8)
        x, y = size[1] // 2, size[0] // 2
        cv2.line(kernel, (round(x - dx), round(y - dy)), (round(x + dx), round(y + dy)), 1, 1)
        out.append(kernel)
    return tuple(out)
