"""What connectionist temporal classification says of a stretch of columns: the likeliest strings, and how likely one is.

After Graves et al. (2006) and, for the search, Hannun et al. (2014), First-Pass Large Vocabulary Continuous Speech
Recognition using Bi-Directional Recurrent DNNs. Column 0 of the probabilities is the blank.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

FLOOR = 1e-5  # no network is surer than that of anything on worn type


def likeliest(likely: Any, most: int = 6, width: int = 10, per_column: int = 5) -> list[tuple[tuple[int, ...], float]]:
    """The `most` likeliest strings of character numbers on (columns, characters), with the logarithm of their
    probability, likeliest first. A beam of `width` strings; in each column the `per_column` likeliest characters."""
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    scale = 0.0
    for column in likely:
        few = np.argpartition(column, -per_column)[-per_column:]
        options = [(int(c), float(column[c])) for c in few if c and column[c] > 1e-3]
        blank = max(float(column[0]), FLOOR)
        grown: dict[tuple[int, ...], tuple[float, float]] = {}
        for string, (ended, going) in beams.items():
            last = string[-1] if string else -1
            kept, held = grown.get(string, (0.0, 0.0))
            repeat = going * max(float(column[last]), FLOOR) if last >= 0 else 0.0
            grown[string] = (kept + (ended + going) * blank, held + repeat)
            for c, p in options:
                longer = (*string, c)
                kept, held = grown.get(longer, (0.0, 0.0))
                grown[longer] = (kept, held + p * (ended if c == last else ended + going))
        best = sorted(grown.items(), key=lambda item: -sum(item[1]))[:width]
        top = sum(best[0][1])
        beams = {string: (ended / top, going / top) for string, (ended, going) in best}
        scale += math.log(top)
    ranked = sorted(((string, sum(parts)) for string, parts in beams.items()), key=lambda item: -item[1])
    return [(string, scale + math.log(p)) for string, p in ranked[:most] if p > 0]


def log_probability(likely: Any, string: tuple[int, ...]) -> float:
    """Logarithm of the probability that the columns show exactly `string`, over all ways to spread it on them."""
    columns = np.maximum(likely, FLOOR)
    if not string:
        return float(np.log(columns[:, 0]).sum())
    # Blanks between, before and after the characters; after each column `at[s]` is the weight of standing at state s.
    states = np.zeros(2 * len(string) + 1, np.int64)
    states[1::2] = string
    jump = np.zeros(len(states), bool)
    jump[3::2] = states[3::2] != states[1:-2:2]
    at = np.zeros(len(states))
    at[0], at[1] = columns[0, 0], columns[0, string[0]]
    scale = 0.0
    for column in columns[1:]:
        step = at.copy()
        step[1:] += at[:-1]
        step[2:] += np.where(jump[2:], at[:-2], 0.0)
        at = step * column[states]
        total = at.sum()
        if total <= 0:
            return -math.inf
        at /= total
        scale += math.log(total)
    end = at[-1] + at[-2]
    return scale + math.log(end) if end > 0 else -math.inf


def log_probabilities(likely: Any, strings: Sequence[tuple[int, ...]]) -> list[float]:
    """As `log_probability`, of many strings at once."""
    if not strings:
        return []
    columns = np.maximum(likely, FLOOR)
    long = max(len(s) for s in strings)
    states = np.zeros((len(strings), 2 * long + 1), np.int64)
    for row, string in enumerate(strings):
        states[row, 1 : 2 * len(string) : 2] = string
    jump = np.zeros(states.shape, bool)
    jump[:, 3::2] = states[:, 3::2] != states[:, 1:-2:2]
    ends = np.array([2 * len(s) for s in strings])
    rows = np.arange(len(strings))
    at = np.zeros(states.shape)
    at[:, 0] = columns[0, 0]
    if long:
        at[:, 1] = columns[0, states[:, 1]]
    scale = np.zeros(len(strings))
    for column in columns[1:]:
        step = at.copy()
        step[:, 1:] += at[:, :-1]
        step[:, 2:] += np.where(jump[:, 2:], at[:, :-2], 0.0)
        at = step * column[states]
        total = np.maximum(at.max(1), 1e-300)
        at /= total[:, None]
        scale += np.log(total)
    last = at[rows, ends] + np.where(ends > 0, at[rows, np.maximum(ends - 1, 0)], 0.0)
    with np.errstate(divide="ignore"):
        return [float(v) for v in scale + np.log(last)]
