"""What was filled into a stamp: its dates and which is whose, reviewer, numbers, authority, codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from pipeline.parse.blocks import Block, holds
from pipeline.parse.codes import find_codes
from pipeline.parse.days import Day, find_days, near_years, years
from pipeline.parse.fuzzy import squeeze
from pipeline.parse.numbers import figures, find_numbers

ORDERS = {  # number: first year; the closed list of orders on classification (executive_orders.csv)
    "10290": 1951, "10501": 1953, "10964": 1961, "11652": 1972, "12065": 1978, "12356": 1982, "12958": 1995, "13292": 2003,
    "13526": 2009,
}  # fmt: skip
# What stands before a date that is not the stamp's own: a future one, or that of a letter, guideline or directive.
FUTURE = re.compile(
    r"(DECL(?:ASSIFY|\.)?\s*(?:ON)?|EXT\.?\s*DATE|FOR DECLASSIFICATION|NEXT REVIEW(?: DATE)?|EXTEND)[\s:.]*$", re.I
)
FOREIGN = re.compile(
    r"(letter|memo(?:randum)?|guidelines?|Dir\.?\s*5200\.\d+|request dated|telegram|cable)[\s,.:]*(?:of|dated)?[\s,.:]*$",
    re.I,
)
ORDER = re.compile(
    r"(?<![A-Za-z])(?:E[.,]?\s?[O0][.,]?|Executive Order|[EB][O0])\s*:?\s*((?:[\dlILSZOoBaGgbq]\s?){5})(?![\d])", re.I
)
SECTION = re.compile(
    r"\W{0,3}(?:\(as amended\)\W{0,2}|, as amended,?\W?)?(?:Sec(?:tion|t)?|See)[.,]{0,2}\s*"
    r"([\d][\d.\-]*\s?(?:\([A-Za-z0-9]\)\s?)*)",
    re.I,
)
PER_SECTION = re.compile(r"SEC(?:TION|T)?\.?\s*([\d.]+(?:\([a-z0-9]\))*)\W{1,3}$", re.I)


def action_date(block: Block) -> tuple[str | None, str | None, tuple[str, ...]]:
    """(EDTF, as written, flags) of the day on which the stamp's action was taken.

    A date after one of the template's labels comes first; with "*" among them any date that no other label claims, the
    last such. A year that cannot be is kept as written, with the years it may have been in a flag.
    """
    template = block.template
    days = find_days(block.text)
    own = _own(block, days)
    if own:
        return _judged(own, template.first_year, template.last_year)
    if template.years or template.year_list:
        return _year(block, days)
    return None, None, ()


def _own(block: Block, days: list[Day]) -> Day | None:
    labelled, loose = [], []
    labels = [squeeze(label.removeprefix("last ")) for label in block.template.dates if label != "*"]
    for day in days:
        before = _before(block.text, day.start)
        if FUTURE.search(before) or FOREIGN.search(before):
            continue
        if any(label in squeeze(before)[-len(label) - 8 :] for label in labels):
            labelled.append(day)
        else:
            loose.append(day)
    if labelled:
        return labelled[-1] if any(d.startswith("last ") for d in block.template.dates) else labelled[0]
    if not loose or "*" not in block.template.dates:
        return None
    if "below" in block.template.hand:  # among days of the document; who acts next writes underneath
        first, last = block.template.first_year, block.template.last_year
        return next((d for d in loose if first <= d.year <= last), loose[0])
    return loose[-1]


def _before(text: str, at: int) -> str:
    """The words before a date: on its line, or when it begins the line, the line above."""
    line = text.rfind("\n", 0, at) + 1
    head = text[line:at]
    if len(head.strip(" _-.,:")) >= 2 or line == 0:
        return head
    return text[text.rfind("\n", 0, line - 1) + 1 : line] + head


def _judged(day: Day, first: int, last: int) -> tuple[str | None, str | None, tuple[str, ...]]:
    year, now = day.year, date.today().year
    if first <= year <= min(last, now):
        return day.edtf, day.text, ("ocr_repair:date",) if day.repaired else ()
    maybe = day.in_years(first, min(last, now))
    flags = (f"ocr_repair:year {' or '.join(maybe)}" if maybe else "ocr_repair:year",)
    if first - 3 <= year < first or last < year <= min(last + 3, now):  # the template's window is not that sharp
        return day.edtf, day.text, ()
    return (day.edtf if 1900 <= year <= now else None), day.text, flags


def _year(block: Block, days: list[Day]) -> tuple[str | None, str | None, tuple[str, ...]]:
    """A bare year; one misread is repaired only from a closed list, where a single year fits."""
    template = block.template
    known = list(template.year_list) or list(range(template.years[0], template.years[1] + 1))
    found = [y for y in years(block.text) if not any(d.start <= y[0] < d.end for d in days)]
    for start, end, read in found:
        if int(read) in known:
            return read, block.text[start:end], ()
    for start, end, read in found:
        near = near_years(read, known, strict=not template.year_list)
        if near and template.year_list and len(near) == 1:
            return str(near[0]), block.text[start:end], ("ocr_repair:year",)
        if near:
            return None, block.text[start:end], (f"ocr_repair:year {' or '.join(map(str, near))}",)
    return None, (block.text[found[0][0] : found[0][1]] if found and not template.year_list else None), ()


def case_number(block: Block) -> str | None:
    """The first of the template's number patterns that fits."""
    for pattern in block.template.case:
        found = find_numbers(pattern, block.text)
        if found:
            return found[0].value
    return None


def reviewer(block: Block) -> str | None:
    """Who signed, as written: after the template's first word, up to one of the others; `= NAME` when that name stands."""
    spec = block.template.reviewer
    for name in (s.removeprefix("= ") for s in spec if s.startswith("= ")):
        if holds(name, block.passage):
            return name
    if not spec or spec[0].startswith("="):
        return None
    stops = "|".join("\n" if s == "\n" else r"\d" if s == "#" else rf"\b{re.escape(s)}" for s in spec[1:])
    m = re.search(rf"{re.escape(spec[0])}[\s:;._,-]*(.*?)\s*(?:{stops}|\n|$)", block.text, re.I | re.S)
    if not m:
        return None
    name = m[1].strip(" _.,;:-—'\"|")
    return name if 2 <= len(name) <= 40 and sum(c.isalnum() for c in name) >= 2 else None


def authority(block: Block) -> str | None:
    """What the stamp appeals to: an executive order from the closed list, or the template's own words or numbers."""
    for wanted in block.template.authority:
        if wanted == "order":
            if cited := order(block.text):
                return cited
        elif wanted.startswith("= "):
            return wanted[2:]
        elif "#" in wanted:
            if found := find_numbers(wanted, block.text):
                return found[0].value
        elif holds(wanted, block.passage):
            return wanted
    return None


def order(text: str) -> str | None:
    """The executive order cited, with its section: the nearest of the closed list, since figures are misread."""
    for m in ORDER.finditer(text):
        read = figures(re.sub(r"\s", "", m[1]))
        near = sorted((sum(a != b for a, b in zip(read, known, strict=False)), known) for known in ORDERS)
        if near[0][0] <= 2 and near[0][0] < near[1][0]:
            section = SECTION.match(text, m.end())
            before = PER_SECTION.search(text[: m.start()])
            cited = section[1] if section else before[1] if before else ""
            return f"E.O. {near[0][1]}" + (f", Sec. {cited.strip()}" if cited else "")
    return None


def exemptions(block: Block) -> tuple[str, ...]:
    return find_codes(block.text, block.template.exemptions)


def first(values: Iterable[str | None]) -> str | None:
    return next((v for v in values if v), None)
