"""Kind and origin of a document, by what is printed on it: forms, letterheads, the manner of its head."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from pipeline.core.knowledge import toml
from pipeline.core.page import Page, Word
from pipeline.parse.cues import likeness, near, squash
from pipeline.parse.labels import find_labels
from pipeline.parse.rows import Passage, Row, rows_of
from pipeline.parse.sheets import Sheet, sheet_doc_type


class Guess(NamedTuple):
    """A value, how sure (0..1), and the row or words that speak for it."""

    value: str
    confidence: float
    page: int
    text: str
    row: Row | None = None


class Leaf:
    """The first page of a document with its rows, and the text of all its pages; what cues are looked for in.

    `typed` tells which words of a page are no stamp's.
    """

    def __init__(self, pages: Sequence[Page], typed: Callable[[Page, Word], bool] = lambda page, word: True) -> None:
        self.pages = tuple(pages)
        self.rows = rows_of(pages[0], lambda w: typed(pages[0], w)) if pages else ()
        height = pages[0].height if pages and pages[0].height else (self.rows[-1].box.bottom + 1 if self.rows else 1.0)
        self.head = tuple(r for r in self.rows if r.box.top < 0.42 * height)
        self.height = height
        self.text = {
            "head": "\n".join(r.text for r in self.head),
            "upper": "\n".join(r.text for r in self.rows if r.box.top < 0.5 * height),
            "page": "\n".join(r.text for r in self.rows),
            "any": "\n".join(p.text for p in pages),
        }

    def rows_in(self, where: str) -> Sequence[Row]:
        return self.head if where == "head" else self.rows


@cache
def _cues() -> tuple[dict[str, Any], ...]:
    return tuple(toml("particulars/kinds.toml")["cue"])


@cache
def _agencies() -> dict[str, dict[str, list[str]]]:
    return toml("particulars/agencies.toml")


def _best_row(phrase: str, rows: Sequence[Row]) -> tuple[float, Row | None]:
    """The row that has the phrase, and how well. A damaged phrase counts only where it fills most of its row, and one in
    running text not at all: a heading is not a sentence."""
    best: tuple[float, Row | None] = (0.0, None)
    size = len(squash(phrase))
    for row in rows:
        length = len(squash(row.text))
        prose = length > 2.5 * size + 14 and row.text.upper() != row.text
        score = 0.0 if prose else likeness(phrase, row.text)
        if score < 1.0 and length > 2.5 * size + 14:
            score = 0.0
        if score > best[0]:
            best = (score, row)
            if score == 1.0:
                return best
    short = [r for r in rows if 0 < len(squash(r.text)) <= size] if size >= 16 and best[0] < 0.9 else []
    for three in zip(short, short[1:], short[2:], strict=False):
        if likeness(phrase, " ".join(r.text for r in three)) == 1.0:
            return 1.0, max(three, key=lambda r: len(squash(r.text)))
    return best


def _stands_out(phrase: str, row: Row) -> bool:
    """A letterhead has its part of the row to itself, or nearly so: a sentence or subject that names an office has not,
    nor has the form of a review."""
    if re.search(r"(?i)A/?[CU]D[CÉ]/|REVIEWED", row.text):
        return False
    part = max((squash(c.text) for c in row.chunks(4.0)), key=lambda text: likeness(phrase, text))
    return len(part) <= 1.25 * len(squash(phrase)) + 6


def _capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) >= 0.6 * len(letters)


def publication_of(leaf: Leaf) -> tuple[str, Row] | None:
    """The series that a document is an issue of (a bulletin, a checklist): its title as the series has it, and the row."""
    for title in toml("particulars/heads.toml")["publications"]:
        score, row = _best_row(title, leaf.rows)
        if score < 0.92:
            score, row = _stacked(title, leaf.rows)
        whole = row and (score == 1.0 or len(squash(row.text)) < 1.8 * len(squash(title))) and _capitals(row.text)
        alone = row and any(abs(len(squash(c.text)) - len(squash(title))) <= 3 for c in row.chunks(4.0))
        if row and score >= 0.92 and (whole or alone):
            return title, row
    return None


def _stacked(title: str, rows: Sequence[Row]) -> tuple[float, Row | None]:
    """A title set in large type, a word or two to the row, one below the other at one margin."""
    chunks = [c for r in rows for c in r.chunks()]
    for n, first in enumerate(chunks):
        if likeness(first.text, title) < 1.0 or len(squash(first.text)) < 4:
            continue
        column = [c for c in chunks[n : n + 16] if abs(c.box.left - first.box.left) < 15]
        for count in (2, 3, 4):
            joined = " ".join(c.text for c in column[:count])
            if squash(joined) == squash(title):
                return 1.0, first
    return 0.0, None


def issuer_of(leaf: Leaf) -> tuple[str, Row] | None:
    """The letterhead as printed, and its row: the office that a paper without FROM comes from."""
    for rows in (leaf.head, leaf.rows):
        found: dict[float, tuple[str, Row]] = {}
        for phrase in letterheads():
            score, row = _best_row(phrase, rows)
            if row and score >= 0.86 and len(phrase) > 5:
                part = max(row.chunks(), key=lambda c: likeness(phrase, c.text))
                found[row.box.top] = phrase if len(squash(part.text)) > 1.3 * len(squash(phrase)) else part.text, part
        if found:
            top = min(found)
            lines = [found[t] for t in sorted(found) if t - top < 5 * max(8.0, found[top][1].box.height)]
            return ", ".join(text for text, _ in lines), lines[0][1]
    return None


def doc_type_of(leaf: Leaf) -> Guess | None:
    """The kind whose cues weigh most; None when no kind reaches 1."""
    weights: dict[str, float] = defaultdict(float)
    speaks: dict[str, tuple[float, Row | None, str]] = {}
    for cue in _cues():
        row: Row | None = None
        if "phrase" in cue:
            score, row = _best_row(cue["phrase"], leaf.rows_in(cue["where"]))
            if row and cue.get("capitals") and not _capitals(row.text):
                score = 0.0
            share = (
                1.0
                if score >= 0.97
                else 0.8
                if score >= 0.9
                else 0.5
                if score >= 0.85 and len(cue["phrase"]) > 20
                else 0
            )
            text = row.text if row else ""
        else:
            m = re.search(cue["pattern"], leaf.text[cue["where"]])
            share, text = (1.0, m.group().strip()) if m else (0.0, "")
        if share:
            weights[cue["kind"]] += share * cue["weight"]
            if cue["weight"] * share > speaks.get(cue["kind"], (0.0, None, ""))[0]:
                speaks[cue["kind"]] = (cue["weight"] * share, row, text)
    for label in find_labels(leaf.head):
        if label.word.startswith("MEMORANDUM") and label.likeness < 1.0:
            weights["memorandum"] += 2.0
            speaks.setdefault("memorandum", (2.0, leaf.head[label.row], leaf.head[label.row].text))
    ranked = sorted(weights.items(), key=lambda kv: -kv[1])
    if not ranked or ranked[0][1] < 1.0:
        return None
    kind, top = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    _, row, text = speaks[kind]
    sure = min(0.97, 0.5 + 0.25 * (top - second) + 0.05 * top)
    return Guess(kind, round(sure, 3), leaf.pages[0].number, text, row)


def kind_of_title(sheet: Sheet | None) -> Guess | None:
    """The kind that an identification sheet names, or that its title bespeaks; None without a sheet."""
    if not sheet:
        return None
    if named := sheet_doc_type(sheet):
        return Guess(named, 0.7, sheet.page, sheet.text("doc_type") or sheet.text("comments"))
    title = sheet.text("title")
    for cue in _cues():
        hit = likeness(cue["phrase"], title) >= 0.9 if "phrase" in cue else re.search(cue["pattern"], title)
        if title and hit and cue["weight"] >= 1.0:
            return Guess(cue["kind"], 0.55, sheet.page, title)
    return None


def agency_of_sheet(sheet: Sheet | None) -> tuple[str, str] | None:
    """(agency, as printed) from the originator of an identification sheet."""
    text = sheet.text("originator") if sheet else ""
    for agency, known in _agencies().items():
        if any(near(text, name) == 1.0 or (len(name) > 6 and near(text, name)) for name in known["sheet"]):
            return agency, text
    return None


def agency_of_prefix(record_number: str | None) -> str | None:
    """The agency whose records have this number's first three figures."""
    prefix = (record_number or "")[:3]
    return next((a for a, known in _agencies().items() if prefix in known["prefixes"]), None)


