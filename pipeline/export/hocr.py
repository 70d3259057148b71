"""hOCR 1.2: the reading as HTML that browsers show and OCR tools take in (kba.github.io/hocr-spec/1.2).

Coordinates are pixels of a render at 300 dpi of the page turned upright; `scan_res` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from pipeline import __version__
from pipeline.core.geometry import Box
from pipeline.core.page import Line, Page
from pipeline.export.paragraphs import paragraphs
from pipeline.export.xml import printable

DPI = 300
HEAD = """<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en">
<head>
<title>{title}</title>
<meta charset="utf-8" />
<meta name="ocr-system" content="declass {version}" />
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf" />
<meta name="ocr-number-of-pages" content="{pages}" />
</head>
<body>
"""


def hocr(file_name: str, pages: Iterable[Page], count: int) -> Iterator[str]:
    """One hOCR file of all `count` pages, piece by piece, a page at a time."""
    title = escape(printable(file_name))
    yield HEAD.format(title=title, version=__version__, pages=count)
    for page in pages:
        yield from _page(title, page)
    yield "</body>\n</html>\n"


def _page(title: str, page: Page) -> Iterator[str]:
    size = Box(0.0, 0.0, page.width or 0.0, page.height or 0.0)
    about = f"image &quot;{title}&quot;; {_bbox(size)}; ppageno {page.number - 1}; scan_res {DPI} {DPI}"
    yield f"<div class='ocr_page' id='page_{page.number}' title='{about}'>\n"
    for n, lines in enumerate(paragraphs(page), 1):
        boxes = [line.box for line in lines if line.box]
        at = _bbox(Box.around(boxes) if boxes else None)
        yield f" <div class='ocr_carea' id='block_{page.number}_{n}' title='{at}'>\n"
        yield f"  <p class='ocr_par' id='par_{page.number}_{n}' title='{at}'>\n"
        for line in lines:
            yield _line(page.number, line)
        yield "  </p>\n </div>\n"
    yield "</div>\n"


def _line(page: int, line: Line) -> str:
    words = " ".join(
        f"<span class='ocrx_word' id='word_{page}_{word.start}' "
        f"title='{_bbox(word.box)}; x_wconf {round(100 * word.confidence)}'>{escape(printable(word.text))}</span>"
        for word in line.words
    )
    return f"   <span class='ocr_line' id='line_{page}_{line.number + 1}' title='{_bbox(line.box)}'>{words}</span>\n"


def _bbox(box: Box | None) -> str:
    at = (box or Box(0.0, 0.0, 0.0, 0.0)).scaled(DPI / 72)
    return f"bbox {round(at.left)} {round(at.top)} {round(at.right)} {round(at.bottom)}"
