"""Brackets: passages that a reviewer put between pen strokes, on one line or over many.

Strokes belong to the typed line that they stand in and are paired like parentheses, in the order of reading. A pair
around a letter or two is a portion mark; a stroke without a partner, an initial or a stray, is nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.core.geometry import Box
from pipeline.core.page import Line, Word
from pipeline.parse.redacted.paper import Paper, Place
from pipeline.parse.redacted.strokes import Stroke, find_strokes

LEAST_PASSAGE = 2.4
"""Heights of type from stroke to stroke: closer together they hold a portion mark, (S) or (U)."""
MOST_LINES = 40
TALL = 2.2
"""Line pitches: a stroke of this height holds several lines by itself."""
NO_PASSAGE = re.compile(r"\W*(?:JFK|TS|[SUCX]{1,2})\W*", re.IGNORECASE)
"""What reviewers write in round brackets of their own: portion marks, and JFK for the project."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A stroke in its line: `row` counts typed lines from the top."""

    stroke: Stroke
    row: int


def find_brackets(paper: Paper) -> list[Place]:
    """The bracketed passages of a page."""
    rows = _rows(paper)
    seats = [seat for stroke in find_strokes(paper) if (seat := _seat(paper, stroke, rows))]
    seats.sort(key=lambda s: (s.row, s.stroke.x))
    found = []
    for opening, closing in _pairs(seats):
        parts = _passage(rows, opening, closing)
        if _holds_type(paper, opening, closing, parts):
            sure = 0.5 + 0.4 * min(opening.stroke.strength, closing.stroke.strength)
            found += [Place(b, "bracket", "rule:bracket@1", round(sure, 2), p) for b, p in _areas(parts)]
    return found


def _rows(paper: Paper) -> list[Line]:
    """The lines of type, from the top down."""
    typed = [line for line in paper.reading.lines if any(len(w.text) > 1 and w.confidence > 0.4 for w in line.words)]
    return sorted((line for line in typed if line.box), key=lambda line: line.box.middle[1] if line.box else 0.0)


def _seat(paper: Paper, stroke: Stroke, rows: list[Line]) -> Seat | None:
    """The stroke in the line whose type it stands before or behind. A tall one opens at its head and closes at its foot."""
    tall = paper.type_height
    near = []
    for row, line in enumerate(rows):
        word = min((w for w in line.words if w.box), key=lambda w: _gap(w, stroke.x))
        assert word.box
        y = word.box.middle[1]
        if _gap(word, stroke.x) < 3 * tall and stroke.box.top < y < stroke.box.bottom and _type_beside(paper, stroke, y):
            near.append((abs(y - stroke.box.middle[1]), row))
    if not near:
        return None
    if stroke.box.height > TALL * paper.pitch:
        held = [row for _, row in near]
        return Seat(stroke, min(held) if stroke.opens else max(held))
    off, row = min(near)
    return Seat(stroke, row) if off < 0.7 * tall else None


def _gap(word: Word, x: float) -> float:
    assert word.box
    return max(word.box.left - x, x - word.box.right, 0.0)


def _type_beside(paper: Paper, stroke: Stroke, y: float) -> bool:
    """True when there is ink on the inner side of the stroke, within the width of a character and a half."""
    tall, box = paper.type_height, stroke.box
    edge = box.right if stroke.opens else box.left
    reach = 1.8 * tall if stroke.opens else -1.8 * tall
    ink = paper.cut(paper.ink, Box(min(edge, edge + reach), y - 0.4 * tall, max(edge, edge + reach), y + 0.4 * tall))
    return bool(ink.size) and float(ink.mean()) > 0.08


def _pairs(seats: list[Seat]) -> list[tuple[Seat, Seat]]:
    pairs = []
    pending: list[Seat] = []
    for seat in seats:
        if seat.stroke.opens:
            pending.append(seat)
        elif pending:
            opening = pending.pop()
            if seat.row - opening.row <= MOST_LINES:
                pairs.append((opening, seat))
    return pairs


def _passage(rows: list[Line], opening: Seat, closing: Seat) -> list[Box]:
    """The passage line by line."""
    a, b = opening.stroke.box, closing.stroke.box
    if opening.row == closing.row or (a.right < b.left and min(a.bottom, b.bottom) - max(a.top, b.top) > 0.6 * min(a.height, b.height)):
        return [Box(a.left, min(a.top, b.top), b.right, max(a.bottom, b.bottom))]
    held = [line.box for line in rows[opening.row : closing.row + 1] if line.box]
    left = min([h.left for h in held] + [b.left])
    right = max([h.right for h in held] + [a.right])
    first, last = Box(a.left, a.top, right, a.bottom), Box(left, b.top, b.right, b.bottom)
    if first.bottom < last.top:
        return [first, Box(left, first.bottom, right, last.top), last]
    return [first, last]


def _areas(parts: list[Box]) -> list[tuple[Box, tuple[Box, ...]]]:
    """Contiguous areas with their parts: a passage that ends one line and begins the next is two."""
    if len(parts) == 2 and parts[0].left >= parts[1].right:
        return [(p, (p,)) for p in parts]
    return [(Box.around(parts), tuple(parts))]


def _holds_type(paper: Paper, opening: Seat, closing: Seat, parts: list[Box]) -> bool:
    """True when there is a word between the strokes, and more room than for a portion mark."""
    if len(parts) == 1 and closing.stroke.x - opening.stroke.x < LEAST_PASSAGE * paper.type_height:
        return False
    words = [w for part in parts for w in paper.reading.words_in(part, 0.4)]
    if NO_PASSAGE.fullmatch(" ".join(w.text for w in words)):
        return False
    return any(sum(map(str.isalnum, w.text)) > 1 for w in words)
