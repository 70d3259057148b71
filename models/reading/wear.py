"""Lines of type worn further, as film, copying and bad thresholds wear them: what train_head.py learns from beside the scans."""

from __future__ import annotations

import random
from typing import Any

import cv2
import numpy as np

ROOM = 1.5  # height of a crop, of its line
HIGH = 48  # pixels: what the recogniser takes


def worn(crop: Any, rng: random.Random) -> Any:
    """A crop (uint8, `ROOM` times as high as its line) worn at random and cut to `HIGH` pixels, as the recogniser gets it."""
    gray = crop.astype(np.float32)
    line = gray.shape[0] / ROOM
    for chance, wear in ((0.3, inked), (0.45, filmed), (0.25, specked), (0.3, slanted), (0.4, sloped)):
        if rng.random() < chance:
            gray = wear(gray, line, rng)
    gray = cv2.GaussianBlur(gray, (0, 0), max(0.3, line / 23 * rng.choice([0.6, 1, 1, 1, 1.4])))
    gray = framed(gray, line, rng)
    if rng.random() < 0.2:
        gray = 255 - (255 - gray) * rng.uniform(0.5, 1)
    wide = max(8, int(np.ceil(gray.shape[1] * HIGH / gray.shape[0] * rng.uniform(0.92, 1.08))))
    how = cv2.INTER_AREA if gray.shape[0] > 1.3 * HIGH else cv2.INTER_LINEAR
    return np.clip(cv2.resize(gray, (wide, HIGH), interpolation=how), 0, 255).astype(np.uint8)


def inked(gray: Any, line: float, rng: random.Random) -> Any:
    """Ink thickened or thinned."""
    side = 2 if rng.random() < 0.7 else 3
    kernel = np.ones((side if rng.random() < 0.5 else 1, side), np.uint8)
    return (cv2.erode if rng.random() < 0.5 else cv2.dilate)(gray, kernel)


def filmed(gray: Any, line: float, rng: random.Random) -> Any:
    """Blur, uneven light and grain, cut to black and white at another threshold."""
    high, wide = gray.shape
    soft = cv2.GaussianBlur(gray, (0, 0), max(0.4, rng.uniform(0.02, 0.06) * line))
    knots = np.array([[rng.gauss(0, 1) for _ in range(max(2, wide // 150) + 1)] for _ in range(2)], np.float32)
    light = cv2.resize(knots, (wide, high), interpolation=cv2.INTER_CUBIC) * rng.uniform(0, 45)
    noise = np.random.default_rng(rng.randrange(1 << 30)).normal(0, 1, (high, wide)).astype(np.float32)
    grain = cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.4, 1.6))
    seen = soft + light + grain / grain.std() * rng.uniform(10, 75)
    return np.where(seen > rng.uniform(95, 165), 255, 0).astype(np.float32)


def specked(gray: Any, line: float, rng: random.Random) -> Any:
    """Dirt and gaps, up to six to the square of a line's height."""
    high, wide = gray.shape
    for _ in range(int(wide * high / line**2 * rng.uniform(0.5, 6))):
        spot = rng.randrange(wide), rng.randrange(high)
        cv2.circle(gray, spot, rng.choice([0, 1, 1, 2]), 0 if rng.random() < 0.7 else 255, -1)
    return gray


def slanted(gray: Any, line: float, rng: random.Random) -> Any:
    """Letters leaning, by up to an eighth."""
    lean = rng.uniform(-0.12, 0.12)
    return _moved(gray, [[1, lean, -lean * gray.shape[0] / 2], [0, 1, 0]])


def sloped(gray: Any, line: float, rng: random.Random) -> Any:
    """The line rising or falling, by up to a sixth of its height."""
    fall = rng.uniform(-1, 1) * 0.08 * line
    return _moved(gray, [[1, 0, 0], [2 * fall / gray.shape[1], 1, -fall]])


def framed(gray: Any, line: float, rng: random.Random) -> Any:
    """Cut to a little more than the line's height, not quite in the middle."""
    room, off = rng.uniform(1.0, 1.35) * line, rng.uniform(-0.06, 0.06) * line
    middle = gray.shape[0] / 2 + off
    return gray[round(max(0, middle - room / 2)) : round(min(gray.shape[0], middle + room / 2))]


def _moved(gray: Any, by: list[list[float]]) -> Any:
    high, wide = gray.shape
    return cv2.warpAffine(gray, np.array(by, np.float32), (wide, high), borderMode=cv2.BORDER_REPLICATE)
