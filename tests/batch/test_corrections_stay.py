"""Corrections outlive another reader, and a copy to PostgreSQL and back: a sample scan, really read, twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from pipeline.cli import cli
from tests.batch.conftest import Command
from tests.servers import Server

NND = "345,585,550,660"
"""Where the stamp of the archives stands on the sample, in points."""


def test_corrections_of_a_scan_outlive_another_reader_and_a_copy_to_a_server_and_back(
    declass: Command, box: Callable[..., Path], tmp_path: Path, server: Server
) -> None:
    folder = box("navy-nnd.pdf")

    archive = tmp_path / "archive"

    def here(*arguments: str | Path, place: tuple[str, str | Path] = ("--archive", archive)) -> str:
        done = CliRunner().invoke(cli, [*map(str, arguments), *map(str, place)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    def shown(place: tuple[str, str | Path] = ("--archive", archive)) -> dict[str, Any]:
        return json.loads(here("show", "navy-nnd.pdf", "--json", place=place))  # type: ignore[no-any-return]

    def correct(*arguments: str) -> None:
        here("correct", *arguments, "--reviewer", "Ruth", "--reason", "seen on the paper")

    declass("ingest", folder, "--reading", "fast", "-q")
    first = shown()
    [copied] = [s for s in first["stamps"] if s["kind"] == "copy"]
    level, notice = (
        next(m for m in first["markings"] if m["kind"] == kind) for kind in ("classification", "downgrading")
    )
    advice = next(r for r in first["recommendations"] if r["kind"] == "recommendation")
    correct("set", "navy-nnd.pdf", "subject=Ice watch", "date=1958-02")
    correct("set", copied["finding_id"], "reviewer=R. Hale")
    correct("set", level["finding_id"], "struck=true")
    correct("set", advice["finding_id"], "decision=approved")
    correct("reject", notice["finding_id"])
    correct("add", "navy-nnd.pdf", "stamps", "kind=declassification", "template=NARA_NND", "case_number=NND 897401",
            "reviewer=W. G. Landis",
            "text=DECLASSIFIED Authority NND 897401 By WGL NARA Date 8/12/97", "--box", NND)  # fmt: skip

    def check(place: tuple[str, str | Path] = ("--archive", archive)) -> None:
        now = shown(place)
        assert [c["state"] for c in now["corrections"]] == ["attached"] * 7
        assert (now["document"]["subject"], now["document"]["date"]) == ("Ice watch", "1958-02")
        assert {s["template"]: s["reviewer"] for s in now["stamps"]}[copied["template"]] == "R. Hale"
        assert [s["reviewer"] for s in now["stamps"] if s["kind"] == "declassification"] == ["W. G. Landis"]
        assert [m["struck"] for m in now["markings"] if m["kind"] == "classification"] == [True, False]
        assert not [m for m in now["markings"] if m["kind"] == "downgrading"]
        assert "approved" in [r["decision"] for r in now["recommendations"]]

    check()
    declass("ingest", folder, "--redo", "reading", "--reading", "best", "-q")
    second = shown()
    assert second["pages"][0]["reader"] != first["pages"][0]["reader"]
    assert level["finding_id"] not in {m["finding_id"] for m in second["markings"]}  # nothing has the id that it had
    check()
    there, home = ("--database", server.empty()), ("--archive", tmp_path / "home")
    here("copy", "--to", there[1], "-q")
    check(there)
    here("copy", "--to", home[1], "-q", place=there)
    check(home)
    here("export", tmp_path / "machine", "--values", "machine", place=home)
    machine = {p.stem: lines(p) for p in (tmp_path / "machine").glob("*.jsonl")}
    [document] = machine["documents"]
    assert document["subject"].startswith("Salvage")
    [nnd] = [s for s in machine["stamps"] if s["kind"] == "declassification"]  # as the second reader found it
    assert nnd["date"] == "1997-08-12" and nnd["reviewer"] == "WGL"
    assert [m["kind"] for m in machine["markings"]] == ["classification", "downgrading", "classification"]
    for _ in range(7):
        here("correct", "undo", place=home)
    last = shown(home)
    assert last["document"]["subject"] == document["subject"] and last["document"]["date"] == document["date"]
    assert {c["state"] for c in last["corrections"]} == {"undone"}
    events = [json.loads(line)["event"] for line in here("history", "navy-nnd.pdf", "--json", place=home).splitlines()]
    assert events[-3:] == ["metadata extraction", "message digest calculation", "ingestion"]
    assert events.count("metadata extraction") == 2 and events.count("metadata modification") == 14


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
