"""A composed document: its leaves, what is true of it, and the file it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from corpus.film import Film, Scan, expose
from corpus.model import Card, Particulars, Recommendation, Segment
from corpus.sheet import Sheet


@dataclass
class Leaf:
    """One page: a sheet and the film it was put on (None: born digital).

    `rotation` is the clockwise turn that a reader must give the page to set it upright. `hidden` is the share of
    wrong characters in a hidden text layer of the kind that older programs left (None: no such layer).
    """

    sheet: Sheet
    film: Film | None
    rotation: int = 0
    blank: bool = False
    noise: bool = False
    back: Sheet | None = None
    hidden: float | None = None

    def scan(self) -> Scan:
        """The upright picture of the page."""
        film = self.film or Film(0, dpi=100, fade=0, grain=0, specks=0)
        return expose(self.sheet.ink, film, self.back.ink if self.back else None)


@dataclass
class Memo:
    """A document of the corpus; its file is `<stem>.<ending>`."""

    stem: str
    ending: str
    about: Particulars
    leaves: list[Leaf]
    card: Card
    purpose: str
    segments: list[Segment] = field(default_factory=list)
    recommendations: list[Recommendation] = field(default_factory=list)
    notes: str = ""

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"{self.stem}.{self.ending}"

    @property
    def parts(self) -> list[Segment]:
        """The segments; a memo without any is one document."""
        return self.segments or [Segment(1, len(self.leaves), "document")]


def turned(scan: Scan, rotation: int) -> Scan:
    """The scan as it lies in the file, when a reader must turn it by `rotation` degrees clockwise."""
    return replace(scan, pixels=np.ascontiguousarray(np.rot90(scan.pixels, rotation // 90)))
