"""PDF files by pdfium: pages, what lies on them, their pixels. pdfium is not thread-safe: one thread a process."""

from __future__ import annotations

import atexit
import ctypes
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline.core.geometry import Box
from pipeline.core.page import ReadWord
from pipeline.errors import CorruptError, EmptyError, EncryptedError, TooLargeError
from pipeline.intake.files import opened
from pipeline.intake.limits import fitting_dpi
from pipeline.settings import Settings

if TYPE_CHECKING:
    import numpy as np

FILLS = 0.5  # share of the page from which on pictures are the page
COUNTS = 0.1  # share of the page that a picture without text around it must cover to be a scan; a logo covers less
FAINTEST_DPI = 36.0  # coarser pictures are backgrounds or covers of one pixel, stretched
MISSING_TAIL = 64  # pages missing at the end from which on a file is taken to lie about their number
ROOM = 0.0005  # points
CELLS = 32  # grid on which the cover of several pictures (strips, tiles) is added up
HIDDEN_MODES = frozenset({raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP})
DAMAGED = "Open it in a PDF reader and print it anew, or fetch it again from where it came from."


def open_pdf(path: str) -> pdfium.PdfDocument:
    """The document, kept open for consecutive pages. Raises FileAccessError, EncryptedError, EmptyError,
    CorruptError."""
    with opened(path) as file:  # pdfium does not say why it cannot open
        state = os.fstat(file.fileno())
    return _open(os.path.abspath(path), state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=1)
def _open(path: str, size: int, modified: int) -> pdfium.PdfDocument:
    # by hand, since the helper cannot tell a file without pages from whatever went wrong before
    loaded = raw.FPDF_LoadDocument(os.fsencode(path) + b"\0", None)
    if not loaded:
        if raw.FPDF_GetLastError() in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise EncryptedError("the PDF needs a password", "Remove the password and take it in again.")
        raise CorruptError("the PDF is damaged beyond opening", DAMAGED)
    document = pdfium.PdfDocument(loaded)
    if not len(document):
        raise EmptyError("the PDF has no pages", DAMAGED)
    if document.get_formtype() != raw.FORMTYPE_NONE:
        document.init_forms()  # else the filled fields stay invisible
    return document


@atexit.register
def _let_go() -> None:
    """pdfium wants its documents closed before the interpreter goes."""
    _open.cache_clear()


def pages(document: pdfium.PdfDocument) -> int:
    """Pages of the document. A file that claims many more than it has counts one page past its last, which will fail
    and so show that something is missing."""
    claimed = len(document)
    if _there(document, claimed - 1) or claimed <= MISSING_TAIL or _any_there(document, claimed):
        return claimed
    least, most = 0, claimed - MISSING_TAIL  # the number of pages there lies between
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if _there(document, middle - 1) else (least, middle - 1)
    return least + 1


def _any_there(document: pdfium.PdfDocument, claimed: int) -> bool:
    return any(_there(document, n) for n in range(claimed - MISSING_TAIL, claimed))


def _there(document: pdfium.PdfDocument, index: int) -> bool:
    size = raw.FS_SIZEF()
    return bool(raw.FPDF_GetPageSizeByIndexF(document, index, ctypes.byref(size)))


@dataclass(frozen=True, slots=True)
class Looks:
    """What a page shows: the scan's resolution, if it is a scan; whether its visible text is text; its largest picture
    in pixels."""

    dpi: float | None
    born_digital: bool
    pixels: int


