"""A sheet shows the page as stored: its pixels, its text, and boxes that lie on the ink they speak of."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from pipeline.core.geometry import Box
from pipeline.core.ink import Sheet
from pipeline.errors import CorruptError, InputError, TooLargeError, UnsupportedError
from pipeline.intake.scan import identify
from pipeline.intake.sheets import open_sheet
from pipeline.settings import Settings
from tests.intake import made

SETTINGS = Settings()
LETTER = (612, 792)


def sheet_of(folder: Path, *sheets: made.Sheet, number: int = 1, settings: Settings = SETTINGS) -> Sheet:
    path = folder / "scan.pdf"
    path.write_bytes(made.pdf(*sheets))
    return open_sheet(path, "application/pdf", number, settings)


def opened(path: Path, number: int = 1, settings: Settings = SETTINGS) -> Sheet:
    return open_sheet(path, identify(path, settings).media_type, number, settings)


def texts(sheet: Sheet) -> list[str]:
    return [" ".join(w.text for w in line) for line in sheet.layer()]


def ink_in(sheet: Sheet, box: Box, dpi: float = 150) -> float:
    """Share of the page's ink that lies in `box`."""
    gray: Any = sheet.render(dpi)
    assert sheet.size
    k = gray.shape[1] / sheet.size[0]
    ink = (gray < 128).astype(float)
    part = box.grown(1).scaled(k)
    inside = ink[max(0, int(part.top)) : int(part.bottom) + 1, max(0, int(part.left)) : int(part.right) + 1]
    return float(inside.sum() / ink.sum())


# PDF: what kind of page


def test_a_born_digital_page_has_text_and_no_resolution(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, made.Sheet(made.words((72, 700, "MEMORANDUM FOR THE RECORD"), (72, 670, "Second line"))))
    assert (sheet.born_digital, sheet.dpi, sheet.size, sheet.transcript) == (True, None, LETTER, None)
    assert texts(sheet) == ["MEMORANDUM FOR THE RECORD", "Second line"]


def test_a_scan_with_a_hidden_layer_is_no_born_digital_page(tmp_path: Path) -> None:
    content = made.picture(0, 0, 612, 792) + made.words((72, 700, "MEM0RANDUM"), mode=3)
    sheet = sheet_of(tmp_path, made.Sheet(content, picture=(1275, 1650)))
    assert not sheet.born_digital
    assert sheet.dpi == pytest.approx(150)
    assert texts(sheet) == ["MEM0RANDUM"]


def test_a_scan_over_which_something_was_typed_stays_a_scan(tmp_path: Path) -> None:
    content = made.picture(10, 10, 590, 770) + made.words((72, 30, "Approved for Release 2019/05/08 C02623669"))
    sheet = sheet_of(tmp_path, made.Sheet(content, picture=(1275, 1650)))
    assert not sheet.born_digital
    assert sheet.dpi == pytest.approx(1275 / 590 * 72)


def test_a_scan_over_its_own_visible_text_is_a_scan(tmp_path: Path) -> None:
    content = made.words((72, 700, "text under the picture")) + made.picture(0, 0, 612, 792)
    assert not sheet_of(tmp_path, made.Sheet(content, picture=(1275, 1650))).born_digital


def test_a_letter_with_a_logo_is_born_digital(tmp_path: Path) -> None:
    body = made.words(
        *((72, 700 - 14 * n, "The committee met and considered the following papers.") for n in range(20))
    )
    sheet = sheet_of(tmp_path, made.Sheet(made.picture(72, 730, 60, 40) + body, picture=(120, 80)))
    assert sheet.born_digital
    assert sheet.dpi is None


def test_a_scan_in_strips_fills_the_page(tmp_path: Path) -> None:
    strips = "".join(made.picture(0, 79.2 * n, 612, 79.2) for n in range(10))
    sheet = sheet_of(tmp_path, made.Sheet(strips + made.words((72, 30, "No. 7")), picture=(1275, 165)))
    assert not sheet.born_digital
    assert sheet.dpi == pytest.approx(150)


