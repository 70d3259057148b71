"""A page as it is compared: what is typed on it, folded, and what is withheld on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.compare.prints import fold, prints
from pipeline.core.geometry import Box, Place
from pipeline.core.page import Page, Word

BODY = 60
"""Letters that a page must have to count as one with text of its own."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A redaction as it was found: its box (None in transcripts), or its span in the text of the page."""

    finding_id: str
    page: int
    box: Box | None
    start: int | None
    end: int | None
    style: str
    code: str | None = None

    def hides(self, word: Word) -> bool:
        """Whether the word stands within it: a code or what is read of its rims."""
        if word.box and self.box:
            return self.box.covers(word.box) >= 0.5
        return self.start is not None and self.end is not None and word.start < self.end and word.end > self.start


@dataclass(frozen=True)
class Leaf:
    """A page with its redactions, and the places of what was put on it later (stamps, exemption codes, handwriting).

    `cover`: it is a sheet that was put before or behind the document, which says nothing of what the document says.
    """

    page: Page
    withheld: tuple[Withheld, ...] = ()
    added: tuple[Place, ...] = ()
    added_spans: tuple[tuple[int, int], ...] = ()
    cover: bool = False

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of the document itself that hold letters, in reading order."""
        return tuple(w for w in self.page.words if fold(w.text) and not self._added(w))

    @cached_property
    def folded(self) -> tuple[str, ...]:
        return tuple(fold(w.text) for w in self.words)

    @cached_property
    def rims(self) -> frozenset[int]:
        """The places of words that stand within a redaction: codes, what is read of its rims, and what a box that was drawn
        too large does not hide after all."""
        return frozenset(n for n, w in enumerate(self.words) if any(r.hides(w) for r in self.withheld))

    @cached_property
    def letters(self) -> int:
        return sum(len(word) for n, word in enumerate(self.folded) if n not in self.rims)

    @cached_property
    def prints(self) -> frozenset[int]:
        return prints(self.folded)

    @property
    def withheld_share(self) -> float:
        """The part of the page that is withheld, 0 to 1; 0 for a transcript."""
        if not self.page.width or not self.page.height:
            return 0.0
        return min(1.0, sum(w.box.area for w in self.withheld if w.box) / (self.page.width * self.page.height))

    def _added(self, word: Word) -> bool:
        if any(word.start < end and word.end > start for start, end in self.added_spans):
            return True
        return bool(word.box) and any(place.box.covers(word.box) >= 0.5 for place in self.added if word.box)


def lines(page: int, words: Iterable[Word]) -> tuple[Place, ...]:
    """Where words stand, one box a printed line; nothing for a transcript."""
    by_line: dict[int, list[Box]] = {}
    for word in words:
        if word.box:
            by_line.setdefault(word.line, []).append(word.box)
    return tuple(Place(page, Box.around(boxes).rounded()) for _, boxes in sorted(by_line.items()))


def body(leaves: Sequence[Leaf]) -> list[Leaf]:
    """The leaves that are the document: no covers, nothing blank."""
    return [leaf for leaf in leaves if not leaf.cover and leaf.letters >= BODY]
