"""Small stamps known by their shape and place alone: numbers at the page's edge, clock and date stamps, serial stamps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.findings import Stamp
from pipeline.core.geometry import Box, Place
from pipeline.core.ink import Ink
from pipeline.core.page import Page
from pipeline.parse.days import find_days
from pipeline.parse.layout import Layout, Spot, places
from pipeline.parse.numbers import figures, find_numbers

TOP = 0.045  # share of the page's height that the Archives prints its numbers in
CORNER = (0.1, 0.017)  # shares of the page's width and height that the batch number takes
CORNER_DPI = 400.0
CORNER_INK = (0.004, 0.3)  # share of dark pixels there: less is paper, more the film's border
BATCH = re.compile(r"^\W*([1l]?[345])\s?[-–—. ]?\s?([0O]{5})\W*$")
MONTH = "JAN|FE[B3]|MAR|APR|MAY|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC"
DATED = re.compile(  # AUG 25 1961, 8 SEP 6 1967, 21 FEB 1961; capitals, or a clock after it
    rf"^\W*(?:\d{{1,3}}\s+)?(?:(?:{MONTH})\.?\s?-?\d{{1,2}},?\s+['’]?(?:19)?\d\d"
    rf"|\d{{1,2}}\s+(?:{MONTH})\.?\s+(?:19)?\d\d)\W*$"
)
CLOCKED = re.compile(  # AUG 31 11 45 AM '67; '86 OCT -1 A9:36; 1964 MAR 3 PM 2 10
    rf"^\W*(?:(?:{MONTH})\s+\d{{1,2}}\s+\d{{1,2}}[\s.:]\d\d\s*[AP]\.?M\.?\s*['’]?\d{{2,4}}"
    rf"|['’‘]?(?:19)?\d\d\s+(?:{MONTH})\s*-?\s?\d{{1,2}}\s+[AP]M?\s?\d{{1,2}}[:. ]?\d\d)\W*$"
)
# A rubber stamp beside type: three capitals for the month, the year in full, figures set apart as its wheels stand or run
# together; worn figures of the year may be read as letters.
YEAR = r"[1IlL]\s?[9SG]\s?(?:[0-9SZO]\s?[0-9A-ZIl]|[A-Z]\s?[0-9])"
STAMPED = re.compile(
    rf"(?<![\w/-])(?:(?:\d{{1,3}}\s)?(?:{MONTH})\.?[\s-]?-?[0-3]?\s?[0-9OIl],?[\s-]?{YEAR}"
    rf"|[0-3]?\s?[0-9OIl]\s(?:{MONTH})\.?\s{YEAR})(?![\w/-])"
)
SHOUTING = 0.72  # share of capitals among the letters of a page that is typed in capitals: there a date is no stamp
NUMBERED = re.compile(r"(?<![\w-])(REC|EX|MCT|XEROX)\s?-\s?(\d{2,3})(?!\d)")
SERIAL_BEFORE = re.compile(r"\d{1,3}\s[A-Z]")  # 54 SEP 12 1967: the number of the Bureau's stamp before its date
BUREAU = re.compile(r"\b(?:FBI|SAC|Tolson|Bureau|HEREIN IS UNCLASSIFIED)\b")
SERIAL = re.compile(r"^\W*(?:(REC|(?:RE)?CORDED)\s?[-.–]?\s?(\d{1,4})|(EX|SE|ST|MCT|XEROX)\s?[-.–]\s?(\d{1,3}))\W*$")
ENCLOSURE = re.compile(r"^\W*ENCLOSURE\W*$")  # the Bureau's rubber stamp
NUMBERING = re.compile(r"^\W*(0\d{4,5})\W*$")  # of a numbering machine, in the outer margin of a page
OUTER = 0.12  # share of the page's height that is that margin
REEL = re.compile(r"^\W*([PB8F]\W?[8B5][0-9A-Z]{5}[-–—. ][0-9O]{4})\W*$")  # P870009-1455: frame of the Department of State
LOGGED = re.compile(r"^\W*(?:S/S\W{0,3})?(8[4-8]\d{5})\W*$")  # 8631205: number of its Executive Secretariat
HEADED = 0.25  # share of a page's height in which they stand
PRINTED = 0.9  # least confidence of figures that no hand wrote
STATE = re.compile(r"\b(?:State|STATE|Secretariat|SECRETARY)\b")
COPY = re.compile(r"^\W*Copy\s+No\.?\s*\d{1,4}\W*$", re.I)


@dataclass(frozen=True, slots=True)
class _Found:
    template: str
    kind: str
    agency: str | None
    spots: tuple[Spot, ...]
    confidence: float
    case_number: str | None = None
    date: str | None = None
    date_text: str | None = None


def find_loose(layout: Layout, taken: set[int]) -> list[Stamp]:
    """The small stamps of a scan, words of other stamps (their offsets `taken`) left out. None in transcripts: there a
    date on a line is a date on a line."""
    if not layout.page.width:
        return []
    found = [*_edge_numbers(layout), *_by_shape(layout)]
    return [_stamp(layout, f) for f in found if not any(s.word.start in taken for s in f.spots)]


def _edge_numbers(layout: Layout) -> Iterator[_Found]:
    """The record number and the batch number that the Archives' software prints in the upper corner."""
    for segment in layout.segments:
        if not _at_top(layout, segment):
            continue
        for n, spot in enumerate(segment):
            if numbers := find_numbers("###-#####-#####", spot.text):
                yield _Found("NARA_RECORD_NUMBER", "filing", "NARA", (spot,), 0.95, numbers[0].value)
            elif m := BATCH.match(spot.text):
                yield _Found("NARA_BATCH_NUMBER", "filing", "NARA", (spot,), 0.9, _batch(m[1]))
            elif n + 1 < len(segment) and (m := BATCH.match(f"{spot.text} {segment[n + 1].text}")):
                yield _Found("NARA_BATCH_NUMBER", "filing", "NARA", (spot, segment[n + 1]), 0.9, _batch(m[1]))


