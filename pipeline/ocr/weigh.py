"""How well a crop of a page bears out words that are expected there, when no reader makes them out by itself.

The recogniser says for each column of a line how probable each character is. A phrase is laid over the columns as well as
it fits (Viterbi's path through CTC's states), whatever stands left and right of it being left to the likeliest path. The
price is what the phrase costs against the likeliest path through the same columns: 0 when it *is* what is read there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import cv2
import numpy as np

from pipeline.core.ink import Borne
from pipeline.ocr import rapid
from pipeline.ocr.ctc import FLOOR
from pipeline.ocr.decode import letters

GRAY = (1.0, 95.0)  # percentiles of a crop that become black and white
SHARED = 0.34  # share of a phrase's letters that must be read somewhere before it is weighed


def weigh(crops: Sequence[Any], phrases: Sequence[str]) -> list[list[Borne]]:
    """For each crop (uint8 gray, one line of type, upright) those phrases that it could show at all, best first."""
    characters = rapid.characters()
    out = []
    for likely in rapid.recognise([_line(crop) for crop in crops]):
        read = "".join(letter.text for letter in letters(likely, characters))
        logs = np.log(np.maximum(likely, FLOOR))
        borne = [_borne(phrase, logs, read, characters) for phrase in phrases if _possible(phrase, read)]
        out.append(sorted(borne, key=lambda b: -b.score))
    return out


def _line(crop: Any) -> Any:
    """The crop as high as the recogniser wants it, ink black and paper white."""
    wide = max(rapid.STEP, round(crop.shape[1] * rapid.HIGH / crop.shape[0]))
    small = cv2.resize(crop, (wide, rapid.HIGH), interpolation=cv2.INTER_AREA)
    black, white = np.percentile(small, GRAY)
    return np.clip((small.astype(np.float32) - black) * 255 / max(1.0, white - black), 0, 255).astype(np.uint8)


def _possible(phrase: str, read: str) -> bool:
    """Whether enough of the phrase's letters are read, in whatever order."""
    want, seen = Counter(phrase.replace(" ", "")), Counter(read.upper())
    return sum((want & seen).values()) >= SHARED * want.total()


@cache
def _states(phrase: str, characters: str) -> tuple[Any, Any]:
    """CTC's states of a phrase (blanks between its characters; its ends are free), and what it costs to skip a blank."""
    states = np.zeros(2 * len(phrase) - 1, np.int64)
    states[0::2] = [characters.index(c) for c in phrase]
    skip = np.full(len(states), -np.inf)
    skip[2::2] = np.where(states[2::2] != states[0:-2:2], 0.0, -np.inf)
    return states, skip


def _borne(phrase: str, logs: Any, read: str, characters: str) -> Borne:
    states, skip = _states(phrase, characters)
    free = np.concatenate([[0.0], np.cumsum(logs.max(1))])
    emitted = logs[:, states]
    every = np.arange(len(states))
    at = np.full((3, len(states)), -np.inf)  # staying, from the state before, from the one before that
    since = np.zeros((3, len(states)), np.int64)
    best, first, last = -np.inf, 0, 0
    for t in range(len(logs)):
        at[1, 1:], at[2, 2:] = at[0, :-1], at[0, :-2] + skip[2:]
        since[1, 1:], since[2, 2:] = since[0, :-1], since[0, :-2]
        at[1, 0], since[1, 0] = free[t], t
        way = at.argmax(0)
        since[0] = since[way, every]
        at[0] = at[way, every] + emitted[t]
        whole = at[0, -1] + free[-1] - free[t + 1]
        if whole > best:
            best, first, last = float(whole), int(since[0, -1]), t
    return Borne(phrase, (best - float(free[-1])) / len(phrase), first / len(logs), (last + 1) / len(logs), read)
