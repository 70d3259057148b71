"""Pages that the tests draw themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.core.page import ReadWord

LETTER = (
    "MEMORANDUM FOR THE DIRECTOR",
    "SUBJECT: Grain shipments through the northern ports",
    "1. The embassy reports that forty wagons of wheat crossed",
    "the border on the night of 12 March 1961. The harbor master",
    "was told to expect two further trains before the end of May.",
    "2. We recommend that the consul be instructed to ask for the",
    "lists of cargo, and that copies be sent to this office.",
)


def typed(lines: Sequence[str] = LETTER, size: int = 40) -> Any:
    """A letter page at 300 dpi with `lines` of type, uint8 gray."""
    page = Image.new("L", (2550, 3300), 255)
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=size)
    for n, line in enumerate(lines):
        pen.text((300, 400 + n * 90), line, font=font, fill=0)
    return np.asarray(page).copy()


def snow(share: float = 0.05, seed: int = 1) -> Any:
    """A page of nothing but specks."""
    dots = np.random.default_rng(seed).random((3300, 2550)) < share
    return np.where(dots, 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class DrawnSheet:
    """A sheet whose raster or words the test drew."""

    raster: Any = None
    words: tuple[tuple[ReadWord, ...], ...] = ()
    born_digital: bool = False
    transcript: str | None = None
    number: int = 1

    @property
    def size(self) -> tuple[float, float] | None:
        return None if self.raster is None else (self.raster.shape[1] * 72 / 300, self.raster.shape[0] * 72 / 300)

    @property
    def dpi(self) -> float | None:
        return None if self.raster is None or self.born_digital else 300.0

    def render(self, dpi: float) -> Any:
        return self.raster

    def layer(self) -> Sequence[Sequence[ReadWord]]:
        return self.words
