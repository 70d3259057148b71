"""Black: filled boxes and ink-outs. Solid, at least as high as type, with straight sides, on the paper's face.

What reviewers black out too is the classification: bars at the head and foot of the page, or under that heading of a
form. Those are struck markings and withhold nothing.
"""

from __future__ import annotations

import re
from typing import Any

from pipeline.core.geometry import Box
from pipeline.parse.redacted.paper import Paper, Place

EDGE = 20.0
"""Points: what lies this near to the edge of the page is film, binding or the dark glass of the scanner."""
SURE = 0.83
"""By count: 10 of 12 right on the development pages."""
LEAST_POINTS = 9.0
LEAST_WIDTH = 2.2
LEAST_HEIGHT = 0.85
"""Heights of type; blotted letters are narrower or lower."""
CRISP = 0.96
"""Share filled of the closest rectangle from which on a narrow box is one that a program drew, and no blot."""
BAND = 0.45
"""Share of ink beside a box, as far as it is high, from which on it is part of a band: film, a headline in reverse."""
BANNERS = 0.16
"""Share of the page at its head and its foot where classifications stand."""
HEADING = re.compile(r"CLASSIFICATION|DISSEM[A-Z]*")
SOLID = 0.94
STRAIGHT = 0.86
STRAIGHT_IF_SQUARE = 0.9
"""Shares of the closest tilted rectangle that are filled: a punch hole fills 0.79 of its own, a worn one more."""
MOST_TILT = 6.0


def find_fills(paper: Paper) -> list[Place]:
    """The filled boxes of a page."""
    import cv2
    import numpy as np

    low = round(LEAST_HEIGHT * paper.type_height * paper.scale) | 1
    solid = cv2.morphologyEx(paper.ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((low, low), np.uint8))
    outlines = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    found = [
        paper.box(left, top, left + wide, top + high)
        for outline in outlines
        for left, top, wide, high in [cv2.boundingRect(outline)]
        if _sized(paper, left, top, wide, high)
        and _straight(outline)
        and _clean(paper, left, top, wide, high)
        and (wide >= LEAST_WIDTH * paper.type_height * paper.scale or _filled(outline) > CRISP)
    ]
    return [Place(box, "black", "rule:black@2", SURE) for box in found if not _struck_marking(paper, box)]


def _sized(paper: Paper, left: int, top: int, wide: int, high: int) -> bool:
    """On the paper's face, broad enough for a letter or two and no upright bar."""
    height, width = paper.size
    margin = paper.pixels(EDGE)
    if left < margin or top < margin or left + wide > width - margin or top + high > height - margin:
        return False
    return wide >= paper.pixels(LEAST_POINTS) and high <= 4 * wide and wide * high < 0.5 * width * height


def _straight(outline: Any) -> bool:
    """True for rectangles, as level as a scan is; false for punch holes, blots and the slanted bars of a border."""
    import cv2

    _, (a, b), turn = cv2.minAreaRect(outline)
    tilt = min(turn % 90, 90 - turn % 90)
    return tilt < MOST_TILT and _filled(outline) > (STRAIGHT if max(a, b) > 2 * min(a, b) else STRAIGHT_IF_SQUARE)


def _filled(outline: Any) -> float:
    """Share of the closest tilted rectangle that is filled."""
    import cv2

    _, (a, b), _ = cv2.minAreaRect(outline)
    return float(cv2.contourArea(outline) / max(1.0, a * b))


def _clean(paper: Paper, left: int, top: int, wide: int, high: int) -> bool:
    """Solid inside; and outside no ink that goes on, as it does around a blot, in a photograph or on a dark copy."""
    inset, far = max(1, high // 6), paper.pixels(3)
    core = paper.ink[top + inset : top + high - inset, left + inset : left + wide - inset]
    inner = paper.ink[top : top + high, left : left + wide]
    outer = paper.ink[max(0, top - far) : top + high + far, max(0, left - far) : left + wide + far]
    spilt = float(outer.sum()) - float(inner.sum())
    if core.size == 0 or float(core.mean()) <= SOLID or spilt >= 0.3 * (outer.size - inner.size):
        return False
    rows = paper.ink[top + inset : top + high - inset]
    sides = (rows[:, max(0, left - high) : max(0, left - far)], rows[:, left + wide + far : left + wide + high])
    return all(side.size == 0 or float(side.mean()) < BAND for side in sides)


def _struck_marking(paper: Paper, box: Box) -> bool:
    """True for a bar that stands alone at the head or foot of the page, as banners do, or in a form's field for them."""
    height = paper.reading.height or 1.0
    words = [w for w in paper.reading.words if w.box and w.confidence > 0.5 and sum(map(str.isalnum, w.text)) > 1]
    field = box.grown(box.width, 2.0 * paper.pitch)
    if any(w.box and HEADING.search(w.text) and field.overlap(w.box) for w in words):
        return True
    if BANNERS * height < box.middle[1] < (1 - BANNERS) * height:
        return False
    row = box.grown(1e4, -0.2 * box.height)
    return not any(w.box and row.overlap(w.box) and not box.overlap(w.box) for w in words)
