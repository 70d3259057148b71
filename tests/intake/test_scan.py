"""A path becomes a scan, or an error that says what is wrong with the file and what to do."""

from __future__ import annotations

import hashlib
import os
import resource
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from pipeline.errors import (
    CorruptError,
    DeclassError,
    EmptyError,
    EncryptedError,
    FileAccessError,
    TooLargeError,
    UnsupportedError,
)
from pipeline.intake.scan import fingerprint, identify
from pipeline.intake.sheets import open_sheet
from pipeline.settings import Settings
from tests.intake import made

SETTINGS = Settings()


def write(folder: Path, data: bytes, name: str = "scan.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refused(path: Path, error: type[DeclassError], settings: Settings = SETTINGS) -> str:
    with pytest.raises(error) as told:
        identify(path, settings)
    assert told.value.advice, "an error says what to do next"
    return str(told.value)


def test_a_pdf_is_identified(tmp_path: Path) -> None:
    data = made.pdf(made.Sheet(), made.Sheet(), made.Sheet())
    scan = identify(write(tmp_path, data), SETTINGS, {"box": "12"})
    assert scan.document_id == hashlib.sha256(data).hexdigest() == fingerprint(scan.path)
    assert (scan.file_name, scan.media_type, scan.size, scan.pages) == ("scan.pdf", "application/pdf", len(data), 3)
    assert scan.metadata == {"box": "12"}


def test_pictures_and_texts_are_identified(tmp_path: Path) -> None:
    one, two = Image.new("1", (80, 100), 1), Image.new("1", (80, 100), 0)
    one.save(tmp_path / "two.tif", save_all=True, append_images=[two], compression="group4")
    one.convert("RGB").save(tmp_path / "one.jpg")
    one.convert("L").save(tmp_path / "one.jp2")
    found = {name: identify(tmp_path / name, SETTINGS) for name in ("two.tif", "one.jpg", "one.jp2")}
    assert {n: (s.media_type, s.pages) for n, s in found.items()} == {
        "two.tif": ("image/tiff", 2),
        "one.jpg": ("image/jpeg", 1),
        "one.jp2": ("image/jp2", 1),
    }
    assert identify(write(tmp_path, b"one\ftwo\f", "a.txt"), SETTINGS).pages == 2


def test_a_name_with_a_line_feed_and_a_picture_in_it(tmp_path: Path) -> None:
    for raw in (b"two\nlines \xf0\x9f\x93\x84.pdf", b"caf\xe9~.pdf"):
        path = os.path.join(os.fsencode(tmp_path), raw)
        with open(path, "wb") as f:
            f.write(made.pdf(made.Sheet()))
        scan = identify(os.fsdecode(path), SETTINGS)
        assert scan.pages == 1
        assert "\n" not in scan.file_name
        assert open_sheet(scan.path, scan.media_type, 1, SETTINGS).size == (612, 792)


def test_a_path_that_begins_with_a_tilde_is_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, made.pdf(made.Sheet()), "~root.pdf")
    assert identify("~root.pdf", SETTINGS).pages == 1


def test_no_bytes(tmp_path: Path) -> None:
    assert "no bytes" in refused(write(tmp_path, b""), EmptyError)


def test_a_zip_named_pdf(tmp_path: Path) -> None:
    assert "ZIP" in refused(write(tmp_path, b"PK\x03\x04" + b"\0" * 60), UnsupportedError)


def test_an_encrypted_pdf(tmp_path: Path) -> None:
    assert "password" in refused(write(tmp_path, made.pdf(made.Sheet(), encrypted=True)), EncryptedError)


def test_a_pdf_without_pages(tmp_path: Path) -> None:
    refused(write(tmp_path, made.pdf()), EmptyError)


def test_a_pdf_of_which_only_the_head_is_left(tmp_path: Path) -> None:
    refused(write(tmp_path, made.pdf(made.Sheet())[:60]), CorruptError)


def test_a_pdf_without_its_table_is_mended(tmp_path: Path) -> None:
    whole = made.pdf(made.Sheet(), made.Sheet())
    table, trailer = whole.index(b"xref\n"), whole.index(b"trailer")
    assert identify(write(tmp_path, whole[:table] + whole[trailer:]), SETTINGS).pages == 2


