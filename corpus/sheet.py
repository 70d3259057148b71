"""A sheet of paper: type, rules, pen strokes and covers are put on it, and it remembers exactly where."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from corpus.faces import DPI, PEN, Face, Ink, advance, glyph
from corpus.model import Box, Findings, Marking, Redaction, Written, around

COVER = "\u2588"  # in a text: one withheld character


@dataclass(frozen=True)
class Cover:
    """How withheld characters look: black ink, a white gap, or an outlined box; and the code printed for them."""

    style: str = "black"
    code: str | None = None


@dataclass(frozen=True)
class Run:
    """A line as it was typed: for marking a part of it, and for writing it as real text."""

    text: str
    x: float
    baseline: float
    face: Face
    boxes: tuple[Box, ...]

    def part(self, text: str) -> Box:
        """The box of `text` within the line."""
        start = self.text.index(text)
        return around(self.boxes[start : start + len(text)])


class Sheet:
    """One side of a page, `width` by `height` inches; `worn` is how unevenly its type prints (0 even, 1 very)."""

    def __init__(self, seed: int, worn: float = 0.35, width: float = 8.5, height: float = 11.0) -> None:
        self.width, self.height, self.worn = width, height, worn
        self.ink: Ink = np.zeros((round(height * DPI), round(width * DPI)), np.uint8)
        self.random = np.random.default_rng(seed)
        self.found = Findings()
        self.cover = Cover()
        self.runs: list[Run] = []
        self.rules: list[Box] = []
        self.fills: list[Box] = []
        self._slugs: dict[str, tuple[int, int]] = {}

    # -- ink ---------------------------------------------------------------------------------------------------

    def put(self, tile: Ink, x: int, y: int) -> None:
        """Press a tile of ink on the sheet with its top left at pixel (x, y); what falls off the sheet is lost."""
        height, width = self.ink.shape
        left, top, right, bottom = max(x, 0), max(y, 0), min(x + tile.shape[1], width), min(y + tile.shape[0], height)
        if left < right and top < bottom:
            under = self.ink[top:bottom, left:right]
            np.maximum(under, tile[top - y : bottom - y, left - x : right - x], out=under)

    def press(self, text: str, x: float, baseline: float, face: Face, weight: float = 1.0) -> tuple[Box, ...]:
        """Print `text` from (x, baseline) on; the cell of each character comes back."""
        boxes = []
        for char in text:
            step = advance(face, char)
            boxes.append(Box(x, baseline - face.points * 0.0098, x + step, baseline + face.points * 0.0031))
            shape = glyph(face, char) if char != COVER else None
            if shape:
                tile, dx, dy = shape
                sx, sy = self._slug(char) if face.pitch else (0, 0)
                inked = weight * (1 - self.worn * float(self.random.random()) ** 3)
                self.put(
                    (tile * min(1.0, inked)).astype(np.uint8), round(x * DPI) + dx + sx, round(baseline * DPI) + dy + sy
                )
            x += step
        return tuple(boxes)

    def _slug(self, char: str) -> tuple[int, int]:
        """The misalignment of one type bar in pixels: always the same for a character, with a little play."""
        if char not in self._slugs:
            play = 1.2 * self.worn
            self._slugs[char] = (round(float(self.random.normal(0, play))), round(float(self.random.normal(0, play))))
        x, y = self._slugs[char]
        return x, y + int(self.random.random() < 0.15 * self.worn)

    # -- what is typed -----------------------------------------------------------------------------------------

    def type(self, text: str, x: float, baseline: float, face: Face, weight: float = 1.0) -> Run:
        """Type one line; blocks of COVER become redactions. The transcript gets the line."""
        run = Run(text, x, baseline, face, self.press(text, x, baseline, face, weight))
        self.runs.append(run)
        at = 0
        said = ""
        while at < len(text):
            end = at
            while end < len(text) and text[end] == COVER:
                end += 1
            if end > at:
                self._withhold(around(run.boxes[at:end]))
                said += "[[redacted]]"
            else:
                said += text[at]
                end = at + 1
            at = end
        if said.strip():
            self.found.written.append(Written("typed", said.strip(), baseline, x))
        return run

    def _withhold(self, cell: Box) -> None:
        box = cell.grown(0.01, 0.012)
        if self.cover.style == "black":
            self.fill(box)
        elif self.cover.style == "outline":
            self.frame(box, 0.007)
        self.found.redactions.append(Redaction(self.cover.style, self.cover.code, box))

    def withhold(self, box: Box) -> None:
        """Cover a whole area of the sheet, whatever stands there, in the style of `cover`."""
        self.erase(box)
        self._withhold(box)
        self.found.written.append(Written("typed", "[[redacted]]", box.middle[1], box.left))

    def mark(self, kind: str, text: str, canonical: str | None = None, struck: bool = False) -> Box:
        """Note that the last typed line carries the marking `text`, and strike it out if it was struck."""
        box = self.runs[-1].part(text)
        if struck:
            self.strike(box)
        self.found.markings.append(Marking(kind, text, canonical or text, box, struck))
        return box

    def underline(self, text: str) -> None:
        """Underline a part of the last typed line."""
        box = self.runs[-1].part(text)
        self.rule(box.left, self.runs[-1].baseline + 0.03, box.right, self.runs[-1].baseline + 0.03, 0.009)

    # -- lines and areas ---------------------------------------------------------------------------------------

    def rule(self, x0: float, y0: float, x1: float, y1: float, thick: float = 0.01) -> None:
        """Draw a straight printed line."""
        ends = [(round(x * DPI), round(y * DPI)) for x, y in ((x0, y0), (x1, y1))]
        cv2.line(self.ink, ends[0], ends[1], 255, max(1, round(thick * DPI)), cv2.LINE_AA)
        self.rules.append(Box(x0, y0, x1, y1))

    def frame(self, box: Box, thick: float = 0.01) -> None:
        """Draw the outline of a box."""
        for (x0, y0), (x1, y1) in zip(box.corners, box.corners[1:] + box.corners[:1], strict=True):
            self.rule(x0, y0, x1, y1, thick)

    def fill(self, box: Box) -> None:
        """Blacken a box, as a marker pen or an eraser's tape does."""
        self.ink[self._rows(box), self._columns(box)] = 255
        self.fills.append(box)

    def erase(self, box: Box) -> None:
        """Whiten a box."""
        self.ink[self._rows(box), self._columns(box)] = 0

    def _rows(self, box: Box) -> slice:
        return slice(max(0, round(box.top * DPI)), max(0, round(box.bottom * DPI)))

    def _columns(self, box: Box) -> slice:
        return slice(max(0, round(box.left * DPI)), max(0, round(box.right * DPI)))

    # -- the pen -----------------------------------------------------------------------------------------------

    def stroke(self, points: list[tuple[float, float]], thick: float = 0.018) -> None:
        """Draw a pen stroke through `points`, with the tremble of a hand."""
        drawn = []
        for (x0, y0), (x1, y1) in pairwise(points):
            for step in range(9):
                share = step / 8
                drawn.append((x0 + (x1 - x0) * share, y0 + (y1 - y0) * share))
        tremble = self.random.normal(0, 0.003, (len(drawn), 2))
        shaken = [
            (round((x + dx) * DPI), round((y + dy) * DPI))
            for (x, y), (dx, dy) in zip(drawn, tremble.tolist(), strict=True)
        ]
        for a, b in pairwise(shaken):
            cv2.line(self.ink, a, b, 240, max(1, round(thick * DPI)), cv2.LINE_AA)

    def strike(self, box: Box, times: int = 1) -> None:
        """Cross out what stands in `box` with hand-drawn lines, a little longer than the words."""
        for n in range(times):
            y = box.middle[1] + (n - (times - 1) / 2) * 0.05
            lift = float(self.random.normal(0, 0.02))
            self.stroke([(box.left - 0.08, y + lift), (box.middle[0], y), (box.right + 0.1, y - lift)], 0.016)

    def hand(self, text: str, x: float, baseline: float, points: float = 18, note: bool = True) -> Box:
        """Write by hand; `note` says whether the transcript gets a line of its own for it."""
        face = PEN.sized(points)
        boxes: list[Box] = []
        for char in text:
            boxes.extend(self.press(char, x, baseline + float(self.random.normal(0, 0.008)), face, 1.3))
            x += advance(face, char)
        if note:
            self.found.written.append(Written("hand", text, baseline, boxes[0].left))
        return around(boxes)

    def tick(self, x: float, y: float, size: float = 0.16) -> Box:
        """Put a pen cross on (x, y), its centre."""
        half = size / 2
        self.stroke([(x - half, y - half * 0.8), (x + half, y + half * 0.9)], 0.02)
        self.stroke([(x + half * 0.9, y - half), (x - half * 0.9, y + half * 0.8)], 0.02)
        self.found.written.append(Written("hand", "X", y + half, x))
        return Box(x - half, y - half, x + half, y + half)
