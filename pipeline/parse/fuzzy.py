"""Words found as OCR may have read them: the pattern is relaxed, the text is never altered.

A text is searched through its *skeleton*: capitals and figures only, each knowing where it stands in the text. Letter
spacing (S E C R E T), hyphen spacing, lost and added blanks and punctuation vanish in it. Substitutions cost by how often
they were measured (models/stamps/confusions.csv: H read as M is cheap, H read as Q is not).
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import edlib

from pipeline.core.knowledge import table

HOMOGLYPHS = str.maketrans(  # Cyrillic and Greek letters of the same shape, signs read for letters
    "АВЕЅІЈКМНОРСТУХЗагеорсухівнтмкΑΒΕΖΗΙΚΜΝΟΡΤΥΧ|¡£€$",
    "ABESIJKMHOPCTYX3AREOPCYXIBHTMKABEZHIKMNOPTYXIIEES",
)
GAP = 0.8  # a letter lost or added inside the phrase
EDGE = 0.5  # the first or last letter lost: paper's edge, box rule
FIGURE = 1.8  # one figure for another: 5200.9 is not 5200.1, E.O. 12958 not 12065
GLUED = 0.6  # the phrase begins or ends inside a word
EDIT = 0.8  # what an edit that the first pass counts comes to cost, usually
WORST_RATE = 50  # per 10,000: confusions at least this frequent count as equal in the first, cheap pass


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase seen at the half-open span of the text; `score` 1.0 is letter for letter, `weight` its letters."""

    phrase: str
    start: int
    end: int
    score: float

    @property
    def weight(self) -> float:
        return len(squeeze(self.phrase)) * self.score


@cache
def squeeze(phrase: str) -> str:
    """A phrase as its skeleton's characters."""
    return Skeleton(phrase).chars


class Skeleton:
    """The capitals and figures of a text; `at[i]` is the offset in the text of character i."""

    def __init__(self, text: str) -> None:
        self.text = text
        chars: list[str] = []
        at: list[int] = []
        for i, c in enumerate(text):
            if not c.isascii():
                c = unicodedata.normalize("NFKD", c.translate(HOMOGLYPHS))[0]
            elif c in "|$":
                c = c.translate(HOMOGLYPHS)
            if c.isalnum():
                chars.append(c.upper()[0])
                at.append(i)
        self.chars = "".join(chars)
        self.at = at
        self.found: dict[tuple[str, float, float], tuple[Hit, ...]] = {}  # what was looked for before

    @cached_property
    def _upper(self) -> list[int]:
        """Running count of small letters that cannot be misread capitals or figures."""
        count = [0]
        for i in self.at:
            count.append(count[-1] + (self.text[i].islower() and self.text[i] not in "losvwxz"))
        return count

    def capitals(self, start: int, end: int) -> float:
        """Share of the skeleton's characters start..end that are not clearly small letters."""
        return 1.0 - (self._upper[end] - self._upper[start]) / max(1, end - start)

    def glued(self, start: int, end: int) -> tuple[bool, bool]:
        """Whether the characters start..end continue a word to the left, to the right (same class of character)."""
        return self._joined(start - 1, start), self._joined(end - 1, end)

    def _joined(self, i: int, j: int) -> bool:
        if i < 0 or j >= len(self.at) or self.at[j] != self.at[i] + 1:
            return False
        a, b = self.text[self.at[i]], self.text[self.at[j]]
        return a.isdigit() == b.isdigit() and not (a.islower() and b.isupper())

    def index(self, offset: int) -> int:
        return bisect_left(self.at, offset)


@lru_cache(8)
def skeleton(text: str) -> Skeleton:
    """The skeleton of a text, kept for the next who asks: the stages of a page look for many of the same phrases."""
    return Skeleton(text)


@cache
def _rates() -> dict[tuple[str, str], float]:
    rates: dict[tuple[str, str], float] = {}
    for row in table("stamps/confusions.csv"):
        pair = row["true_char"].upper(), row["read_as"].upper()
        if all(len(c) == 1 and c.isalnum() for c in pair) and pair[0] != pair[1]:
            rates[pair] = rates.get(pair, 0.0) + float(row["rate_per_10k"])
    return rates


@cache
def _equal() -> list[tuple[str, str]]:
    return [pair for pair, rate in _rates().items() if rate >= WORST_RATE]


@cache
def cost(true: str, read: str) -> float:
    """What it costs to have read `true` as `read`: 0 the same, 0.3 the commonest confusion, 1 an unheard-of one."""
    if true == read:
        return 0.0
    if true.isdigit() and read.isdigit():
        return FIGURE
    rate = max(_rates().get((true, read), 0.0), _rates().get((read, true), 0.0) / 2)
    return min(1.0, max(0.3, 1.0 - 0.25 * math.log10(rate))) if rate > 1 else 1.0


@cache
def _costs(true: str) -> defaultdict[str, float]:
    """What each character costs that was read for `true`."""
    known = {read for pair in _rates() for read in pair} | {true}
    return defaultdict(lambda: 1.0, {read: cost(true, read) for read in (*known, *"0123456789")})


