"""Scans that are pictures: TIFF (page by page), JPEG, PNG, JPEG 2000, by Pillow."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps

from pipeline.core.page import ReadWord
from pipeline.errors import CorruptError, TooLargeError
from pipeline.intake.files import opened
from pipeline.intake.limits import fitting_dpi
from pipeline.settings import Settings

if TYPE_CHECKING:
    import numpy as np

USUAL_DPI = 300.0  # of a scan that does not say (the export contract)
SAID_DPI = (50.0, 2400.0)  # outside, what the header says is no resolution of a scanner
SCREEN_DPI = (72.0, 96.0)  # what programs write that know no resolution
LONGEST_SCREEN = 17.0  # inches: believed at a screen's resolution up to a ledger sheet, never for a scan's many pixels
TURNED = frozenset({5, 6, 7, 8})  # EXIF orientations that swap width and height
# what Pillow raises on damaged files, over its many decoders
BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, struct.error, zlib.error)
DAMAGED = "Fetch the file again from where it came from; the copy is damaged or cut short."


@dataclass(frozen=True, slots=True)
class PictureSheet:
    """One picture as a sheet; see `core.ink.Sheet`. The frame is the picture turned as its orientation tag says."""

    path: str
    number: int
    size: tuple[float, float]
    dpi: float
    settings: Settings
    born_digital: bool = False
    transcript: None = None

    @classmethod
    def of(cls, path: str, number: int, settings: Settings) -> PictureSheet:
        """Page `number` of the file, from its header alone. Raises CorruptError, TooLargeError."""
        with frame(path, number) as image:
            wide, high = image.size
            if wide * high > settings.max_megapixels * 1e6:
                raise TooLargeError(
                    f"page {number} has {wide:,} x {high:,} pixels, more than {settings.max_megapixels:g} megapixels",
                    "Scale it down, or raise the limit with --max-megapixels if the page is sound.",
                )
            across, down = resolution(image)
            if _turned(image):
                across, down = down, across
                if image.format != "TIFF":  # there Pillow has turned the size already
                    wide, high = high, wide
        return cls(path, number, (wide / across * 72, high / down * 72), max(across, down), settings)

    def render(self, dpi: float) -> np.ndarray[Any, Any]:
        """The page in gray at about `dpi`; the scan's own pixels, untouched, when that is nearly its resolution."""
        import numpy as np

        dpi = fitting_dpi(self.size, dpi, self.settings.max_megapixels, self.number)
        with frame(self.path, self.number) as image:
            gray = ImageOps.exif_transpose(_gray(image))
        scale = (self.dpi if abs(dpi / self.dpi - 1) < 0.02 else dpi) / 72
        want = max(1, round(self.size[0] * scale)), max(1, round(self.size[1] * scale))
        if want != gray.size:
            gray = gray.resize(want, Image.Resampling.BICUBIC)
        return np.array(gray, dtype=np.uint8)

    def layer(self) -> Sequence[Sequence[ReadWord]]:
        """A picture has no text layer."""
        return ()


def header(path: str) -> tuple[int, int]:
    """Width and height in pixels of the first page, decoding nothing. Raises CorruptError."""
    with frame(path, 1) as image:
        return image.size


@contextmanager
def frame(path: str, number: int) -> Iterator[Image.Image]:
    """Page `number` of the picture, not decoded yet. What goes wrong with it, here or in the block, is a CorruptError.

    Pillow's own guard against huge pictures is off: ours counts per page and has advice."""
    guard, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with opened(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged tags beside sound pixels
            image = Image.open(file, formats=("TIFF", "JPEG", "PNG", "JPEG2000"))
            image.seek(number - 1)
            yield image
    except BROKEN as error:
        raise CorruptError(f"page {number} of the picture is damaged or cut short: {error}", DAMAGED) from error
    finally:
        Image.MAX_IMAGE_PIXELS = guard


def resolution(image: Image.Image) -> tuple[float, float]:
    """Pixels per inch across and down as the header says; USUAL_DPI where it says nothing or nothing believable."""
    said = image.info.get("dpi") or (0, 0)
    across, down = (round(float(v), 1) for v in said)  # PNG counts pixels to the metre: 72 comes back as 72.009
    least, most = SAID_DPI
    if not (least <= across <= most and least <= down <= most):
        return USUAL_DPI, USUAL_DPI
    longest = max(image.size[0] / across, image.size[1] / down)
    if across in SCREEN_DPI and longest > LONGEST_SCREEN:
        return USUAL_DPI, USUAL_DPI
    return across, down


def _turned(image: Image.Image) -> bool:
    return image.getexif().get(0x0112) in TURNED


def _gray(image: Image.Image) -> Image.Image:
    """8-bit gray: transparent parts white as paper, 16 and more bits scaled, inks and palettes as they look."""
    import numpy as np

    exif = image.getexif()
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        values = np.asarray(image, dtype=np.float64)
        top = 65535.0 if image.mode.startswith("I;16") else _top(float(values.max(initial=0.0)))
        out = Image.fromarray(np.clip(values * (255.0 / top) + 0.5, 0, 255).astype(np.uint8))
    elif "transparency" in image.info or image.mode in ("LA", "PA", "RGBA", "La", "RGBa"):
        colours = image.convert("RGBA")
        paper = Image.new("RGBA", colours.size, "white")
        out = Image.alpha_composite(paper, colours).convert("L")
    elif image.mode in ("L", "1", "RGB"):
        out = image.convert("L")
    else:
        out = image.convert("RGB").convert("L")
    out.getexif().update(exif)
    return out


def _top(most: float) -> float:
    """The value that white has, in pictures of 32 bits, which do not say: 1, 255, 65535 or the brightest there is."""
    return next((top for top in (1.0, 255.0, 65535.0) if most <= top), most)
