"""Templates seen on a page: the printed words of a stamp gathered by place, in any order, damaged or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from pipeline.core.geometry import Box
from pipeline.parse.fuzzy import Hit, find, likeness, squeeze
from pipeline.parse.layout import Layout, Passage, Spot
from pipeline.parse.numbers import find_numbers
from pipeline.parse.templates import Template

ANCHOR = 0.74  # lowest score of a phrase that starts a block
CORROBORATING = 0.64  # lowest score of a phrase beside an anchor
CONDITION = 0.74  # lowest score of a phrase that must stand in a block
PROVEN = 0.8  # lowest score of a phrase that alone proves a block
RULED_OUT = 0.9  # lowest score of a phrase that rules a block out
SHORT = 8  # letters; shorter phrases must be read nearly right
SHORT_SCORE = 0.85
APART = 3.4  # heights of a letter between two of its lines: two lines filled in or foreign
ASIDE = 5.0  # heights of a letter by which one of its lines may stand aside from another
PARTED = 6.0  # heights of a letter between words: a phrase does not go on beyond such a gap
NEARER = 0.25  # share of a phrase's letters by which one as far as `APART` away is worth less
ALONG = 16.0  # heights of a letter between two of its phrases on one line: a number may stand between them
MIXED = 0.4  # share of capitals in a longer line beside it that is printed in capitals
SHOUTED = 0.6  # share of capitals in an anchor that is printed in capitals


@dataclass(frozen=True)
class Block:
    """A template seen at a place: the phrases that were found, and all words that belong to it."""

    template: Template
    hits: tuple[Hit, ...]
    spots: tuple[Spot, ...]
    printed: frozenset[int]  # starts of the words that are the template's own
    coverage: float
    weight: float

    @cached_property
    def passage(self) -> Passage:
        return Passage(self.spots)

    @property
    def text(self) -> str:
        return self.passage.text

    @property
    def box(self) -> Box:
        return Box.around(s.box for s in self.spots)

    def apart(self, spot: Spot) -> float:
        """Points between a word and the nearest printed one."""
        x, y = spot.box.middle
        boxes = (s.box for s in self.spots if s.word.start in self.printed)
        return min(max(b.left - x, x - b.right, 0.0) + max(b.top - y, y - b.bottom, 0.0) for b in boxes)

    def holds(self, phrase: str, least: float = CONDITION) -> bool:
        """Whether the phrase, or the number pattern, stands in the block."""
        return holds(phrase, self.passage, least)


def holds(conditions: str, passage: Passage, least: float = CONDITION) -> bool:
    """Whether one of the alternatives (` | `), phrases or number patterns, stands in the passage."""
    for wanted in conditions.split(" | "):
        if "#" in wanted:
            if find_numbers(wanted, passage.text):
                return True
        elif next(find(wanted, passage.skeleton, _least(wanted, least)), None):
            return True
    return False


def find_blocks(layout: Layout, known: Iterable[Template]) -> list[Block]:
    """The best explanation of the page by stamps: blocks that share no printed words, the weightiest first."""
    seen = [block for template in known for block in _blocks(template, layout)]
    seen.sort(key=lambda b: (-b.weight, b.template.id, b.spots[0].word.start))
    taken: set[int] = set()
    chosen = []
    for block in seen:
        if len(block.printed & taken) > 0.4 * len(block.printed):
            continue
        taken |= block.printed
        chosen.append(block)
    return [_without(block, [b for b in chosen if b is not block]) for block in chosen]


def _without(block: Block, others: Sequence[Block]) -> Block:
    """The block less what is another's: its printed words, and words filled in that stand nearer to its print."""
    theirs = set().union(*(b.printed for b in others)) - block.printed if others else set()
    rivals = [(b, {s.word.start for s in b.spots}) for b in others]
    kept = tuple(
        s for s in block.spots
        if s.word.start in block.printed
        or (s.word.start not in theirs and not any(s.word.start in words and b.apart(s) < block.apart(s) for b, words in rivals))
    )  # fmt: skip
    less = replace(block, spots=kept)
    return less if all(less.holds(m) for m in block.template.must) else block


def _least(phrase: str, usual: float) -> float:
    return max(usual, SHORT_SCORE) if len(squeeze(phrase)) < SHORT else usual


