"""Which pages of two documents are the same paper.

Pages that share fingerprints are aligned, those that share most first. Two pages are one when much of the shorter stands
on the longer and where they differ one of them is silent: two forms filled in differently say different things at the
same place, and are two papers however much of their print is alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.compare.alignment import Pair, align
from pipeline.compare.leaves import BODY, Leaf, body

SHARED, SHARE = 2, 0.04
"""Fingerprints, and their part of the shorter page's, that two pages must have in common before their words are looked at:
of two readings with one letter in ten wrong a twelfth part is left."""
AGAINST = 0.2
"""Of the letters that two pages have at one place, so many may be others: misreadings, pen, stamps that were not known."""
PART = 0.3
"""So much of the shorter page stands on the longer one."""
COVERED = 0.15
"""A page of which so much is withheld may stand for one that is shown elsewhere, though no word tells."""


@dataclass(frozen=True)
class Same:
    """Two pages that are one paper. `pairs` are places in `first.words` and `second.words`; none when the page is known
    by its place alone. `letters` agree, `against` contradict each other."""

    first: Leaf
    second: Leaf
    pairs: tuple[Pair, ...] = ()
    letters: int = 0
    against: float = 0.0


@dataclass
class _Free:
    """Which words of each page are not yet found on another."""

    of: dict[int, list[int]] = field(default_factory=dict)

    def words(self, leaf: Leaf) -> list[int]:
        return self.of.setdefault(leaf.page.number, list(range(len(leaf.words))))

    def take(self, leaf: Leaf, taken: Sequence[int]) -> None:
        gone = set(taken)
        self.of[leaf.page.number] = [n for n in self.words(leaf) if n not in gone]


def same_pages(first: Sequence[Leaf], second: Sequence[Leaf]) -> list[Same]:
    """The pages that are one paper, by the pages of the first. A page may be spread over several of the other (a
    transcript has pages of its own)."""
    near = [(len(a.prints & b.prints), a, b) for a in body(first) for b in body(second)]
    near = sorted(
        (n for n in near if n[0] >= max(SHARED, SHARE * min(len(n[1].prints), len(n[2].prints)))),
        key=lambda n: (-n[0], n[1].page.number, n[2].page.number),
    )
    found: list[Same] = []
    free_a, free_b = _Free(), _Free()
    for _, a, b in near:
        same = _aligned(a, b, free_a.words(a), free_b.words(b))
        if same:
            found.append(same)
            free_a.take(a, [i for i, _ in same.pairs])
            free_b.take(b, [j for _, j in same.pairs])
    found += _by_place(first, second, found)
    return sorted(found, key=lambda s: (s.first.page.number, s.second.page.number))


def _aligned(a: Leaf, b: Leaf, here: Sequence[int], there: Sequence[int]) -> Same | None:
    words, others = [a.folded[i] for i in here], [b.folded[j] for j in there]
    pairs = align(words, others)
    letters = sum(len(words[i]) for i, _ in pairs)
    if letters < max(BODY, PART * min(sum(map(len, words)), sum(map(len, others)))):
        return None
    against = _against(_seen(a, here), _seen(b, there), pairs)
    if against > AGAINST * (letters + against):
        return None
    return Same(a, b, tuple((here[i], there[j]) for i, j in pairs), letters, against)


def _seen(leaf: Leaf, places: Sequence[int]) -> list[str]:
    """The words at `places`; nothing for those that a redaction surrounds."""
    return ["" if n in leaf.rims else leaf.folded[n] for n in places]


def _against(a: Sequence[str], b: Sequence[str], pairs: Sequence[Pair]) -> float:
    """Letters that both pages have between the same neighbours, and that are not the same."""
    from rapidfuzz.distance import Levenshtein

    total = 0.0
    for (i, j), (i2, j2) in pairwise([(-1, -1), *_rising(pairs), (len(a), len(b))]):
        here, there = "".join(a[i + 1 : i2]), "".join(b[j + 1 : j2])
        if here and there:
            total += min(len(here), len(there), Levenshtein.distance(here, there))
    return total


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """Those of the pairs that stand in the same order on both pages, as many as can be."""
    from bisect import bisect_left

    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for n, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [j]
        last[at : at + 1] = [n]
    chain, n = [], last[-1] if last else -1
    while n >= 0:
        chain.append(pairs[n])
        n = before[n]
    return chain[::-1]


def _by_place(first: Sequence[Leaf], second: Sequence[Leaf], known: Sequence[Same]) -> list[Same]:
    """Pages that nothing but their neighbours tell: one shown, the other withheld as a whole."""
    found = []
    numbers = {(s.first.page.number, s.second.page.number) for s in known}
    seen_a, seen_b = {i for i, _ in numbers}, {j for _, j in numbers}
    others = {leaf.page.number: leaf for leaf in second}
    for leaf in first:
        here = leaf.page.number
        places = {j + here - i for i, j in numbers if abs(here - i) == 1} - seen_b
        if leaf.cover or here in seen_a or len(places) != 1 or (other := others.get(places.pop())) is None:
            continue
        shown, hidden = (leaf, other) if leaf.letters > other.letters else (other, leaf)
        if shown.letters >= BODY and hidden.withheld_share >= COVERED and hidden.letters < shown.letters / 2:
            found.append(Same(leaf, other))
            numbers.add((here, other.page.number))
            seen_b.add(other.page.number)
    return found
