"""Two readers' views of one line become one reading, word by word.

RapidOCR gives probabilities for every column of a line, so each proposal, whoever made it, can be asked how well it agrees
with the ink. To that are added the word of the second reader, as far as it is sure, and how much the proposal looks like a
word of the period; weights in models/reading/fusion.toml. What was not chosen is kept as an alternate reading.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np

from pipeline.core.knowledge import toml
from pipeline.ocr import ctc, quality
from pipeline.ocr.decode import Letter, letters, part, words
from pipeline.ocr.language import STRANGE, Before, plain, surprise
from pipeline.ocr.lexicon import EDGES, alike, likeness, mended, parted
from pipeline.ocr.quality import LEAD, Evidence
from pipeline.ocr.seen import Seen

HEARD = 0.3  # confidence from which a word of the second reader is listened to
MIXED = 3  # of how many words on end every mixture of readings is tried
WAYS = 8  # readings of a line that are followed at once
FAR = 14.0  # how much less likely than the best of the ink a reading may be and still be weighed
DROPPED = -4.0  # logarithm of how often the first reader drops a space
UNSEEN = -99.0  # log probability of a string with signs that the first reader does not know
PROVOKED = 3  # words of a page that a misreading must explain to count as the typeface's
OWN = 0.95  # confidence in its weakest letter that makes a page's word a witness for its twins


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much, in units of log probability of the ink."""

    second: float  # the second reader says so, times its confidence
    language: float  # how likely the words are after one another
    length: float  # per character, since every further character costs probability
    sure: float  # confidence in its weakest character from which the first reader's word needs no contest


@cache
def weights() -> Weights:
    return Weights(**toml("reading/fusion.toml")["weights"])


@dataclass(frozen=True, slots=True)
class Line:
    """One line as RapidOCR saw it: probabilities (columns, characters) along the strip at `corners` (pixels)."""

    corners: Any
    likely: Any
    columns: float  # how many columns the strip spans

    @property
    def height(self) -> float:
        """Of the strip, in pixels."""
        return float(np.linalg.norm(self.corners[3] - self.corners[0]))

    def column_of(self, x: float) -> float:
        """The column under the pixel column `x`, for strips that lie nearly level."""
        left = float(self.corners[0][0] + self.corners[3][0]) / 2
        right = float(self.corners[1][0] + self.corners[2][0]) / 2
        return (x - left) / max(right - left, 1.0) * self.columns


