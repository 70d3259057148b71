"""Where a page answers a query: hit spans, their boxes, and a passage around them. No markup: spans, for any drawer."""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.geometry import Place
from pipeline.core.page import Page
from pipeline.store.tree import Near, Term

WIDTH = 240
"""Characters of a passage, about three typed lines."""
MOST = 200
"""Hits that are marked on one page; a page with more of them is told by its first."""


@dataclass(frozen=True, slots=True)
class Found:
    """A hit on a page: the half-open span in its text, its boxes (none in transcripts), and the `reading` that has
    the word when the text itself has not."""

    start: int
    end: int
    places: tuple[Place, ...] = ()
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of a page's text on one line: `text` begins at `start` in the page and has `spans` (in itself) to be
    lit; `cut_before` and `cut_after` say that the page goes on."""

    text: str
    start: int
    spans: tuple[tuple[int, int], ...] = ()
    cut_before: bool = False
    cut_after: bool = False

    def marked(self, opening: str = "[", closing: str = "]") -> str:
        """The passage with marks around its hits and … where it is cut."""
        parts, at = ["…" * self.cut_before], 0
        for start, end in self.spans:
            parts += [self.text[at:start], opening, self.text[start:end], closing]
            at = end
        return "".join([*parts, self.text[at:], "…" * self.cut_after])


def find(page: Page, terms: Sequence[Term | Near]) -> tuple[Found, ...]:
    """The hits of `terms` on a page, in order. Terms that the text lacks are sought in the alternate readings, whose
    line is then the hit."""
    plain = [t for term in terms for t in (term.terms if isinstance(term, Near) else (term,))]
    own = _Words(page.text)
    found: dict[tuple[int, int], Found] = {}
    for term in plain:
        spans = own.spans(term)
        for start, end in spans[:MOST]:
            found[start, end] = Found(start, end, page.boxes(start, end))
        if spans or term.exact:
            continue
        lines = {line.number: line for line in page.lines}
        for other in page.alternates:
            line = lines.get(other.line)
            if line and _Words(other.text).spans(term):
                places = (Place(page.number, other.box),) if other.box else page.boxes(line.start, line.end)
                found[line.start, line.end] = Found(line.start, line.end, places, other.text)
    return tuple(f for _, f in sorted(found.items()))[:MOST]


def passage(text: str, found: Sequence[Found], width: int = WIDTH) -> Snippet:
    """The `width` characters with most hits in them, the first of equals; the page's beginning when there is none."""
    starts = [f.start for f in found]
    first = max(
        range(len(found)),
        key=lambda i: len({text[f.start : f.end].lower() for f in found[i:] if f.end <= starts[i] + width}),
        default=None,
    )
    start = 0
    if first is not None:
        last = max([f.end for f in found if starts[first] <= f.start and f.end <= starts[first] + width],
                   default=found[first].end)  # fmt: skip
        start = max(0, min(starts[first] - 20, (starts[first] + last - width) // 2, len(text) - width))
    end = min(len(text), start + width)
    if start and not text[start - 1].isspace():  # begin and end with whole words
        start = next((i + 1 for i in range(start, min(start + 30, end)) if text[i].isspace()), start)
    if end < len(text) and not text[end].isspace():
        end = next((i for i in range(end, max(end - 30, start), -1) if text[i].isspace()), end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    spans = [(max(f.start, start) - start, min(f.end, end) - start) for f in found if f.start < end and f.end > start]
    flat = "".join(" " if c.isspace() else c for c in text[start:end])
    cut_after = bool(text[end:].strip())
    return Snippet(flat, start, _apart(spans), bool(text[:start].strip()), cut_after)


def _apart(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans that touch one another become one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)


_RUN = re.compile(r"[^\W_][^\W_\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W_]*)*")  # accents may stand apart


class _Words:
    """A text as the full-text index sees it: runs of letters and figures, small and without accents, with places."""

    def __init__(self, text: str) -> None:
        runs = list(_RUN.finditer(text))
        self.words = [_plain(m[0]) for m in runs]
        self.starts = [m.start() for m in runs]
        self.ends = [m.end() for m in runs]
        self.sorted = sorted((w, i) for i, w in enumerate(self.words))

    def spans(self, term: Term) -> list[tuple[int, int]]:
        """Where the term stands, in order."""
        wanted = _Words(term.text).words
        if not wanted:
            return []
        out = []
        for i in self._first(wanted[0], term.prefix and len(wanted) == 1):
            here = self.words[i : i + len(wanted)]
            same = here[:-1] == wanted[:-1] and len(here) == len(wanted)
            if same and (here[-1] == wanted[-1] or (term.prefix and here[-1].startswith(wanted[-1]))):
                out.append((self.starts[i], self.ends[i + len(wanted) - 1]))
        return sorted(out)

    def _first(self, word: str, prefix: bool) -> list[int]:
        at = bisect.bisect_left(self.sorted, (word, -1))
        out = []
        for there, i in self.sorted[at:]:
            if there != word and not (prefix and there.startswith(word)):
                break
            out.append(i)
        return out


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    taken = unicodedata.normalize("NFD", word)
    return "".join(c for c in taken if not unicodedata.combining(c)).lower()
