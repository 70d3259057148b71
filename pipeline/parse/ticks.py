"""Tick boxes: which of a form's options was marked, from the text and, on scans, from the ink between the brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.core.geometry import Box as Area
from pipeline.core.ink import Ink
from pipeline.parse.blocks import Block
from pipeline.parse.fuzzy import Hit, find
from pipeline.parse.templates import Box

if TYPE_CHECKING:
    import numpy as np

MARK = re.compile(r"[\[({]?\s*([XxVvYK✓✔☒☑×*]|EX|Lx|LX)\s*[\])}]?\s*$|\b(X|x)$")
EMPTY = re.compile(r"[\[({]\s*[.,]?\s*[\])}]\s*$|_{2,}\s*$|\(\s*$|[0O]\s*$|[•·]\s*$")
FULL = 1.7  # times the ink of the emptiest box of the form: something was written into it
LEAST = 0.10  # share of a box's area that a tick covers at the very least


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
    """The form's labels as they stand in the block, longest first so that no label is found inside another."""
    text = block.text
    seen: list[Seen] = []
    for box in sorted(block.template.boxes, key=lambda b: -len(b.label)):
        for hit in find(box.label, block.passage.skeleton, 0.8):
            if not any(hit.start < s.hit.end and hit.end > s.hit.start for s in seen):
                seen.append(Seen(box, hit, None, " ".join(text[hit.start : hit.end].split())))
                break
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
    """Ticks judged by the ink where the brackets stand: much more of it than in the emptiest box of the form."""
    cells = [_cell(block, s) for s in seen]
    if any(c is None for c in cells) or len(seen) < 2:
        return seen
    amounts = [_amount(ink, c) for c in cells if c]
    floor = sorted(amounts)[max(0, len(amounts) // 3 - 1)]
    return [
        Seen(s.box, s.hit, bool(s.marked) or (amount > max(LEAST, FULL * floor)), s.printed)
        for s, amount in zip(seen, amounts, strict=True)
    ]


def _cell(block: Block, seen: Seen) -> Area | None:
    """Where the box of a label is: before (or after) it, as wide as it is high and a half."""
    spots = block.passage.spots(seen.hit.start, seen.hit.end)
    if not spots:
        return None
    label = Area.around(s.box for s in spots)
    high = label.height
    if block.template.ticks == "after":
        return Area(label.right + 0.1 * high, label.top - 0.2 * high, label.right + 2.4 * high, label.bottom + 0.2 * high)
    return Area(label.left - 2.4 * high, label.top - 0.2 * high, label.left - 0.2 * high, label.bottom + 0.2 * high)


def _amount(ink: Ink, cell: Area) -> float:
    """Share of dark pixels in the cell."""
    crop: np.ndarray = ink.crop(cell)
    return float((crop < 128).mean()) if crop.size else 0.0
