"""What is found on pages. Each finding carries its page, its place, the text as written, the value as understood,
the method that found it and a calibrated confidence. The columns of the export contract follow these fields."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pipeline.core.geometry import Box, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The evidence that every finding has.

    `box` is the first page's box in points (None in transcripts), `boxes` every line's place; `start, end` the half-open
    span in the text of `page`, None for what lies across the text of a scan.
    """

    page: int
    text: str
    box: Box | None = None
    boxes: tuple[Place, ...] = ()
    start: int | None = None
    end: int | None = None
    confidence: float = 1.0
    method: str = ""

    def finding_id(self, document_id: str) -> str:
        """Stable id: document, page, kind of finding, place (box to 0.1 pt, else span) and text."""
        box = self.box.rounded() if self.box else None
        place = f"{box.left},{box.top},{box.right},{box.bottom}" if box else f"{self.start}-{self.end}"
        seed = "\x1f".join((document_id, str(self.page), type(self).__name__, self.sort_kind, place, self.text))
        return hashlib.sha256(seed.encode()).hexdigest()[:20]

    @property
    def sort_kind(self) -> str:
        """What tells two findings of one class at one place apart."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking(Finding):
    """A classification, control, downgrading notice, portion mark, exemption code or handling note."""

    template: str
    kind: str  # classification, control, downgrading, portion, exemption, handling
    canonical: str
    date: str | None = None
    exemptions: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    struck: bool = False

    @property
    def sort_kind(self) -> str:
        return f"{self.kind}:{self.canonical}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp(Finding):
    """A block put on the paper after it was typed: an event or an administrative trace."""

    template: str
    kind: str  # release, declassification, review, denial, downgrade, receipt, filing, copy, other
    agency: str | None = None
    decision: str = "none"
    decision_text: str | None = None
    authority: str | None = None
    date: str | None = None
    date_text: str | None = None
    reviewer: str | None = None
    case_number: str | None = None
    exemptions: tuple[str, ...] = ()
    struck: bool = False
    flags: tuple[str, ...] = ()

    @property
    def sort_kind(self) -> str:
        return self.template


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction(Finding):
    """A passage withheld. `area` is its share of the page, `lines` the number of printed lines lost.

    `hidden_words` counts the words that the file still holds beneath it; `revealed` is what they say, kept only when the
    run was told to reveal.
    """

    style: str  # black, white, outline, bracket
    code: str | None = None
    area: float = 0.0
    lines: int = 0
    hidden_words: int = 0
    revealed: str | None = None

    @property
    def sort_kind(self) -> str:
        return self.style


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention(Finding):
    """A name as written (`text`) and tidied (`name`). Who it is, is decided in the archive, never here."""

    label: str  # PERSON, ORG, PLACE, DATE, EVENT, CODENAME
    name: str
    key: str = ""  # gazetteer entry that it points to, when one does

    @property
    def sort_kind(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Office(Finding):
    """An office that stands for the man who held it ("the Secretary"), and who that may have been at the document's date.

    `holder` and `key` (of the gazetteer) are the likeliest man, `score` how likely, `reason` why; `candidates` names all,
    the likeliest first, with their scores. None and "" when nobody is known to have held it then.
    """

    office: str
    holder: str | None = None
    key: str = ""
    score: float | None = None
    reason: str = ""
    candidates: tuple[str, ...] = ()

    @property
    def sort_kind(self) -> str:
        return self.office


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation(Finding):
    """Advice, an option, a request or an instruction, with what became of it."""

    kind: str  # recommendation, option, request, instruction, contingent
    polarity: str  # for, against
    strength: str | None = None  # strong, medium, weak
    actor: str | None = None
    action: str | None = None
    condition: str | None = None
    decision: str = "none"  # approved, disapproved, none
    decision_text: str | None = None

    @property
    def sort_kind(self) -> str:
        return self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Finding):
    """A line on which advice is approved or disapproved by hand. `text` is its printed words, `written` what was read of
    the mark (initials, a date; often nothing), `date_text` the day in it."""

    decision: str  # approved, disapproved, none (no mark, or marks that do not tell)
    written: str = ""
    date_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Particular(Finding):
    """One particular of a document: `name` says which (date, sender, recipient, subject, agency, doc_type, identifier:rif
    ...), `text` as printed, `value` as understood."""

    name: str
    value: str

    @property
    def sort_kind(self) -> str:
        return f"{self.name}:{self.value}"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that names the document. `kind`: rif, cable, dispatch, case, doc, file, crest, nara, airgram, other."""

    kind: str
    value: str
