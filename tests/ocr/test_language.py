"""How likely words are after one another."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.ocr import rapid
from pipeline.ocr.decode import Letter
from pipeline.ocr.hand import kind
from pipeline.ocr.language import plain, surprise
from pipeline.ocr.lexicon import alike
from pipeline.ocr.seen import Seen
from tests.ocr.test_fuse import line, said


@pytest.mark.parametrize(
    ("before", "likely", "unlikely"),
    [
        (("the", "united"), "States", "Stales"),
        (("secretary", "of"), "State", "Stale"),
        (("we", "discussed"), "the", "tho"),
        (("per", "cent"), "of", "of:"),
    ],
)
def test_what_follows_often_is_likelier(before, likely, unlikely):
    assert surprise(likely, before) > surprise(unlikely, before) + 1


def test_a_name_that_the_page_holds_is_likelier_than_another():
    assert surprise("AMCARBON", ("", ""), {"AMCARBON"}) > surprise("AMCARDON", ("", ""), {"AMCARBON"})


def test_punctuation_and_case_make_no_other_word():
    assert plain("(Department") == plain("DEPARTMENT,") == "department"
    assert plain("3,000") == plain("1961") == "0"


def test_words_like_a_misread_one_keep_its_case_and_signs():
    assert "HUSBANDS," in alike("HUSBENCS,")
    assert {"husbands", "Husbands"} <= alike("husbencs")
    assert not alike("government") and not alike("1961")


def test_neighbours_decide_between_two_words():
    assert said(line("work of the Unoted Nations", {14: ("i", 0.45)})) == "work of the United Nations"


def _letters(text: str, sure: float) -> list[Letter]:
    return [Letter(c, float(n), sure) for n, c in enumerate(text)]


def _words(text: str, sure: float) -> list[Seen]:
    return [Seen(w, (0, 0, 9, 9), sure, "rapidocr") for w in text.split()]


def test_scrawl_is_told_from_worn_type_and_dirt():
    assert kind(_letters("gaecb Ciriryiee", 0.6), _words("gaecb Ciriryiee", 0.1), 1.2) == "handwriting"
    assert kind(_letters("gaecb Ciriryiee", 0.6), _words("gaecb Ciriryiee", 0.1), 0.6) == "noise"
    assert kind(_letters("the border was", 0.6), _words("the border was", 0.5), 1.0) == "type"
    assert kind(_letters("4", 0.3), _words("4", 0.2), 1.0) == "noise"
    assert kind(_letters(":", 0.9), _words(":", 0.2), 0.3) == "type"


def test_the_head_answers_with_probabilities():
    [likely] = rapid.recognise([np.full((48, 160), 255, np.uint8)])
    assert likely.shape[1] == len(rapid.characters())
    assert np.allclose(likely.sum(1), 1, atol=1e-3)
