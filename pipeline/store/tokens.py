"""A text as FTS5's tokenizer sees it, for databases that have none of its kind.

What `unicode61 remove_diacritics 2` makes of a character (a letter or figure, folded; nothing; a gap between words) is
asked of SQLite itself, once for each character, so that both databases know the same words.
"""

from __future__ import annotations

import sqlite3
from functools import cache


def tokens(text: str) -> list[str]:
    """The words of a text, small and without accents, in order."""
    return [word for word in text.translate(_FOLDED).split(" ") if word]


class _Folded(dict[int, str]):
    """By code point: what stands for the character in a word, "" when it is dropped, " " when it parts words."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _asked(chr(code))
        return folded


_FOLDED = _Folded()


def _asked(character: str) -> str:
    if "\ud800" <= character <= "\udfff":  # no character: neither database can hold it
        return " "
    fts5 = _fts5()
    fts5.execute("DELETE FROM texts")
    fts5.execute("INSERT INTO texts VALUES (?)", (f"a{character}b",))
    words = [word for (word,) in fts5.execute("SELECT term FROM words ORDER BY offset")]
    return words[0][1:-1] if len(words) == 1 else " "


@cache
def _fts5() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='unicode61 remove_diacritics 2')")
    made.execute("CREATE VIRTUAL TABLE words USING fts5vocab(texts, instance)")
    return made
