"""Levels that a form offers for choice: UNCLASSIFIED [ ]  CONFIDENTIAL [ ]  SECRET [x] on one line are one marking, or none."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.geometry import Box
from pipeline.core.ink import Ink
from pipeline.parse.banners import Banner

BEFORE = (2.2, 0.2)  # heights of a letter left of the word between which its tick box stands
TICKED = 1.35  # times the ink of the other boxes
DPI = 200.0


def without_unchosen(banners: Sequence[Banner], ink: Ink) -> list[Banner]:
    """The banners less the levels of a row of choices that are not ticked: all of them where no box stands out."""
    out = []
    for banner in banners:
        row = [b for b in banners if b.mark.rank and banner.mark.rank and _level(banner, b)]
        if len({b.mark.canonical for b in row}) < 2 or banner in _ticked(row, ink):
            out.append(banner)
    return out


def _level(a: Banner, b: Banner) -> bool:
    return abs(a.box.middle[1] - b.box.middle[1]) < 0.6 * max(a.box.height, b.box.height)


def _ticked(row: Sequence[Banner], ink: Ink) -> list[Banner]:
    """The one banner of a row in whose box there is clearly more ink than in any other's."""
    amounts = sorted(((_amount(b.box, ink), n) for n, b in enumerate(row)), reverse=True)
    (most, first), (second, _) = amounts[:2]
    return [row[first]] if most > TICKED * second else []


def _amount(word: Box, ink: Ink) -> float:
    """Share of dark pixels where the word's tick box stands."""
    place = Box(word.left - BEFORE[0] * word.height, word.top, word.left - BEFORE[1] * word.height, word.bottom)
    return float((ink.crop(place, 0.0, DPI) < 128).mean())
