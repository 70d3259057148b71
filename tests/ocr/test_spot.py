"""Strings held against columns of probabilities: anywhere on the line, with a price on a figure left beside them."""

import numpy as np

from pipeline.ocr.spot import spotted

CHARACTERS = "\0" + "0123456789/-" + "KP "


def columns(text, sure=0.9):
    """A line on which `text` is read, each character in one column with a blank behind it."""
    out = []
    for c in text:
        for wanted in (CHARACTERS.index(c), 0):
            column = np.full(len(CHARACTERS), (1 - sure) / (len(CHARACTERS) - 1))
            column[wanted] = sure
            out.append(column)
    return np.array(out)


def best(text, strings):
    scores = spotted(columns(text), strings, CHARACTERS)
    return strings[int(scores.argmax())], scores


def test_what_is_read_costs_nothing():
    string, scores = best("5-11-98", ("5-11-98", "6-11-98", "5-11-93"))
    assert string == "5-11-98" and abs(scores[0]) < 0.5
    assert scores[1] < -2 and scores[2] < -2


def test_a_string_may_stand_anywhere_on_the_line():
    string, scores = best("KP 5-11-98 K", ("5-11-98", "1-11-98"))
    assert string == "5-11-98" and abs(scores[0]) < 0.5


def test_a_figure_left_beside_the_string_has_its_price():
    string, scores = best("11/14/89", ("1/14/89", "11/14/89", "11/14/8"))
    assert string == "11/14/89"
    assert max(scores[0], scores[2]) < scores[1] - 1


def test_strings_with_unknown_characters_or_none_of_the_line_cannot_be():
    scores = spotted(columns("KP"), ("5-11-98 and much longer than the line", "KP"), CHARACTERS)
    assert scores[0] == -np.inf and abs(scores[1]) < 0.5
