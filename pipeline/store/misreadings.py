"""What readers may have made of a word, and what else a strange form may have been.

Costs are -ln of how often a letter is read so, from counts of misread letters: models/search (typescript, look-alikes),
models/reading/confusions.csv (capitals). Words are as the index has them: small, without accents.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.core.knowledge import models, table

LOOKED_UP = 3000
"""Forms that are looked up for one word, the likeliest first."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
UNMEASURED = -math.log(0.15e-4)  # one letter of any kind for another, one lost or one too many
GLUED = -math.log(2e-4)
GLUE = tuple(
    "the of to and in a for on by is that with from not be or as at it he was were has had have been this which his their"
    " an any all are but no who will would its mr they them there".split()
)
CAPITALS = 0.1  # a letter of typescript is misread about ten times less often than one of the lines of stamps
SHORT, LONG, PAIRED = 4, 6, 5
"""Letters: below SHORT only what was measured to be common, from LONG on any one letter, from PAIRED on two confusions."""
COMMON = 3e-4
ENDINGS = 25  # words of the lexicon that end so
PAIRS = 70  # confusions of one word, the cheapest, that are tried two at a time


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """Letters from `start` to `end` of a word that are read as `read`."""

    cost: float
    start: int
    end: int
    read: str


def lexicon() -> Mapping[str, int]:
    """Words of the period and how often they were met."""
    return _lexicon()


@cache
def _lexicon() -> dict[str, int]:
    rows = (models() / "reading" / "words.tsv").read_text("utf-8").splitlines()
    return {word: int(count) for word, count in (row.split("\t") for row in rows)}


@cache
def confusions() -> Mapping[str, Mapping[str, float]]:
    """By what was written ("" for letters out of nothing): what is read, and its cost."""
    rates: dict[tuple[str, str], float] = {}
    for row in table("search/confusions.csv") + table("search/shapes.csv"):
        pair = row["true"], row["read_as"]
        rates[pair] = max(rates.get(pair, 0.0), float(row["rate_per_10k"]) / 1e4)
    counts: dict[tuple[str, str], int] = {}
    totals: dict[str, set[tuple[str, int]]] = {}
    for row in table("reading/confusions.csv"):
        true, read = row["true_char"].lower(), row["read_as"].lower()
        if row["true_char_total"] and true != read and true.isalnum() and (read.isalnum() or not read):
            counts[true, read] = counts.get((true, read), 0) + int(row["count"])
            totals.setdefault(true, set()).add((row["true_char"], int(row["true_char_total"])))
    for (true, read), count in counts.items():
        rate = CAPITALS * count / sum(n for _, n in totals[true])
        rates[true, read] = max(rates.get((true, read), 0.0), rate)
    out: dict[str, dict[str, float]] = {}
    for (true, read), rate in rates.items():
        out.setdefault(true, {})[read] = -math.log(rate)
    return out


def changes(word: str) -> list[Change]:
    """What was measured to happen to single letters and pairs of a word, cheapest first."""
    known = confusions()
    found = [
        Change(cost, start, start + len(true), read)
        for start in range(len(word))
        for true in {word[start : start + 1], word[start : start + 2]}
        for read, cost in known.get(true, {}).items()
    ]
    more = [Change(cost, at, at, read) for at in range(1, len(word)) for read, cost in known.get("", {}).items()]
    return sorted([*found, *more])


def any_letter(word: str) -> Iterator[Change]:
    """One letter for another, lost, or too many; the last letter is not lost nor followed, which would inflect."""
    for at in range(len(word)):
        yield from (Change(UNMEASURED, at, at + 1, c) for c in LETTERS if c != word[at])
        yield from (Change(UNMEASURED, at, at, c) for c in LETTERS)
        yield Change(UNMEASURED, at, at + 1, "")


def forms(word: str) -> dict[str, float]:
    """What readers may have made of a word, with the cost of each, the LOOKED_UP likeliest. Figures stay as they are:
    another number is no misreading of this one."""
    if len(word) < SHORT - 1 or not any(c.isalpha() for c in word):
        return {}
    measured = changes(word)
    if len(word) < SHORT:
        measured = [c for c in measured if c.cost <= -math.log(COMMON)]
    out: dict[str, float] = {}
    for change in measured:
        _keep(out, _made(word, (change,)), change.cost)
    if len(word) >= LONG:
        for change in any_letter(word):
            _keep(out, _made(word, (change,)), change.cost)
    if len(word) >= PAIRED:
        for i, one in enumerate(measured[:PAIRS]):
            for two in measured[i + 1 : PAIRS]:
                first, second = (one, two) if one.start < two.start else (two, one)
                if first.end <= second.start and first.start < second.start:
                    # a page that is read badly at one letter is read badly at the next: not independent
                    _keep(out, _made(word, (first, second)), max(one.cost, two.cost) + min(one.cost, two.cost) / 2)
        for little in GLUE:
            _keep(out, little + word, GLUED)
            _keep(out, word + little, GLUED)
    out.pop(word, None)
    likeliest = heapq.nsmallest(LOOKED_UP, ((cost, form) for form, cost in out.items() if not inflected(word, form)))
    return {form: cost for cost, form in likeliest}


def splits(word: str) -> list[tuple[str, str]]:
    """What is left of a word where a letter in it was not read, or a gap was seen."""
    if len(word) < LONG:
        return []
    return [(word[:at], word[at + lost :]) for lost in (1, 0) for at in range(2, len(word) - lost - 1)]


def _keep(out: dict[str, float], form: str, cost: float) -> None:
    if len(form) > 1 and cost < out.get(form, math.inf):
        out[form] = cost


def _made(word: str, made: tuple[Change, ...]) -> str:
    for change in reversed(made):
        word = word[: change.start] + change.read + word[change.end :]
    return word


def ending(form: str) -> bool:
    """Whether a form is what a line's end leaves of many words: tion, ment, sion."""
    return _listed().count(f"{form}\n") >= ENDINGS


@cache
def _listed() -> str:
    return "\n".join(_lexicon()) + "\n"


def inflected(one: str, other: str) -> bool:
    """Whether two words differ in an ending of grammar (Cuban, Cubans; vote, voted) or are the same."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    endings = ("s", "d", "n", "r", "y", "es", "ed", "er", "ly", "an", "al", "ing")
    if long.startswith(short):
        return long[len(short) :] in endings
    if short.endswith(("e", "y")) and long.startswith(short[:-1]):
        return long[len(short) - 1 :] in ("ing", "ies", "ied", "ian", "ion")
    same_stem = len(one) == len(other) and one[:-1] == other[:-1]
    return same_stem and {one[-1], other[-1]} <= set("sdrnyae") and len(one) > 3


def better(form: str, weight: float) -> str | None:
    """A word of the lexicon, one letter away, that the form is likelier to have been than one of this log weight (of
    being written, less the cost)."""
    known = confusions()
    words = lexicon()
    best: tuple[float, str] | None = None
    for change in any_letter(form):
        word = _made(form, (change,))
        count = words.get(word)
        if not count:
            continue
        true, read = change.read, form[change.start : change.end]
        cost = min(known.get(true, {}).get(read, UNMEASURED), UNMEASURED)
        best = max(best or (-math.inf, ""), (math.log(count) - cost, word))
    return best[1] if best and best[0] > weight else None
