"""What a hand or a date stamp put into the fields of a form: a day, spelled out letter for letter against every day that
the form can bear.

The second reader's network says how likely a crop is to be a given string. Of all the days of the years in which a stamp was
in use, written in every manner usual on it, the likeliest is taken when it stands out; days that are nearly as likely are
named, and when none stands out nothing is said.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from pipeline.core.ink import Ink

if TYPE_CHECKING:
    import numpy as np

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
SURE = 0.45  # probability from which a day is taken
SURELY = 0.9  # the same where the network may have lost a thin stroke: 11/14 read as 1/14
MAYBE = 0.15  # probability from which another day is named beside it
LIKELY = (-12.0, -1.6)  # logarithm, and logarithm a letter, by which a day may be less likely than what the network likes
RULED = 11.0  # units: a straight stroke that long is a ruled line, not writing
DOT = 0.8  # square units: smaller specks are none
LOW = 0.2  # of the highest stroke's height: lower ones are specks, dots and remnants of rules
SCATTERED = 14  # strokes: more are no line of codes but soil or print
SLASH = 0.78  # of the highest stroke's height: the strokes between the numbers of a day reach it
FIGURES = 0.68  # of the same: no figure does
WIDER = 1.35  # times the width of the other one
MARGIN = (1.2, 2.4)  # units of white above and beside a line of writing
SLANTS = (30.0, 36.0, 42.0, 48.0)  # degrees at which date stamps are put across a line
STRIP = 14.0  # units: height of a line that a date stamp prints
OFFSETS = (-4.0, 0.0, 4.0)  # units by which that line may miss the middle of its field


@dataclass(frozen=True, slots=True)
class Stroke:
    """A connected stroke: its pixels, middle and width in pixels, and its height as a share of the highest one's."""

    pixels: np.ndarray
    middle: float
    width: int
    height: float


@dataclass(frozen=True, slots=True)
class Spelled:
    """A day as spelled: EDTF, the string that fitted best, its probability, and other days that are not unlikely."""

    edtf: str
    text: str
    probability: float
    others: tuple[str, ...] = ()


def written_day(picture: np.ndarray, fine: float, ink: Ink, era: tuple[str, str]) -> Spelled | None:
    """The day that a hand wrote on the straightened picture of a field, `fine` pixels a unit."""
    strokes = _strokes(_writing(picture, fine), fine)
    if not strokes:
        return None
    parts = _parted(strokes)
    if parts and (day := _by_parts([_cut(p, fine) for p in parts], ink, era, _sure(strokes))):
        return day
    return _spelled([_cut(_joined(strokes), fine)], ink, _written(*era))


def stamped_day(picture: np.ndarray, fine: float, ink: Ink, era: tuple[str, str]) -> Spelled | None:
    """The day of a date stamp put slantwise over a field: APR 24 1992, running down to the right."""
    black = _writing(picture, fine)
    return _spelled([s for angle in SLANTS for s in _strips(black, fine, angle)], ink, _stamped(*era))


def written_codes(picture: np.ndarray, fine: float, ink: Ink, kind: str) -> tuple[str, ...]:
    """The exemption codes that a hand wrote on the picture of a field: `exemptions` (b1 a3 a5) or `retained` (3, 5)."""
    strokes = _strokes(_writing(picture, fine), fine)
    if not strokes or len(strokes) > SCATTERED:
        return ()
    spelled = _spelled([_cut(_joined(strokes), fine)], ink, _codes(kind))
    return tuple(spelled.edtf.split()) if spelled else ()


