"""How a sheet became a scan: skew, blur, fading, bleed-through, black borders, speckle, and the cut to one bit."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from corpus.faces import DPI, Ink
from corpus.model import Box

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Film:
    """One way of filming and scanning. Lengths in inches, `skew` in degrees anticlockwise, shares from 0 to 1.

    `margin` is dark film around the paper, `edges` a ragged dark strip at its rims, `bleed` the strength of the
    back of the sheet, `fade` how far the type pales in places, `specks` a square inch, `grain` the film's noise
    in grey levels, `cut` the grey level below which a pixel becomes black; `bits` 8 keeps the greys.
    """

    seed: int
    dpi: int = 200
    skew: float = 0.0
    blur: float = 0.8
    fade: float = 0.15
    bleed: float = 0.0
    grain: float = 14.0
    specks: float = 3.0
    blots: int = 0
    edges: float = 0.0
    margin: float = 0.0
    cut: int = 150
    bits: int = 1


@dataclass(frozen=True)
class Scan:
    """The picture of a page (0 black, 255 white), the way from inches on the sheet to its pixels, and its dpi."""

    pixels: Ink
    matrix: Matrix
    dpi: int
    bits: int

    def place(self, box: Box) -> tuple[float, float, float, float]:
        """Where a box of the sheet lies on the picture, as fractions of its width and height."""
        points = np.array([[x, y, 1.0] for x, y in box.corners]) @ self.matrix.T
        height, width = self.pixels.shape
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return float(left) / width, float(top) / height, float(right) / width, float(bottom) / height


def expose(ink: Ink, film: Film, back: Ink | None = None) -> Scan:
    """Film a sheet's ink; `back` is the ink of the other side of the paper, for bleed-through."""
    random = np.random.default_rng(film.seed)
    grey: NDArray[np.float32] = ink.astype(np.float32)
    if film.fade:
        grey *= 1 - film.fade * _cloud(grey.shape, 450, random).clip(0, 1)
    if back is not None and film.bleed:
        through = cv2.GaussianBlur(np.ascontiguousarray(back[:, ::-1]), (0, 0), 3).astype(np.float32)
        grey = np.maximum(grey, film.bleed * through * (0.5 + 0.5 * _cloud(grey.shape, 300, random)))
    matrix, size = _lay(ink.shape, film)
    height, width = size
    if film.dpi < DPI:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.45 * DPI / film.dpi), dtype=np.float32)
    paper = cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_LINEAR)
    page = 250 - paper * (235 / 255)
    if film.margin:
        inside = cv2.warpAffine(np.ones(ink.shape, np.float32), matrix, (width, height), flags=cv2.INTER_LINEAR)
        page = page * inside + 12 * (1 - inside)
    page = _rims(np.asarray(page, dtype=np.float32), film, random)
    if film.blur:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), film.blur), dtype=np.float32)
    page += random.normal(0, film.grain, page.shape).astype(np.float32)
    page = _dirt(page, film, random)
    pixels = np.where(page < film.cut, 0, 255) if film.bits == 1 else page.clip(0, 255)
    return Scan(pixels.astype(np.uint8), matrix @ np.diag([DPI, DPI, 1.0]), film.dpi, film.bits)


def _lay(shape: tuple[int, ...], film: Film) -> tuple[Matrix, tuple[int, int]]:
    """The matrix from the sheet's pixels to the scan's, and the scan's height and width."""
    height, width = shape[0] / DPI + 2 * film.margin, shape[1] / DPI + 2 * film.margin
    scale = film.dpi / DPI
    turn = np.vstack([cv2.getRotationMatrix2D((shape[1] / 2, shape[0] / 2), film.skew, scale), [0, 0, 1]])
    move = np.eye(3)
    move[0, 2] = width * film.dpi / 2 - shape[1] / 2
    move[1, 2] = height * film.dpi / 2 - shape[0] / 2
    return np.asarray((move @ turn)[:2], dtype=np.float64), (round(height * film.dpi), round(width * film.dpi))


def _cloud(shape: tuple[int, ...], grain: int, random: np.random.Generator) -> NDArray[np.float32]:
    """A soft random field, mostly between 0 and 1, that changes over `grain` pixels."""
    coarse = random.normal(0.4, 0.35, (shape[0] // grain + 2, shape[1] // grain + 2)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def _rims(page: NDArray[np.float32], film: Film, random: np.random.Generator) -> NDArray[np.float32]:
    """Dark ragged strips at the left, right and lower rims, as a copier leaves them where the paper ends."""
    if not film.edges:
        return page
    height, width = page.shape
    for side in ("left", "right", "bottom"):
        run = height if side != "bottom" else width
        depth = np.abs(np.cumsum(random.normal(0, 0.5, run))) % (film.edges * film.dpi) + film.edges * film.dpi * 0.15
        at = np.arange(width if side != "bottom" else height)
        dark = at[None, :] < depth[:, None]
        if side == "right":
            dark = dark[:, ::-1]
        if side == "bottom":
            dark = dark[:, ::-1].T
        page = np.where(dark, 20, page).astype(np.float32)
    return page


def _dirt(page: NDArray[np.float32], film: Film, random: np.random.Generator) -> NDArray[np.float32]:
    """Specks of dust, dark and a few light, and larger blots."""
    height, width = page.shape
    count = int(film.specks * height * width / film.dpi**2)
    for x, y, size, dark in zip(
        random.integers(0, width, count),
        random.integers(0, height, count),
        random.exponential(0.6, count),
        random.random(count) < 0.85,
        strict=True,
    ):
        cv2.circle(page, (int(x), int(y)), min(3, int(size)), 25.0 if dark else 245.0, -1)
    for _ in range(film.blots):
        centre = (int(random.integers(0, width)), int(random.integers(0, height)))
        axes = (int(random.integers(3, film.dpi // 20 + 4)), int(random.integers(2, film.dpi // 33 + 3)))
        cv2.ellipse(page, centre, axes, float(random.integers(0, 180)), 0, 360, 30.0, -1)
    return page
