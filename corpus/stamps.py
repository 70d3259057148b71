"""What is put on paper after it was typed: rubber stamps, release lines, perforations, each with its record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from corpus.faces import DPI, PEN, SANS_BOLD, Face, Ink, width
from corpus.model import Box, Marking, Stamp, Written
from corpus.sheet import Sheet

HAND = re.compile(r"\[\[hand: (.*?)\]\]")
GAP = 0.05  # inches left free after handwriting
PERFORATION = {
    "D": "#### #   ##   ##   ##   ##   #####  ",
    "E": "######    #    #### #    #    #####",
    "C": " ### #   ##    #    #    #   # ### ",
    "L": "#    #    #    #    #    #    #####",
    "A": " ### #   ##   #######   ##   ##   #",
    "S": " #####    #     ###     #    ##### ",
    "I": " ###   #    #    #    #    #   ### ",
    "F": "######    #    #### #    #    #    ",
}


@dataclass(frozen=True)
class Look:
    """How a stamp is pressed: face, tilt in degrees (anticlockwise), frame, strength and patchiness of its ink.

    `tabs` are the columns, in inches, that a tab in its text goes to; `pen` the size of handwriting filled in.
    """

    face: Face = SANS_BOLD
    tilt: float = 0.0
    frame: bool = False
    weight: float = 0.95
    patchy: float = 0.25
    lead: float = 1.25
    tabs: tuple[float, ...] = ()
    pen: float = 15
    centred: bool = False


@dataclass(frozen=True)
class Record:
    """What a stamp says, in the vocabulary of the archive; `fields` as printed, and dates in EDTF."""

    kind: str
    agency: str | None = None
    decision: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Pressed:
    """A stamp on its sheet: the box of its ink, and where each of its lines came to lie."""

    box: Box
    lines: tuple[tuple[float, float], ...]


def press(sheet: Sheet, text: str, x: float, y: float, look: Look) -> Pressed:
    """Press the lines of `text` with their top left at (x, y) before tilting around their centre."""
    lines = text.split("\n")
    step = look.face.points / 72 * look.lead
    wide = max(_length(line, look) for line in lines) + 0.3
    tall = step * len(lines) + 0.3
    tile = Sheet(int(sheet.random.integers(1 << 30)), sheet.worn * 0.4, wide, tall)
    for row, line in enumerate(lines):
        indent = (wide - 0.3 - _length(line, look)) / 2 if look.centred else 0
        _write(tile, line, 0.15 + indent, 0.15 + step * (row + 0.8), look)
    if look.frame:
        tile.frame(Box(0.06, 0.06, wide - 0.06, tall - 0.06), 0.016)
    ink = (tile.ink * look.weight * _patches(tile.ink.shape, look.patchy, sheet)).clip(0, 255).astype(np.uint8)
    middle = (x - 0.15 + wide / 2, y - 0.15 + tall / 2)
    turned, turn = _turn(ink, look.tilt)
    left, top = round(middle[0] * DPI - turned.shape[1] / 2), round(middle[1] * DPI - turned.shape[0] / 2)
    sheet.put(turned, left, top)
    rows, columns = np.nonzero(turned > 60)
    box = Box(
        (left + int(columns.min())) / DPI,
        (top + int(rows.min())) / DPI,
        (left + int(columns.max()) + 1) / DPI,
        (top + int(rows.max()) + 1) / DPI,
    )
    starts = [turn @ np.array([0.15 * DPI, (0.15 + step * (row + 0.6)) * DPI, 1.0]) for row in range(len(lines))]
    return Pressed(box, tuple((float(px + left) / DPI, float(py + top) / DPI) for px, py in starts))


def _length(line: str, look: Look) -> float:
    x, end = 0.0, 0.0
    for column, cell in enumerate(line.split("\t")):
        x = x if column == 0 else max(x, look.tabs[column - 1])
        for n, part in enumerate(HAND.split(cell)):
            x += width(PEN.sized(look.pen), part) + GAP if n % 2 else width(look.face, part)
        end = max(end, x)
    return end


def _write(tile: Sheet, line: str, start: float, baseline: float, look: Look) -> None:
    x = start
    for column, cell in enumerate(line.split("\t")):
        x = x if column == 0 else max(x, start + look.tabs[column - 1])
        for n, part in enumerate(HAND.split(cell)):
            if n % 2:
                tile.hand(part, x, baseline - 0.01, look.pen, note=False)
                x += width(PEN.sized(look.pen), part) + GAP
            else:
                tile.press(part, x, baseline, look.face)
                x += width(look.face, part)


def _patches(shape: tuple[int, ...], patchy: float, sheet: Sheet) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """A field around 1 that says how much of the ink came through at each spot."""
    coarse = sheet.random.normal(1, patchy, (max(2, shape[0] // 40), max(2, shape[1] // 40))).astype(np.float32)
    grown = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    grain = sheet.random.normal(0, patchy * 0.6, shape).astype(np.float32)
    return np.asarray(grown + grain, dtype=np.float32)


def _turn(tile: Ink, degrees: float) -> tuple[Ink, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """The tile turned anticlockwise on a larger one, and the matrix that takes its old pixels to the new."""
    height, wide = tile.shape
    turn = np.asarray(cv2.getRotationMatrix2D((wide / 2, height / 2), degrees, 1.0), dtype=np.float64)
    cos, sin = abs(float(turn[0, 0])), abs(float(turn[0, 1]))
    new = (round(height * sin + wide * cos) + 2, round(height * cos + wide * sin) + 2)
    turn[0, 2] += new[0] / 2 - wide / 2
    turn[1, 2] += new[1] / 2 - height / 2
    return np.asarray(cv2.warpAffine(tile, turn, new, flags=cv2.INTER_LINEAR), dtype=np.uint8), turn


def stamp(sheet: Sheet, text: str, x: float, y: float, record: Record, look: Look | None = None) -> Box:
    """Put a stamp on the sheet, with its record and its lines in the transcript. Tabs read as two spaces."""
    pressed = press(sheet, text, x, y, look or Look())
    plain = text.replace("\t", "  ")
    _note(sheet, plain, pressed)
    held = sheet.found.stamps
    held.append(Stamp(record.kind, record.agency, plain, record.decision, dict(record.fields), pressed.box))
    return pressed.box


def level(
    sheet: Sheet,
    text: str,
    x: float,
    y: float,
    look: Look | None = None,
    struck: int = 0,
    kind: str = "classification",
    canonical: str | None = None,
) -> Box:
    """Rubber-stamp a marking centred on (x, y), crossed out `struck` times."""
    look = look or Look(SANS_BOLD.sized(22))
    wide = max(_length(line, look) for line in text.split("\n"))
    tall = look.face.points / 72 * look.lead * (text.count("\n") + 1)
    pressed = press(sheet, text, x - wide / 2, y - tall / 2, look)
    if struck:
        sheet.strike(pressed.box, struck)
    _note(sheet, text, pressed)
    sheet.found.markings.append(Marking(kind, text, canonical or text.replace("\n", " "), pressed.box, bool(struck)))
    return pressed.box


def code(sheet: Sheet, text: str, x: float, y: float, face: Face = SANS_BOLD) -> Box:
    """Print an exemption code in the margin beside what was withheld."""
    pressed = press(sheet, text, x, y, Look(replace(face, points=9), weight=1.0, patchy=0.05))
    _note(sheet, text, pressed)
    sheet.found.markings.append(Marking("exemption", text, text.replace("\n", ", "), pressed.box))
    return pressed.box


def _note(sheet: Sheet, text: str, pressed: Pressed) -> None:
    for line, (x, y) in zip(text.split("\n"), pressed.lines, strict=True):
        sheet.found.written.append(Written("stamp", line.strip(), y, x))


def perforate(sheet: Sheet, word: str, x: float, y: float, size: float = 0.4, upwards: bool = False) -> Box:
    """Punch `word` in dots down the page (or up), letters `size` inches high, from (x, y): a declassification."""
    pitch = size / 7
    tile = np.zeros((round((size + pitch) * DPI), round((pitch * 6.4 * len(word) + pitch) * DPI)), np.uint8)
    for n, letter in enumerate(word):
        for spot, dot in enumerate(PERFORATION[letter]):
            if dot == "#":
                at = (n * 6.4 + spot % 5 + 0.7, spot // 5 + 0.7)
                centre = (round(at[0] * pitch * DPI), round(at[1] * pitch * DPI))
                cv2.circle(tile, centre, round(pitch * 0.36 * DPI), 255, -1, cv2.LINE_AA)
    turned = np.ascontiguousarray(np.rot90(tile, 1 if upwards else 3))
    sheet.put(turned, round(x * DPI), round(y * DPI))
    box = Box(x, y, x + turned.shape[1] / DPI, y + turned.shape[0] / DPI)
    sheet.found.written.append(Written("stamp", word, box.middle[1], x))
    fields: dict[str, object] = {"decision": word}
    sheet.found.stamps.append(Stamp("declassification", None, word, "declassified_in_full", fields, box))
    return box
