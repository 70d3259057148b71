"""The word of a decision stamped large in the upper part of a page that no reader read: EXCISE, beside a form of the same
agency on which just that was ticked. The form says what to expect; the ink only has to bear it out.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.findings import Stamp
from pipeline.core.geometry import Box, Place
from pipeline.core.ink import Ink
from pipeline.core.page import Page
from pipeline.parse.spotted import Patch, find_patches, upright
from pipeline.parse.templates import Template

UPPER = 0.35  # share of the page's height
HIGH, SLENDER = (16.0, 40.0), (1.6, 3.4)  # points; widths in heights
BORNE = -1.7  # lowest score (`core.ink.Borne`): no other large word is expected there


def find_large(ink: Ink, page: Page, found: Sequence[Stamp], known: Sequence[Template]) -> list[Stamp]:
    """Large stamps of one word whose decision a form of the same agency on the page has, each once at the most."""
    out = []
    for template in known:
        if not template.large or any(s.template == template.id for s in found):
            continue
        if not any(s.agency == template.agency and s.decision == template.decision for s in found):
            continue
        seen = [(score, patch) for patch in _patches(ink, page, found) if (score := _borne(ink, patch, template)) >= BORNE]
        if seen:
            score, patch = max(seen, key=lambda pair: pair[0])
            out.append(_stamp(template, patch, score, page))
    return out


def _patches(ink: Ink, page: Page, found: Sequence[Stamp]) -> list[Patch]:
    """Ink that no read word accounts for, of the size of such a word and in its part of the page."""
    taken = [s.box for s in found if s.box]
    return [
        p for p in find_patches(ink, page, taken)
        if p.box.middle[1] < UPPER * (page.height or 0.0)
        and HIGH[0] <= p.height <= HIGH[1] and SLENDER[0] <= p.length / p.height <= SLENDER[1]
    ]  # fmt: skip


def _borne(ink: Ink, patch: Patch, template: Template) -> float:
    borne = ink.weigh(upright(ink, patch), template.lines)
    return max((b.score for some in borne for b in some), default=float("-inf"))


def _stamp(template: Template, patch: Patch, score: float, page: Page) -> Stamp:
    box: Box = patch.box.rounded()
    return Stamp(
        page=page.number,
        text=template.lines[0],
        box=box,
        boxes=(Place(page.number, box),),
        confidence=round(0.9 + 0.15 * score, 3),
        method=f"template:{template.id}@1 image",
        template=template.id,
        kind=template.kind,
        agency=template.agency or None,
        decision=template.decision,
        flags=("by the form on the page",),
    )
