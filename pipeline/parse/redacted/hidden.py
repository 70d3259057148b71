"""Text left beneath a box: a box drawn over words in a PDF hides them and does not remove them.

The words of the sheet's text layer are held against the ink. Where a whole word shows one flat tone it is covered: by a
drawn box, a picture, a note, or because it has the colour of its ground. On a scan the layer is a reader's guess; there
only what lies within a filled box counts, since no reader makes words of it that has not seen them. That text is there,
and where, is always told; what it says is kept only when the run was told to reveal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from pipeline.core.covered import flat_tone
from pipeline.core.geometry import Box
from pipeline.core.ink import Sheet
from pipeline.core.page import ReadWord
from pipeline.parse.redacted.paper import Paper, Place

DARK = 128
MOST_COVERED = 0.5
"""Of the words of a page: where more of them do not show, the layer does not belong to what is seen."""
LEAST_ON_SCAN = 2
"""Words beneath a filled box of a scan; a single one may be a speck that a reader took for a word."""
WITHIN = 0.7
RULE = "rule:text-under-box@2"


def find_covered(sheet: Sheet, paper: Paper, fills: list[Place]) -> list[Place]:
    """`fills` with the words beneath them, and, where the page's text is text, the other places where words are covered,
    joined along lines."""
    if paper.reading.rotation or (not fills and not sheet.born_digital):
        return fills
    words = [w for line in sheet.layer() for w in line if sum(map(str.isalnum, w.text)) > 1]
    covered = [(w, style) for w in words if (style := _cover(paper, w.box))]
    if len(covered) > MOST_COVERED * len(words):
        return fills
    if not sheet.born_digital:
        return [_over(fill, [w for w, style in covered if style == fill.style], LEAST_ON_SCAN) for fill in fills]
    bare = [(w, style) for w, style in covered if not any(f.box.covers(w.box) > WITHIN for f in fills)]
    return [_over(fill, [w for w, _ in covered], 1) for fill in fills] + _joined(bare)


def _over(fill: Place, covered: list[ReadWord], least: int) -> Place:
    beneath = tuple(w.text for w in covered if fill.box.covers(w.box) > WITHIN)
    return replace(fill, rule=RULE, confidence=0.97, beneath=beneath) if len(beneath) >= least else fill


def _cover(paper: Paper, box: Box) -> str | None:
    """The style of what covers a word: black or white. None when the word shows."""
    tone = flat_tone(paper.gray, paper.scale, box)
    return None if tone is None else "black" if tone < DARK else "white"


def _joined(covered: Iterable[tuple[ReadWord, str]]) -> list[Place]:
    """One place for each run of covered words that stand side by side."""
    places: list[Place] = []
    for style, words in groupby(covered, key=lambda pair: pair[1]):
        run: list[ReadWord] = []
        for word, _ in words:
            if run and not _beside(run[-1].box, word.box):
                places.append(_place(style, run))
                run = []
            run.append(word)
        places.append(_place(style, run))
    return places


def _beside(last: Box, box: Box) -> bool:
    return abs(last.top - box.top) < 2 and 0 <= box.left - last.right < box.height


def _place(style: str, words: list[ReadWord]) -> Place:
    return Place(Box.around(w.box for w in words), style, RULE, 0.9, beneath=tuple(w.text for w in words))
