"""What editors and transcribers write where something is withheld: [[sanitized]], [1 line not declassified]."""

from __future__ import annotations

import re

from pipeline.core.page import Page

NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}

_AMOUNT = (
    r"(?:(?:less than )?(?:\d+|[a-z]+)(?:[- ]?(?:\d+/\d+|½|and[- ]a[- ]half))? (?:typed )?"
    r"(?:lines?|words?|names?|pages?|paragraphs?|sentences?|titles?|figures?|columns?)[^\[\]\n]{0,60}|text |name |place |date )"
)
NOTE = re.compile(
    r"\[\[\s*(?:sanitized|redacted|excised|deleted|withheld|classified)[^\]]{0,40}\]\]"
    r"|\[\s*(?:\.\s*){3}\]"
    rf"|\[\s*(?:\.{{3}}\s*|…\s*)?(?:{_AMOUNT}\s*)?(?:and [^\[\]]{{0,60}} )?"
    r"(?:not declassified|sanitized|redacted|excised|(?:security )?deletion|deleted|withheld)[^\[\]]{0,40}\]"
    r"|█{2,}|(?<![\w-])-{4,}\s*\(?(?:sanitized|deleted)\)?",
    re.IGNORECASE,
)


def find_notes(page: Page) -> list[tuple[int, int, int]]:
    """(start, end, lines lost) of each note in the page's text; 0 lines when the note does not say."""
    return [(m.start(), m.end(), _lines(m.group())) for m in NOTE.finditer(page.text)]


def _lines(note: str) -> int:
    m = re.search(r"(\d+|[a-z]+)(?:[- ]?(?:\d+/\d+|½))? (?:typed )?lines?\b", note, re.IGNORECASE)
    if m is None:
        return 0
    return int(m[1]) if m[1].isdigit() else NUMBERS.get(m[1].lower(), 1)
