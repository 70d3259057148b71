"""Stamps of a page: blocks put on the paper after it was typed, each with its fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from pipeline.core.findings import Stamp
from pipeline.core.geometry import Box, Place
from pipeline.core.ink import Ink, View
from pipeline.core.page import Page
from pipeline.parse import filled
from pipeline.parse.askew import find_askew, told
from pipeline.parse.blocks import Block, find_blocks
from pipeline.parse.dated import ADMINISTRATIVE, Surroundings, day_of, of_its_time, typed_since
from pipeline.parse.days import find_days
from pipeline.parse.forms import FINE, Placed, Raster, place
from pipeline.parse.fuzzy import find, squeeze
from pipeline.parse.hands import written_codes
from pipeline.parse.large import find_large
from pipeline.parse.layout import Layout, places
from pipeline.parse.loose import corner_number, find_loose
from pipeline.parse.perforations import Perforated, find_perforations
from pipeline.parse.struck import struck
from pipeline.parse.templates import Template, templates
from pipeline.parse.ticks import read_ticks
from pipeline.parse.turned import Turned, find_turned, level

FORM = 110.0  # points beyond the words of a stamp within which the rest of its form lies
CODES = ("exemptions", "retained")  # fields of a form that hold codes
WITHHOLDING = ("released_in_part", "declassified_in_part", "denied", "exempted")  # decisions that need a reason
EVENTS = ("release", "declassification", "review", "denial", "downgrade")
CROSSED = 0.6  # share of a stamp's lines that strokes run through when it is crossed out
NOTHING = Surroundings()
DECIDING = 0.86  # a phrase that changes the decision must be read better than this


def find_stamps(view: View, reading: Page) -> tuple[Stamp, ...]:
    """Every stamp on the page, from top to bottom."""
    ink = view.ink if reading.width else None
    page = level(reading) if reading.width else reading
    layout = Layout(page)
    blocks = [b for b in find_blocks(layout, templates()) if b.template.table == "stamps"]
    since = typed_since(reading.text)
    found = [stamp_of(b, page, ink, beside=Surroundings(layout.spots, since)) for b in blocks]
    found += find_loose(layout, {start for b in blocks for start in _own(b)})
    if ink is not None:
        found += [punched(p, reading) for p in find_perforations(ink)]
        if not any(s.template == "NARA_BATCH_NUMBER" for s in found) and (number := corner_number(ink, reading)):
            found.append(number)
        found += _of_another_way(find_turned(ink, reading, templates()), ink, found, since)
        taken = [f.box for f in found if f.box]
        found += _of_another_way(find_askew(ink, reading, templates(), taken), ink, found, since)
        found += find_large(ink, reading, found, templates())
    written = {d.year for d in find_days(reading.text)} if ink is not None else set()
    found = [of_its_time(s, written) for s in found]
    return tuple(sorted(found, key=lambda s: (s.box.top if s.box else s.start or 0, s.template, s.text)))


def _of_another_way(turned: Sequence[Turned], ink: Ink, found: Sequence[Stamp], since: str) -> list[Stamp]:
    """The stamps that stand otherwise than upright, less those in whose place one was found before."""
    read = [sideways(t, ink, since) for t in turned]
    return [s for s in read if not any(_overlap(s, f) for f in found if f.kind in EVENTS or f.template == s.template)]


def _own(block: Block) -> set[int]:
    """The words (their offsets) that no other stamp may have: the printed ones; of a receipt or filing stamp its date too."""
    kept = block.template.kind in ADMINISTRATIVE and block.template.dates
    return {s.word.start for s in block.spots} if kept else set(block.printed)


def stamp_of(
    block: Block, page: Page, ink: Ink | None, raster: Raster | None = None, beside: Surroundings = NOTHING
) -> Stamp:
    """The stamp that a block is, its fields read. `raster` are the pixels of `page` when it is a page turned, `beside` says
    what else is there."""
    template = block.template
    pixels = raster or ink
    placed = place(template.id, page, block.box.grown(FORM), pixels) if pixels is not None else None
    day, day_text, flags = day_of(block, placed, pixels, ink, beside)
    decision, decision_text = decided(block), None
    if template.boxes:
        ticked, decision_text, more = read_ticks(block, placed, pixels)
        if decision in ("none", "unclear"):
            decision = ticked
            flags += more
    codes = filled.exemptions(block)
    if placed and pixels is not None and ink is not None and decision in WITHHOLDING:
        codes = by_hand_codes(placed, pixels, ink) or codes
    number = filled.case_number(block)
    if (letters := re.match(r"[A-Z]{2,}", number or "")) and letters.group() not in squeeze(block.text):
        flags += (f"ocr_repair:{letters.group()}",)
    where = places(page, block.spots)
    return Stamp(
        page=page.number,
        text=block.text,
        box=Box.around([*(p.box for p in where), *([placed.extent] if placed else [])]).rounded() if where else None,
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
        case_number=number,
        exemptions=codes,
        struck=raster is None and ink is not None and crossed_out(block, ink),
        flags=tuple(dict.fromkeys(flags)),
    )


def crossed_out(block: Block, ink: Ink) -> bool:
    """Whether strokes run through most lines that the stamp prints: an X or a line through each."""
    if block.template.kind not in EVENTS:
        return False
    lines = [Box.around(s.box for s in row if s.word.start in block.printed) for row in block.passage.rows
             if any(s.word.start in block.printed for s in row)]  # fmt: skip
    return len(lines) > 1 and sum(struck(ink, line) for line in lines) > CROSSED * len(lines)


def by_hand_codes(placed: Placed, raster: Raster, ink: Ink) -> tuple[str, ...]:
    """The exemption codes in the form's fields for them."""
    fields = placed.form.fields
    read = [written_codes(placed.picture(raster, fields[k]), FINE, ink, k) for k in CODES if k in fields]
    return tuple(dict.fromkeys(code for codes in read for code in codes))


def sideways(turned: Turned, ink: Ink, since: str = "") -> Stamp:
    """A stamp that does not stand upright, its places turned back to those of the page."""
    stamp = stamp_of(turned.block, turned.page, ink, turned.canvas, Surroundings(Layout(turned.page).spots, since))
    where = tuple(Place(p.page, turned.back(p.box).rounded()) for p in stamp.boxes)
    box = turned.back(stamp.box).rounded() if stamp.box else None
    sure = round(0.95 * stamp.confidence, 3)
    way = [*([said] if (said := told(turned.angle)) else []), *(["mirrored"] if turned.mirrored else [])]
    return replace(stamp, box=box, boxes=where, confidence=sure, flags=(*stamp.flags, *way))


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
