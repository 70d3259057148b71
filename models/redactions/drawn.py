"""Strokes as pens draw them on typed pages: brackets of many hands, and what else reviewers draw beside words.

A stroke is a list of lines, each an array (points, 2) of x, y in pixels around its middle; brackets open to the right.
Lengths are drawn in heights of type.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.parse.redacted.strokes import tall_strokes

Rect = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""
Lines = list[np.ndarray]
OPEN, CLOSE, NEITHER = 1, -1, 0
SHAPES = ("square", "square", "square", "round", "round", "top", "bottom", "thick", "broken")
MARGIN = 8
"""Pixels of white around a stroke while it is drawn."""
FINE = 4
"""Pixels in a pixel while it is drawn."""
APART = (8.0, 5.0)
"""Least distance between two strokes across and down, so that none is seen in another's surroundings."""
LEAST_WORDS = 30


@dataclass(frozen=True)
class Put:
    """A stroke that was drawn: where its ink and its margin are, its middle, and what it is."""

    rect: Rect
    x: float
    y: float
    label: int


def draw_on(
    ink: np.ndarray, words: list[Rect], tall: float, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[Rect, int]]]:
    """A copy of the page with up to `count` strokes before and behind words, and the tall strokes of the copy that are
    those, with their labels."""
    page, put = ink.copy(), []
    for n in rng.permutation(len(words)) if len(words) >= LEAST_WORDS else ():
        left, top, right, bottom = words[n]
        y = (top + bottom) / 2 + rng.normal(0, 0.15) * tall
        if len(put) < count and not any(abs(left - p.x) < APART[0] * tall and abs(y - p.y) < APART[1] * tall for p in put):
            closes = bool(rng.random() < 0.5)
            gap = tall * rng.choice([rng.uniform(-0.15, 0.25), rng.uniform(0.1, 0.7)])
            if one := _put(page, right + gap if closes else left - gap, y, closes, tall, rng):
                put.append(one)
    seen = ((place, _label(place, put, tall)) for place in tall_strokes(page, tall))
    return page, [(place, label) for place, label in seen if label is not None]


def _put(page: np.ndarray, x: float, y: float, closes: bool, tall: float, rng: np.random.Generator) -> Put | None:
    """Draws a bracket, or something else, beside the word that begins or ends at x; None where the page ends."""
    thick = tall * (rng.uniform(0.08, 0.26) if rng.random() < 0.85 else 0.4)
    if rng.random() < 0.38:
        other = OTHERS[int(rng.integers(len(OTHERS)))](tall * rng.uniform(1.2, 2.6), rng)
        rect = _ink(page, other, x, y, thick, closes, rng)
        return Put(rect, x, y, NEITHER) if rect else None
    lines = bracket(tall, rng)
    high = max(line[:, 1].max() for line in lines) - min(line[:, 1].min() for line in lines)
    if high > 2.6 * tall:  # it holds several lines: opens at the head of the first, closes at the foot of the last
        y += (high / 2 - 0.7 * tall) * (-1 if closes else 1)
    rect = _ink(page, lines, x, y, thick, closes, rng)
    if rect and rng.random() < 0.3:
        _portion_mark(page, x, y, 1 if closes else -1, tall, rng)
    return Put(rect, x, y, CLOSE if closes else OPEN) if rect else None


def bracket(tall: float, rng: np.random.Generator) -> Lines:
    """An opening bracket of any shape, mostly of the height of a line, at times of many."""
    u = rng.uniform
    shape = SHAPES[int(rng.integers(len(SHAPES)))]
    high = tall * (u(1.25, 2.4) if rng.random() < 0.8 else u(2.4, 9))
    slant = (u(-0.22, 0.22) if rng.random() < 0.6 else u(-0.6, 0.35)) * min(high, 3 * tall)
    along = np.linspace(-0.5, 0.5, 12)
    xs, ys = -slant * along + np.cumsum(rng.normal(0, 0.018 * tall, 12)), high * along
    if shape == "round":
        xs += tall * u(0.12, 0.5) * (1 if high < 2.5 * tall else 1.5) * (2 * along) ** 2 * u(0.8, 1.6)
        return [np.stack([xs, ys], 1)]
    shaft = np.stack([xs, ys], 1)
    head, foot = _arm(shaft[0], tall, rng)[::-1], _arm(shaft[-1], tall, rng)
    if shape == "broken":
        return [np.vstack([head, shaft[:1]]), shaft, np.vstack([shaft[-1:], foot])]
    whole = np.vstack([*([head] if shape != "bottom" else []), shaft, *([foot] if shape != "top" else [])])
    again = int(rng.integers(2, 6)) if shape == "thick" else 0
    return [whole, *(whole + rng.normal(0, 0.12 * tall, (1, 2)) + rng.normal(0, 0.05 * tall, whole.shape) for _ in range(again))]


def _arm(end: np.ndarray, tall: float, rng: np.random.Generator) -> np.ndarray:
    """From an end of the shaft outwards: its middle and its tip, rising or falling."""
    long = tall * rng.uniform(0.1, 1.3)
    middle, tip = (long / 2, rng.uniform(-0.06, 0.06) * tall), (long, rng.uniform(-0.5, 0.5) * long * 0.6)
    return end + np.array([middle, tip])


