"""Text left beneath a box: in PDFs that were written, not scanned, a drawn box hides words and does not remove them.

The words of the sheet's text layer are held against the ink. Where a whole word shows one flat tone it is covered. That
it is there, and where, is told; what it says is never taken up.
"""

from __future__ import annotations

from pipeline.core.geometry import Box
from pipeline.core.ink import Sheet
from pipeline.parse.redacted.paper import Paper, Place

FLAT = 0.98
"""Share of a word's box that is ink when black covers it; type fills less than half of its own."""
MOST_COVERED = 0.5
"""Of the words of a page: where more of them do not show, the layer does not belong to what is seen."""
RULE = "rule:text-under-box@1"


def find_covered(sheet: Sheet, paper: Paper, fills: list[Place]) -> list[Place]:
    """`fills` with those marked that have text beneath, and the boxes of covered words beside them, joined along lines.

    Scans are left as they are: their layer is a reader's guess and hides nothing.
    """
    if not sheet.born_digital or paper.reading.rotation:
        return fills
    words = [w for line in sheet.layer() for w in line if sum(map(str.isalnum, w.text)) > 1]
    hidden = [(w.box, style) for w in words if (style := _cover(paper, w.box))]
    if len(hidden) > MOST_COVERED * len(words):
        return fills
    marked = [
        Place(f.box, f.style, RULE, 0.97) if any(f.box.covers(box) > 0.7 for box, _ in hidden) else f for f in fills
    ]
    bare = [(box, style) for box, style in hidden if not any(f.box.covers(box) > 0.7 for f in fills)]
    return marked + _joined(bare)


def _cover(paper: Paper, box: Box) -> str | None:
    """The style of what covers a word: black or white. None when the word shows."""
    inner = box.grown(-0.5, -0.15 * box.height)
    ink, faint = paper.cut(paper.ink, inner), paper.cut(paper.faint, inner)
    if not ink.size:
        return None
    return "black" if float(ink.mean()) > FLAT else "white" if not faint.any() else None


def _joined(hidden: list[tuple[Box, str]]) -> list[Place]:
    places: list[Place] = []
    for box, style in hidden:
        last = places[-1].box if places else None
        if last and places[-1].style == style and abs(last.top - box.top) < 2 and 0 <= box.left - last.right < box.height:
            places[-1] = Place(Box.around([last, box]), style, RULE, 0.9)
        else:
            places.append(Place(box, style, RULE, 0.9))
    return places
