"""Printed phrases found in damaged type: near enough is admitted, and how near is said."""

from __future__ import annotations

import re
from functools import cache

_SAME = str.maketrans("0158|!", "OISBII")


@cache
def squash(text: str) -> str:
    """Letters and figures alone, in capitals, look-alikes folded: what is compared."""
    return re.sub(r"[^A-Z0-9]", "", text.upper().translate(_SAME))


@cache
def likeness(phrase: str, text: str) -> float:
    """How much of `phrase` stands in `text`, 0..1, whatever the spacing; 1.0 is letter for letter."""
    from rapidfuzz import fuzz

    want, have = squash(phrase), squash(text)
    if not want or len(have) < 0.7 * len(want):
        return 0.0
    if want in have:
        return 1.0
    if len(want) < 5:
        return 0.0
    compare = fuzz.partial_ratio if len(have) >= len(want) else fuzz.ratio  # a part of the phrase is not the phrase
    return float(compare(want, have, score_cutoff=60)) / 100


@cache
def near(word: str, label: str) -> float:
    """How well `word` is `label` as a whole, 0..1: short ones must agree, long ones may err by a letter in four."""
    from rapidfuzz.distance import Levenshtein

    have, want = squash(word), squash(label)
    if have == want:
        return 1.0
    allowed = 0 if len(want) < 4 else 1 if len(want) < 7 else 2 if len(want) < 14 else 3
    distance = Levenshtein.distance(have, want, score_cutoff=allowed)
    return 1.0 - distance / len(want) if distance <= allowed else 0.0


def alike(word: str, text: str, edits: int) -> bool:
    """Whether `text` becomes `word` by so many edits, look-alikes folded."""
    from rapidfuzz.distance import Levenshtein

    return int(Levenshtein.distance(squash(word), squash(text), score_cutoff=edits)) <= edits
