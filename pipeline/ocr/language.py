"""How likely a word is after the two before it, in papers of the period.

Counts of words, pairs and triples (models/reading/words.tsv and ngrams.npz), smoothed after MacKay and Peto (1995), A
Hierarchical Dirichlet Language Model. Pairs and triples are kept as 32-bit hashes with the logarithm of their count: half
a million in little more than a megabyte, of which one in ten thousand that were never met is taken for one that was.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Container
from functools import cache
from typing import Any

import numpy as np

from pipeline.core.knowledge import models, toml
from pipeline.ocr.lexicon import EDGES, likeness, words

PAIRS, TRIPLES = (
    1000.0,
    100.0,
)  # how often a word must have been met before it tells more of its neighbours than others do
FIGURE = "0"  # stands for every word with a figure in it
FIGURES = 0.03  # share of words that are such
STRANGE = -14.0  # logarithm of how likely any one unknown name is
ODDITY = 4.0  # and how much less likely a string is that looks like no word
OWN = -9.0  # of a name that the page is known to hold
SIGN = -7.0  # of a sign that stands alone
ODD_SIGNS = -10.0  # of signs about a word that were hardly ever met
Before = tuple[str, str]


def plain(token: str) -> str:
    """The word that a token is counted as: lower case, without punctuation about it, figures as one; may be empty."""
    bare = token.strip(EDGES).lower().replace("’", "'")
    return FIGURE if any(c.isdigit() for c in bare) else bare


def surprise(token: str, before: Before, own: Container[str] = ()) -> float:
    """The logarithm of how likely `token` is after the plain words `before`; `own` are names that the page is known to
    hold."""
    known = likeness(token, own)
    word = plain(token)
    if not word:
        return SIGN + ODDITY * min(known, 0.0)
    bare = token.strip(EDGES)
    start = token.index(bare)
    signs = _signs("before", token[:start]) + _signs("after", token[start + len(bare) :])
    if word == FIGURE:
        return signs + (math.log(FIGURES) if known > 0 else STRANGE + ODDITY * known)
    count = words().get(word, 0)
    if not count or known < 0:
        # A known word in mixed case is a misreading of itself.
        return signs + (OWN if bare in own else STRANGE + ODDITY * min(known, 0.0))
    first, second = before
    share = count / _total()
    share = (_count(f"{second} {word}") + PAIRS * share) / (words().get(second, 0) + PAIRS)
    share = (_count(f"{first} {second} {word}") + TRIPLES * share) / (_count(f"{first} {second}") + TRIPLES)
    return signs + max(math.log(share), STRANGE)


def _signs(where: str, signs: str) -> float:
    shares: dict[str, float] = _punctuation()[where]
    return shares.get(signs, ODD_SIGNS)


@cache
def _punctuation() -> dict[str, Any]:
    return toml("reading/punctuation.toml")


@cache
def _total() -> int:
    return sum(words().values())


@cache
def _ngrams() -> tuple[Any, Any]:
    with np.load(models() / "reading" / "ngrams.npz") as kept:
        return np.cumsum(kept["key"], dtype=np.uint32), kept["count"]


def _count(ngram: str) -> float:
    keys, counts = _ngrams()
    key = np.uint32(zlib.crc32(ngram.encode()))
    at = int(np.searchsorted(keys, key))
    return float(2 ** (counts[at] / 12)) if at < len(keys) and keys[at] == key else 0.0
