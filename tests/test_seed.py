"""The memo that the project was started from: an OCR transcript with a garbled review stamp in the middle of its text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz

SEED = Path(__file__).parents[1].parent / "shared" / "exam" / "seed"
pytestmark = pytest.mark.skipif(not SEED.exists(), reason="the seed memo is not there")

Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    space = tmp_path_factory.mktemp("seed")
    environment = {**os.environ, "DECLASS_ARCHIVE": str(space / "archive")}
    for arguments in (["ingest", str(SEED / "memo.md"), "-q"], ["export", str(space / "out")]):
        subprocess.run([sys.executable, "-m", "pipeline", *arguments], check=True, env=environment)
    return {p.stem: [json.loads(r) for r in p.read_text("utf-8").splitlines()] for p in (space / "out").glob("*.jsonl")}


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((SEED / "expected.json").read_text("utf-8"))
    return read


def test_the_particulars(tables: Tables) -> None:
    [document] = tables["documents"]
    assert document["status"] == "complete"
    assert document["classification"] == "CONFIDENTIAL"
    assert document["date"].startswith("1966-10-26")
    assert document["date_text"] == "10/26/66"
    assert document["agency"] == "State"
    assert document["doc_type"] in ("memorandum", "report")
    assert fuzz.ratio(document["subject"].upper(),
                      "HOW SHOULD THE U.S. REACT IF THE USSR BREAKS OFF DIPLOMATIC RELATIONS?") > 95  # fmt: skip


def test_the_stamp_is_read_flagged_and_not_decided(tables: Tables, expected: dict[str, Any]) -> None:
    [stamp] = [s for s in tables["stamps"] if s["template"] == "STATE_ACDCMR_12356"]
    want = expected["stamps"][0]
    assert (stamp["reviewer"], stamp["date"], stamp["decision"]) == (want["reviewer"], want["date"], "unclear")
    assert set(want["flags"]) <= set(stamp["flags"])


def test_the_text_stays_exactly_as_given(tables: Tables) -> None:
    assert tables["pages"][0]["text"] == (SEED / "memo.md").read_text("utf-8")


def test_its_recommendations(tables: Tables, expected: dict[str, Any]) -> None:
    found = [r["text"] for r in tables["recommendations"]]
    hit = [w for w in expected["recommendations"] if any(fuzz.token_set_ratio(w["text"], f) >= 85 for f in found)]
    assert len(hit) >= 8
    for no in expected["not_recommendations"]:
        assert not any(fuzz.ratio(no, f) >= 80 for f in found)


def test_amtorg_is_behind_antorg(tables: Tables) -> None:
    [mention] = [m for m in tables["mentions"] if m["text"] == "Antorg"]
    entity = {e["entity_id"]: e for e in tables["entities"]}[mention["entity_id"]]
    assert entity["name"] == "Amtorg Trading Corporation"