@dataclass(slots=True)
class Slot:
    """A stretch of columns in which both readers' words begin and end."""

    first: float
    last: float
    mine: list[list[Letter]] = field(default_factory=list)
    edges: list[tuple[float, float]] = field(default_factory=list)
    theirs: list[Seen] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A reading of a slot and what speaks for it, but for its neighbours."""

    text: str
    ink: float  # log probability
    second: float  # the second reader's confidence if it reads so, else 0

    def score(self, w: Weights) -> float:
        return self.ink + w.second * self.second + w.length * len(self.text)


def fuse(
    line: Line, second: list[Seen], characters: str, w: Weights, own: Container[str] = (), doubt: float = 0.0
) -> tuple[list[Seen], bool]:
    """The words of the line, and whether the second reader read anything else.

    `second` are its words on this line, `own` the page's own words: names that were read well elsewhere on it; `doubt` is
    the share of the page's letters that are in doubt.
    """
    out: list[Seen] = []
    differs = False
    found = slots(line, [word for word in second if word.confidence >= HEARD], characters)
    choices = [options(line, slot, characters, w, own) for slot in found]
    taken = along(choices, w, own)
    for slot, best, lead in zip(found, taken, leads(choices, taken, w, own), strict=True):
        theirs = " ".join(word.text for word in slot.theirs)
        differs |= bool(theirs) and best.text != theirs
        out += _placed(line, slot, best, lead, doubt)
    return out, differs


def options(line: Line, slot: Slot, characters: str, w: Weights, own: Container[str] = ()) -> list[Proposal]:
    """The readings of a slot among which its line decides.

    Where the readers agree, or the first is sure of every letter of a known word, there is no contest; nor where letters
    stand spaced. Else each of the first reader's words is weighed by itself, and the whole against the second's.
    """
    mine = " ".join(map(_text, slot.mine))
    theirs = " ".join(word.text for word in slot.theirs)
    weakest = min((letter.confidence for word in slot.mine for letter in word), default=0.0)
    known = min((likeness(token, own) for token in mine.split()), default=-1.0) > 0
    spaced = len(slot.mine) >= 3 and all(len(word) == 1 for word in slot.mine)  # S E C R E T, as it is printed
    agreed = mine == theirs and not mended(mine, own)  # both may fall for the same typeface
    if mine and (agreed or spaced or (weakest >= w.sure and known)):
        return [Proposal(mine, 0.0, _mean(slot.theirs) if mine == theirs else 0.0)]
    wholes = [mine]
    if len(slot.mine) > 1:
        parts = [Slot(*edge, [g], [edge]) for g, edge in zip(slot.mine, slot.edges, strict=True)]
        each = [[p.text for p in options(line, part, characters, w, own)[:MIXED]] for part in parts]
        wholes = [" ".join(some) for some in product(*each)] if len(parts) <= MIXED else [" ".join(x[0] for x in each)]
    found = proposals(line, slot, wholes, characters, own)
    return sorted(found, key=lambda p: -p.score(w) - w.language * surprise_of(p.text, own))


def surprise_of(text: str, own: Container[str], before: Before = ("", "")) -> float:
    """The logarithm of how likely the words of `text` are after the two before them."""
    total = 0.0
    for token in text.split():
        total += surprise(token, before, own)
        before = (before[1], plain(token))
    return total


def along(choices: list[list[Proposal]], w: Weights, own: Container[str] = ()) -> list[Proposal]:
    """Of each slot's readings the one that makes the likeliest line: ink, second reader and language together."""
    ways: dict[Before, tuple[float, list[Proposal]]] = {("", ""): (0.0, [])}
    for some in choices:
        grown: dict[Before, tuple[float, list[Proposal]]] = {}
        for before, (score, taken) in ways.items():
            for p in some:
                after = before
                for token in p.text.split():
                    after = (after[1], plain(token))
                total = score + p.score(w)
                if len(choices) > 1 or len(some) > 1:
                    total += w.language * surprise_of(p.text, own, before)
                if after not in grown or grown[after][0] < total:
                    grown[after] = (total, [*taken, p])
        ways = dict(sorted(grown.items(), key=lambda item: -item[1][0])[:WAYS])
    return max(ways.values(), key=lambda way: way[0])[1]


def leads(choices: list[list[Proposal]], taken: list[Proposal], w: Weights, own: Container[str] = ()) -> list[float]:
    """By how much each taken reading leads the next best of its slot, given the words before it; LEAD without contest."""
    out = []
    before: Before = ("", "")
    for some, best in zip(choices, taken, strict=True):
        scores = {p.text: p.score(w) + w.language * surprise_of(p.text, own, before) for p in some if len(some) > 1}
        next_best = max((score for text, score in scores.items() if text != best.text), default=-math.inf)
        out.append(min(LEAD, max(-LEAD, scores.get(best.text, math.inf) - next_best)))
        for token in best.text.split():
            before = (before[1], plain(token))
    return out


def own_words(lines: list[Line], characters: str) -> frozenset[str]:
    """Words of the page that no dictionary knows and that were read surely, letter by letter: its names and codenames.

    Not among them are those that one and the same misreading parts from known words, when it does so for several words
    of the page (AHEAO, COULO, AGREEO): then it is the typeface that provokes it, and no name.
    """
    found: dict[str, set[tuple[str, str]]] = {}
    for line in lines:
        for word in words(letters(line.likely, characters), line.corners, line.columns, ""):
            bare = word.text.strip(EDGES)
            apart = any(surprise_of(two, ()) > STRANGE for two in parted(bare))
            if len(bare) >= 5 and min(word.sure) >= OWN and likeness(bare) == 0.0 and not apart:
                changes = ({(a, b) for a, b in zip(bare, m, strict=True) if a != b} for m, _ in mended(bare))
                found[bare] = set().union(*changes)
    provoked = {pair for pair, n in Counter(p for pairs in found.values() for p in pairs).items() if n >= PROVOKED}
    return frozenset(bare for bare, pairs in found.items() if not pairs & provoked)


