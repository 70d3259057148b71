"""Stamps that the reading could not read because of how they stand: tilted, upside down, or mirrored, showing through from
the back of the sheet.

What it could not read it still saw: letters that make no words, lines that climb or fall. Such places are cropped; their ink
says at which angle lines run; one line, turned both ways and mirrored, is held against the phrases of all stamps, and only
where one of them is borne out the place is read again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.core.geometry import Box
from pipeline.core.ink import Ink
from pipeline.core.page import Page, ReadWord, Word
from pipeline.parse.blocks import find_blocks
from pipeline.parse.fuzzy import squeeze
from pipeline.parse.layout import Layout
from pipeline.parse.templates import Template
from pipeline.parse.turned import Canvas, Turned

if TYPE_CHECKING:
    import numpy as np

UNREAD, LONG = 0.35, 5  # confidence below which so many letters in a row make no word
SLANTED = 0.1  # slope of a line that climbs or falls
SQUARE, LOWEST = (0.6, 1.6), 18.0  # heights of such a word in its widths, and points of height at the least
OBLONG = 1.6  # widths of a piece of handwriting in its heights: print that was not read is one
LETTERS = 9  # letters in one place, at the least
TOGETHER = 9.0  # points between what belongs to one place
HIGHEST = 60.0  # points of a word's height that count for that
MOST = 3  # places a page
COARSE, DPI = 72.0, 250.0  # dots per inch at which the angle is sought, at which places are read
STEP = 6.0  # degrees
EVEN, LINED = 8, 0.5  # letters of one height in a line of print; share of all that are
BORNE = -0.6  # least score of a phrase that shows how a line stands (see `core.ink.Borne`)
ROOM = 45.0  # points around a stamp in which a hand may have written
UPRIGHT = 20.0  # degrees of tilt that need not be told


def find_askew(ink: Ink, page: Page, known: tuple[Template, ...], taken: Sequence[Box]) -> list[Turned]:
    """Stamps in places that the reading made nothing of and where none is `taken` for one."""
    found: list[Turned] = []
    for area in _places(page, taken)[:MOST]:
        found += _read(ink, page, area, known)
    return found


def _places(page: Page, taken: Sequence[Box]) -> list[Box]:
    """Where letters stand that make no words, or lines that climb or fall; the fullest first."""
    suspects: list[tuple[Box, int]] = []
    for line in page.lines:
        words = [w for w in line.words if w.box]
        slanted = _slanted(words)
        for w in words:
            letters = sum(c.isalnum() for c in w.text)
            if w.box and letters and (slanted or (letters >= LONG and (w.confidence < UNREAD or _aslant(w.box)))):
                suspects.append((w.box, letters))
    suspects += [(r.box, len(r.text)) for r in page.regions if r.kind == "handwriting" and r.box.width > OBLONG * r.box.height]
    groups: list[tuple[Box, int]] = []
    for box, letters in suspects:
        near = [g for g in groups if g[0].grown(max(TOGETHER, 0.6 * min(box.height, HIGHEST))).overlap(box) > 0]
        groups = [g for g in groups if g not in near]
        groups.append((Box.around([box, *(b for b, _ in near)]), letters + sum(n for _, n in near)))
    full = [(b, n) for b, n in groups if n >= LETTERS and not any(t.covers(b) > 0.6 for t in taken)]
    return [b for b, _ in sorted(full, key=lambda g: -g[1])]


def _aslant(box: Box) -> bool:
    """Whether a word's box is as high as that of a long word only is when it climbs or falls steeply."""
    return box.height > LOWEST and SQUARE[0] < box.height / max(1.0, box.width) < SQUARE[1]


def _slanted(words: Sequence[Word]) -> bool:
    """Whether the words of a line climb or fall evenly."""
    middles = [w.box.middle for w in words if w.box]
    if len(middles) < 2 or sum(len(w.text) for w in words) < LETTERS:
        return False
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(middles) if b[0] > a[0]]
    return len(slopes) == len(middles) - 1 and (min(slopes) > SLANTED or max(slopes) < -SLANTED)


def _read(ink: Ink, page: Page, area: Box, known: tuple[Template, ...]) -> list[Turned]:
    """The stamps in a place, read as they stand; none where no phrase of a stamp is borne out."""
    way = _way(ink, area, _phrases(known))
    if way is None:
        return []
    angle, mirrored = way
    whole = area.grown(ROOM).within(page.width or 0.0, page.height or 0.0)
    crop = _turned(ink, whole, angle, mirrored, DPI)
    size = crop.shape[1] * 72 / DPI, crop.shape[0] * 72 / DPI
    place = _within(area, whole, angle, mirrored, size).grown(14.0, 10.0).within(*size)
    inner = place.scaled(DPI / 72)
    part = crop[int(inner.top) : int(inner.bottom), int(inner.left) : int(inner.right)]
    lines = [
        [ReadWord(w.text, w.box.moved(place.left, place.top), w.confidence, w.reader) for w in line]
        for line in ink.read(part, DPI, "block")
    ]
    read = Page.of_lines(page.number, size, lines)
    blocks = [b for b in find_blocks(Layout(read), known) if b.template.table == "stamps"]
    return [Turned(b, read, whole, angle, Canvas(DPI, crop), mirrored) for b in blocks]


