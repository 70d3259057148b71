"""Every finding of a page drawn over its ink, for eyes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.core.geometry import Box
from pipeline.core.names import found
from pipeline.errors import InputError
from pipeline.settings import Settings

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 150.0
COLOURS = {
    "marking": (200, 30, 30),
    "stamp": (20, 90, 200),
    "redaction": (0, 0, 0),
    "mention": (20, 140, 60),
    "recommendation": (170, 90, 0),
    "particular": (130, 40, 160),
    "office": (0, 130, 140),
    "word": (185, 185, 185),
}


class Drawn(NamedTuple):
    """What to draw: its kind (a key of COLOURS), a short label, where."""

    kind: str
    label: str
    box: Box


def render(path: str, media_type: str, page: int, rotation: int) -> tuple[Image, float] | None:
    """The page upright at 150 dpi and its pixels a point; None for a transcript. Raises what opening the file raises."""
    from PIL import Image

    from pipeline.intake.sheets import open_sheet

    sheet = open_sheet(path, media_type, page, Settings())
    if sheet.size is None:
        return None
    gray: Any = sheet.render(DPI)
    picture = Image.fromarray(gray).convert("RGB")
    scale = picture.width / sheet.size[0]
    return (picture.rotate(-rotation, expand=True) if rotation else picture), scale


def draw_page(scan: Path, media_type: str, page: int, rotation: int, drawn: Iterable[Drawn], out: Path) -> None:
    """Write a PNG of the page, upright, at 150 dpi, with a box and label for each finding.

    Raises InputError when the file is a transcript (it has no ink) or is no longer there.
    """
    from PIL import ImageDraw, ImageFont

    if not os.path.exists(found(str(scan))):
        raise InputError(f"{scan} is not there any more.", "Run `declass verify` to see what is missing.")
    rendered = render(found(str(scan)), media_type, page, rotation)
    if rendered is None:
        raise InputError("A transcript has no page image to draw on.", "Use `declass show` without --draw.")
    picture, scale = rendered
    pen = ImageDraw.Draw(picture, "RGBA")
    font = ImageFont.load_default(size=13)
    for kind, label, box in drawn:
        red, green, blue = COLOURS[kind]
        left, top, right, bottom = (v * scale for v in (box.left, box.top, box.right, box.bottom))
        pen.rectangle((left, top, right, bottom), outline=(red, green, blue, 255), fill=(red, green, blue, 26),
                      width=1 if kind == "word" else 2)  # fmt: skip
        if label:
            at = (left + 1, max(0.0, top - 15))
            pen.rectangle(pen.textbbox(at, label, font=font), fill=(255, 255, 255, 215))
            pen.text(at, label, fill=(red, green, blue, 255), font=font)
    picture.save(out, format="PNG")
