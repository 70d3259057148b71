"""A searchable PDF of the original with our reading under its ink, PDF/A where the original allows it (OCRmyPDF).

OCRmyPDF grafts the text, keeps the pages' images as they are and makes PDF/A; this module is the engine that it asks for
the words of each page. Ghostscript is used where the user has it and nothing else does.
"""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Iterator, Mapping
from itertools import combinations, zip_longest
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Literal

from pipeline import __version__
from pipeline.core.geometry import Box
from pipeline.core.page import Line, Page, Word
from pipeline.errors import InputError
from pipeline.export.paragraphs import paragraphs
from pipeline.export.xml import printable

IMAGE_DPI = 300  # of pictures that do not say theirs
FAR = 20.0  # points between two words that tell how a line slopes
NO_LANGUAGE = "x-default"  # what some scanners write where the language of the text should stand
SPACE = 0.4  # least white between two words, of the width of a letter
DESCENT = 0.293  # how far the font of the text layer reaches below its baseline, of its size


def searchable(original: Path, pages: Mapping[int, Page], out: Path, title: str) -> str:
    """Write `original` (a PDF or a picture) with the words of `pages` to `out`. Gives "PDF/A-2b" or, when the original
    has what PDF/A forbids and no Ghostscript is here to mend it, "PDF".

    A bad text layer of the original is replaced, a page whose text was born digital keeps its own. Raises InputError
    when the file cannot be made a PDF: transcripts, and PDFs that are signed or encrypted.
    """
    with TemporaryDirectory(dir=out.parent) as scratch:
        grafted = Path(scratch) / "grafted.pdf"
        _graft(original, pages, grafted, title, "pdf")
        if _as_pdfa(grafted, out):
            return "PDF/A-2b"
        if shutil.which("gs"):
            _graft(original, pages, grafted, title, "pdfa")
        shutil.move(grafted, out)
    return "PDF/A-2b" if claims_pdfa(out) else "PDF"


def _graft(
    original: Path, pages: Mapping[int, Page], out: Path, title: str, kind: Literal["pdf", "pdfa"]
) -> None:
    import ocrmypdf
    from ocrmypdf._options import ProcessingMode
    from ocrmypdf.api import get_plugin_manager
    from ocrmypdf.exceptions import ExitCodeException

    manager = get_plugin_manager([])
    manager.pluggy_manager.register(_Plugin({n: p for n, p in pages.items() if p.reader != "text layer"}))
    settings = ocrmypdf.OcrOptions(
        input_file=original,
        output_file=out,
        output_type=kind,
        mode=ProcessingMode.redo,
        languages=["eng"],
        image_dpi=_dpi(original, pages),
        rotate_pages=True,
        title=printable(title),
        jobs=1,
        use_threads=True,
        progress_bar=False,
        optimize=0,
    )
    talk = sys.stderr
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of old text layers, which are replaced
    try:
        ocrmypdf.ocr(settings, plugin_manager=manager)
    except ExitCodeException as error:
        raise InputError(
            f"{original.name} cannot be made a searchable PDF: {error}", "The original is kept as it is."
        ) from error
    finally:
        sys.stderr = talk  # its threads redirect it, each for itself, and the last one to end leaves it astray


def _as_pdfa(source: Path, out: Path) -> bool:
    """Write `source` as PDF/A-2b, and say whether that could be done: pikepdf checks what it writes."""
    import pikepdf
    from pikepdf.pdfa import Flavour, PdfaError, save

    with pikepdf.open(source, conversion_mode="explicit") as pdf:
        if "/PieceInfo" in pdf.Root:
            del pdf.Root["/PieceInfo"]  # private notes of the program that made it
        if str(pdf.Root.get("/Lang", NO_LANGUAGE)) in ("", NO_LANGUAGE):
            pdf.Root.Lang = pikepdf.String("en")
        for page in pdf.pages:
            _drop_unused_fonts(page)
            _name_colours(page)
        try:
            save(pdf, out, Flavour.PDFA_2B, output_intent="sRGB")
        except PdfaError:
            return False
    return True


def _drop_unused_fonts(page: Any) -> None:
    """Fonts that only the old text layer had are still listed, mostly not embedded, which PDF/A forbids."""
    import pikepdf

    fonts = page.resources.get("/Font")
    if fonts is None:
        return
    used = {str(i.operands[0]) for i in pikepdf.parse_content_stream(page, "Tf")}
    kept = pikepdf.Dictionary({name: font for name, font in fonts.items() if name in used})
    page.obj.Resources = pikepdf.Dictionary({**dict(page.resources.items()), "/Font": kept})


def _name_colours(page: Any) -> None:
    """Colour spaces that need no parameters by their name alone, as `/DeviceGray`: some scanners write `[/DeviceGray]`,
    which is the same and which the check of PDF/A does not know."""
    import pikepdf

    for picture in (page.resources.get("/XObject") or {}).values():
        space = picture.get("/ColorSpace")
        if isinstance(space, pikepdf.Array) and len(space) == 1:
            picture.ColorSpace = space[0]


def _dpi(original: Path, pages: Mapping[int, Page]) -> int | None:
    """Dots an inch of a picture, as the reading took them; None for a PDF, which knows its size."""
    from PIL import Image, UnidentifiedImageError

    first = pages.get(1)
    try:
        with Image.open(original) as picture:
            across = picture.height if first and first.rotation in (90, 270) else picture.width
    except UnidentifiedImageError:
        return None
    return round(across * 72 / first.width) if first and first.width else IMAGE_DPI


