"""How likely a form is a word misread."""

from __future__ import annotations

import pytest

from pipeline.store.letters import cost, halves, made_of
from pipeline.store.misreadings import glued, inflected, odds, torn


def test_what_letters_may_become() -> None:
    assert {"sucar", "suqar", "5ugar", "sugan"} <= made_of("sugar")
    assert "sugar" not in made_of("sugar")
    assert "c1a" in made_of("cia") and "cix" not in made_of("cia")


def test_a_word_is_sought_by_the_half_that_is_right() -> None:
    heads, tails = halves("clandestine")
    assert "clandes" in heads and "destine" in tails
    assert "olandes" in heads  # a confusion that was measured


def test_letters_cost_what_was_measured() -> None:
    assert cost("government", "government") == 0.0
    assert cost("government", "ocvernment") < cost("government", "xzvernment")
    assert cost("corner", "comer") < cost("corner", "coxer")  # rn and m
    assert cost("aggressive", "ag ressive") < cost("aggressive", "ag essive")  # a letter seen as a gap, and one lost
    alone = cost("mission", "nission")
    assert alone < cost("mission", "nissicn") < 2 * alone  # what is read badly once is read badly again


@pytest.mark.parametrize(
    ("word", "form", "sure"),
    [
        ("requirement", "recuirement", 0.8),
        ("emplacement", "explacenent", 0.05),
        ("chairman", "chairrcan", 0.1),
        ("number", "mumber", 0.3),
        ("transmission", "transmlssion", 0.9),
    ],
)
def test_likely_misreadings(word: str, form: str, sure: float) -> None:
    assert odds(word, form, sure) > 0


@pytest.mark.parametrize(
    ("word", "form", "sure"),
    [
        ("ship", "shop", 0.9),  # a word is rarely another word misread
        ("shop", "shlp", 0.5),  # nearer to another word
        ("castro", "castrol", 0.95),  # a name, read surely
        ("data", "dats", 0.9),  # too short to tell
        ("resident", "fresioent", 0.2),  # president, misread in both halves
        ("acting", "tacting", 0.6),  # con-tacting, broken by a line's end
        ("understands", "underatand", 0.3),  # nearer to an inflection
        ("federation", "federacion", 0.66),  # Spanish
        ("communications", "compunctions", 0.8),  # read too surely to be wrong three times
    ],
)
def test_unlikely_misreadings(word: str, form: str, sure: float) -> None:
    assert odds(word, form, sure) < 0


def test_the_surer_a_form_was_read_the_less_likely_it_is_a_misreading() -> None:
    by_confidence = [odds("sugar", "sucar", sure) for sure in (0.05, 0.3, 0.6, 0.95)]
    assert by_confidence == sorted(by_confidence, reverse=True)


def test_words_without_gaps() -> None:
    assert glued("journalists", "ofjournalists", 0.8) > 0
    assert glued("responsive", "responsiveinformation", 0.5) > 0
    assert glued("official", "officialpliaison", 0.3) > 0  # with a letter that is none
    assert glued("study", "studyingitnow", 0.5) < 0  # studying it now
    assert glued("govern", "governzzxq", 0.5) < 0
    assert glued("wright", "tainwright", 0.5) < 0


def test_words_with_gaps() -> None:
    assert torn("networks", ("ne", "tworks"), {"tworks": 0.9}) > 0
    assert torn("collaboration", ("coll", "aborati", "on"), {"aborati": 0.5, "coll": 0.5}) > 0
    assert torn("theater", ("the", "water"), {}) < 0


def test_grammar() -> None:
    assert inflected("vote", "voted") and inflected("cuba", "cuban") and not inflected("cuba", "cuha")


@pytest.mark.parametrize(("word", "form"), [("loaded", "underloaded"), ("agricultural", "agriculturalist")])
def test_a_longer_word_is_not_the_word_with_others(word: str, form: str) -> None:
    assert glued(word, form, 0.2, own=1) == float("-inf")
    assert glued("official", "officialliaison", 0.2, own=1) > 0
