"""Text left beneath a box: PDFs as pdfium writes them, from the file to the finding."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

from pipeline.core.findings import Redaction
from pipeline.core.ink import View
from pipeline.core.page import Page
from pipeline.intake.sheets import open_sheet
from pipeline.ocr.ink import PageInk
from pipeline.ocr.reading import read_page
from pipeline.parse.redactions import find_redactions
from pipeline.settings import Settings

LINES = (
    "MEMORANDUM FOR THE RECORD",
    "The meeting with the source took place in Vienna on Tuesday.",
    "His name is Gregor Samsa and he is paid five hundred a month.",
    "The desk asks that the payment be continued until the spring.",
)
SIZE = 12.0


class Writer:
    """One letter page on which a test writes and draws, in points from the top left."""

    def __init__(self) -> None:
        self.document = pdfium.PdfDocument.new()
        self.page = self.document.new_page(612, 792)

    def write(self, text: str, left: float, baseline: float, tone: int = 0) -> None:
        thing = raw.FPDFPageObj_NewTextObj(self.document, b"Courier", SIZE)
        units = (text + "\0").encode("utf-16-le")
        raw.FPDFText_SetText(thing, ctypes.cast(ctypes.create_string_buffer(units), raw.FPDF_WIDESTRING))
        raw.FPDFPageObj_SetFillColor(thing, tone, tone, tone, 255)
        raw.FPDFPageObj_Transform(thing, 1, 0, 0, 1, left, 792 - baseline)
        raw.FPDFPage_InsertObject(self.page, thing)

    def cover(self, left: float, top: float, right: float, bottom: float, tone: int = 0) -> None:
        thing = raw.FPDFPageObj_CreateNewRect(left, 792 - bottom, right - left, bottom - top)
        raw.FPDFPageObj_SetFillColor(thing, tone, tone, tone, 255)
        raw.FPDFPath_SetDrawMode(thing, raw.FPDF_FILLMODE_WINDING, False)
        raw.FPDFPage_InsertObject(self.page, thing)

    def letter(self) -> None:
        for n, line in enumerate(LINES):
            self.write(line, 72, 100 + 24 * n)

    def over(self, word: str, tone: int = 0) -> None:
        """Cover a word or several of the letter."""
        n = next(n for n, line in enumerate(LINES) if word in line)
        at = LINES[n].index(word)
        left, baseline = 72 + at * 0.6 * SIZE, 100 + 24 * n
        self.cover(left - 1, baseline - 11, left + len(word) * 0.6 * SIZE + 1, baseline + 4, tone)

    def saved(self, folder: Path) -> Path:
        self.page.gen_content()
        path = folder / "written.pdf"
        self.document.save(path)
        return path


def work(path: Path, reveal: bool = False) -> tuple[Page, tuple[Redaction, ...]]:
    settings = Settings(reveal=reveal)
    sheet = open_sheet(str(path), "application/pdf", 1, settings)
    page = read_page(View(sheet, None, settings))
    return page, find_redactions(View(sheet, PageInk(sheet, page, settings), settings), page)


@pytest.mark.parametrize(("tone", "style"), [(0, "black"), (255, "white"), (90, "black")])
def test_covered_words_are_told_and_not_kept(tmp_path: Path, tone: int, style: str) -> None:
    writer = Writer()
    writer.letter()
    writer.over("Gregor Samsa", tone)
    page, (found,) = work(writer.saved(tmp_path))
    assert (found.style, found.hidden_words, found.revealed, found.text) == (style, 2, None, "")
    assert found.method == "rule:text-under-box@2"
    assert "Samsa" not in page.text and "His name is and he is paid" in page.text
    assert found.box is not None and found.box.holds(72 + 18 * 0.6 * SIZE, 100 + 48 - 4)


def test_they_are_kept_when_told_to_reveal(tmp_path: Path) -> None:
    writer = Writer()
    writer.letter()
    writer.over("Gregor Samsa")
    page, (found,) = work(writer.saved(tmp_path), reveal=True)
    assert found.revealed == "Gregor Samsa"
    assert "Samsa" not in page.text


def test_an_empty_box_has_nothing_beneath(tmp_path: Path) -> None:
    writer = Writer()
    writer.letter()
    writer.cover(72, 260, 300, 275)
    _, (found,) = work(writer.saved(tmp_path), reveal=True)
    assert (found.style, found.hidden_words, found.revealed) == ("black", 0, None)
    assert found.method == "rule:black@2"


def test_words_in_the_colour_of_the_paper_are_hidden_words(tmp_path: Path) -> None:
    writer = Writer()
    writer.letter()
    writer.write("informant Gregor Samsa", 72, 300, tone=255)
    page, (found,) = work(writer.saved(tmp_path))
    assert (found.style, found.hidden_words) == ("white", 3)
    assert "informant" not in page.text


def test_a_letter_in_the_clear_has_none(tmp_path: Path) -> None:
    writer = Writer()
    writer.letter()
    page, found = work(writer.saved(tmp_path), reveal=True)
    assert found == () and "Gregor Samsa" in page.text
