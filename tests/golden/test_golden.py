"""Golden documents: what is understood of a sample, from file to export, is what a person has looked at and accepted.

A missing `<sample>.json` is written and the test fails; `pytest tests/golden --regenerate` writes them anew (refused in CI).
The words as read are left out: they belong to the engines' versions.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
GOLDEN = Path(__file__).parent
NAMES = ("transcript-conversation.txt", "transcript-ice-watch.md", "born-digital-message.pdf", "cia-bulletin.pdf")
KEPT = {
    "documents": ("file_name", "status", "pages", "doc_type", "date", "sender", "recipient", "subject", "agency",
                  "classification", "classification_struck", "controls", "identifiers", "release_decision", "release_date",
                  "history", "collection", "box", "stages"),
    "pages": ("page", "rotation", "blank", "grade"),
    "segments": ("segment", "first_page", "last_page", "kind"),
    "markings": ("page", "kind", "canonical", "struck", "template"),
    "stamps": ("page", "kind", "template", "agency", "decision", "date", "case_number", "flags"),
    "redactions": ("page", "style", "code"),
    "events": ("sequence", "date", "action", "level", "agency"),
    "recommendations": ("page", "kind", "polarity", "decision"),
}  # fmt: skip


@pytest.fixture(scope="module")
def understood(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """By file name: the kept columns of every table."""
    space = tmp_path_factory.mktemp("golden")
    environment = {**os.environ, "DECLASS_ARCHIVE": str(space / "archive")}
    for arguments in (["ingest", *(str(SAMPLES / n) for n in NAMES), "-q"], ["export", str(space / "out")]):
        subprocess.run([sys.executable, "-m", "pipeline", *arguments], check=True, env=environment)
    tables = {t: [json.loads(r) for r in (space / "out" / f"{t}.jsonl").read_text("utf-8").splitlines()] for t in KEPT}
    documents = {d["document_id"]: d["file_name"] for d in tables["documents"]}
    return {
        name: {t: [{c: r[c] for c in KEPT[t]} for r in rows if r["document_id"] == ident] for t, rows in tables.items()}
        for ident, name in documents.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_document_is_understood_as_accepted(
    name: str, understood: dict[str, dict[str, Any]], request: pytest.FixtureRequest
) -> None:
    golden = GOLDEN / f"{name}.json"
    text = json.dumps(understood[name], ensure_ascii=False, indent=1) + "\n"
    if request.config.getoption("--regenerate"):
        golden.write_text(text, "utf-8")
        return
    if not golden.exists():
        golden.write_text(text, "utf-8")
        pytest.fail(f"{golden.name} was missing and is written now: look at it, then commit it")
    assert understood[name] == json.loads(golden.read_text("utf-8"))


def test_regenerating_is_refused_in_ci() -> None:
    command = [sys.executable, "-m", "pytest", str(Path(__file__)), "--regenerate", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, env={**os.environ, "CI": "true"}, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "refused in CI" in done.stderr
