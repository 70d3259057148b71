"""Documents made for these tests."""

from __future__ import annotations

from pipeline.core.document import Described, Particulars, Scan
from pipeline.core.geometry import Box
from pipeline.core.page import Page, ReadWord


def scan(pages: int = 1) -> Scan:
    return Scan("d" * 64, "memo.txt", "memo.txt", "text/plain", 1, pages)


def transcript(*texts: str) -> tuple[Page, ...]:
    return tuple(Page.of_text(n, text) for n, text in enumerate(texts, 1))


def typed(number: int, *lines: str, confidence: float = 0.95, top: float = 100.0) -> Page:
    """A scanned page: Courier, ten characters to the inch, six lines to the inch, a blank line where a line is empty."""
    read = []
    for n, line in enumerate(lines):
        words, at = [], 0
        for word in line.split():
            at = line.index(word, at)
            left = 72 + 7.2 * at
            words.append(ReadWord(word, Box(left, top + 12 * n, left + 7.2 * len(word), top + 12 * n + 9), confidence))
            at += len(word)
        read.append(words)
    return Page.of_lines(number, (612.0, 792.0), read)


def dated(date: str | None) -> Described:
    return Described(Particulars(date=date))
