"""Scans become files: PDF, TIFF, JPEG, PNG, JPEG 2000, or a plain text."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from corpus.film import Film, Scan
from corpus.gold import TEXTS, plain_text
from corpus.memo import Leaf, Memo, turned
from corpus.pdf import PdfPage, TextLine, drawing, page_size, text_lines, write_pdf

MISREAD = {"e": "c", "c": "e", "o": "0", "l": "1", "i": "l", "s": "5", "n": "u", "t": "f", "a": "u", "h": "b", "I": "l"}


def file_bytes(memo: Memo, scans: Sequence[Scan]) -> bytes:
    """The bytes of the memo's file; `scans` are its upright pages."""
    if memo.ending in TEXTS:
        return plain_text(memo).encode()
    if memo.ending == "pdf":
        pages = [_pdf_page(leaf, scan) for leaf, scan in zip(memo.leaves, scans, strict=True)]
        return write_pdf(pages, memo.card.title)
    lying = [turned(scan, leaf.rotation) for leaf, scan in zip(memo.leaves, scans, strict=True)]
    images = [_image(scan) for scan in lying]
    dpi = (lying[0].dpi, lying[0].dpi)
    out = io.BytesIO()
    if memo.ending == "tif":
        images[0].save(out, "TIFF", compression="group4", dpi=dpi, save_all=True, append_images=images[1:])
    elif memo.ending == "jpg":
        images[0].save(out, "JPEG", quality=45, optimize=True, dpi=dpi)
    elif memo.ending == "png":
        images[0].save(out, "PNG", optimize=True, dpi=dpi)
    elif memo.ending == "jp2":
        images[0].save(out, "JPEG2000", quality_mode="rates", quality_layers=[26])
    else:
        raise ValueError(f"no way to write {memo.name}")
    return out.getvalue()


def _image(scan: Scan) -> Image.Image:
    image = Image.fromarray(scan.pixels)
    return image.convert("1", dither=Image.Dither.NONE) if scan.bits == 1 else image


def _pdf_page(leaf: Leaf, scan: Scan) -> PdfPage:
    sheet = leaf.sheet
    if leaf.film is None:
        size = sheet.width * 72, sheet.height * 72
        return PdfPage(*size, lines=text_lines(sheet), drawing=drawing(sheet))
    lying = turned(scan, leaf.rotation)
    lines = _misread(text_lines(sheet), leaf.hidden, leaf.film) if leaf.hidden is not None else ()
    return PdfPage(*page_size(lying), scan=lying, lines=lines, hidden=True)


def _misread(lines: tuple[TextLine, ...], share: float, film: Film) -> tuple[TextLine, ...]:
    """The text layer that a poor program would have left: `share` of the characters wrong, lines about in place."""
    random = np.random.default_rng(film.seed)
    shift = film.margin * 72
    out = []
    for line in lines:
        text = "".join(
            MISREAD.get(char, "" if random.random() < 0.3 else char) if random.random() < share else char
            for char in line.text
        )
        out.append(TextLine(text, line.x + shift, line.y + shift, line.size, line.bold))
    return tuple(out)
