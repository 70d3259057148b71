"""How well a page could be read, in a grade and in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.page import ReadWord

WORDLIKE = re.compile(r"[A-Za-z][a-z'’]+|[A-Z]{2,}|[\d.,/:()-]+|[AaI]")


def confidence(lines: Sequence[Sequence[ReadWord]]) -> float:
    """Share of the page's characters that are expected right: the words' confidences weighted by their length."""
    words = [w for line in lines for w in line]
    size = sum(len(w.text) for w in words)
    return sum(w.confidence * len(w.text) for w in words) / size if size else 0.0


def grade(lines: Sequence[Sequence[ReadWord]], skew: float = 0.0) -> tuple[str, str]:
    """(good, fair, poor, unreadable or blank; why)."""
    words = [w for line in lines for w in line]
    if not words:
        return "blank", "no type was found on the page"
    sure = confidence(lines)
    doubtful = sum(w.confidence < 0.6 for w in words)
    share = doubtful / len(words)
    askew = f"; the page is {abs(skew):.1f} degrees askew" if abs(skew) >= 2 else ""
    if sure >= 0.92:
        return "good", f"{len(words)} words, {doubtful} of them doubtful{askew}"
    if sure >= 0.8:
        return "fair", f"{share:.0%} of the words are doubtful: worn type, noise or handwriting{askew}"
    wordlike = sum(bool(WORDLIKE.fullmatch(w.text.strip(".,;:\"'()"))) for w in words) / len(words)
    if sure >= 0.5 or wordlike >= 0.6:
        return "poor", f"{share:.0%} of the words are doubtful: much noise, faint type or handwriting{askew}"
    return "unreadable", f"hardly any of the {len(words)} words look like words: noise, a picture or handwriting{askew}"
