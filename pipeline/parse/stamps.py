"""Stamps of a page: blocks put on the paper after it was typed, each with its fields."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from pipeline.core.findings import Stamp
from pipeline.core.geometry import Box, Place
from pipeline.core.ink import Ink, View
from pipeline.core.page import Page
from pipeline.parse import filled
from pipeline.parse.blocks import Block, find_blocks
from pipeline.parse.fuzzy import find
from pipeline.parse.layout import Layout, places
from pipeline.parse.loose import corner_number, find_loose
from pipeline.parse.perforations import Perforated, find_perforations
from pipeline.parse.templates import Template, templates
from pipeline.parse.ticks import read_ticks
from pipeline.parse.turned import Turned, find_turned

DECIDING = 0.86  # a phrase that changes the decision must be read better than this


def find_stamps(view: View, reading: Page) -> tuple[Stamp, ...]:
    """Every stamp on the page, from top to bottom."""
    layout = Layout(reading)
    ink = view.ink if reading.width else None
    blocks = [b for b in find_blocks(layout, templates()) if b.template.table == "stamps"]
    found = [stamp_of(b, reading, ink) for b in blocks]
    found += find_loose(layout, {start for b in blocks for start in b.printed})
    if ink is not None:
        found += [punched(p, reading) for p in find_perforations(ink)]
        if not any(s.template == "NARA_BATCH_NUMBER" for s in found) and (number := corner_number(ink, reading)):
            found.append(number)
        beside = [sideways(t) for t in find_turned(ink, reading, templates())]
        found += [s for s in beside if not any(s.template == f.template and _overlap(s, f) for f in found)]
    return tuple(sorted(found, key=lambda s: (s.box.top if s.box else s.start or 0, s.template, s.text)))


def stamp_of(block: Block, page: Page, ink: Ink | None) -> Stamp:
    """The stamp that a block is, its fields read."""
    template = block.template
    day, day_text, flags = filled.action_date(block)
    decision, decision_text = decided(block), None
    if template.boxes:
        ticked, decision_text, more = read_ticks(block, ink)
        if decision in ("none", "unclear"):
            decision = ticked
            flags += more
    where = places(page, block.spots)
    return Stamp(
        page=page.number,
        text=block.text,
        box=where[0].box if len(where) == 1 else Box.around(p.box for p in where).rounded() if where else None,
        boxes=where,
        start=None if where else min(s.word.start for s in block.spots),
        end=None if where else max(s.word.end for s in block.spots),
        confidence=confidence(block),
        method=f"template:{template.id}@1",
        template=template.id,
        kind=template.kind,
        agency=template.agency or None,
        decision=decision,
        decision_text=decision_text,
        authority=filled.authority(block),
        date=day,
        date_text=day_text,
        reviewer=filled.reviewer(block),
        case_number=filled.case_number(block),
        exemptions=filled.exemptions(block),
        flags=tuple(dict.fromkeys(flags)),
    )


def sideways(turned: Turned) -> Stamp:
    """A stamp read on its side, its places turned back to those of the page."""
    stamp = stamp_of(turned.block, turned.page, None)
    where = tuple(Place(p.page, turned.back(p.box).rounded()) for p in stamp.boxes)
    box = Box.around(p.box for p in where).rounded()
    sure = round(0.95 * stamp.confidence, 3)
    return replace(stamp, box=box, boxes=where, confidence=sure, flags=(*stamp.flags, f"rotated_{turned.angle}"))


def _overlap(a: Stamp, b: Stamp) -> bool:
    return bool(a.box and b.box and a.box.overlap(b.box) > 0.3 * min(a.box.area, b.box.area))


def punched(word: Perforated, page: Page) -> Stamp:
    """The stamp that a punched word is; its text is the word, since holes have no letters."""
    template = known(word.template)
    box = word.box.within(page.width or 0.0, page.height or 0.0).rounded()
    return Stamp(
        page=page.number,
        text=word.text,
        box=box,
        boxes=(Place(page.number, box),),
        confidence=round(min(0.98, 0.6 + 0.5 * word.score), 3),
        method=f"template:{template.id}@1 perforated",
        template=template.id,
        kind=template.kind,
        agency=template.agency or None,
        decision=template.decision,
        flags=("perforated", *((f"rotated_{word.turned}",) if word.turned else ())),
    )


def decided(block: Block) -> str:
    """The decision that the printed words make, before any tick: of several that fit, the one best read."""
    best = (DECIDING, block.template.decision)
    for rule in block.template.decide:
        for phrase in rule.when:
            read = max((h.score for h in find(phrase, block.passage.skeleton, DECIDING)), default=0.0)
            if read > best[0] and not any(block.holds(u) for u in rule.unless):
                best = read, rule.then
    return best[1]


def confidence(block: Block) -> float:
    """How sure the block is that stamp: by how much of its print was read, and how well."""
    return round(min(0.99, 0.45 + 0.55 * block.coverage**2), 3)


@cache
def known(identifier: str) -> Template:
    """The template of that id. Raises StopIteration when there is none."""
    return next(t for t in templates() if t.id == identifier)
