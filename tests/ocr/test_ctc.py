"""The search through columns of probabilities, against the sum over all paths."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest

from pipeline.ocr import ctc


def by_hand(likely: np.ndarray) -> Counter[tuple[int, ...]]:
    out: Counter[tuple[int, ...]] = Counter()
    for path in itertools.product(range(likely.shape[1]), repeat=len(likely)):
        string = tuple(c for c, _ in itertools.groupby(path) if c)
        out[string] += math.prod(float(likely[t, c]) for t, c in enumerate(path))
    return out


@pytest.mark.parametrize("seed", range(4))
def test_the_likeliest_strings_are_those_of_the_sum_over_paths(seed):
    likely = np.random.default_rng(seed).random((5, 4)) ** 3
    likely /= likely.sum(1, keepdims=True)
    true = by_hand(likely).most_common(3)
    found = ctc.likeliest(likely, most=3, width=60, per_column=4)
    assert [s for s, _ in found] == [s for s, _ in true]
    for string, p in true:
        assert ctc.log_probability(likely, string) == pytest.approx(math.log(p), abs=1e-3)


def test_a_string_longer_than_the_columns_is_impossible():
    assert ctc.log_probability(np.full((2, 3), 1 / 3), (1, 2, 1, 2)) == -math.inf


def test_a_double_letter_needs_a_blank_between():
    likely = np.array([[0.1, 0.9], [0.8, 0.2], [0.1, 0.9]])
    assert ctc.likeliest(likely, per_column=2)[0][0] == (1, 1)


def test_many_strings_at_once_are_as_likely_as_one_by_one():
    likely = np.random.default_rng(7).random((6, 4)) ** 2
    likely /= likely.sum(1, keepdims=True)
    strings = [(), (1,), (1, 1), (2, 3), (3, 2, 1), (1, 1, 1, 1)]
    assert ctc.log_probabilities(likely, strings) == pytest.approx(
        [ctc.log_probability(likely, s) for s in strings], abs=1e-6
    )
    assert ctc.log_probabilities(likely, []) == []
