"""Approve/Disapprove lines and reported decisions."""

from __future__ import annotations

import pytest

from pipeline.recognize.decisions import reported, verdict_of_line


@pytest.mark.parametrize(
    ("line", "decision"),
    [
        ("Approve ________ Disapprove ________", "none"),
        ("Approve ___X___ Disapprove _______", "approved"),
        ("Approve ______ Disapprove __x__", "disapproved"),
        ("APPROVED: R.H.   DATE: 7 DEC 1962", "approved"),
        ("Agree ___ Disagree ___ See me _x_", "none"),
        ("CONCUR: ____ NONCONCUR: ____", "none"),
        ("Approve HK 3/5  Disapprove ____", "approved"),
        ("We do not approve of the disapproval of others.", None),
        ("The President agreed with the Secretary that no answer was needed.", None),
    ],
)
def test_lines(line: str, decision: str | None) -> None:
    assert verdict_of_line(line) == decision


def test_reported() -> None:
    assert reported("The President approved this recommendation.") == "approved"
    assert reported("The Secretary rejected the second course.") == "disapproved"
    assert reported("The President arrived.") is None
