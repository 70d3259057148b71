"""Tick boxes: which of a form's options was marked, from the text and, on scans, from the ink between the brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from pipeline.core.geometry import Box as Area
from pipeline.core.ink import Ink
from pipeline.parse.blocks import Block, explained
from pipeline.parse.fuzzy import Hit, find
from pipeline.parse.templates import Box

if TYPE_CHECKING:
    import numpy as np

MARK = re.compile(r"[\[({]?\s*([XxVvYK✓✔☒☑×*]|EX|Lx|LX)\s*[\])}]?\s*$|\b(X|x)$")
EMPTY = re.compile(r"[\[({]\s*[.,]?\s*[\])}]\s*$|_{2,}\s*$|\(\s*$|[0O]\s*$|[•·]\s*$")
FULL = 1.8  # times the ink that the form's boxes usually hold: something was written into this one
LEAST = 0.15  # share of a box's area that brackets and a tick cover at the very least
ENOUGH = 4  # boxes
BOX = 1.3  # width of a box and its brackets, in heights of a letter


@dataclass(frozen=True, slots=True)
class Seen:
    """A box found on the form; `marked` is None when neither text nor ink tells."""

    box: Box
    hit: Hit
    marked: bool | None
    printed: str


def read_ticks(block: Block, ink: Ink | None) -> tuple[str, str | None, tuple[str, ...]]:
    """(decision, ticked labels as printed, flags). Words alone prove nothing: no legible tick is `unclear`."""
    seen = _boxes(block)
    if ink is not None and seen:
        seen = _from_ink(block, seen, ink)
    ticked = [s for s in seen if s.marked]
    text = "; ".join(dict.fromkeys(s.printed for s in ticked)) or None
    return _decided(ticked), text, _flags(ticked)


def _decided(ticked: Sequence[Seen]) -> str:
    deciding = [s.box for s in ticked if s.box.column == 1]
    labels = {b.label for b in deciding}
    narrowed = {b.refines for b in deciding if b.refines}
    left = {b.decision for b in deciding if b.label not in narrowed or b.refines}
    if len(left) != 1 or _contradicts(ticked):
        return "unclear"
    if labels and all(b.refines and b.refines not in labels for b in deciding):
        return next(b.decision for b in deciding)
    return left.pop()


def _contradicts(ticked: Sequence[Seen]) -> bool:
    """Declassified and at the same time downgraded, that is, kept classified."""
    labels = {s.box.label for s in ticked}
    return "DECLASSIFY" in labels and any(label.startswith("DOWNGRADE") for label in labels)


def _flags(ticked: Sequence[Seen]) -> tuple[str, ...]:
    if not ticked:
        return ("no_legible_tick",)
    return ("conflict:declassify_and_downgrade",) if _contradicts(ticked) else ()


def _boxes(block: Block) -> list[Seen]:
    """The form's labels as they stand in the block: the best readings first, none inside another, each label once."""
    text = block.text
    read = [(hit, box) for box in block.template.boxes for hit in find(box.label, block.passage.skeleton, 0.8)]
    seen: list[Seen] = []
    for hit, box in sorted(read, key=lambda r: -explained(r[0])):
        if not any(box is s.box or (hit.start < s.hit.end and hit.end > s.hit.start) for s in seen):
            seen.append(Seen(box, hit, None, " ".join(text[hit.start : hit.end].split())))
    spans = sorted((s.hit.start, s.hit.end) for s in seen)
    return [Seen(s.box, s.hit, _marked(text, s.hit, spans, block.template.ticks), s.printed) for s in seen]


def _marked(text: str, hit: Hit, spans: list[tuple[int, int]], side: str) -> bool | None:
    if side == "after":
        follow = next((a for a, _ in spans if a >= hit.end), len(text))
        line = text.find("\n", hit.end)
        after = text[hit.end : min(follow, line if line >= 0 else len(text))]
        if re.match(r"[\s:_]*[\[(]?\s*[XxV✓✔×]\s*[\])]?(?![A-Za-z])", after):
            return True
        return False if re.match(r"[\s:]*(?:[\[(]\s*[\])]|_{2,})", after) else None
    line = text.rfind("\n", 0, hit.start) + 1
    before = text[max([line, *(b for _, b in spans if b <= hit.start)]) : hit.start]
    if side == "beside":
        after = text[hit.end : text.find("\n", hit.end) if "\n" in text[hit.end :] else len(text)]
        if re.match(r"[\s.:_]*[\[(]?\s*[XxV✓✔×]\s*[\])]?\s*$", after):
            return True
    if MARK.search(before.rstrip()) or re.search(r"(?:^|[\s(\[])[XxV]$|^EX$", before):
        return True
    if EMPTY.search(before):
        return False
    return None


def _from_ink(block: Block, seen: list[Seen], ink: Ink) -> list[Seen]:
    """Ticks judged by the ink where the brackets stand: much more of it than in the form's other boxes.

    A reader that prints () has not seen that the box is empty, so that only a tick in the text stands against the ink.
    Only on forms with enough boxes to know what an empty one looks like.
    """
    if len(seen) < ENOUGH or block.template.ticks == "beside":
        return seen
    cells = [_cell(block, s) for s in seen]
    amounts = [_amount(ink, c) if c else 0.0 for c in cells]
    usual = median(amounts)
    return [
        s if s.marked else Seen(s.box, s.hit, amount > max(LEAST, FULL * usual) or s.marked, s.printed)
        for s, amount in zip(seen, amounts, strict=True)
    ]


def _cell(block: Block, seen: Seen) -> Area | None:
    """Where the box of a label is: the brackets before it, or after it."""
    spots = block.passage.spots(seen.hit.start, seen.hit.end)
    if not spots:
        return None
    label = Area.around(s.box for s in spots)
    high = min(label.height, 1.4 * min(s.box.height for s in spots))
    if block.template.ticks == "after":
        return Area(label.right + 0.1 * high, label.top - 0.2 * high, label.right + 2.4 * high, label.bottom + 0.2 * high)
    own = block.passage.left_of(seen.hit.start)  # brackets read as part of the word
    right = own.right - 0.1 * high
    left = min(own.left, right - BOX * high) if own.width > 0.3 * high else right - BOX * high - 0.2 * high
    return Area(left, own.top - 0.15 * high, right, own.bottom + 0.15 * high)


def _amount(ink: Ink, cell: Area) -> float:
    """Share of dark pixels in the cell."""
    crop: np.ndarray = ink.crop(cell)
    return float((crop < 128).mean()) if crop.size else 0.0
