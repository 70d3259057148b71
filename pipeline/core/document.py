"""Documents: a scan on its way in, what is known of it, and what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.core.findings import Identifier, Marking, Mention, Office, Particular, Recommendation, Redaction, Stamp
from pipeline.core.page import Page


@dataclass(frozen=True, slots=True)
class Scan:
    """A file that intake has identified. `document_id` is the SHA-256 of its bytes, in hex.

    `media_type` comes from the content, never from the name. `metadata` is the sidecar's row for it, column by column.
    """

    document_id: str
    path: str
    file_name: str
    media_type: str
    size: int
    pages: int
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be done, and why. `page` is None when it concerns the whole file."""

    document_id: str | None
    file_name: str
    page: int | None
    stage: str
    error: str
    message: str


@dataclass(frozen=True, slots=True)
class Particulars:
    """What an archivist types by hand today: of a document or of one of its segments.

    `evidence` holds the finding behind each value; `classification` is the highest original level.
    """

    doc_type: str | None = None
    date: str | None = None  # EDTF
    date_text: str | None = None
    sender: str | None = None
    recipient: str | None = None
    subject: str | None = None
    agency: str | None = None
    classification: str | None = None
    classification_struck: bool | None = None
    controls: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    confidence: float = 0.0
    evidence: tuple[Particular, ...] = ()


@dataclass(frozen=True, slots=True)
class Votes:
    """The markings and stamps of all pages after the pages were held against each other."""

    markings: tuple[Marking, ...] = ()
    stamps: tuple[Stamp, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of pages that is one thing. `kind`: cover sheet, document, attachment, routing slip, blank."""

    number: int
    first_page: int
    last_page: int
    kind: str
    particulars: Particulars = field(default_factory=Particulars)


@dataclass(frozen=True, slots=True)
class Described:
    """The particulars of a document and of each of its segments."""

    particulars: Particulars = field(default_factory=Particulars)
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the ledger, in order of time. `conflict` says what it contradicts, else None."""

    sequence: int
    date: str | None
    action: str  # classified, downgraded, reviewed, denied, released in part, released in full, declassified, ...
    level: str | None
    agency: str | None
    authority: str | None
    finding_ids: tuple[str, ...] = ()
    conflict: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The events of a document, what they come to, and one readable line of history."""

    events: tuple[Event, ...] = ()
    release_decision: str = "none"
    release_date: str | None = None
    history: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """All that is known of one file. A stage that is not in `stages` was not attempted or failed."""

    scan: Scan
    pages: tuple[Page, ...]
    markings: tuple[Marking, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    redactions: tuple[Redaction, ...] = ()
    particulars: Particulars = field(default_factory=Particulars)
    segments: tuple[Segment, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    mentions: tuple[Mention, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    offices: tuple[Office, ...] = ()
    stages: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def status(self) -> str:
        """complete, partial (something failed, or not all pages were asked for) or quarantined (nothing could be read)."""
        if not self.pages:
            return "quarantined"
        return "partial" if self.failures or len(self.pages) < self.scan.pages else "complete"
