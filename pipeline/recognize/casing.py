"""Capitals made ordinary: a text all in capitals, as cables are, gets the letters that running text would have.

Words that memos write small are made small, abbreviations stay, whatever is unknown keeps its capital: that is how names
look. The length of the text never changes, so that every offset still holds. The list is won by models/entities/train.py.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.core import knowledge
from pipeline.recognize.names import titles

_AFTER_TITLES = frozenset(
    "and or for of to in on at by as from with has had have was were will would should could may might must can did does also "
    "not are is be been the this that which who whom said says told left asked asks called calls replied stated states agreed "
    "agrees added adds noted notes felt feels believes believed raised saw sees made makes took takes then now here today "
    "later himself again both indicated expressed suggested suggests wishes wished wants intends plans if when while after "
    "before about but so very being going coming".split()
)
_WORD = re.compile(r"[A-Z]+(?:['’][A-Z]+)?")


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    small: set[str] = set()
    short: set[str] = set()
    for word in (knowledge.models() / "entities" / "casing.txt").read_text("utf-8").split():
        (short if word.isupper() else small).add(word)
    return frozenset(small), frozenset(short)


def is_common(word: str) -> bool:
    """Whether memos write the word small."""
    return word.lower() in _lists()[0]


def all_capitals(text: str) -> bool:
    """Whether a text is written in capitals, as cables are: hardly a small letter in it."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 25 and sum(c.islower() for c in letters) < 0.12 * len(letters)


def ordinary(text: str) -> str:
    """`text` with the letters that running text would have; the same length."""
    small, short = _lists()
    parts: list[str] = []
    last = 0
    begins = True
    titled = False
    for m in _WORD.finditer(text):
        between = text[last : m.start()]
        parts.append(between)
        begins = begins or _begins(between, text[:last])
        word = m.group()
        low = word.lower()
        bare = re.sub(r"['’]s?$", "", low)
        if bare.upper() in short or (bare not in small and (len(bare) < 3 or not re.search(r"[aeiouy]", bare))):
            made = word
        elif re.fullmatch(r"-\s+", between) and not begins:
            made = low  # the rest of a word that the line's end cut
        elif titled and len(bare) > 2 and bare not in _AFTER_TITLES:
            made = word[0] + low[1:]
        elif low in small or bare in small:
            made = word[0] + low[1:] if begins else low
        else:
            made = word[0] + low[1:]
        parts.append(made)
        titled = bare in titles() and between.strip(" ") in ("", ".", ",")
        begins = False
        last = m.end()
    return "".join([*parts, text[last:]])


def _begins(between: str, before: str) -> bool:
    """Whether a sentence begins after `between`; the full stop of an initial (U.S.) ends none."""
    if "\n" in between or re.search(r"[?!:]\s|\d\.\s", between):
        return True
    return between.startswith(".") and between[1:2].isspace() and not re.search(r"(?:^|[\s.])[A-Z]$", before[-2:])
