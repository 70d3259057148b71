"""Bracket strokes: tall pen strokes, straight or bowed, whose two ends point to the same side.

A stroke runs from above the tops of the type to below its feet without a break, which no typed character does. Ends that
point right make it an opening bracket, [ or (, ends that point left a closing one; a slash, a tick, an initial or a
crossing-out has ends that disagree, and a letter of a stamp or heading has neighbours as tall as itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.core.geometry import Box
from pipeline.parse.redacted.paper import Paper

SPAN = (1.45, 12.0)
"""Least and greatest height of a bracket in heights of type; one bracket may hold several lines."""
LEAST_REACH = 0.35
"""How far the two ends together must point to one side, in heights of type."""
LEAST_BOW = 0.06
"""How far a bowed stroke's middle stands back from its ends: then one end may touch type on the wrong side, up to..."""
MOST_ASTRAY = 0.45
"""... this much, in heights of type."""
BOW = 2.0
"""What a bow counts for beside the reach of the ends."""
MARK = (0.7, 2.6)
"""Distance of two tall strokes, in heights of type, that hold a letter between them: a portion mark, (S) or (U)."""
MOST_SLANT = 0.32
"""How far the upper end may stand off the lower one, as a share of the height; a slash stands off further."""
MOST_TOUCHED = (4.0, 1.1)
"""Width, and height beyond the stroke's own, of all the ink that hangs together with it, in heights of type."""
LEAST_OVER_TYPE = 1.3
"""Height over that of the letters beside it."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """`opens` says which way it points; `x` is its middle; `strength` 0..1 how clearly it is a bracket."""

    box: Box
    x: float
    opens: bool
    strength: float


def find_strokes(paper: Paper) -> list[Stroke]:
    """The strokes of a page that are shaped like brackets."""
    tall = paper.type_height * paper.scale
    boxes = list(_tall_strokes(paper, tall))
    found = [(box, stroke) for box in boxes if (stroke := _bracket(paper, box, tall))]
    return [stroke for box, stroke in found if not _portion_mark(box, stroke.opens, boxes, tall)]


def _tall_strokes(paper: Paper, tall: float) -> Iterator[tuple[int, int, int, int]]:
    """Ink that a pen could have drawn from top to bottom in one go, as (left, top, right, bottom) in pixels."""
    import cv2
    import numpy as np

    span = _climb(paper.ink) + _climb(paper.ink[::-1])[::-1] - 1
    mask = ((span >= SPAN[0] * tall) & (paper.ink > 0)).astype(np.uint8)
    outlines = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    for left, top, wide, high in map(cv2.boundingRect, outlines):
        if SPAN[0] * tall <= high <= SPAN[1] * tall and wide <= 0.45 * high + 0.3 * tall:
            yield left, top, left + wide, top + high


def _portion_mark(box: tuple[int, int, int, int], opens: bool, boxes: list[tuple[int, int, int, int]], tall: float) -> bool:
    """True when a stroke has its fellow one letter further on."""
    left, top, right, bottom = box
    for x0, y0, x1, y1 in boxes:
        off = ((x0 + x1) - (left + right)) / 2 * (1 if opens else -1)
        level = min(bottom, y1) - max(top, y0) > 0.6 * min(bottom - top, y1 - y0)
        if level and MARK[0] * tall < off < MARK[1] * tall:
            return True
    return False


def _climb(ink: Any) -> Any:
    """For each pixel of ink the length of the longest run down to it that goes at most one pixel aside in a row."""
    import numpy as np

    height, width = ink.shape
    out = np.zeros((height, width + 2), np.int16)
    held = ink.astype(np.int16)
    for y in range(1, height):
        above = out[y - 1]
        best = np.maximum(np.maximum(above[:-2], above[1:-1]), above[2:])
        np.multiply(best + 1, held[y], out=out[y, 1:-1])
    return out[:, 1:-1]


def _bracket(paper: Paper, box: tuple[int, int, int, int], tall: float) -> Stroke | None:
    """The stroke as a bracket, or None when its ends do not agree or it is part of something larger."""
    left, top, right, bottom = box
    third = (bottom - top) // 3
    upper, middle, lower = (_column(paper.ink[y : y + third, left:right]) for y in (top, top + third, bottom - third))
    if upper is None or middle is None or lower is None or abs(upper - lower) > MOST_SLANT * (bottom - top):
        return None
    x = left + middle
    band, far = max(2, round(0.22 * tall)), round(2 * tall)
    over = _lean(paper.ink[max(0, top - 2) : top + band], round(x), far) / tall
    under = _lean(paper.ink[bottom - band : bottom + 2], round(x), far) / tall
    bow = ((upper + lower) / 2 - middle) / tall
    lean = over + under + BOW * bow
    side = 1 if lean > 0 else -1
    astray = min(over * side, under * side)
    if abs(lean) < LEAST_REACH or (astray < 0 and (bow * side < LEAST_BOW or astray < -MOST_ASTRAY)):
        return None
    if not _stands_out(paper, box, tall):
        return None
    strength = min(1.0, 0.5 * abs(lean) + (0.2 if astray > 0.3 else 0.0))
    return Stroke(paper.box(left, top, right, bottom), x / paper.scale, side > 0, strength)


def _column(ink: Any) -> float | None:
    """The middle of the ink's columns."""
    import numpy as np

    columns = np.nonzero(ink)[1]
    return float(np.median(columns)) if columns.size else None


def _lean(band: Any, x: int, far: int) -> int:
    """How much further the band's ink goes on to the right of `x` than to the left, in pixels."""
    inked = band[:, max(0, x - far) : x + far].any(axis=0)
    at = x - max(0, x - far)
    return _reach(inked[at:]) - _reach(inked[: at + 1][::-1])


def _reach(ink: Any) -> int:
    """Pixels from the stroke's middle to the end of the ink that its end is part of."""
    import numpy as np

    marks = np.flatnonzero(ink)
    if marks.size == 0:
        return 0
    gaps = np.flatnonzero(np.diff(marks) > 2)
    return int(marks[gaps[0]] if gaps.size else marks[-1])


def _stands_out(paper: Paper, box: tuple[int, int, int, int], tall: float) -> bool:
    """True when little more than the stroke hangs together, and the letters beside it are lower than it."""
    import cv2
    import numpy as np

    left, top, right, bottom = box
    far = round(4 * tall)
    y, x = max(0, top - far // 2), max(0, left - far)
    _, labels, stats, middles = cv2.connectedComponentsWithStats(paper.ink[y : bottom + far // 2, x : right + far])
    own = labels[top - y : bottom - y, left - x : right - x]
    label = int(np.bincount(own[own > 0]).argmax())
    high = bottom - top
    if stats[label][2] > MOST_TOUCHED[0] * tall or stats[label][3] - high > MOST_TOUCHED[1] * tall:
        return False
    beside = [
        s[3]
        for n, (s, m) in enumerate(zip(stats, middles, strict=True))
        if n not in (0, label) and s[3] > 0.4 * tall and s[2] < 3 * tall and top - y < m[1] < bottom - y
    ]
    return len(beside) < 2 or high > LEAST_OVER_TYPE * float(np.percentile(beside, 75))
