"""Long work says how far it is, now and then."""

from __future__ import annotations

import logging

import pytest

from pipeline.store.pace import SECONDS, Pace, spoken


def test_how_far_it_is_and_how_long_it_takes_yet(caplog: pytest.LogCaptureFixture) -> None:
    pace = Pace("words", 1000)
    with caplog.at_level(logging.INFO, "declass"):
        pace.done(10)
        assert not caplog.messages  # nobody waits yet
        pace.start -= 100
        pace.said -= SECONDS
        pace.done(490)
        pace.done(250)
        pace.said -= SECONDS
        pace.done(250)
    assert caplog.messages == ["words: 500 of 1000 pages, about 2 minutes left"]


def test_times_as_people_say_them() -> None:
    assert [spoken(s) for s in (0.1, 42.4, 240)] == ["1 s", "42 s", "4 minutes"]