def test_a_damaged_page_fails_alone(tmp_path: Path) -> None:
    whole = made.pdf(made.Sheet(), made.Sheet(), made.Sheet())
    at = whole.index(b"<< /Type /Page ", whole.index(b"<< /Type /Page ") + 1)  # the second page
    end = whole.index(b"endobj", at)
    path = write(tmp_path, whole[:at] + b"null".ljust(end - at) + whole[end:])
    scan = identify(path, SETTINGS)
    assert scan.pages == 3
    assert [open_sheet(path, scan.media_type, n, SETTINGS).size for n in (1, 3)] == [(612, 792)] * 2
    with pytest.raises(CorruptError, match="page 2 "):
        open_sheet(path, scan.media_type, 2, SETTINGS)


def test_a_pdf_that_claims_pages_it_does_not_have_shows_it_with_one_page_that_fails(tmp_path: Path) -> None:
    path = write(tmp_path, made.pdf(made.Sheet(), made.Sheet(), claimed=900_000))
    began = time.monotonic()
    assert identify(path, SETTINGS).pages == 3
    assert time.monotonic() - began < 5
    open_sheet(path, "application/pdf", 2, SETTINGS)
    with pytest.raises(CorruptError, match="page 3 "):
        open_sheet(path, "application/pdf", 3, SETTINGS)


def test_a_file_above_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.pdf"
    with path.open("wb") as f:
        f.truncate(3 << 20)  # no disk is used
    assert "3 MB" in refused(path, TooLargeError, replace(SETTINGS, max_file_megabytes=2))


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    assert "gone.pdf" in refused(tmp_path / "gone.pdf", FileAccessError)
    refused(tmp_path, FileAccessError)  # a folder


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path, made.pdf(made.Sheet()))
    path.chmod(0)
    refused(path, FileAccessError)


def test_a_tiff_whose_end_is_missing_keeps_its_first_pages(tmp_path: Path) -> None:
    pictures = [Image.effect_noise((200, 200), 90).convert("L") for _ in range(3)]
    whole = tmp_path / "whole.tif"
    pictures[0].save(whole, save_all=True, append_images=pictures[1:])
    path = write(tmp_path, whole.read_bytes()[:-30_000], "cut.tif")
    scan = identify(path, SETTINGS)
    assert scan.pages == 3
    for number in (1, 2):
        assert open_sheet(path, scan.media_type, number, SETTINGS).render(300).shape == (200, 200)
    with pytest.raises(CorruptError, match="page 3"):
        open_sheet(path, scan.media_type, 3, SETTINGS).render(300)


def test_a_tiff_whose_pages_go_in_circles_ends(tmp_path: Path) -> None:
    assert identify(write(tmp_path, made.tiff_header(10, 10, next_page=8), "a.tif"), SETTINGS).pages == 1


def test_a_tiff_of_eight_bytes(tmp_path: Path) -> None:
    refused(write(tmp_path, b"II*\0\x08\0\0\0", "a.tif"), CorruptError)
    refused(write(tmp_path, b"II*\0", "b.tif"), CorruptError)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.jp2"])
def test_a_picture_of_which_only_the_head_is_left(tmp_path: Path, name: str) -> None:
    Image.effect_noise((300, 300), 90).save(tmp_path / f"whole-{name}")
    whole = (tmp_path / f"whole-{name}").read_bytes()
    refused(write(tmp_path, whole[:20], name), CorruptError)
    cut = write(tmp_path, whole[: len(whole) // 2], name)
    scan = identify(cut, SETTINGS)
    with pytest.raises(CorruptError):
        open_sheet(cut, scan.media_type, 1, SETTINGS).render(300)


@pytest.mark.parametrize(
    ("name", "data"), [("a.tif", made.tiff_header(30_000, 30_000)), ("a.png", made.png_header(30_000, 30_000))]
)
def test_nine_hundred_megapixels_cost_nothing(tmp_path: Path, name: str, data: bytes) -> None:
    path = write(tmp_path, data, name)
    scan = identify(path, SETTINGS)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TooLargeError, match="30,000 x 30,000"):
        open_sheet(path, scan.media_type, 1, SETTINGS)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000


def test_a_hundred_thousand_pages_cost_little(tmp_path: Path) -> None:
    """One page object, named by all: what counts is that pages are not held, nor walked through again and again."""
    kids = b"4 0 R " * 100_000
    parts = [
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
        b"2 0 obj\n<< /Type /Pages /Count 100000 /Kids [" + kids + b"] >>\nendobj\n",
        b"4 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>\nendobj\n",
        b"trailer << /Root 1 0 R >>\n",
    ]
    path = write(tmp_path, b"".join(parts))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    scan = identify(path, SETTINGS)
    assert scan.pages == 100_000
    for number in (1, 50_000, 100_000):
        assert open_sheet(path, scan.media_type, number, SETTINGS).size == (612, 792)
    assert time.monotonic() - began < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
