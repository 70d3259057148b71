"""The text layer of a PDF page as lines of words with boxes in the frame that the page is shown in."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import floor
from typing import Any

import pypdfium2 as pdfium

from pipeline.core.geometry import Box
from pipeline.core.page import ReadWord
from pipeline.errors import CorruptError

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
    if not characters:
        return ()
    words = _words(_alone(document, page, number), number)
    return _ordered(_lined(words))


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
        out = io.BytesIO()
        single.save(out)
    except pdfium.PdfiumError as error:
        raise CorruptError(f"the text layer of page {number} is damaged", BY_EYE) from error
    finally:
        single.close()
    out.seek(0)
    return out


def _words(file: io.BytesIO, number: int) -> list[ReadWord]:
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font, page after page
    try:
        with pdfplumber.open(file) as pdf:
            page = pdf.pages[0]
            left, top = page.bbox[:2]
            found = page.filter(_Once()).extract_words(use_text_flow=True, x_tolerance_ratio=0.2, return_chars=True)
            return [_word(w, left, top) for w in found]
    except (PDFException, ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise CorruptError(f"the text layer of page {number} is damaged", BY_EYE) from error


class _Once:
    """Lets each character through once: bold face is often made by printing twice, a hair apart."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, int, int, int]] = set()

    def __call__(self, thing: dict[str, Any]) -> bool:
        if thing["object_type"] != "char":
            return True
        x, y = thing["x0"], thing["top"]
        # two grids of one point, half a point apart: neighbours across an edge of one share a cell of the other
        cells = {(thing["text"], 0, floor(x), floor(y)), (thing["text"], 1, round(x), round(y))}
        again = bool(cells & self._seen)
        self._seen |= cells
        return not again


def _word(word: dict[str, Any], left: float, top: float) -> ReadWord:
    box = Box(word["x0"], word["top"], word["x1"], word["bottom"]).moved(-left, -top - _sunken(word["chars"][0]))
    return ReadWord(_UNMAPPED.sub("\ufffd", word["text"]), box, 1.0, READER)


def _sunken(character: dict[str, Any]) -> float:
    """Points by which the character's box hangs too low: fonts of OCR programs often give a false depth, while the
    baseline is right. 0.0 for a believable depth."""
    below = character["matrix"][5] - character["y0"]
    size = character["size"]
    return below - USUAL_DEPTH * size if character["upright"] and not 0 <= below <= MOST_DEPTH * size else 0.0


def _lined(words: Iterable[ReadWord]) -> list[list[ReadWord]]:
    """Consecutive words share a line while they go on rightwards at the same height."""
    out: list[list[ReadWord]] = []
    for word in words:
        if out and _goes_on(out[-1][-1].box, word.box):
            out[-1].append(word)
        else:
            out.append([word])
    return out


def _goes_on(last: Box, box: Box) -> bool:
    shared = min(last.bottom, box.bottom) - max(last.top, box.top)
    return shared > 0.5 * min(last.height, box.height) and box.left >= last.left + 0.5 * last.width


def _ordered(found: list[list[ReadWord]]) -> list[list[ReadWord]]:
    boxes = sorted((Box.around(w.box for w in line) for line in found), key=lambda b: b.top)
    side_by_side = any(
        min(a.bottom, b.bottom) - max(a.top, b.top) > 0.5 * min(a.height, b.height) for a, b in pairwise(boxes)
    )
    return found if side_by_side else sorted(found, key=lambda line: min(w.box.top for w in line))
