"""The page as the search for redactions sees it: ink at one resolution, and the grid of the typed lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Any

from pipeline.core.geometry import Box
from pipeline.core.ink import Ink
from pipeline.core.page import Page

WORKING_DPI = 200.0
"""Fine enough for hairlines of 1/300 inch (averaged, they keep a third of their black), coarse enough to be quick."""
TYPE_HEIGHT = 9.0
"""Points from the foot to the top of a capital with its neighbours, where the reading knows no words."""


@dataclass(frozen=True)
class Place:
    """A place found: `box` in points, `style`, the rule that found it and how sure that rule is."""

    box: Box
    style: str
    rule: str
    confidence: float
    parts: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Paper:
    """`ink` holds what is written, `faint` also hairlines: uint8 arrays (height, width), 1 where there is ink.

    `scale` is pixels per point.
    """

    ink: Any
    faint: Any
    scale: float
    reading: Page

    @classmethod
    def of(cls, ink: Ink, reading: Page) -> Paper:
        import cv2

        gray = ink.gray()
        zoom = min(1.0, WORKING_DPI / ink.dpi)
        if zoom < 1.0:
            gray = cv2.resize(gray, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
        dark = cv2.threshold(gray, 128, 1, cv2.THRESH_BINARY_INV)[1]
        faint = cv2.threshold(gray, 190, 1, cv2.THRESH_BINARY_INV)[1]
        return cls(dark, faint, ink.dpi * zoom / 72, reading)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        height, width = self.ink.shape
        return height, width

    @cached_property
    def type_height(self) -> float:
        """The usual height of a word in points."""
        return median([w.box.height for w in self.reading.words if w.box and len(w.text) > 2] or [TYPE_HEIGHT])

    @cached_property
    def pitch(self) -> float:
        """The usual distance between the typed lines in points, measured foot to foot."""
        feet = sorted(line.box.bottom for line in self.reading.lines if line.box and len(line.text) > 15)
        steps = [b - a for a, b in pairwise(feet) if 0.8 < (b - a) / self.type_height < 3.5]
        return median(steps) if steps else 1.4 * self.type_height

    def pixels(self, points: float) -> int:
        return max(1, round(points * self.scale))

    def box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Pixels to points."""
        return Box(left, top, right, bottom).scaled(1 / self.scale).rounded()

    def cut(self, array: Any, box: Box) -> Any:
        """The part of `ink` or `faint` at a box in points."""
        height, width = self.size
        b = box.scaled(self.scale).within(width, height)
        return array[round(b.top) : round(b.bottom), round(b.left) : round(b.right)]
