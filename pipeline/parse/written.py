"""Days that a hand put beside a stamp, where its form has no field of known place: after a label (`DATE ____ BY`), or in the
white around its print.

The ink near the stamp, less the words that were read as print, is gathered into lines of writing; each is asked which of the
days that the stamp can bear stands on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.core.geometry import Box
from pipeline.core.ink import Ink
from pipeline.parse.blocks import Block
from pipeline.parse.filled import FUTURE
from pipeline.parse.forms import Raster
from pipeline.parse.fuzzy import find
from pipeline.parse.hands import Known, Spelled, spelled
from pipeline.parse.layout import Spot

if TYPE_CHECKING:
    import numpy as np

DPI = 200.0
AFTER = (14.0, 1.1, 0.9)  # heights of a letter right of a label, above and below its line, in which its day stands
BESIDE = {"above": (2.5, 3.6, 11.0, 0.6), "below": (3.0, 1.6, 9.0, 8.0)}
# heights of a letter left of the print, above its edge, right of the print, below its edge
SURE = 0.75  # confidence of a word from which it is print
RULED = 40.0  # points: straight lines at least that long are rules
INSIDE, LETTER = 0.6, 1.5  # share of a stroke in a box of print, and heights of a letter, up to which it is print
PITCH, ASLANT = 1.7, 2.2  # height of a letter in its widths; heights from which a word's box says that it runs aslant
PENCIL = 0.8  # of the paper's brightness: what is darker is ink
SPECK = 0.15  # heights of a letter; smaller strokes are specks
TALL = 3.2  # heights of a letter; higher strokes are brackets, signatures, lines through the page
HIGH, WIDE = 0.7, 1.3  # a line of writing: heights of a letter at the least, and its own heights across
FEW, JOINED = 3, 2.2  # its strokes at the least; its heights across from which they may all be joined
NEAR, LEVEL = 1.2, 0.6  # heights of a letter between strokes of a line; heights of the higher one between their middles
TWO, APART = 2.0, 0.9  # heights of a stroke from which a group has two rows; between the middles of two rows
STEEP = (0.06, 0.6)  # slopes at which a line is turned level
MOST = 6  # lines looked at


@dataclass(frozen=True, slots=True)
class Stroke:
    """A connected stroke: its number and place in pixels, and the height of its middle."""

    number: int
    left: int
    top: int
    right: int
    bottom: int
    middle: float


def day_beside(block: Block, raster: Raster, ink: Ink, others: Sequence[Spot], known: Known) -> Spelled | None:
    """The day that a hand wrote where the template says that it does: of several in one place the first from the top, since
    whoever acts next writes below. `others` are all words of the page."""
    for area, label, upward in _areas(block):
        black, unit = _picture(area, raster, block, others, label)
        lines = sorted(_lines(black, unit), key=lambda line: line[0], reverse=upward)[:MOST] if black.size else []
        for _, line in sorted(lines, key=lambda line: line[0]):
            if day := spelled(line, ink, known):
                return day
    return None


def _areas(block: Block) -> Iterator[tuple[Box, bool, bool]]:
    """Where the day may stand, whether that is after a label, whether above the print."""
    unit = _unit(block)
    core = Box.around(s.box for s in block.spots if s.word.start in block.printed)
    for where in block.template.hand:
        if where == "after":
            for label in (d.removeprefix("last ") for d in block.template.dates if d != "*"):
                for hit in find(label, block.passage.skeleton, 0.85 if len(label) < 8 else 0.75):
                    if FUTURE.search(block.text[: hit.end]):
                        continue
                    last = Box.around(s.box for s in block.passage.spots(hit.start, hit.end))
                    right, up, down = (r * unit for r in AFTER)
                    yield Box(last.right, last.top - up, last.right + right, last.bottom + down), True, False
        else:
            left, up, right, down = (r * unit for r in BESIDE[where])
            edge = core.top if where == "above" else core.bottom
            yield Box(core.left - left, edge - up, core.right + right, edge + down), False, where == "above"


def _unit(block: Block) -> float:
    """The height of a printed letter in points: of words, and where those run aslant, so that their boxes are too high, by
    their pitch."""
    words = [s for s in block.spots if s.word.start in block.printed]
    heights = sorted(min(s.box.height, PITCH * s.box.width / len(s.text)) for s in words)
    return heights[len(heights) // 2]


def _picture(area: Box, raster: Raster, block: Block, others: Sequence[Spot], label: bool) -> tuple[np.ndarray, float]:
    """What is dark in the area but is neither print nor rule, as 0 and 1; and the height of a letter in its pixels."""
    import cv2
    import numpy as np

    scale = raster.dpi / 72
    gray = raster.gray()
    high, wide = gray.shape
    area = area.scaled(scale).within(wide, high)
    part = gray[int(area.top) : int(area.bottom), int(area.left) : int(area.right)]
    if not part.size or min(part.shape) < 8:
        return np.zeros((0, 0), np.uint8), 0.0
    paper = float(np.percentile(part, 80))
    black = (part < max(128.0, PENCIL * paper)).astype(np.uint8)
    unit = _unit(block)
    boxes = [s.box.scaled(scale) for s in others if s.box.height < ASLANT * unit and _print(s, block)]
    boxes = [b for b in boxes if not (label and b.left < area.left)]
    _erase(black, [b.moved(-int(area.left), -int(area.top)) for b in boxes], unit * scale)
    long = max(8, round(RULED * scale))
    rule = cv2.morphologyEx(black, cv2.MORPH_OPEN, np.ones((1, min(long, max(8, black.shape[1] // 2))), np.uint8))
    black[cv2.dilate(rule, np.ones((3, 1), np.uint8)) > 0] = 0
    return black, unit * scale


def _print(spot: Spot, block: Block) -> bool:
    """Whether a word is type: the stamp's own, or one surely read that holds no figure."""
    if spot.word.start in block.printed:
        return True
    letters = sum(c.isalpha() for c in spot.text)
    return spot.word.confidence >= SURE and letters >= 2 and not any(c.isdigit() for c in spot.text)


