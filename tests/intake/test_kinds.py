"""The kind of a file is told by its content; its name may lie."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from pipeline.errors import EmptyError, TooLargeError, UnsupportedError
from pipeline.intake import kinds
from pipeline.intake.text import decode, pages
from tests.intake import made


def kind(data: bytes, name: str = "scan.pdf") -> str:
    head = data[: kinds.HEAD]
    whole = data if kinds.may_be_text(head, len(data)) else None
    return kinds.media_type(name, head, len(data), whole)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (made.pdf(made.Sheet()), "application/pdf"),
        (b"\r\nHTTP rubbish\r\n" + made.pdf(made.Sheet()), "application/pdf"),
        (made.tiff_header(10, 10), "image/tiff"),
        (b"MM\0+rest of a big TIFF", "image/tiff"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (made.png_header(10, 10), "image/png"),
        (b"\0\0\0\x0cjP  \r\n\x87\nrest", "image/jp2"),
        (b"\xff\x4f\xff\x51rest", "image/jp2"),
        (b"MEMORANDUM FOR THE PRESIDENT\n", "text/plain"),
        ("MÉMORANDUM".encode("utf-8-sig"), "text/plain"),
        ("MEMORANDUM — ¶ 3".encode("utf-16"), "text/plain"),
        ("it’s a “cable” – ¶ 2".encode("cp1252"), "text/plain"),
        (b"BMEWS site at Clear, Alaska", "text/plain"),
        (b"The header of such files is %PDF-1.4, he wrote.", "text/plain"),
        (b"[1] SECRET\n[2] NOFORN ]", "text/plain"),
    ],
)
def test_the_content_tells(data: bytes, expected: str) -> None:
    assert kind(data) == expected


def test_only_the_name_tells_markdown_from_text() -> None:
    assert kind(b"# Memo\n", "memo.MD") == "text/markdown"
    assert kind(b"# Memo\n", "memo.pdf") == "text/plain"


def test_no_bytes_or_nothing_but_blanks_is_empty() -> None:
    for data in (b"", b" \n\f\n ", b"\xef\xbb\xbf"):
        with pytest.raises(EmptyError):
            kind(data, "a.txt")


def test_a_zip_that_calls_itself_pdf_is_named() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("a.txt", "x")
    with pytest.raises(UnsupportedError, match=r"a ZIP archive, whatever its name says \(\.pdf\)") as told:
        kind(out.getvalue(), "memo.pdf")
    assert "Convert" in told.value.advice


def test_a_word_document_is_named() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("word/document.xml", "<x/>")
    with pytest.raises(UnsupportedError, match="Word"):
        kind(out.getvalue(), "memo.docx")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<!DOCTYPE html><html>", "web page"),
        (b"<?xml version='1.0'?><alto/>", "XML"),
        (b'{"document_id": 3}', "JSON"),
        (b"GIF89a\0\0", "GIF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
        (b"RIFF\0\0\0\0WEBP", "WebP"),
        (b"\0\0\0\x18ftypheic", "HEIF"),
        (b"text with a \0 in it", "no known kind"),
    ],
)
def test_strangers_are_named(data: bytes, name: str) -> None:
    with pytest.raises(UnsupportedError, match=name):
        kind(data)


def test_binary_junk_is_no_text() -> None:
    chance = random.Random(7)
    for size in (40, 400, 4000):
        with pytest.raises(UnsupportedError):
            kind(chance.randbytes(size).replace(b"\0", b"\x01"))


def test_a_text_beyond_all_measure_is_refused_before_it_is_read() -> None:
    assert not kinds.may_be_text(b"a" * kinds.HEAD, kinds.MOST_TEXT + 1)
    with pytest.raises(TooLargeError):
        kinds.media_type("a.txt", b"a" * kinds.HEAD, kinds.MOST_TEXT + 1)


def test_text_is_kept_exactly() -> None:
    assert decode(b"a\r\n  b\t\n") == "a\r\n  b\t\n"
    assert decode(b"the caf\xe9 \x93Chez Nous\x94") == "the café “Chez Nous”"
    assert decode(b"the caf\xe9 \x81") == "the café \x81"  # a byte that means nothing is kept


def test_form_feeds_part_pages() -> None:
    assert pages("one") == ["one"]
    assert pages("one\n\ftwo\n") == ["one\n", "two\n"]
    assert pages("one\f\fthree\f") == ["one", "", "three"]
    assert pages("one\ftwo\f\n") == ["one", "two"]
