"""Corrections outlive another reader, and a copy to PostgreSQL and back: a sample scan, really read, twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.batch.conftest import Command
from tests.servers import Server

NND = "345,585,550,660"
"""Where the stamp of the archives stands on the sample, in points."""


def test_corrections_of_a_scan_outlive_another_reader_and_a_copy_to_a_server_and_back(
    declass: Command, box: Callable[..., Path], tmp_path: Path, server: Server
) -> None:
    folder = box("navy-nnd.pdf")

    def shown(*place: str | Path) -> dict[str, Any]:
        return json.loads(declass("show", "navy-nnd.pdf", "--json", *place).stdout)  # type: ignore[no-any-return]

    def correct(*arguments: str) -> None:
        declass("correct", *arguments, "--reviewer", "Ruth", "--reason", "seen on the paper")

    declass("ingest", folder, "--reading", "fast", "-q")  # which does not see the stamp in the corner
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
            "text=DECLASSIFIED Authority NND 897401 By WGL NARA Date 8/12/97", "--box", NND)  # fmt: skip

    def check(*place: str | Path) -> None:
        now = shown(*place)
        assert [c["state"] for c in now["corrections"]] == ["attached"] * 7
        assert (now["document"]["subject"], now["document"]["date"]) == ("Ice watch", "1958-02")
        assert {s["template"]: s["reviewer"] for s in now["stamps"]}[copied["template"]] == "R. Hale"
        assert [s["case_number"] for s in now["stamps"] if s["kind"] == "declassification"] == ["NND 897401"]
        assert [m["struck"] for m in now["markings"] if m["kind"] == "classification"] == [True, False]
        assert not [m for m in now["markings"] if m["kind"] == "downgrading"]
        assert [r["decision"] for r in now["recommendations"]] == ["approved", "none"]

    check()
    declass("ingest", folder, "--redo", "reading", "--reading", "balanced", "-q")
    second = shown()
    assert second["pages"][0]["reader"] != first["pages"][0]["reader"]
    assert level["finding_id"] not in {m["finding_id"] for m in second["markings"]}  # nothing has the id that it had
    check()
    url = server.empty()
    declass("copy", "--to", url, "-q")
    check("--database", url)
    home = tmp_path / "home"
    declass("copy", "--database", url, "--to", home, "-q")
    check("--archive", home)
    machine = tmp_path / "machine"
    declass("export", machine, "--archive", home, "--values", "machine")
    [document] = lines(machine / "documents.jsonl")
    assert document["subject"].startswith("Salvage")
    [nnd] = [
        s for s in lines(machine / "stamps.jsonl") if s["kind"] == "declassification"
    ]  # as the second reader found it
    assert nnd["date"] == "1997-08-12" and nnd["case_number"] != "NND 897401"
    assert [m["kind"] for m in lines(machine / "markings.jsonl")] == ["classification", "downgrading", "classification"]
    while declass("correct", "undo", "--archive", home, codes=(0, 1)).returncode == 0:
        pass
    last = shown("--archive", home)
    assert last["document"]["subject"] == document["subject"] and last["document"]["date"] == document["date"]
    assert {c["state"] for c in last["corrections"]} == {"undone"}
    events = declass("history", "navy-nnd.pdf", "--json", "--archive", home).stdout.splitlines()
    told = [json.loads(event)["event"] for event in reversed(events)]
    assert told[:3] == ["ingestion", "message digest calculation", "metadata extraction"]
    assert told.count("metadata extraction") == 2 and told.count("metadata modification") == 14


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