def _erase(black: np.ndarray, boxes: Sequence[Box], unit: float) -> None:
    """Takes out the strokes that lie in boxes of print and are no higher than its letters: a hand's reach beyond them."""
    import cv2
    import numpy as np

    within = np.zeros_like(black)
    for b in boxes:
        within[max(0, int(b.top)) : max(0, int(b.bottom)), max(0, int(b.left)) : max(0, int(b.right))] = 1
    count, labels, stats, _ = cv2.connectedComponentsWithStats(black, connectivity=8)
    inside = np.bincount(labels[within > 0], minlength=count)
    gone = (inside > INSIDE * stats[:, cv2.CC_STAT_AREA]) & (stats[:, cv2.CC_STAT_HEIGHT] <= LETTER * unit)
    gone[0] = False
    black[gone[labels]] = 0


def _lines(black: np.ndarray, unit: float) -> list[tuple[int, np.ndarray]]:
    """(Top, picture dark on white) of what may be lines of writing."""
    import cv2
    import numpy as np

    _, labels, stats, middles = cv2.connectedComponentsWithStats(black, connectivity=8)
    least = SPECK * unit
    strokes = [
        Stroke(n, int(left), int(top), int(left + wide), int(top + high), float(middles[n][1]))
        for n, (left, top, wide, high, _) in enumerate(stats)
        if n and max(wide, high) >= least and min(wide, high) > 0.3 * least and high <= TALL * unit
    ]
    out = []
    for line in (row for group in _groups(strokes, unit) for row in _rows(group)):
        left, top = min(s.left for s in line), min(s.top for s in line)
        right, bottom = max(s.right for s in line), max(s.bottom for s in line)
        high, wide = bottom - top, right - left
        if (len(line) < FEW and wide < JOINED * high) or high < HIGH * unit or wide < WIDE * high:
            continue
        own = np.isin(labels[top:bottom, left:right], [s.number for s in line]).astype(np.uint8)
        out.append((top, _straight(own, line)))
    return out


def _rows(group: Sequence[Stroke]) -> list[list[Stroke]]:
    """The rows of a group of strokes, from the top: letters that reach into the next line join lines to groups."""
    heights = sorted(s.bottom - s.top for s in group)
    usual = heights[len(heights) * 2 // 3]
    if max(s.bottom for s in group) - min(s.top for s in group) < TWO * usual:
        return [list(group)]
    rows: list[list[Stroke]] = []
    for stroke in sorted(group, key=lambda s: s.middle):
        if rows and stroke.middle - sum(s.middle for s in rows[-1]) / len(rows[-1]) < APART * usual:
            rows[-1].append(stroke)
        else:
            rows.append([stroke])
    return rows


def _groups(strokes: Sequence[Stroke], unit: float) -> list[list[Stroke]]:
    """Strokes with those right beside them at their own height."""
    row_of = list(range(len(strokes)))

    def first(n: int) -> int:
        while row_of[n] != n:
            row_of[n] = row_of[row_of[n]]
            n = row_of[n]
        return n

    order = sorted(range(len(strokes)), key=lambda n: strokes[n].left)
    for i, n in enumerate(order):
        a = strokes[n]
        for m in order[i + 1 :]:
            b = strokes[m]
            if b.left - a.right > NEAR * unit:
                if b.left - a.right > (NEAR + TALL) * unit:
                    break
                continue
            shared = min(a.bottom, b.bottom) - max(a.top, b.top)
            higher = max(a.bottom - a.top, b.bottom - b.top)
            if shared > 0.4 * min(a.bottom - a.top, b.bottom - b.top) and abs(a.middle - b.middle) < LEVEL * higher:
                row_of[first(m)] = first(n)
    rows: dict[int, list[Stroke]] = {}
    for n, stroke in enumerate(strokes):
        rows.setdefault(first(n), []).append(stroke)
    return list(rows.values())


def _straight(own: np.ndarray, line: Sequence[Stroke]) -> np.ndarray:
    """The line's picture with white around it, turned level when it rises or falls."""
    import cv2
    import numpy as np

    across = [(s.left + s.right) / 2 for s in line]
    few = len(line) < FEW or max(across) - min(across) < len(own)
    slope = 0.0 if few else float(np.polyfit(across, [s.middle for s in line], 1)[0])
    if STEEP[0] < abs(slope) < STEEP[1]:
        high, wide = own.shape
        more = round(abs(slope) * wide / 2)
        own = cv2.copyMakeBorder(own, more, more, 0, 0, cv2.BORDER_CONSTANT, value=0)
        shear = np.array([[1, 0, 0], [-slope, 1, slope * wide / 2]], np.float32)
        own = cv2.warpAffine(own, shear, (wide, high + 2 * more), flags=cv2.INTER_NEAREST)
        rows = np.flatnonzero(own.any(1))
        own = own[rows[0] : rows[-1] + 1]
    up, aside = round(0.12 * len(own)) + 1, round(0.4 * len(own))
    return cv2.copyMakeBorder(255 * (1 - own), up, up, aside, aside, cv2.BORDER_CONSTANT, value=255)
