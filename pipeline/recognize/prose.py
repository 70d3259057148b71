"""The running text of a document: lines and pages joined, page furniture set aside, with the way back to the ink.

A sentence may run over line ends, hyphens, a stamp and a page break. `Prose` joins what belongs together and remembers for
every character where it stood, so that what is found in the running text is handed over as it was written.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from statistics import median

from pipeline.core import knowledge
from pipeline.core.geometry import Box, Place
from pipeline.core.page import Page

ITEM = re.compile(r"\s*(?:\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})[.)]|[-–—•*o]|\(?\d{1,2}\)|[A-Z]-?\d[.)])\s+(?=\S)")
_ENDS = re.compile(r"[.?!:;][\"'”’)\]*_]*\s*$")
_BREAKS = re.compile(r"[.?!][\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9])")
_HYPHEN = re.compile(r"[A-Za-z]-\s*$")
_SPLIT_WORD = re.compile(r"(?<=[A-Za-z])-[ \t]+(?=[A-Za-z])(?!(?:and|or|to|AND|OR|TO)\b)")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a stretch of the running text was written; `box` is None in transcripts."""

    page: int
    text: str
    start: int
    end: int
    box: Box | None
    boxes: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A half-open span of the running text. `furniture` is set for lines that do not belong to the text."""

    start: int
    end: int
    furniture: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    page: int  # index into pages
    start: int
    end: int
    text: str
    box: Box | None
    apart: bool  # a blank line or a wide gap above
    short: bool  # ends well before the right margin


@dataclass(frozen=True, slots=True)
class _Piece:
    at: int  # offset in the running text
    page: int
    start: int
    end: int


class Prose:
    """The running text of `pages`; pages that could not be read are left out."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = tuple(p for p in pages if p.text and p.grade not in ("unreadable", "blank"))
        self.paragraphs: list[Paragraph] = []
        self._pieces: list[_Piece] = []
        self._parts: list[str] = []
        self._length = 0
        self._write()
        self.text = "".join(self._parts)
        self._starts = [p.at for p in self._pieces]

    def _write(self) -> None:
        body: list[_Line] = []
        aside: list[_Line] = []
        for n, page in enumerate(self.pages):
            for line in _lines(n, page):
                if is_furniture(line.text):
                    aside.append(line)
                    continue
                if body and not _joins(body[-1], line):
                    self._paragraph(body)
                    body = []
                    for other in aside:
                        self._paragraph([other], furniture=True)
                    aside = []
                body.append(line)
        if body:
            self._paragraph(body)
        for other in aside:
            self._paragraph([other], furniture=True)

    def _paragraph(self, lines: list[_Line], furniture: bool = False) -> None:
        start = self._length
        for i, line in enumerate(lines):
            text = self.pages[line.page].text[line.start : line.end]
            glued = i + 1 < len(lines) and _HYPHEN.search(text) and lines[i + 1].text[:1].isalpha()
            if glued and not (text.rstrip()[-2].islower() and lines[i + 1].text[:1].isupper()):
                text = text.rstrip()[:-1]
            else:
                glued = None
            for m in _stretches(text):
                self._put(text[m[0] : m[1]], line.page, line.start + m[0])
            if not glued:
                self._put(" " if i + 1 < len(lines) else "\n", None, 0)
        self.paragraphs.append(Paragraph(start, self._length - 1, furniture))

    def _put(self, text: str, page: int | None, start: int) -> None:
        if page is not None and text:
            self._pieces.append(_Piece(self._length, page, start, start + len(text)))
        self._parts.append(text)
        self._length += len(text)

    def sentences(self, paragraph: Paragraph) -> Iterator[tuple[int, int]]:
        """The sentences of a paragraph as half-open spans of the running text, white space trimmed."""
        text = self.text[paragraph.start : paragraph.end]
        last = 0
        for m in _BREAKS.finditer(text):
            word = text[last : m.start()].rsplit(None, 1)[-1:] or [""]
            bare = word[0].lstrip("(\"'“‘[")
            if text[m.start()] == "." and (
                bare in abbreviations() or re.fullmatch(r"(?:[A-Z]\.)*[A-Z]|\d{1,2}|[a-z]", bare)
            ):
                continue
            yield from _trimmed(text, last, m.end(), paragraph.start)
            last = m.end()
        yield from _trimmed(text, last, len(text), paragraph.start)

    def source(self, start: int, end: int) -> Source | None:
        """Where the span stood: first page, verbatim text, span on that page and the box of every line.

        Text that a stamp or a page break interrupts is joined by line ends. None when the span holds nothing written.
        """
        spans: list[list[int]] = []  # page, start, end
        i = max(0, bisect.bisect_right(self._starts, start) - 1)
        while i < len(self._pieces) and self._pieces[i].at < end:
            p = self._pieces[i]
            a, b = max(p.start, p.start + start - p.at), min(p.end, p.start + end - p.at)
            if a < b:
                before = spans[-1] if spans and spans[-1][0] == p.page else None
                if before and self.pages[p.page].text[before[2] : a].strip(" \t\n-") == "":
                    before[2] = b
                else:
                    if before_hyphen := spans and self.pages[spans[-1][0]].text[spans[-1][2] : spans[-1][2] + 1] == "-":
                        spans[-1][2] += int(before_hyphen)
                    spans.append([p.page, a, b])
            i += 1
        if not spans:
            return None
        page = self.pages[spans[0][0]]
        here = [s for s in spans if s[0] == spans[0][0]]
        places = tuple(b for n, s, e in spans if self.pages[n].width is not None for b in self.pages[n].boxes(s, e))
        own = [b.box for b in places if b.page == page.number]
        text = "\n".join(self.pages[n].text[s:e] for n, s, e in spans)
        return Source(page.number, text, here[0][1], here[-1][2], Box.around(own).rounded() if own else None, places)

    def place(self, number: int, start: int, end: int) -> tuple[int, int] | None:
        """Where a span of the text of page `number` went in the running text; None when it is not in it."""
        inside = [
            (p.at + max(start - p.start, 0), p.at + min(end, p.end) - p.start)
            for p in self._pieces
            if self.pages[p.page].number == number and p.start < end and start < p.end
        ]
        return (min(a for a, _ in inside), max(b for _, b in inside)) if inside else None

    def confidence(self, start: int, end: int) -> float:
        """The mean probability, 0..1, that the words of the span were read right."""
        values: list[float] = []
        i = max(0, bisect.bisect_right(self._starts, start) - 1)
        for p in islice(self._pieces, i, None):
            if p.at >= end:
                break
            page = self.pages[p.page]
            if page.width is None:
                return 1.0
            words = page.words_between(max(p.start, p.start + start - p.at), min(p.end, p.start + end - p.at))
            values += [w.confidence for w in words]
        return sum(values) / len(values) if values else 1.0


