"""Regression and network together."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pipeline.recognize import network
from pipeline.recognize.advice import RULED_OUT, Judgement, judge, odds, probability, values
from pipeline.recognize.network import Room, Sheet, Stretch
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
    judgement = judge(memo)[found(words, memo)]
    assert judgement
    return judgement


def test_advice_is_told_from_fact_and_from_what_others_said() -> None:
    assert judged("I recommend").advice > 0.6
    assert judged("Tell the Foreign Minister").advice > 0.5
    assert judged("Talks on wheat").advice < 0.1
    assert judged("The Minister said").advice < judged("Do not offer").advice


def test_for_and_against() -> None:
    assert judged("Do not offer").against > 0.5 > judged("Tell the Foreign Minister").against


def test_what_the_regression_rules_out_is_not_asked_of_the_network() -> None:
    memo = cut()
    i = found("Talks on wheat", memo)
    alone = probability(odds("advice", values(features(memo, i))))
    assert alone <= RULED_OUT and judged("Talks on wheat").advice == alone


def test_headings_and_scraps_are_not_judged() -> None:
    memo = cut("Recommendation:\n\nSee below.\n\nThat you sign the attached letter.\n")
    assert [bool(j) for j in judge(memo)] == [False, False, True]


def test_the_network_hears_where_a_sentence_stands() -> None:
    says = "\n\nWe should not let the other side exploit any differences among us.\n"
    advised, told = (
        cut("Memorandum From the Secretary of State to the President\n\nI set out what I think you should do." + says),
        cut(
            "Memorandum of Conversation\n\nPARTICIPANTS\n\nForeign Minister Schroeder\n\nThe Foreign Minister spoke of "
            "Berlin. He said the Allies had met in Bonn." + says
        ),
    )
    i, j = len(advised) - 1, len(told) - 1
    assert network.answers(advised, [i])[i].advice > network.answers(told, [j])[j].advice + 1


def test_a_document_without_doubts_wakes_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def woken() -> None:
        raise AssertionError("the network was loaded")

    monkeypatch.setattr(network, "_network", woken)
    assert network.answers([], []) == {} and network.answers(cut(), []) == {}
    assert judge(cut("The harvest was poor.\n"))[0]


def test_stretches_hold_every_doubt_once_with_room_around_it() -> None:
    lengths = [20] * 40
    doubtful = [0, 3, 4, 11, 12, 13, 14, 15, 16, 17, 30, 39]
    read = list(network.stretches(lengths, doubtful, Room(before=44, after=24, all=176)))
    assert [i for s in read for i in s.asked] == doubtful
    for s in read:
        assert s.first <= s.asked[0] and s.asked[-1] < s.last <= 40
        assert sum(lengths[s.first : s.last]) <= 176
        assert s.first == max(0, s.asked[0] - 2) and s.last == min(40, s.asked[-1] + 2)
    assert all(a.asked[-1] < b.asked[0] for a, b in pairwise(read))


def test_a_unit_longer_than_a_stretch_is_read_all_the_same() -> None:
    assert list(network.stretches([400, 10], [0, 1], Room(44, 24, 176))) == [Stretch(0, 2, (0,)), Stretch(1, 2, (1,))]


def test_what_a_stretch_shows() -> None:
    pieces = Pieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefgh"])
    sheet = Sheet(setting=[4], title=[5, 5], units=[[6, 3], [7, 7, 3], [8, 3], [9, 9, 3]], leads=[-1, -1, -1, 0])
    numbers, places = network.laid(pieces, sheet, Stretch(2, 4, (3,)))
    assert numbers == [2, 4, 3, 5, 5, 3, 6, 3, 8, 3, 9, 9, 3] and places == {2: (8, 10), 3: (10, 13)}
    shares, ends = network.pooled(places, (3,), len(numbers))
    assert shares[0, 10:13].sum() == 1 == shares.sum() and ends.tolist() == [12]
    first, _ = network.laid(pieces, sheet, Stretch(0, 1, (0,)))
    assert first == [2, 4, 3, 3, 3, 6, 3], "a stretch that begins the document shows its title once"


def test_long_sentences_keep_begin_and_end() -> None:
    pieces = Pieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b"])
    memo = cut()
    assert network.unit_in_pieces(pieces, memo[0], "a " * 60 + "b " * 60) == [4] * 42 + [5] * 22 + [3]


def test_the_network_is_told_where_a_unit_stands() -> None:
    _, pieces = network._network()
    memo = cut()
    sheet = network.in_pieces(pieces, memo)
    assert sheet.setting[0] == pieces.numbers("memo")[0] and list(sheet.title[:3]) == pieces.numbers(
        "Memorandum for the"
    )
    assert sheet.leads[found("2. Do not", memo)] == found("I recommend", memo)
