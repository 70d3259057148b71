"""How many pages a TIFF has, from its chain of directories alone (TIFF 6.0, section 2; BigTIFF)."""

from __future__ import annotations

import struct
from typing import BinaryIO

from pipeline.errors import CorruptError, TooLargeError

MOST_PAGES = 100_000
DAMAGED = "Fetch the file again from where it came from; the copy is cut short."


def count(file: BinaryIO) -> int:
    """Pages of the TIFF. A chain that breaks off counts one page more, which will fail and so show the damage.

    Raises CorruptError when not even the first page can be found, TooLargeError above MOST_PAGES."""
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    number, entry, offset = ("Q", 20, "Q") if big else ("H", 12, "I")
    at = _number(order + offset, head[8:] if big else head[4:])
    seen: set[int] = set()
    while at:
        if at in seen:
            break
        seen.add(at)
        if len(seen) > MOST_PAGES:
            raise TooLargeError(f"the TIFF has more than {MOST_PAGES} pages", "Split it into documents.")
        file.seek(at)
        entries = _number(order + number, file.read(8 if big else 2))
        if entries is None:
            break
        file.seek(entries * entry, 1)
        at = _number(order + offset, file.read(8 if big else 4))
    if not seen or (len(seen) == 1 and entries is None):
        raise CorruptError("the TIFF is damaged: it has no page directory", DAMAGED)
    return len(seen)


def _number(form: str, data: bytes) -> int | None:
    """None where the file ends too early."""
    size = struct.calcsize(form)
    return int(struct.unpack(form, data[:size])[0]) if len(data) >= size else None
