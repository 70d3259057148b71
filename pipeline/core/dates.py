"""Dates as government papers write them, found in text and understood as EDTF; the text is kept as written.

A pattern admits what readers of scans confuse (l for 1, O for 0, S for 5, JUIY for JULY); a two-digit year is placed by
a window of a hundred years. A date that no calendar has is no date.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

EARLIEST = 1926
"""First year that two digits may mean: 26 is 1926, 25 is 2025."""

MONTHS = ("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER",
          "DECEMBER")  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date in a text: `text` as written at the half-open span `start, end`, `edtf` as understood.

    `form` names the way of writing (day-month-year, numeric, date-time ...); `two_digit` says that the century was
    inferred, `repaired` that a letter was taken for a figure or a month was misspelt; `time` is hhmm of a date-time
    group.
    """

    text: str
    start: int
    end: int
    edtf: str
    form: str
    confidence: float = 0.95
    two_digit: bool = False
    repaired: bool = False
    time: str | None = None


_FIGURE = str.maketrans("OoQDlIi|!SsZzBbGgq", "000011111552286699")
_LETTER = str.maketrans("0158|!6", "OISBIIG")

_F = r"[0-9OoQlIi|!SsZzB]"
_DAY = rf"(?P<day>{_F}{{1,2}}|-[0-9])"
_MONTH = r"(?P<month>[A-Za-z0158|!]{3,10})"
_YEAR4 = rf"[1lI|!i2Zz][890gqO]\s?{_F}{{2}}"
_YEAR = rf"(?P<year>{_YEAR4}|['’‘`]\s?[0-9]{{2}}|[0-9]{_F}|{_F}[0-9])"
_FULL = rf"(?P<year>{_YEAR4})"
_GAP = r"[ \t]*[.,;:]?[ \t]*"
_BREAK = r"[ \t]*[.,;]?[ \t]*\n?[ \t]*"
_APART = r"(?:[ \t]*[.,;][ \t]*\n?|[ \t]+\n?|\n)[ \t]*"
_HEAD = r"(?<![A-Za-z0-9])(?<![0-9]/)"
_TAIL = r"(?![A-Za-z0-9])"
_NO_CLOCK = r"(?![A-Za-z0-9:]|[ \t]*[AaPp]\.?(?:[Mm]\b|\.))"
_TIME = r"(?P<time>[0-2OoQ][0-9OoQ][ \t]?[0-5OoQ][0-9OoQ])"
_CLOCK = r"[0-9OlI]{1,2}[ \t:.]+[0-9OlI]{2}[ \t]*[AP]\.?M\.?"
_SLASHED = rf"(?P<year>[12][90]{_F}{{2}}|[0-9]{_F}|{_F}[0-9])(?![\d/A-Za-z]|-\d)"
_ORDINAL = r"(?:\s?(?:st|nd|rd|th|ST|ND|RD|TH)\b)?"

