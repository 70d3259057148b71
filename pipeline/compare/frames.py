"""Where a place of one scan lies on another scan of the same paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.geometry import Box

ENOUGH = 6
"""Words that must stand on both scans before one is laid over the other."""
OFF = 9.0
"""Points by which a word may lie beside its place: further off it is another word, or another paper."""


@dataclass(frozen=True, slots=True)
class Frame:
    """An affine map from points of one page to points of another: x' = a x + b y + c, y' = d x + e y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def laid(self, box: Box) -> Box:
        """The smallest upright box around where `box` comes to lie."""
        corners = [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
        xs = [self.a * x + self.b * y + self.c for x, y in corners]
        ys = [self.d * x + self.e * y + self.f for x, y in corners]
        return Box(min(xs), min(ys), max(xs), max(ys))


def frame(pairs: Sequence[tuple[Box, Box]]) -> Frame | None:
    """The map that takes the first box of most pairs to the second; None when too few agree on one.

    Fitted thrice: each time without the pairs that lay far off the time before.
    """
    import numpy as np

    if len(pairs) < ENOUGH:
        return None
    here = np.array([[*p.middle, 1.0] for p, _ in pairs])
    there = np.array([q.middle for _, q in pairs])
    kept = np.ones(len(pairs), dtype=bool)
    solution = np.zeros((3, 2))
    for _ in range(3):
        if kept.sum() < ENOUGH or np.linalg.matrix_rank(here[kept]) < 3:
            return None
        solution, *_rest = np.linalg.lstsq(here[kept], there[kept], rcond=None)
        off = np.hypot(*(here @ solution - there).T)
        kept = off <= max(OFF, 2.5 * float(np.median(off[kept])))
    if float(np.median(np.hypot(*(here @ solution - there).T))) > OFF:
        return None
    (a, d), (b, e), (c, f) = solution.tolist()
    return Frame(a, b, c, d, e, f)
