"""Typed words of a head that a stamp lies on: a line that opens with TO, FROM or SUBJECT is the document's own."""

from __future__ import annotations

import re

from pipeline.core.page import Page
from pipeline.parse.labels import find_labels
from pipeline.parse.rows import rows_of

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
