"""The dictionary says what is there: it agrees with the contract, the database, the exports and the docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.core.knowledge import toml
from pipeline.export.dictionary import FRICTIONLESS, beside, tables
from pipeline.export.readme import reference
from pipeline.store.schema import metadata

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT.parent / "shared" / "exam" / "DATA.md"
PARTICULARS = (
    "doc_type date date_text sender recipient subject agency classification classification_struck controls identifiers"
)
PLACE = "start end left top right bottom"
FROZEN = {  # public since the first version: columns may be added at the end, none may go
    "documents": f"document_id file_name source_path media_type bytes pages status batch collection record_group series box"
    f" folder item {PARTICULARS} release_decision release_date history stages confidence near_duplicate_of run_id ingested_at",
    "pages": "document_id page width height rotation blank grade reader confidence text",
    "markings": "finding_id document_id page template kind text canonical date exemptions flags struck"
    f" {PLACE} boxes confidence method",
    "stamps": "finding_id document_id page template kind agency text decision decision_text authority date date_text"
    f" reviewer case_number exemptions struck flags {PLACE} boxes confidence method",
    "events": "document_id sequence date action level agency authority finding_ids conflict",
    "redactions": f"finding_id document_id page style code area lines {PLACE} confidence method",
    "segments": f"document_id segment first_page last_page kind {PARTICULARS}",
    "entities": "entity_id label name description mentions documents",
    "mentions": f"finding_id document_id page entity_id label text name {PLACE} boxes confidence method",
    "recommendations": "finding_id document_id page kind polarity strength text actor action condition decision"
    f" decision_text {PLACE} boxes confidence method",
    "variants": "document_id other_document_id similarity opened closed method",
    "failures": "document_id file_name page stage error message at",
    "runs": "run_id started_at finished_at version command settings readers models documents pages seconds",
    "corrections": "document_id table finding_id field machine_value value reviewer reason at",
}


@pytest.mark.parametrize("name", FROZEN)
def test_the_columns_of_the_contract_come_first_and_in_order(name: str) -> None:
    columns = [c.name for t in tables() if t.name == name for c in t.columns]
    frozen = FROZEN[name].split()
    assert columns[: len(frozen)] == frozen


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract lies beside the repository")
def test_the_frozen_columns_are_those_of_the_contract() -> None:
    told = {}
    for name, columns in re.findall(r"^\| (\w+) \| (.+) \|$", CONTRACT.read_text("utf-8"), re.M):
        columns = re.sub(r"\([^)]*\)|\{[^}]*\}|\[\]", "", columns)
        columns = columns.replace("and the particulars of `documents` for it", ", ".join(PARTICULARS.split()))
        told[name] = " ".join(c.strip() for c in columns.split(",") if c.strip())
    told.pop("table")
    assert told == FROZEN


def test_every_column_of_the_database_is_described_or_named_as_internal() -> None:
    described = {t.name: t.kept for t in tables()}
    internal = toml("dictionary.toml")["internal"]
    for table in metadata.sorted_tables:
        hidden = internal.get(table.name, {})
        if "*" in hidden:
            assert table.name not in described
        else:
            assert sorted([*described[table.name], *hidden]) == sorted(c.name for c in table.columns), table.name


def test_every_description_is_used_and_says_something() -> None:
    known = toml("dictionary.toml")
    every = (*tables(), *beside())
    used = {(t.name, c.name) for t in every for c in t.columns}
    for name, table in {**known["table"], **known["beside"]}.items():
        assert {(name, c) for c in table["column"]} <= used
    assert set(known["column"]) <= {c for _, c in used}
    for table in every:
        assert set(table.key) <= {c.name for c in table.columns}
        for column in table.columns:
            assert column.type in FRICTIONLESS
            assert column.about


def test_the_page_on_data_is_made_from_the_dictionary() -> None:
    page = ROOT / "docs" / "data.md"
    assert page.read_text("utf-8") == reference(), (
        "run: python -c 'from pipeline.export.readme import reference; print(reference(), end=\"\")' > docs/data.md"
    )
