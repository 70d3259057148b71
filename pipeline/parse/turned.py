"""A second look at what stands sideways: stamps put into the margin or across the page, which the reading passed over.

Ink that the reading does not account for, gathered into tall narrow patches, is cropped, turned both ways and read; stamps
are looked for in what comes out, and their places turned back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.core.geometry import Box
from pipeline.core.ink import Ink
from pipeline.core.page import Page
from pipeline.parse.blocks import Block, find_blocks
from pipeline.parse.layout import Layout, sideways
from pipeline.parse.templates import Template

if TYPE_CHECKING:
    import numpy as np

COARSE = 60.0  # dpi at which patches are sought
TALL = 85.0  # points, the least length of a line of a stamp
NARROW = (8.0, 150.0)  # points across: one line, up to a form
SLENDER = 1.25  # a sideways block is that much taller than wide
FILLED = (0.04, 0.45)  # share of dark pixels in a patch that is print
JOINED = (19, 11)  # pixels down and across, at that dpi, over which ink belongs together
MOST = 3  # patches a page: each is read twice
DPI = 250.0


@dataclass(frozen=True, slots=True)
class Turned:
    """A stamp read sideways: the block, and the angle and place that turn its boxes back."""

    block: Block
    page: Page
    area: Box
    angle: int

    def back(self, box: Box) -> Box:
        """A box of the turned crop as a box of the page."""
        left, top, wide, high = self.area.left, self.area.top, self.area.width, self.area.height
        if self.angle == 90:  # the crop was turned counter-clockwise: its x is the page's y
            return Box(left + wide - box.bottom, top + box.left, left + wide - box.top, top + box.right)
        return Box(left + box.top, top + high - box.right, left + box.bottom, top + high - box.left)


def find_turned(ink: Ink, page: Page, known: tuple[Template, ...]) -> Iterator[Turned]:
    """Stamps that stand sideways, of each patch in the direction in which more of a stamp was read."""
    for area in _patches(ink, page):
        best: list[Turned] = []
        for angle in (90, 270):
            crop = ink.crop(area, angle, DPI)
            lines = ink.read(crop, DPI, "block")
            read = Page.of_lines(page.number, (area.height, area.width), [list(line) for line in lines])
            found = [Turned(b, read, area, angle) for b in find_blocks(Layout(read), known) if b.template.table == "stamps"]
            if sum(t.block.weight for t in found) > sum(t.block.weight for t in best):
                best = found
        yield from best


def _patches(ink: Ink, page: Page) -> list[Box]:
    """Tall narrow patches of ink that no upright word accounts for, largest first."""
    import cv2
    import numpy as np

    gray = ink.gray()
    scale = COARSE / ink.dpi
    dark = (255 - cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)).astype(np.uint8)
    ink_left = (dark > 50).astype(np.uint8)
    points = COARSE / 72
    for word in page.words:
        if word.box and not sideways(word):
            b = word.box.grown(1.5).scaled(points)
            ink_left[max(0, int(b.top)) : int(b.bottom) + 1, max(0, int(b.left)) : int(b.right) + 1] = 0
    _without_borders(ink_left)
    joined = cv2.morphologyEx(ink_left, cv2.MORPH_CLOSE, np.ones(JOINED, np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for left, top, wide, high, _ in stats[1:]:
        box = Box(*(float(v) / points for v in (left, top, left + wide, top + high)))
        filled = float(ink_left[top : top + high, left : left + wide].mean())
        if (
            box.height >= TALL
            and NARROW[0] <= box.width <= NARROW[1]
            and box.height >= SLENDER * box.width
            and FILLED[0] <= filled <= FILLED[1]
        ):
            found.append(box.grown(4.0).within(page.width or 0.0, page.height or 0.0))
    return sorted(found, key=lambda b: -b.area)[:MOST]


def _without_borders(ink_left: np.ndarray) -> None:
    """Black borders of the film are no print: whole components that are nearly solid and long go."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink_left, connectivity=8)
    for n in range(1, count):
        _, _, wide, high, area = stats[n]
        if max(wide, high) > 0.5 * max(ink_left.shape) or (area > 0.6 * wide * high and max(wide, high) > 40):
            ink_left[labels == n] = 0
