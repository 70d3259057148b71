"""What one page shows and the other, which is the same paper, withholds.

A word that stands on one page alone counts when, laid over the other page, it falls on a redaction, or on bare paper in
the midst of the text (a gap that nobody framed). Where the other page has words of its own at that place, it was only read
differently, and nothing was opened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.compare.frames import Frame, frame
from pipeline.compare.leaves import Leaf, Withheld, lines
from pipeline.compare.pairing import Same
from pipeline.compare.prints import fold
from pipeline.core.geometry import Box, Place
from pipeline.core.page import Word

LEAST = 3
"""Letters of a passage under a redaction; a name may be as short."""
LEAST_BARE, LEAST_AMID, LEAST_WORD = 12, 5, 8
"""Letters of a passage that bare paper answers: fewer are mostly words that a reader overlooked. Where the words just before
and after were read, two short ones are enough, or a long one."""
SURE, SURE_BARE = 0.4, 0.7
"""How surely the words were read, on average: pen and dirt are no passages."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that one release shows (`page`, `start`, `end`, a box a printed line) and the other withholds.

    `hidden` are the boxes on `other_page`: of the `redactions` there or, when there are none, of the bare paper where the
    words would stand. Boxes are missing where a transcript has none.
    """

    page: int
    text: str
    start: int
    end: int
    shown: tuple[Place, ...]
    other_page: int
    hidden: tuple[Place, ...]
    redactions: tuple[Withheld, ...] = ()


@dataclass(frozen=True, slots=True)
class _Lone:
    """A word that one page alone shows: its place among the words, and what is at its place on the other page."""

    at: int
    word: Word
    under: tuple[Withheld, ...]
    laid: Box | None


def passages(same: Same, known: Collection[int], other_way: bool = False) -> list[Passage]:
    """The passages of the first page that the second withholds; `other_way`, of the second that the first does.

    `known` are the places of the words of the showing page that stand on any page of the other release.
    """
    here, there = (same.second, same.first) if other_way else (same.first, same.second)
    pairs = sorted((j, i) for i, j in same.pairs) if other_way else sorted(same.pairs)
    if not pairs:
        return _whole_page(here, there)
    boxes = ((here.words[i].box, there.words[j].box) for i, j in pairs)
    lay = frame([(p, q) for p, q in boxes if p and q])
    lone = _laid(here, there, known, lay) if lay else _between(here, there, known, pairs)
    return [p for run in _runs(lone, known) if (p := _passage(run, here, there, known))]


def _whole_page(here: Leaf, there: Leaf) -> list[Passage]:
    lone = [_Lone(n, w, there.withheld, None) for n, w in enumerate(here.words)]
    found = _passage(lone, here, there, ()) if here.letters > there.letters else None
    return [found] if found else []


def _laid(here: Leaf, there: Leaf, known: Collection[int], lay: Frame) -> list[_Lone]:
    """The words that fall on a redaction or on bare paper."""
    width, height = there.page.width or 0.0, there.page.height or 0.0
    read = [w for w in there.page.words if w.box]
    drawn = [r.box for r in there.page.regions if r.kind in ("handwriting", "stamp-ink", "picture")]
    typed = [w.box for n, w in enumerate(here.words) if n in known and w.box]
    within = Box.around(typed).grown(6.0, 3.0) if typed else None
    found = []
    for n, word in enumerate(here.words):
        if n in known or n in here.rims or word.box is None:
            continue
        place = lay.laid(word.box)
        in_place = [w for w in read if w.box and _meet(place, w.box)]
        under = tuple(r for r in there.withheld if r.box and r.box.grown(3.0, 3.0).covers(place) >= 0.5)
        if under and not _read_as(word, in_place):
            found.append(_Lone(n, word, under, place))
        elif (not under and not in_place and within and within.covers(word.box) > 0.9
              and place.within(width, height) == place and not any(place.overlap(ink) > 0 for ink in drawn)):  # fmt: skip
            found.append(_Lone(n, word, (), place))
    return found


def _meet(one: Box, two: Box) -> bool:
    """Whether two words stand at one place; those of lines above each other touch when the paper lies askew."""
    beside = min(one.right, two.right) - max(one.left, two.left)
    above = min(one.bottom, two.bottom) - max(one.top, two.top)
    return beside > 0.15 * min(one.width, two.width) and above > 0.4 * min(one.height, two.height)


def _read_as(word: Word, in_place: Sequence[Word]) -> bool:
    """Whether the words at its place are what a reader made of it."""
    from rapidfuzz.distance import Levenshtein

    letters = fold(word.text)
    joined = "".join(fold(w.text) for w in in_place)
    return any(
        Levenshtein.normalized_similarity(letters, one) >= 0.5 for one in (joined, *(fold(w.text) for w in in_place))
    )


def _between(here: Leaf, there: Leaf, known: Collection[int], pairs: Sequence[tuple[int, int]]) -> list[_Lone]:
    """The words whose neighbours on the other page have a redaction between them; for pages without a common frame."""
    found = []
    for n, word in enumerate(here.words):
        if n in known or n in here.rims:
            continue
        before = max((j for i, j in pairs if i < n), default=None)
        after = min((j for i, j in pairs if i > n and (before is None or j > before)), default=None)
        left = there.words[before] if before is not None else None
        right = there.words[after] if after is not None else None
        under = tuple(r for r in there.withheld if _stands_between(left, r, right))
        if under:
            found.append(_Lone(n, word, under, None))
    return found


def _stands_between(left: Word | None, hidden: Withheld, right: Word | None) -> bool:
    if hidden.start is not None and hidden.end is not None:
        return (left is None or left.end <= hidden.start + 1) and (right is None or hidden.end <= right.start + 1)
    return (left is None or _follows(left.box, hidden.box)) and (right is None or _follows(hidden.box, right.box))


def _follows(one: Box | None, two: Box | None) -> bool:
    """Whether `two` comes after `one` in the order of reading."""
    if one is None or two is None:
        return False
    on_one_line = min(one.bottom, two.bottom) - max(one.top, two.top) > 0.4 * min(one.height, two.height)
    return two.middle[0] > one.middle[0] if on_one_line else two.middle[1] > one.middle[1]


def _runs(lone: Sequence[_Lone], known: Collection[int]) -> list[list[_Lone]]:
    """Words that follow one another; a word that was read differently may stand between, one that both show may not."""
    runs: list[list[_Lone]] = []
    for one in lone:
        between = range(runs[-1][-1].at + 1, one.at) if runs else range(0)
        if runs and len(between) <= 1 and not any(n in known for n in between):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _passage(run: Sequence[_Lone], here: Leaf, there: Leaf, known: Collection[int]) -> Passage | None:
    """The run as a passage, without lines of a letter or two; None when it is too little or too badly read to be one."""
    told: Counter[int] = Counter()
    for one in run:
        told[one.word.line] += len(here.folded[one.at])
    run = [one for one in run if told[one.word.line] >= LEAST]
    covered = [one for one in run if one.under]
    bare = not covered
    words = [one.word for one in run]
    letters = sum(len(here.folded[one.at]) for one in (run if bare else covered))
    sure = sum(w.confidence * len(w.text) for w in words) / max(1, sum(len(w.text) for w in words))
    amid = bool(run) and run[0].at - 1 in known and run[-1].at + 1 in known
    least = LEAST if not bare else LEAST_BARE if not amid else LEAST_AMID if len(run) > 1 else LEAST_WORD
    if letters < least or sure < (SURE_BARE if bare else SURE):
        return None
    under = tuple(dict.fromkeys(r for one in covered for r in one.under))
    number = there.page.number
    hidden = tuple(Place(number, r.box) for r in under if r.box)
    if bare:
        hidden = tuple(Place(number, one.laid.rounded()) for one in run if one.laid)
        hidden = (Place(number, Box.around(p.box for p in hidden)),) if hidden else ()
    start, end = words[0].start, max(w.end for w in words)
    shown = lines(here.page.number, words)
    text = " ".join(w.text for w in words)
    return Passage(here.page.number, text, start, end, shown, number, hidden, under)
