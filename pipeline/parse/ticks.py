"""Tick boxes: which of a form's options was marked, from the ink in its boxes where the form's geometry is known, else
from what the reading made of the brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.core.geometry import Box as Area
from pipeline.parse.blocks import Block, explained
from pipeline.parse.forms import FINE, Placed, Raster
from pipeline.parse.fuzzy import Hit, find, squeeze
from pipeline.parse.templates import Box

if TYPE_CHECKING:
    import numpy as np

MARK = re.compile(r"[\[({]?\s*([XxVvYK✓✔☒☑×*]|EX|Lx|LX)\s*[\])}]?\s*$|\b(X|x)$")
EMPTY = re.compile(r"[\[({]\s*[.,]?\s*[\])}]\s*$|_{2,}\s*$|\(\s*$|[0O]\s*$|[•·]\s*$")
STRAY = (1.5, 1.2)  # units across and down by which a form's boxes may all lie off their places
JITTER = 0.5  # units by which one box may lie off from the others
WRITTEN = 0.08  # share of a box that a tick darkens at the least, beyond what the form's boxes usually show
PLAIN = 0.2  # the same on a form of so few boxes that they hardly show what an empty one looks like
ENOUGH = 4  # boxes
SOILED = 1.6  # times the ink that the form's boxes usually hold, on soiled film
STRONGER = 1.7  # of two ticks that exclude each other, one that is that much darker is meant


@dataclass(frozen=True, slots=True)
class Seen:
    """A box of the form; `marked` is None when neither text nor ink tells; `ink` is the share of it that is dark."""

    box: Box
    printed: str
    marked: bool | None
    ink: float = 0.0


def read_ticks(block: Block, placed: Placed | None, ink: Raster | None) -> tuple[str, str | None, tuple[str, ...]]:
    """(decision, ticked labels as printed, flags). Words alone prove nothing: no legible tick is `unclear`."""
    seen = from_ink(block.template.boxes, placed, ink) if placed and ink is not None else from_text(block)
    ticked = _meant([s for s in seen if s.marked])
    text = "; ".join(dict.fromkeys(s.printed for s in ticked)) or None
    return _decided(ticked), text, _flags(ticked)


def _meant(ticked: Sequence[Seen]) -> list[Seen]:
    """The ticks less those of the deciding column that a much darker one beside them shows to be strays of the pen."""
    darkest = max((s.ink for s in ticked if s.box.column == 1), default=0.0)
    return [s for s in ticked if s.box.column != 1 or s.box.refines or STRONGER * s.ink >= darkest]


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


def from_ink(boxes: Sequence[Box], placed: Placed, ink: Raster) -> list[Seen]:
    """The boxes of a form that was pinned to the page, each judged by the ink within it against that in the others."""
    known = {squeeze(b.label): b for b in boxes}
    amounts = _amounts(placed, ink)
    usual = sorted(amounts)[(len(amounts) - 1) // 3]
    least = max(usual + (WRITTEN if len(amounts) >= ENOUGH else PLAIN), SOILED * usual)
    return [
        Seen(known[squeeze(label)], label, amount >= least, amount)
        for (label, _, _), amount in zip(placed.form.cells, amounts, strict=True)
        if squeeze(label) in known
    ]


def _amounts(placed: Placed, ink: Raster) -> list[float]:
    """Share of dark pixels in each box. Where the boxes lie is taken from the boxes themselves: most are empty, so that the
    usual one is white where a tick goes and dark where its brackets stand."""
    import numpy as np

    wide, high = placed.form.cell
    room = Area(-wide / 2, -high / 2, wide / 2, high / 2).grown(STRAY[0] + JITTER, STRAY[1] + JITTER)
    pictures = [placed.picture(ink, room.moved(x, y)) < 128 for _, x, y in placed.form.cells]
    usual = np.sort(np.array(pictures), axis=0)[(len(pictures) - 1) // 2]
    across, down = _whitest(usual, wide, high)
    return [
        min(
            float(_part(p, wide, high, across + dx, down + dy).mean())
            for dx in (-JITTER, 0.0, JITTER)
            for dy in (-JITTER, 0.0, JITTER)
        )
        for p in pictures
    ]


def _whitest(usual: np.ndarray, wide: float, high: float) -> tuple[float, float]:
    """Where in the usual box, within reach, the white of a box lies: (across, down) in units from the place foreseen."""
    steps = [n / FINE for n in range(-round(STRAY[0] * FINE), round(STRAY[0] * FINE) + 1)]
    falls = [n / FINE for n in range(-round(STRAY[1] * FINE), round(STRAY[1] * FINE) + 1)]
    dark = {(x, y): float(_part(usual, wide, high, x, y).mean()) for x in steps for y in falls}
    least = min(dark.values()) + 0.01
    white = [at for at, share in dark.items() if share <= least]
    return min(white, key=lambda at: at[0] ** 2 + at[1] ** 2)


def _part(picture: np.ndarray, wide: float, high: float, across: float, down: float) -> np.ndarray:
    left, top = STRAY[0] + JITTER + across, STRAY[1] + JITTER + down
    return picture[round(top * FINE) : round((top + high) * FINE), round(left * FINE) : round((left + wide) * FINE)]


def from_text(block: Block) -> list[Seen]:
    """The form's labels as they stand in the block, judged by what was read before, after or beside them: the best
    readings first, none inside another, each label once."""
    text = block.text
    read = [(hit, box) for box in block.template.boxes for hit in find(box.label, block.passage.skeleton, 0.8)]
    chosen: list[tuple[Hit, Box]] = []
    for hit, box in sorted(read, key=lambda r: -explained(r[0])):
        if not any(box is b or (hit.start < h.end and hit.end > h.start) for h, b in chosen):
            chosen.append((hit, box))
    spans = sorted((hit.start, hit.end) for hit, _ in chosen)
    return [
        Seen(box, " ".join(text[hit.start : hit.end].split()), _marked(text, hit, spans, block.template.ticks))
        for hit, box in chosen
    ]


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
