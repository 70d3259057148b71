"""The page as the search for redactions sees it: ink at one resolution, and the grid of the typed lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Any

from pipeline.core.geometry import Box
from pipeline.core.ink import Ink
from pipeline.core.page import Line, Page, Word

WORKING_DPI = 200.0
"""Fine enough for hairlines of 1/300 inch (averaged, they keep a third of their black), coarse enough to be quick."""
CODE_WORD = re.compile(
    r"\(?[bB]\)?\(?[1-9lI]\)?(?:\(?[A-G]\)?)?(?:-\d+(?:,\d+)*)?|25X\d?(?:,\d)*|[135]\.[3-5]\(?[a-hC]\)?(?:\(\d\))*"
    r"|[ak][1-9]|\([1-9A-G]\)|(?:JFK)?Act(?:[56].*)?|JFK|5?\(g\)\(2\)\(D\)?|6\(\S+"
)
"""A word that is an exemption code or a part of one: 3.5(c), b7C, b7E-1, JFK Act."""
RELEASE_LINE = re.compile(r"Approved\s+for\s+Release|RELEASE\s+UNDER\s+THE|DocId:|JFK Act", re.IGNORECASE)
TYPE_HEIGHT = 8.0
"""Points from the foot to the top of a capital, where the page shows no words."""
INK = (118, 180)
"""Gray levels between which the page's own decides what is ink: carbon copies are pale."""
FAINT = 190
"""Gray level of a hairline that the working resolution has averaged with the paper."""
DARK = 0.15
"""Share of ink on the middle of a page that is a dark copy; type covers less than a tenth."""
LONG_SIDE = (500.0, 1300.0)
"""Points: a page whose longer side is out of this range was stored with a wrong resolution; it counts as 11 inches."""


@dataclass(frozen=True)
class Place:
    """A place found: `box` in points, `style`, the rule that found it and how sure that rule is; `beneath` the words that
    the file still holds there; `codes` are the exemptions that the rule saw beside it."""

    box: Box
    style: str
    rule: str
    confidence: float
    parts: tuple[Box, ...] = ()
    beneath: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """`ink` holds what is written, `faint` also hairlines: uint8 arrays (height, width), 1 where there is ink; `gray` is
    what both were made from.

    `scale` is pixels per point of the page as stored, `true_scale` pixels per point of the paper: scans without a
    resolution, or with a wrong one, are too large or too small in points.
    """

    gray: Any
    ink: Any
    faint: Any
    scale: float
    true_scale: float
    reading: Page

    @classmethod
    def of(cls, ink: Ink, reading: Page) -> Paper:
        import cv2

        gray = ink.gray()
        long_side = max(gray.shape) * 72 / ink.dpi
        stretch = 1.0 if LONG_SIDE[0] <= long_side <= LONG_SIDE[1] else 792 / long_side
        zoom = min(1.0, WORKING_DPI / ink.dpi * stretch)
        if zoom < 1.0:
            gray = cv2.resize(gray, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
        level = min(max(cv2.threshold(gray[::4, ::4].copy(), 0, 1, cv2.THRESH_OTSU)[0], INK[0]), INK[1])
        dark = cv2.threshold(gray, level, 1, cv2.THRESH_BINARY_INV)[1]
        faint = cv2.threshold(gray, FAINT, 1, cv2.THRESH_BINARY_INV)[1]
        scale = ink.dpi * zoom / 72
        return cls(gray, dark, faint, scale, scale / stretch, reading)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        height, width = self.ink.shape
        return height, width

    @cached_property
    def type_height(self) -> float:
        """The usual height of capitals and tall letters in points of the page, measured on the ink: readers' boxes
        have more or less air around the type."""
        words = [w for w in self.reading.words if w.box and len(w.text) > 3 and w.text.isalpha() and w.confidence > 0.5]
        heights = [self._tallest(w.box) for w in words[:: max(1, len(words) // 80)] if w.box]
        usual = TYPE_HEIGHT * self.true_scale / self.scale
        return max(median(heights) / self.scale, 0.5 * usual) if heights else usual

    def _tallest(self, box: Box) -> int:
        """Pixels from top to bottom of the tallest letter in a word's box."""
        import cv2

        outlines = cv2.findContours(self.cut(self.ink, box), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
        return max((cv2.boundingRect(o)[3] for o in outlines), default=0)

    @cached_property
    def pitch(self) -> float:
        """The usual distance between the typed lines in points, from middle to middle."""
        rows = sorted(line.box.middle[1] for line in self.reading.lines if line.box and len(line.text) > 15)
        steps = [b - a for a, b in pairwise(rows) if 1.0 < (b - a) / self.type_height < 4.5]
        return median(steps) if steps else 1.6 * self.type_height

    @cached_property
    def slope(self) -> float:
        """How much the lines of type fall (points down to a point to the right)."""
        falls = []
        for line in self.reading.lines:
            boxes = [w.box for w in line.words if w.box and len(w.text) > 2]
            if len(boxes) > 3 and boxes[-1].left - boxes[0].left > 12 * self.type_height:
                (x0, y0), (x1, y1) = boxes[0].middle, boxes[-1].middle
                falls.append((y1 - y0) / (x1 - x0))
        return median(falls) if falls else 0.0

    def level(self, x: float, y: float) -> float:
        """The height on the page, were its lines level, of what lies at `x, y` (points)."""
        return y - x * self.slope

    def dark(self, fills: Sequence[Place]) -> bool:
        """True when the middle of the page is dark without the filled boxes: a negative or an overexposed copy, on which
        nothing can be told from its outline."""
        rest = self.ink.copy()
        for fill in fills:
            self.cut(rest, fill.box)[:] = 0
        height, width = self.size
        return bool(rest[height // 8 : -height // 8, width // 8 : -width // 8].mean() > DARK)

    def pixels(self, points: float) -> int:
        """Points of the paper to whole pixels."""
        return max(1, round(points * self.true_scale))

    def odd(self, points: float) -> int:
        """Pixels for the side of a kernel: an even one would shift what it opens."""
        return self.pixels(points) | 1

    def box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Pixels to points."""
        return Box(left, top, right, bottom).scaled(1 / self.scale).rounded()

    def cut(self, array: Any, box: Box) -> Any:
        """The part of `ink` or `faint` at a box in points."""
        height, width = self.size
        b = box.scaled(self.scale).within(width, height)
        return array[round(b.top) : round(b.bottom), round(b.left) : round(b.right)]

    def is_code(self, word: Word) -> bool:
        return bool(CODE_WORD.fullmatch(word.text.strip(".,;:|")))

    def overprint(self, word: Word, box: Box) -> bool:
        """True for what reviewers printed over a box: an exemption code, a word of a release line that runs through."""
        if self.is_code(word):
            return True
        line = self._release_lines.get(word.line)
        if line is None:
            return False
        words = [w.box for w in line.words if w.box and sum(map(str.isalnum, w.text)) > 1]
        inside = [b for b in words if box.covers(b) > 0.6]
        outside = [b for b in words if box.covers(b) <= 0.6]
        if len(inside) > len(outside):
            return False  # a box around the release line itself
        return any(max(o.left - i.right, i.left - o.right) < self.type_height for i in inside for o in outside)

    def printed_across(self, box: Box) -> bool:
        """True when a release line runs through the box or along its upper or lower side."""
        return any(line.box.overlap(box.grown(0, 4)) for line in self._release_lines.values() if line.box)

    @cached_property
    def _release_lines(self) -> dict[int, Line]:
        return {line.number: line for line in self.reading.lines if RELEASE_LINE.search(line.text)}
