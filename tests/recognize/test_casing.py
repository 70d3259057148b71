"""Cables in capitals get the letters that running text would have; no offset moves."""

from __future__ import annotations

from pipeline.recognize.casing import all_capitals, is_common, ordinary


def test_words_become_small_names_keep_their_capital() -> None:
    text = "2. THE AMBASSADOR TOLD WACHTMEISTER THAT THE U.S. WOULD NOT AGREE. HE LEFT FOR BONN."
    made = ordinary(text)
    assert made == "2. The Ambassador told Wachtmeister that the U.S. would not agree. He left for Bonn."
    assert len(made) == len(text)


def test_what_is_all_capitals() -> None:
    assert all_capitals("THE DEPARTMENT AGREES WITH THE EMBASSY ON THIS POINT.")
    assert not all_capitals("The Department agrees with the EMBASSY on this point.")
    assert is_common("because") and not is_common("Wachtmeister")
