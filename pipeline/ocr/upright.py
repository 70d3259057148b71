"""A page laid so that it reads: right way up, its lines level. Which way up it lies shows in whether its lines can be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pipeline.ocr import rapid
from pipeline.ocr.decode import letters
from pipeline.ocr.first import find, lines_at, look, softened
from pipeline.ocr.fuse import Line
from pipeline.ocr.plate import Plate, skew_of
from pipeline.ocr.rapid import Strip

SURE = 0.85  # mean confidence of letters at which a direction needs no comparing
PROBES = 8


@dataclass(frozen=True, slots=True)
class Laid:
    """An upright, straight plate, its strips of type, what the first reader sees on those that lie `level` and on those
    that run `sideways`, and by how many degrees the page was askew (counter-clockwise positive)."""

    plate: Plate
    strips: list[Strip]
    level: list[Line]
    sideways: list[Line]
    skew: float = 0.0


def laid(plate: Plate, lean: bool = False) -> Laid:
    """The plate as it reads. No strips: there is no type on the page.

    Lines that stand say that the page lies on its side; which side, or whether it is upside down, is decided by reading
    the longest few lines the other way. A page that reads well as it lies costs one search for lines and one reading.
    """
    strips = find(plate, lean)
    if sum(s.height for s in strips if s.tall) > 2 * sum(s.width for s in strips if not s.tall):
        plate = plate.turned(90)
        strips = find(plate, lean)
    if not strips:
        return Laid(plate, [], [], [])
    skew = skew_of(plate.gray, plate.dpi)
    straight = plate.straightened(skew)
    # Lines that lie level are outlined a little better.
    if lean:
        strips = [replace(s, corners=straight.carried(s.corners)) for s in strips]
    elif skew:
        strips = find(straight)
    found = Laid(straight, strips, *look(straight.gray, strips, lean), skew)
    sure = legibility(found.level)
    if sure >= SURE:
        return found
    other = plate.turned(180).straightened(skew)
    height, width = other.gray.shape
    turned = [replace(s, corners=np.array([width, height], np.float32) - np.roll(s.corners, 2, axis=0)) for s in strips]
    # The page as it lies has the benefit of the doubt: handwriting and noise read badly both ways.
    if legibility(_probes(other.gray, turned, lean)) <= sure + 0.1:
        return found
    return Laid(other, turned, *look(other.gray, turned, lean), skew)


def _probes(gray: Any, strips: list[Strip], lean: bool) -> list[Line]:
    longest = sorted((s for s in strips if not s.tall), key=lambda s: -s.width / s.height)[:PROBES]
    return lines_at(softened(gray, strips), [s.corners for s in longest], lean)


def legibility(lines: list[Line]) -> float:
    """Mean confidence of the letters and figures on the longest lines, 0..1, less where few of the signs are such."""
    longest = sorted(lines, key=lambda line: -line.columns)[:PROBES]
    seen = [letter for line in longest for letter in letters(line.likely, rapid.characters())]
    sure = [letter.confidence for letter in seen if letter.text.isalnum()]
    return float(np.mean(sure)) * len(sure) / max(1, sum(x.text != " " for x in seen)) if sure else 0.0
