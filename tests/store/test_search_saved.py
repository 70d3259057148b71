"""Queries under names, and files of queries."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.errors import ArgumentsError, FileAccessError
from pipeline.store.archive import Archive
from pipeline.store.query import QueryError
from pipeline.store.saved import forget, queries_of, resolved, save, saved
from tests.store.shelf import blockade, cable, letter, shelve


def test_a_search_is_kept_until_it_is_forgotten(archive: Archive) -> None:
    with archive.writing() as conn:
        save(conn, "crisis", "missile OR quarantine")
        save(conn, "crisis", "missile")
        save(conn, "@again", "@crisis")
    with archive.reading() as conn:
        assert [(s.name, s.query) for s in saved(conn)] == [("again", "missile"), ("crisis", "missile")]
        assert resolved(conn, "@crisis") == "missile"
        assert resolved(conn, "cuba @crisis") == "cuba @crisis"
    with archive.writing() as conn:
        forget(conn, "crisis")
        with pytest.raises(ArgumentsError, match="no saved search @crisis"):
            resolved(conn, "@crisis")
        with pytest.raises(ArgumentsError):
            forget(conn, "crisis")


def test_what_cannot_be_kept(archive: Archive) -> None:
    with archive.writing() as conn:
        with pytest.raises(QueryError):
            save(conn, "wrong", "classification:sekret")
        with pytest.raises(ArgumentsError):
            save(conn, "two words", "cuba")
        assert saved(conn) == ()


def test_a_file_of_queries(tmp_path: Path) -> None:
    file = tmp_path / "queries.txt"
    file.write_text("\ufeff# names\ncuba\n\n  treaty  \n", "utf-8")
    assert list(queries_of(file)) == ["cuba", "treaty"]
    with pytest.raises(FileAccessError):
        list(queries_of(tmp_path / "missing.txt"))


def test_the_command(archive: Archive, tmp_path: Path) -> None:
    shelve(archive, blockade(), cable(), letter())
    settings = archive.settings
    where = ["--database", settings.database] if settings.database else ["--archive", str(settings.archive)]

    def told(*arguments: str) -> str:
        done = CliRunner().invoke(cli, ["search", *arguments, *where], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    told("--save", "tea", "coffee OR tea")
    assert "letter to rusk.pdf" in told("@tea")
    assert [s["query"] for s in json.loads(told("--saved", "--json"))] == ["coffee OR tea"]
    file = tmp_path / "queries.txt"
    file.write_text("treaty\n@tea\nnothingsuch\nmissile\n", "utf-8")
    rows = list(csv.DictReader(io.StringIO(told("--queries", str(file), "--csv"))))
    guarded = "'@tea"  # no spreadsheet runs it
    assert [(r["query"], r["file_name"]) for r in rows[:2]] == [("treaty", "blockade.pdf"), (guarded, "letter to rusk.pdf")]
    assert next(iter(rows[0])) == "query" and len(rows) == 5
    assert len(told("--queries", str(file), "--csv", "-n", "1").splitlines()) == 4
    told("--forget", "tea")
    assert "@tea" not in told("--saved")
    counted = told("missile", "--json", "--facets", "agency").splitlines()
    assert json.loads(counted[-1])["facets"]["agency"]["values"] == [["CIA", 1], ["State", 1]]
