"""Pages for tests, as a reader of a scan would hand them over: words in the places where they stand in the text."""

from __future__ import annotations

import re

from pipeline.core.document import Scan
from pipeline.core.geometry import Box
from pipeline.core.page import Page, ReadWord

PITCH, LEADING, LEFT, TOP = 6.0, 13.0, 60.0, 50.0


def typed(text: str, number: int = 1, columns_apart: bool = False) -> Page:
    """A typewritten page of letter size: ten characters to the inch, a line of text one row of type.

    With `columns_apart` the reader took what stands right of the page's middle as lines of their own, as readers do.
    """
    lines: list[list[ReadWord]] = []
    late: list[list[ReadWord]] = []
    for n, line in enumerate(text.splitlines()):
        words = [
            ReadWord(
                m.group(),
                Box(LEFT + m.start() * PITCH, TOP + n * LEADING, LEFT + m.end() * PITCH, TOP + n * LEADING + 9),
                0.95,
            )
            for m in re.finditer(r"\S+", line)
        ]
        right = [w for w in words if columns_apart and w.box.left > 250]
        lines.append([w for w in words if w not in right])
        late.append(right)
    return Page.of_lines(number, (612.0, 792.0), lines + late)


def scan(pages: int) -> Scan:
    """A file of so many pages."""
    return Scan("d" * 64, "memo.pdf", "memo.pdf", "application/pdf", 1000, pages)
