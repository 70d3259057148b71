"""Words cut into pieces."""

from __future__ import annotations

import pytest

from pipeline.recognize.pieces import Pieces

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "recommend", "##ed", "##s", "re", "we", "cafe", ".", "'", "$", "5"]


def cut(text: str) -> list[str]:
    return [VOCABULARY[n] for n in Pieces(VOCABULARY).numbers(text)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("We recommend.", ["we", "recommend", "."]),
        ("RECOMMENDED", ["recommend", "##ed"]),
        ("recommends we're", ["recommend", "##s", "we", "'", "re"]),
        ("Café\u00ad $5", ["cafe", "$", "5"]),
        ("recommendation", ["[UNK]"]),
        ("we" + "e" * 100, ["[UNK]"]),
        (" \n", []),
    ],
)
def test_words_are_cut_from_the_left_into_the_longest_pieces(text: str, pieces: list[str]) -> None:
    assert cut(text) == pieces
