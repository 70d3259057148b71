"""When a document was made: of all the dates on its pages the one that is its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from pipeline.core.dates import DateReading, find_dates
from pipeline.core.knowledge import toml
from pipeline.core.page import Page, Word
from pipeline.parse.labels import Label, find_labels
from pipeline.parse.rows import Passage, Row, rows_of


class Dated(NamedTuple):
    """A date that may be the document's, how much speaks for it, and where it stands."""

    edtf: str
    text: str
    weight: float
    passage: Passage
    rule: str


@cache
def _knowledge() -> dict[str, Any]:
    return toml("particulars/heads.toml")


@cache
def _any(name: str) -> re.Pattern[str]:
    return re.compile("|".join(re.sub(r"\n\s*", "", p) for p in _knowledge()[name]))


def _cells_of(row: Row, d: DateReading) -> Passage:
    at, cells = 0, []
    for c in row.cells:
        if at < d.end and at + len(c.text) > d.start:
            cells.append(c)
        at += len(c.text) + 1
    return Passage.of(row.page, [cells or list(row.cells)])


def _weight(
    row: Row, d: DateReading, labels: Sequence[Label], kind: str | None, place: tuple[float, float]
) -> tuple[float, str]:
    """What speaks for a date by its row: (weight, rule). `place` is its height on the page and its middle, 0..1."""
    before, after = row.text[: d.start], row.text[d.end :]
    others = len(re.findall(r"[A-Za-z]{3,}", before + " " + after))
    left = _cells_of(row, d).left
    before_it = [n for n in labels if n.box.left <= left + 25]
    nearest = max(before_it, key=lambda n: n.box.left) if before_it else None
    weight, rule = 0.0, "date-in-text"
    if d.form == "date-time" and (own := [n for n in labels if n.word in ("ACTION", "INFO") and n.box.left <= left]):
        weight, rule = -1.2, f"date-of-{own[0].word.lower()}"  # when a copy was handed on
    elif d.form == "date-time" and kind == "cable":
        weight, rule = 4.0, "date-time-group"
    elif nearest and nearest.name == "date":
        weight, rule = 3.0, "date-labelled"
    elif nearest and nearest.name == "dispatched":
        weight, rule = 1.6, "date-dispatched"
    elif nearest and nearest.name == "acquired":
        weight, rule = 1.3, "date-acquired"
    elif (nearest and nearest.name == "info_date") or (kind == "intelligence-report" and d.form == "days"):
        weight, rule = 0.4, "date-of-information"
    elif kind == "intelligence-report" and re.match(r"\W{0,2}PLACE", row.text):
        weight, rule = 1.3, "date-acquired"
    elif d.form == "month-year" and others:
        weight = -1.2
    elif others <= 1:
        weight, rule = 2.0, "date-alone"
    elif others <= 2 and place[0] < 0.42:
        weight, rule = 1.0, "date-in-head"
    else:
        weight = -1.2
    if rule not in ("date-acquired", "date-of-information"):
        weight += 1.0 if place[0] < 0.25 else 0.7 if place[0] < 0.42 else 0.0
    weight += 0.2 if place[1] > 0.5 else 0.0
    weight -= (
        2.0 if _any("foreign").search(before[-40:]) or re.match(r"\W*(?:\d+ \S+ old|born|in [A-Z])", after) else 0.0
    )
    if re.search(_knowledge()["receipt"], before) and kind == "cable":
        weight, rule = max(weight, 1.0), "date-received"
    elif _any("later").search(row.text):
        weight -= 3.0
    weight -= 1.2 if re.search(r"\b(?:in|on|by|of|from|to|about|and|the)\s*$", before) else 0.0
    weight -= 0.8 if d.form == "month-year" else 0.0
    weight -= 0.5 if d.form == "days" else 0.0
    weight -= 3.0 if d.form in ("iso", "clocked", "year-month-day") else 0.0
    weight -= 0.3 if d.repaired else 0.0
    return weight, rule


def date_of(
    pages: Sequence[Page], stamped: Callable[[Page, Word], bool], kind: str | None, sheet_date: str | None
) -> Dated | None:
    """The document's own date among those on its first two pages and its last; None when none speaks for itself.

    `stamped` says which words belong to stamps. A date on the identification sheet bears out an equal one.
    """
    found: list[Dated] = []
    partial: list[tuple[DateReading, Row]] = []
    numbered: str | None = None
    chosen = list(dict.fromkeys([*pages[:2], *pages[-1:]]))
    for order, page in enumerate(chosen):
        rows = rows_of(page, lambda w, p=page: not stamped(p, w))  # type: ignore[misc]
        height = page.height or (rows[-1].box.bottom + 1 if rows else 1.0)
        width = page.width or 480.0
        labels = find_labels(rows)
        for number, row in ((n, c) for n, r in enumerate(rows) for c in r.chunks(5.0)):
            above = [
                n
                for n in labels
                if n.row in (number - 1, number - 2)
                and n.name in ("date", "dispatched")
                and abs(n.box.left - row.box.left) < 60
            ]
            own = [n for n in labels if n.row == number] or above
            for d in find_dates(row.text):
                passage = _cells_of(row, d)
                weight, rule = _weight(row, d, own, kind, (row.box.top / height, passage.left / width))
                if order and kind != "letter":
                    weight -= 0.6 if rule != "date-alone" else 0.9
                found.append(Dated(d.edtf, d.text, weight * 1.0, passage, rule))
            if order == 0 and kind == "cable" and not numbered:
                numbered = _telegram_year(row)
            if order == 0 and kind == "cable" and row.box.top < 0.5 * height:
                partial += [(d, row) for d in find_dates(row.text, partial=True) if d.edtf.startswith("XXXX")]
    chosen_date = _chosen(_of_year(_with_years(found, partial), numbered), sheet_date)
    return _of_the_time(chosen_date, pages) if chosen_date else None


