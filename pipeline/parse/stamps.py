"""Stamps of a page: blocks put on the paper after it was typed, each with its fields."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from pipeline.core.findings import Stamp
from pipeline.core.geometry import Box, Place
from pipeline.core.ink import Ink, View
from pipeline.core.page import Page
from pipeline.parse import filled
from pipeline.parse.blocks import Block, find_blocks
from pipeline.parse.days import find_days, near_years
from pipeline.parse.forms import FINE, Placed, Raster, place
from pipeline.parse.fuzzy import find
from pipeline.parse.hands import stamped_day, written_codes, written_day
from pipeline.parse.layout import Layout, places
from pipeline.parse.loose import corner_number, find_loose
from pipeline.parse.perforations import Perforated, find_perforations
from pipeline.parse.templates import Template, templates
from pipeline.parse.ticks import read_ticks
from pipeline.parse.turned import Turned, find_turned, level

Dated = tuple[str | None, str | None, tuple[str, ...]]  # EDTF, as written, flags
FORM = 110.0  # points beyond the words of a stamp within which the rest of its form lies
TWO_FIGURES = ("STATE_ACDCMR_12356",)  # forms dated by hand in figures, often November: 11/14/89
CODES = ("exemptions", "retained")  # fields of a form that hold codes
ADMINISTRATIVE = ("receipt", "filing", "copy")  # kinds of stamps that carry a date of their own
WITHHOLDING = ("released_in_part", "declassified_in_part", "denied", "exempted")  # decisions that need a reason
DECIDING = 0.86  # a phrase that changes the decision must be read better than this


def find_stamps(view: View, reading: Page) -> tuple[Stamp, ...]:
    """Every stamp on the page, from top to bottom."""
    ink = view.ink if reading.width else None
    page = level(reading) if reading.width else reading
    layout = Layout(page)
    blocks = [b for b in find_blocks(layout, templates()) if b.template.table == "stamps"]
    found = [stamp_of(b, page, ink) for b in blocks]
    found += find_loose(layout, {start for b in blocks for start in _own(b)})
    if ink is not None:
        found += [punched(p, reading) for p in find_perforations(ink)]
        if not any(s.template == "NARA_BATCH_NUMBER" for s in found) and (number := corner_number(ink, reading)):
            found.append(number)
        for turned in find_turned(ink, reading, templates()):
            beside = sideways(turned, ink)
            if not any(beside.template == f.template and _overlap(beside, f) for f in found):
                found.append(beside)
    written = {d.year for d in find_days(reading.text)} if ink is not None else set()
    found = [of_its_time(s, written) for s in found]
    return tuple(sorted(found, key=lambda s: (s.box.top if s.box else s.start or 0, s.template, s.text)))


def of_its_time(stamp: Stamp, written: set[int]) -> Stamp:
    """A receipt or filing stamp bears nearly the date of the paper: a year that none of the page's other dates has is one
    of theirs with one figure misread, when just one such year is."""
    if stamp.kind not in ADMINISTRATIVE or not stamp.date or not re.match(r"\d{4}-", stamp.date):
        return stamp
    others = written - {int(stamp.date[:4])}
    later = {year + 1 for year in others} | {year + 2 for year in others}
    near = near_years(stamp.date[:4], sorted(others), strict=False)
    if len(near) != 1 or int(stamp.date[:4]) > min(others) or int(stamp.date[:4]) in later:
        return stamp
    return replace(stamp, date=f"{near[0]}{stamp.date[4:]}", flags=(*stamp.flags, "ocr_repair:year"))


def _own(block: Block) -> set[int]:
    """The words (their offsets) that no other stamp may have: the printed ones; of a receipt or filing stamp its date too."""
    kept = block.template.kind in ADMINISTRATIVE and block.template.dates
    return {s.word.start for s in block.spots} if kept else set(block.printed)


def stamp_of(block: Block, page: Page, ink: Ink | None, raster: Raster | None = None) -> Stamp:
    """The stamp that a block is, its fields read. `raster` are the pixels of `page` when it is a page turned."""
    template = block.template
    pixels = raster or ink
    placed = place(template.id, page, block.box.grown(FORM), pixels) if pixels is not None else None
    day, day_text, flags = filled.action_date(block)
    if placed and pixels is not None and ink is not None:
        day, day_text, flags = by_hand(placed, pixels, ink, block, (day, day_text, flags))
    elif pixels is not None and ink is not None:
        day, day_text, flags = looked_at_again((day, day_text, flags), pixels, ink, block)
    decision, decision_text = decided(block), None
    if template.boxes:
        ticked, decision_text, more = read_ticks(block, placed, pixels)
        if decision in ("none", "unclear"):
            decision = ticked
            flags += more
    codes = filled.exemptions(block)
    if placed and pixels is not None and ink is not None and decision in WITHHOLDING:
        codes = by_hand_codes(placed, pixels, ink) or codes
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
        case_number=filled.case_number(block),
        exemptions=codes,
        flags=tuple(dict.fromkeys(flags)),
    )


def by_hand(placed: Placed, raster: Raster, ink: Ink, block: Block, read: Dated) -> Dated:
    """The day in the form's own field for it, spelled out from the ink. Where the ink alone does not tell, what was read
    there is taken, but not figures between strokes: the readers lose a thin 1 of a hand's 11/14."""
    for name, spell in (("date", written_day), ("stamped", stamped_day)):
        field = placed.form.fields.get(name)
        if field is None:
            continue
        if day := spell(placed.picture(raster, field), FINE, ink, block.template.days):
            doubts = (f"ocr_repair:date {' or '.join((day.edtf, *day.others))}",) if day.others else ()
            return day.edtf, day.text, ("date spelled from the ink", *doubts)
        if read[1] and "/" in read[1] and placed.form.template in TWO_FIGURES:
            return None, read[1], ("ocr_repair:date not borne out by the ink",)
    return read


