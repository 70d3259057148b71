"""Bracket strokes: tall pen strokes, straight or bowed, with feet or without, that open or close a passage.

A stroke runs from above the tops of the type to below its feet without a break, which few typed characters do. Which of
those strokes are brackets, and which way they point, a small network says that has seen drawn and real ones
(`models/redactions/README.md`): reviewers' hands differ too much for rules. A closing bracket is an opening one in the
mirror, so that the network knows only the one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.core.geometry import Box
from pipeline.core.knowledge import models
from pipeline.parse.redacted.paper import Paper

SPAN = (1.2, 12.0)
"""Least and greatest height of a bracket in heights of type; one bracket may hold several lines."""
MOST = 400
"""Strokes on a page; where there are more, they are noise."""
LEAST_CHANCE = 0.003
SIDE = 32
"""Pixels of the square in which the network sees a stroke."""
AROUND = 2.0
"""Heights of type that the near square reaches from the stroke's middle; the far one reaches as the stroke needs."""
WAYS = 6
CELL = 4
"""Directions in which edges are counted, and pixels of the side of the cells in which they are."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """`opens` says which way it points; `x` is its middle in points; `chance` 0..1 that it is such a bracket."""

    box: Box
    x: float
    opens: bool
    chance: float


def find_strokes(paper: Paper) -> list[Stroke]:
    """The strokes of a page that look like brackets; one that may point either way is given for both."""
    tall = paper.type_height * paper.scale
    places = tall_strokes(paper.ink, tall)
    if not places or len(places) > MOST:
        return []
    squares = around(paper.ink, places, tall)
    opening, closing = _chances(features(squares)), _chances(features(squares[..., ::-1]))
    return [
        Stroke(paper.box(*place), (place[0] + place[2]) / 2 / paper.scale, opens, chance)
        for place, *chances in zip(places, opening, closing, strict=True)
        for opens, chance in zip((True, False), chances, strict=True)
        if chance > LEAST_CHANCE
    ]


def tall_strokes(ink: Any, tall: float) -> list[tuple[int, int, int, int]]:
    """Ink that a pen could have drawn from top to bottom in one go, as (left, top, right, bottom) in pixels."""
    import cv2
    import numpy as np

    span = _climb(ink) + _climb(ink[::-1])[::-1]  # the pixel itself counted twice; 0 where there is no ink
    mask = (span > math.ceil(SPAN[0] * tall)).view(np.uint8)
    outlines = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    return [
        (left, top, left + wide, top + high)
        for left, top, wide, high in map(cv2.boundingRect, outlines)
        if SPAN[0] * tall <= high <= SPAN[1] * tall and wide <= 0.6 * high + 0.4 * tall
    ]


def _climb(ink: Any) -> Any:
    """For each pixel of ink the length of the longest run down to it that goes at most one pixel aside in a row."""
    import numpy as np

    height, width = ink.shape
    out = np.zeros((height, width + 2), np.int16)
    best = np.zeros(width, np.int16)
    for y in range(height):
        above = out[y - 1] if y else out[y]
        np.maximum(above[:-2], above[2:], out=best)
        np.maximum(best, above[1:-1], out=best)
        best += 1
        np.multiply(best, ink[y], out=out[y, 1:-1])
    return out[:, 1:-1]


def around(ink: Any, places: Sequence[tuple[float, float, float, float]], tall: float) -> Any:
    """The surroundings of each place, near and as far as it reaches, float32 (2, places, `SIDE`, `SIDE`), 0..1. Places are
    left, top, right, bottom in pixels, `tall` is the height of type."""
    import numpy as np

    near, far = [], []
    for left, top, right, bottom in places:
        middle = ((left + right) / 2, (top + bottom) / 2)
        near.append(_square(ink, middle, AROUND * tall))
        far.append(_square(ink, middle, max(0.75 * (bottom - top), tall)))
    return np.array([near, far], np.float32) / 255


def features(squares: Any) -> Any:
    """What the network sees of the surroundings, float32 (places, features): their edges and their ink."""
    import numpy as np

    return np.hstack([*map(_edges, squares), *map(_coarse, squares)])


def _square(ink: Any, middle: tuple[float, float], reach: float) -> Any:
    """The ink around a point in `SIDE` x `SIDE` pixels, 0..255; blank beyond the page."""
    import cv2
    import numpy as np

    height, width = ink.shape
    x0, x1, y0, y1 = (round(v) for v in (middle[0] - reach, middle[0] + reach, middle[1] - reach, middle[1] + reach))
    cut = np.zeros((y1 - y0, x1 - x0), np.uint8)
    a, b, c, d = max(0, x0), min(width, x1), max(0, y0), min(height, y1)
    cut[c - y0 : d - y0, a - x0 : b - x0] = ink[c:d, a:b] * 255
    return cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def _edges(squares: Any) -> Any:
    """How much edge runs in each of `WAYS` directions in each cell, (strokes, ways * cells)."""
    import numpy as np

    n, cells = len(squares), SIDE // CELL
    padded = np.pad(squares, ((0, 0), (1, 1), (1, 1)))
    across = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    down = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    # An edge of strength s at angle t counts s * cos(2 (t - way)); doubled angles need no trigonometry for each pixel.
    strength = np.hypot(across, down) + np.float32(1e-12)
    even, odd = (across**2 - down**2) / strength, 2 * across * down / strength
    out = np.empty((n, WAYS, cells, cells), np.float32)
    for k in range(WAYS):
        way = 2 * np.pi * k / WAYS
        share = np.maximum(0, even * np.float32(np.cos(way)) + odd * np.float32(np.sin(way)))
        out[:, k] = share.reshape(n, cells, CELL, SIDE).sum(2).reshape(n, cells, cells, CELL).sum(3)
    return out.reshape(n, -1) * np.float32(4 / CELL**2)


def _coarse(squares: Any) -> Any:
    n = len(squares)
    return squares.reshape(n, SIDE // 2, 2, SIDE // 2, 2).mean((2, 4)).reshape(n, -1)


def _chances(seen: Any) -> list[float]:
    """The network's answer for each stroke: the chance that it is an opening bracket."""
    import numpy as np

    first, first_bias, second, second_bias = _network()
    hidden = np.maximum(seen @ first + first_bias, 0)
    return [round(float(p), 4) for p in 1 / (1 + np.exp(-(hidden @ second + second_bias)))]


@cache
def _network() -> tuple[Any, Any, Any, Any]:
    import numpy as np

    with np.load(models() / "redactions" / "strokes.npz") as kept:
        return tuple(kept[name].astype(np.float32) for name in ("first", "first_bias", "second", "second_bias"))
