"""White: passages that were covered with white paper or paint before the copy was made, so that nothing marks them but
the gap and what reviewers wrote beside it.

A page is full of gaps that mean nothing: ends of paragraphs, tables, signatures. A gap counts only with a second
witness: a code written by hand or printed beside it, which no other redaction explains, or a sentence that goes on behind
it. Three shapes are known: a band of missing lines within the column of type, a broken line whose rest continues in the
middle of the next one, and a gap within a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles

from pipeline.core.geometry import Box
from pipeline.core.page import Line, Word
from pipeline.parse.redacted.codes import Note
from pipeline.parse.redacted.paper import RELEASE_LINE, Paper, Place

PROSE = 25
"""Characters that stand together in a line of running text; table cells and labels have fewer."""
LEAST_PROSE = 3
"""Lines of it on a page with a column of type."""
BLANK = 5.0
"""Characters' widths that part what does not belong together in a line."""
LEAST_STEP = 3.4
"""Line pitches from the line before a band to the one behind it: two lines are gone, beside the blank of a paragraph."""
LEAST_RATIO = 1.5
"""Of that step to the usual one of the page: lists and forms are spaced widely throughout."""
LEAST_STEPS = 5
"""Steps of a page that tell its usual one."""
UNFINISHED = 2.6
"""That step behind a line that breaks off within a sentence."""
FEW = 12
"""Lines and headings of a page of which little is left."""
MAIN = 0.6
"""Share of the prose that one column holds; the rest is lines of stamps. In print of two columns each has about half."""
TALL = 1.7
"""Times the usual height of a word's box that handwriting has at least."""
ALONE = 2.0
"""Word heights to the next word of its line: what is nearer makes a note a part of a stamp."""
SHORT, INDENTED = 15.0, 6.0
"""Characters' widths by which a broken line ends early and its rest begins late."""
PARAGRAPH = 2.2
"""Line pitches from one paragraph to the next."""
SELDOM = 0.1
"""Share of the lines of prose that may be indented on a page where indentation means something."""
HOLE = 5.0
"""Characters' widths left free around a code within a line."""
NEAR = 3.0
"""Line pitches from a broken line to the note that belongs to it: there is no room beside a single line."""
FEW_GAPS, WIDE = 5, 6.0
"""Gaps of more than `BLANK` on a page of running text, and characters' widths of one that can be a passage taken out."""
CLEAN = 0.02
"""Share of ink in it: specks."""
BAND, BROKEN, TORN = 0.9, 0.8, 0.6
"""Confidences, lowered from what was counted by eye on 494 pages that nobody had annotated: 22 of 23 right, one doubtful."""
STAMP = re.compile(r"DECL|CLASSI|EXEMPT|REASON|RELEASE", re.IGNORECASE)
"""Words of stamps that name exemptions without withholding anything where they stand."""
BY_HAND = re.compile(
    r"[B68HK]{1,2}[1IL7R]{0,2}(?:[A4903OPUQ]{0,2}[1-7JSO0]?){0,3}|[1IL]?A3[A4903OUQ]?[5S]|[XVIKT]{1,2}[NAM]"
)
"""Codes written by hand as readers misread them, without blanks and points: (b)(1), b1 a3 a5, b1 a5; XN."""


@dataclass(frozen=True, slots=True)
class Row:
    """What stands in the column of type at one height; `y` in points, on the page set level."""

    box: Box
    text: str
    y: float

    @property
    def prose(self) -> bool:
        return len(self.text) > PROSE

    @property
    def unfinished(self) -> bool:
        """True when it breaks off within a sentence, and is no subject or the like."""
        return re.fullmatch(r"(?![A-Z.]{2,}:).*\w{2}[,'’\[|]{0,2}", self.text) is not None


@dataclass(frozen=True, slots=True)
class Column:
    """The column of running text, with its rows from top to bottom; `character` is the usual width of one."""

    left: float
    right: float
    character: float
    rows: tuple[Row, ...]


def find_gaps(paper: Paper, taken: Sequence[Place], codes: Sequence[Note]) -> list[Place]:
    """The white places of a page that no place `taken` touches; `codes` are those printed on it."""
    words = [w for w in paper.reading.words if w.box]
    if paper.reading.grade == "unreadable" or not words:
        return []
    tall = median(w.box.height for w in words if w.box)
    notes = _written(words, tall)
    column = _column(paper, [w for w in words if w.box and w.box.height < TALL * tall], notes)
    if column is None:
        return []
    stamps = [w.box for w in words if w.box and STAMP.match(w.text)]
    around = [*stamps, *(place.box for place in taken)]
    printed = [n for n in codes if not any(_beside(n.box, box, NEAR * paper.pitch) for box in around)]
    found = [*_bands(paper, column, notes, printed), *_broken(paper, column, notes), *_holes(paper, column, printed)]
    found += _torn(paper, column)
    return [place for place in found if not any(place.box.overlap(other.box) for other in taken)]


