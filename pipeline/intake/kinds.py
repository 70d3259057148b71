"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import json
from pathlib import PurePath

from pipeline.core.names import shown
from pipeline.errors import EmptyError, TooLargeError, UnsupportedError
from pipeline.intake.text import decode

PDF, TIFF, JPEG, PNG, JP2 = "application/pdf", "image/tiff", "image/jpeg", "image/png", "image/jp2"
TEXT, MARKDOWN = "text/plain", "text/markdown"
IMAGES = frozenset({TIFF, JPEG, PNG, JP2})
TRANSCRIPTS = frozenset({TEXT, MARKDOWN})

HEAD = 4096  # bytes that tell every kind but text
MOST_TEXT = 64 << 20  # bytes of a transcript, which is held in memory whole; the longest books have 5 MB

_SIGNS = (
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\0\0\0\x0cjP  \r\n\x87\n", JP2),
    (b"\xff\x4f\xff\x51", JP2),
)

_STRANGERS = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office file (OLE)"),
    (b"{\\rtf", "a rich text file (RTF)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a Windows bitmap"),
    (b"8BPS", "a Photoshop picture"),
    (b"AT&TFORM", "a DjVu document"),
    (b"%!PS", "a PostScript file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"ID3", "a sound file (MP3)"),
    (b"OggS", "a sound file (Ogg)"),
    (b"\x1aE\xdf\xa3", "a film (Matroska)"),
)

ADVICE = "Convert it to PDF, TIFF, JPEG, PNG, JPEG 2000 or plain text, or leave it out of the folder."


def media_type(path: str, head: bytes, size: int, whole: bytes | None = None) -> str:
    """The media type of a file of `size` bytes that begins with `head` (at least HEAD bytes, or all there are). `whole`
    is the content of a file that may be text, see `may_be_text`; without it, text cannot be told.

    Raises EmptyError for no bytes, UnsupportedError for what is not taken in, TooLargeError for a text above MOST_TEXT.
    """
    if not size:
        raise EmptyError("the file has no bytes", "Fetch it again from where it came from; the copy failed.")
    if (kind := _binary(head)) is not None:
        return kind
    if (stranger := _stranger(head)) is not None:
        raise UnsupportedError(f"the file is {stranger}{_against(path)}", ADVICE)
    if size > MOST_TEXT and decode(head[:-4]) is not None:
        raise TooLargeError(f"the text has {size >> 20} MB, more than {MOST_TEXT >> 20}", "Split it into documents.")
    text = decode(whole) if whole is not None else None
    if text is None:
        raise UnsupportedError(f"the file is of no known kind{_against(path)}", ADVICE)
    if not text.strip():
        raise EmptyError("the text has nothing but blanks", "Leave it out of the folder.")
    if (stranger := _other_text(text)) is not None:
        raise UnsupportedError(f"the file is {stranger}{_against(path)}", ADVICE)
    return MARKDOWN if PurePath(path).suffix.lower() in (".md", ".markdown") else TEXT


def may_be_text(head: bytes, size: int) -> bool:
    """True when only the whole content can tell whether this is a text."""
    return 0 < size <= MOST_TEXT and _binary(head) is None and _stranger(head) is None


def _binary(head: bytes) -> str | None:
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return kind
    at = head[:1024].find(b"%PDF-")  # mailers and web servers put lines before it; readers allow a kilobyte
    # a text that merely speaks of "%PDF-" has no objects
    return PDF if at == 0 or (at > 0 and b" obj" in head) else None


def _stranger(head: bytes) -> str | None:
    if head.startswith(b"PK\x03\x04"):
        for part, name in ((b"word/", "a Word document"), (b"xl/", "an Excel workbook"), (b"ppt/", "a PowerPoint file"),
                           (b"opendocument", "an OpenDocument file"), (b"epub", "an EPUB book")):  # fmt: skip
            if part in head:
                return f"{name} (ZIP)"
    if head.startswith((b"BM", b"MZ", b"ID3", b"BZh", b"GIF8")) and b"\0" not in head[:64]:
        return None  # two or three letters alone may begin a text
    if head[:4] == b"RIFF":
        return "a WebP picture" if head[8:12] == b"WEBP" else "a sound file or film (RIFF)"
    if head[4:8] == b"ftyp":
        return "a HEIF picture" if head[8:12] in (b"heic", b"heix", b"mif1", b"avif") else "a film (MP4)"
    return next((name for sign, name in _STRANGERS if head.startswith(sign)), None)


def _other_text(text: str) -> str | None:
    """Text that is data or program output rather than a transcript."""
    start = text[:200].lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        return "a web page (HTML)"
    if start.startswith("<?xml"):
        return "an XML file"
    if start.startswith("%!ps"):
        return "a PostScript file"
    if start.startswith(("{", "[")) and text.rstrip().endswith(("}", "]")):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return None
        return "JSON data"
    return None


def _against(path: str) -> str:
    suffix = PurePath(path).suffix
    return f", whatever its name says ({shown(suffix)})" if suffix else ""
