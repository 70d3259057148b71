"""The heading of a paper that has no SUBJECT: a title in capitals, a title centred over the text, a series' own title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.dates import find_dates
from pipeline.core.page import Page
from pipeline.parse.cues import likeness, squash
from pipeline.parse.letterheads import letterheads
from pipeline.parse.rows import Cell, Passage, Row
from pipeline.parse.said import Said, said
from pipeline.parse.telegrams import is_level

_FURNITURE = re.compile(
    r"\bFORM\b|\bDRAFT\b|\bINDEX(?:ING|ED)\b|\bEDITION\b|\bPAGE\b|\bCLASS\b|\bCOPY\b|\bRELEASE|\bRETURN TO\b|"
    r"\bREPRODUC|\bATTACHMENT\b|\bENCLOSURE\b|\bDIST(?:RIBUTION)?\b"
)
_CAPITALS = re.compile(r"[A-Z]")


def title(rows: Sequence[Row], page: Page) -> list[Said]:
    """The first rows in capitals or in title case, centred, in the upper half; nothing when none is such."""
    width = page.width or max(r.box.right for r in rows) + 40
    height = page.height or rows[-1].box.bottom + 1
    taken: list[list[Cell]] = []
    for row in rows:
        if page.width is None and row.cells[0].text.startswith("#") and len(row.cells) > 1:
            taken = [list(row.cells[1:])]
            break
        if _heads(row, page, width, height) and (
            not taken or row.box.top - taken[-1][0].box.bottom < 1.9 * row.box.height
        ):
            taken.append(list(row.cells))
        elif taken:
            break
    found = said("subject", Passage.of(page.number, taken), "title", 0.6) if taken else None
    return [found] if found and len(found.value.split()) >= 3 else []


def _heads(row: Row, page: Page, width: float, height: float) -> bool:
    """A row in capitals, centred, in the upper part of the page, that is neither mark nor letterhead nor form."""
    letters = re.sub(r"[^A-Za-z]", "", row.text)
    if len(letters) < 8 or len(_CAPITALS.findall(letters)) < 0.85 * len(letters) or row.box.top >= 0.6 * height:
        return False
    wordy = sum(len(squash(c.text)) > 2 for c in row.cells) >= 0.6 * len(row.cells)
    centred = abs(row.box.middle[0] - width / 2) < 0.17 * width or page.width is None
    furniture = _FURNITURE.search(row.text) or find_dates(row.text) or is_level(row.text) or is_letterhead(row.text)
    return wordy and centred and not furniture


def is_letterhead(text: str) -> bool:
    """The row is the printed name of an office or a form."""
    forms = ("INFORMATION REPORT", "TELEGRAM INFORMATION REPORT", "OFFICE MEMORANDUM", "UNITED STATES GOVERNMENT")
    if any(likeness(form, text) > 0.8 for form in forms):
        return True
    return any(
        likeness(phrase, text) > 0.85 and len(squash(text)) < 1.6 * len(squash(phrase)) for phrase in letterheads()
    )