def _column(paper: Paper, words: Sequence[Word], notes: Sequence[Note]) -> Column | None:
    """The column of running text; None where there is little of it, or more than one column. On a page of which little is
    left, the notes tell where it ended."""
    widths = [w.box.width / len(w.text) for w in words if w.box and len(w.text) > 2]
    if not widths:
        return None
    character = median(widths)
    chunks = [(box, text) for box, text in _chunks(words, BLANK * character) if not RELEASE_LINE.search(text)]
    prose = [box for box, text in chunks if len(text) > PROSE]
    middle = median(b.left for b in prose) if prose else 0.0
    main = [b for b in prose if abs(b.left - middle) < 2 * BLANK * character]
    if len(main) >= max(LEAST_PROSE, MAIN * len(prose)):
        left, right = quantiles([b.left for b in main], n=8)[0], quantiles([b.right for b in main], n=8)[-1]
    elif main and notes and len(chunks) <= FEW:
        left, right = middle, min(n.box.left for n in notes) - BLANK * character
    else:
        return None
    rows: list[Row] = []
    inside = [
        (paper.level(*b.middle), b, text)
        for b, text in chunks
        if b.left < right + BLANK * character and b.right > left and sum(map(str.isalnum, text)) > 1
    ]
    for y, box, text in sorted(inside, key=lambda held: held[0]):
        if rows and y - rows[-1].y < 0.5 * paper.pitch:
            last = rows.pop()
            rows.append(Row(Box.around([last.box, box]), f"{last.text} {text}", last.y))
        else:
            rows.append(Row(box, text, y))
    return Column(left, right, character, tuple(rows))


def _chunks(words: Sequence[Word], blank: float) -> Iterable[tuple[Box, str]]:
    """The words of each line, cut where more than `blank` is left free."""
    lines: dict[int, list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    for line in lines.values():
        run: list[Word] = []
        for word in sorted(line, key=lambda w: w.box.left if w.box else 0.0):
            if run and word.box and run[-1].box and word.box.left - run[-1].box.right > blank:
                yield Box.around(w.box for w in run if w.box), " ".join(w.text for w in run)
                run = []
            run.append(word)
        yield Box.around(w.box for w in run if w.box), " ".join(w.text for w in run)


def _written(words: Sequence[Word], tall: float) -> list[Note]:
    """The codes that reviewers wrote by hand: high, few letters, and no word near them."""
    groups: list[list[Word]] = []
    for word in words:
        if word.box is None or word.box.height < TALL * tall:
            continue
        for group in groups:
            if any(w.box and _beside(w.box, word.box, 1.5 * tall) for w in group):
                group.append(word)
                break
        else:
            groups.append([word])
    notes = []
    for group in groups:
        box = Box.around(w.box for w in group if w.box)
        ways = (sorted(group, key=lambda w: w.start), sorted(group, key=lambda w: w.box.left if w.box else 0.0))
        read = [text for way in ways if BY_HAND.fullmatch(_bare(text := " ".join(w.text for w in way)))]
        if (
            read
            and len(_bare(read[0])) > 1
            and not any(
                w.box and w not in group and w.line == group[0].line and _beside(w.box, box, ALONE * tall)
                for w in words
            )
        ):
            notes.append(Note(box, read[0], _understood(read[0])))
    return notes


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).upper()


def _understood(text: str) -> tuple[str, ...]:
    """b1 a3 a5 as State wrote it, where every sign of it can be told; else nothing."""
    whole = re.fullmatch(r"[B68]1((?:[A49UO][1-7S])*)", _bare(text))
    if whole is None:
        return ()
    return ("b1", *(f"a{d.replace('S', '5')}" for d in whole[1][1::2]))


def _beside(a: Box, b: Box, far: float) -> bool:
    return a.grown(far).overlap(b) > 0.0


