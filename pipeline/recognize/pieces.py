"""Words cut into the pieces that a network knows: WordPiece, as BERT's uncased vocabularies have it (Devlin 2018).

Letters become small and lose their accents, every punctuation mark stands alone, and a word that the vocabulary lacks is cut
from the left into the longest pieces that it has ("##" marks those that go on).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

_LONGEST = 100  # characters of a word that is still cut


class Pieces:
    """The vocabulary `pieces`, in the order of their numbers."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._numbers = {p: n for n, p in enumerate(pieces)}
        self._unknown = self._numbers["[UNK]"]
        self.start, self.stop = self._numbers["[CLS]"], self._numbers["[SEP]"]
        self._of_word = lru_cache(50_000)(self._cut)

    def numbers(self, text: str) -> list[int]:
        """The numbers of the pieces of `text`."""
        return [n for word in _words(text) for n in self._of_word(word)]

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST:
            return (self._unknown,)
        out, at = [], 0
        while at < len(word):
            ends = range(len(word), at, -1)
            end = next((e for e in ends if ("##" * (at > 0) + word[at:e]) in self._numbers), None)
            if end is None:
                return (self._unknown,)
            out.append(self._numbers["##" * (at > 0) + word[at:end]])
            at = end
        return tuple(out)


def _words(text: str) -> list[str]:
    return "".join(map(_apart, unicodedata.normalize("NFD", text.lower()))).split()


@cache
def _apart(character: str) -> str:
    """How a character goes into words: marks of punctuation alone, accents and control signs not at all."""
    category = unicodedata.category(character)
    if category == "Mn" or (category[0] == "C" and not character.isspace()):
        return ""
    return f" {character} " if category[0] == "P" or character in _SIGNS else character


_SIGNS = "$+<=>^`|~"  # of ASCII; they are no punctuation to Unicode
