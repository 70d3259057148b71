"""Words of a head that a stamp lies on and that are the document's own: a line that opens with TO, FROM or SUBJECT, a date."""

from __future__ import annotations

import re

from pipeline.core.dates import find_dates
from pipeline.core.document import Votes
from pipeline.core.page import Page
from pipeline.parse.labels import find_labels
from pipeline.parse.rows import rows_of
from pipeline.parse.traces import stamped_words

GAP = 9.0
"""Characters' widths after which what stands on the line is no longer the label's value."""


def head_words(page: Page) -> frozenset[int]:
    """Offsets of the words on labelled lines in the upper part of a page: the label, its value, and a date's beside it."""
    rows = rows_of(page)
    height = page.height or (rows[-1].box.bottom + 1 if rows else 1.0)
    kept: set[int] = set()
    for label in find_labels([r for r in rows if r.box.top < 0.55 * height]):
        opens = label.name in ("sender", "recipient", "subject") and label.colon and label.first <= 1
        if not opens or label.box.top > 0.55 * height or rows[label.row].box.left > 0.35 * (page.width or 612.0):
            continue
        for chunk in rows[label.row].chunks(GAP):
            if chunk.box.left <= label.box.right or re.match(r"\W*DATE\s?\W", chunk.text):
                kept |= {c.word.start for c in chunk.cells}
    return frozenset(kept)


def date_words(page: Page, votes: Votes) -> frozenset[int]:
    """Offsets of the words of dates in the upper part of a page that are the paper's own though stamps claim them: a rubber
    date stamp dates a memo that has no typed date; a stamp without a date took the words of a typed one beside it."""
    height = page.height or 792.0
    claimed = stamped_words(page, Votes(stamps=tuple(s for s in votes.stamps if s.template != "DATE_STAMP")))
    dated = stamped_words(page, Votes(stamps=tuple(s for s in votes.stamps if s.date and s.template != "DATE_STAMP")))
    every = stamped_words(page, votes)
    kept: set[int] = set()
    for row in rows_of(page):
        if row.box.top > 0.45 * height:
            break
        for chunk in row.chunks(5.0):
            for d in find_dates(chunk.text):
                at, words = 0, []
                for c in chunk.cells:
                    if at < d.end and at + len(c.text) > d.start:
                        words.append(c.word.start)
                    at += len(c.text) + 1
                own = not claimed & set(words) or (set(words) - every and not dated & set(words))
                kept |= set(words) if own else set()
    return frozenset(kept)
