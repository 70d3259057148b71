"""Black: filled boxes and ink-outs. Solid, at least as high as type, with straight sides, on the paper's face."""

from __future__ import annotations

from typing import Any

from pipeline.parse.redacted.paper import Paper, Place

EDGE = 20.0
"""Points: what lies this near to the edge of the page is film, binding or the dark glass of the scanner."""
LEAST_WIDTH = 9.0
LEAST_HEIGHT = 0.85
"""Heights of type; blotted letters are lower."""
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
    boxes = [
        (left, top, wide, high)
        for outline in outlines
        for left, top, wide, high in [cv2.boundingRect(outline)]
        if _sized(paper, left, top, wide, high) and _straight(outline) and _clean(paper, left, top, wide, high)
    ]
    return [Place(paper.box(x, y, x + wide, y + high), "black", "rule:black@1", 0.85) for x, y, wide, high in boxes]


def _sized(paper: Paper, left: int, top: int, wide: int, high: int) -> bool:
    """On the paper's face, broad enough for a letter or two and no upright bar."""
    height, width = paper.size
    margin = paper.pixels(EDGE)
    if left < margin or top < margin or left + wide > width - margin or top + high > height - margin:
        return False
    return wide >= paper.pixels(LEAST_WIDTH) and high <= 4 * wide and wide * high < 0.5 * width * height


def _straight(outline: Any) -> bool:
    """True for rectangles, as level as a scan is; false for punch holes, blots and the slanted bars of a border."""
    import cv2

    _, (a, b), turn = cv2.minAreaRect(outline)
    tilt = min(turn % 90, 90 - turn % 90)
    filled = cv2.contourArea(outline) / max(1.0, a * b)
    return tilt < MOST_TILT and filled > (STRAIGHT if max(a, b) > 2 * min(a, b) else STRAIGHT_IF_SQUARE)


def _clean(paper: Paper, left: int, top: int, wide: int, high: int) -> bool:
    """Solid inside; and outside no ink that goes on, as it does around a blot, in a photograph or on a dark copy."""
    inset, far = max(1, high // 6), paper.pixels(3)
    core = paper.ink[top + inset : top + high - inset, left + inset : left + wide - inset]
    inner = paper.ink[top : top + high, left : left + wide]
    outer = paper.ink[max(0, top - far) : top + high + far, max(0, left - far) : left + wide + far]
    spilt = float(outer.sum()) - float(inner.sum())
    return core.size > 0 and float(core.mean()) > SOLID and spilt < 0.3 * (outer.size - inner.size)
