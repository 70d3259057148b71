"""The words of two pages set against each other, though some are misread, missing or moved.

Runs of words that are alike letter by letter hold fast (the longest first); between them words are paired that are nearly
alike; what then stands alone on both sides is set against each other once more, for readers do not always take lines in
the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

Pair = tuple[int, int]

NEARLY = 0.6
"""So much of a word is read alike on both pages."""
MOVED = 24
"""So many letters in a row must be alike where the order is not the same."""
FEW = 40_000
"""Pairs of words that are tried in one gap; a larger one is left."""


def align(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    """Pairs of places in `a` and `b` (folded words), in the order of `a`; each word in one pair at most."""
    pairs = _in_order(a, b)
    left, right = _alone(len(a), (i for i, _ in pairs)), _alone(len(b), (j for _, j in pairs))
    moved = SequenceMatcher(None, [a[i] for i in left], [b[j] for j in right], autojunk=False)
    for i, j, n in moved.get_matching_blocks():
        if sum(len(a[left[i + k]]) for k in range(n)) >= MOVED:
            pairs += [(left[i + k], right[j + k]) for k in range(n)]
    return sorted(pairs)


def _in_order(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    firm = [(-1, -1), *((i + k, j + k) for i, j, n in blocks for k in range(n)), (len(a), len(b))]
    pairs = firm[1:-1]
    for (i, j), (i2, j2) in pairwise(firm):
        if i2 - i > 1 and j2 - j > 1:
            pairs += [(i + 1 + x, j + 1 + y) for x, y in _nearly(a[i + 1 : i2], b[j + 1 : j2])]
    return _without_strays(sorted(pairs), a)


def _nearly(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    """Pairs of nearly equal words, in order, so that as many letters as can be are paired."""
    from rapidfuzz.distance import Levenshtein

    if len(a) * len(b) > FEW:
        return []
    alike = Levenshtein.normalized_similarity
    worth = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for x in range(len(a) - 1, -1, -1):
        row, below, word = worth[x], worth[x + 1], a[x]
        for y in range(len(b) - 1, -1, -1):
            score = alike(word, b[y], score_cutoff=NEARLY)
            row[y] = max(below[y], row[y + 1], below[y + 1] + score * len(word) if score else 0.0)
    pairs, x, y = [], 0, 0
    while x < len(a) and y < len(b):
        if worth[x][y] == worth[x + 1][y]:
            x += 1
        elif worth[x][y] == worth[x][y + 1]:
            y += 1
        else:
            pairs.append((x, y))
            x, y = x + 1, y + 1
    return pairs


def _without_strays(pairs: list[Pair], a: Sequence[str]) -> list[Pair]:
    """Without short words that only happen to stand among many others on one page or both: "the" is everywhere."""
    runs: list[list[Pair]] = []
    for i, j in pairs:
        if runs and i - runs[-1][-1][0] <= 2 and j - runs[-1][-1][1] <= 2:
            runs[-1].append((i, j))
        else:
            runs.append([(i, j)])
    return [p for run in runs if sum(len(a[i]) for i, _ in run) > 6 for p in run]


def _alone(count: int, paired: object) -> list[int]:
    taken = set(paired)  # type: ignore[call-overload]
    return [n for n in range(count) if n not in taken]
