"""How a document stood on a day: only what is recorded counts, and what is not known is said."""

import pytest

from pipeline.core.document import Event
from pipeline.core.standing import schedule, standing

MADE = Event(1, "1961-06-08", "classified", "SECRET", "CIA", None)
LOWERED = Event(2, "1975-03-01", "downgraded", "CONFIDENTIAL", "CIA", None)
REFUSED = Event(3, "1978", "denied", None, "State", None)
OPENED = Event(4, "1998-05-01", "released in part", None, "CIA", None)
CLEARED = Event(5, "2003-01-02", "declassified", "UNCLASSIFIED", "CIA", None)
ALL = (MADE, LOWERED, REFUSED, OPENED, CLEARED)


@pytest.mark.parametrize(
    ("day", "level", "opened"),
    [
        ("1950-01-01", None, ""),
        ("1961-06-08", "SECRET", ""),
        ("1972-06-01", "SECRET", ""),
        ("1975-03-01", "CONFIDENTIAL", ""),
        ("1998-05-01", "CONFIDENTIAL", "released in part"),
        ("2010-01-01", "UNCLASSIFIED", "declassified"),
    ],
)
def test_the_last_event_by_then_counts(day, level, opened):
    found = standing(ALL, (), day)
    assert (found.level, found.opened) == (level, opened)


def test_a_downgrading_without_a_level_is_one_step():
    assert standing((MADE, Event(2, "1970-01-01", "downgraded", None, None, None)), (), "1971-01-01").level == "CONFIDENTIAL"


def test_a_cancelled_event_does_not_count_and_an_undated_one_is_told():
    cancelled = Event(2, "1970-01-01", "declassified (cancelled)", "UNCLASSIFIED", None, None)
    undated = Event(3, None, "declassified", "UNCLASSIFIED", "State", None)
    found = standing((MADE, cancelled, undated), (), "1990-01-01")
    assert (found.level, found.undated) == ("SECRET", (undated,))
    assert "Undated, so perhaps before: declassified by State." in found.as_line()


def test_a_year_counts_from_its_end():
    late = Event(2, "1975", "declassified", "UNCLASSIFIED", None, None)
    assert standing((MADE, late), (), "1975-06-01").level == "SECRET"
    assert standing((MADE, late), (), "1976-01-01").level == "UNCLASSIFIED"


def test_what_a_notice_would_have_done_is_told_apart():
    found = standing((MADE,), ("GROUP 4",), "1972-06-01")
    assert found.level == "SECRET" and found.due == "GROUP 4: CONFIDENTIAL"
    assert "which no stamp confirms" in found.as_line()
    assert standing((MADE,), ("GROUP 1",), "2000-01-01").due is None


def test_schedules_of_the_orders():
    assert list(schedule("GROUP 4", "TOP SECRET", "1962-01-31")) == [
        ("1965-01-31", "SECRET"), ("1968-01-31", "CONFIDENTIAL"), ("1974-01-31", "UNCLASSIFIED"),
    ]  # fmt: skip
    assert list(schedule("GROUP 3", "SECRET", "1962-01-31")) == [("1974-01-31", "CONFIDENTIAL")]
    assert list(schedule("GDS", "SECRET", "1973-05-02")) == [("1975-12-31", "CONFIDENTIAL"), ("1981-12-31", "UNCLASSIFIED")]
