"""A second look at what stands sideways: stamps put into the margin or across the page.

Words that the reading saw standing on their side are turned upright and looked through. Ink that the reading does not
account for, gathered into tall narrow patches, is cropped, turned both ways and read; stamps are looked for in what comes
out. Their places are turned back.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.core.geometry import Box
from pipeline.core.ink import Ink
from pipeline.core.page import Line, Page, ReadWord, Word
from pipeline.parse.blocks import Block, find_blocks
from pipeline.parse.layout import Layout, Spot, sideways
from pipeline.parse.layout import lines as rows
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
ROOM = 45.0  # points around a stamp in which a hand may have written
TWICE = 0.5  # share of a word that lies on another one: the same word read twice
EITHER = -1
SHARED = 0.3  # share of a stamp that lies on a weightier one: the same ink understood twice
ENOUGH = 10  # letters read sideways that make it worth while to look for a stamp among them


@dataclass(frozen=True, slots=True)
class Canvas:
    """Pixels of a page or of a part of it, turned so that what stood on its side stands upright."""

    dpi: float
    pixels: np.ndarray

    def gray(self) -> np.ndarray:
        return self.pixels


@dataclass(frozen=True, slots=True)
class Turned:
    """A stamp that does not stand upright: the block, the turned crop on which it was read, and the place, the angle (degrees,
    counter-clockwise) and the mirroring by which the crop was made of the page and that turn its boxes back."""

    block: Block
    page: Page
    area: Box
    angle: float
    canvas: Canvas
    mirrored: bool = False

    def back(self, box: Box) -> Box:
        """A box of the turned crop as the box on the page around it."""
        wide, high = (self.page.width or 0.0) / 2, (self.page.height or 0.0) / 2
        cosine, sine = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        x, y = self.area.middle
        corners = []
        for u, v in ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)):
            across, down = (wide - u if self.mirrored else u - wide), v - high
            corners.append((x + cosine * across - sine * down, y + sine * across + cosine * down))
        return Box.around(Box(cx, cy, cx, cy) for cx, cy in corners)


def level(page: Page) -> Page:
    """The page with only those lines that stand upright."""
    size = page.width or 0.0, page.height or 0.0
    lines = [line.words for line in page.lines if not _angle(line)]
    upright = [[ReadWord(w.text, w.box, w.confidence, w.reader) for w in words if w.box] for words in lines]
    return Page.of_lines(page.number, size, upright)


def find_turned(ink: Ink, page: Page, known: tuple[Template, ...]) -> list[Turned]:
    """Stamps that stand sideways: among the words that were read sideways, then in patches of ink that nobody read."""
    found = list(_standing(ink, page, known))
    places = [t.back(t.block.box) for t in found]
    found += [t for area in _patches(ink, page, places) for t in _read_again(ink, page, area, known)]
    chosen: list[Turned] = []
    for turned in sorted(found, key=lambda t: -t.block.weight):
        box = turned.back(turned.block.box)
        if not any(box.overlap(c.back(c.block.box)) > SHARED * box.area for c in chosen):
            chosen.append(turned)
    return chosen


def _standing(ink: Ink, page: Page, known: tuple[Template, ...]) -> Iterator[Turned]:
    """Stamps among the words that the reading itself found standing on their side."""
    import numpy as np

    whole = Box(0.0, 0.0, page.width or 0.0, page.height or 0.0)
    for angle in (90, 270):
        words = [w for line in page.lines if _angle(line) in (angle, EITHER) for w in line.words]
        if sum(len(w.text) for w in words) < ENOUGH:
            continue
        once = _once(words)
        spots = [Spot(w, _forth(w.box, whole, angle)) for w in words if w.box and w.start in once]
        turned = [[ReadWord(s.text, s.box, s.word.confidence, s.word.reader) for s in row] for row in rows(spots)]
        upright = Page.of_lines(page.number, (whole.height, whole.width), turned)
        canvas = Canvas(ink.dpi, np.rot90(ink.gray(), 1 if angle == 90 else -1))
        for block in find_blocks(Layout(upright), known):
            if block.template.table == "stamps":
                yield Turned(block, upright, whole, angle, canvas)


def _once(words: Sequence[Word]) -> set[int]:
    """The starts of the words less those that lie on a word that was read more surely: both readers read what is turned."""
    kept: list[Word] = []
    for word in sorted(words, key=lambda w: -len(w.text) * w.confidence):
        if word.box and not any(k.box and k.box.overlap(word.box) > TWICE * word.box.area for k in kept):
            kept.append(word)
    return {w.start for w in kept}


def _angle(line: Line) -> int:
    """90 when the line runs down the page, 270 when it runs up, EITHER when it stands on its side but one cannot tell how,
    0 when it stands upright."""
    boxes = [w.box for w in line.words if w.box]
    tall = [w for w in line.words if sideways(w)]
    if not tall or 2 * sum(len(w.text) for w in tall) < sum(len(w.text) for w in line.words if len(w.text) >= 3):
        return 0
    if len(boxes) < 2:
        return EITHER
    return 90 if boxes[-1].middle[1] > boxes[0].middle[1] else 270


def _forth(box: Box, page: Box, angle: int) -> Box:
    """A box of the page as a box of the page turned."""
    if angle == 90:
        return Box(box.top, page.width - box.right, box.bottom, page.width - box.left)
    return Box(page.height - box.bottom, box.left, page.height - box.top, box.right)


def _read_again(ink: Ink, page: Page, area: Box, known: tuple[Template, ...]) -> list[Turned]:
    """The stamps of a patch, in the direction in which more of a stamp is read."""
    best: list[Turned] = []
    whole = area.grown(ROOM).within(page.width or 0.0, page.height or 0.0)
    for angle in (90, 270):
        lines = ink.read(ink.crop(area, angle, DPI), DPI, "block")
        place = _forth(area.moved(-whole.left, -whole.top), whole.moved(-whole.left, -whole.top), angle)
        moved = [
            [ReadWord(w.text, w.box.moved(place.left, place.top), w.confidence, w.reader) for w in line] for line in lines
        ]
        read = Page.of_lines(page.number, (whole.height, whole.width), moved)
        blocks = [b for b in find_blocks(Layout(read), known) if b.template.table == "stamps"]
        if sum(b.weight for b in blocks) > sum(t.block.weight for t in best):
            canvas = Canvas(DPI, ink.crop(whole, angle, DPI))
            best = [Turned(b, read, whole, angle, canvas) for b in blocks]
    return best


def _patches(ink: Ink, page: Page, known: Sequence[Box]) -> list[Box]:
    """Tall narrow patches of ink that no upright word and no stamp of `known` places accounts for, largest first."""
    import cv2
    import numpy as np

    gray = ink.gray()
    scale = COARSE / ink.dpi
    dark = (255 - cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)).astype(np.uint8)
    ink_left = (dark > 50).astype(np.uint8)
    points = COARSE / 72
    upright = [w.box.grown(1.5) for w in page.words if w.box and not sideways(w)]
    for box in (*upright, *(b.grown(6.0) for b in known)):
        b = box.scaled(points)
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
