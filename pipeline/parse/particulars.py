"""What an archivist types by hand: kind, date, sender, addressee, subject, agency, level and numbers of a document."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence

from pipeline.core.document import Described, Particulars, Scan, Segment, Votes
from pipeline.core.findings import Identifier, Marking, Particular
from pipeline.core.page import Page
from pipeline.parse.datelines import date_of
from pipeline.parse.heads import read_head
from pipeline.parse.identifiers import find_identifiers, record_number
from pipeline.parse.letterheads import Guess, Leaf, agency_of, agency_of_prefix, doc_type_of, kind_of_title
from pipeline.parse.overlaid import date_words, head_words
from pipeline.parse.rows import Passage, rows_of
from pipeline.parse.said import Said
from pipeline.parse.segments import is_continuation
from pipeline.parse.sheets import Sheet, is_sheet, read_sheet, sheet_doc_type
from pipeline.parse.traces import marked_words, stamped_words

LEVELS = (
    "TOP SECRET",
    "SECRET",
    "CONFIDENTIAL",
    "RESTRICTED",
    "LIMITED OFFICIAL USE",
    "OFFICIAL USE ONLY",
    "UNCLASSIFIED",
)
"""From the highest down."""


NAMES_KIND = re.compile(
    r"(?i)(?:CIA |FBI |STATE )?"
    r"(?:info\w*\.? (?:report|telegram|cable)\s*$|TDCS|cable\W*$|memo\w*\W*$|(?:emb|dep)tel \d|dispatch\W*$)"
)
"""A title on an identification sheet that names the kind or number of the document and no subject."""


def describe(scan: Scan, reading: tuple[Page, ...], votes: Votes, segments: tuple[Segment, ...]) -> Described:
    """The particulars of a document and of each of its segments.

    The document is the first segment that is one; what it says of itself beats its identification sheet, whose numbers
    are the document's and whose other particulars stand in where the document is silent.
    """
    sheet = next((_sheet(p, votes) for p in reading if is_sheet(p)), None)
    main = next((s for s in segments if s.kind == "document"), next(iter(segments), None))
    if main is None:
        return Described()
    slip = next((p for s in segments if s.kind == "routing slip" for p in _pages(s, reading)), None)
    found = _describe(_pages(main, reading), reading, votes, sheet, slip if slip and slip.number < main.first_page else None)
    parts = (
        _segment(s, reading, votes, sheet) if s != main else dataclasses.replace(s, particulars=found) for s in segments
    )
    return Described(found, tuple(parts))


def _sheet(page: Page, votes: Votes) -> Sheet:
    stamped = stamped_words(page, votes)
    return read_sheet(page, lambda w: w.start not in stamped)


def _pages(segment: Segment, reading: Sequence[Page]) -> tuple[Page, ...]:
    return tuple(p for p in reading if segment.first_page <= p.number <= segment.last_page)


def _segment(segment: Segment, reading: Sequence[Page], votes: Votes, sheet: Sheet | None) -> Segment:
    """A segment with its own particulars; a cover sheet tells what it says, a blank nothing."""
    pages = _pages(segment, reading)
    if segment.kind == "blank" or not pages:
        return segment
    if segment.kind == "cover sheet":
        own = sheet if sheet and sheet.page in range(segment.first_page, segment.last_page + 1) else None
        return dataclasses.replace(segment, particulars=_particulars(_of_sheet(own, pages), votes, ()))
    return dataclasses.replace(segment, particulars=_describe(pages, pages, votes, None))


def _describe(
    pages: Sequence[Page], all_pages: Sequence[Page], votes: Votes, sheet: Sheet | None, slip: Page | None = None
) -> Particulars:
    """Particulars from a document's own pages, then from its sheet, or the date of its routing slip, where they are
    silent. Of a document whose first pages are missing only its sheet knows the head."""
    stamped = {p.number: stamped_words(p, votes) - (head_words(p) if n < 2 else frozenset()) for n, p in enumerate(pages)}
    foreign = {p.number: stamped[p.number] | marked_words(p, votes) for p in pages}
    typed = [p for p in pages if not p.blank] or list(pages)
    leaf = Leaf(typed, lambda page, word: word.start not in stamped[page.number])
    kind = doc_type_of(leaf) or kind_of_title(sheet)
    headless = sheet is not None and bool(typed) and is_continuation(typed[0])
    rows = rows_of(typed[0], lambda w: w.start not in stamped[typed[0].number]) if typed else ()
    bare = rows_of(typed[0], lambda w: w.start not in foreign[typed[0].number]) if typed else ()
    every = [bare, *(rows_of(p, lambda w, p=p: w.start not in foreign[p.number]) for p in typed[1:])]  # type: ignore[misc]
    said = [] if headless else read_head(rows, bare, typed, kind.value if kind else None, every, leaf)
    subject = next((s for s in said if s.name == "subject"), None)
    number = sheet.text("record_number") if sheet else record_number(all_pages)
    told = {s.name: s for s in said}
    sender, recipient = told.get("sender"), told.get("recipient")
    reviewers = [s.agency for s in votes.stamps if s.agency and s.kind in ("review", "release") and s.agency != "NARA"]
    agency = agency_of(
        leaf, sheet, number, sender.value if sender else "", recipient.passage if recipient else None, reviewers
    )
    kind = kind or _plain_kind(typed, subject, {s.name for s in said} | set(sheet.fields if sheet else ()))
    natures = [g.value for g in (kind, agency) if g] + ([sender.value] if sender else [])
    numbers = find_identifiers(pages, all_pages, subject.passage if subject else None, natures, sheet)
    if not agency and (
        holder := agency_of_prefix(next((n.value for n in numbers if n.name == "identifier:rif"), None))
    ):
        agency = Guess(holder, 0.6, pages[0].number, holder)
    routed = date_of([slip], lambda page, word: False, "form", None) if slip else None
    known = sheet.date if sheet else routed.edtf if routed else None
    date = None if headless else date_of(
        typed, lambda page, word: word.start in stamped[page.number], kind.value if kind else None, known
    )  # fmt: skip
    if not date and not headless and typed:
        own = date_words(typed[0], votes)
        date = date_of(
            typed[:1], lambda page, word: word.start in stamped[page.number] - own, kind.value if kind else None, known
        )
    date = date or (routed._replace(rule="routing-slip") if routed and not sheet else None)
    found = [_from_said(s) for s in said]
    if date:
        found.append(
            _particular("date", date.edtf, date.text, date.passage, date.rule, min(0.97, 0.45 + 0.11 * date.weight))
        )
    for name, guess in (("doc_type", kind), ("agency", agency)):
        if guess:
            found.append(_from_guess(name, guess))
    told_by_itself = {p.name for p in found}
    found += [p for p in _of_sheet(sheet, pages) if p.name not in told_by_itself and not p.name.startswith("identifier")]
    return _particulars([*found, *numbers], votes, pages)


def _plain_kind(pages: Sequence[Page], title: Said | None, told: set[str]) -> Guess | None:
    """A paper without any cue: from one to another, or with a labelled subject, it is a memorandum, with a heading a
    report, without either a note; None when hardly anything could be read."""
    legible = [w for p in pages for w in p.words if w.confidence > 0.6 and len(w.text) > 2]
    if len(legible) < 40:
        return None
    headed = title is not None and (title.rule != "heading" or len(pages) > 2)
    labelled = title is not None and title.rule.startswith("head-") and title.passage.text.count("\n") < 3
    plain = "memorandum" if {"sender", "recipient"} <= told or labelled else "report" if headed else "note"
    return Guess(plain, 0.45, pages[0].number, title.passage.text if title else "")


def _particular(name: str, value: str, text: str, passage: Passage, rule: str, confidence: float) -> Particular:
    return Particular(
        page=passage.page, text=text, name=name, value=value, box=passage.box, boxes=passage.boxes,
        start=passage.start, end=passage.end, confidence=round(confidence, 3), method=f"rule:{rule}@1",
    )  # fmt: skip


def _from_said(said: Said) -> Particular:
    return _particular(said.name, said.value, said.passage.text, said.passage, said.rule, said.confidence)


def _from_guess(name: str, guess: Guess) -> Particular:
    passage = Passage.of(guess.row.page, [guess.row.cells]) if guess.row else None
    return Particular(
        page=guess.page, text=guess.text, name=name, value=guess.value, box=passage.box if passage else None,
        boxes=passage.boxes if passage else (), confidence=guess.confidence, method=f"rule:{name}-cues@1",
    )  # fmt: skip


def _of_sheet(sheet: Sheet | None, pages: Sequence[Page]) -> list[Particular]:
    """What an identification sheet says of the document behind it."""
    if not sheet:
        return []
    told = {name: sheet.text(name) for name in ("sender", "recipient", "classification")} | {
        "subject": sheet.text("title")
    }
    out = []
    for name, value in told.items():
        if value and not (name == "subject" and NAMES_KIND.match(value)):
            passage = sheet.fields["title" if name == "subject" else name]
            out.append(_particular(name, value, passage.text, passage, f"sheet-{name}", 0.7))
    if sheet.date:
        out.append(_particular("date", sheet.date, sheet.text("date"), sheet.fields["date"], "sheet-date", 0.8))
    if kind := sheet_doc_type(sheet):
        passage = sheet.fields.get("doc_type") or sheet.fields["comments"]
        out.append(_particular("doc_type", kind, passage.text, passage, "sheet-type", 0.7))
    if number := sheet.fields.get("record_number"):
        out.append(
            _particular("identifier:rif", sheet.text("record_number"), number.text, number, "sheet-record-number", 0.95)
        )
    return out


def _level(markings: Iterable[Marking]) -> Marking | None:
    """The highest level among classification marks, the surest of that level."""
    known = [m for m in markings if m.kind == "classification" and m.canonical in LEVELS]
    return min(known, key=lambda m: (LEVELS.index(m.canonical), -m.confidence), default=None)


def _particulars(found: Sequence[Particular], votes: Votes, pages: Sequence[Page]) -> Particulars:
    """The findings gathered into one record; its level is the highest that its own pages bear."""
    first: dict[str, Particular] = {}
    for p in found:
        first.setdefault(p.name, p)
    numbers = {p.number for p in pages}
    marks = [m for m in votes.markings if m.page in numbers]
    level = _level(marks)
    told = first.get("classification")
    stated = told.value.upper() if told and told.value.upper() in LEVELS[:-1] else None
    value = {name: p.value for name, p in first.items()}
    identifiers = [Identifier(p.name.partition(":")[2], p.value) for p in found if p.name.startswith("identifier:")]
    weighed = [
        first[n].confidence for n in ("date", "doc_type", "agency", "sender", "recipient", "subject") if n in first
    ]
    return Particulars(
        doc_type=value.get("doc_type"),
        date=value.get("date"),
        date_text=first["date"].text if "date" in first else None,
        sender=value.get("sender"),
        recipient=value.get("recipient"),
        subject=value.get("subject"),
        agency=value.get("agency"),
        classification=level.canonical if level else stated,
        classification_struck=any(m.struck for m in marks if m.kind == "classification") if level else None,
        controls=tuple(dict.fromkeys(m.canonical for m in marks if m.kind == "control")),
        identifiers=tuple(dict.fromkeys(identifiers)),
        confidence=round(sum(weighed) / len(weighed), 3) if weighed else 0.0,
        evidence=tuple(found),
    )
