"""A page's pixels made ready for the readers: upright and straight, and the way back to where the scan has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from pipeline.core.geometry import Box
from pipeline.core.ink import Sheet
from pipeline.core.page import ReadWord
from pipeline.ocr.seen import Seen

MARGIN = 9.0
"""Points that straightening may push over the edge of the canvas: release lines are printed nearer to it than type."""
MOST_DPI = 300.0
LEAST_DPI = 150.0


@dataclass(frozen=True, slots=True)
class Plate:
    """What readers look at: `gray` uint8 (height, width), 0 black, turned clockwise by `rotation` and then straightened
    by `skew` degrees (counter-clockwise positive). Pixels have `dpi` to the inch. `flat` is the height and width in pixels
    that it had before it was straightened."""

    gray: Any
    dpi: float
    rotation: int = 0
    skew: float = 0.0
    flat: tuple[int, int] | None = None

    @classmethod
    def of(cls, sheet: Sheet, dpi: float) -> Plate:
        """The sheet as stored. The resolution is measured on the raster: renders are only about as fine as asked."""
        gray = sheet.render(dpi)
        points = sheet.size[0] if sheet.size else gray.shape[1] * 72 / dpi
        return cls(gray, gray.shape[1] * 72 / points)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points, before it was straightened."""
        height, width = self.flat or self.gray.shape
        return width * 72 / self.dpi, height * 72 / self.dpi

    def turned(self, rotation: int) -> Plate:
        """Turned clockwise by a further 0, 90, 180 or 270 degrees."""
        quarters = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
        if rotation % 360 == 0:
            return self
        return Plate(cv2.rotate(self.gray, quarters[rotation % 360]), self.dpi, (self.rotation + rotation) % 360)

    def straightened(self, angle: float) -> Plate:
        """Turned by `angle` degrees about its middle, so that lines of type lie level. The canvas grows where more than a
        `MARGIN` would be cut off."""
        if angle == 0.0:
            return self
        turn, size = self._level(angle)
        gray = cv2.warpAffine(self.gray, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return Plate(gray, self.dpi, self.rotation, angle, self.gray.shape)

    def _level(self, angle: float) -> tuple[Any, tuple[int, int]]:
        """The transform that straightens, and the width and height of its canvas in pixels."""
        height, width = self.flat or self.gray.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        corners = np.array([(0, 0, 1), (width, 0, 1), (0, height, 1), (width, height, 1)]) @ turn.T
        wide, high = np.ceil(np.ptp(corners, axis=0)).astype(int)
        if max(wide - width, high - height) * 36 <= MARGIN * self.dpi:
            return turn, (width, height)
        turn[:, 2] += ((wide - width) / 2, (high - height) / 2)
        return turn, (int(wide), int(high))

    def carried(self, corners: Any) -> Any:
        """Points (n, 2) in pixels of the plate before it was straightened to pixels of this one, float32."""
        turn = self._level(self.skew)[0]
        return (corners @ turn[:, :2].T + turn[:, 2]).astype(np.float32) if self.skew else corners

    def box(self, corners: Any) -> Box:
        """Pixels of this plate, any number of corners (n, 2), to the box around them on the turned page, in points."""
        points = np.asarray(corners, np.float64).reshape(-1, 2)
        if self.skew:
            back = cv2.invertAffineTransform(self._level(self.skew)[0])
            points = points @ back[:, :2].T + back[:, 2]
        left, top = points.min(0) * 72 / self.dpi
        right, bottom = points.max(0) * 72 / self.dpi
        return Box(float(left), float(top), float(right), float(bottom)).within(*self.size)

    def box_of(self, box: tuple[float, float, float, float]) -> Box:
        """A box (left, top, right, bottom) in pixels of this plate to a box in points of the turned page."""
        left, top, right, bottom = box
        return self.box([(left, top), (right, top), (right, bottom), (left, bottom)])

    def placed(self, line: list[Seen]) -> list[ReadWord]:
        """A line's words with their boxes on the turned page."""
        return [ReadWord(w.text, self.box_of(w.box), w.confidence, w.reader) for w in line]


def best_dpi(sheet: Sheet) -> float:
    """The resolution to read at: the scan's own, within bounds; finer renders cost more and show nothing more."""
    return min(MOST_DPI, max(LEAST_DPI, sheet.dpi or MOST_DPI))


def has_type(plate: Plate) -> bool:
    """Whether anything on the page could be type: some dozen specks of the size of letters, near one another in a row.

    A tenth of a second; what a bare Tesseract spends a minute on, snow and speckle, mostly ends here.
    """
    scale = min(1.0, 100 / plate.dpi)
    small = cv2.resize(plate.gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return bool(letters(small, plate.dpi * scale).any())


def skew_of(gray: Any, dpi: float, limit: float = 6.0) -> float:
    """The angle in degrees (counter-clockwise) that lays the lines of type level: rows of ink are then most uneven.

    After Postl's projection profiles, on ink of the size of letters alone, so that borders and speckle have no say.
    Angles under 0.15 degrees are given as 0: straightening would only blur.
    """
    scale = min(1.0, 75 / dpi)
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ink = letters(small, dpi * scale)
    if ink.sum() < 200:
        return 0.0

    height, width = ink.shape

    def unevenness(angle: float) -> float:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        rows = cv2.warpAffine(ink, turn, (width, height), flags=cv2.INTER_NEAREST).sum(1, dtype=np.float64)
        return float(np.square(np.diff(rows)).sum())

    best = max(np.arange(-limit, limit + 0.01, 1.0), key=unevenness)
    for step in (0.5, 0.25, 0.1):
        best = max((best - step, best, best + step), key=unevenness)
    return float(round(best, 2)) if abs(best) >= 0.15 and unevenness(best) > 1.05 * unevenness(0.0) else 0.0


def letters(gray: Any, dpi: float) -> Any:
    """A mask (uint8, 0 or 1) of the ink that has the size of letters: 3 to 40 points high, at most 3 inches wide.

    The threshold is Otsu's on the page without its blackest borders, so a black frame does not shift it.
    """
    threshold, _ = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = (gray <= min(threshold, 200)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    point = dpi / 72
    high = stats[:, cv2.CC_STAT_HEIGHT]
    wide = stats[:, cv2.CC_STAT_WIDTH]
    fit = (high >= 3 * point) & (high <= 40 * point) & (wide <= 216 * point) & (wide >= point)
    fit[0] = False
    return fit[labels].astype(np.uint8) if count > 1 else np.zeros_like(dark)
