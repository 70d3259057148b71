"""What a word's confidence is made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.calibration import bins, difference, truth, weighted
from pipeline.core.geometry import Box
from pipeline.core.page import ReadWord
from pipeline.ocr.quality import Evidence, calibration, grade, terms, word_confidence

SURE = Evidence("both", 0.99, 0.95, 10.0, 0.02)


def test_every_curve_weighs_all_that_is_known_of_a_word():
    for reader, curve in calibration().items():
        assert curve.keys() == {"bias", *terms(0.5, replace(SURE, reader=reader))}


@pytest.mark.parametrize("worse", [{"weakest": 0.3}, {"doubt": 0.6}, {"lead": 1.0}, {"second": 0.3}])
def test_weaker_evidence_makes_a_word_less_sure(worse):
    assert word_confidence("border", replace(SURE, **worse)) < word_confidence("border", SURE)


def test_a_word_of_the_period_is_surer_than_letters_thrown_together():
    assert word_confidence("border", SURE) > 0.95 > word_confidence("b0rd3Rx", SURE)


def test_a_worn_page_makes_all_its_words_less_sure():
    word = Evidence("rapidocr", 0.7, 0.7, 2.0, 0.02)
    assert word_confidence("Kostikov", replace(word, doubt=0.5)) < word_confidence("Kostikov", word) - 0.05


def test_the_difference_is_told_by_bins_and_by_words():
    rows = bins([0.95] * 90 + [0.25] * 10, [True] * 90 + [False] * 10)
    assert difference(rows) == pytest.approx((0.05 + 0.25) / 2)
    assert weighted(rows) == pytest.approx(0.9 * 0.05 + 0.1 * 0.25)


def test_a_word_is_right_as_often_as_the_page_has_it():
    assert truth(["the", "The", "the.", "--", "the"], "the (The) the [[redacted]]") == [True, True, True, None, False]


def test_a_grade_says_what_else_is_on_the_page_and_how_it_lies():
    lines = [[ReadWord("border", Box(0, 0, 9, 9), 0.97)]]
    assert grade(lines) == ("good", "1 words, 0 of them doubtful")
    why = grade(lines, -3.2, ["handwriting", "noise", "handwriting"])[1]
    assert "3.2 degrees askew" in why and "2 lines of handwriting" in why and "1 line of noise" in why
    assert grade([], 0.0, ["handwriting"]) == (
        "blank",
        "no type was found on the page; 1 line of handwriting set apart",
    )
