"""Outlines that are no rectangles: stepped or slanting polygons that reviewers' programs draw around broken lines.

They are hairlines that close around empty paper, with few corners. What was typed, printed or drawn by hand is thicker,
has more corners, or does not close.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.core.geometry import Box
from pipeline.parse.redacted.frames import sized
from pipeline.parse.redacted.paper import Paper, Place

HAIRLINE = 0.55
"""Points of black and gray that a line of a program is thick; the thinnest printed and scanned one measured 0.65."""
MOST_CORNERS = 10
SLANT, LEAST_SQUARE = 0.14, 0.8
"""Sine of the angle by which a side may lean (8 degrees), and how much of the sides leans no more: maps have areas too."""
STRAIGHT = 1.0
"""Points by which a side may leave the straight line."""
SHARE = (0.35, 0.96)
"""Of the smallest upright box around it; what fills all of it is a rectangle, or the cell of a table."""
LINE = (1.4, 2.5)
"""Points outside the area where its own line has ended, and up to which its surroundings are looked at."""
MOST_AROUND, MOST_WITHIN = 0.25, 0.03
"""Shares of ink there and within."""
SURE = 0.95
"""By eye: 6 of 6 right on 577 pages; a laxer limit finds a seventh and borders of maps."""


def find_polygons(paper: Paper, taken: Sequence[Place]) -> list[Place]:
    """The outlined areas of a page that no place `taken` holds."""
    found: list[Place] = []
    for box in _areas(paper):
        if all(box.overlap(p.box) <= 0.3 * min(box.area, p.box.area) for p in (*taken, *found)):
            found.append(Place(box, "outline", "rule:outline-polygon@1", SURE))
    return found


def _areas(paper: Paper) -> Iterator[Box]:
    """Boxes around the empty areas that hairlines with few corners close off."""
    import cv2
    import numpy as np

    lines = cv2.morphologyEx(paper.faint, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    outlines, tree = cv2.findContours(lines, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for outline, (_, _, _, parent) in zip(outlines, tree[0] if outlines else (), strict=True):
        if parent < 0 or len(outline) < 4:
            continue
        left, top, wide, high = cv2.boundingRect(outline)
        if not sized(paper, wide, high):
            continue
        corners = cv2.approxPolyDP(outline, paper.pixels(STRAIGHT), True)
        share = cv2.contourArea(outline) / (wide * high)
        simple = len(corners) <= MOST_CORNERS and _square(corners) > LEAST_SQUARE
        if SHARE[0] < share < SHARE[1] and simple and _empty(paper, outline):
            yield paper.box(left, top, left + wide, top + high)


def _square(corners: Any) -> float:
    """The share of a polygon's sides that are about level or plumb, by length."""
    import numpy as np

    sides = np.abs(np.roll(corners[:, 0], -1, axis=0) - corners[:, 0])
    long = np.hypot(sides[:, 0], sides[:, 1])
    return float(long[sides.min(axis=1) < SLANT * long].sum() / max(1.0, long.sum()))


def _empty(paper: Paper, outline: Any) -> bool:
    """Nothing within, and without no more than what stands beside the line: a letter's own strokes are thick."""
    import cv2
    import numpy as np

    near, far = (2 * paper.pixels(points) + 1 for points in LINE)
    left, top, wide, high = cv2.boundingRect(outline)
    x, y = max(0, left - far), max(0, top - far)
    ink = paper.ink[y : top + high + far, x : left + wide + far]
    area = np.zeros_like(ink)
    cv2.drawContours(area, [outline - [x, y]], -1, 1, -1)
    wider, widest = (np.ones((side, side), np.uint8) for side in (near, far))
    around = (cv2.dilate(area, widest) > 0) & (cv2.dilate(area, wider) == 0)
    within = cv2.erode(area, wider) > 0
    if not around.any() or not within.any():
        return False
    line = paper.faint[y : top + high + far, x : left + wide + far][(cv2.dilate(area, wider) > 0) & (area == 0)]
    thick = float(line.sum()) / cv2.arcLength(outline, True) / paper.true_scale
    return bool(thick < HAIRLINE and ink[around].mean() < MOST_AROUND and ink[within].mean() < MOST_WITHIN)
