"""Two documents held against each other: whether they are releases of one, and what each shows that the other withholds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.compare.leaves import Leaf, body
from pipeline.compare.pairing import Same, same_pages
from pipeline.compare.passages import Passage, passages
from pipeline.compare.prints import fold

METHOD = "letters:prints@1"
KIN, KIN_SHORT = 250, 120
"""Letters that two documents must have in common: less is an address, a heading, a formula. Fewer do where they are half
of the shorter document."""
HALF = 0.5
"""Of the pages with text, on either side: more in common, and the documents are one; less, and they share pages."""


@dataclass(frozen=True)
class Comparison:
    """What two documents have in common. `similarity`: the part of the shorter that stands on the longer, 0 to 1.

    `opened` are passages that only the first shows, `closed` those that only the second does; `lone` and `other_lone` the
    pages with text that have no counterpart.
    """

    pages: tuple[Same, ...]
    similarity: float
    opened: tuple[Passage, ...]
    closed: tuple[Passage, ...]
    lone: tuple[int, ...]
    other_lone: tuple[int, ...]

    @property
    def letters(self) -> int:
        return sum(s.letters for s in self.pages)

    @property
    def kin(self) -> bool:
        """Whether they share a page: whether they are variants at all."""
        return self.letters >= (KIN_SHORT if self.similarity >= HALF else KIN)

    @property
    def one_document(self) -> bool:
        """Whether they are copies or releases of one document, not only files with pages in common."""
        mine, theirs = len({s.first.page.number for s in self.pages}), len({s.second.page.number for s in self.pages})
        return self.kin and mine > HALF * (mine + len(self.lone)) and theirs > HALF * (theirs + len(self.other_lone))


def compare(first: Sequence[Leaf], second: Sequence[Leaf]) -> Comparison:
    """The pages in common, and every passage that one of them withholds."""
    pages = same_pages(first, second)
    opened, closed = _passages(pages), _passages(pages, other_way=True)
    one_paper = [n for n, s in enumerate(pages) if not s.pairs or _bare((*opened[n], *closed[n])) <= s.letters]
    pages = [pages[n] for n in one_paper]
    known_a, known_b = _known(pages), _known(pages, other_way=True)
    shorter = min(sum(leaf.letters for leaf in body(side)) for side in (first, second))
    return Comparison(
        pages=tuple(pages),
        similarity=round(min(1.0, sum(s.letters for s in pages) / shorter), 4) if shorter else 0.0,
        opened=_sorted(opened[n] for n in one_paper),
        closed=_sorted(closed[n] for n in one_paper),
        lone=tuple(leaf.page.number for leaf in body(first) if leaf.page.number not in known_a),
        other_lone=tuple(leaf.page.number for leaf in body(second) if leaf.page.number not in known_b),
    )


def characters(found: Sequence[Passage]) -> int:
    """How many characters the passages have."""
    return sum(len(p.text) for p in found)


def _passages(pages: Sequence[Same], other_way: bool = False) -> list[list[Passage]]:
    """The passages of each of the pages in common that one side alone shows."""
    known = _known(pages, other_way)
    return [passages(s, known[(s.second if other_way else s.first).page.number], other_way) for s in pages]


def _bare(found: Sequence[Passage]) -> int:
    """Letters that no redaction answers. More of them than of letters in common, and it is no release but another form."""
    return sum(len(fold(p.text)) for p in found if not p.redactions)


def _sorted(found: Iterable[Sequence[Passage]]) -> tuple[Passage, ...]:
    return tuple(sorted((p for some in found for p in some), key=lambda p: (p.page, p.start)))


def _known(pages: Sequence[Same], other_way: bool = False) -> dict[int, set[int]]:
    """For each page in common the places of its words that stand on any page of the other document."""
    known: dict[int, set[int]] = {}
    for same in pages:
        leaf = same.second if other_way else same.first
        known.setdefault(leaf.page.number, set()).update(pair[other_way] for pair in same.pairs)
    return known