# (form, pattern, confidence), the most telling first: a span that one form has taken is not given to a later one.
_FORMS: tuple[tuple[str, str, float], ...] = (
    ("date-time", rf"{_HEAD}(?P<day>[0-3OoQ][0-9OoQlI]){_TIME}\s?[Z2R]?[ \t.,]+{_MONTH}[ \t.,]+{_YEAR}{_TAIL}", 0.97),
    ("date-time", rf"{_HEAD}{_MONTH}[ \t.]+{_DAY}[ \t,]+{_TIME}\s?[Z2]?[ \t]+{_YEAR}{_TAIL}", 0.95),
    ("date-time", rf"{_HEAD}{_DAY}[ \t]*{_MONTH}[ \t.]+{_YEAR}[ \t]+{_TIME}\s?[Z2]{_TAIL}", 0.95),
    ("clocked", rf"{_HEAD}{_MONTH}[ \t.]+{_DAY}[ \t,]+{_CLOCK}[ \t,]+{_YEAR}{_TAIL}", 0.9),
    ("year-month-day", rf"(?<![A-Za-z0-9]){_FULL}[-/. ]{_MONTH}[ -]*{_DAY}{_TAIL}", 0.9),
    ("year-month-day", rf"(?P<year>['’‘`][0-9]{{2}})[ \t]*{_MONTH}[ \t]*{_DAY}{_TAIL}", 0.85),
    ("day-month-year", rf"{_HEAD}{_DAY}[ \t]?/[ \t]?{_MONTH}[ \t]?/[ \t]?{_YEAR}{_TAIL}", 0.95),
    ("days", rf"{_HEAD}{_DAY}[ \t]*(?:-|–|to|and)[ \t]*(?P<day2>{_F}{{1,2}})[ \t]+{_MONTH}{_GAP}{_YEAR}{_TAIL}", 0.9),
    ("days", rf"{_HEAD}{_MONTH}{_GAP}{_DAY}[ \t]*(?:-|–|to)[ \t]*(?P<day2>{_F}{{1,2}}){_APART}{_FULL}{_TAIL}", 0.9),
    ("day-month-year", rf"{_HEAD}{_DAY}{_ORDINAL}[ \t.,-]*(?:[Dd]ay of |of |[0-9o] )?{_MONTH}{_BREAK}-?{_FULL}{_TAIL}", 0.97),
    ("month-day-year", rf"{_HEAD}{_MONTH}{_GAP}{_DAY}{_ORDINAL}{_APART}{_FULL}{_TAIL}", 0.97),
    ("day-month-year", rf"{_HEAD}{_DAY}[ \t.,-]*{_MONTH}{_GAP}-?{_YEAR}{_TAIL}", 0.9),
    ("month-day-year", rf"{_HEAD}{_MONTH}{_GAP}{_DAY}(?:,[ \t]*|[ \t]+){_YEAR}{_NO_CLOCK}", 0.85),
    ("iso", rf"(?<![\w/.-]){_FULL}(?P<mark>[-/.])(?P<number>[01][0-9])(?P=mark)(?P<day>[0-3][0-9])(?![\d/-])", 0.97),
    ("numeric", rf"(?<![\d/.#$A-Za-z-])(?P<number>{_F}{{1,2}}) ?(?P<mark>[-/]) ?{_DAY} ?(?P=mark) ?{_SLASHED}", 0.9),
    ("month-year", rf"{_HEAD}{_MONTH}{_GAP}(?:of )?{_FULL}{_TAIL}", 0.9),
    ("month-year", rf"{_HEAD}{_MONTH}[ \t.,-]*(?P<year>['’‘`][0-9]{{2}}){_TAIL}", 0.8),
)  # fmt: skip
_PARTIAL = (
    ("month-day", rf"{_HEAD}{_MONTH}[ \t.]*{_DAY}{_TAIL}", 0.7),
    ("day-month", rf"{_HEAD}{_DAY}[ \t-]*{_MONTH}{_TAIL}", 0.7),
)


@cache
def _compiled(partial: bool) -> tuple[tuple[str, re.Pattern[str], float], ...]:
    forms = _FORMS + _PARTIAL if partial else _FORMS
    return tuple((form, re.compile(pattern), confidence) for form, pattern, confidence in forms)