def _of_the_time(d: Dated, pages: Sequence[Page]) -> Dated:
    """A date before 1930 in a text that speaks of no other such year, put right where one figure makes it of the time that
    the pages name most: worn figures lose a stroke (14 March 1902 where the text speaks of 1961)."""
    named = Counter(re.findall(r"(?<!\d)1[89]\d\d(?!\d)", " ".join(p.text for p in pages)))
    own = d.edtf[:4]
    if own >= "1930" or any(y < "1930" and y != own for y in named):
        return d
    most = next((y for y, n in named.most_common() if y >= "1930" and n > 1), None)
    near_by = [y for y in map(str, range(int(most) - 2, int(most) + 3)) if _figures_apart(y, own) == 1] if most else []
    nearest = min(near_by, key=lambda y: abs(int(y) - int(most or y)), default=None)
    return d._replace(edtf=nearest + d.edtf[4:], rule=d.rule + "+text") if nearest else d


def _figures_apart(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))



def _telegram_year(row: Row) -> str | None:
    """The year that a State telegram's number begins with: TEXT OF TELEGRAM 86MOSCOW 17709."""
    m = re.search(r"TELEGRAM\W{1,3}([789]\d)\s?[A-Z]{3}", row.text)
    return f"19{m[1]}" if m else None


def _of_year(found: list[Dated], year: str | None) -> list[Dated]:
    """Date-time groups whose year differs in one figure from that of the telegram's number, put right."""
    if not year:
        return found
    wrong = {d.edtf[:4] for d in found if sum(a != b for a, b in zip(d.edtf, year, strict=False)) == 1}
    return [
        d._replace(edtf=year + d.edtf[4:], rule=d.rule + "+number")
        if d.rule == "date-time-group" and d.edtf[:4] in wrong
        else d
        for d in found
    ]


def _with_years(found: list[Dated], partial: Sequence[tuple[DateReading, Row]]) -> list[Dated]:
    """A telegram tells its day without the year ("No. 660, November 16"); the receipt beside it has the year."""
    received = next((d for d in found if d.rule == "date-received"), None)
    if received and partial and (day := partial[0][0].edtf[5:]):
        year = int(received.edtf[:4]) - (
            day > received.edtf[5:] and day.startswith("12") and received.edtf[5:7] == "01"
        )
        d, row = partial[0]
        return [
            *found,
            Dated(
                f"{year:04d}-{day}",
                f"{d.text} ({received.text})",
                received.weight + 0.5,
                _cells_of(row, d),
                "date-sent",
            ),
        ]
    return found


def _chosen(found: Sequence[Dated], sheet_date: str | None) -> Dated | None:
    if not found:
        return None
    repeated = Counter(d.edtf for d in found)

    def total(d: Dated) -> float:
        agrees = 1.5 if sheet_date and _misread(d, sheet_date) else _agreement(d.edtf, sheet_date)
        return d.weight + agrees + min(0.6, 0.2 * (repeated[d.edtf] - 1))

    found = [d for d in found if not sheet_date or not _years_off(d.edtf, sheet_date) or _misread(d, sheet_date)]
    if not found:
        return None
    best = max(found, key=total)
    if total(best) < 0.9 or (
        sheet_date
        and len(sheet_date) == 10
        and _agreement(best.edtf, sheet_date) <= 0
        and not _misread(best, sheet_date)
        and total(best) < 2.0
    ):
        return None
    if sheet_date and _misread(best, sheet_date):
        return best._replace(edtf=sheet_date, weight=total(best), rule=best.rule + "+sheet")
    return best._replace(weight=total(best))


def _agreement(edtf: str, sheet_date: str | None) -> float:
    """How far the identification sheet bears a date out; it rarely errs in the year."""
    if not sheet_date:
        return 0.0
    if edtf == sheet_date and len(edtf) == 10:
        return 2.5
    return 0.8 if edtf[:7] == sheet_date[:7] else 0.0 if edtf[:4] == sheet_date[:4] else -1.5


def _years_off(edtf: str, sheet_date: str) -> bool:
    """More than five years from the sheet's date: when a page was reviewed or copied, or what it tells of."""
    whole = len(sheet_date) == 10 and edtf[:4].isdigit()
    return whole and abs(int(edtf[:4]) - int(sheet_date[:4])) > 5


def _misread(own: Dated, sheet_date: str) -> bool:
    """The sheet's date less a figure (8 December for 18, a month without its day), or a doubtful reading of it that errs
    in one figure (1862 for 1962)."""
    if len(sheet_date) != 10 or own.edtf == sheet_date:
        return False
    if own.edtf[:7] == sheet_date[:7]:
        day, other = own.edtf[8:].lstrip("0"), sheet_date[8:].lstrip("0")
        if not day or (len(day) < len(other) and day in other):
            return True
    if re.search(r"[A-Za-z]{3}", own.text) and own.edtf[5:7] != sheet_date[5:7]:
        return False  # a month that is written out is not misread as another
    wrong = sum(a != b for a, b in zip(own.edtf, sheet_date, strict=False))
    return len(own.edtf) == 10 and wrong == 1 and (own.passage.confidence < 0.9 or own.edtf < "1900")
