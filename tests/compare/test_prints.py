"""Fingerprints hold when letters are confused, spacing differs or half of a page is gone."""

from __future__ import annotations

import pytest

from pipeline.compare.prints import SHARE, fold, prints
from tests.compare.typed import MEMO, OTHER, typed


@pytest.mark.parametrize(("one", "other"), [("modem", "rnodern"), ("Il1|", "llll"), ("S0S", "5O5"), ("Dæmon—", "Dmon"),
                                            ("naïve,", "NAIVE")])  # fmt: skip
def test_what_readers_confuse_is_one_letter(one: str, other: str) -> None:
    assert fold(one).replace("n", "") == fold(other).replace("n", "")


def test_spacing_makes_no_difference() -> None:
    words = [fold(w) for line in MEMO for w in line.split()]
    assert prints(words) == prints(["".join(words)])


def test_about_one_in_twelve_is_kept() -> None:
    letters = sum(len(fold(line)) for line in MEMO)
    assert letters / SHARE / 2 < len(prints(fold(line) for line in MEMO)) < 2 * letters / SHARE


def test_a_page_with_half_withheld_and_misread_letters_shares_fingerprints() -> None:
    whole, half = typed(MEMO), typed(MEMO[:6], noise=0.03)
    assert len(whole.prints & half.prints) >= 6


def test_pages_of_one_form_share_their_heading_only() -> None:
    shared = typed(MEMO).prints & typed(OTHER).prints
    assert shared <= prints([*map(fold, MEMO[0].split()), "subiect"]) and shared


def test_fingerprints_are_the_same_on_every_machine() -> None:
    assert sorted(prints([fold("Reference A reports that the barge parted her tow")])) == sorted(
        prints([fold("reference a rep0rts that the barge parted her tow")])
    )
    assert all(0 <= h < 2**63 for h in typed(MEMO).prints)
