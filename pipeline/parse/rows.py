"""A page as the eye takes it: rows of words that stand at one height, whatever order a reader gave them."""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.core.geometry import Box, Place
from pipeline.core.page import Page, Word

CHARACTER = 6.0
"""Width in points that a transcript's character is given, so that its columns count as places."""
LINE = 12.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A word, or the part of one after or before a label's colon, and where it stands; `start` is its offset in the page's
    text. A transcript's word stands where a typewriter would have put it."""

    word: Word
    box: Box
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Row:
    """Cells at one height, from left to right; never empty."""

    page: int
    cells: tuple[Cell, ...]

    @cached_property
    def text(self) -> str:
        return " ".join(c.text for c in self.cells)

    @cached_property
    def box(self) -> Box:
        return Box.around(c.box for c in self.cells)

    def chunks(self, gap: float = 2.5) -> list[Row]:
        """The row cut where more than `gap` characters' width is left blank."""
        pitch = character(self.cells)
        out: list[list[Cell]] = [[self.cells[0]]]
        for a, b in zip(self.cells, self.cells[1:], strict=False):
            if b.box.left - a.box.right > gap * pitch:
                out.append([])
            out[-1].append(b)
        return [Row(self.page, tuple(cells)) for cells in out]


@dataclass(frozen=True, slots=True)
class Passage:
    """Some words of one page as a value: their text line by line, their places, and their span where it is one piece."""

    page: int
    text: str
    box: Box | None
    boxes: tuple[Place, ...]
    start: int | None
    end: int | None
    confidence: float
    left: float = 0.0

    @classmethod
    def of(cls, page: int, lines: Iterable[Sequence[Cell]]) -> Passage:
        kept = [list(line) for line in lines if line]
        cells = [c for line in kept for c in line]
        places = tuple(Place(page, Box.around(c.box for c in line).rounded()) for line in kept if line[0].word.box)
        start, end = min(c.start for c in cells), max(c.end for c in cells)
        ordered = sorted(cells, key=lambda c: c.start)
        piece = all(b.start - a.end <= 6 for a, b in itertools.pairwise(ordered)) and ordered == cells
        return cls(
            page,
            "\n".join(" ".join(c.text for c in line) for line in kept),
            places[0].box if places else None,
            places,
            start if piece or not places else None,
            end if piece or not places else None,
            statistics.fmean(c.word.confidence for c in cells),
            min(line[0].box.left for line in kept),
        )


def character(cells: Sequence[Cell]) -> float:
    """The usual width of a character among `cells`, in points."""
    widths = [c.box.width / len(c.text) for c in cells if len(c.text) > 2] or [c.box.width / len(c.text) for c in cells]
    return max(2.0, statistics.median(widths))


def _typed_box(word: Word, origin: int, top: float) -> Box:
    """Where a typewriter would have put a transcript's word, `origin` being the offset of its line."""
    return Box((word.start - origin) * CHARACTER, top, (word.end - origin) * CHARACTER, top + LINE * 0.8)


_GLUED = re.compile(
    r"([A-Za-z][A-Za-z'’.]{1,11}[:;]|SUBJ(?:ECT)?[.,*]{1,3}|F[MHN][-.,]?(?=AMEM|AMCON|SECST|USM|USDEL))(?=[A-Za-z0-9(\[\"“'])(.{2,})"
)


def _parts(word: Word, box: Box) -> list[Cell]:
    """A word as one cell, or as two where a reader lost the blank after a label's colon (SUBJECT:BRIEFING)."""
    m = _GLUED.fullmatch(word.text)
    if not m:
        return [Cell(word, box, word.text, word.start)]
    cut = box.left + box.width * len(m[1]) / len(word.text)
    return [
        Cell(word, Box(box.left, box.top, cut, box.bottom), m[1], word.start),
        Cell(word, Box(cut, box.top, box.right, box.bottom), m[2], word.start + len(m[1])),
    ]


def _cells(page: Page) -> list[list[Cell]]:
    if page.width is not None:
        return [[c for w in line.words if w.box for c in _parts(w, w.box)] for line in page.lines]
    out = []
    for line in page.lines:
        origin = page.text.rfind("\n", 0, line.start) + 1
        top = page.text.count("\n", 0, line.start) * LINE
        out.append([c for w in line.words for c in _parts(w, _typed_box(w, origin, top))])
    return out


def _level(a: Box, b: Box) -> bool:
    """Two boxes stand at one height."""
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return shared >= 0.5 * min(a.height, b.height) and max(a.height, b.height) <= 3 * min(a.height, b.height)


def _speck(cell: Cell) -> bool:
    """A dot, a dash or a bar that is no letter, or a word that stands on its side: neither belongs to a row."""
    if not re.search(r"[A-Za-z0-9:;(){}&#?/\[\]*=]", cell.text):
        return True
    return len(cell.text) >= 3 and cell.box.height > 2.2 * cell.box.width


def rows_of(page: Page, keep: Callable[[Word], bool] = lambda word: True) -> tuple[Row, ...]:
    """The rows of a page from top to bottom, of the words that `keep` admits.

    Lines that a reader took apart (columns, a label and its value) come together again where they stand side by side.
    """
    lines = [kept for line in _cells(page) if (kept := [c for c in line if keep(c.word) and not _speck(c)])]
    boxes = [Box.around(c.box for c in line) for line in lines]
    order = sorted(range(len(lines)), key=lambda i: (boxes[i].top + boxes[i].bottom) / 2)
    rows: list[list[Cell]] = []
    for i in order:
        for row in reversed(rows[-4:]):
            beside = all(c.box.right <= d.box.left + 1 or c.box.left >= d.box.right - 1 for c in row for d in lines[i])
            near = min(row, key=lambda c: abs(c.box.middle[0] - boxes[i].middle[0]))
            if beside and _level(near.box, min(lines[i], key=lambda d: abs(d.box.middle[0] - near.box.middle[0])).box):
                row.extend(lines[i])
                break
        else:
            rows.append(list(lines[i]))
    return tuple(Row(page.number, tuple(sorted(row, key=lambda c: c.box.left))) for row in rows)
