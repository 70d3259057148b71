"""Regression and network together."""

from __future__ import annotations

from pipeline.recognize import network
from pipeline.recognize.advice import RULED_OUT, Judgement, judge, odds, probability, values
from pipeline.recognize.pieces import Pieces
from pipeline.recognize.prose import Prose
from pipeline.recognize.wording import Unit, features, units
from tests.recognize.made import transcript

MEMO = """Memorandum for the Secretary

Talks on wheat went on for two days in the spring.

I recommend that you authorize the Embassy to do the following:

1. Tell the Foreign Minister that we shall sell the wheat.

2. Do not offer credits at this time.

The Minister said that his Government should buy more ships.
"""


def cut(text: str = MEMO) -> list[Unit]:
    return list(units(Prose(list(transcript(text)))))


def found(words: str, among: list[Unit]) -> int:
    return next(i for i, u in enumerate(among) if words in u.text)


def judged(words: str) -> Judgement:
    memo = cut()
    return judge(memo, found(words, memo))


def test_advice_is_told_from_fact_and_from_what_others_said() -> None:
    assert judged("I recommend").advice > 0.6
    assert judged("Tell the Foreign Minister").advice > 0.5
    assert judged("Talks on wheat").advice < 0.1
    assert judged("The Minister said").advice < judged("Do not offer").advice


def test_for_and_against() -> None:
    assert judged("Do not offer").against > 0.5 > judged("Tell the Foreign Minister").against


def test_what_the_regression_rules_out_is_not_shown_to_the_network() -> None:
    memo = cut()
    i = found("Talks on wheat", memo)
    alone = probability(odds("advice", values(features(memo, i))))
    assert alone <= RULED_OUT and judge(memo, i).advice == alone


def test_the_network_sees_a_unit_in_its_context() -> None:
    memo = cut()
    own, setting, lead, before, after = network.shown(memo, found("2. Do not", memo))
    assert own == "2. Do not offer credits at this time." and setting.split()[0] == "memo" and "item" in setting
    assert lead.startswith("I recommend") and before.startswith("1. Tell") and after.startswith("The Minister")


def test_long_sentences_keep_begin_and_end() -> None:
    pieces = Pieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b", "c", "d"])
    numbers, own = network.numbered(pieces, ("a " * 60 + "b " * 60, "c", "", "d " * 60, ""))
    assert own == 66 and numbers[1:65] == [4] * 42 + [5] * 22
    assert numbers[own:] == [6, 3, 3, *[7] * 28, 3, 3]


def test_an_answer_does_not_hang_on_what_else_is_asked() -> None:
    memo = cut()
    first = network.answer(memo, 3)
    network.answer(memo, 1)
    assert network.answer(memo, 3) == first
