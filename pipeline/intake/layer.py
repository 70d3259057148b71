"""The text layer of a PDF page as lines of words with boxes in the frame that the page is shown in."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import floor
from typing import Any, Literal

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline.core.geometry import Box
from pipeline.core.page import ReadWord
from pipeline.errors import CorruptError

Way = Literal["ltr", "rtl", "ttb", "btt"]  # how text runs, in pdfplumber's words
GAP = 0.2  # between characters, in sizes of the font, from which on a new word begins
EXTRACTION: Mapping[Way, Mapping[str, Any]] = {
    "ltr": {"use_text_flow": True, "line_dir": "ttb", "x_tolerance_ratio": GAP},
    "rtl": {"use_text_flow": True, "line_dir": "btt", "x_tolerance_ratio": GAP},
    "ttb": {"use_text_flow": True, "line_dir": "rtl", "y_tolerance_ratio": GAP},
    "btt": {"use_text_flow": True, "line_dir": "ltr", "y_tolerance_ratio": GAP},
}
READER = "layer"
BY_EYE = "The page can still be read from its picture."
USUAL_DEPTH, MOST_DEPTH = 0.2, 0.4  # of a font below the baseline, in its size
_UNMAPPED = re.compile(r"\(cid:\d+\)")  # how pdfminer shows a glyph whose character the font does not tell


def lines(document: pdfium.PdfDocument, page: pdfium.PdfPage, number: int) -> Sequence[Sequence[ReadWord]]:
    """Lines in reading order: the order of the page's own stream where it has columns, else from the top down.

    Raises CorruptError when the layer cannot be read."""
    text = page.get_textpage()
    characters = text.count_chars()
    text.close()
    if not characters and not raw.FPDFPage_GetAnnotCount(page):
        return ()
    found = _words(_alone(document, page, number), number)
    return [line for way, words in found.items() for line in _ordered(_lined(words, way), way)]


def _alone(document: pdfium.PdfDocument, page: pdfium.PdfPage, number: int) -> io.BytesIO:
    """A PDF of this page only, cut to what is shown: pdfplumber then need not walk a long or damaged document, nor
    know of crop boxes."""
    single = pdfium.PdfDocument.new()
    try:
        single.import_pages(document, [number - 1])
        copy = single[0]
        shown = page.get_bbox()
        copy.set_mediabox(*shown)
        copy.set_cropbox(*shown)
        copy.set_rotation(page.get_rotation())
        raw.FPDFPage_Flatten(copy, raw.FLAT_NORMALDISPLAY)  # notes and filled fields are seen, so they are text too
        out = io.BytesIO()
        single.save(out)
    except pdfium.PdfiumError as error:
        raise CorruptError(f"the text layer of page {number} is damaged", BY_EYE) from error
    finally:
        single.close()
    out.seek(0)
    return out


def _words(file: io.BytesIO, number: int) -> dict[Way, list[ReadWord]]:
    """The words by the way they run, the most usual way first."""
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException
    from pdfplumber.utils.text import extract_words

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font, page after page
    try:
        with pdfplumber.open(file) as pdf:
            page = pdf.pages[0]
            left, top = page.bbox[:2]
            ways: dict[Way, list[dict[str, Any]]] = {}
            for character in _once(page.chars):
                ways.setdefault(_way(character), []).append(character)
        return {
            way: [_word(w, left, top) for w in extract_words(few, char_dir=way, return_chars=True, **EXTRACTION[way])]
            for way, few in sorted(ways.items(), key=lambda item: -len(item[1]))
        }
    except (PDFException, PdfminerException, ValueError, TypeError, LookupError, RecursionError) as error:
        raise CorruptError(f"the text layer of page {number} is damaged", BY_EYE) from error


def _way(character: dict[str, Any]) -> Way:
    """Which way a character runs on the page as shown."""
    along, up = character["matrix"][:2]
    if abs(along) >= abs(up):
        return "ltr" if along >= 0 else "rtl"
    return "btt" if up > 0 else "ttb"


def _as_read(box: Box, way: Way) -> Box:
    """The box after the page was turned so that the text stands upright; the origin does not matter."""
    if way == "rtl":
        return Box(-box.right, -box.bottom, -box.left, -box.top)
    if way == "ttb":
        return Box(box.top, -box.right, box.bottom, -box.left)
    return Box(-box.bottom, box.left, -box.top, box.right) if way == "btt" else box


def _once(characters: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each character once: bold face is often made by printing twice, a hair apart."""
    seen: set[tuple[str, int, int, int]] = set()
    for character in characters:
        text, x, y = character["text"], character["x0"], character["top"]
        # two grids of one point, half a point apart: neighbours across an edge of one share a cell of the other
        cells = {(text, 0, floor(x), floor(y)), (text, 1, round(x), round(y))}
        if not cells & seen:
            yield character
        seen |= cells


def _word(word: dict[str, Any], left: float, top: float) -> ReadWord:
    box = Box(word["x0"], word["top"], word["x1"], word["bottom"]).moved(-left, -top - _sunken(word["chars"][0]))
    return ReadWord(_UNMAPPED.sub("\ufffd", word["text"]), box, 1.0, READER)


def _sunken(character: dict[str, Any]) -> float:
    """Points by which the character's box hangs too low: fonts of OCR programs often give a false depth, while the
    baseline is right. 0.0 for a believable depth."""
    below = float(character["matrix"][5] - character["y0"])
    size = float(character["size"])
    return below - USUAL_DEPTH * size if _way(character) == "ltr" and not 0 <= below <= MOST_DEPTH * size else 0.0


def _lined(words: Iterable[ReadWord], way: Way) -> list[list[ReadWord]]:
    """Consecutive words share a line while they go on forwards at the same height."""
    out: list[list[ReadWord]] = []
    for word in words:
        if out and _goes_on(_as_read(out[-1][-1].box, way), _as_read(word.box, way)):
            out[-1].append(word)
        else:
            out.append([word])
    return out


def _goes_on(last: Box, box: Box) -> bool:
    return _level(last, box) and box.left >= last.left + 0.5 * last.width


def _level(a: Box, b: Box) -> bool:
    return min(a.bottom, b.bottom) - max(a.top, b.top) > 0.5 * min(a.height, b.height)


def _ordered(found: list[list[ReadWord]], way: Way) -> list[list[ReadWord]]:
    """From the top down, unless there are columns, whose order the page's own stream knows better."""
    boxed = [(Box.around(_as_read(w.box, way) for w in line), line) for line in found]
    boxed_down = sorted(boxed, key=lambda pair: pair[0].top)
    if any(_level(a, b) for (a, _), (b, _) in pairwise(boxed_down)):
        return found
    return [line for _, line in boxed_down]
