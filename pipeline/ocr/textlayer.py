"""Whether the text that a PDF carries can be trusted in the place of a reading."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.covered import flat_tone
from pipeline.core.ink import Sheet
from pipeline.core.page import ReadWord

LEAST_WORDS = 3
DARK = 128
SEEN_DPI = 100.0
LEAST_SEEN = 0.5
"""Of the words of a page: where fewer of them show, the layer does not belong to what is seen."""
ODD = re.compile(r"[^\w\s.,;:!?'\"()\[\]{}<>/\\&%$#@*+=_~^|§©®°•–—‘’“”…·£€-]|[\ufffd\ue000-\uf8ff]|\(cid:")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
VOWEL = re.compile(r"[aeiouyAEIOUYÀ-ÿ]")


def trusted_layer(sheet: Sheet) -> Sequence[Sequence[ReadWord]] | None:
    """The page's own text, if it can stand for the page: drawn as text and of sound quality; else None.

    A hidden layer behind a scan was made by an unknown program of an unknown day and is never taken for the text,
    however good it looks: it cannot be told from the paper where it is wrong. Words that do not show, because a box was
    drawn over them, are left out: they are withheld, though the file still holds them.
    """
    if not sheet.born_digital:
        return None
    lines = sheet.layer()
    if not sound(lines):
        return None
    shown = seen(sheet, lines)
    return shown if sum(map(len, shown)) >= LEAST_SEEN * sum(map(len, lines)) else None


def seen(sheet: Sheet, lines: Sequence[Sequence[ReadWord]]) -> list[list[ReadWord]]:
    """The words that can be seen on the page as it is shown."""
    gray, size = sheet.render(SEEN_DPI), sheet.size
    assert size is not None
    scale = gray.shape[1] / size[0]
    kept = ([w for w in line if not _hidden(w, flat_tone(gray, scale, w.box))] for line in lines)
    return [line for line in kept if line]


def sound(lines: Sequence[Sequence[ReadWord]]) -> bool:
    """Whether a text layer reads like text: enough words, few odd signs (broken font tables), words that can be spoken,
    words that have a place."""
    words = [w for line in lines for w in line]
    text = " ".join(w.text for w in words)
    if len(words) < LEAST_WORDS:
        return False
    if len(ODD.findall(text)) > 0.02 * len(text):
        return False
    real = [w for w in WORD.findall(text) if len(w) > 2]
    spoken = sum(bool(VOWEL.search(w)) and not re.search(r"(.)\1\1", w.lower()) for w in real)
    if real and spoken < 0.8 * len(real):
        return False
    letters = sum(c.isalnum() for c in text)
    if letters < 0.5 * len(text.replace(" ", "")):
        return False
    return sum(w.box.area > 0 for w in words) >= 0.9 * len(words)


def _hidden(word: ReadWord, tone: float | None) -> bool:
    """A single sign, such as a point, may be too small to be seen; on a dark ground it is covered like the rest."""
    return tone is not None and (len(word.text) > 1 or tone < DARK)