class PdfSheet:
    """One page of a PDF; see `core.ink.Sheet`. The frame is what a reader shows: cropped and turned by /Rotate."""

    transcript = None

    def __init__(self, path: str, number: int, settings: Settings) -> None:
        """Raises what `open_pdf` raises, and CorruptError when the page cannot be loaded."""
        self.number = number
        self._document = open_pdf(path)
        self._settings = settings
        try:
            self._page = self._document[number - 1]
        except (pdfium.PdfiumError, IndexError) as error:
            raise CorruptError(f"page {number} of the PDF is damaged or missing", DAMAGED) from error

    @property
    def size(self) -> tuple[float, float]:
        return self._page.get_width(), self._page.get_height()

    @property
    def dpi(self) -> float | None:
        return self._looks.dpi

    @property
    def born_digital(self) -> bool:
        return self._looks.born_digital

    def render(self, dpi: float) -> np.ndarray[Any, Any]:
        """The page in gray at about `dpi`: exactly the scan's own pixels when that is nearly its resolution, fewer when
        the pixel limit wants it; width in pixels over width in points tells. Raises TooLargeError, CorruptError."""
        limit = self._settings.max_megapixels * 1e6
        if self._looks.pixels > limit:
            raise TooLargeError(
                f"page {self.number} holds a picture of {self._looks.pixels / 1e6:.0f} megapixels, more than "
                f"{self._settings.max_megapixels:.0f}",
                "Raise the limit with --max-megapixels if the page is sound.",
            )
        own = self.dpi
        wanted = own if own and abs(dpi / own - 1) < 0.02 else dpi
        wanted = fitting_dpi(self.size, wanted, self._settings.max_megapixels, self.number)
        try:
            with _roomy(self._page):
                # a hair less, so that rounding up to whole pixels does not add one
                bitmap = self._page.render(scale=wanted / 72 * (1 - 1e-5), grayscale=True)
        except (pdfium.PdfiumError, ValueError) as error:
            raise CorruptError(f"page {self.number} of the PDF cannot be drawn", DAMAGED) from error
        gray: np.ndarray[Any, Any] = bitmap.to_numpy().copy()
        bitmap.close()
        return gray.reshape(gray.shape[:2])

    def layer(self) -> Sequence[Sequence[ReadWord]]:
        """See `core.ink.Sheet.layer`."""
        from pipeline.intake.layer import lines

        return lines(self._document, self._page, self.number)

    @cached_property
    def _looks(self) -> Looks:
        width, height = self.size
        frame = Box(*_sorted(*self._page.get_bbox()))
        pictures: list[tuple[Box, float]] = []
        text_area = 0.0
        most_pixels = 0
        for thing in self._page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_TEXT]):
            if thing.type == raw.FPDF_PAGEOBJ_TEXT:
                if _visible(thing):
                    text_area += _cut(_bounds(thing), frame).area
                continue
            pixels = thing.get_px_size()
            most_pixels = max(most_pixels, pixels[0] * pixels[1])
            resolution = _resolution(thing, pixels)
            if resolution >= FAINTEST_DPI:
                pictures.append((_cut(_bounds(thing), frame), resolution))
        page_area = max(width * height, 1.0)
        covered = _cover([b for b, _ in pictures], frame)
        born_digital = text_area > 0 and covered < FILLS and covered * page_area <= 2 * text_area
        largest = max((b.area for b, _ in pictures), default=0.0)
        # a mask over a background: both fill the page, the finer one holds the writing
        dpi = max((d for b, d in pictures if b.area >= largest / 2), default=None)
        return Looks(None if born_digital or covered < COUNTS else dpi, born_digital, most_pixels)


@contextmanager
def _roomy(page: pdfium.PdfPage) -> Iterator[None]:
    """The page with a margin of some thousandths of a pixel. Without it, a picture that fills the page often ends, by
    rounding of floats, just outside the last pixel; pdfium then stretches it by one and smears black and white to gray.
    """
    media, crop = page.get_mediabox(), page.get_cropbox()
    left, bottom, right, top = page.get_bbox()
    roomy = left - ROOM, bottom - ROOM, right + ROOM, top + ROOM
    page.set_mediabox(*roomy)
    page.set_cropbox(*roomy)
    try:
        yield
    finally:
        page.set_mediabox(*media)
        page.set_cropbox(*crop)


def _chain(thing: Any) -> Iterator[Any]:
    """The matrices of the forms that hold the thing, from the inside out."""
    while (thing := thing.container) is not None:
        yield thing.get_matrix()


def _bounds(thing: Any) -> Box:
    """Where the thing lies in the page's own coordinates (y upwards; `top` is the lower edge)."""
    left, bottom, right, top = thing.get_bounds()
    for matrix in _chain(thing):
        left, bottom, right, top = matrix.on_rect(left, bottom, right, top)
    return Box(*_sorted(left, bottom, right, top))


def _sorted(left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _cut(box: Box, frame: Box) -> Box:
    left, top = max(box.left, frame.left), max(box.top, frame.top)
    return Box(left, top, max(left, min(box.right, frame.right)), max(top, min(box.bottom, frame.bottom)))


def _resolution(image: Any, pixels: tuple[int, int]) -> float:
    """Pixels per inch as placed on the page; the finer of the two directions (faxes differ)."""
    matrix = image.get_matrix()
    for outer in _chain(image):
        matrix = matrix.multiply(outer)
    across = (matrix.a**2 + matrix.b**2) ** 0.5
    down = (matrix.c**2 + matrix.d**2) ** 0.5
    return float(max(pixels[0] / across, pixels[1] / down) * 72) if across and down else 0.0


def _visible(text: Any) -> bool:
    """False for the invisible layer that OCR programs lay over a scan."""
    if raw.FPDFTextObj_GetTextRenderMode(text) in HIDDEN_MODES:
        return False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    raw.FPDFPageObj_GetFillColor(text, red, green, blue, alpha)
    return alpha.value > 0


def _cover(boxes: Sequence[Box], frame: Box) -> float:
    """Share of the frame that the boxes cover together."""
    if not boxes or not frame.area:
        return 0.0
    w, h = frame.width / CELLS, frame.height / CELLS
    hit = sum(
        any(b.holds(frame.left + (i + 0.5) * w, frame.top + (j + 0.5) * h) for b in boxes)
        for i in range(CELLS)
        for j in range(CELLS)
    )
    return hit / CELLS**2