def _batch(series: str) -> str:
    """The batch number: series 13 and 14, of which the first figure is at the very edge and often lost."""
    read = figures(series)
    return f"{read if len(read) == 2 else f'1{read}'}-00000"


def _at_top(layout: Layout, segment: tuple[Spot, ...]) -> bool:
    return Box.around(s.box for s in segment).middle[1] <= TOP * layout.height


def corner_number(ink: Ink, page: Page) -> Stamp | None:
    """The batch number that the Archives' software prints into the very corner, too small for the page's reading."""
    import numpy as np

    width, height = page.width or 0.0, page.height or 0.0
    corner = Box(0.0, 0.0, CORNER[0] * width, CORNER[1] * height)
    crop = ink.crop(corner, 0.0, CORNER_DPI)
    dark = float((crop < 128).mean())
    if not CORNER_INK[0] <= dark <= CORNER_INK[1]:
        return None
    framed = np.pad(crop, 40, constant_values=255)  # readers need white around a line
    margin = 40 * 72 / CORNER_DPI
    for line in ink.read(framed, CORNER_DPI, "block"):
        text = " ".join(w.text for w in line)
        if m := BATCH.match(text):
            box = Box.around(w.box for w in line).moved(-margin, -margin).within(width, height).rounded()
            return Stamp(
                page=page.number,
                text=text,
                box=box,
                boxes=(Place(page.number, box),),
                confidence=0.85,
                method="rule:nara-batch-number@1 corner",
                template="NARA_BATCH_NUMBER",
                kind="filing",
                agency="NARA",
                case_number=_batch(m[1]),
            )
    return None


def _by_shape(layout: Layout) -> Iterator[_Found]:
    for segment in layout.segments:
        text = " ".join(s.text for s in segment)
        spots, at = tuple(segment), _height(layout, segment)
        if (DATED.match(text) and not _typed(layout, text)) or CLOCKED.match(text) or STAMPED.fullmatch(text.strip(" ,'-")):
            days = find_days(text)
            day = (days[0].edtf, days[0].text) if days else (_clocked(text) or _day(text), None)
            yield _Found("DATE_STAMP", "receipt", None, spots, 0.75, None, *day)
        elif m := SERIAL.match(text):
            yield _Found("FBI_SERIAL", "filing", "FBI", spots, 0.8, f"{m[1] or m[3]}-{m[2] or m[4]}")
        elif len(text) < 24 and (numbers := find_numbers("###-#####-#####", text)) and not _at_top(layout, segment):
            yield _Found("NARA_RECORD_NUMBER", "filing", "NARA", spots, 0.85, numbers[0].value)
        elif COPY.match(text):
            yield _Found("COPY_NUMBER", "copy", None, spots, 0.6)
        elif ENCLOSURE.match(text) and BUREAU.search(layout.page.text):
            yield _Found("FBI_ENCLOSURE", "other", "FBI", spots, 0.7)
        elif (m := NUMBERING.match(text)) and _printed(segment) and not OUTER <= at <= 1 - OUTER:
            yield _Found("PAGE_NUMBERING", "filing", None, spots, 0.7, m[1])
        elif (m := REEL.match(text)) and at < HEADED:
            yield _Found("STATE_FILM_NUMBER", "filing", "State", spots, 0.7, m[1])
        elif (m := LOGGED.match(text)) and _printed(segment) and at < HEADED and STATE.search(layout.page.text):
            yield _Found("STATE_LOG_NUMBER", "filing", "State", spots, 0.65, m[1])
        else:
            yield from _beside_type(layout, segment, text)