def _stretches(text: str) -> Iterable[tuple[int, int]]:
    """The parts of a line left when words split by a hyphen and a blank are joined and runs of blanks become one."""
    last = 0
    for m in re.finditer(r"(?<=\s)\s+", text):
        yield last, m.start()
        last = m.end()
    yield last, len(text)


def _trimmed(text: str, start: int, end: int, offset: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if piece.strip():
        lead = len(piece) - len(piece.lstrip())
        yield offset + start + lead, offset + start + len(piece.rstrip())


@cache
def _furniture() -> tuple[re.Pattern[str], frozenset[str]]:
    data = knowledge.toml("recommendations/furniture.toml")
    return re.compile("|".join(f"(?:{p})" for p in data["lines"])), frozenset(data["abbreviations"])


def is_furniture(line: str) -> bool:
    """True for a line that is a level, a page number, a release line or part of a stamp."""
    return _furniture()[0].fullmatch(line.strip()) is not None


def abbreviations() -> frozenset[str]:
    """Words whose full stop does not end a sentence, without it."""
    return _furniture()[1]


def _lines(n: int, page: Page) -> Iterator[_Line]:
    """The lines of a page with what their place says about paragraphs."""
    boxes = {line.start: line.box for line in page.lines} if page.width is not None else {}
    found = [m for m in re.finditer(r"[^\n\f]+", page.text) if m.group().strip()]
    lengths = sorted(len(m.group().rstrip()) for m in found)
    full = lengths[int(len(lengths) * 0.8)] if lengths else 0
    edges = [b for b in boxes.values() if b]
    right = sorted(b.right for b in edges)[int(len(edges) * 0.8)] if edges else 0.0
    pitches = [b.top - a.top for a, b in pairwise(edges) if 0 < b.top - a.top < 60]
    pitch = median(pitches) if pitches else 12.0
    last: re.Match[str] | None = None
    for m in found:
        box = boxes.get(m.start())
        above = boxes.get(last.start()) if last else None
        if box and above:
            apart = box.top - above.top > 1.45 * pitch
        else:
            apart = last is None or page.text.count("\n", last.end(), m.start()) > 1
        short = box.right < right - 0.2 * right if box else len(m.group().rstrip()) < 0.6 * full
        yield _Line(n, m.start(), m.end(), m.group().strip(), box, apart, short)
        last = m


def _joins(a: _Line, b: _Line) -> bool:
    """Whether line `b` goes on with what line `a` began."""
    if ITEM.match(b.text):
        return False
    lower = b.text[:1].islower()
    hyphen = _HYPHEN.search(a.text) is not None
    if lower and (hyphen or not _ENDS.search(a.text)):
        return True
    if _ENDS.search(a.text):
        last = (a.text.rstrip(" .").split() or [""])[-1]
        return a.text.endswith(".") and last in abbreviations() and not b.apart and not a.short
    if a.page != b.page:
        return not a.short or hyphen
    if a.text.isupper() and b.text.isupper() and len(a.text) >= 30:
        return not b.apart
    return not b.apart and not a.short and a.text.isupper() == b.text.isupper()