def agency_of(
    leaf: Leaf, sheet: Sheet | None, record_number: str | None, sender: str, recipient: Passage | None,
    reviewers: Sequence[str] = (),
) -> Guess | None:  # fmt: skip
    """Who made the document: its letterhead and its sender first, its forms and wording next, then its sheet, then the
    collection that its record number names; when all are silent, the agency that reviewed it as its own."""
    weights: dict[str, float] = defaultdict(float)
    speaks: dict[str, tuple[float, Row | None, str]] = {}

    def add(agency: str, weight: float, row: Row | None, text: str) -> None:
        weights[agency] += weight
        if weight > speaks.get(agency, (0.0, None, ""))[0]:
            speaks[agency] = (weight, row, text)

    lines = [place.box for place in recipient.boxes] if recipient else []
    addressed = [r for r in leaf.head if any(abs(r.box.middle[1] - box.middle[1]) < 0.6 * box.height for box in lines)]
    for agency, known in _agencies().items():
        head, foot = [r for r in leaf.head if r not in addressed], [r for r in leaf.rows if r not in leaf.head]
        for kind, weight, where in (
            ("letterhead", 2.0, head),
            ("letterhead", 1.0, foot),
            ("forms", 0.9, leaf.rows),
        ):
            for phrase in known[kind]:
                score, row = _best_row(phrase, where)
                if (
                    score >= (1.0 if len(phrase) <= 8 else 0.93 if where is foot and kind == "letterhead" else 0.86)
                    and row
                    and (len(phrase) > 8 or len(row.text) < 3 * len(phrase) + 8)
                    and (kind == "forms" or _stands_out(phrase, row))
                ):
                    add(agency, weight * score, row, row.text)
        for pattern in known["patterns"]:
            if m := re.search(pattern, sender):
                add(agency, 2.0, None, m.group())
            elif m := re.search(pattern, recipient.text if recipient else "") or re.search(pattern, leaf.text["page"]):
                add(agency, 0.5, None, m.group())
    if listed := agency_of_sheet(sheet):
        add(listed[0], 2.6, None, listed[1])
    if holder := agency_of_prefix(record_number):
        add(holder, 0.7, None, record_number or "")
    for reviewer in reviewers if not weights else ():
        add(reviewer, 0.5, None, reviewer)
    ranked = sorted(weights.items(), key=lambda kv: -kv[1])
    if not ranked or ranked[0][1] < 0.5:
        return None
    top, second = ranked[0][1], ranked[1][1] if len(ranked) > 1 else 0.0
    _, row, text = speaks[ranked[0][0]]
    page = leaf.pages[0].number if leaf.pages else 1
    return Guess(ranked[0][0], round(min(0.97, 0.55 + 0.12 * (top - second) + 0.06 * top), 3), page, text, row)


@cache
def letterheads() -> tuple[str, ...]:
    """All printed letterheads; those that are titles of a publication (bulletins, checklists) are left out."""
    titles = ("BULLETIN", "CHECKLIST", "CABLE", "REPORT", "ORDER", "TELEGRAM", "SUMMARY")
    every = (phrase for known in _agencies().values() for phrase in known["letterhead"])
    return tuple(phrase for phrase in every if not any(word in phrase for word in titles))
