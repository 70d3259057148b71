"""The values that a composed document is made of: what stands on its pages, and what is true about it.

Positions on a sheet are inches from its top left; `gold` turns them into fractions of the scanned page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Box:
    """A rectangle on a sheet, in inches from the top left."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        """The centre of the box."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def corners(self) -> list[tuple[float, float]]:
        """The four corners, clockwise from the top left."""
        return [(self.left, self.top), (self.right, self.top), (self.right, self.bottom), (self.left, self.bottom)]

    def grown(self, x: float, y: float | None = None) -> Box:
        """The box with `x` more at either side and `y` (else `x`) more above and below."""
        y = x if y is None else y
        return Box(self.left - x, self.top - y, self.right + x, self.bottom + y)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all `boxes` (at least one)."""
    held = list(boxes)
    return Box(
        min(b.left for b in held), min(b.top for b in held), max(b.right for b in held), max(b.bottom for b in held)
    )


@dataclass(frozen=True)
class Written:
    """One line of a page's transcript: `kind` is typed, stamp or hand; `y` orders the lines down the page."""

    kind: str
    text: str
    y: float
    x: float


@dataclass(frozen=True)
class Marking:
    """A classification, control, downgrading, portion, exemption or handling mark."""

    kind: str
    text: str
    canonical: str
    box: Box
    struck: bool = False


@dataclass(frozen=True)
class Stamp:
    """A block put on the paper after it was typed. `text` holds handwriting as [[hand: ...]]."""

    kind: str
    agency: str | None
    text: str
    decision: str | None
    fields: dict[str, object]
    box: Box


@dataclass(frozen=True)
class Redaction:
    """A withheld spot: `style` is black, white, outline or bracket; `code` the exemption printed for it."""

    style: str
    code: str | None
    box: Box


@dataclass(frozen=True)
class Recommendation:
    """A sentence that asks for, offers or forbids an action; `approved` is the reader's mark on it, if any."""

    text: str
    kind: str = "recommendation"
    polarity: str = "for"
    approved: bool | None = None


@dataclass(frozen=True)
class Particulars:
    """What is true of the historic document, in the names of the gold format."""

    type: str
    date: str | None
    date_text: str | None
    sender: str | None
    to: str | None
    subject: str | None
    agency: str | None
    classification: str | None
    struck: bool | None = False
    controls: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Segment:
    """A run of pages of one kind: cover sheet, document, attachment, routing slip, blank."""

    first_page: int
    last_page: int
    kind: str


@dataclass(frozen=True)
class Card:
    """What the archivist's sidecar says about one file (the columns of metadata.csv after `filename`)."""

    collection: str
    record_group: str
    series: str
    box: str
    folder: str
    item: str
    title: str
    date: str
    rights: str = "CC0; composed for this project"
    donor_note: str = ""


@dataclass
class Findings:
    """Everything that a page carries, gathered while it is drawn."""

    written: list[Written] = field(default_factory=list)
    markings: list[Marking] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)
    redactions: list[Redaction] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
