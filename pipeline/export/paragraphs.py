"""Lines that stand together: the blocks of ALTO and hOCR."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.page import Line, Page

GAP = 0.9  # white of more than this many line heights between two lines parts them


def paragraphs(page: Page) -> Iterator[tuple[Line, ...]]:
    """The page's lines in reading order, grouped: a line that is far below, beside or above the one before it begins a
    new group. Lines without ink (transcripts) are one group."""
    group: list[Line] = []
    for line in page.lines:
        if group and _parted(group[-1], line):
            yield tuple(group)
            group = []
        group.append(line)
    if group:
        yield tuple(group)


def _parted(above: Line, below: Line) -> bool:
    a, b = above.box, below.box
    if a is None or b is None:
        return False
    white = b.top - a.bottom
    beside = b.left > a.right or b.right < a.left
    return beside or white > GAP * max(a.height, b.height) or b.bottom < a.top
