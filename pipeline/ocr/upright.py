"""Which way up a page lies, from whether its lines can be read."""

from __future__ import annotations

import numpy as np

from pipeline.ocr import rapid
from pipeline.ocr.decode import letters
from pipeline.ocr.first import find, softened
from pipeline.ocr.plate import Plate
from pipeline.ocr.rapid import Strip

SURE = 0.85  # mean confidence of letters at which a direction needs no comparing
PROBES = 8


def upright(plate: Plate) -> tuple[int, list[Strip]]:
    """By how many degrees (clockwise) the plate must be turned so that it reads, and its strips then. No strips: there is
    no type on the page.

    Lines that stand say that the page lies on its side; which side, or whether it is upside down, is decided by reading
    the longest few lines both ways. A page that reads well as it lies costs one look.
    """
    strips = find(plate)
    standing = sum(s.height for s in strips if s.tall)
    lying = sum(s.width for s in strips if not s.tall)
    turn = 90 if standing > 2 * lying else 0
    if turn:
        strips = find(plate.turned(turn))
    first = legibility(plate.turned(turn), strips)
    if first >= SURE or not strips:
        return turn, strips
    other = plate.turned(turn + 180)
    turned = find(other)
    # The page as it lies has the benefit of the doubt: handwriting and noise read badly both ways.
    return (turn + 180, turned) if legibility(other, turned) > first + 0.1 else (turn, strips)


def legibility(plate: Plate, strips: list[Strip]) -> float:
    """Mean confidence of the letters and figures on the longest strips, 0..1, less where few of the signs are such."""
    longest = sorted((s for s in strips if not s.tall), key=lambda s: -s.width / s.height)[:PROBES]
    soft = softened(plate.gray, strips)
    crops = [rapid.cut(soft, s.corners) for s in longest]
    seen = [letter for likely in rapid.recognise(crops) for letter in letters(likely, rapid.characters())]
    sure = [letter.confidence for letter in seen if letter.text.isalnum()]
    return float(np.mean(sure)) * len(sure) / max(1, sum(x.text != " " for x in seen)) if sure else 0.0