def _beside_type(layout: Layout, segment: tuple[Spot, ...], text: str) -> Iterator[_Found]:
    """Date and serial stamps that the reading put on one line with type."""
    bureau = BUREAU.search(layout.page.text)
    shouting = _shouting(layout)
    for m in STAMPED.finditer(text):
        if not shouting or (bureau and SERIAL_BEFORE.match(m.group())):
            yield _Found("DATE_STAMP", "receipt", None, _under(segment, m), 0.65, None, _day(m.group()), m.group())
    if bureau:
        for m in NUMBERED.finditer(text):
            yield _Found("FBI_SERIAL", "filing", "FBI", _under(segment, m), 0.7, f"{m[1]}-{m[2]}")


def _clocked(text: str) -> str | None:
    """The day of a clock stamp whose figures run together: 86 OCT-1 A936."""
    m = re.search(rf"(\d\d)\s+({MONTH})\s*-?\s?(\d{{1,2}})\s+[AP]", text)
    days = find_days(f"{m[2].replace('3', 'B')} {m[3]} 19{m[1]}") if m else []
    return days[0].edtf if days else None


def _typed(layout: Layout, text: str) -> bool:
    """Whether a date with a short year, or one that ends a sentence, stands on a page of capitals, where type looks like a
    stamp."""
    return _shouting(layout) and (text.endswith(".") or not re.search(r"19\d\d", text))


def _printed(segment: tuple[Spot, ...]) -> bool:
    """Whether figures were read so surely that no hand wrote them."""
    return min(s.word.confidence for s in segment) >= PRINTED


def _height(layout: Layout, segment: tuple[Spot, ...]) -> float:
    """Where on the page a line stands: 0 at its head, 1 at its foot."""
    return Box.around(s.box for s in segment).middle[1] / (layout.height or 1.0)


def _day(text: str) -> str | None:
    """The day of a date stamp: month and figures, whatever stands between them; letters are figures misread."""
    month = re.search(MONTH, text)
    name = month.group().replace("3", "B") if month else ""
    rest = figures(re.sub(r"\s", "", text.replace(month.group(), "/"))) if month else ""
    m = re.fullmatch(r"\D*(?:\d{1,3}/)?[-.]*(\d{1,2})[-,.]*(1\d{3})|(\d{1,2})/[-.]*(1\d{3})", rest)
    if not month or not m:
        return None
    days = find_days(f"{name} {m[1] or m[3]} 19{(m[2] or m[4])[2:]}")
    return days[0].edtf if days else None


def _under(segment: tuple[Spot, ...], m: re.Match[str]) -> tuple[Spot, ...]:
    """The words of a segment that the match in its text touches."""
    out, at = [], 0
    for spot in segment:
        if at < m.end() and at + len(spot.text) > m.start():
            out.append(spot)
        at += len(spot.text) + 1
    return tuple(out)


def _shouting(layout: Layout) -> bool:
    letters = [c for c in layout.page.text if c.isalpha()]
    return sum(c.isupper() for c in letters) > SHOUTING * len(letters)


def _stamp(layout: Layout, f: _Found) -> Stamp:
    where = places(layout.page, f.spots)
    return Stamp(
        page=layout.page.number,
        text=" ".join(s.text for s in f.spots),
        box=Box.around(p.box for p in where).rounded(),
        boxes=where,
        confidence=f.confidence,
        method=f"rule:{f.template.lower().replace('_', '-')}@1",
        template=f.template,
        kind=f.kind,
        agency=f.agency,
        date=f.date,
        date_text=f.date_text,
        case_number=f.case_number,
    )
