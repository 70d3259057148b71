"""Dates as papers write them, and what they mean."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.dates import MONTHS, bounds, find_dates, parse_date


@pytest.mark.parametrize(
    ("written", "edtf"),
    [
        ("8 June 1961", "1961-06-08"),
        ("June 8, 1961", "1961-06-08"),
        ("6/8/61", "1961-06-08"),
        ("10-26-66", "1966-10-26"),
        ("26/10/62", "1962-10-26"),
        ("091517Z OCT 86", "1986-10-09"),
        ("O 130100Z OCT 86", "1986-10-13"),
        ("DEC 21 0142Z 63", "1963-12-21"),
        ("30 SEP 1976", "1976-09-30"),
        ("'86 OCT -1 A9:36", "1986-10-01"),
        ("JUN 21 4 38 PM '61", "1961-06-21"),
        ("the 5th of May, 1964", "1964-05-05"),
        ("1961-06-08", "1961-06-08"),
        ("2019/12/10", "2019-12-10"),
        ("SEP 1976", "1976-09"),
        ("1956", "1956"),
        ("20-26 NOVEMBER 1963", "1963-11-20/1963-11-26"),
        ("ca. 1961", "1961~"),
        ("1961?", "1961?"),
        ("before 8 June 1961", "../1961-06-08"),
        ("1960s", "196X"),
        ("../1961", "../1961"),
    ],
)
def test_every_way_of_writing_a_date_is_understood(written: str, edtf: str) -> None:
    assert parse_date(written) == edtf


@pytest.mark.parametrize(
    ("damaged", "edtf"),
    [
        ("l9 JUIY 196l", "1961-07-19"),
        ("OCT 1O, 1962", "1962-10-10"),
        ("3O September 1962", "1962-09-30"),
        ("Septembor 14, 1962", "1962-09-14"),
        ("1O/26/62", "1962-10-26"),
        ("25O914Z 0CT 86", "1986-10-25"),
    ],
)
def test_confused_letters_are_admitted_and_kept(damaged: str, edtf: str) -> None:
    [found] = find_dates(f"dated {damaged} at")
    assert found.edtf == edtf
    assert found.text == damaged
    assert found.repaired


NUMBERS = ["737.00/10-1959", "611.61/10-2662", "LOC-HAK-533-6-5-8", "19-6-50/3", "104-10048-10124", "00/00/00",
           "31/31/61", "seven 17", "$6/8/61"]  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_that_are_no_dates(text: str) -> None:
    assert find_dates(text) == []


def test_forms_write_zero_for_what_is_unknown() -> None:
    assert parse_date("05/00/63") == "1963-05"
    assert parse_date("00/00/1963") == "1963"


def test_a_clock_is_no_year_and_a_day_without_year_is_partial() -> None:
    assert find_dates("NOVEMBER 16, 11 AM") == []
    [day] = find_dates("NOVEMBER 16, 11 AM", partial=True)
    assert (day.edtf, day.text) == ("XXXX-11-16", "NOVEMBER 16")


def test_the_window_places_two_digit_years() -> None:
    assert parse_date("1/2/25") == "2025-01-02"
    assert parse_date("1/2/25", earliest=1900) == "1925-01-02"


def test_several_dates_come_in_order_with_their_spans() -> None:
    text = "Report of 10 APR 1962, reviewed 3/5/88, cable 091517Z OCT 86"
    found = find_dates(text)
    assert [d.edtf for d in found] == ["1962-04-10", "1988-03-05", "1986-10-09"]
    assert all(text[d.start : d.end] == d.text for d in found)
    assert found[-1].time == "1517"


@pytest.mark.parametrize(
    ("edtf", "days"),
    [
        ("1961-06-08", ("1961-06-08", "1961-06-08")),
        ("1961-02", ("1961-02-01", "1961-02-28")),
        ("1961", ("1961-01-01", "1961-12-31")),
        ("1961~", ("1961-01-01", "1961-12-31")),
        ("196X", ("1960-01-01", "1969-12-31")),
        ("../1961", ("0001-01-01", "1961-12-31")),
        ("1961/..", ("1961-01-01", "9999-12-31")),
        ("1963-11-20/1963-11-26", ("1963-11-20", "1963-11-26")),
    ],
)
def test_bounds_are_the_first_and_last_day(edtf: str, days: tuple[str, str]) -> None:
    assert bounds(edtf) == days


@pytest.mark.parametrize("no", ["", "..", "yesterday", "1961-13", "1961-02-30", "1962/1961", "XXXX-11-16"])
def test_what_is_no_date_has_no_bounds(no: str) -> None:
    assert bounds(no) is None


@given(st.dates(min_value=date(1926, 1, 1), max_value=date(2025, 12, 31)))
def test_any_day_is_read_back_however_it_is_written(day: date) -> None:
    month = MONTHS[day.month - 1]
    for written in (
        f"{day.day} {month} {day.year}",
        f"{month.title()} {day.day}, {day.year}",
        f"{day:%m/%d/%y}",
        f"{day.day} {month[:3]} {day:%y}",
        f"{day:%d}1530Z {month[:3]} {day:%y}",
        day.isoformat(),
    ):
        assert parse_date(written) == day.isoformat(), written


@given(st.text(max_size=60))
def test_any_text_is_survived_and_spans_agree(text: str) -> None:
    for d in find_dates(text, partial=True, years=True):
        assert text[d.start : d.end] == d.text
    parse_date(text)


def test_a_years_end_is_no_hour() -> None:
    assert [d.text for d in find_dates("1992\n14 AUG 95")] == ["14 AUG 95"]


def test_the_last_letter_of_a_month_is_no_day() -> None:
    assert [d.edtf for d in find_dates("freed in April 1964")] == ["1964-04"]


def test_strokes_between_day_and_named_month() -> None:
    assert [d.edtf for d in find_dates("24/MARCH/1965")] == ["1965-03-24"]
    assert [d.edtf for d in find_dates("MUNICH /29 NOVEMBER 1963/")] == ["1963-11-29"]