def claims_pdfa(path: Path) -> bool:
    """Whether the file says of itself that it is PDF/A."""
    import pikepdf

    with pikepdf.open(path) as pdf, pdf.open_metadata() as metadata:
        return bool(metadata.pdfa_status)


class _Plugin:
    """What OCRmyPDF asks: which engine reads."""

    def __init__(self, pages: Mapping[int, Page]) -> None:
        import ocrmypdf

        self.engine = _engine(pages)
        self.get_ocr_engine = ocrmypdf.hookimpl(lambda options: self.engine)


def _engine(pages: Mapping[int, Page]) -> Any:
    import ocrmypdf
    from PIL import Image

    class Reading(ocrmypdf.OcrEngine):
        """Hands over what was read; reads nothing."""

        @staticmethod
        def version() -> str:
            return __version__

        @staticmethod
        def creator_tag(options: Any) -> str:
            return f"declass {__version__}"

        def __str__(self) -> str:
            return f"declass {__version__}"

        @staticmethod
        def languages(options: Any) -> set[str]:
            return {"eng"}

        @staticmethod
        def get_orientation(input_file: Path, options: Any) -> Any:
            page = pages.get(int(input_file.name[:6]))  # pictures of pages are called 000001_...
            return ocrmypdf.OrientationConfidence(angle=page.rotation if page else 0, confidence=15.0)

        @staticmethod
        def supports_generate_ocr() -> bool:
            return True

        @staticmethod
        def generate_ocr(input_file: Path, options: Any, page_number: int = 0) -> tuple[Any, str]:
            with Image.open(input_file) as picture:
                size, dpi = picture.size, float(picture.info.get("dpi", (IMAGE_DPI,))[0])
            page = pages.get(page_number + 1)
            return _elements(page, size, dpi, page_number), page.text if page else ""

        @staticmethod
        def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: Any) -> None:
            raise NotImplementedError("OCRmyPDF asks for generate_ocr, since supports_generate_ocr says so")

        @staticmethod
        def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: Any) -> None:
            raise NotImplementedError("OCRmyPDF asks for generate_ocr, since supports_generate_ocr says so")

    return Reading()


def _elements(page: Page | None, size: tuple[int, int], dpi: float, number: int) -> Any:
    """The page as OCRmyPDF's tree: boxes in pixels of its picture of the page, which is upright as ours is."""
    from ocrmypdf import Baseline, BoundingBox, OcrClass, OcrElement

    whole = BoundingBox(0, 0, *size)
    if page is None or not page.width or not page.height:
        return OcrElement(OcrClass.PAGE, bbox=whole, dpi=dpi, page_number=number)
    across, down = size[0] / page.width, size[1] / page.height

    def box(b: Box) -> Any:
        return BoundingBox(b.left * across, b.top * down, b.right * across, b.bottom * down)

    def line(one: Line) -> Any:
        words = [
            OcrElement(OcrClass.WORD, bbox=box(at), text=printable(w.text), confidence=w.confidence)
            for w, at in _apart(one)
        ]
        if not words:
            return OcrElement(OcrClass.LINE)
        slope = _slope(one)
        boxes = [w.box for w in one.words if w.box]
        left, right = min(b.left for b in boxes), max(b.right for b in boxes)
        height = median(b.height for b in boxes)
        foot = median(b.bottom - slope * ((b.left + b.right) / 2 - left) for b in boxes)  # of the line at its left end
        # The font is as large as this box is high above the baseline, and reaches down to its bottom.
        place = box(Box(left, foot - (1 + DESCENT) * height, right, foot))
        baseline = Baseline(slope * down / across, -DESCENT * height * down)
        return OcrElement(OcrClass.LINE, bbox=place, baseline=baseline, children=words)

    def block(lines: tuple[Line, ...]) -> Any:
        around = Box.around([one.box for one in lines if one.box])
        return OcrElement(OcrClass.PARAGRAPH, bbox=box(around), language="eng", children=[line(one) for one in lines])

    return OcrElement(
        OcrClass.PAGE, bbox=whole, dpi=dpi, page_number=number, children=[block(lines) for lines in paragraphs(page)]
    )


def _apart(line: Line) -> Iterator[tuple[Word, Box]]:
    """The words with their boxes, a little white between any two: what reads a PDF parts words by their distance, and
    the boxes of a reader may touch."""
    placed = [(word, word.box) for word in line.words if word.box]
    for (word, box), following in zip_longest(placed, [box for _, box in placed[1:]]):
        white = SPACE * box.width / max(1, len(word.text))
        if following is not None and box.left < following.left < box.right + white:
            box = Box(box.left, box.top, max(following.left - white, (box.left + box.right) / 2), box.bottom)
        yield word, box


def _slope(line: Line) -> float:
    """How much the feet of the words sink on their way to the right, per point; 0 for a word or two. The median of the
    slopes between any two of them (Theil and Sen): a stray mark in a box does not tilt it."""
    feet = [((w.box.left + w.box.right) / 2, w.box.bottom) for w in line.words if w.box]
    slopes = [(v - y) / (u - x) for (x, y), (u, v) in combinations(feet, 2) if u - x > FAR]
    return median(slopes) if len(feet) > 2 and slopes else 0.0
