"""Boxes on a page, in points (1/72 inch) from the top left of the page turned upright."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle: `left <= right`, `top <= bottom`, in points of the upright page."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """The smallest box that holds all `boxes`. Raises ValueError when there is none."""
        every = list(boxes)
        if not every:
            raise ValueError("no boxes to go around")
        return cls(
            min(b.left for b in every),
            min(b.top for b in every),
            max(b.right for b in every),
            max(b.bottom for b in every),
        )

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def middle(self) -> tuple[float, float]:
        """The centre as (x, y)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def rounded(self) -> Box:
        """To 0.1 point, the precision of exports and of finding ids."""
        return Box(round(self.left, 1), round(self.top, 1), round(self.right, 1), round(self.bottom, 1))

    def grown(self, x: float, y: float | None = None) -> Box:
        """Wider by `x` points on either side and higher by `y` (default `x`)."""
        dy = x if y is None else y
        return Box(self.left - x, self.top - dy, self.right + x, self.bottom + dy)

    def scaled(self, factor: float) -> Box:
        """The same place in another unit: pixels = points * dpi / 72."""
        return Box(self.left * factor, self.top * factor, self.right * factor, self.bottom * factor)

    def moved(self, dx: float, dy: float) -> Box:
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def within(self, width: float, height: float) -> Box:
        """Cut to a page of `width` x `height` points."""
        return Box(
            min(max(self.left, 0.0), width),
            min(max(self.top, 0.0), height),
            min(max(self.right, 0.0), width),
            min(max(self.bottom, 0.0), height),
        )

    def overlap(self, other: Box) -> float:
        """Shared area in square points."""
        w = min(self.right, other.right) - max(self.left, other.left)
        h = min(self.bottom, other.bottom) - max(self.top, other.top)
        return w * h if w > 0 and h > 0 else 0.0

    def iou(self, other: Box) -> float:
        """Shared area over joined area, 0..1."""
        both = self.overlap(other)
        return both / (self.area + other.area - both) if both else 0.0

    def covers(self, other: Box) -> float:
        """Share of `other` that lies inside this box, 0..1."""
        return self.overlap(other) / other.area if other.area else 0.0

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Place:
    """A box on a page; pages count from 1."""

    page: int
    box: Box
