"""The first reader's look at a plate: every line of type with the probabilities of its characters."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from pipeline.ocr import rapid
from pipeline.ocr.decode import letters
from pipeline.ocr.fuse import Line
from pipeline.ocr.plate import Plate
from pipeline.ocr.rapid import Strip

ROOM = 1.15  # height of a crop, of its strip: letters that touch the edge are misread
SNOW = 100.0  # specks to the square inch from which a page counts as snowy; clean pages have some ten
SPECK = 25  # pixels at 300 dpi
BANDS = 8  # of a page in which specks are counted
MORE = 1.2  # gain in length of lines that makes smoothing worth its blur
SQUEEZED = 0.8  # width of letters in a lean look, of what they have
CLOSE = 1.45  # columns a letter below which narrowed ones cannot be told apart
SINGLE = 1.7  # a strip that stands and is no higher than this many lines is a lone figure, not a line on its side


def find(plate: Plate, lean: bool = False) -> list[Strip]:
    """The strips of type on a plate, looked for at the resolution that the size of its lines calls for: scans tell their
    own resolution wrongly, and small print is lost on a page reduced for big.

    Snow is smoothed away before, as far as that shows more type: in snow, only half of the lines are found.
    """
    gray, at = plate.gray, rapid.LEAN_DPI if lean else rapid.DETECT_DPI
    strips = rapid.find_strips(gray, plate.dpi, at, lean)
    if specks(plate) > SNOW:
        smooth = cv2.GaussianBlur(gray, (0, 0), plate.dpi / 170)
        found = rapid.find_strips(smooth, plate.dpi, at, lean)
        if sum(s.width * s.confidence for s in found) > MORE * sum(s.width * s.confidence for s in strips):
            gray, strips = smooth, found
    high = line_height(strips)
    finest = min(1.0, rapid.MOST_SIDE / max(gray.shape))
    wanted = min(finest, rapid.LINE / high) if high else 0.0
    return (
        rapid.find_strips(gray, plate.dpi, wanted * plate.dpi, lean)
        if wanted > 1.4 * rapid.DETECT_DPI / plate.dpi
        else strips
    )


def specks(plate: Plate) -> float:
    """Spots of ink too small for a full stop, to the square inch, counted in bands that cover a quarter of the page."""
    height = len(plate.gray)
    bands = [plate.gray[height * n // BANDS :][: max(1, height // (4 * BANDS))] for n in range(BANDS)]
    dark = (np.concatenate(bands) < 128).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    small = int((stats[1:, cv2.CC_STAT_AREA] < SPECK * (plate.dpi / 300) ** 2).sum())
    return float(small / (dark.size / plate.dpi**2))


def look(gray: Any, strips: list[Strip], lean: bool = False) -> tuple[list[Line], list[Line]]:
    """The lines that lie level, and those that run up or down the page, as stamps and notes at the edge do.

    What stands is read in both directions and taken where one of them reads well, since rules and shadows stand too.
    `lean` narrows the letters, which costs less and reads a little worse.
    """
    high = line_height(strips)
    soft = softened(gray, strips)
    standing = [s.corners for s in strips if s.tall and s.height > SINGLE * high]
    level = [s.corners for s in strips if not s.tall or s.height <= SINGLE * high]
    up = lines_at(soft, [np.roll(c, 1, axis=0) for c in standing], lean)
    down = lines_at(soft, [np.roll(c, -1, axis=0) for c in standing], lean)
    sideways = [max(both, key=legible) for both in zip(up, down, strict=True) if max(map(legible, both)) > 0.8]
    return lines_at(soft, level, lean), sideways


def line_height(strips: list[Strip]) -> float:
    """The height of a typical line in pixels; 0 when none lies level."""
    return float(np.median([s.height for s in strips if not s.tall] or [0.0]))


def softened(gray: Any, strips: list[Strip]) -> Any:
    """The page slightly blurred, by a twenty-third of a line's height: the steps of 1-bit scans are no features of
    letters, and the recogniser was not trained on them. Half as much leaves a twentieth more errors, twice as much
    doubles them."""
    return cv2.GaussianBlur(gray, (0, 0), max(0.3, line_height(strips) / 23))


def legible(line: Line) -> float:
    """Mean confidence of a line's letters and figures; 0 when there are fewer than three."""
    sure = [x.confidence for x in letters(line.likely, rapid.characters()) if x.text.isalnum()]
    return float(np.mean(sure)) if len(sure) >= 3 else 0.0


def lines_at(gray: Any, corners: list[Any], lean: bool = False) -> list[Line]:
    """What the first reader sees in the strips at `corners`, with a little room about them. Where letters stand close, as
    in print, a `lean` look is followed by another."""
    lines = _lines(gray, corners, SQUEEZED if lean else 1.0)
    if lean:
        close = [
            n for n, line in enumerate(lines) if line.columns < CLOSE * len(letters(line.likely, rapid.characters()))
        ]
        for n, line in zip(close, _lines(gray, [corners[n] for n in close], 1.0), strict=True):
            lines[n] = line
    return lines


def _lines(gray: Any, corners: list[Any], squeeze: float) -> list[Line]:
    crops = [rapid.cut(gray, roomy(c, ROOM), squeeze) for c in corners]
    return [
        Line(c, likely, crop.shape[1] / rapid.STEP)
        for c, crop, likely in zip(corners, crops, rapid.recognise(crops), strict=True)
    ]


def roomy(corners: Any, factor: float) -> Any:
    """Corners of the strip made higher by `factor` about its middle line."""
    middle = (corners[[0, 1]] + corners[[3, 2]]) / 2
    half = (corners[[3, 2]] - corners[[0, 1]]) / 2 * factor
    return np.array([middle[0] - half[0], middle[1] - half[1], middle[1] + half[1], middle[0] + half[0]], np.float32)