def test_one_white_pixel_behind_the_text_is_no_scan(tmp_path: Path) -> None:
    content = made.picture(0, 0, 612, 792) + made.words(*((72, 90 + 14 * n, "Typed line.") for n in range(40)))
    sheet = sheet_of(tmp_path, made.Sheet(content, picture=(8, 8)))
    assert sheet.born_digital


def test_an_empty_page_is_neither(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, made.Sheet())
    assert (sheet.born_digital, sheet.dpi, sheet.layer()) == (False, None, ())
    assert (sheet.render(50) == 255).all()


# PDF: one frame for pixels and boxes


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", ["", "/CropBox [50 100 500 700]"])
@pytest.mark.parametrize("media", [(0, 0, 612, 792), (-30, 20, 582, 812)])
def test_boxes_lie_on_the_ink_however_the_page_is_cut_and_turned(
    tmp_path: Path, rotate: int, crop: str, media: tuple[float, float, float, float]
) -> None:
    page = made.Sheet(made.words((90, 600, "SECRET")), media, f"/Rotate {rotate} {crop}")
    sheet = sheet_of(tmp_path, page)
    wide, high = (450.0, 600.0) if crop else LETTER
    assert sheet.size == ((high, wide) if rotate in (90, 270) else (wide, high))
    [[word]] = sheet.layer()
    assert word.text == "SECRET"
    assert ink_in(sheet, word.box) == 1.0
    assert word.box.area < 60 * 18


def test_sideways_and_overhead_text_is_read_along_its_own_lines(tmp_path: Path) -> None:
    def turned(matrix: str, text: str) -> str:
        return f"BT /F1 12 Tf {matrix} Tm ({text}) Tj ET "

    content = made.words((72, 700, "Body of the memo, the most"), (72, 680, "words by far on the page."))
    content += turned("0 1 -1 0 40 300", "UP THE EDGE") + turned("0 -1 1 0 580 500", "DOWN THE EDGE")
    content += turned("-1 0 0 -1 400 100", "ON ITS HEAD")
    sheet = sheet_of(tmp_path, made.Sheet(content))
    found = texts(sheet)
    assert found[:2] == ["Body of the memo, the most", "words by far on the page."]
    assert sorted(found[2:]) == ["DOWN THE EDGE", "ON ITS HEAD", "UP THE EDGE"]
    assert sum(ink_in(sheet, w.box) for line in sheet.layer() for w in line) == pytest.approx(1, abs=0.02)


