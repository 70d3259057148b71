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
from functools import cache, lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from pipeline.core.ink import Ink

if TYPE_CHECKING:
    import numpy as np

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
SURE = 0.45  # probability from which codes and stamped days are taken
HAND = 0.75  # probability from which a day is taken
UNLIKE = -4.0  # logarithm by which a day on a line of writing may be less likely than what is read there at best
STROKE = 0.7  # logarithm by which a character more is likelier: the network loses a thin 1, but makes none out of nothing
READ = 2.0  # the same of the day that the page's reading has
EARLIER = 3.0  # by how much a day before the first typed one is less likely: that may be misread itself
SEEN, MONTH_AWAY = 12.0, 30.0  # by how much a day among those of known specimens is likelier; days off at which a third is left
OFF_DUTY = 0.05  # likelihood of a Saturday or Sunday where the office that put the stamp kept working days
FAR = 8.0  # logarithm by which another day may be less likely than the best and still count
MAYBE = 0.15  # probability from which another day is named beside it
LIKELY = (-12.0, -1.6)  # logarithm, and logarithm a letter, by which a day may be less likely than what the network likes
RULED = 11.0  # units: a straight stroke that long is a ruled line, not writing
DOT = 0.8  # square units: smaller specks are none
LOW = 0.2  # of the highest stroke's height: lower ones are specks, dots and remnants of rules
SCATTERED = 14  # strokes: more are no line of codes but soil or print
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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a stamp's day beforehand: between which days it lies, the first and last day that known specimens of it
    bear, whether it was put on working days alone, whether hands may write the day before the month; the first typed day of
    the page, and which day the page's reading has, if any."""

    era: tuple[str, str]
    since: str = ""
    read: str | None = None
    seen: tuple[str, ...] = ()
    workdays: bool = False
    day_first: bool = False


def spelled(line: np.ndarray, ink: Ink, known: Known) -> Spelled | None:
    """The possible day that stands somewhere on the picture of a line of writing; None when none does, or several may."""
    import numpy as np

    strings, days, lengths = _manners(*known.era, known.day_first)
    scores = np.asarray(ink.spot(line, strings)) - EARLIER * (days < known.since)
    if not scores.max() > UNLIKE:
        return None
    usual = _usual(*known.era, known.day_first, known.seen, known.workdays)
    scores = scores + STROKE * lengths + READ * np.isin(days, _meant(known)) + usual
    best = float(scores.max())
    weight: dict[str, float] = defaultdict(float)
    for n in np.flatnonzero(scores > best - FAR):
        weight[str(days[n])] += math.exp(scores[n] - best)
    ranked = sorted(weight.items(), key=lambda item: -item[1])
    whole = sum(weight.values())
    day, share = ranked[0][0], ranked[0][1] / whole
    if share < HAND:
        return None
    text = strings[int(scores.argmax())]
    others = tuple(d for d, w in ranked[1:4] if w / whole >= MAYBE)
    return Spelled(day, text, round(share, 3), others)


def _meant(known: Known) -> list[str]:
    """The days that the page's reading may mean: 2/1/80 is the first of February or the second of January."""
    year, _, rest = (known.read or "").partition("-")
    turned = f"{year}-{'-'.join(reversed(rest.split('-')))}"
    return [day for day in (known.read, turned if known.day_first else None) if day]


@lru_cache(8)
def _manners(first: str, last: str, day_first: bool = False) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Strings, the day that each means, and its length: every day in the manners in which hands date stamps. One string
    may mean two days where some write the day before the month."""
    import numpy as np

    out: dict[tuple[str, str], None] = {}
    for y, m, d in _days(first, last):
        iso, short, name = f"{y}-{m:02d}-{d:02d}", f"{y % 100:02d}", MONTHS[m - 1]
        for mark in "/-. ":
            out[mark.join((str(m), str(d), short)), iso] = None
            if day_first:
                out[mark.join((str(d), str(m), short)), iso] = None
        for mark in "/-":
            out[mark.join((f"{m:02d}", f"{d:02d}", short)), iso] = None
        out[f"{m}/{d}/{y}", iso] = None
        for month in (name.title(), name):
            out[f"{d} {month} {short}", iso] = None
        out[f"{d}{name}{short}", iso] = None
        out[f"{name.title()} {d}, {y}", iso] = None
    strings = tuple(text for text, _ in out)
    return strings, np.array([iso for _, iso in out]), np.array([len(s) for s in strings], float)


@lru_cache(8)
def _usual(first: str, last: str, day_first: bool, seen: tuple[str, ...], workdays: bool) -> np.ndarray:
    """For each string of `_manners` the logarithm by which its day is likelier than others before any ink is looked at."""
    import numpy as np

    _, days, _ = _manners(first, last, day_first)
    when = days.astype("datetime64[D]")
    usual = np.zeros(len(days))
    if seen:
        edges = np.array(seen, "datetime64[D]")
        off = np.maximum(edges[0] - when, when - edges[-1]).astype(float).clip(0.0)
        usual += np.log1p((SEEN - 1) * np.exp(-off / MONTH_AWAY))
    if workdays:
        usual += math.log(OFF_DUTY) * ~np.is_busday(when)
    return usual


def written_day(picture: np.ndarray, fine: float, ink: Ink, known: Known) -> Spelled | None:
    """The day that a hand wrote on the straightened picture of a field, `fine` pixels a unit."""
    strokes = _strokes(_writing(picture, fine), fine)
    if not strokes:
        return None
    return spelled(_cut(_joined(strokes), fine), ink, known)


def stamped_day(picture: np.ndarray, fine: float, ink: Ink, known: Known) -> Spelled | None:
    """The day of a date stamp put slantwise over a field: APR 24 1992, running down to the right."""
    black = _writing(picture, fine)
    return _spelled([s for angle in SLANTS for s in _strips(black, fine, angle)], ink, _stamped(*known.era))


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
    if share < SURE:
        return None
    others = tuple(d for d, w in ranked[1:4] if w / whole >= MAYBE)
    return Spelled(day, text_of[day][1], round(share, 3), others)


def _days(first: str, last: str) -> Iterator[tuple[int, int, int]]:
    day, end = date.fromisoformat(first), min(date.fromisoformat(last), date.today())
    while day <= end:
        yield day.year, day.month, day.day
        day += timedelta(days=1)


@cache
def _stamped(first: str, last: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"{MONTHS[m - 1]} {d} {y}", f"{y}-{m:02d}-{d:02d}") for y, m, d in _days(first, last))
