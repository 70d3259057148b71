"""Bytes that are text become text: UTF-8, UTF-16 with a mark, else Windows-1252, the three that transcripts come in."""

from __future__ import annotations

import codecs
import re

MOST_CONTROLS = 0.02  # share of control characters above which it is no text; transcripts have a few at most
MOST_HIGH = 0.3  # share of bytes above 127 in Windows-1252: English has next to none, random bytes have half
_CONTROLS = re.compile(r"[\x01-\x07\x0e-\x19\x1c-\x1f\x7f]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes) -> str | None:
    """The text of `data` without its byte order mark, line ends as given; None when it is no text."""
    if data.startswith(_UTF16):
        return _sane(_as(data, "utf-16"))
    if b"\0" in data:
        return None
    text = _as(data, "utf-8-sig")
    if text is not None:
        return _sane(text)
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    if high > MOST_HIGH * len(data):
        return None
    # the five bytes that mean nothing in Windows-1252 stand for themselves rather than being lost
    return _sane(_as(data, "cp1252") or "".join(_as(bytes([b]), "cp1252") or chr(b) for b in data))


def pages(text: str) -> list[str]:
    """The pages of a transcript: form feeds part them; one at the very end closes the last page and opens none."""
    parts = text.split("\f")
    return parts[:-1] if len(parts) > 1 and not parts[-1].strip() else parts


def _as(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _sane(text: str | None) -> str | None:
    if text is None or "\0" in text or len(_CONTROLS.findall(text)) > MOST_CONTROLS * len(text):
        return None
    return text
