"""Where a page answers a query: hit spans, their boxes, and a passage around them. No markup: spans, for any drawer."""

from __future__ import annotations

import bisect
import itertools
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.core import codec
from pipeline.core.geometry import Place
from pipeline.core.page import Page
from pipeline.store.tree import Near, Term

WIDTH = 240
"""Characters of a passage, about three typed lines."""
MOST = 200
"""Hits that are marked on one page; a page with more of them is told by its first."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page as the archive keeps it: its text, its alternate readings, and the whole of it packed."""

    text: str
    alternates: str
    packed: bytes

    def around(self, spans: Sequence[tuple[int, int]]) -> Page:
        """The page with those words alone that the spans touch: to build hundreds takes longer than to find them."""
        kept = codec.opened(Page, self.packed)
        words = kept["words"]  # text and start come first
        starts = [word[1] for word in words]
        touched: set[int] = set()
        for start, end in spans:
            first = max(0, bisect.bisect_right(starts, start) - 1)
            touched.update(i for i in range(first, bisect.bisect_left(starts, end)) if starts[i] + len(words[i][0]) > start)
        few = {"words": [words[i] for i in sorted(touched)], "alternates": [], "regions": []}
        page: Page = codec.closed(Page, {**kept, **few})
        return page

    def whole(self) -> Page:
        page: Page = codec.unpack(Page, self.packed)
        return page


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


def find(leaf: Leaf, terms: Sequence[Term | Near]) -> tuple[Found, ...]:
    """The hits of `terms` on a page, in order. Terms that the text lacks are sought in the alternate readings, whose
    line is then the hit."""
    plain = [t for term in terms for t in (term.terms if isinstance(term, Near) else (term,))]
    own, others = _Text(leaf.text), _Text(leaf.alternates)
    spans: set[tuple[int, int]] = set()
    lacking = []
    for term in plain:
        here = own.spans(term)
        spans.update(here[:MOST])
        if not (here or term.exact) and others.spans(term):
            lacking.append(term)
    if not lacking:
        return lit(leaf, spans)
    page = leaf.whole()
    found = {(start, end): Found(start, end, page.boxes(start, end)) for start, end in spans}
    lines = {line.number: line for line in page.lines}
    for other in page.alternates:
        line = lines.get(other.line)
        if line and any(_Text(other.text).spans(term) for term in lacking):
            places = (Place(page.number, other.box),) if other.box else page.boxes(line.start, line.end)
            found[line.start, line.end] = Found(line.start, line.end, places, other.text)
    return tuple(f for _, f in sorted(found.items()))[:MOST]


def lit(leaf: Leaf, spans: Collection[tuple[int, int]]) -> tuple[Found, ...]:
    """Spans of a page's text, in order, with their boxes."""
    rising = sorted(spans)[:MOST]
    page = leaf.around(rising) if rising else None
    return tuple(Found(start, end, page.boxes(start, end)) for start, end in rising) if page else ()


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
    flat = re.sub(r"\s", " ", text[start:end])
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
_ACCENTED = re.compile(r"[^\W\x00-\x7f]|[\u0300-\u036f]")


class _Text:
    """A text as the full-text index sees it: runs of letters and figures, small and without accents, with places."""

    def __init__(self, text: str) -> None:
        self.plain = text.lower()
        self.runs: list[tuple[int, int]] | None = None  # where the words of `plain` stand in the text, when elsewhere
        if not text.isascii() and _ACCENTED.search(text):
            self.runs = [m.span() for m in _RUN.finditer(text)]
            words = [_plain(text[start:end]) for start, end in self.runs]
            self.starts = list(itertools.accumulate((len(w) + 1 for w in words), initial=0))
            self.plain = " ".join(words)

    def spans(self, term: Term) -> list[tuple[int, int]]:
        """Where the term stands, in order."""
        out = []
        sought = _sought(term.text, term.prefix)
        m = sought.search(self.plain) if sought else None
        while sought and m:
            start, end = m.span()
            if not (start and self.plain[start - 1].isalnum()):
                out.append((start, end) if self.runs is None else self._placed(self.runs, start, end))
            m = sought.search(self.plain, start + 1)
        return out

    def _placed(self, runs: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
        first, last = (bisect.bisect_right(self.starts, at) - 1 for at in (start, end - 1))
        return runs[first][0], runs[last][1]


@lru_cache(1024)
def _sought(text: str, prefix: bool) -> re.Pattern[str] | None:
    """What finds the words of a term in a plain text, where a word begins."""
    words = [re.escape(_plain(m[0])) for m in _RUN.finditer(text)]
    end = r"[^\W_]*" if prefix else r"(?![^\W_])"
    return re.compile(r"[\W_]+".join(words) + end) if words else None


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    taken = unicodedata.normalize("NFD", word)
    return "".join(c for c in taken if not unicodedata.combining(c)).lower()
