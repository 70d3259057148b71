"""Outlines: empty boxes ruled around the place where text was taken out.

Reviewers' programs draw them straight, whatever the skew of the scan, and their lines end at the corners; the cells of
forms and tables hang on lines that go on. A box is known by the area that its rules cut out of the paper, or, where a
code or a release line was printed over a side, by a corner and what is left of the other sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.core.geometry import Box
from pipeline.parse.redacted.paper import Paper, Place

LEAST_SIDE = (20.0, 8.0)
"""Points: narrower or lower areas are tick boxes, letters of a stamp and the like."""
HAIRLINE = 0.8
"""Points: height from end to end of a line that a program drew; what was printed and scanned is thicker or not as level."""
TICK_BOX = 18.0
"""Points: squarish boxes up to this height are to be ticked."""
TICK_BOX_SHAPE = 1.8
MOST_UPRIGHT = 1.3
"""Height over width: lines of text are withheld side by side; upright boxes are columns of a form or chart."""
ACROSS = 0.35
"""Of a word that may lie in a box when it was printed across its side."""
MOST_INK = 0.35
"""Share of a box that overprints may fill; more is a letter of a heading or a dark field."""
WHOLE, BROKEN = 0.97, 0.93
"""Confidences, by count: 43 of 43 right on the development pages; on unseen ones every one of those looked at."""
MOST_SHARE = 0.6
"""Of the page: larger is the frame of a form or the edge of the paper."""


def find_frames(paper: Paper) -> list[Place]:
    """The outlined boxes of a page."""
    across, down = _rules(paper)
    broken = sorted(_corners(across, down, paper), key=lambda found: found[0], reverse=True)
    ruled = [*((b, WHOLE) for b in _areas(across, down, paper)), *((b, BROKEN) for _, b in broken)]
    found: list[Place] = []
    for box, sure in ruled:
        table = _divided(across, down, paper, box) or _cell(across, down, paper, box)
        if not table and _free(box, found) and _empty(paper, box):
            found.append(Place(box, "outline", "rule:outline@1", sure))
    for box in _bars(across, paper):
        if _free(box, found) and _holds_a_code(paper, box):
            found.append(Place(box, "outline", "rule:outline@1", BROKEN))
    return found


def _holds_a_code(paper: Paper, box: Box) -> bool:
    """True when an exemption code is all that is written in the box."""
    held = [paper.is_code(w) for w in paper.reading.words if w.box and box.covers(w.box) > 0.5]
    return sum(held) > 0.6 * len(held)


def _free(box: Box, found: list[Place]) -> bool:
    return all(box.overlap(f.box) <= 0.3 * min(box.area, f.box.area) for f in found)


def _rules(paper: Paper) -> tuple[Any, Any]:
    """Ruled lines across and down: thin straight runs of ink, longer than any stroke of type."""
    import cv2
    import numpy as np

    thick = paper.odd(4)

    def thin(kernel: tuple[int, int], blob: tuple[int, int]) -> Any:
        runs = cv2.morphologyEx(paper.faint, cv2.MORPH_OPEN, np.ones(kernel, np.uint8))
        return cv2.subtract(runs, cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones(blob, np.uint8)))

    return thin((1, paper.odd(16)), (thick, 1)), thin((paper.odd(9), 1), (1, thick))


def _areas(across: Any, down: Any, paper: Paper) -> Iterable[Box]:
    """Rectangles that the rules cut out of the paper."""
    import cv2
    import numpy as np

    rules = cv2.morphologyEx(cv2.bitwise_or(across, down), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    outlines, tree = cv2.findContours(rules, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for outline, (_, _, _, parent) in zip(outlines, tree[0] if outlines else (), strict=True):
        if parent < 0:
            continue  # a rule itself, no area that rules enclose
        left, top, wide, high = cv2.boundingRect(outline)
        if sized(paper, wide, high) and cv2.contourArea(outline) > 0.9 * (wide - 1) * (high - 1):
            yield paper.box(left, top, left + wide, top + high)


def _corners(across: Any, down: Any, paper: Paper) -> Iterator[tuple[float, Box]]:
    """Rectangles with one whole corner, of whose other sides most is there, and how much (0..4 sides)."""
    import numpy as np

    near, hairline = paper.pixels(1.5), paper.pixels(HAIRLINE)
    level = np.array(_runs(across, paper.pixels(16))).reshape(-1, 4)
    plumb = np.array(_runs(down, paper.pixels(9))).reshape(-1, 4)
    for left, top, right, bottom in level.tolist():
        at_side = (abs(plumb[:, 0] - left) <= near) | (abs(plumb[:, 2] - right) <= near)
        at_end = (abs(plumb[:, 1] - top) <= near) | (abs(plumb[:, 3] - bottom) <= near)
        hair = level[level[:, 3] - level[:, 1] <= hairline] if bottom - top <= hairline else level[:0]
        fellow = (hair[:, 1] > bottom) & ((abs(hair[:, 0] - left) <= near) | (abs(hair[:, 2] - right) <= near))
        boxes = [(left, high, right, low) for _, high, _, low in plumb[at_side & at_end].tolist()]
        boxes += [(min(left, x), top, max(right, z), y) for x, _, z, y in hair[fellow].tolist()]
        for box in boxes:
            if sized(paper, box[2] - box[0], box[3] - box[1]) and (sides := _whole(across, down, paper, *box)):
                yield sides, paper.box(*box)


def _whole(across: Any, down: Any, paper: Paper, left: int, top: int, right: int, bottom: int) -> float:
    """How much of the sides is ruled (0..4). 0.0 unless three sides are and a part of the fourth, which may lie under a
    line of print."""
    sides = _sides(across, down, paper, left, top, right, bottom)
    least, second = sorted(sides)[:2]
    if second < 0.85:
        return 0.0
    if least < 0.2 and min(_sides(paper.faint, paper.faint, paper, left, top, right, bottom)) < 0.2:
        across_print = second > 0.95 and paper.printed_across(paper.box(left, top, right, bottom))
        return sum(sides) if across_print else 0.0
    return sum(sides)


def _bars(across: Any, paper: Paper) -> Iterator[Box]:
    """Rectangles with bold bars above and below, of whose sides a code that was printed into them left the ends."""
    import cv2
    import numpy as np

    bold = cv2.morphologyEx(across, cv2.MORPH_OPEN, np.ones((paper.pixels(1.4), 1), np.uint8))
    runs = _runs(bold, paper.pixels(16))
    near = paper.pixels(1.5)
    for left, top, right, _ in runs:
        for other, _, end, bottom in runs:
            if abs(other - left) > near or abs(end - right) > near or not sized(paper, right - left, bottom - top):
                continue
            sides = _sides(paper.faint, paper.faint, paper, left, top, right, bottom)
            if min(sides[:2]) > 0.95 and min(sides[2:]) > 0.25 and bottom - top < paper.pixels(40):
                yield paper.box(left, top, right, bottom)


def _runs(rules: Any, least: int) -> list[tuple[int, int, int, int]]:
    """The single lines as (left, top, right, bottom) in pixels."""
    import cv2

    boxes = [cv2.boundingRect(c) for c in cv2.findContours(rules, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]]
    return [(x, y, x + w, y + h) for x, y, w, h in boxes if max(w, h) >= least]


def _sides(
    across: Any, down: Any, paper: Paper, left: int, top: int, right: int, bottom: int
) -> tuple[float, float, float, float]:
    """The share of each side that is there: top and bottom on `across`, left and right on `down`."""
    slack = paper.pixels(1)

    def there(ink: Any, a: int, b: int, c: int, d: int, axis: int) -> float:
        strip = ink[max(0, b) : d, max(0, a) : c]
        return float(strip.max(axis=axis).mean()) if strip.size else 0.0

    return (
        there(across, left, top - slack, right, top + slack + 1, 0),
        there(across, left, bottom - slack - 1, right, bottom + slack, 0),
        there(down, left - slack, top, left + slack + 1, bottom, 1),
        there(down, right - slack - 1, top, right + slack, bottom, 1),
    )


def sized(paper: Paper, wide: int, high: int) -> bool:
    """True for what is large enough in pixels, no tick box, no upright column of a form and not the frame of a page."""
    height, width = paper.size
    if (
        wide < paper.pixels(LEAST_SIDE[0])
        or high < paper.pixels(LEAST_SIDE[1])
        or wide * high > MOST_SHARE * width * height
    ):
        return False
    return TICK_BOX_SHAPE * high < wide or paper.pixels(TICK_BOX) < high < MOST_UPRIGHT * wide


def _empty(paper: Paper, box: Box) -> bool:
    """Nothing but specks inside, or a code; what is printed across a side (a release line) does not count."""
    inner = box.grown(-2.0)
    ink = paper.cut(paper.ink, inner).copy()
    if ink.size == 0 or float(ink.mean()) > MOST_INK:
        return False
    for word in paper.reading.words:
        if word.box is None or not box.overlap(word.box):
            continue
        overprint, within = paper.overprint(word, box), box.covers(word.box)
        if within > 0.6 and not overprint and len(word.text) > 2 and word.confidence > 0.5:
            return False
        if overprint or within < ACROSS:
            w = (
                word.box.grown(1.0)
                .moved(-inner.left, -inner.top)
                .scaled(paper.scale)
                .within(ink.shape[1], ink.shape[0])
            )
            ink[round(w.top) : round(w.bottom), round(w.left) : round(w.right)] = 0
    return float(ink.mean()) < 0.06


def _divided(across: Any, down: Any, paper: Paper, box: Box) -> bool:
    """True when rules run through the box from side to side: a table."""
    inner = box.grown(-3.0)
    rows, columns = paper.cut(across, inner), paper.cut(down, inner)
    if not rows.size:
        return False
    return bool(rows.mean(axis=1).max() > 0.8 or columns.mean(axis=0).max() > 0.8)


def _cell(across: Any, down: Any, paper: Paper, box: Box) -> bool:
    """True when lines go on beyond the corners in two places: a cell of a form or table."""
    b = box.scaled(paper.scale)
    left, top, right, bottom = round(b.left), round(b.top), round(b.right), round(b.bottom)
    far, gap, slack = paper.pixels(8), paper.pixels(1), paper.pixels(1.2)
    on = 0
    for y in (top, bottom):
        for x in ((left - gap - far, left - gap), (right + gap, right + gap + far)):
            strip = across[max(0, y - slack) : y + slack, max(0, x[0]) : max(0, x[1])]
            on += strip.size > 0 and float(strip.max(axis=0).mean()) > 0.85
    for x0 in (left, right):
        for y0 in ((top - gap - far, top - gap), (bottom + gap, bottom + gap + far)):
            strip = down[max(0, y0[0]) : max(0, y0[1]), max(0, x0 - slack) : x0 + slack]
            on += strip.size > 0 and float(strip.max(axis=1).mean()) > 0.85
    return on >= 2
