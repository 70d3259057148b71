"""Words punched through the paper: no reader reads them, but their holes stand on a grid.

Round dots of one size give the pitch of the machine; the word's own pattern of holes is then laid over the page at that
pitch, in four directions and slightly tilted. Where nearly all its holes are dark and the places between them light, it is
there, over type as well as in the margin.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.core.geometry import Box
from pipeline.core.ink import Ink
from pipeline.core.knowledge import files_under

if TYPE_CHECKING:
    import numpy as np

DOT = (1.6, 4.6)  # least and greatest diameter of a hole, in points
ROUND = 0.62  # share of its box that a round dot fills (a disc: 0.785)
SHARE = (0.48, 0.85)  # a hole's diameter as a share of the pitch
MANY = 1500  # round dots on a page that is all speckle
FEW = 8  # isolated dots at the pitch of their neighbours that make a search worth while
CELL = 4  # pixels a pitch, in the picture that is searched
TILTS = (-1.6, -0.8, 0.0, 0.8, 1.6)  # degrees
SEEN = 0.34  # darkness of holes less that of the places between them; pages without holes stay below 0.3
MOST = 6  # words a page


@dataclass(frozen=True, slots=True)
class Perforated:
    """A punched word; `turned` is the angle in degrees, counter-clockwise, at which the page must be turned to read it."""

    text: str
    template: str
    box: Box
    turned: int
    score: float


@cache
def words() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(text, template, rows of holes) of every known punched word."""
    out = []
    for path in files_under("stamps/perforated"):
        for raw in tomllib.loads(path.read_text("utf-8"))["word"]:
            rows = tuple(row.replace(" ", ".") for row in raw["holes"].strip().splitlines())
            out.append((raw["text"], raw["template"], rows))
    return tuple(out)


def find_perforations(ink: Ink) -> list[Perforated]:
    """Every punched word on the page, best first."""
    import cv2

    gray = ink.gray()
    pitch = _pitch(gray, ink.dpi)
    if pitch is None:
        return []
    scale = CELL / pitch  # of the page's pixels
    dark = 255 - cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    points = 72 / ink.dpi / scale  # a point of the page a pixel of `dark`
    found = [
        Perforated(text, template, Box(*(v * points for v in place)), turned, score)
        for text, template, rows in words()
        for turned in (0, 90, 180, 270)
        for place, score in _laid(dark, rows, turned)
    ]
    found.sort(key=lambda p: -p.score)
    chosen: list[Perforated] = []
    for p in found:
        if len(chosen) < MOST and not any(p.box.overlap(c.box) > 0.2 * p.box.area for c in chosen):
            chosen.append(p)
    return chosen


def _pitch(gray: np.ndarray, dpi: float) -> float | None:
    """Pixels between neighbouring holes: the commonest distance of round dots of a size to their nearest neighbour."""
    import cv2
    import numpy as np

    shrink = min(1.0, 150 / dpi)
    small = cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    _, binary = cv2.threshold(small, 128, 255, cv2.THRESH_BINARY_INV)
    _, _, stats, centres = cv2.connectedComponentsWithStats(binary, connectivity=4)
    wide, high, area = stats[1:, 2], stats[1:, 3], stats[1:, 4]
    low, top = (d * shrink * dpi / 72 for d in DOT)
    even = np.maximum(wide, high) <= 1.35 * np.minimum(wide, high) + 1
    sized = (np.minimum(wide, high) >= low) & (np.maximum(wide, high) <= top) & (area >= ROUND * wide * high)
    dots, across = centres[1:][sized & even], ((wide + high) / 2)[sized & even]
    if not FEW <= len(dots) <= MANY:
        return None
    away = np.hypot(*(dots[:, None] - dots[None]).transpose(2, 0, 1))
    np.fill_diagonal(away, np.inf)
    nearest = away.min(axis=1)
    share = across / nearest
    fit = (share > SHARE[0]) & (share < SHARE[1])
    if fit.sum() < FEW:
        return None
    counts, edges = np.histogram(nearest[fit], bins=np.arange(nearest[fit].min(), nearest[fit].max() + 1, 0.4))
    usual = edges[int(np.convolve(counts, (1, 1, 1), "same").argmax())] + 0.2
    if (abs(nearest[fit] - usual) < 0.08 * usual).sum() < FEW:
        return None
    sides = np.sort(away[fit], axis=1)[:, :4]  # a hole's neighbours on the grid
    return float(sides[abs(sides - usual) < 0.08 * usual].mean() / shrink)


def _laid(dark: np.ndarray, rows: tuple[str, ...], turned: int) -> list[tuple[tuple[float, float, float, float], float]]:
    """(place in pixels, score) where the word's holes, turned, fall on dark spots."""
    import cv2
    import numpy as np

    best: list[tuple[tuple[float, float, float, float], float]] = []
    for tilt in TILTS:
        mask = _mask(rows, turned, tilt)
        high, wide = mask.shape
        if high >= dark.shape[0] or wide >= dark.shape[1]:
            continue
        map_ = cv2.matchTemplate(dark.astype(np.float32) / 255, mask, cv2.TM_CCORR)
        while len(best) < 3 * MOST * len(TILTS):
            _, score, _, (x, y) = cv2.minMaxLoc(map_)
            if score < SEEN:
                break
            best.append(((float(x), float(y), float(x + wide), float(y + high)), float(score)))
            map_[max(0, y - high // 2) : y + high // 2, max(0, x - wide // 2) : x + wide // 2] = -1
    return best


@cache
def _mask(rows: tuple[str, ...], turned: int, tilt: float) -> Any:
    """The pattern as weights: holes sum to 1, the places between them to -1."""
    import cv2
    import numpy as np

    grid = np.array([[c == "o" for c in row] for row in rows])
    grid = np.rot90(grid, -turned // 90 % 4) if turned else grid
    holes = np.kron(grid, _spot())
    between = np.kron(~grid, _spot())
    if tilt:
        high, wide = holes.shape
        turn = cv2.getRotationMatrix2D((wide / 2, high / 2), tilt, 1.0)
        holes, between = (cv2.warpAffine(m.astype(np.float32), turn, (wide, high)) for m in (holes, between))
    return (holes / holes.sum() - between / between.sum()).astype(np.float32)


@cache
def _spot() -> Any:
    import numpy as np

    spot = np.zeros((CELL, CELL))
    spot[1:3, 1:3] = 1
    return spot
