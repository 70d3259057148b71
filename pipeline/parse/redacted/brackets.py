"""Brackets: passages that a reviewer put between pen strokes, on one line or over many.

Strokes belong to the typed line that they stand in. Of all the pairs of an opening and a later closing stroke the
likeliest are taken first; a stroke serves one pair, and no pair reaches across another. A pair around a letter or two is
a portion mark; a stroke without a partner, an initial or a stray, is nothing. Who put one passage between brackets put
more: each pair that was found on a page makes doubtful ones likelier.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from pipeline.core.geometry import Box
from pipeline.core.page import Line, Word
from pipeline.parse.redacted.paper import Paper, Place
from pipeline.parse.redacted.strokes import Stroke, find_strokes

LEAST_PASSAGE = 2.8
"""Heights of type, strokes and all: closer together they hold a portion mark, (S) or (U)."""
LEAST_ODDS = 0.0
SURE = (0.45, 0.25)
"""Slope and base by which odds become a confidence: logistic regression on the annotated development pages (26 of 29 pairs
right), lowered by what was counted by eye on 32 pages that nobody had annotated (20 of 24 right)."""
ONE_LINE, MORE_LINES, EACH_LINE = 5.0, 3.0, 0.15
"""Log odds that two strokes are a pair beside those of the strokes: in one line, over more, and less for each."""
COMPANY = 1.0
MOST_COMPANY = (3, 1)
"""Log odds by which each pair found before makes a further one likelier, and how many count: for pairs in one line, where
strokes misread as brackets seldom meet, and for those over more. By eye on 240 pages without annotations: of 33 pairs that
this adds to 176, about 20 are right."""
CLEAR = 0.8
"""Chance from which a stroke is believed without a line that the reading knows."""
UNREADABLE = ("unreadable", "blank")
MOST_LINES = 20
TALL = 2.2
"""Line pitches: a stroke of this height holds several lines by itself."""
NO_PASSAGE = re.compile(r"\W*(?:JFK|TS|[SUCX]{1,2})\W*", re.IGNORECASE)
"""What reviewers write in round brackets of their own: portion marks, and JFK for the project."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A stroke and the row in which it stands: `y` in points, on the page set level."""

    stroke: Stroke
    y: float

    @property
    def odds(self) -> float:
        return math.log(self.stroke.chance / (1.0001 - self.stroke.chance))


@dataclass(frozen=True, slots=True)
class Pair:
    """An opening and a closing stroke; `lines` from the one down to the other."""

    opening: Seat
    closing: Seat
    lines: float

    @property
    def odds(self) -> float:
        apart = MORE_LINES - EACH_LINE * self.lines if self.lines > 0.5 else ONE_LINE
        return self.opening.odds + self.closing.odds + apart

    @property
    def sure(self) -> float:
        """The chance that the pair is a passage between brackets."""
        return 1 / (1 + math.exp(-(SURE[0] * self.odds + SURE[1])))


def find_brackets(paper: Paper) -> list[Place]:
    """The bracketed passages of a page. On a page too poor to read, noise and strokes cannot be told apart."""
    if paper.reading.grade in UNREADABLE:
        return []
    lines = _typed(paper)
    seats = [seat for s in find_strokes(paper) if (seat := _seat(paper, s, lines))]
    taken: list[tuple[Pair, Place]] = []
    for pair in sorted(_pairs(paper, seats), key=lambda p: -p.odds):
        company = COMPANY * min(len(taken), MOST_COMPANY[pair.lines > 0.5])
        if pair.odds + company < LEAST_ODDS or any(_conflict(pair, other, paper.pitch) for other, _ in taken):
            continue
        if place := _place(paper, _passage(paper, lines, pair), pair.sure):
            taken.append((pair, place))
    return [place for _, place in taken]


def _typed(paper: Paper) -> list[Line]:
    """The lines of type."""
    return [
        line
        for line in paper.reading.lines
        if line.box and any(len(w.text) > 1 and w.confidence > 0.4 for w in line.words)
    ]


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
    if abs(y - middle) > 0.9 * tall:
        if stroke.chance < CLEAR:
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


def _pairs(paper: Paper, seats: list[Seat]) -> list[Pair]:
    """Every opening stroke with every closing one that stands behind it in the order of reading."""
    pairs = []
    for a in seats:
        for b in seats:
            if a.stroke.opens and not b.stroke.opens:
                lines = (b.y - a.y) / paper.pitch
                if abs(lines) < 0.5 and b.stroke.x - a.stroke.x > LEAST_PASSAGE * 0.8 * paper.type_height:
                    pairs.append(Pair(a, b, 0.0))
                elif 0.5 <= lines <= MOST_LINES:
                    pairs.append(Pair(a, b, lines))
    return pairs


def _conflict(a: Pair, b: Pair, pitch: float) -> bool:
    """True when the two share a stroke or what lies between them."""
    if {a.opening.stroke.box, a.closing.stroke.box} & {b.opening.stroke.box, b.closing.stroke.box}:
        return True
    first, second = sorted((a, b), key=lambda p: _order(p.opening, pitch))
    return _order(second.opening, pitch) < _order(first.closing, pitch)


def _order(seat: Seat, pitch: float) -> tuple[int, float]:
    return round(seat.y / pitch), seat.stroke.x


def _place(paper: Paper, parts: list[Box], sure: float) -> Place | None:
    """The passage, if there is a word in it and more room than for a portion mark."""
    if len(parts) == 1 and parts[0].width < LEAST_PASSAGE * paper.type_height:
        return None
    words = [w for part in parts for w in paper.reading.words_in(part, 0.4)]
    if NO_PASSAGE.fullmatch(" ".join(w.text for w in words)) or not any(
        sum(map(str.isalnum, w.text)) > 1 for w in words
    ):
        return None
    return Place(Box.around(parts), "bracket", "rule:bracket@2", round(sure, 2), tuple(parts))


def _passage(paper: Paper, lines: list[Line], pair: Pair) -> list[Box]:
    """The passage: its first line from the opening stroke on, whole lines, its last line up to the closing stroke."""
    a, b = pair.opening.stroke.box, pair.closing.stroke.box
    facing = min(a.bottom, b.bottom) - max(a.top, b.top) > 0.6 * max(a.height, b.height) and a.right < b.left
    if pair.lines < 0.5 or facing:
        return [Box.around([a, b])]
    level = [(line.box, paper.level(*line.box.middle)) for line in lines if line.box and len(line.text) > 20]
    half = 0.5 * paper.pitch
    left = min([box.left for box, y in level if pair.opening.y + half < y < pair.closing.y + half] + [b.left])
    right = max([box.right for box, y in level if pair.opening.y - half < y < pair.closing.y - half] + [a.right])
    first, last = Box(a.left, a.top, right, a.bottom), Box(left, b.top, b.right, b.bottom)
    if last.top - first.bottom > 0.3 * paper.pitch:
        return [first, Box(left, first.bottom, right, last.top), last]
    return [first, last]
