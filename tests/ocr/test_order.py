"""In which order the pieces of a page are read."""

from __future__ import annotations

from pipeline.ocr.order import in_order
from pipeline.ocr.seen import Seen


def piece(text: str, left: float, top: float, wide: float = 300, high: float = 40) -> list[Seen]:
    return [Seen(text, (left, top, left + wide, top + high), 0.9, "test")]


def read(pieces: list[list[Seen]], width: float = 2550) -> list[str]:
    return [" ".join(w.text for w in line) for line in in_order(pieces, width)]


def test_lines_are_read_from_the_top_whatever_order_they_were_found_in():
    assert read([piece("second", 300, 200), piece("first", 300, 100)]) == ["first", "second"]


def test_a_forms_label_and_its_entry_stay_on_one_line():
    assert read([piece("12 March 1961", 1500, 102), piece("DATE:", 300, 98)]) == ["DATE: 12 March 1961"]


def test_columns_of_prose_are_read_one_after_the_other():
    left = [piece(f"left{n}", 200, 100 + 60 * n, 1000) for n in range(8)]
    right = [piece(f"right{n}", 1350, 103 + 60 * n, 1000) for n in range(8)]
    title = [piece("title", 300, 20, 1900)]
    assert read(right + left + title) == ["title", *(f"left{n}" for n in range(8)), *(f"right{n}" for n in range(8))]


def test_a_tall_stamp_beside_type_draws_no_lines_together():
    lines = [piece("one", 300, 100), piece("two", 300, 160), piece("STAMP", 1500, 95, 500, 130)]
    assert sorted(read(lines)) == ["STAMP", "one", "two"]


def test_a_stamp_across_a_line_is_a_line_of_its_own():
    assert len(read([piece("typed line", 300, 100, 900), piece("SECRET", 500, 105, 400)])) == 2