@lru_cache(100_000)
def distance(phrase: str, read: str, most: float = math.inf) -> float:
    """Weighted edit distance of a squeezed phrase to what was read; letters lost at either end are cheaper. Infinite when
    it is more than `most`."""
    row = _prefixes(phrase, read, most)
    return row[-1] if row else math.inf


def _prefixes(phrase: str, read: str, most: float) -> list[float]:
    """The distance of the phrase to each beginning of what was read, none of it first; empty when all are more than
    `most`. What is more than `most` may be infinite: letters further apart than it can pay for are not looked at."""
    size, last = len(read), len(phrase)
    row = [GAP * j for j in range(size + 1)]
    band = size + last if most == math.inf else int(most / GAP) + 2  # two more, as the letters at the ends cost less
    for i, true in enumerate(phrase, 1):
        lost = EDGE if i in (1, last) else GAP
        costs = _costs(true)
        low, high = max(1, i - band), min(size, i + band)
        if i > 1 and i + band <= size:
            row[i + band] = math.inf
        before = row[low - 1]
        best = left = row[low - 1] = before + lost if low == 1 else math.inf
        for j in range(low, high + 1):
            above = row[j]
            here = before + costs[read[j - 1]]
            if above + lost < here:
                here = above + lost
            if left + GAP < here:
                here = left + GAP
            before, row[j], left = above, here, here
            if here < best:
                best = here
        if best > most:
            return []
    return row


def likeness(phrase: str, read: str) -> float:
    """1.0 when `read` is the phrase letter for letter, 0.0 when it has nothing of it."""
    a, b = squeeze(phrase), squeeze(read)
    return max(0.0, 1.0 - distance(a, b) / max(len(a), 1))


def find(phrase: str, page: Skeleton, least: float = 0.75, capitals: float = 0.0) -> Iterator[Hit]:
    """Every place where the phrase stands, best first, not overlapping; `least` is the lowest score taken.

    `capitals` is the least share of capitals: rubber stamps shout, prose does not. A phrase with CLASSIFIED in it is
    never taken for one that differs in the prefix UN or DE alone.
    """
    key = phrase, least, capitals
    if key not in page.found:
        page.found[key] = tuple(_find(phrase, page, least, capitals))
    return iter(page.found[key])


def _find(phrase: str, page: Skeleton, least: float, capitals: float) -> Iterator[Hit]:
    want = squeeze(phrase)
    text = page.chars
    allowed = (1.0 - least) * len(want)
    bound = min(math.floor(allowed / EDIT + 0.5), len(want) // 2)
    while want and text:
        found = edlib.align(want, text, mode="HW", task="locations", k=bound, additionalEqualities=_equal())
        if found["editDistance"] < 0:
            return
        places = [((start or 0), stop + 1) for start, stop in found["locations"]]
        places = [(start, end) for start, end in places if "\0" not in text[start:end]]
        hits = [hit for start, end in places if (hit := _weigh(phrase, want, page, start, end, allowed))]
        taken: list[tuple[int, int]] = []
        for hit in sorted(hits, key=lambda h: (-h.score, h.start)):
            start, end = page.index(hit.start), page.index(hit.end - 1) + 1
            if any(start < b and end > a for a, b in taken):
                continue
            taken.append((start, end))
            if hit.score >= least and page.capitals(start, end) >= capitals:
                yield hit
        # what was found is not found again; what was rejected loses its middle letter
        gone = taken or [((start + end) // 2, (start + end) // 2 + 1) for start, end in places]
        if not gone:
            return
        for start, end in gone:
            text = text[:start] + "\0" * (end - start) + text[end:]


def _weigh(phrase: str, want: str, page: Skeleton, start: int, end: int, allowed: float) -> Hit | None:
    """The hit with its true cost, its ends moved to the best of the neighbouring places; None when it costs more than is
    allowed."""
    if distance(want, page.chars[start:end], allowed + 2 * GAP) > allowed + 2 * GAP:
        return None  # moving both ends by one cannot gain more
    best: tuple[float, int, int] | None = None
    stop = min(len(page.chars), end + 1)
    for s in range(max(0, start - 1), start + 2):
        row = _prefixes(want, page.chars[s:stop], allowed)
        for e in range(max(s + 1, end - 1), stop + 1 if row else 0):
            paid = row[e - s]
            if paid <= allowed:
                paid += GLUED * sum(page.glued(s, e))
            if paid <= allowed and (best is None or (paid, s, e) < best):
                best = paid, s, e
    if best is None:
        return None
    paid, start, end = best
    if "CLASSIFI" in want and _other_prefix(want, page, start, end):
        return None
    return Hit(phrase, page.at[start], page.at[end - 1] + 1, 1.0 - paid / len(want))


def _other_prefix(want: str, page: Skeleton, start: int, end: int) -> bool:
    """True when what stands there is as near to the same words with another prefix (UN, DE, none)."""
    while start > 0 and page.glued(start, end)[0]:
        start -= 1
    read = page.chars[start:end]
    own = distance(want, read)
    at = want.index("CLASSIFI")
    head = want[:at]
    bare = head[:-2] if head.endswith(("UN", "DE")) else head
    rivals = {bare + prefix + want[at:] for prefix in ("", "UN", "DE")} - {want}
    return any(distance(rival, read) <= own for rival in rivals)
