"""Where the words of a page stand, so that a stamp's words can be gathered by place whatever the reading order.

Transcripts have no boxes: their words stand on the grid of a typewriter (a character 6 points wide, a line 12 high), so
that one geometry serves both. Grid boxes never leave this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from pipeline.core.geometry import Box, Place
from pipeline.core.page import Page, Word
from pipeline.parse.fuzzy import Skeleton, skeleton

CELL = (6.0, 12.0)
UPRIGHT = 1.6  # a word is sideways when it is that much higher than wide
GAP = 2.6  # heights of a letter between words that no longer belong together


@dataclass(frozen=True, slots=True)
class Spot:
    """A word and its place; `box` in points of the page, or on the typewriter's grid."""

    word: Word
    box: Box

    @property
    def text(self) -> str:
        return self.word.text


class Layout:
    """A page's words by place."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.skeleton = skeleton(page.text)
        self.spots = _on_paper(page) if page.width else _on_grid(page)

    @cached_property
    def unit(self) -> float:
        """The usual height of a word, in points."""
        return median([s.box.height for s in self.spots if len(s.text) > 2] or [CELL[1]])

    @cached_property
    def width(self) -> float:
        return self.page.width or max((s.box.right for s in self.spots), default=0.0)

    @cached_property
    def height(self) -> float:
        return self.page.height or max((s.box.bottom for s in self.spots), default=0.0)

    @cached_property
    def segments(self) -> tuple[tuple[Spot, ...], ...]:
        """Pieces of printed lines, parted where the gap is wide."""
        out: list[tuple[Spot, ...]] = []
        for line in lines(self.spots):
            piece: list[Spot] = []
            for spot in line:
                high = max(self.unit, min(spot.box.height, piece[-1].box.height) if piece else 0)
                if piece and spot.box.left - piece[-1].box.right > GAP * high:
                    out.append(tuple(piece))
                    piece = []
                piece.append(spot)
            out.append(tuple(piece))
        return tuple(out)

    @cached_property
    def _segment_of(self) -> dict[int, tuple[Spot, ...]]:
        return {s.word.start: segment for segment in self.segments for s in segment}

    def segment(self, spot: Spot) -> tuple[Spot, ...]:
        """The piece of a printed line that the word stands in."""
        return self._segment_of[spot.word.start]

    def together(self, start: int, end: int) -> bool:
        """Whether a span's words follow each other on the paper as in the text: on scans, on one printed line."""
        return not self.page.width or "\n" not in self.page.text[start:end]

    def between(self, start: int, end: int) -> tuple[Spot, ...]:
        """The words that the span touches."""
        return tuple(s for s in self.spots if s.word.start < end and s.word.end > start)

    def within(self, box: Box) -> tuple[Spot, ...]:
        """The words whose middle lies in the box."""
        return tuple(s for s in self.spots if box.holds(*s.box.middle))

    def box(self, start: int, end: int) -> Box | None:
        found = self.between(start, end)
        return Box.around(s.box for s in found) if found else None


def lines(spots: Iterable[Spot]) -> list[list[Spot]]:
    """Words as lines from top to bottom, each from left to right, by place."""
    out: list[list[Spot]] = []
    for spot in sorted(spots, key=lambda s: s.box.middle[1]):
        y = spot.box.middle[1]
        line = out[-1] if out else None
        if line and y < max(s.box.bottom - 0.25 * s.box.height for s in line) and y - line[0].box.middle[1] < 0.6 * max(
            spot.box.height, line[0].box.height
        ):
            line.append(spot)
        else:
            out.append([spot])
    return [sorted(line, key=lambda s: s.box.left) for line in out]


class Passage:
    """Words read as one text, lines joined by a newline, in order of place; every character knows its word."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self.rows = lines(spots)
        parts: list[str] = []
        self._starts: list[tuple[int, int, Spot]] = []
        at = 0
        for row in self.rows:
            for spot in row:
                self._starts.append((at, at + len(spot.text), spot))
                at += len(spot.text) + 1
            parts.append(" ".join(s.text for s in row))
        self.text = "\n".join(parts)
        self.skeleton = Skeleton(self.text)

    def spots(self, start: int, end: int) -> tuple[Spot, ...]:
        """The words that the span of this text touches."""
        return tuple(spot for a, b, spot in self._starts if a < end and b > start)

    def left_of(self, start: int) -> Box:
        """Where the ink stands of what is written in the same word before this character; of no width when nothing is."""
        a, b, spot = next(s for s in self._starts if s[0] <= start < s[1])
        share = (start - a) / (b - a)
        return Box(spot.box.left, spot.box.top, spot.box.left + share * spot.box.width, spot.box.bottom)


def places(page: Page, spots: Sequence[Spot]) -> tuple[Place, ...]:
    """One box a line, rounded; none for transcripts."""
    if not page.width:
        return ()
    return tuple(Place(page.number, Box.around(s.box for s in line).rounded()) for line in lines(spots))


def _on_paper(page: Page) -> tuple[Spot, ...]:
    return tuple(Spot(w, w.box) for w in page.words if w.box and not sideways(w))


def sideways(word: Word) -> bool:
    """Whether a word stands on its side: much higher than wide. What was read there is not to be relied on."""
    return word.box is not None and len(word.text) >= 3 and word.box.height > UPRIGHT * word.box.width


def _on_grid(page: Page) -> tuple[Spot, ...]:
    """Empty lines of a transcript are layout, not distance: they take no room on the grid."""
    w, h = CELL
    spots, row, at = [], -1, -1
    for word in page.words:
        line = page.text.rfind("\n", 0, word.start) + 1
        if line != at:
            row, at = row + 1, line
        box = Box((word.start - line) * w, row * h, (word.end - line) * w, row * h + 0.8 * h)
        spots.append(Spot(word, box))
    return tuple(spots)