def test_the_boxes_of_a_font_that_lies_about_its_depth_lie_on_the_ink(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    font = b"/Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding"
    liar = b"/Type /Font /Subtype /TrueType /BaseFont /Nobody /FirstChar 32 /LastChar 34 /Widths [600 600 600] "
    liar += b"/FontDescriptor << /Type /FontDescriptor /FontName /Nobody /Descent -700 /Ascent 300 /Flags 32 "
    liar += b"/FontBBox [0 -700 1000 300] /ItalicAngle 0 /CapHeight 300 /StemV 80 /MissingWidth 600 >>"
    data = made.pdf(made.Sheet(made.words((72, 700, "SECRET"), size=20))).replace(font, liar)
    path.write_bytes(data)  # its table of places is off now, which pdfium mends
    [[word]] = open_sheet(path, "application/pdf", 1, SETTINGS).layer()
    assert word.box.bottom == pytest.approx(792 - 700 + 0.2 * 20)


def test_a_note_pinned_on_the_page_is_part_of_its_text(tmp_path: Path) -> None:
    note = "/Type /XObject /Subtype /Form /BBox [0 0 120 20] /Resources << /Font << /F1 3 0 R >> >>"
    text = "BT /F1 14 Tf 2 5 Td (DECLASSIFIED) Tj ET"
    pinned = "/Annots [<< /Type /Annot /Subtype /FreeText /Rect [300 500 420 520] /F 4 /AP << /N 4 0 R >> >>]"
    data = made.pdf(made.Sheet(text), made.Sheet(made.words((72, 700, "SECRET")), entries=pinned))
    data = data.replace(b"<<  /Length", f"<< {note} /Length".encode(), 1)  # the first page's stream serves as the note
    (tmp_path / "scan.pdf").write_bytes(data)
    sheet = open_sheet(tmp_path / "scan.pdf", "application/pdf", 2, SETTINGS)
    assert texts(sheet) == ["SECRET", "DECLASSIFIED"]
    assert sum(ink_in(sheet, w.box) for line in sheet.layer() for w in line) == pytest.approx(1, abs=0.02)


def test_a_page_far_into_a_document_has_its_own_layer(tmp_path: Path) -> None:
    pages = [made.Sheet(made.words((72, 700, f"Page {n}"))) for n in range(1, 31)]
    assert texts(sheet_of(tmp_path, *pages, number=17)) == ["Page 17"]


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [(72.0, 700.0 - 14 * n, f"left {n}") for n in range(3)]
    right = [(320.0, 700.0 - 14 * n, f"right {n}") for n in range(3)]
    assert texts(sheet_of(tmp_path, made.Sheet(made.words(*left, *right)))) == [
        "left 0", "left 1", "left 2", "right 0", "right 1", "right 2",
    ]  # fmt: skip


def test_a_header_that_was_drawn_last_is_read_first(tmp_path: Path) -> None:
    assert texts(sheet_of(tmp_path, made.Sheet(made.words((72, 600, "body"), (72, 750, "head"))))) == ["head", "body"]


def test_bold_made_by_printing_twice_is_read_once(tmp_path: Path) -> None:
    content = made.words((72, 700, "TOP SECRET"), (72.3, 700, "TOP SECRET"))
    assert texts(sheet_of(tmp_path, made.Sheet(content))) == ["TOP SECRET"]


# PDF: pixels


@pytest.mark.parametrize("width", [1275, 1273, 1290])
@pytest.mark.parametrize("rotate", [0, 90])
def test_a_scan_is_drawn_pixel_for_pixel(tmp_path: Path, width: int, rotate: int) -> None:
    """Columns of black and white one pixel wide: a page drawn one pixel too wide or off by half would turn gray."""
    high = 1651
    wide_points, high_points = width / 150 * 72, high / 150 * 72
    page = made.Sheet(
        made.picture(0, 0, wide_points, high_points),
        (0, 0, wide_points, high_points),
        f"/Rotate {rotate}",
        (width, high),
    )
    sheet = sheet_of(tmp_path, page)
    assert sheet.dpi == pytest.approx(150)
    gray = sheet.render(150)
    assert gray.dtype == np.uint8
    assert gray.shape == ((width, high) if rotate else (high, width))
    columns = gray if not rotate else gray.T
    assert set(np.unique(gray)) == {0, 255}
    assert (columns[:, 0::2] == 255).all()
    assert (columns[:, 1::2] == 0).all()


def test_rendering_leaves_the_page_as_it_was(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, made.Sheet(made.picture(0, 0, 612, 792), entries="/Rotate 90", picture=(1275, 1650)))
    before = sheet.size, sheet.dpi
    first = sheet.render(150)
    assert (sheet.size, sheet.dpi) == before
    assert (sheet.render(150) == first).all()


def test_a_large_page_is_drawn_as_finely_as_the_limit_allows(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, made.Sheet(media=(0, 0, 2000, 3000)), settings=replace(SETTINGS, max_megapixels=20))
    gray = sheet.render(400)
    assert 19e6 < gray.size <= 20.1e6


def test_a_page_of_a_million_points_is_refused(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, made.Sheet(media=(0, 0, 1e6, 1e6)))
    with pytest.raises(TooLargeError, match="13,889 x 13,889 inches"):
        sheet.render(300)


def test_a_huge_picture_on_a_small_page_is_refused_undecoded(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, made.Sheet(made.picture(0, 0, 612, 792), picture=(30_000, 30_000)))
    with pytest.raises(TooLargeError, match="900 megapixels"):
        sheet.render(300)


def test_there_is_no_page_beyond_the_last(tmp_path: Path) -> None:
    with pytest.raises(CorruptError):
        sheet_of(tmp_path, made.Sheet(), number=2)


def test_a_file_that_was_replaced_is_opened_anew(tmp_path: Path) -> None:
    assert texts(sheet_of(tmp_path, made.Sheet(made.words((72, 700, "old"))))) == ["old"]
    assert texts(sheet_of(tmp_path, made.Sheet(made.words((72, 700, "brand new"))))) == ["brand new"]


# pictures


@pytest.mark.parametrize(
    ("said", "pixels", "expected"),
    [
        ((200, 200), (1700, 2200), 200),
        (None, (1700, 2200), 300),
        ((0, 0), (1700, 2200), 300),
        ((1, 1), (1700, 2200), 300),
        ((72, 72), (2550, 3300), 300),
        ((96, 96), (816, 1056), 96),
        ((50_000, 50_000), (1700, 2200), 300),
    ],
)
def test_resolution_is_believed_when_a_scanner_may_have_said_it(
    tmp_path: Path, said: tuple[int, int] | None, pixels: tuple[int, int], expected: float
) -> None:
    path = tmp_path / "a.tif"
    Image.new("1", pixels, 1).save(path, **({"dpi": said} if said else {}))
    sheet = opened(path)
    assert sheet.dpi == pytest.approx(expected)
    assert sheet.size == pytest.approx((pixels[0] / expected * 72, pixels[1] / expected * 72))
    assert not sheet.born_digital
    assert sheet.layer() == ()


def test_a_picture_at_its_own_resolution_is_untouched(tmp_path: Path) -> None:
    noise = Image.effect_noise((170, 220), 90)
    noise.save(tmp_path / "a.png", dpi=(200, 200))
    sheet = opened(tmp_path / "a.png")
    assert (sheet.render(200) == np.asarray(noise)).all()
    assert sheet.render(100).shape == (110, 85)


def test_a_fax_is_drawn_with_square_pixels(tmp_path: Path) -> None:
    Image.new("1", (1728, 1100), 1).save(tmp_path / "fax.tif", dpi=(204, 98), compression="group3")
    sheet = opened(tmp_path / "fax.tif")
    assert sheet.dpi == pytest.approx(204)
    assert sheet.size == pytest.approx((1728 / 204 * 72, 1100 / 98 * 72), rel=1e-3)
    assert sheet.render(204).shape == (2290, 1728)


@pytest.mark.parametrize("kind", ["jpg", "tif", "png"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_tags_are_obeyed(tmp_path: Path, kind: str, orientation: int) -> None:
    """The stored picture is turned back such that, obeyed, the dark quarter is at the top left of a page 40 x 60."""
    upright = np.full((60, 40), 255, np.uint8)
    upright[:30, :20] = 0
    store = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1], 5: upright.T,
        6: np.rot90(upright), 7: upright[::-1, ::-1].T, 8: np.rot90(upright, -1),
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    more = {"tiffinfo": {274: orientation}} if kind == "tif" else {"exif": exif}
    path = tmp_path / f"a.{kind}"
    Image.fromarray(np.ascontiguousarray(store)).save(path, dpi=(72, 72), **more)
    sheet = opened(path)
    assert sheet.size == pytest.approx((40, 60))
    gray = sheet.render(72)
    assert gray.shape == (60, 40)
    assert (gray[:29, :19] < 60).all()
    assert (gray[31:] > 200).all()
    assert (gray[:, 21:] > 200).all()


def colours() -> dict[str, Image.Image]:
    """The left half black, the right half white, in every way that pictures are stored."""
    half = Image.fromarray(np.repeat(np.array([[0] * 16 + [255] * 16], np.uint8), 8, axis=0))
    see_through = Image.merge("RGBA", [half.point(lambda _: 0)] * 3 + [half.point(lambda v: 255 - v)])
    palette = half.convert("P")
    glass = palette.copy()
    glass.info["transparency"] = 255
    return {
        "1.png": half.convert("1"), "L.png": half, "RGB.png": half.convert("RGB"), "P.png": palette, "glass.png": glass,
        "RGBA.png": see_through, "LA.png": see_through.convert("LA"), "CMYK.tif": half.convert("RGB").convert("CMYK"),
        "CMYK.jpg": half.convert("RGB").convert("CMYK"), "YCbCr.tif": half.convert("RGB").convert("YCbCr"),
        "16.png": Image.fromarray(np.asarray(half).astype(np.uint16) * 257), "LAB.tif": half.convert("L"),
        "16.tif": Image.fromarray(np.asarray(half).astype(np.uint16) * 257),
        "F.tif": Image.fromarray(np.asarray(half).astype(np.float32) / 255),
        "32.tif": Image.fromarray(np.asarray(half).astype(np.int32) * 257), "L.jp2": half,
    }  # fmt: skip


@pytest.mark.parametrize("name", colours())
def test_colours_become_gray_as_they_look(tmp_path: Path, name: str) -> None:
    colours()[name].save(tmp_path / name)
    gray = opened(tmp_path / name).render(300)
    assert gray.shape == (8, 32)
    assert gray.dtype == np.uint8
    assert gray[:, :14].max() <= 40
    assert gray[:, 18:].min() >= 230


def test_white_may_be_zero_in_a_tiff(tmp_path: Path) -> None:
    """Faxes store white as 0; the same bits under the two meanings give opposite pages."""
    for meaning, seen in ((0, 0), (1, 255)):
        info = TiffImagePlugin.ImageFileDirectory_v2()
        info[262] = meaning
        Image.new("1", (32, 32), 1).save(tmp_path / "a.tif", tiffinfo=info, compression="group4")
        assert (opened(tmp_path / "a.tif").render(300) == seen).all()


def test_each_page_of_a_tiff_has_its_own_size(tmp_path: Path) -> None:
    Image.new("1", (300, 600), 1).save(
        tmp_path / "a.tif", dpi=(300, 300), save_all=True, append_images=[Image.new("1", (600, 300), 0)]
    )
    assert [opened(tmp_path / "a.tif", n).size for n in (1, 2)] == [(72, 144), (144, 72)]
    assert (opened(tmp_path / "a.tif", 2).render(300) == 0).all()
    with pytest.raises(CorruptError):
        opened(tmp_path / "a.tif", 3)


# transcripts


def test_a_transcript_keeps_its_text_exactly(tmp_path: Path) -> None:
    path = tmp_path / "cable.txt"
    path.write_bytes("FM AMEMBASSY\r\n\r\n   1.  **Text** \t\n\fpage two — ¶\n".encode())
    first, second = opened(path), opened(path, 2)
    assert first.transcript == "FM AMEMBASSY\r\n\r\n   1.  **Text** \t\n"
    assert second.transcript == "page two — ¶\n"
    assert (first.size, first.dpi, first.born_digital, first.layer()) == (None, None, False, ())
    with pytest.raises(InputError):
        first.render(300)
    with pytest.raises(CorruptError):
        opened(path, 3)


def test_other_kinds_have_no_sheets(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError):
        open_sheet(tmp_path / "a", "video/mp4", 1, SETTINGS)


def test_a_stream_of_operators_that_ends_in_the_middle_still_shows_what_came_before(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, made.Sheet(made.words((72, 700, "kept")) + "BT /F1 12 Tf (lost"))
    assert texts(sheet)[0].startswith("kept")
    assert sheet.render(72).min() < 128


def test_the_made_pdf_is_sound() -> None:
    """The maker of test files makes none that need mending."""
    import pypdfium2

    with pypdfium2.PdfDocument(io.BytesIO(made.pdf(made.Sheet(), made.Sheet()))) as document:
        assert len(document) == 2