@cache
def _codes(kind: str) -> tuple[tuple[str, str], ...]:
    """(string, codes) of what reviewers wrote: FOIA exemption b1-b7, then paragraphs a1-a10 of E.O. 12356 sec. 1.3."""
    paragraphs = [c for n in range(4) for c in combinations(range(1, 11), n)]
    out = []
    for some in paragraphs:
        if kind == "retained":
            meant = " ".join(f"a{n}" for n in some)
            out += [(mark.join(map(str, some)), meant) for mark in (",", ", ", " ")] if some else []
            continue
        for b in range(1, 8):
            meant = " ".join((f"b{b}", *(f"a{n}" for n in some)))
            out += [(meant, meant), (meant.replace(" ", ", "), meant)]
            out.append((f"(b)({b})" + "".join(f"(a)({n})" for n in some), meant))
    return tuple(out)


def _writing(picture: np.ndarray, fine: float) -> np.ndarray:
    """What is dark without the ruled lines, as 0 and 1."""
    import cv2
    import numpy as np

    black = (picture < 128).astype(np.uint8)
    long = round(RULED * fine)
    for shape, wider in (((1, long), (3, 1)), ((long, 1), (1, 3))):
        rule = cv2.morphologyEx(black, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        black[cv2.dilate(rule, np.ones(wider, np.uint8)) > 0] = 0
    return black


def _strokes(black: np.ndarray, fine: float) -> list[Stroke]:
    """The connected strokes of the writing, specks left out."""
    import cv2

    count, labels, stats, middles = cv2.connectedComponentsWithStats(black, connectivity=8)
    highest = max((int(stats[n, cv2.CC_STAT_HEIGHT]) for n in range(1, count)), default=0)
    return [
        Stroke(labels == n, float(middles[n][0]), int(stats[n, cv2.CC_STAT_WIDTH]), stats[n, cv2.CC_STAT_HEIGHT] / highest)
        for n in range(1, count)
        if stats[n, cv2.CC_STAT_AREA] > DOT * fine * fine and stats[n, cv2.CC_STAT_HEIGHT] >= LOW * highest
    ]


def _joined(strokes: Sequence[Stroke]) -> np.ndarray:
    import numpy as np

    joined: np.ndarray = np.any([s.pixels for s in strokes], axis=0).astype(np.uint8)
    return joined


def _parted(strokes: Sequence[Stroke]) -> list[np.ndarray] | None:
    """The three numbers of a day between two strokes of the pen that stand out above all figures; None when there are not
    just two such strokes."""
    tall = [s for s in strokes if s.height >= SLASH]
    slashes = sorted(s.middle for s in tall)
    figures = [s for s in strokes if s.height < SLASH]
    if len(tall) != 2 or any(s.height > FIGURES for s in figures):
        return None
    parts = [[s for s in figures if sum(s.middle > x for x in slashes) == n] for n in range(3)]
    return [_joined(p) for p in parts] if all(parts) else None


def _sure(strokes: Sequence[Stroke]) -> float:
    """The probability to ask for: more when one of the strokes between the numbers is so wide that a figure may hang on
    it."""
    tall = [s.width for s in strokes if s.height >= SLASH]
    return SURELY if max(tall) > WIDER * min(tall) else SURE


def _by_parts(parts: Sequence[np.ndarray], ink: Ink, era: tuple[str, str], sure: float) -> Spelled | None:
    """The day whose month, day and year the three numbers are, each spelled on its own."""
    since, until = int(era[0][:4]), min(int(era[1][:4]), date.today().year)
    choices = (
        [str(n) for n in range(1, 32)],
        [str(n) for n in range(1, 32)],
        [f"{y % 100:02d}" for y in range(since, until + 1)],
    )
    likely = []
    for picture, strings in zip(parts, choices, strict=True):
        *scores, _ = ink.spell(picture, strings)
        likely.append({text: math.exp(score - max(scores)) for text, score in zip(strings, scores, strict=True)})
    first, second, third = likely
    weight = {}
    for y, m, d in _days(*era):  # 12/20/79; 20/12/79 can only be read the other way
        turned = first[str(d)] * second[str(m)] if d > 12 else 0.0
        weight[y, m, d] = max(first[str(m)] * second[str(d)], turned) * third[f"{y % 100:02d}"]
    ranked = sorted(weight.items(), key=lambda item: -item[1])
    whole = sum(weight.values())
    (y, m, d), share = ranked[0][0], ranked[0][1] / whole
    if share < sure:
        return None
    others = tuple(f"{a}-{b:02d}-{c:02d}" for (a, b, c), w in ranked[1:4] if w / whole >= MAYBE)
    return Spelled(f"{y}-{m:02d}-{d:02d}", f"{m}/{d}/{y % 100:02d}", round(share, 3), others)


def _cut(black: np.ndarray, fine: float) -> Any:
    import cv2
    import numpy as np

    rows, columns = (np.flatnonzero(black.any(axis)) for axis in (1, 0))
    part = 255 * (1 - black[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    up, aside = (round(m * fine) for m in MARGIN)
    return cv2.copyMakeBorder(part.astype(np.uint8), up, up, aside, aside, cv2.BORDER_CONSTANT, value=255)


def _strips(black: np.ndarray, fine: float, angle: float) -> Iterator[np.ndarray]:
    """Lines of print that run down to the right at that angle."""
    import cv2
    import numpy as np

    high, wide = black.shape
    side = math.ceil(1.5 * max(high, wide))
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0)
    turn[:, 2] += side / 2 - np.array([wide / 2, high / 2])
    turned = cv2.warpAffine(255 * (1 - black), turn, (side, side), borderValue=255)
    for offset in OFFSETS:
        top = round(side / 2 + (offset - STRIP / 2) * fine)
        strip = turned[top : top + round(STRIP * fine)]
        columns = np.flatnonzero((strip < 128).any(0))
        if len(columns) > STRIP * fine:
            yield strip[:, max(0, columns[0] - 10) : columns[-1] + 10]


def _spelled(lines: Sequence[np.ndarray], ink: Ink, known: tuple[tuple[str, str], ...]) -> Spelled | None:
    """The day that the lines (views of the same writing) show: each view counts as much as it is like a day at all."""
    strings = [text for text, _ in known]
    weight: dict[str, float] = defaultdict(float)
    text_of: dict[str, tuple[float, str]] = {}
    best = -math.inf
    for line in lines:
        *scores, free = ink.spell(line, strings)
        for (text, day), score in zip(known, scores, strict=True):
            best = max(best, score - free - min(LIKELY[0], LIKELY[1] * len(text)))
            if score - free > 3 * LIKELY[0]:
                likely = math.exp(score - free)
                weight[day] += likely
                text_of[day] = max(text_of.get(day, (0.0, "")), (likely, text))
    if best < 0 or not weight:
        return None
    whole = sum(weight.values())
    ranked = sorted(weight.items(), key=lambda item: -item[1])
    day, share = ranked[0][0], ranked[0][1] / whole
    if share < (SURELY if "/" in text_of[day][1] else SURE):
        return None
    others = tuple(d for d, w in ranked[1:4] if w / whole >= MAYBE)
    return Spelled(day, text_of[day][1], round(share, 3), others)


def _days(first: str, last: str) -> Iterator[tuple[int, int, int]]:
    day, end = date.fromisoformat(first), min(date.fromisoformat(last), date.today())
    while day <= end:
        yield day.year, day.month, day.day
        day += timedelta(days=1)


@cache
def _written(first: str, last: str) -> tuple[tuple[str, str], ...]:
    """(string, EDTF) of every day, in the manners in which hands date forms."""
    out = []
    for y, m, d in _days(first, last):
        iso, short = f"{y}-{m:02d}-{d:02d}", f"{y % 100:02d}"
        name = MONTHS[m - 1]
        out += [(mark.join((str(m), str(d), short)), iso) for mark in "/ "]
        out += [(f"{d} {name.title()} {short}", iso), (f"{d}{name}{short}", iso)]
    return tuple(out)


@cache
def _stamped(first: str, last: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"{MONTHS[m - 1]} {d} {y}", f"{y}-{m:02d}-{d:02d}") for y, m, d in _days(first, last))