def _portion_mark(page: np.ndarray, x: float, y: float, outwards: int, tall: float, rng: np.random.Generator) -> None:
    """A letter in brackets, beside the stroke or above it, at times crossed out or without brackets."""
    size = tall * rng.uniform(0.5, 1.0)
    dx, dy = outwards * (size + tall * rng.uniform(0.1, 0.8)), rng.normal(0, 0.5 * tall)
    if rng.random() < 0.3:
        dx, dy = rng.normal(0, tall), -1.6 * tall
    t = np.linspace(0, 2 * np.pi, 20)
    ring = np.stack([0.8 * size * np.cos(t), 1.2 * size * np.sin(t)], 1)
    letter = np.stack([0.3 * size * np.sin(np.linspace(-3.1, 3.1, 12)), np.linspace(-0.6, 0.6, 12) * size], 1)
    lines = [ring[2:9], ring[12:19]] if rng.random() < 0.7 else []
    crossed = [size * c for c in CROSS] if rng.random() < 0.25 else []
    _ink(page, [*lines, letter, *crossed], x + dx, y + dy, rng.uniform(0.08, 0.22) * tall, False, rng)


CROSS = [np.array([[-1.0, -1.0], [1.0, 1.0]]), np.array([[1.0, -1.0], [-1.0, 1.0]])]


def _slash(high: float, rng: np.random.Generator) -> Lines:
    return [high * np.array([[rng.uniform(0.3, 1) / 2 * rng.choice([-1, 1]), -0.5], [0, 0.5]])]


def _tick(high: float, rng: np.random.Generator) -> Lines:
    return [high * np.array([[-0.3, -0.1], [0, 0.5], [rng.uniform(0.3, 0.8), -rng.uniform(0.5, 1)]])]


def _bar(high: float, rng: np.random.Generator) -> Lines:
    return [high * np.array([[rng.uniform(-0.1, 0.1), -0.5], [0, 0.5]])]


def _circle(high: float, rng: np.random.Generator) -> Lines:
    t = np.linspace(0, 2 * np.pi + rng.uniform(-0.3, 0.5), 24)
    return [high * np.stack([rng.uniform(0.35, 0.8) * np.cos(t), 0.5 * np.sin(t)], 1)]


def _cross(high: float, rng: np.random.Generator) -> Lines:
    return [0.5 * high * line for line in CROSS]


def _plus(high: float, rng: np.random.Generator) -> Lines:
    return [high * np.array([[-0.3, -0.5], [0, 0.5]]), high * np.array([[-0.5, 0], [0.3, 0.1]])]


def _snake(high: float, rng: np.random.Generator) -> Lines:
    t = np.linspace(-1, 1, 14)
    return [high * np.stack([0.3 * np.sin(3.1 * t), 0.5 * t], 1)]


def _pair(high: float, rng: np.random.Generator) -> Lines:
    return [high * np.array([[-0.2, -0.5], [-0.1, 0.5]]), high * np.array([[0.2, -0.5], [0.3, 0.5]])]


def _hook(high: float, rng: np.random.Generator) -> Lines:
    return [high * np.array([[0, -0.5], [0, 0.25], [0.2, 0.5], [0.45, 0.25]])]


OTHERS: tuple[Callable[[float, np.random.Generator], Lines], ...] = (
    _slash, _tick, _bar, _circle, _cross, _plus, _snake, _pair, _hook,
)  # fmt: skip


def _ink(
    page: np.ndarray, lines: Lines, x: float, y: float, thick: float, mirrored: bool, rng: np.random.Generator
) -> Rect | None:
    """Draws lines on the page, with the ragged edge of scanned ink; where they are, or None if not on the page."""
    lines = [line * ([-1, 1] if mirrored else [1, 1]) + [x, y] for line in lines]
    points = np.vstack(lines)
    left, top = np.floor(points.min(0) - MARGIN).astype(int).tolist()
    right, bottom = np.ceil(points.max(0) + MARGIN).astype(int).tolist()
    if left < 0 or top < 0 or right > page.shape[1] or bottom > page.shape[0]:
        return None
    canvas = np.zeros(((bottom - top) * FINE, (right - left) * FINE), np.uint8)
    for line in lines:
        bent = (line - [left, top]) * FINE
        for _ in range(int(rng.integers(3))):  # corners cut, as a moving hand does
            cut = np.stack([0.75 * bent[:-1] + 0.25 * bent[1:], 0.25 * bent[:-1] + 0.75 * bent[1:]], 1)
            bent = np.vstack([bent[:1], cut.reshape(-1, 2), bent[-1:]])
        cv2.polylines(canvas, [bent.astype(np.int32)], False, 255, max(2, int(thick * FINE)), cv2.LINE_AA)
    gray = cv2.resize(canvas, (right - left, bottom - top), interpolation=cv2.INTER_AREA).astype(np.float32)
    grain = cv2.GaussianBlur(rng.normal(0, 60, gray.shape).astype(np.float32), (0, 0), 1.0)
    page[top:bottom, left:right] |= (gray + grain * rng.uniform(0, 1.5) > rng.uniform(90, 150)).astype(np.uint8)
    return left, top, right, bottom


def _label(place: Rect, put: list[Put], tall: float) -> int | None:
    """What a tall stroke of the page is; None when it was there before, or is but a piece or a bystander of a bracket."""
    left, top, right, bottom = place
    for p in put:
        a, b, c, d = p.rect
        both = max(0, min(right, c) - max(left, a)) * max(0, min(bottom, d) - max(top, b))
        if both > 0.3 * (right - left) * (bottom - top):
            piece = bottom - top < 0.6 * (d - b - 2 * MARGIN)
            beside = abs((left + right) / 2 - p.x) > 0.55 * tall + 0.05 * (bottom - top)
            return None if p.label != NEITHER and (piece or beside) else p.label
    return None
