"""Dates on stamps: what papers in general write (core.dates), and what only stamps and the hands that fill them do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.core.dates import find_dates
from pipeline.parse.numbers import figures

FIGURE = r"[0-9OoQIl|!SZBG]"
MONTH = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
# What worn rubber leaves of a month's name.
WORN = {"WAR": "MAR", "FE3": "FEB", "0CT": "OCT", "DCT": "OCT", "N0V": "NOV", "5EP": "SEP", "JU1": "JUL", "JUI": "JUL"}
# The wheels of a date stamp set figures apart: JAN 2 0 1964. Three numbers parted by blanks; 10121/98 and 9119/80 where a
# stroke was read as 1; 2003/08/13 less its first figure.
DAMAGED = (
    re.compile(rf"(?<![A-Za-z])(?P<mon>{MONTH})\.?\s(?P<d>[0-3]\s\d),?\s(?P<y>1\s?9\s?\d\s?\d)(?!\d)"),
    re.compile(rf"(?<![A-Za-z])(?P<mon>{MONTH}|{'|'.join(WORN)})\.?\s-?(?P<d>[0-3OIlL]?\s?[\dOIlL])\s?(?P<y>19[2-9]\d)(?!\d)"),
    re.compile(r"(?<![\dA-Za-z])(?P<m>\d{1,2})\s(?P<d>\d{1,2})\s(?P<y>\d\d)(?![\dA-Za-z/])"),
    re.compile(r"(?<!\d)(?P<m>1?\d)1(?P<d>[0-3]\d)1(?P<y>[789]\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<m>1?\d)1(?P<d>[0-3]?\d)/(?P<y>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<m>1?\d)/(?P<d>[0-3]?\d)1(?P<y>\d\d)(?!\d)"),
    re.compile(r"(?<![\dA-Za-z])(?P<y>[O0]\d\d)/(?P<m>\d\d)/(?P<d>\d\d)(?!\d)"),
    re.compile(rf"(?<![A-Za-z])(?P<y>20{FIGURE}{{2}})/(?P<m>{FIGURE}{{2}})/(?P<d>{FIGURE}{{2}})(?![\dA-Za-z])"),
)
# Figures taken for one another in written years (domain reference 1.3, rule 3).
CONFUSED = {frozenset(p) for p in ("68", "94", "93", "90", "38", "17", "56", "27", "12", "46", "24")}


@dataclass(frozen=True, slots=True)
class Day:
    """A date at the half-open span: `text` as written, `edtf` as understood; `repaired` when figures were guessed."""

    text: str
    start: int
    end: int
    edtf: str
    repaired: bool = False

    @property
    def year(self) -> int:
        return int(self.edtf[:4])

    def in_years(self, first: int, last: int) -> tuple[str, ...]:
        """The same day in those of the years first..last that differ by one figure commonly confused."""
        return tuple(f"{year}{self.edtf[4:]}" for year in near_years(self.edtf[:4], range(first, last + 1)))


def near_years(read: str, meant: range | list[int] | tuple[int, ...], strict: bool = True) -> list[int]:
    """Years of `meant` that differ from the four figures read by one (a common confusion when `strict`)."""
    out = []
    for year in meant:
        changed = [frozenset(pair) for pair in zip(read, str(year), strict=True) if pair[0] != pair[1]]
        if len(changed) == 1 and (not strict or changed[0] in CONFUSED):
            out.append(year)
    return out


def find_days(text: str) -> list[Day]:
    """Every date in the text, in order; none reaches over a line's end."""
    found: list[Day] = []
    at = 0
    for line in text.split("\n"):
        for d in find_dates(line):
            if d.edtf[:4].isdigit() and "/" not in d.edtf:
                found.append(Day(d.text, at + d.start, at + d.end, d.edtf, d.repaired))
        for pattern in DAMAGED:
            for m in pattern.finditer(line):
                start, end = at + m.start(), at + m.end()
                if not any(d.start < end and d.end > start for d in found) and (edtf := _edtf(m)):
                    found.append(Day(m.group(), start, end, edtf, True))
        at += len(line) + 1
    return sorted(found, key=lambda d: d.start)


def _edtf(m: re.Match[str]) -> str | None:
    written = {k: re.sub(r"\s", "", v) for k, v in m.groupdict().items()}
    name = WORN.get(written.get("mon", ""), written.get("mon", ""))
    month = MONTH.split("|").index(name) + 1 if name else int(figures(written["m"]))
    year, day = int(figures(written["y"])), int(figures(written["d"].replace("L", "1")))
    if len(written["y"]) == 3:
        year += 2000
    elif len(written["y"]) == 2:
        year += 1900 if year >= 26 else 2000
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def years(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, figures) of every run of four figures that may be meant for a year."""
    for m in re.finditer(rf"(?<![A-Za-z0-9/.-]){FIGURE}{{4}}(?![0-9A-Za-z/-])", text):
        if sum(c.isdigit() for c in m.group()) >= 2:
            yield m.start(), m.end(), figures(m.group())
