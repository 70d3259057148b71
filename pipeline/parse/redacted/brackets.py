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

LEAST_PASSAGE = 2.8
"""Heights of type, strokes and all: closer together they hold a portion mark, (S) or (U)."""
LEAST_SURE = 0.6
DOUBT_A_LINE = 0.012
"""How much less sure each further line makes a pair: strays that meet by chance are far apart."""
CLEAR = 0.8
"""Strength from which a stroke is believed without a line that the reading knows."""
UNREADABLE = ("poor", "unreadable", "blank")
MOST_LINES = 20
TALL = 2.2
"""Line pitches: a stroke of this height holds several lines by itself."""
NO_PASSAGE = re.compile(r"\W*(?:JFK|TS|[SUCX]{1,2})\W*", re.IGNORECASE)
"""What reviewers write in round brackets of their own: portion marks, and JFK for the project."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A stroke and the height on the page at which it stands in a line: `y` in points, on the page set level."""

    stroke: Stroke
    y: float


def find_brackets(paper: Paper) -> list[Place]:
    """The bracketed passages of a page. On a page too poor to read, noise and strokes cannot be told apart."""
    if paper.reading.grade in UNREADABLE:
        return []
    strokes = find_strokes(paper)
    facing = _facing([s for s in strokes if s.box.height > TALL * paper.pitch])
    taken = {s for pair in facing for s in pair}
    lines = _typed(paper)
    seats = [seat for s in strokes if s not in taken and (seat := _seat(paper, s, lines))]
    found = [_place(paper, [_between(a, b)], min(a.strength, b.strength)) for a, b in facing]
    for opening, closing in _pairs(_in_reading_order(seats, paper.pitch), paper.pitch):
        strength = min(opening.stroke.strength, closing.stroke.strength)
        found.append(_place(paper, _passage(paper, lines, opening, closing), strength))
    return [place for place in found if place and place.confidence > LEAST_SURE]


def _place(paper: Paper, parts: list[Box], strength: float) -> Place | None:
    """The passage, if there is a word in it and more room than for a portion mark."""
    if len(parts) == 1 and parts[0].width < LEAST_PASSAGE * paper.type_height:
        return None
    words = [w for part in parts for w in paper.reading.words_in(part, 0.4)]
    if NO_PASSAGE.fullmatch(" ".join(w.text for w in words)) or not any(sum(map(str.isalnum, w.text)) > 1 for w in words):
        return None
    around = Box.around(parts)
    sure = 0.52 - DOUBT_A_LINE * around.height / paper.pitch + 0.4 * strength
    return Place(around, "bracket", "rule:bracket@1", round(sure, 2), tuple(parts))


def _typed(paper: Paper) -> list[Line]:
    """The lines of type."""
    return [line for line in paper.reading.lines if line.box and any(len(w.text) > 1 and w.confidence > 0.4 for w in line.words)]


def _seat(paper: Paper, stroke: Stroke, lines: list[Line]) -> Seat | None:
    """The stroke in the line whose type it stands before or behind. A tall one opens at its head and closes at its foot.

    Where the reading missed the line, the ink beside a clear stroke must do.
    """
    tall, box = paper.type_height, stroke.box
    near = []
    for line in lines:
        word = min((w for w in line.words if w.box), key=lambda w: _gap(w, stroke.x))
        assert word.box
        if _gap(word, stroke.x) < 3 * tall and word.box.bottom > box.top and word.box.top < box.bottom:
            near.append(word.box.middle[1])
    if box.height > TALL * paper.pitch:
        held = [y for y in near if box.top < y < box.bottom and _type_beside(paper, stroke, y)]
        return Seat(stroke, paper.level(stroke.x, min(held) if stroke.opens else max(held))) if held else None
    middle = box.middle[1]
    y = min(near, key=lambda y: abs(y - middle), default=middle)
    if abs(y - middle) > 0.7 * tall:
        if stroke.strength < CLEAR:
            return None
        y = middle
    if not _type_beside(paper, stroke, y):
        return None
    return Seat(stroke, paper.level(stroke.x, y))


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


def _in_reading_order(seats: list[Seat], pitch: float) -> list[list[Seat]]:
    """Rows of seats from the top down, each from left to right."""
    rows: list[list[Seat]] = []
    for seat in sorted(seats, key=lambda s: s.y):
        if rows and seat.y - rows[-1][-1].y < 0.5 * pitch:
            rows[-1].append(seat)
        else:
            rows.append([seat])
    return [sorted(row, key=lambda s: s.stroke.x) for row in rows]


def _pairs(rows: list[list[Seat]], pitch: float) -> list[tuple[Seat, Seat]]:
    """Neighbours in one line first, then what opens in one line and closes in a later one."""
    pairs: list[tuple[Seat, Seat]] = []
    left: list[Seat] = []
    for row in rows:
        rest: list[Seat] = []
        for seat in row:
            if rest and rest[-1].stroke.opens and not seat.stroke.opens:
                pairs.append((rest.pop(), seat))
            else:
                rest.append(seat)
        left += rest
    rest = []
    for seat in left:
        if rest and rest[-1].stroke.opens and not seat.stroke.opens and seat.y - rest[-1].y < MOST_LINES * pitch:
            pairs.append((rest.pop(), seat))
        else:
            rest.append(seat)
    return pairs


def _facing(strokes: list[Stroke]) -> list[tuple[Stroke, Stroke]]:
    """Tall strokes that face each other across a few lines of type."""
    pairs: list[tuple[Stroke, Stroke]] = []
    for a in strokes:
        across = [b for b in strokes if a.opens and not b.opens and a.x < b.x and _level_share(a.box, b.box) > 0.6]
        if across:
            pairs.append((a, min(across, key=lambda b: b.x)))
    return pairs


def _level_share(a: Box, b: Box) -> float:
    return (min(a.bottom, b.bottom) - max(a.top, b.top)) / max(a.height, b.height)


def _between(opening: Stroke, closing: Stroke) -> Box:
    return Box.around([opening.box, closing.box])


def _passage(paper: Paper, lines: list[Line], opening: Seat, closing: Seat) -> list[Box]:
    """The passage line by line."""
    a, b = opening.stroke.box, closing.stroke.box
    if closing.y - opening.y < 0.5 * paper.pitch:
        return [_between(opening.stroke, closing.stroke)]
    held = [line.box for line in lines if line.box and a.top < line.box.middle[1] < b.bottom and len(line.text) > 20]
    left = min([h.left for h in held] + [b.left])
    right = max([h.right for h in held] + [a.right])
    first, last = Box(a.left, a.top, right, a.bottom), Box(left, b.top, b.right, b.bottom)
    if last.top - first.bottom > 0.3 * paper.pitch:
        return [first, Box(left, first.bottom, right, last.top), last]
    return [first, last]
