"""Names of files that can be shown, stored and found again, whatever bytes they are made of."""

from __future__ import annotations

import re
import unicodedata

_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")


def shown(name: str) -> str:
    """`name` on one line of clean Unicode: line feeds, other control characters and bytes that are not UTF-8 (which
    Python carries as lone surrogates) become `\\x0a` and the like. Ordinary names stay as they are."""
    # a backslash that already looks like an escape is escaped itself, so that `found` can undo this
    return "".join(map(_one, _ESCAPED.sub(r"\\x5cx\1", name)))


def found(text: str) -> str:
    """The name that `shown` showed, as the operating system wants it."""
    raw = _ESCAPED.sub(lambda m: chr(b) if (b := int(m[1], 16)) < 0x80 else chr(0xDC00 + b), text)
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def _one(c: str) -> str:
    if "\udc80" <= c <= "\udcff" or unicodedata.category(c) == "Cc":
        return "".join(f"\\x{b:02x}" for b in c.encode("utf-8", "surrogateescape"))
    return c
