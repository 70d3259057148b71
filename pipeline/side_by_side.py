"""Two releases of a page beside each other: what one shows on the left or right, where the other withholds it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.geometry import Box
from pipeline.core.names import found
from pipeline.draw import render
from pipeline.errors import ArgumentsError, InputError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

HIGH = 1400  # pixels of a page
HEAD, FOOT, GUTTER, RIM = 54, 40, 36, 18
SHOWN, WITHHELD, INK, FAINT = (0, 122, 82), (204, 51, 17), (40, 40, 40), (120, 120, 120)


@dataclass(frozen=True, slots=True)
class Side:
    """One release of a page: the file, the page in it, how it is turned, and what stands above it."""

    path: str
    media_type: str
    page: int
    rotation: int
    title: str


@dataclass(frozen=True, slots=True)
class Tie:
    """A passage: its number, the boxes that show it on one side, those that withhold it on the other; `left`: whether the
    left side shows it."""

    number: int
    left: bool
    shown: tuple[Box, ...]
    hidden: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """A page of either release, and what ties them."""

    left: Side
    right: Side
    ties: tuple[Tie, ...]


def draw_spreads(spreads: Iterable[Spread], out: Path) -> int:
    """Writes the spreads to a PDF, one to a sheet, or to a PNG, one under the other; gives their number.

    Raises ArgumentsError when the file is to be neither, InputError when there is nothing to draw or a scan is not there.
    """
    kind = out.suffix.lower()
    if kind not in (".png", ".pdf"):
        raise ArgumentsError(f"{out.name} is neither a PNG nor a PDF.", "Name the file with .png or .pdf at its end.")
    pictures = [_spread(one) for one in spreads]
    if not pictures:
        raise InputError("There are no pages in common to draw.", "`declass compare A` lists the variants of A.")
    if kind == ".pdf":
        pictures[0].save(out, format="PDF", save_all=True, append_images=pictures[1:], resolution=130)
    else:
        _stacked(pictures).save(out, format="PNG", optimize=True)
    return len(pictures)


def _spread(one: Spread) -> Image:
    from PIL import Image, ImageDraw

    (left, scale), (right, other_scale) = _page(one.left), _page(one.right)
    start = RIM + left.width + GUTTER
    sheet = Image.new("RGB", (start + right.width + RIM, HEAD + HIGH + FOOT), "white")
    pen = ImageDraw.Draw(sheet, "RGBA")
    for side, picture, x in ((one.left, left, RIM), (one.right, right, start)):
        sheet.paste(picture, (x, HEAD))
        pen.rectangle((x - 1, HEAD - 1, x + picture.width, HEAD + HIGH), outline=(190, 190, 190))
        _write(pen, side.title, x, 16, 21, INK, picture.width)
    for tie in one.ties:
        places = [(RIM, scale), (start, other_scale)]
        (here, factor), (there, other_factor) = places if tie.left else places[::-1]
        shown = [_moved(box, here, factor) for box in tie.shown]
        hidden = [_moved(box, there, other_factor) for box in tie.hidden]
        _tie(pen, tie, shown, hidden)
    _legend(pen, sheet.height - FOOT + 12)
    return sheet


def _page(side: Side) -> tuple[Image, float]:
    """The page upright, and its pixels a point."""
    if not os.path.exists(found(side.path)):
        raise InputError(f"{side.path} is not there any more.", "Run `declass verify` to see what is missing.")
    rendered = render(found(side.path), side.media_type, side.page, side.rotation)
    if rendered is None:
        raise InputError("A transcript has no page image to draw on.", "Use `declass compare` without --draw.")
    picture, scale = rendered
    factor = HIGH / picture.height
    return picture.resize((round(picture.width * factor), HIGH)), scale * factor


def _moved(box: Box, left: float, scale: float) -> Box:
    return box.scaled(scale).moved(left, HEAD)


def _tie(pen: ImageDraw, tie: Tie, shown: Sequence[Box], hidden: Sequence[Box]) -> None:
    for box in shown:
        pen.rectangle((box.left - 1, box.top, box.right + 1, box.bottom), fill=(*SHOWN, 56))
    for box in hidden:
        pen.rectangle(
            (box.left - 2, box.top - 2, box.right + 2, box.bottom + 2), outline=WITHHELD, width=3, fill=(*WITHHELD, 28)
        )
    if shown and hidden:
        (a, b) = (shown[0], hidden[0]) if tie.left else (hidden[0], shown[0])
        pen.line((a.right + 4, a.middle[1], b.left - 24, b.middle[1]), fill=(*FAINT, 110), width=1)
    for boxes, colour in ((shown, SHOWN), (hidden, WITHHELD)):
        if boxes:
            _number(pen, tie.number, boxes[0], colour)


def _number(pen: ImageDraw, number: int, box: Box, colour: tuple[int, int, int]) -> None:
    from PIL import ImageFont

    x, y = max(11.0, box.left - 5), box.top - 6  # at the corner, where it hides least
    pen.ellipse((x - 10, y - 10, x + 10, y + 10), fill=colour)
    pen.text((x, y), str(number), fill="white", font=ImageFont.load_default(size=13), anchor="mm")


def _legend(pen: ImageDraw, y: int) -> None:
    x = RIM
    for colour, words in ((SHOWN, "shown here, withheld on the other"), (WITHHELD, "withheld here")):
        pen.rectangle((x, y, x + 22, y + 15), fill=(*colour, 70), outline=colour)
        _write(pen, words, x + 30, y - 2, 17, FAINT, 500)
        x += 380


def _write(
    pen: ImageDraw, words: str, x: float, y: float, size: int, colour: tuple[int, int, int], room: float
) -> None:
    from PIL import ImageFont

    font = ImageFont.load_default(size=size)
    while len(words) > 4 and pen.textlength(words, font=font) > room:
        words = words[:-2].rstrip("…") + "…"
    pen.text((x, y), words, fill=colour, font=font)


def _stacked(pictures: Sequence[Image]) -> Image:
    from PIL import Image

    whole = Image.new("RGB", (max(p.width for p in pictures), sum(p.height for p in pictures)), "white")
    y = 0
    for picture in pictures:
        whole.paste(picture, (0, y))
        y += picture.height
    return whole
