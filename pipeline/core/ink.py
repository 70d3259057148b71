"""The protocol by which stages see pixels without importing intake or ocr."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.core.geometry import Box
from pipeline.core.page import ReadWord


@dataclass(frozen=True, slots=True)
class Borne:
    """How well a crop bears out a phrase: `score` is 0 when it is what is read there, the lower the less (a letter's cost in
    natural logarithms); `first, last` the part of the crop's width that it takes; `read` what is read without expecting
    anything."""

    phrase: str
    score: float
    first: float
    last: float
    read: str


class Ink(Protocol):
    """The pixels of one page, upright, rendered once and only when first asked for."""

    @property
    def dpi(self) -> float:
        """Pixels per inch of what `gray` and `crop` return (72 points to the inch)."""
        ...

    def gray(self) -> Any:
        """The whole page as a uint8 numpy array, shape (height, width), 0 black to 255 white. Do not write to it."""
        ...

    def crop(self, box: Box, angle: float = 0.0, dpi: float | None = None) -> Any:
        """The part at `box` (points) as a uint8 array, turned by `angle` degrees (counter-clockwise) to stand upright."""
        ...

    def read(self, crop: Any, dpi: float, layout: str = "block") -> Sequence[Sequence[ReadWord]]:
        """Lines of words on a crop, boxes in points from the crop's own top left. `layout`: block, line, sparse, word."""
        ...

    def spell(self, crop: Any, strings: Sequence[str]) -> Sequence[float]:
        """How likely the one line on a crop (any height) is to be each of `strings`: logarithms of the probability that
        the second reader's network gives the whole string; the last, beyond the strings, is that of what it likes best."""
        ...

    def spot(self, crop: Any, strings: tuple[str, ...]) -> Sequence[float]:
        """How well a crop, one line of handwriting, shows each of `strings` anywhere on it: 0 (a natural logarithm) when it
        is just what is read there, the lower the less, -inf when it cannot be."""
        ...

    def weigh(self, crops: Sequence[Any], phrases: Sequence[str]) -> Sequence[Sequence[Borne]]:
        """For each crop, one line of type standing upright, how well it bears out those phrases of which enough letters
        are read there, best first."""
        ...


class Sheet(Protocol):
    """One page of a scan as intake hands it to the readers: not yet turned, nothing read.

    A sheet is an image, a PDF page (image, born digital or both), or a page of a transcript.
    """

    @property
    def number(self) -> int:
        """The page's number, from 1."""
        ...

    @property
    def size(self) -> tuple[float, float] | None:
        """Width and height in points as stored (before any turning); None for a transcript."""
        ...

    @property
    def dpi(self) -> float | None:
        """Resolution of the scanned image that fills the page; None when it is born digital or a transcript."""
        ...

    @property
    def transcript(self) -> str | None:
        """The page's text when the file is a transcript, exactly as given; else None."""
        ...

    def render(self, dpi: float) -> Any:
        """The page as a uint8 gray array (height, width) at about `dpi`; bounded by the pixel limit."""
        ...

    def layer(self) -> Sequence[Sequence[ReadWord]]:
        """The hidden or born-digital text of a PDF page as lines of words (confidence 1.0, unchecked), boxes in points
        from the top left as stored. Empty when there is none."""
        ...

    @property
    def born_digital(self) -> bool:
        """True when the page's visible text is drawn as text, not shown by a picture that fills the page."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """What a page stage gets to see: the sheet as stored, the ink of the upright page (None while it is being read, and
    for transcripts), and the run's settings."""

    sheet: Sheet
    ink: Ink | None
    settings: Any
