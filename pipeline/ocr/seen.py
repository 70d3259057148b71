"""What a reader hands over before boxes are carried back to the page."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ocr.quality import Evidence


@dataclass(frozen=True, slots=True)
class Seen:
    """A word on a plate: its box (left, top, right, bottom) in pixels, a confidence 0..1 and the reader's name.

    `sure` has the reader's confidence in each character, when the reader tells it; `evidence` is what the confidence was
    made of, when it is calibrated.
    """

    text: str
    box: tuple[float, float, float, float]
    confidence: float
    reader: str
    sure: tuple[float, ...] = ()
    evidence: Evidence | None = None


Lines = list[list[Seen]]


def around(line: list[Seen]) -> tuple[float, float, float, float]:
    """The box around the words of a line that is not empty."""
    lefts, tops, rights, bottoms = zip(*(w.box for w in line), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
