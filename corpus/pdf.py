"""A small PDF writer: pages that are pictures, pages of real text, and pictures with a hidden text layer."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass

from PIL import Image

from corpus.film import Scan
from corpus.sheet import COVER, Sheet


@dataclass(frozen=True)
class TextLine:
    """A line of real text: position in points from the lower left, size in points."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False


@dataclass(frozen=True)
class PdfPage:
    """A page in points: a picture, lines of text, or both."""

    width: float
    height: float
    scan: Scan | None = None
    lines: tuple[TextLine, ...] = ()
    drawing: str = ""
    hidden: bool = False


def text_lines(sheet: Sheet) -> tuple[TextLine, ...]:
    """The typed lines of a sheet as real text, where they stand; what is withheld is not in them."""
    out = []
    for run in sheet.runs:
        start = 0
        for n in range(len(run.text) + 1):
            if n == len(run.text) or run.text[n] == COVER:
                piece = run.text[start:n]
                if piece.strip():
                    blank = len(piece) - len(piece.lstrip())
                    x = run.boxes[start + blank].left
                    size = (run.face.pitch or 0.1) * 72 / 0.6
                    y = (sheet.height - run.baseline) * 72
                    out.append(TextLine(piece.strip(), x * 72, y, size, "Bold" in run.face.file))
                start = n + 1
    return tuple(out)


def drawing(sheet: Sheet) -> str:
    """The rules and filled boxes of a sheet as PDF drawing operators."""

    def point(x: float, y: float) -> str:
        return f"{x * 72:.1f} {(sheet.height - y) * 72:.1f}"

    parts = [f"{point(r.left, r.top)} m {point(r.right, r.bottom)} l S" for r in sheet.rules]
    for box in sheet.fills:
        size = f"{(box.right - box.left) * 72:.1f} {(box.bottom - box.top) * 72:.1f}"
        parts.append(f"{point(box.left, box.bottom)} {size} re f")
    return "\n".join(parts)


def picture(scan: Scan) -> tuple[bytes, str]:
    """The picture of a scan as PDF stream data and the dictionary that describes it: fax G4, or JPEG for greys."""
    height, width = scan.pixels.shape
    head = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray"
    out = io.BytesIO()
    if scan.bits == 8:
        Image.fromarray(scan.pixels).save(out, "JPEG", quality=35, optimize=True)
        return out.getvalue(), f"{head} /BitsPerComponent 8 /Filter /DCTDecode"
    bitmap = Image.fromarray(scan.pixels).convert("1", dither=Image.Dither.NONE)
    bitmap.save(out, "TIFF", compression="group4", strip_size=((width + 7) // 8) * height)
    with Image.open(io.BytesIO(out.getvalue())) as tiff:
        tags = getattr(tiff, "tag_v2")  # noqa: B009 - only TIFF images carry it
        start, size, photometric = tags[273][0], tags[279][0], tags[262]
    parameters = f"/K -1 /Columns {width} /Rows {height} /BlackIs1 {'true' if photometric == 1 else 'false'}"
    return (
        out.getvalue()[start : start + size],
        f"{head} /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << {parameters} >>",
    )


def _content(page: PdfPage) -> bytes:
    parts = [f"q {page.width:.2f} 0 0 {page.height:.2f} 0 0 cm /Im0 Do Q"] if page.scan else []
    if page.drawing:
        parts.append(f"0.7 w\n{page.drawing}")
    if page.lines:
        parts.append("BT" + (" 3 Tr" if page.hidden else ""))
        for line in page.lines:
            text = line.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            font = "F2" if line.bold else "F1"
            parts.append(f"/{font} {line.size:.2f} Tf 1 0 0 1 {line.x:.2f} {line.y:.2f} Tm ({text}) Tj")
        parts.append("ET")
    return "\n".join(parts).encode("latin-1")


def write_pdf(pages: list[PdfPage], title: str) -> bytes:
    """The bytes of a PDF of `pages`: the same pages give the same bytes."""
    objects: list[bytes] = [b"", b""]  # the catalogue and the page tree are filled in at the end

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    def stream(data: bytes, head: str) -> int:
        return add(f"<< {head} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream")

    fonts = " ".join(
        f"/F{n} {add(f'<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>'.encode())} 0 R"
        for n, name in ((1, "Courier"), (2, "Courier-Bold"))
    )
    kids = []
    for page in pages:
        image = f"/XObject << /Im0 {stream(*picture(page.scan))} 0 R >>" if page.scan else ""
        content = stream(zlib.compress(_content(page), 9), "/Filter /FlateDecode")
        kids.append(
            add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width:.2f} {page.height:.2f}] "
                f"/Resources << /Font << {fonts} >> {image} >> /Contents {content} 0 R >>".encode()
            )
        )
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>".encode()
    info = add(f"<< /Title ({title}) /Producer (declass corpus) >>".encode())
    out = io.BytesIO()
    out.write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    table = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010d} 00000 n \n" for place in places).encode())
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {info} 0 R >>\n".encode())
    out.write(f"startxref\n{table}\n%%EOF\n".encode())
    return out.getvalue()


def page_size(scan: Scan) -> tuple[float, float]:
    """The size in points of the page that a scan fills."""
    height, width = scan.pixels.shape
    return width * 72 / scan.dpi, height * 72 / scan.dpi
