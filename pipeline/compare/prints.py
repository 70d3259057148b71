"""Fingerprints of a page that survive reading it twice: of its letters, whatever their spacing, one in twelve is kept.

Letters that readers take for each other are one letter (`fold`). Of each twelve letters in a row a hash is taken, and
the hashes that twelve divides are the fingerprints: which they are depends on those twelve letters alone, so that a
page of which half is blacked out keeps the fingerprints of the other half (Manber 1994; sampling modulo a number rather
than by windows, because a misread letter then spoils no neighbour).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

LETTERS = 12
"""In a row, to one fingerprint: three or four misread letters in a hundred still leave every second one whole."""
SHARE = 12
"""One of so many is kept."""

_ALIKE = str.maketrans("01|!jlq59", "oiiiiigsg")
_JOINED = re.compile("rn|vv|ii")
_AS_ONE = {"rn": "m", "vv": "w", "ii": "u"}
_OTHER = re.compile(r"[^a-z0-9|!]")


def fold(text: str) -> str:
    """The letters of a word or text in small letters, those that readers confuse made one; nothing else is left."""
    plain = unicodedata.normalize("NFKD", text).lower() if not text.isascii() else text.lower()
    one = _OTHER.sub("", plain).translate(_ALIKE)
    return _JOINED.sub(lambda m: _AS_ONE[m[0]], one)


def prints(words: Iterable[str]) -> frozenset[int]:
    """The fingerprints, 63 bits each, of folded words in reading order."""
    letters = "".join(words).encode()
    grams = {letters[at : at + LETTERS] for at in range(len(letters) - LETTERS + 1)}
    hashes = (int.from_bytes(blake2b(gram, digest_size=8).digest(), "big") >> 1 for gram in grams)
    return frozenset(h for h in hashes if h % SHARE == 0)
