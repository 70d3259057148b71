"""The commands that look at entities and decide about them, as a person types them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.batch.whole import settle
from pipeline.cli import cli
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from tests.store.composed import ingest, memo


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with Archive.create(Settings(archive=tmp_path / "A")) as archive:
        ingest(archive, memo("a.pdf"), memo("b.pdf"))
        settle(archive)
    return tmp_path / "A"


def declass(place: Path, *arguments: str) -> Result:
    done = CliRunner().invoke(cli, [*arguments, "--archive", str(place)], catch_exceptions=False)
    return done


def test_an_entity_is_listed_shown_renamed_and_the_decision_taken_back(place: Path) -> None:
    [row] = [json.loads(line) for line in declass(place, "entities", "list", "--json").stdout.splitlines()]
    assert (row["label"], row["mentions"], row["documents"]) == ("PERSON", 2, 2)
    shown = json.loads(declass(place, "entities", "show", row["entity_id"], "--json").stdout)
    assert shown["forms"] == [{"text": "Mr. Bundy", "mentions": 2}]
    assert {p["file_name"] for p in shown["places"]} == {"a.pdf", "b.pdf"}
    assert declass(place, "entities", "rename", row["name"], "Bundy of Boston", "--reason", "asked").exit_code == 0
    assert "Bundy of Boston" in declass(place, "entities", "search", "boston").stdout
    made = csv.DictReader(io.StringIO(declass(place, "entities", "decisions", "--csv").stdout))
    assert [(d["action"], d["name"], d["reason"]) for d in made] == [("rename", "Bundy of Boston", "asked")]
    assert declass(place, "entities", "undo").exit_code == 0
    assert "Bundy of Boston" not in declass(place, "entities", "list").stdout


def test_mentions_are_split_off_and_merged_back(place: Path) -> None:
    [row] = [json.loads(line) for line in declass(place, "entities", "list", "--json").stdout.splitlines()]
    shown = json.loads(declass(place, "entities", "show", row["entity_id"], "--json").stdout)
    mention = shown["places"][0]["finding_id"]
    assert declass(place, "entities", "split", mention, "--as", "Bundy, William").exit_code == 0
    assert json.loads(declass(place, "entities", "show", "Bundy, William", "--json").stdout)["mentions"] == 1
    assert declass(place, "entities", "merge", "Bundy, William", row["entity_id"]).exit_code == 0
    assert json.loads(declass(place, "entities", "show", row["entity_id"], "--json").stdout)["mentions"] == 2


def test_relations_are_asked_for_and_written(place: Path) -> None:
    rows = [json.loads(line) for line in declass(place, "relations", "--json").stdout.splitlines()]
    assert len(rows) == 2 and {r["decision"] for r in rows} == {"approved"}
    assert {r["to_text"] for r in rows} == {"Mr. Bundy"} and all(r["to_entity_id"] for r in rows)
    asked = ["--approved", "--to", "bundy", "--from", "1961", "--until", "1961"]
    assert len(declass(place, "relations", *asked, "--csv").stdout.splitlines()) == 3
    for nothing in (
        ["--disapproved"],
        ["--from", "1962"],
        ["--until", "1960"],
        ["--country", "Cuba"],
        ["--by", "Rusk"],
    ):
        assert declass(place, "relations", "--json", *nothing).stdout == "", nothing
    assert len(declass(place, "relations", "subject:Lage", "--json").stdout.splitlines()) == 2
