"""Handwriting and noise told from type, by how the reader that knows only type fares with them."""

from __future__ import annotations

import numpy as np

from pipeline.ocr.decode import Letter
from pipeline.ocr.seen import Seen

UNSURE = 0.8  # mean confidence in its letters under which a line may be no type; worn type has more, or a known word
WORDLESS = 0.35  # confidence in its words under which it then is none
LONG = 30  # letters: no note in the margin has as many on a line, and a worn line of type has
SPECK = 0.5  # mean confidence under which one or two signs are dirt
LOW = 0.9  # of a typical line: what is lower is no hand


def kind(line: list[Letter], words: list[Seen], height: float) -> str:
    """`handwriting`, `noise` or `type`. `height` is the line's, over that of a typical line of the page."""
    sure = [letter.confidence for letter in line if letter.text.isalnum()]
    mean = float(np.mean(sure)) if sure else 0.0
    if len(sure) < 3:
        every = [letter.confidence for letter in line if letter.text != " "]
        return "noise" if not every or np.mean(every) < SPECK else "type"
    believed = float(np.average([w.confidence for w in words], weights=[len(w.text) for w in words]))
    if mean >= UNSURE or len(sure) > LONG or believed >= WORDLESS:
        return "type"
    return "handwriting" if height >= LOW else "noise"