def looked_at_again(read: Dated, raster: Raster, ink: Ink, block: Block) -> Dated:
    """A day whose year cannot be, spelled out from the ink against the days that can: the text stays as it was read."""
    at = block.text.find(read[1] or "\0")
    spots = block.passage.spots(at, at + len(read[1] or "")) if at >= 0 else ()
    if not spots or not any(f.startswith("ocr_repair:year ") for f in read[2]):
        return read
    scale = raster.dpi / 72
    area = Box.around(s.box for s in spots).grown(3.0, 2.0).scaled(scale)
    picture = raster.gray()[max(0, int(area.top)) : int(area.bottom), max(0, int(area.left)) : int(area.right)]
    day = written_day(picture, raster.dpi / 72, ink, block.template.days) if picture.size else None
    return (day.edtf, read[1], (*read[2], "date spelled from the ink")) if day else read


def by_hand_codes(placed: Placed, raster: Raster, ink: Ink) -> tuple[str, ...]:
    """The exemption codes in the form's fields for them."""
    fields = placed.form.fields
    read = [written_codes(placed.picture(raster, fields[k]), FINE, ink, k) for k in CODES if k in fields]
    return tuple(dict.fromkeys(code for codes in read for code in codes))


def _stands_in(text: str, area: Box, block: Block) -> bool:
    at = block.text.find(text)
    return at >= 0 and any(area.grown(4.0).holds(*s.box.middle) for s in block.passage.spots(at, at + len(text)))


def sideways(turned: Turned, ink: Ink) -> Stamp:
    """A stamp read on its side, its places turned back to those of the page."""
    stamp = stamp_of(turned.block, turned.page, ink, turned.canvas)
    where = tuple(Place(p.page, turned.back(p.box).rounded()) for p in stamp.boxes)
    box = turned.back(stamp.box).rounded() if stamp.box else None
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