def slots(line: Line, second: list[Seen], characters: str) -> list[Slot]:
    """Both readers' words, joined where they share columns, from left to right."""
    word: list[Letter] = []
    groups = [word]
    for letter in letters(line.likely, characters):
        if letter.text == " ":
            groups.append(word := [])
        else:
            word.append(letter)
    groups = [g for g in groups if g]
    # A word ends half way to the next, lest that one's first letter be read twice.
    ends = [(a[-1].column + b[0].column + 1) / 2 for a, b in pairwise(groups)]
    firsts = [max(g[0].column - 1, e) for g, e in zip(groups, [-1.0, *ends], strict=False)]
    lasts = [min(g[-1].column + 2, e) for g, e in zip(groups, [*ends, math.inf], strict=False)]
    found = [Slot(a, b, [g], [(a, b)]) for a, b, g in zip(firsts, lasts, groups, strict=False)]
    found += [Slot(line.column_of(s.box[0]), line.column_of(s.box[2]), theirs=[s]) for s in second]
    found.sort(key=lambda s: s.first)
    out: list[Slot] = []
    for slot in found:
        shared = min(out[-1].last, slot.last) - slot.first if out else 0.0
        if shared > 0.35 * min(out[-1].last - out[-1].first if out else 0.0, slot.last - slot.first):
            last = out[-1]
            last.last = max(last.last, slot.last)
            last.mine += slot.mine
            last.edges += slot.edges
            last.theirs += slot.theirs
        else:
            out.append(slot)
    return out


def span(line: Line, slot: Slot) -> tuple[int, int]:
    """The columns of a slot as indices."""
    first = max(0, min(math.ceil(slot.first), len(line.likely) - 1))
    return first, max(first + 1, min(math.ceil(slot.last), len(line.likely)))


def proposals(line: Line, slot: Slot, mine: list[str], characters: str, own: Container[str] = ()) -> list[Proposal]:
    """What the slot could say: the likeliest strings of the ink, what was made of the first reader's words (`mine`), known
    words like them, the second reader's words."""
    first, last = span(line, slot)
    likely = line.likely[first:last]
    theirs = " ".join(word.text for word in slot.theirs)
    ink = {_squeezed("".join(characters[c] for c in s)): p for s, p in reversed(ctc.likeliest(likely))}
    more = {text for text in (*mine, theirs) if text} | alike(mine[0], own) | (alike(theirs, own) if theirs else set())
    ask = sorted(text for text in more if text not in ink)
    numbers = [tuple(characters.find(c) for c in text) for text in ask]
    readable = [n for n, row in enumerate(numbers) if min(row) > 0]
    ink.update(dict.fromkeys(ask, UNSEEN))
    ink.update(
        zip((ask[n] for n in readable), ctc.log_probabilities(likely, [numbers[n] for n in readable]), strict=True)
    )
    if mine[0] and " " not in mine[0]:
        for text, chance in mended(mine[0], own):
            ink[text] = max(ink.get(text, UNSEEN), ink[mine[0]] + chance)
        for text in parted(mine[0], own):
            ink[text] = max(ink.get(text, UNSEEN), ink[mine[0]] + DROPPED)
    best = max(ink.values(), default=0.0)
    return [
        Proposal(t, p, _mean(slot.theirs) if t == theirs else 0.0)
        for t, p in ink.items()
        if t and (p > best - FAR or t == theirs)
    ] or [Proposal("", 0.0, 0.0)]


def _text(word: list[Letter]) -> str:
    return "".join(letter.text for letter in word)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _mean(words: list[Seen]) -> float:
    return float(np.mean([word.confidence for word in words])) if words else 0.0


def _placed(line: Line, slot: Slot, best: Proposal, lead: float, doubt: float) -> list[Seen]:
    """The chosen words with boxes: the reader's own where they are as many, else shared out by length."""
    tokens = best.text.split()
    mine = " ".join(map(_text, slot.mine))
    theirs = " ".join(word.text for word in slot.theirs)
    if len(tokens) == len(slot.mine):
        edges = slot.edges
    elif len(tokens) == len(slot.theirs):
        edges = [(line.column_of(s.box[0]), line.column_of(s.box[2])) for s in slot.theirs]
    else:
        size = (slot.last - slot.first) / max(1, len(best.text))
        starts = [slot.first + size * len(" ".join(tokens[:n]) + " " * bool(n)) for n in range(len(tokens))]
        edges = [(s, s + size * len(t)) for s, t in zip(starts, tokens, strict=True)]
    weakest = min((letter.confidence for word in slot.mine for letter in word), default=0.0)
    reader = "both" if mine == theirs else {mine: "rapidocr", theirs: "tesseract"}.get(best.text, "fusion")
    sure = Evidence(reader, weakest, _mean(slot.theirs), lead, doubt)
    ends = [(max(0.0, a / line.columns), min(1.0, b / line.columns)) for a, b in edges]
    return [
        Seen(t, part(line.corners, a, max(a, b)), quality.word_confidence(t, sure), reader, evidence=sure)
        for t, (a, b) in zip(tokens, ends, strict=True)
    ]
