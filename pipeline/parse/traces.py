"""Which words of a page are stamps or markings and so no part of what was typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipeline.core.document import Votes
from pipeline.core.findings import Finding
from pipeline.core.geometry import Box
from pipeline.core.page import Page
from pipeline.parse.cues import squash


def _words_of(page: Page, finding: Finding, share: float) -> set[int]:
    """Offsets of the words of a finding: inside its boxes (or its span) and, word for word, in its text.

    The box of a tilted stamp holds typed words too; they are no words of the stamp and stay.
    """
    boxes = [place.box for place in finding.boxes if place.page == page.number]
    if finding.box and finding.page == page.number and not boxes:
        boxes = [finding.box]
    boxes = [box for box in boxes if not _runs_across(page, box)]
    inside = [w for w in page.words if w.box and any(box.grown(1).covers(w.box) >= share for box in boxes)]
    if page.width is None and finding.page == page.number and finding.start is not None and finding.end is not None:
        inside = list(page.words_between(finding.start, finding.end))
    own = Counter(squash(token) for token in finding.text.split())
    found = set()
    for w in inside:
        text = squash(w.text)
        if own[text] > 0:
            own[text] -= 1
            found.add(w.start)
    return found


def _runs_across(page: Page, box: Box) -> bool:
    """A line over most of the page's width, not at its edge, is typed text that a stamp lies on, whatever was taken for
    the stamp's line."""
    if page.width is None or page.height is None:
        return False
    return box.width > 0.55 * page.width and 0.08 * page.height < box.middle[1] < 0.93 * page.height


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
