"""What looks like a word of the period's papers."""

from __future__ import annotations

import pytest

from pipeline.ocr.lexicon import likeness, mended


@pytest.mark.parametrize("token", ["the", "Department", "(SECRET)", "anti-Communist", "Soviet's", "telegram,"])
def test_words_are_likely(token):
    assert likeness(token) > 0.3


@pytest.mark.parametrize("token", ["AMCARBON-1", "Zybrowski", "QJWINTRA", "McCone", "--"])
def test_names_and_signs_say_nothing(token):
    assert -0.1 <= likeness(token) <= 0.3


@pytest.mark.parametrize("token", ["l96l", "MEXlCO", "tHe", "wi1l", "prepa@ed"])
def test_what_is_thrown_together_is_unlikely(token):
    assert likeness(token) < -0.5


@pytest.mark.parametrize("token", ["1961", "201454Z", "U.S.", "22/23", "$3,000", "20th", "TDCS-3/566,303"])
def test_figures_and_abbreviations_are_no_misreadings(token):
    assert likeness(token) >= 0


def test_a_misreading_that_typefaces_provoke_is_mended_to_a_known_word():
    assert "COULD" in [word for word, _ in mended("COULO")]
    assert "AHEAD," in [word for word, _ in mended("AHEAO,")]
    assert "DISTORTED" in [word for word, _ in mended("OISTORTEO")]


@pytest.mark.parametrize("token", ["COULD", "AMCARDON-1", "OF", "1961", "GTDANCER"])
def test_known_words_codenames_and_figures_are_left_alone(token):
    assert mended(token) == []


def test_the_pages_own_names_count_as_known():
    assert likeness("AMCARBON", frozenset({"AMCARBON"})) > likeness("AMCARDON", frozenset({"AMCARBON"}))