def _blocks(template: Template, layout: Layout) -> Iterator[Block]:
    anchors = template.anchors or tuple(p for line in template.lines for p in line.split(" | "))
    hits: dict[str, list[Hit]] = {}
    for phrase in anchors:
        shouted = SHOUTED if phrase.isupper() else 0.0
        shouted = template.capitals if template.capitals >= 0 else shouted
        hits[phrase] = _hits(phrase, layout, ANCHOR, shouted)
    starts = sorted((h for found in hits.values() for h in found), key=lambda h: -h.weight)
    if not starts:
        return
    for line in (*template.lines, *template.more):
        for phrase in line.split(" | "):
            weak = _hits(phrase, layout, CORROBORATING, MIXED if phrase.isupper() and len(phrase) > SHORT else 0.0)
            hits[phrase] = hits.get(phrase, []) + [h for h in weak if h not in hits.get(phrase, [])]
    used: set[tuple[int, int]] = set()
    for start in starts:
        if (start.start, start.end) in used:
            continue
        block = _assemble(template, layout, start, hits, used)
        if block:
            used |= {(h.start, h.end) for h in block.hits}
            yield block


def _hits(phrase: str, layout: Layout, least: float, capitals: float = 0.0) -> list[Hit]:
    least = _least(phrase, least)
    found = find(phrase, layout.skeleton, least, capitals)
    return [h for hit in found if (h := _on_its_line(hit, layout)) and h.score >= least]


def _on_its_line(hit: Hit, layout: Layout) -> Hit | None:
    """The hit; on scans, where the next words of the text may be anything, what of it stands together on one printed line."""
    if not layout.page.width:
        return hit
    starts = [hit.start]
    spots = layout.between(hit.start, hit.end)
    for before, after in pairwise(spots):
        parted = "\n" in layout.page.text[before.word.end : after.word.start]
        if parted or after.box.left - before.box.right > PARTED * max(before.box.height, after.box.height):
            starts.append(max(hit.start, after.word.start))
    if len(starts) == 1:
        return hit
    start, end = max(pairwise([*starts, hit.end]), key=lambda piece: piece[1] - piece[0])
    text = layout.page.text[start:end].rstrip()
    return Hit(hit.phrase, start, start + len(text), likeness(hit.phrase, text)) if text else None


def _assemble(
    template: Template, layout: Layout, anchor: Hit, hits: dict[str, list[Hit]], used: set[tuple[int, int]]
) -> Block | None:
    """The block around an anchor when enough of the template stands there."""
    chosen = _gathered(template, layout, anchor, hits, used)
    letters = covered = 0.0
    for line in template.lines:
        phrases = line.split(" | ")
        best = next((h for h in chosen if h.phrase in phrases), None)
        letters += len(squeeze(best.phrase)) if best else min(len(squeeze(p)) for p in phrases)
        covered += explained(best) if best else 0.0
    coverage = min(1.0, covered / letters)
    if coverage < template.least and not template.proof:
        return None
    printed = {s.word.start: s for h in chosen for s in layout.between(h.start, h.end)}
    if not printed:
        return None
    spots = _reached(template, layout, list(printed.values()))
    block = Block(template, tuple(chosen), spots, frozenset(printed), coverage, sum(map(explained, chosen)))
    if coverage < template.least and not any(block.holds(p, PROVEN) for p in template.proof):
        return None
    if any(not block.holds(m) for m in template.must) or any(block.holds(n, RULED_OUT) for n in template.never):
        return None
    if template.alone and not _alone(block, layout):
        return None
    return replace(block, weight=block.weight + sum(_special(block, m) for m in template.must))


def _gathered(
    template: Template, layout: Layout, anchor: Hit, hits: dict[str, list[Hit]], used: set[tuple[int, int]]
) -> list[Hit]:
    """The phrases of the stamp that stand together with the anchor: each close to one that is gathered already.

    Two other lines may come between them (what was filled in, forms in two columns, body text under a stamp), not more.
    """
    start = layout.box(anchor.start, anchor.end)
    if start is None:
        return [anchor]
    height = min(start.height, 1.6 * layout.unit)
    every = (*template.lines, *template.more)
    order = {phrase: n for n, line in enumerate(template.lines) for phrase in line.split(" | ")}
    open_lines = [line for line in every if anchor.phrase not in line.split(" | ")]
    chosen = [anchor] if len(open_lines) < len(every) else []
    core = start
    while True:
        best: tuple[float, str, Hit, Box] | None = None
        for line in open_lines:
            for hit in (h for phrase in line.split(" | ") for h in hits.get(phrase, ())):
                if (hit.start, hit.end) in used or any(hit.start < c.end and hit.end > c.start for c in chosen):
                    continue
                box = layout.box(hit.start, hit.end)
                if box is None or not _together(core, box, height):
                    continue
                worth = _worth(hit, core, box, height)
                if _upside_down(order, anchor, hit, box.middle[1] - start.middle[1], height):
                    worth -= NEARER * len(squeeze(hit.phrase))
                if best is None or worth > best[0]:
                    best = worth, line, hit, box
        if best is None:
            return chosen or [anchor]
        open_lines.remove(best[1])
        chosen.append(best[2])
        core = Box.around((core, best[3]))


