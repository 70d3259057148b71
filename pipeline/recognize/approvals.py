"""Approve/Disapprove lines: which side bears a mark of the pen, seen in the ink, and what was read of it.

A tick, initials or a date is rarely read as text, but it darkens the blank behind its word. The rule on which it is
written is taken away first; the side with clearly more ink than the other is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.core.findings import Approval
from pipeline.core.geometry import Box
from pipeline.core.ink import View
from pipeline.core.page import Page, Word
from pipeline.recognize.decisions import DATE, side_of

if TYPE_CHECKING:
    import numpy as np

_DPI = 150.0
_REACH = 130.0  # points that the last blank of a row may be long
_WRITTEN = 9.0  # square points of ink that a mark has at the least
_MORE = 2.5  # times the ink of the other side
_DARK = 55  # levels of gray below the paper
_OTHERS = 3  # words of three letters and more that may stand on the line besides: "See me", "Date"


def find_approvals(view: View, reading: Page) -> tuple[Approval, ...]:
    """The decision lines of a page from top to bottom; none where no ink can be looked at (transcripts)."""
    if view.ink is None or reading.width is None:
        return ()
    return tuple(_judged(view, reading, row) for row in _rows(reading))


def _rows(page: Page) -> Iterator[list[Word]]:
    """For each decision line its words of decision from left to right: both sides at one height, little else beside."""
    named = [w for w in page.words if w.box and side_of(w.text) in ("approve", "disapprove")]
    used: set[int] = set()
    for first in named:
        row = [w for w in named if w.start not in used and _level(w, first)]
        if {side_of(w.text) for w in row} == {"approve", "disapprove"} and len(row) == 2 and _formal(page, row):
            used |= {w.start for w in row}
            yield sorted(row, key=lambda w: _box(w).left)


def _formal(page: Page, row: Sequence[Word]) -> bool:
    """Whether the row is a line to be filled in, not a sentence."""
    beside = [w for w in page.words if w.box and _level(w, row[0]) and len(re.findall("[A-Za-z]", w.text)) >= 3]
    return len(beside) - len(row) <= _OTHERS


def _level(a: Word, b: Word) -> bool:
    """Whether two words stand at one height."""
    if not a.box or not b.box:
        return False
    both = min(a.box.bottom, b.box.bottom) - max(a.box.top, b.box.top)
    return both >= 0.4 * min(a.box.bottom - a.box.top, b.box.bottom - b.box.top)


def _judged(view: View, page: Page, row: list[Word]) -> Approval:
    blanks = list(_blanks(page, row))
    amounts = [_ink(view, blank) for blank in blanks]
    most = max(range(len(row)), key=lambda n: amounts[n])
    others = max(a for n, a in enumerate(amounts) if n != most)
    marked = amounts[most] >= _WRITTEN and amounts[most] >= _MORE * others
    side = side_of(row[most].text) if marked else None
    read = [w.text for w in page.words_in(blanks[most]) if w not in row] if marked else []
    written = " ".join(read)
    date = DATE.search(written)
    box = Box.around([_box(w) for w in row] + ([blanks[most]] if marked else [])).rounded()
    return Approval(
        page=page.number, text=" ".join(w.text for w in row), box=box,
        start=min(w.start for w in row), end=max(w.end for w in row),
        confidence=round(min(0.95, 0.6 + 0.1 * amounts[most] / max(others, _WRITTEN)), 3) if marked else 0.7,
        method="image:approvals@1", decision={"approve": "approved", "disapprove": "disapproved"}.get(side or "", "none"),
        written=written, date_text=date.group() if date else None,
    )  # fmt: skip


def _blanks(page: Page, row: Sequence[Word]) -> Iterator[Box]:
    """The room behind each word of the row, where its mark goes: to the next word, a little above and below the line, but
    not into the print of its neighbours."""
    high = max(_box(w).bottom - _box(w).top for w in row)
    for n, word in enumerate(row):
        box = _box(word)
        stop = _box(row[n + 1]).left if n + 1 < len(row) else min(box.right + _REACH, (page.width or 0) - 12)
        blank = Box(box.right + 3, box.top - 0.7 * high, max(stop - 3, box.right + 6), box.bottom + 0.3 * high)
        print_near = [
            w.box
            for w in page.words
            if w.box and len(w.text) > 2 and w.box.right > blank.left and w.box.left < blank.right
        ]
        above = max((b.bottom + 1 for b in print_near if b.bottom < box.top + 0.3 * high), default=blank.top)
        below = min((b.top - 1 for b in print_near if b.top > box.bottom - 0.3 * high), default=blank.bottom)
        yield Box(blank.left, max(blank.top, above), blank.right, min(blank.bottom, below))


def _ink(view: View, blank: Box) -> float:
    """Square points of ink in a blank besides its rule and specks."""
    import cv2
    import numpy as np

    assert view.ink is not None
    gray: np.ndarray = view.ink.crop(blank, dpi=_DPI)
    dark = (gray < np.median(gray) - _DARK).astype(np.uint8)
    rule = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, max(12, dark.shape[1] // 6)), np.uint8))
    dark[cv2.dilate(rule, np.ones((5, 9), np.uint8)) > 0] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA] * (72 / _DPI) ** 2
    return float(areas[areas >= 1.0].sum())


def _box(word: Word) -> Box:
    assert word.box is not None
    return word.box
