"""The heading of a paper that has no SUBJECT: a title in capitals, a title centred over the text, a series' own title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.dates import find_dates
from pipeline.core.knowledge import toml
from pipeline.core.page import Page
from pipeline.parse.cues import likeness, squash
from pipeline.parse.letterheads import letterheads
from pipeline.parse.rows import Cell, Passage, Row
from pipeline.parse.said import Said, said
from pipeline.parse.telegrams import is_level

_FURNITURE = re.compile(
    r"\b(?:FORM|DRAFT|INDEX(?:ING|ED)|EDITION|PAGE|CLASS|COPY|RELEASE\w*|RETURN TO|REPRODUC\w*|ROUTING|DOCID|ATTACHMENT|AIRTEL|"
    r"AIR ?MAIL|VIA|WASHINGTON|ENCLOSURE|DIST(?:RIBUTION)?)\b"
)
_CAPITALS = re.compile(r"[A-Z]")


def title(rows: Sequence[Row], page: Page) -> list[Said]:
    """The first rows in capitals, centred, in the upper half; else a heading that stands alone over the text; nothing when
    none is such."""
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
    if found and len(found.value.split()) >= 3:
        return [found]
    return _alone(rows, page, height)


def _alone(rows: Sequence[Row], page: Page, height: float) -> list[Said]:
    """The first rows over the text, apart from it: in capitals at the margin, or a few words each with a capital."""
    typed = [r for r in rows if r.box.top > 0.035 * height and any(len(squash(c.text)) > 3 for c in r.cells)]
    typed = [r for r in typed if not find_dates(r.text) and not is_level(r.text) and not is_letterhead(r.text)]
    if len(typed) < 4 or page.width is None:
        return []
    taken = [typed[0]]
    for row in typed[1:3]:
        if row.box.top - taken[-1].box.bottom > 0.9 * row.box.height or not _title_like(row):
            break
        taken.append(row)
    apart = typed[len(taken)].box.top - taken[-1].box.bottom > 1.2 * max(7.0, taken[-1].box.height)
    if not apart or taken[0].box.top > 0.4 * height or not all(_title_like(r) for r in taken):
        return []
    found = said("subject", Passage.of(page.number, [r.cells for r in taken]), "heading", 0.5)
    return [found] if found else []


def _title_like(row: Row) -> bool:
    """No sentence: at most twelve words, none of the longer ones small, nothing that belongs to a form or stamp."""
    long = [c.text for c in row.cells if len(squash(c.text)) > 3]
    surest = sum(c.word.confidence for c in row.cells) / len(row.cells)
    return (
        2 <= len(row.cells) <= 12
        and bool(long)
        and surest > 0.7
        and not _FURNITURE.search(row.text.upper())
        and not _office(row.text)
        and sum(word.lstrip("(\"'[")[:1].isupper() for word in long) >= 0.75 * len(long)
    )


def _heads(row: Row, page: Page, width: float, height: float) -> bool:
    """A row in capitals, centred, in the upper part of the page, that is neither mark nor letterhead nor form."""
    letters = re.sub(r"[^A-Za-z]", "", row.text)
    if len(letters) < 8 or len(_CAPITALS.findall(letters)) < 0.85 * len(letters) or row.box.top >= 0.6 * height:
        return False
    wordy = sum(len(squash(c.text)) > 2 for c in row.cells) >= 0.6 * len(row.cells)
    centred = abs(row.box.middle[0] - width / 2) < 0.17 * width or page.width is None
    furniture = _FURNITURE.search(row.text) or find_dates(row.text) or is_level(row.text) or is_letterhead(row.text)
    furniture = furniture or _office(row.text)
    return wordy and centred and not furniture


def _office(text: str) -> bool:
    """The row is an addressee's or a sender's office."""
    return any(re.match(p, text) for p in toml("particulars/heads.toml")["posts"])


def is_letterhead(text: str) -> bool:
    """The row is the printed name of an office or a form."""
    forms = ("INFORMATION REPORT", "TELEGRAM INFORMATION REPORT", "OFFICE MEMORANDUM", "UNITED STATES GOVERNMENT")
    if any(likeness(form, text) > 0.8 for form in forms):
        return True
    return any(
        likeness(phrase, text) > 0.85 and len(squash(text)) < 1.6 * len(squash(phrase)) for phrase in letterheads()
    )