def _bands(paper: Paper, column: Column, notes: Sequence[Note], printed: Sequence[Note]) -> Iterable[Place]:
    """Bands of missing lines below the first line of prose, with a note beside; with a printed code also above the last,
    since release lines and footers hold codes too."""
    steps = [(b.y - a.y) / paper.pitch for a, b in pairwise(column.rows)]
    usual = LEAST_RATIO * median(steps) if len(steps) >= LEAST_STEPS else 0.0
    prose = [n for n, row in enumerate(column.rows) if row.prose]
    for n, (a, b) in enumerate(pairwise(column.rows)):
        if n < prose[0] or steps[n] <= max(usual, UNFINISHED if a.unfinished else LEAST_STEP):
            continue
        band = Box(column.left, a.box.bottom, column.right, b.box.top)
        beside = [x for x in notes if band.top - paper.pitch < x.box.middle[1] < band.bottom + paper.pitch]
        if n < prose[-1]:
            beside += [x for x in printed if band.top < x.box.middle[1] < band.bottom]
        if beside:
            yield _place(band, BAND, beside)


def _holes(paper: Paper, column: Column, printed: Sequence[Note]) -> Iterable[Place]:
    """Gaps within a line of prose, or at its end, with a printed code in them that touches neither side."""
    for note in printed:
        y, free = note.box.middle[1], HOLE * column.character
        row = [w.box for w in paper.reading.words if w.box and w.box.top < y < w.box.bottom and not paper.is_code(w)]
        row = [b for b in row if b.right > column.left and b.left < column.right]
        before = max((b.right for b in row if b.right <= note.box.left), default=column.right)
        behind = min((b.left for b in row if b.left >= note.box.right), default=column.right)
        apart = min(note.box.left - before, behind - note.box.right) > column.character
        prose = sum(b.width for b in row) > PROSE * column.character
        if apart and prose and behind - before > note.box.width + free:
            yield _place(Box(before, min(b.top for b in row), behind, max(b.bottom for b in row)), BROKEN, [note])


def _torn(paper: Paper, column: Column) -> Iterable[Place]:
    """Empty gaps in the midst of a sentence and of a line of the column, on a page that has hardly any others."""
    gaps = list(_gaps(paper.reading.lines, BLANK * column.character))
    if len(gaps) > FEW_GAPS or sum(row.prose for row in column.rows) <= FEW_GAPS:
        return
    for before, behind in gaps:
        a, b = before[-1].box, behind[0].box
        sentence = re.fullmatch(r"[a-z]{2,}", before[-1].text) and re.fullmatch(r"[a-z]{2,},?", behind[0].text)
        if not a or not b or not sentence or min(len(before), len(behind)) < 2:
            continue
        hole = Box(a.right, min(a.top, b.top), b.left, max(a.bottom, b.bottom))
        ink = paper.cut(paper.ink, hole.grown(-0.5 * column.character, 0.0))
        inside = column.left < a.right and b.left < column.right
        if inside and hole.width > WIDE * column.character and float(ink.mean()) < CLEAN:
            yield _place(hole, TORN, [])


def _gaps(lines: Iterable[Line], blank: float) -> Iterable[tuple[list[Word], list[Word]]]:
    """What stands before and behind each gap of more than `blank` within a line."""
    for line in lines:
        words = sorted((w for w in line.words if w.box), key=lambda w: w.box.left if w.box else 0.0)
        for n, (a, b) in enumerate(pairwise(words), 1):
            if a.box and b.box and b.box.left - a.box.right > blank:
                yield words[:n], words[n:]


def _broken(paper: Paper, column: Column, notes: Sequence[Note]) -> Iterable[Place]:
    """A line that breaks off early, and the late beginning of the next on a page of lines that all begin at the margin."""
    edge = column.left + INDENTED * column.character
    prose = [row for row in column.rows if row.prose]
    flush = sum(row.box.left > edge for row in prose) <= max(1, SELDOM * len(prose))
    inner = column.right - SHORT * column.character
    for n, (a, b) in enumerate(pairwise(column.rows)):
        late = flush and b.prose and b.box.left > edge
        before = column.rows[max(0, n - 2) : n]
        last = a.unfinished and len(before) == 2 and all(row.prose and row.box.right > inner for row in before)
        if a.box.right > inner or a.box.left > edge or not (late or last) or b.y - a.y > PARAGRAPH * paper.pitch:
            continue
        both = Box(column.left, a.box.top, paper.reading.width or column.right, b.box.bottom)
        if beside := [x for x in notes if _beside(both, x.box, (NEAR if late else 1.0) * paper.pitch)]:
            yield _place(Box(a.box.right, a.box.top, column.right, a.box.bottom), BROKEN, beside)
            if late:
                yield _place(Box(column.left, b.box.top, b.box.left, b.box.bottom), BROKEN, beside)


def _place(box: Box, sure: float, notes: Sequence[Note]) -> Place:
    codes = tuple(dict.fromkeys(code for note in notes for code in note.codes))
    return Place(box.rounded(), "white", "rule:white@1", sure, codes=codes)
