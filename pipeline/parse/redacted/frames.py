"""Outlines: empty boxes ruled around the place where text was taken out.

The ruled lines of the page cut the paper into areas. An area that is a rectangle, empty, at least a line of type high
and no cell of a form or table is such a box. Reviewers' programs draw the boxes straight, whatever the skew of the scan.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.core.geometry import Box
from pipeline.parse.redacted.paper import Paper, Place

LEAST_SIDE = (20.0, 8.0)
"""Points: narrower or lower areas are tick boxes, letters of a stamp and the like."""


def find_frames(paper: Paper) -> list[Place]:
    """The outlined boxes of a page."""
    areas = list(_areas(_rules(paper), paper))
    return [Place(box, "outline", "rule:outline@1", 0.85) for box in areas if _empty(paper, box) and not _cell(box, areas)]


def _rules(paper: Paper) -> Any:
    """Ruled lines only: straight runs of ink longer than any stroke of type, gaps of a few pixels closed."""
    import cv2
    import numpy as np

    across = cv2.morphologyEx(paper.faint, cv2.MORPH_OPEN, np.ones((1, paper.pixels(16)), np.uint8))
    down = cv2.morphologyEx(paper.faint, cv2.MORPH_OPEN, np.ones((paper.pixels(9), 1), np.uint8))
    down = cv2.subtract(down, cv2.morphologyEx(down, cv2.MORPH_OPEN, np.ones((1, paper.pixels(4)), np.uint8)))
    both = cv2.bitwise_or(across, down)
    return cv2.morphologyEx(both, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))


def _areas(rules: Any, paper: Paper) -> Iterable[Box]:
    import cv2

    height, width = paper.size
    _, _, stats, _ = cv2.connectedComponentsWithStats(1 - rules, connectivity=4)
    for left, top, wide, high, area in stats[1:].tolist():
        whole = wide * high
        if wide < paper.pixels(LEAST_SIDE[0]) or high < paper.pixels(LEAST_SIDE[1]) or area < 0.9 * whole:
            continue
        if whole > 0.6 * width * height or left == 0 or top == 0 or left + wide == width or top + high == height:
            continue
        yield paper.box(left - 1, top - 1, left + wide + 1, top + high + 1)


def _empty(paper: Paper, box: Box) -> bool:
    """Nothing but specks (or the code of the exemption) inside."""
    inside = paper.cut(paper.ink, box.grown(-2.0))
    if inside.size == 0 or float(inside.mean()) > 0.06:
        return False
    words = [w for w in paper.reading.words_in(box, 0.6) if len(w.text) > 2 and w.confidence > 0.5]
    return not words


def _cell(box: Box, areas: list[Box]) -> bool:
    """True when the box shares whole sides with others of its size: a cell of a form or table."""
    near = 4.0
    beside = [
        o
        for o in areas
        if o is not box
        and (
            (abs(o.top - box.top) < near and abs(o.bottom - box.bottom) < near
             and (abs(o.left - box.right) < near or abs(o.right - box.left) < near))
            or (abs(o.left - box.left) < near and abs(o.right - box.right) < near
                and (abs(o.top - box.bottom) < near or abs(o.bottom - box.top) < near))
        )
    ]  # fmt: skip
    return bool(beside)
