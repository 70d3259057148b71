"""A searchable PDF: its words stand on their ink and can be told apart, and it is PDF/A wherever it can be."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pdfplumber
import pikepdf
import pytest
from PIL import Image, ImageDraw

from pipeline.core.geometry import Box
from pipeline.core.page import Page, ReadWord
from pipeline.export.pdf import _apart, _slope, claims_pdfa, searchable


def page(*lines: list[ReadWord]) -> Page:
    return Page.of_lines(1, (306.0, 396.0), lines)


TOUCHING = [ReadWord("Subject", Box(60, 80, 109, 95), 0.9), ReadWord("advised", Box(109, 80, 158, 95), 0.9),
            ReadWord("a", Box(158, 81, 166, 95), 0.9), ReadWord("newspaperwoman", Box(166, 80, 270, 96), 0.9)]  # fmt: skip
STRAY = [ReadWord("the", Box(60, 160, 80, 170), 0.9), ReadWord("work", Box(90, 160, 120, 170), 0.9),
         ReadWord("that", Box(130, 160, 155, 170), 0.9), ReadWord("was", Box(165, 160, 180, 170), 0.9),
         ReadWord("stamped", Box(190, 140, 255, 196), 0.3)]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scan whose colour space is written as some scanners do, made searchable."""
    place = tmp_path_factory.mktemp("pdf")
    picture = Image.new("L", (1275, 1650), 255)
    ImageDraw.Draw(picture).text((250, 340), "Subject advised a newspaperwoman", fill=0)
    picture.save(place / "scan.pdf", resolution=300)
    with pikepdf.open(place / "scan.pdf", allow_overwriting_input=True) as pdf:
        for image in pdf.pages[0].resources.XObject.values():
            image.ColorSpace = pikepdf.Array([pikepdf.Name.DeviceGray])
        pdf.Root.Lang = pikepdf.String("x-default")
        pdf.save()
    assert searchable(place / "scan.pdf", {1: page(TOUCHING, STRAY)}, place / "out.pdf", "A {title} & more") == "PDF/A-2b"
    return place / "out.pdf"


def test_a_colour_space_written_as_a_list_of_one_does_not_forbid_pdfa(made: Path) -> None:
    assert claims_pdfa(made)
    with pikepdf.open(made) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == "A {title} & more" and str(pdf.Root.Lang) == "en"


def test_words_whose_boxes_touch_are_told_apart_and_stand_on_their_ink(made: Path) -> None:
    with pdfplumber.open(made) as pdf:
        words = pdf.pages[0].extract_words()
    assert [w["text"] for w in words] == [w.text for w in (*TOUCHING, *STRAY)]
    for found, read in zip(words, (*TOUCHING, *STRAY[:4]), strict=False):
        assert found["x0"] == pytest.approx(read.box.left, abs=1.5) and found["x1"] <= read.box.right + 1
        assert found["top"] == pytest.approx(read.box.top, abs=2) and found["bottom"] == pytest.approx(read.box.bottom, abs=2)


def test_a_stray_box_does_not_tilt_its_line() -> None:
    [line] = page(STRAY).lines
    assert _slope(line) == 0.0
    [tilted] = page([ReadWord("w", Box(60 + 40 * n, 80 + 2 * n, 90 + 40 * n, 90 + 2 * n), 0.9) for n in range(5)]).lines
    assert _slope(tilted) == pytest.approx(2 / 40)


def test_white_is_taken_from_a_word_only_where_there_is_none() -> None:
    [line] = page(TOUCHING).lines
    boxes = [box for _, box in _apart(line)]
    assert all(a.right < b.left for a, b in pairwise(boxes))
    [wide] = page(STRAY[:3]).lines
    assert [box for _, box in _apart(wide)] == [w.box for w in wide.words]
