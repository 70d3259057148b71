"""An export says how far its columns can be trusted, and plainly where it cannot say."""

from __future__ import annotations

import csv
import json
import random
from math import isclose
from pathlib import Path

import pytest

from pipeline.core.knowledge import models, toml
from pipeline.export.dictionary import tables
from pipeline.export.estimates import EXAM, FACT, GIVEN, NONE, ROW, Tally, measurements, wilson
from pipeline.export.tables import export
from pipeline.store.archive import Archive

EXAM_FILE = Path(__file__).parents[2] / "bench" / "exam.json"
Table = dict[tuple[str, str], dict[str, str]]


@pytest.fixture
def told(archive: Archive, tmp_path: Path) -> Table:
    export(archive, tmp_path / "out", "jsonl")
    with (tmp_path / "out" / "error_estimates.csv").open(encoding="utf-8", newline="") as f:
        return {(r["table"], r["column"]): r for r in csv.DictReader(f)}


def test_every_column_of_every_table_has_an_estimate_or_a_reason(told: Table) -> None:
    assert list(told) == [(t.name, c.name) for t in tables() for c in t.columns]
    for row in told.values():
        assert row["remark"]
        assert bool(row["expected_wrong"]) == bool(row["low"]) == bool(row["high"])
        assert not row["expected_wrong"] or 0 <= float(row["low"]) <= float(row["expected_wrong"]) <= float(row["high"]) <= 1


def test_the_estimate_is_that_of_the_rows(told: Table) -> None:
    marking = told["markings", "canonical"]
    assert marking["basis"] == ROW and marking["values"] == "3"
    assert isclose(float(marking["expected_wrong"]), 1 - 0.93121, abs_tol=1e-4)
    assert told["documents", "recipient"]["basis"] == "confidence of its evidence"
    assert isclose(float(told["documents", "recipient"]["expected_wrong"]), 1 - 0.93121, abs_tol=1e-4)
    stamp = told["stamps", "date"]
    share = measurements()["figures"]["dev"]["stamp_date"]
    assert stamp["basis"] == GIVEN and isclose(float(stamp["expected_wrong"]), 1 - 0.93121 * share, abs_tol=1e-3)


def test_what_nothing_speaks_of_is_not_estimated(told: Table) -> None:
    for table, column, basis in (
        ("redactions", "code", NONE), ("documents", "file_name", FACT), ("documents", "classification", EXAM),
    ):  # fmt: skip
        assert told[table, column]["basis"] == basis and told[table, column]["expected_wrong"] == ""
    assert "not estimated" in told["redactions", "code"]["remark"]
    assert told["documents", "classification"]["measured_wrong"]


def test_the_readme_shows_them(archive: Archive, tmp_path: Path) -> None:
    export(archive, tmp_path / "out", "jsonl")
    text = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "| markings | page, template, kind, text, canonical, start, end, left, top, right, bottom, boxes | 3 | 6.9 % (" in text


def test_limits_hold_the_truth_in_nineteen_of_twenty_draws() -> None:
    draw = random.Random(7)
    held = 0
    for _ in range(400):
        tally, wrong = Tally(), 0
        for n in range(60):
            sure = draw.uniform(0.5, 1.0)
            tally.add(f"d{n}", sure)
            wrong += draw.random() > sure
        found = tally.interval()
        assert found
        held += found[1] <= wrong / 60 <= found[2]
    assert held / 400 > 0.94


def test_values_of_one_document_tell_less_than_those_of_many() -> None:
    one, many = Tally(), Tally()
    for n in range(100):
        one.add("same", 0.9)
        many.add(f"d{n}", 0.9)
    alone, apart = one.interval(), many.interval()
    assert alone and apart and alone[0] == apart[0] and alone[2] - alone[1] > 2 * (apart[2] - apart[1])
    assert apart[1:] == pytest.approx(wilson(0.1, 100))


def test_a_sure_value_is_not_certain() -> None:
    tally = Tally()
    tally.add("d", 1.0)
    found = tally.interval()
    assert found and found[0] == 0 and found[2] > 0.5
    assert Tally().interval() is None


def test_the_figures_that_the_program_carries_are_those_of_the_exam() -> None:
    known = measurements()
    assert known["figures"] == json.loads(EXAM_FILE.read_text("utf-8")), "run: python -m bench.exam SHARED --commit"
    assert known["source"] and known["version"] and known["expected"]["dev"]["stamps.template"]
    assert (models() / "measured" / "figures.json").exists()


def test_every_figure_and_column_that_estimates_rest_on_exists() -> None:
    columns = {t.name: {c.name for c in t.columns} for t in tables()}
    known = toml("measured/columns.toml")
    for name, told in known.items():
        if name == "facts":
            continue
        named = [*told.get("facts", ()), *told.get("confidence", ()), *told.get("words", ())]
        for kind in ("evidence", "score", "given_row", "right", "found"):
            named += told.get(kind, {})
        assert set(named) - {"*"} <= columns[name], name
        figures = [*told.get("right_rows", ()), *told.get("found_rows", ())]
        for kind in ("given_row", "right", "found"):
            figures += [f for some in told.get(kind, {}).values() for f in some]
        for path, cases in figures:
            part, _, figure = path.partition(".")
            assert 0 <= measurements()["figures"][part][figure] <= 1 and cases > 0