@cache
def _phrases(known: tuple[Template, ...]) -> tuple[str, ...]:
    """Every printed line of a stamp that is long enough to be known by itself."""
    stamps = [t for t in known if t.table == "stamps"]
    lines = {p for t in stamps for line in (t.anchors or t.lines) for p in line.split(" | ")}
    return tuple(sorted(p for p in lines if len(squeeze(p)) >= LETTERS and "#" not in p))


def _way(ink: Ink, area: Box, phrases: tuple[str, ...]) -> tuple[float, bool] | None:
    """(angle to turn by, whether mirrored) of the place's lines; None when no phrase stands on any."""
    best: tuple[float, float, bool] | None = None
    level = _angle(ink, area)
    for line in _print(ink, area, level):
        views = [(turn, mirror, _as(line, turn, mirror)) for turn in (0, 180) for mirror in (False, True)]
        borne = ink.weigh([v for _, _, v in views], phrases)
        for (turn, mirror, _), some in zip(views, borne, strict=True):
            for b in some[:1]:
                if b.score >= BORNE and (best is None or b.score > best[0]):
                    best = b.score, level + turn, mirror
    return (best[1] % 360, best[2]) if best else None


def _as(line: np.ndarray, turn: int, mirror: bool) -> np.ndarray:
    import numpy as np

    line = np.rot90(line, 2) if turn else line
    return np.ascontiguousarray(line[:, ::-1] if mirror else line)


def _angle(ink: Ink, area: Box) -> float:
    """The angle by which the place is to be turned for its lines to be level, -90 to 90: there its ink takes the fewest rows."""
    import numpy as np

    def full(angle: float) -> float:
        rows = (ink.crop(area, angle, COARSE) < 128).sum(1).astype(float)
        return float((rows**2).sum() / max(1.0, rows.sum() ** 2))

    rough = max((full(float(angle)), float(angle)) for angle in np.arange(-84.0, 91.0, STEP))[1]
    return max((full(rough + d), rough + d) for d in (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0))[1]


def _print(ink: Ink, area: Box, angle: float) -> Iterator[np.ndarray]:
    """Up to two lines of print in the place, made level: runs of rows with ink in which most letters are of one height."""
    import cv2
    import numpy as np

    crop = ink.crop(area.grown(3.0), angle, DPI)
    black = (crop < 128).astype(np.uint8)
    rows = black.sum(1)
    inked = rows > 0.12 * np.percentile(rows, 95)
    runs = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(int), [0]])))
    lines = []
    for first, last in zip(runs[::2], runs[1::2], strict=True):
        high = last - first
        if not 0.05 * DPI <= high <= 0.5 * DPI:
            continue
        _, _, stats, _ = cv2.connectedComponentsWithStats(black[first:last], connectivity=8)
        heights = stats[1:, cv2.CC_STAT_HEIGHT]
        heights = heights[heights > 0.35 * high]
        even = int((heights > 0.75 * np.median(heights)).sum()) if len(heights) else 0
        if even >= EVEN and even >= LINED * len(heights):
            columns = np.flatnonzero(black[first:last].any(0))
            more = round(0.15 * high)
            lines.append((even, crop[max(0, first - more) : last + more, max(0, columns[0] - more) : columns[-1] + more]))
    for _, line in sorted(lines, key=lambda found: -found[0])[:2]:
        yield line


def _turned(ink: Ink, area: Box, angle: float, mirrored: bool, dpi: float) -> np.ndarray:
    import numpy as np

    crop = ink.crop(area, angle, dpi)
    return np.ascontiguousarray(crop[:, ::-1]) if mirrored else crop


def told(angle: float) -> str | None:
    """The flag that says how far a stamp is turned, None when that is little."""
    quarter = round(angle / 90) * 90
    around = (quarter if abs(angle - quarter) < UPRIGHT else round(angle / 5) * 5) % 360
    return None if min(around, 360 - around) < UPRIGHT else f"rotated_{around}"


def _within(area: Box, whole: Box, angle: float, mirrored: bool, size: tuple[float, float]) -> Box:
    """Where an area lies on the turned crop of a larger one."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = whole.middle
    corners = []
    for u, v in ((area.left, area.top), (area.right, area.top), (area.right, area.bottom), (area.left, area.bottom)):
        across, down = cosine * (u - x) + sine * (v - y), cosine * (v - y) - sine * (u - x)
        corners.append((size[0] / 2 + (-across if mirrored else across), size[1] / 2 + down))
    return Box.around(Box(cx, cy, cx, cy) for cx, cy in corners)
