"""Which words of a page are stamps or markings and so no part of what was typed."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.core.document import Votes
from pipeline.core.findings import Finding
from pipeline.core.page import Page
from pipeline.parse.cues import squash


def _words_of(page: Page, finding: Finding, share: float) -> set[int]:
    """Offsets of the words of a finding: inside its boxes (or span) and with letters that its text has too."""
    own = squash(finding.text)
    boxes = [place.box for place in finding.boxes if place.page == page.number]
    if finding.box and finding.page == page.number and not boxes:
        boxes = [finding.box]
    inside = {w.start for box in boxes for w in page.words if w.box and box.grown(1).covers(w.box) >= share}
    if page.width is None and finding.page == page.number and finding.start is not None and finding.end is not None:
        inside = {w.start for w in page.words_between(finding.start, finding.end)}
    words = {w.start: squash(w.text) for w in page.words if w.start in inside}
    return {start for start, text in words.items() if not text or text in own or len(own) < 4}


def stamped_words(page: Page, votes: Votes) -> frozenset[int]:
    """Offsets of the words that belong to stamps on this page."""
    return _union(page, votes.stamps, 0.6)


def marked_words(page: Page, votes: Votes) -> frozenset[int]:
    """Offsets of the words that are classification, control or downgrading marks on this page; portion marks are left."""
    return _union(page, (m for m in votes.markings if m.kind != "portion"), 0.6)


def _union(page: Page, findings: Iterable[Finding], share: float) -> frozenset[int]:
    found: set[int] = set()
    for finding in findings:
        if finding.page == page.number or any(place.page == page.number for place in finding.boxes):
            found |= _words_of(page, finding, share)
    return frozenset(found)
