"""The day of a stamp: as it was read, or, where a hand or a date stamp put it, as the ink shows it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.core.findings import Stamp
from pipeline.core.geometry import Box
from pipeline.core.ink import Ink
from pipeline.parse import filled
from pipeline.parse.blocks import Block
from pipeline.parse.days import find_days, near_years
from pipeline.parse.forms import FINE, Placed, Raster
from pipeline.parse.hands import Known, Spelled, stamped_day, written_day
from pipeline.parse.layout import Spot
from pipeline.parse.written import day_beside

Dated = tuple[str | None, str | None, tuple[str, ...]]  # EDTF, as written, flags
SPELLED = "date spelled from the ink"
NAMED = re.compile(r"[A-Za-z]{3}")
MARKS = re.compile(r"[-/.]|(?<![A-Za-z])[A-Za-z]{3,}")
EARLIEST = 1940  # papers that are reviewed are no older
ADMINISTRATIVE = ("receipt", "filing", "copy")  # kinds of stamps that carry a date of their own


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else is on the page of a stamp: all words where it stands, and the first day that is typed anywhere, "" when none
    is: it was put there no earlier."""

    spots: Sequence[Spot] = ()
    since: str = ""


def typed_since(text: str) -> str:
    """The first day that is written with its month's name on a page; figures alone are often a hand's, and misread."""
    return min((d.edtf for d in find_days(text) if NAMED.search(d.text) and not d.repaired and d.year >= EARLIEST), default="")


def day_of(block: Block, placed: Placed | None, raster: Raster | None, ink: Ink | None, beside: Surroundings) -> Dated:
    """(EDTF, as written, flags) of the stamp's day. `placed` is its form where one was pinned to the page, `raster` the
    pixels on which the block stands."""
    read = filled.action_date(block)
    template = block.template
    known = Known(template.days, beside.since, read[0], template.seen, template.workdays, template.day_first)
    if raster is None or ink is None:
        return read
    if placed:
        return in_form(placed, raster, ink, known, read)
    if block.template.hand:
        return by_hand(block, raster, ink, beside, known, read)
    return looked_at_again(read, raster, ink, block, known)


def in_form(placed: Placed, raster: Raster, ink: Ink, known: Known, read: Dated) -> Dated:
    """The day in the form's own field for it, spelled out from the ink. Where the ink does not tell, figures between strokes
    are not taken as they were read: the readers lose a thin 1 of a hand's 11/14."""
    for name, spell in (("date", written_day), ("stamped", stamped_day)):
        field = placed.form.fields.get(name)
        if field is not None and (day := spell(placed.picture(raster, field), FINE, ink, known)):
            return _spelled(day)
    if read[1] and "/" in read[1] and "date" in placed.form.fields:
        return None, read[1], ("ocr_repair:date not borne out by the ink",)
    return read


def by_hand(
    block: Block, raster: Raster, ink: Ink, beside: Surroundings, known: Known, read: Dated
) -> Dated:
    """The day that a hand wrote where it does on such stamps. A day read there that the stamp cannot bear is one of the
    document's own."""
    day = day_beside(block, raster, ink, beside.spots, known)
    if day is None and any(f.startswith("ocr_repair:year") for f in read[2]):
        return None, None, ()
    if day is None and "ocr_repair:date" in read[2] and len(MARKS.findall(read[1] or "")) < 2:  # 714/84: a stroke lost
        return None, read[1], ("ocr_repair:date not borne out by the ink",)
    if day is None:
        return read
    return read if day.edtf == read[0] else _spelled(day)


def _spelled(day: Spelled) -> Dated:
    doubts = (f"ocr_repair:date {' or '.join((day.edtf, *day.others))}",) if day.others else ()
    return day.edtf, day.text, (SPELLED, *doubts)


def looked_at_again(read: Dated, raster: Raster, ink: Ink, block: Block, known: Known) -> Dated:
    """A day whose year cannot be, spelled out from the ink against the days that can: the text stays as it was read."""
    at = block.text.find(read[1] or "\0")
    spots = block.passage.spots(at, at + len(read[1] or "")) if at >= 0 else ()
    if not spots or not any(f.startswith("ocr_repair:year ") for f in read[2]):
        return read
    scale = raster.dpi / 72
    area = Box.around(s.box for s in spots).grown(3.0, 2.0).scaled(scale)
    picture = raster.gray()[max(0, int(area.top)) : int(area.bottom), max(0, int(area.left)) : int(area.right)]
    day = written_day(picture, raster.dpi / 72, ink, known) if picture.size else None
    return (day.edtf, read[1], (*read[2], SPELLED)) if day else read


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


def of_the_documents_time(stamp: Stamp, years: Counter[int]) -> Stamp:
    """A receipt or filing stamp whose year nobody else on any page comes near (`years`: how often each is written) has one
    figure misread when one confusion of figures makes it a year that is written."""
    if stamp.kind not in ADMINISTRATIVE or not stamp.date or not re.match(r"\d{4}-", stamp.date):
        return stamp
    own = int(stamp.date[:4])
    if years[own] > 1 or years[own - 1] or years[own + 1]:
        return stamp
    near = near_years(stamp.date[:4], sorted(y for y in years if y != own))
    if len(near) != 1:
        return stamp
    return replace(stamp, date=f"{near[0]}{stamp.date[4:]}", flags=(*stamp.flags, "ocr_repair:year by other pages"))
