"""Files made by hand, byte by byte, so that each is bad in exactly one way."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sheet:
    """One page of a made PDF: what is drawn, in PDF operators, and its entries beside /Contents."""

    content: str = ""
    media: tuple[float, float, float, float] = (0, 0, 612, 792)
    entries: str = ""  # such as "/Rotate 90"
    picture: tuple[int, int] | None = None  # width and height of a black and white picture /Im0


def words(*placed: tuple[float, float, str], size: float = 12, mode: int = 0) -> str:
    """Text operators: each text at (x, y) of its baseline; mode 3 is invisible."""
    shows = "".join(f"1 0 0 1 {x} {y} Tm ({text}) Tj " for x, y, text in placed)
    return f"BT /F1 {size} Tf {mode} Tr {shows}ET "


def picture(x: float, y: float, width: float, height: float) -> str:
    return f"q {width} 0 0 {height} {x} {y} cm /Im0 Do Q "


def checker(width: int, height: int) -> bytes:
    """Bits of a picture of black and white columns, one pixel wide each: any smear turns it gray."""
    row = (b"\xaa" * ((width + 7) // 8))[: (width + 7) // 8]
    return zlib.compress(row * height)


def pdf(*sheets: Sheet, encrypted: bool = False, claimed: int | None = None) -> bytes:
    """A PDF of these pages; `claimed` is the number of pages it says it has."""
    objects: list[bytes] = []

    def add(body: bytes | str) -> int:
        objects.append(body.encode("latin-1") if isinstance(body, str) else body)
        return len(objects)

    def stream(entries: str, data: bytes) -> int:
        return add(f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream")

    catalog = add("<< /Type /Catalog /Pages 2 0 R >>")
    add("")  # the pages, once they are known
    font = add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for sheet in sheets:
        resources = f"/Font << /F1 {font} 0 R >>"
        if sheet.picture:
            wide, high = sheet.picture
            image = stream(
                f"/Type /XObject /Subtype /Image /Width {wide} /Height {high} /ColorSpace /DeviceGray "
                "/BitsPerComponent 1 /Filter /FlateDecode",
                checker(wide, min(high, 10_000)),
            )
            resources += f" /XObject << /Im0 {image} 0 R >>"
        contents = stream("", sheet.content.encode("latin-1"))
        box = " ".join(f"{v:.10g}" for v in sheet.media)
        kids.append(
            add(f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Resources << {resources} >> /Contents {contents} 0 R "
                f"{sheet.entries} >>")
        )  # fmt: skip
    listed = " ".join(f"{k} 0 R" for k in kids)
    objects[1] = f"<< /Type /Pages /Kids [{listed}] /Count {len(kids) if claimed is None else claimed} >>".encode()
    trailer = f"/Root {catalog} 0 R"
    if encrypted:  # hashes that no password fits
        lock = add(f"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <{'ab' * 32}> /U <{'cd' * 32}> >>")
        trailer += f" /Encrypt {lock} 0 R /ID [<{'01' * 16}> <{'01' * 16}>]"
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % p for p in places)
    out += f"trailer << /Size {len(objects) + 1} {trailer} >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def tiff_header(width: int, height: int, next_page: int = 0) -> bytes:
    """A TIFF of one 1-bit page that has a directory and no pixels."""
    entries: Sequence[tuple[int, int, int, int]] = (
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, 0), (273, 4, 1, 8),
        (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 1),
    )  # fmt: skip
    directory = b"".join(struct.pack("<HHII", *e) for e in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + struct.pack("<I", next_page)


def png_header(width: int, height: int) -> bytes:
    """A 1-bit PNG that has a header and no pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + chunk(b"IEND", b"")
    )
