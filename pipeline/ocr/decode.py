"""Columns of character probabilities become words with boxes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from pipeline.ocr.seen import Seen


@dataclass(frozen=True, slots=True)
class Letter:
    """A character, the column where it is surest, and how sure."""

    text: str
    column: float
    confidence: float


def letters(likely: Any, characters: str) -> list[Letter]:
    """The best path through the columns (CTC): repeats joined, blanks dropped."""
    if not len(likely):
        return []
    best = likely.argmax(1)
    sure = likely[np.arange(len(best)), best].astype(np.float64)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    middle = np.add.reduceat(sure * np.arange(len(best)), starts) / np.add.reduceat(sure, starts)
    surest = np.maximum.reduceat(sure, starts)
    found = zip(best[starts].tolist(), middle.tolist(), surest.tolist(), strict=True)
    return [Letter(characters[c], column, confidence) for c, column, confidence in found if c]


def words(line: list[Letter], corners: Any, columns: float, reader: str) -> list[Seen]:
    """The words of a line of letters, with boxes from their columns along the strip at `corners` (pixels).

    `columns` is the number of columns that the strip spans.
    """
    groups: list[list[Letter]] = [[]]
    for letter in line:
        if letter.text == " ":
            groups.append([])
        else:
            groups[-1].append(letter)
    pitch = _pitch(groups)
    out = []
    for group in groups:
        if not group:
            continue
        first = max(0.0, (group[0].column + 0.5 - pitch / 2) / columns)
        last = min(1.0, (group[-1].column + 0.5 + pitch / 2) / columns)
        sure = tuple(letter.confidence for letter in group)
        out.append(
            Seen(
                "".join(letter.text for letter in group),
                part(corners, first, max(last, first)),
                float(np.exp(np.mean(np.log(np.maximum(sure, 1e-6))))),
                reader,
                sure,
            )
        )
    return out


def _pitch(groups: list[list[Letter]]) -> float:
    """Columns from one letter to the next within words; 3 when no word has two letters."""
    steps = [b.column - a.column for group in groups for a, b in pairwise(group)]
    return float(np.median(steps)) if steps else 3.0


def part(corners: Any, first: float, last: float) -> tuple[float, float, float, float]:
    """The box around the part of a strip between two fractions of its length."""
    top, bottom = corners[1] - corners[0], corners[2] - corners[3]
    ends = (first, last)
    points = np.array([corners[0] + e * top for e in ends] + [corners[3] + e * bottom for e in ends])
    left, up = points.min(0)
    right, down = points.max(0)
    return float(left), float(up), float(right), float(down)
