"""What XML can hold of what scans and file names hold."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """The text with U+FFFD for each character that XML 1.0 forbids (control characters, lone surrogates)."""
    return _FORBIDDEN.sub("\ufffd", text)


def text_of(element: ET.Element) -> str:
    """The element as indented text."""
    ET.indent(element, " ")
    return ET.tostring(element, encoding="unicode")
