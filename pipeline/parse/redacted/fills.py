"""Black: filled boxes and ink-outs. Solid, about as high as whole lines of type, with straight sides, on the paper's face."""

from __future__ import annotations

from typing import Any

from pipeline.parse.redacted.paper import Paper, Place

EDGE = 14.0
"""Points: what lies this near to the edge of the page is film, binding or the dark glass of the scanner."""


def find_fills(paper: Paper) -> list[Place]:
    """The filled boxes of a page."""
    import cv2
    import numpy as np

    height, width = paper.size
    low = round(0.85 * paper.type_height * paper.scale) | 1
    solid = cv2.morphologyEx(paper.ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((low, low), np.uint8))
    found = []
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=4)
    for n in range(1, count):
        left, top, wide, high, area = stats[n].tolist()
        margin = paper.pixels(EDGE)
        if left < margin or top < margin or left + wide > width - margin or top + high > height - margin:
            continue  # film borders and the dark edges of the glass
        if wide < paper.pixels(9) or area < 0.88 * wide * high or wide * high > 0.5 * width * height:
            continue
        if high > wide * 4 or (wide < 1.7 * high and high < paper.pixels(14) and _round(labels, n, left, top, wide, high)):
            continue
        if paper.ink[top : top + high, left : left + wide].mean() < 0.94:
            continue
        if _smeared(paper, left, top, wide, high):
            continue
        found.append(Place(paper.box(left, top, left + wide, top + high), "black", "rule:black@1", 0.9))
    return found


def _round(labels: Any, n: int, left: int, top: int, wide: int, high: int) -> bool:
    """True for punch holes and blots: the corners of the box are bare."""
    part = labels[top : top + high, left : left + wide] == n
    k = max(1, min(wide, high) // 7)
    corners = [part[:k, :k], part[:k, -k:], part[-k:, :k], part[-k:, -k:]]
    bare = sum(float(c.mean()) < 0.5 for c in corners)
    return bare >= 3


def _smeared(paper: Paper, left: int, top: int, wide: int, high: int) -> bool:
    """True when the ink goes on around the box: a blot, a photograph, a dark copy."""
    far = paper.pixels(3)
    outer = paper.ink[max(0, top - far) : top + high + far, max(0, left - far) : left + wide + far]
    inner = paper.ink[top : top + high, left : left + wide]
    return float(outer.sum() - inner.sum()) > 0.3 * (outer.size - inner.size)
