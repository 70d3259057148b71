"""hOCR is well-formed XHTML; its boxes are pixels at 300 dpi."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from pipeline.core.geometry import Box
from pipeline.core.page import Page, ReadWord
from pipeline.export.hocr import hocr

X = {"x": "http://www.w3.org/1999/xhtml"}


def test_each_word_has_its_box_and_confidence() -> None:
    page = Page.of_lines(1, (612, 792), [[ReadWord("R&D", Box(72, 36, 108, 48), 0.876)]])
    tree = ET.fromstring("".join(hocr("it's \"odd\" <&>.pdf", [page], 1)))
    (word,) = (s for s in tree.iterfind(".//x:span", X) if s.get("class") == "ocrx_word")
    assert (word.text, word.get("title")) == ("R&D", "bbox 300 150 450 200; x_wconf 88")
    (sheet,) = (d for d in tree.iterfind(".//x:div", X) if d.get("class") == "ocr_page")
    assert sheet.get("title") == "image \"it's \"odd\" <&>.pdf\"; bbox 0 0 2550 3300; ppageno 0; scan_res 300 300"


def test_a_file_of_many_pages_has_each_once_and_no_id_twice() -> None:
    pages = [Page.of_lines(n, (612, 792), [[ReadWord("a", Box(1, 1, 9, 9), 1.0)]]) for n in (1, 2, 3)]
    tree = ET.fromstring("".join(hocr("m.pdf", pages, 3)))
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids)) == 3 * 5