def _distance(a: str, b: str) -> int:
    """Levenshtein's."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


@lru_cache(4096)
def month_of(word: str) -> tuple[int, bool] | None:
    """The month (1-12) that `word` names, and whether it had to be repaired. None when it names none.

    Full names admit one wrong letter (two from seven letters up), abbreviations only a figure in place of a letter.
    """
    plain = word.upper().rstrip(".")
    folded = plain.translate(_LETTER)
    for number, name in enumerate(MONTHS, 1):
        if plain in (name, name[:3], name[:4]):
            return number, False
    for number, name in enumerate(MONTHS, 1):
        if folded in (name, name[:3], name[:4]):
            return number, True
    if len(folded) < 4:
        return None
    ranked = sorted((_distance(folded, name), number) for number, name in enumerate(MONTHS, 1) if len(name) > 3)
    best, number = ranked[0]
    allowed = 2 if max(len(folded), len(MONTHS[number - 1])) >= 7 and len(folded) >= 6 else 1
    return (number, True) if best <= allowed and ranked[1][0] > best else None


def _figures(text: str) -> int | None:
    digits = re.sub(r"\s", "", text.strip("-'’‘` ")).translate(_FIGURE)
    return int(digits) if digits.isdigit() else None


def _year(text: str, earliest: int) -> int | None:
    """The year of two or four figures, None when no paper of ours can bear it."""
    figures = re.sub(r"\s", "", text.strip("'’‘` "))
    value = _figures(figures)
    if value is None:
        return None
    if len(figures) <= 2:
        return earliest + (value - earliest) % 100
    return value if 1800 <= value <= 2099 else None


def _iso(year: int | None, month: int, day: int) -> str | None:
    """The day if the calendar has it; XXXX stands for a year that is not written."""
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year or 2000, month)[1]:
        return None
    return f"{year:04d}-{month:02d}-{day:02d}" if year else f"XXXX-{month:02d}-{day:02d}"


def _numeric(first: int, second: int, year: int) -> str | None:
    """6/8/61 is June 8 in American papers; 26/10/62 can only be read the other way; RIF forms write 00 for unknown."""
    if second == 0:
        if first == 0 and year % 100 == 0:
            return None
        return f"{year:04d}-{first:02d}" if 1 <= first <= 12 else f"{year:04d}" if first == 0 else None
    return _iso(year, first, second) or _iso(year, second, first)


def _understood(form: str, m: re.Match[str], earliest: int) -> tuple[str, bool, bool] | None:
    """(EDTF, two-digit year, repaired) of a match, None when it is no date."""
    got = m.groupdict()
    year_text = got.get("year")
    year = _year(year_text, earliest) if year_text else None
    if year_text and year is None:
        return None
    two = bool(year_text) and len(re.sub(r"\D", "", (year_text or "").translate(_FIGURE))) == 2
    day = _figures(got["day"]) if got.get("day") else None
    repaired = any(bool(re.search(r"[A-Za-z|!]", got.get(k) or "")) for k in ("year", "day", "day2", "number"))
    if got.get("number"):
        number = _figures(got["number"])
        assert year is not None
        if number is None or day is None:
            return None
        edtf = _iso(year, number, day) if form == "iso" else _numeric(number, day, year)
        return (edtf, two, repaired) if edtf else None
    month = month_of(got["month"])
    if got.get("day") and m.end("month") == m.start("day") and got["day"][0].isalpha():
        return None  # the last letter of "April" is no day
    if not month or (got.get("time") and (_figures(got["time"]) or 0) > 2400):
        return None
    repaired = repaired or month[1]
    if form == "month-year":
        return f"{year:04d}-{month[0]:02d}", two, repaired
    if day is None or (two and month[1] and repaired and got["day"].isalpha()):
        return None
    edtf = _iso(year, month[0], day)
    if edtf and form == "days":
        second = _iso(year, month[0], _figures(got["day2"]) or 0)
        edtf = f"{edtf}/{second}" if second and second > edtf else None
    return (edtf, two, repaired) if edtf else None


def find_dates(text: str, *, earliest: int = EARLIEST, partial: bool = False, years: bool = False) -> list[DateReading]:
    """All dates in `text`, in order, none inside another.

    `earliest` is the first year that a two-digit year may mean. `partial` admits a day without its year ("November 16"
    is XXXX-11-16), `years` a year standing alone.
    """
    found: list[DateReading] = []
    taken = bytearray(len(text))
    for form, pattern, confidence in _compiled(partial):
        at = 0
        while m := pattern.search(text, at):
            at = m.start() + 1
            if any(taken[m.start() : m.end()]) or not (understood := _understood(form, m, earliest)):
                continue
            edtf, two, repaired = understood
            time = m.groupdict().get("time")
            sure = confidence * (0.95 if two else 1.0) * (0.85 if repaired else 1.0)
            clock = re.sub(r"\s", "", time).translate(_FIGURE) if time else None
            found.append(DateReading(m.group(), m.start(), m.end(), edtf, form, round(sure, 3), two, repaired, clock))
            taken[m.start() : m.end()] = b"\1" * (m.end() - m.start())
            at = m.end()
    if years:
        for m in re.finditer(r"(?<![\w/.,-])(?:1[89]|20)\d\d(?![\w/-]|[.,]\d)", text):
            if not any(taken[m.start() : m.end()]):
                found.append(DateReading(m.group(), m.start(), m.end(), m.group(), "year", 0.6))
    return sorted(found, key=lambda d: d.start)


_QUALIFIED: tuple[tuple[str, Callable[[str], str]], ...] = (
    (r"(?:ca|circa|c|about|approx(?:imately)?)[. ]+(?P<date>.+)", lambda d: f"{d}~"),
    (r"(?:before|not later than|until|to)\s+(?P<date>.+)", lambda d: f"../{d}"),
    (r"(?:after|since|from)\s+(?P<date>[^-]+)", lambda d: f"{d}/.."),
    (r"(?P<date>[^?]+)\(?\?\)?", lambda d: f"{d}?"),
)


def parse_date(text: str, *, earliest: int = EARLIEST) -> str | None:
    """`text` that is a date, as EDTF; None when it holds none. EDTF itself is understood as it is."""
    plain = text.strip()
    if bounds(plain):
        return plain
    if m := re.fullmatch(r"((?:1[89]|20)\d)0'?s", plain):
        return f"{m[1]}X"
    found = find_dates(plain, earliest=earliest)
    whole = max(found, key=lambda d: d.end - d.start, default=None)
    for pattern, mark in _QUALIFIED:
        m = re.fullmatch(pattern, plain, re.I)
        if m and (inner := parse_date(m["date"], earliest=earliest)):
            return mark(inner) if inner[-1].isdigit() else inner
    if whole:
        return whole.edtf
    alone = find_dates(plain, years=True)
    return alone[0].edtf if alone else None


def _edge(date: str, last: bool) -> str | None:
    """The first or last day of one EDTF date, without qualifier; X stands for any figure."""
    m = re.fullmatch(r"(\d[\dX]{3})(?:-(\d\d|XX))?(?:-(\d\d|XX))?", date)
    if not m:
        return None
    year = int(m[1].replace("X", "9" if last else "0"))
    month = int(m[2]) if m[2] and m[2] != "XX" else 12 if last else 1
    if not (1 <= month <= 12 and year >= 1):
        return None
    length = calendar.monthrange(year, month)[1]
    day = int(m[3]) if m[3] and m[3] != "XX" else length if last else 1
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= day <= length else None


def bounds(edtf: str) -> tuple[str, str] | None:
    """First and last ISO day that an EDTF date may mean; None when it is no EDTF date or its year is unknown.

    Understands days, months, years, unspecified figures (196X), qualifiers (`1961~`, `1961?`: not widened, since EDTF
    gives them no width) and intervals, open ones reaching from 0001-01-01 or to 9999-12-31.
    """
    parts = [p.strip().rstrip("?~%") for p in edtf.split("/")]
    if len(parts) > 2 or not any(p not in ("", "..") for p in parts):
        return None
    first = "0001-01-01" if parts[0] in ("", "..") else _edge(parts[0], False)
    last = "9999-12-31" if parts[-1] in ("", "..") else _edge(parts[-1], True)
    return (first, last) if first and last and first <= last else None
