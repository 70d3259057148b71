"""The typefaces of the corpus and their glyphs as small pictures of ink."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).parent / "fonts"
DPI = 300  # every sheet is drawn at this resolution; the film brings it to that of the scan
Ink = NDArray[np.uint8]


@dataclass(frozen=True)
class Face:
    """A typeface at one size. `pitch` is the advance in inches of a typewriter, None where glyphs have their own."""

    file: str
    points: float
    pitch: float | None = None

    def sized(self, points: float) -> Face:
        """The same face in another size, its pitch in proportion."""
        return Face(self.file, points, self.pitch * points / self.points if self.pitch else None)


PICA = Face("CourierPrime.otf", 12, 1 / 10)
ELITE = Face("CourierPrime.otf", 10, 1 / 12)
PICA_BOLD = Face("CourierPrime-Bold.otf", 12, 1 / 10)
PRINTER = Face("RecordMono-Regular.ttf", 10, 1 / 12)
SERIF = Face("RecordSerif-Regular.ttf", 12)
SERIF_BOLD = Face("RecordSerif-Bold.ttf", 12)
SANS_BOLD = Face("RecordSans-Bold.ttf", 10)
PEN = Face("dkg.ttf", 18)


@cache
def font(file: str, points: float) -> ImageFont.FreeTypeFont:
    """The font file at a size; the basic layout engine, so that no system library changes the result."""
    return ImageFont.truetype(FOLDER / file, points * DPI / 72, layout_engine=ImageFont.Layout.BASIC)


def advance(face: Face, char: str) -> float:
    """How far, in inches, the carriage moves after `char`."""
    return face.pitch if face.pitch else font(face.file, face.points).getlength(char) / DPI


def width(face: Face, text: str) -> float:
    """The length of a line of `text` in inches."""
    return sum(advance(face, char) for char in text)


@cache
def glyph(face: Face, char: str) -> tuple[Ink, int, int] | None:
    """The ink of `char` (0 none, 255 full) with its offset from the pen position on the baseline; None for a blank."""
    drawn = font(face.file, face.points)
    left, top, right, bottom = (round(v) for v in drawn.getbbox(char, anchor="ls"))
    if right <= left or bottom <= top:
        return None
    tile = Image.new("L", (right - left + 4, bottom - top + 4), 0)
    ImageDraw.Draw(tile).text(
        (2 - left, 2 - top), char, font=drawn, fill=255, anchor="ls", stroke_width=0.6 if face.pitch else 0
    )
    return np.asarray(tile, dtype=np.uint8), left - 2, top - 2
