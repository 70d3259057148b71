"""How much a string looks like a word of the period's papers."""

from __future__ import annotations

import math
import re
from collections.abc import Container
from functools import cache
from itertools import combinations

from pipeline.core.knowledge import models, table

EDGES = "\"'`.,;:!?()[]{}<>*_-–—“”‘’/\\|=~^"
COMMON = 30  # how often a short word must have been met to be proposed for a misread one
ALIKE = 12  # known words that are weighed for one unknown
LONG = 7  # letters from which any known word may be: hardly a string of that length is a word by chance
FIGURES = re.compile(
    r"[$£#]?\d[\d.,:/'-]*(?:st|nd|rd|th|TH|ST|ND|RD|%|Z|[A-Z])?|[A-Z]{1,6}-?\d[\dA-Z/-]*|\d+[A-Z]+\d*|\d\.\d\([a-z]\)?(?:\(\d{1,2})?"
)
ABBREVIATION = re.compile(r"(?:[A-Z]\.){1,5}[A-Z]?|[a-z]\.[a-z]|[A-Z]")


@cache
def words() -> dict[str, int]:
    """Words of the period (lower case) and how often they were met: see models/reading/README.md."""
    rows = (models() / "reading" / "words.tsv").read_text("utf-8").splitlines()
    return {word: int(count) for word, count in (row.split("\t") for row in rows)}


def likeness(token: str, own: Container[str] = ()) -> float:
    """-1 (letters and figures or cases thrown together) to 1 (a common word); 0 where nothing can be said: names,
    codenames, numbers. Words in `own` count as known."""
    bare = token.strip(EDGES)
    if bare in own:
        return 0.5
    if not bare:
        return -0.2 if len(token) > 3 else 0.0
    parts = [p for p in re.split(r"[-–—/&]", bare) if p]
    if len(parts) > 1:
        return min(likeness(p, own) for p in parts)
    if FIGURES.fullmatch(bare) or ABBREVIATION.fullmatch(bare):
        return 0.2
    count = words().get(bare.lower().replace("’", "'"))
    cased = bare.isupper() or bare.islower() or (bare[0].isupper() and bare[1:].islower())
    if count and cased:
        return min(1.0, 0.35 + 0.13 * math.log10(count) if len(bare) > 2 else 0.1 + 0.12 * math.log10(count))
    if any(c.isdigit() for c in bare) or not any(c.isalpha() for c in bare):
        return -1.0
    # McNamara, MacArthur, O'Brien, D'Estaing: capitals within are a name's, elsewhere a misreading.
    if not cased and not re.fullmatch(r"(?:Mc|Mac|De|Du|La|Le|Van|O['’]|D['’])[A-Z][a-z]+|[A-Z]+s|[A-Z]+['’]s", bare):
        return -0.6
    return -0.6 if re.search(r"[^\w'’]", bare) else 0.0


@cache
def _by_length() -> dict[int, list[str]]:
    out: dict[int, list[str]] = {}
    for word, count in words().items():
        if len(word) >= 2 and (count >= COMMON or len(word) >= LONG):
            out.setdefault(len(word), []).append(word)
    return out


@cache
def _near(word: str) -> tuple[str, ...]:
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    reach = 1 if len(word) < 5 else 2 if len(word) < 9 else 3
    choices = [w for n in range(len(word) - 1, len(word) + 2) for w in _by_length().get(n, ())]
    found = process.extract(word, choices, scorer=Levenshtein.distance, score_cutoff=reach, limit=40)
    return tuple(w for w, _, _ in sorted(found, key=lambda f: (f[1], -words()[f[0]]))[:ALIKE])


def alike(token: str, own: Container[str] = ()) -> set[str]:
    """Known words that differ from an unknown one in a few letters, in its case and with its punctuation."""
    bare = token.strip(EDGES)
    if len(bare) < 2 or " " in bare or likeness(bare, own) > 0.2 or sum(c.isalpha() for c in bare) < 0.5 * len(bare):
        return set()
    start = token.index(bare)
    high = sum(c.isupper() for c in bare) > 0.6 * sum(c.isalpha() for c in bare) and len(bare) > 1
    out = set()
    for word in _near(bare.lower()):
        for cased in {word.upper()} if high else {word, word.capitalize()}:
            out.add(token[:start] + cased + token[start + len(bare) :])
    return out


def parted(token: str, own: Container[str] = ()) -> list[str]:
    """An unknown run of letters as two common words, where it can be parted so: readers drop spaces."""
    bare = token.strip(EDGES)
    if len(bare) < LONG or not bare.isalpha() or likeness(bare, own) > 0:
        return []
    start = token.index(bare)
    cuts = [
        n for n in range(2, len(bare) - 1) if all(words().get(w.lower(), 0) >= COMMON for w in (bare[:n], bare[n:]))
    ]
    return [f"{token[: start + n]} {token[start + n :]}" for n in cuts]


@cache
def slips() -> dict[str, tuple[tuple[str, float], ...]]:
    """By character as read: what it may truly be, with the logarithm of how often that one is misread so."""
    out: dict[str, list[tuple[str, float]]] = {}
    for row in table("reading/confusions.csv"):
        if row["op"] == "substitute" and row["read_as"].isalpha() and row["true_char"].isalpha():
            out.setdefault(row["read_as"], []).append((row["true_char"], math.log(float(row["rate_per_10k"]) / 1e4)))
    return {read: tuple(true) for read, true in out.items()}


def mended(token: str, own: Container[str] = ()) -> list[tuple[str, float]]:
    """Known words from which an unknown one differs by one common misreading, once or twice, with its logarithmic chance.

    A network can be sure of a misreading that the whole typeface provokes (HAO for HAD, OISGUISEO for DISGUISED). Short
    words and the page's own are left alone: the shorter, the more strings are words by chance, and a codename must stay
    one.
    """
    bare = token.strip(EDGES)
    if len(bare) < 3 or not bare.isalpha() or likeness(bare, own) > 0:
        return []
    start = token.index(bare)
    least = COMMON if len(bare) < LONG else 1
    out = []
    for read in sorted(set(bare)):
        places = [n for n, c in enumerate(bare) if c == read]
        for true, chance in slips().get(read, ()):
            for some in (*combinations(places, 1), *combinations(places, 2)):
                word = "".join(true if n in some else c for n, c in enumerate(bare))
                if words().get(word.lower(), 0) >= least and likeness(word) > 0:
                    whole = token[:start] + word + token[start + len(bare) :]
                    out.append((whole, chance * len(some) + 0.5 * (len(bare) - 3)))
    return out