def _upside_down(order: Mapping[str, int], anchor: Hit, hit: Hit, below: float, height: float) -> bool:
    """Whether a line stands above the anchor that is printed below it, or the other way round."""
    if anchor.phrase not in order or hit.phrase not in order or abs(below) < 0.5 * height:
        return False
    return (order[hit.phrase] > order[anchor.phrase]) != (below > 0)


def _worth(hit: Hit, core: Box, box: Box, height: float) -> float:
    """How much a phrase adds: of two copies of a stamp that stand together the nearer line is its own."""
    apart = max(core.top - box.bottom, box.top - core.bottom, 0.0)
    return explained(hit) - NEARER * len(squeeze(hit.phrase)) * apart / (APART * height)


def _together(core: Box, box: Box, height: float) -> bool:
    """Whether a phrase stands close to what is gathered: on one of its lines, or not far above or below."""
    aside = max(core.left - box.right, box.left - core.right, 0.0)
    apart = max(core.top - box.bottom, box.top - core.bottom, 0.0)
    return (aside < ASIDE * height and apart < APART * height) or (apart == 0 and aside < ALONG * height)


def explained(hit: Hit) -> float:
    """Letters of the phrase, less one and a half times what does not fit."""
    return len(squeeze(hit.phrase)) * max(0.0, 1.0 - 1.5 * (1.0 - hit.score))


def _special(block: Block, conditions: str) -> int:
    """The letters and figures of the condition that is met: it makes a template the more special one."""
    met = [p for p in conditions.split(" | ") if block.holds(p)]
    return max((sum(c.isalnum() or c in "#%@" for c in re.sub(r"\[.*?\]|\|[^)]*", "", p)) for p in met), default=0)


def _alone(block: Block, layout: Layout) -> bool:
    """Whether nothing stands close on either side of the words."""
    core, unit = block.box, max(layout.unit, block.box.height)
    beside = core.grown(2.5 * unit, -0.2 * core.height)
    return not any(s for s in layout.within(beside) if s.word.start not in block.printed and any(map(str.isalnum, s.text)))


def _reached(template: Template, layout: Layout, printed: list[Spot]) -> tuple[Spot, ...]:
    """The printed words and, within the template's reach, the words filled in between, after and below them."""
    core = Box.around(s.box for s in printed)
    unit = min(layout.unit * 1.5, max(s.box.height for s in printed))
    left, up, right, down = (r * unit for r in template.reach)
    wide = Box(core.left - left, core.top - up, core.right + right, core.bottom + down)
    known = {s.word.start for s in printed}
    out = list(printed)
    for spot in layout.within(wide):
        if spot.word.start in known:
            continue
        inside = core.left - left <= spot.box.middle[0] <= core.right + left
        if (inside and not _passing(layout.segment(spot), wide, known, 3 * unit)) or _joined(spot, core, layout, 2.5 * unit):
            out.append(spot)
    return tuple(sorted(out, key=lambda s: s.word.start))


def _passing(segment: Sequence[Spot], wide: Box, known: set[int], margin: float) -> bool:
    """Whether a line of other text only passes through the stamp's area."""
    if any(s.word.start in known for s in segment):
        return False
    return segment[0].box.left < wide.left - margin or segment[-1].box.right > wide.right + margin


def _joined(spot: Spot, core: Box, layout: Layout, gap: float) -> bool:
    """Whether a word to the right of the stamp follows it without a wide gap."""
    row = [s for s in layout.spots if abs(s.box.middle[1] - spot.box.middle[1]) < 0.5 * spot.box.height]
    edge = max((s.box.right for s in row if s.box.middle[0] <= core.right), default=core.right)
    for s in sorted((s for s in row if s.box.middle[0] > core.right), key=lambda s: s.box.left):
        if s.box.left - edge > gap:
            return False
        if s.word.start == spot.word.start:
            return True
        edge = s.box.right
    return False
