"""A page as it was read: words with their ink, and the text that is derived from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from pipeline.core.geometry import Box, Place


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read. `start` is its offset in the page's text; `line` counts printed lines from 0.

    `box` is None in transcripts. `confidence` is a probability 0..1 that the word is right.
    """

    text: str
    start: int
    line: int
    box: Box | None
    confidence: float
    reader: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Alternate:
    """What another reader saw on the line at `box` and the fusion did not choose."""

    line: int
    reader: str
    text: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the page that is not type: `kind` is handwriting, picture, form-rule, noise or stamp-ink."""

    kind: str
    box: Box
    text: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word as a reader hands it over: no offsets yet. Box in points of the upright page."""

    text: str
    box: Box
    confidence: float
    reader: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a document, upright.

    `width`, `height` in points after turning by `rotation` (0, 90, 180, 270, clockwise). `skew` is the angle in degrees
    by which the reading straightened the page internally; boxes are in the frame of the page as scanned, turned only.
    `grade` is good, fair, poor, unreadable or blank; `grade_reason` says why in plain words.
    `text` and `words` always agree: `text[w.start:w.end] == w.text`.
    """

    number: int
    width: float | None
    height: float | None
    text: str
    words: tuple[Word, ...]
    rotation: int = 0
    dpi: float | None = None
    skew: float = 0.0
    blank: bool = False
    grade: str = "good"
    grade_reason: str = ""
    reader: str = ""
    confidence: float = 1.0
    alternates: tuple[Alternate, ...] = ()
    regions: tuple[Region, ...] = ()

    @classmethod
    def of_lines(cls, number: int, size: tuple[float, float], lines: Iterable[Sequence[ReadWord]], **more: object) -> Page:
        """A scanned page from lines of read words, in reading order: words joined by a blank, lines by a newline."""
        words: list[Word] = []
        parts: list[str] = []
        at = 0
        kept = [line for line in ([w for w in one if w.text] for one in lines) if line]
        for n, line in enumerate(kept):
            for w in line:
                words.append(Word(w.text, at, n, w.box.rounded(), w.confidence, w.reader))
                at += len(w.text) + 1
            parts.append(" ".join(w.text for w in line))
        page = cls(number, size[0], size[1], "\n".join(parts), tuple(words))
        return replace(page, **more)  # type: ignore[arg-type]

    @classmethod
    def of_text(cls, number: int, text: str, reader: str = "transcript") -> Page:
        """A page of a transcript: the text stays exactly as given; words know their offsets and have no box."""
        words = []
        line = 0
        last = 0
        for m in re.finditer(r"\S+", text):
            line += text.count("\n", last, m.start())
            last = m.start()
            words.append(Word(m.group(), m.start(), line, None, 1.0, reader))
        return cls(number, None, None, text, tuple(words), reader=reader, blank=not words,
                   grade="good" if words else "blank")

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The printed lines in reading order."""
        grouped: dict[int, list[Word]] = {}
        for w in self.words:
            grouped.setdefault(w.line, []).append(w)
        return tuple(Line(n, tuple(ws)) for n, ws in sorted(grouped.items()))

    def words_between(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that the half-open span touches."""
        return tuple(w for w in self.words if w.start < end and w.end > start)

    def words_in(self, box: Box, share: float = 0.5) -> tuple[Word, ...]:
        """The words of which at least `share` lies in `box`."""
        return tuple(w for w in self.words if w.box and box.covers(w.box) >= share)

    def boxes(self, start: int, end: int) -> tuple[Place, ...]:
        """Where the span lies: one box a printed line. Empty for transcripts."""
        by_line: dict[int, list[Box]] = {}
        for w in self.words_between(start, end):
            if w.box:
                by_line.setdefault(w.line, []).append(w.box)
        return tuple(Place(self.number, Box.around(bs).rounded()) for _, bs in sorted(by_line.items()))


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of a page."""

    number: int
    words: tuple[Word, ...] = field(default=())

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)

    @property
    def box(self) -> Box | None:
        boxes = [w.box for w in self.words if w.box]
        return Box.around(boxes) if boxes else None
