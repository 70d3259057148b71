"""A sheet becomes a page of words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from pipeline.core.ink import Sheet, View
from pipeline.core.page import Page

if TYPE_CHECKING:
    from pipeline.ocr.plate import Plate
    from pipeline.settings import Settings


def read_page(view: View) -> Page:
    """The words of one page, in reading order, with their places and how sure each is.

    A transcript is taken as it stands, born-digital text when it is sound; all else is looked at: turned upright,
    straightened, read. Raises what the sheet raises, MissingDependencyError, PageTimeout.
    """
    sheet = view.sheet
    if sheet.transcript is not None:
        return Page.of_text(sheet.number, sheet.transcript)
    return _from_layer(sheet) or _from_ink(sheet, view.settings)


@cache
def readers() -> str:
    """Versions of the engines that shape a reading."""
    from pipeline.ocr import rapid, tesseract

    return f"tesseract {tesseract.version()} {rapid.version()}"


def _from_layer(sheet: Sheet) -> Page | None:
    from pipeline.ocr.textlayer import trusted_layer

    lines = trusted_layer(sheet)
    if lines is None or sheet.size is None:
        return None
    return Page.of_lines(sheet.number, sheet.size, lines, reader="text layer", grade_reason="born digital")


def _from_ink(sheet: Sheet, settings: Settings) -> Page:
    from pipeline.ocr import quality
    from pipeline.ocr.both import read_type
    from pipeline.ocr.plate import Plate, best_dpi, has_type
    from pipeline.ocr.upright import laid

    plate = Plate.of(sheet, best_dpi(sheet))
    if not has_type(plate):
        return _blank(sheet, plate, "nothing on the page has the size of type")
    page = laid(plate, lean=settings.reading == "fast")
    if not page.strips:
        return _blank(sheet, plate, "specks and strokes, but no lines of type")
    reading = read_type(page, settings)
    grade, why = quality.grade(reading.lines, page.skew, [region.kind for region in reading.regions])
    read = Page.of_lines(
        sheet.number,
        page.plate.size,
        reading.lines,
        rotation=page.plate.rotation,
        dpi=sheet.dpi,
        skew=page.skew,
        blank=not reading.lines,
        grade=grade,
        grade_reason=f"{why}{reading.remark}",
        reader=reading.readers,
        confidence=quality.confidence(reading.lines),
    )
    return replace(read, alternates=reading.alternates(read), regions=tuple(reading.regions))


def _blank(sheet: Sheet, plate: Plate, why: str) -> Page:
    known = {"rotation": plate.rotation, "dpi": sheet.dpi, "blank": True, "grade": "blank", "grade_reason": why}
    return Page.of_lines(sheet.number, plate.size, (), **known)
