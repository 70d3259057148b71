"""The confidence of mentions is fitted: on the judged sample, what is told is what is right."""

from __future__ import annotations

import csv

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import knowledge
from pipeline.recognize.confidence import calibrated, shifted


def judged() -> list[tuple[str, str, float, bool]]:
    with (knowledge.models() / "entities" / "judged.csv").open(encoding="utf-8", newline="") as f:
        return [(r["label"], r["method"], float(r["told"]), r["right"] == "1") for r in csv.DictReader(f)]


def test_of_all_that_is_told_as_many_are_right() -> None:
    told = [(calibrated(p, label, f"rule:{method}@1"), right) for label, method, p, right in judged()]
    assert len(told) >= 300
    for low, high in ((0.0, 0.6), (0.6, 0.9), (0.9, 1.0)):
        some = [(p, right) for p, right in told if low <= p < high]
        mean, rate = sum(p for p, _ in some) / len(some), sum(r for _, r in some) / len(some)
        assert abs(mean - rate) < 0.08, (low, high, mean, rate, len(some))


def test_the_fit_is_better_than_what_was_told_before() -> None:
    cases = judged()
    before = sum((p - right) ** 2 for *_, p, right in cases)
    after = sum((calibrated(p, label, f"rule:{method}@1") - right) ** 2 for label, method, p, right in cases)
    assert after < 0.95 * before


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-2, 2))
def test_a_surer_name_stays_surer(a: float, b: float, shift: float) -> None:
    assert 0 <= shifted(a, shift) <= 1
    assert (shifted(a, shift) <= shifted(b, shift)) or a > b


def test_dates_stay_as_told() -> None:
    assert calibrated(0.7, "DATE", "rule:date@1") == 0.7
