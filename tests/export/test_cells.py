"""Cells of a CSV give back what was put in, and a spreadsheet runs none of them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.export.cells import FORMULA, cell, value

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
tenths = st.integers(-9999, 9999).map(lambda n: n / 10)
VALUES = {
    "text": words | st.sampled_from(["=1+1", "'=1", "''", "-", "@a", "\tb", "\r\n", "|", "\\"]),
    "list": st.lists(words | st.sampled_from(["|", "\\", "\\|", "a\\", "=x"])),
    "identifiers": st.lists(
        st.fixed_dictionaries({"kind": st.sampled_from(["rif", "cable", "other"]), "value": st.text() | words})
    ).map(lambda many: [i for i in many if i["value"].isprintable()]),
    "boxes": st.lists(
        st.fixed_dictionaries({"page": st.integers(1, 999), "left": tenths, "top": tenths, "right": tenths, "bottom": tenths})
    ),
    "integer": st.integers(),
    "number": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "object": st.dictionaries(words, words | st.integers() | st.none()),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_a_value_survives_a_csv(kind: str, data: st.DataObject) -> None:
    given_value: Any = data.draw(VALUES[kind])
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow([cell(kind, given_value), "beside"])
    [[read, beside]] = csv.reader(io.StringIO(buffer.getvalue(), newline=""))
    assert (value(kind, read), beside) == (given_value, "beside")


@pytest.mark.parametrize("kind", VALUES)
def test_no_value_is_an_empty_cell(kind: str) -> None:
    assert cell(kind, None) == ""


@given(words)
def test_no_text_is_run_by_a_spreadsheet(text: str) -> None:
    assert not cell("text", text).startswith(FORMULA)
    assert not cell("list", [text]).startswith(FORMULA)


@pytest.mark.parametrize(
    ("kind", "given_value", "written"),
    [
        ("list", ["NOFORN", "A|B"], "NOFORN|A\\|B"),
        ("identifiers", [{"kind": "rif", "value": "104-1|2:3"}], "rif:104-1\\|2:3"),
        ("boxes", [{"page": 1, "left": 72.0, "top": 1.5, "right": 2.0, "bottom": 3.1}], "1:72.0,1.5,2.0,3.1"),
        ("text", "-5 C", "'-5 C"),
        ("number", -5.0, "-5.0"),
        ("boolean", False, "false"),
        ("object", {"b": 1, "a": "Ö"}, json.dumps({"a": "Ö", "b": 1}, ensure_ascii=False)),
    ],
)
def test_the_written_form_is_that_of_the_contract(kind: str, given_value: object, written: str) -> None:
    assert cell(kind, given_value) == written
