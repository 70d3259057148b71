"""What readers make of letters: forms of a word, and what each costs.

Costs are -ln of how often letters are read so, from counts of misread letters: models/search (typescript, look-alikes),
models/reading/confusions.csv (capitals). Words are as the index has them: small, without accents.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.core.knowledge import table

GAP = 8.5
"""A gap that is not there, instead of a letter or beside it, or one that was not seen: ln(5,000)."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
UNMEASURED = 9.7
"""One letter of any kind for another, one lost or one too many: ln(16,000)."""
CAPITALS = 0.1  # a letter of typescript is misread about ten times less often than one of the lines of stamps
BURST = 0.35
"""A page that is read badly at one letter is read badly at the next: of a second confusion's cost this much counts."""
CHEAPEST = 5.5  # of all confusions
ANY_LETTER = 4  # letters of a word from which on any of them may be wrong
COMMON = 3e-4  # what a letter of a shorter word must at least be misread
PAIRED = 6  # letters up to which any two of the cheapest confusions are tried together
PAIRS = 70  # confusions of one word, the cheapest, that are tried two at a time
HALF = 7  # letters, at most, of the half that is right
VARIANTS = 40  # halves with a measured confusion, the likeliest, that are looked for as well


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """Letters from `start` to `end` of a word that are read as `read`."""

    cost: float
    start: int
    end: int
    read: str


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
        out.setdefault(true, {})[read] = min(-math.log(rate), UNMEASURED)
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


def any_letter(word: str) -> Iterator[str]:
    """One letter for another, lost, or too many."""
    for at in range(len(word) + 1):
        yield from (word[:at] + c + word[at:] for c in LETTERS)
        if at < len(word):
            yield word[:at] + word[at + 1 :]
            yield from (word[:at] + c + word[at + 1 :] for c in LETTERS)


def made_of(word: str) -> set[str]:
    """What readers may have made of a word, by any letter or two confusions."""
    measured = changes(word)
    if len(word) < ANY_LETTER:
        return {_made(word, (c,)) for c in measured if c.cost <= -math.log(COMMON)}
    out = {_made(word, (c,)) for c in measured}
    out.update(any_letter(word))
    if len(word) > PAIRED:
        return out - {word}
    for i, one in enumerate(measured[:PAIRS]):
        for two in measured[i + 1 : PAIRS]:
            first, second = (one, two) if one.start < two.start else (two, one)
            if first.end <= second.start and first.start < second.start:
                out.add(_made(word, (first, second)))
    return out - {word}


def halves(word: str) -> tuple[set[str], set[str]]:
    """How a form of the word begins, and how one ends, when all that is strange about one half of it was measured."""
    long = min((len(word) + 3) // 2, HALF)
    head, tail = word[:long], word[-long:]
    return {head, *_variants(head)}, {tail, *_variants(tail)}


def sources(half: str) -> list[str]:
    """What a half of a form may have been written as, the likeliest first: one measured confusion undone."""
    undone = sorted(
        (cost, half[:at] + true + half[at + len(read) :])
        for at in range(len(half))
        for read in {half[at : at + 1], half[at : at + 2]}
        for true, cost in _written().get(read, {}).items()
    )
    return [made for _, made in undone[:VARIANTS]]


@cache
def _written() -> Mapping[str, Mapping[str, float]]:
    """By what is read: what may have been written, and its cost."""
    out: dict[str, dict[str, float]] = {}
    for true, ways in confusions().items():
        for read, cost in ways.items():
            out.setdefault(read, {})[true] = cost
    return out


def _variants(half: str) -> Iterator[str]:
    for change in heapq.nsmallest(VARIANTS, changes(half)):
        made = _made(half, (change,))
        if len(made) >= 3:
            yield made


def _made(word: str, made: tuple[Change, ...]) -> str:
    for change in reversed(made):
        word = word[: change.start] + change.read + word[change.end :]
    return word


def reach(word: str) -> int:
    """Letters of a word that may be wrong."""
    return 1 if len(word) < 4 else 2 if len(word) < 9 else 3 if len(word) < 12 else 4


def least(changes: int) -> float:
    """What so many changes cost at least."""
    return CHEAPEST * (1 + BURST * (changes - 1))


def cost(word: str, form: str, sure: float = 0.0) -> float:
    """-ln of how often the word is read so, gaps included: the likeliest way from letters to letters. What was read surely
    was not printed badly: there a second confusion is as rare as the first."""
    from rapidfuzz.distance import Postfix, Prefix

    # a letter about what differs stays: pairs of letters are confused
    start = max(Prefix.similarity(word, form) - 1, 0)
    end = max(Postfix.similarity(word[start:], form[start:]) - 1, 0)
    steps = sorted(_steps(word[start : len(word) - end], form[start : len(form) - end]), reverse=True)
    counted = BURST + (1 - BURST) * max(2 * sure - 1, 0.0)
    return steps[0] + counted * sum(steps[1:]) if steps else 0.0


def _steps(word: str, form: str) -> list[float]:
    """The costs of the changes on the cheapest way."""
    known = confusions()
    rows, columns = len(word) + 1, len(form) + 1
    best = [[math.inf] * columns for _ in range(rows)]
    came: dict[tuple[int, int], tuple[int, int, float]] = {}
    best[0][0] = 0.0
    for i in range(rows):
        for j in range(columns):
            ways = []
            if i and j:
                ways.append((1, 1, _price(word[i - 1], form[j - 1])))
            if i:
                ways.append((1, 0, _price(word[i - 1], "")))
            if j:
                ways.append((0, 1, _price("", form[j - 1])))
            if i and j > 1 and (price := known.get(word[i - 1], {}).get(form[j - 2 : j])):
                ways.append((1, 2, price))
            if i > 1 and (pair := known.get(word[i - 2 : i])):
                ways += [(2, len(r), p) for r, p in pair.items() if len(r) <= j and form[j - len(r) : j] == r]
            for back, left, price in ways:
                total = best[i - back][j - left] + price
                if total < best[i][j]:
                    best[i][j] = total
                    came[i, j] = (back, left, price)
    out = []
    i, j = rows - 1, columns - 1
    while i or j:
        back, left, price = came[i, j]
        i, j = i - back, j - left
        if price:
            out.append(price)
    return out


def _price(true: str, read: str) -> float:
    if true == read:
        return 0.0
    return GAP if read == " " else confusions().get(true, {}).get(read, UNMEASURED)
