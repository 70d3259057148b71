"""Exports hold what the archive holds, whatever the format; they explain themselves and destroy nothing."""

from __future__ import annotations

import csv
import hashlib
import json
import tracemalloc
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from jsonschema import validate
from sqlalchemy import select

from pipeline.errors import ArgumentsError, FileAccessError
from pipeline.export.cells import value
from pipeline.export.dictionary import beside, tables
from pipeline.export.tables import export
from pipeline.settings import Settings
from pipeline.store import schema
from pipeline.store.archive import Archive
from tests.export.standards import STANDARDS
from tests.store.composed import ingest, memo, page, sha

Tables = dict[str, list[dict[str, Any]]]
FORMATS = ("jsonl", "csv", "parquet")


def read_jsonl(out: Path) -> Tables:
    return {
        t.name: [json.loads(line) for line in (out / f"{t.name}.jsonl").read_text("utf-8").splitlines()]
        for t in tables()
    }


def read_csv(out: Path) -> Tables:
    read = {}
    for table in tables():
        types = {c.name: c.type for c in table.columns}
        with (out / f"{table.name}.csv").open(encoding="utf-8", newline="") as f:
            read[table.name] = [{k: value(types[k], v) for k, v in row.items()} for row in csv.DictReader(f)]
    return read


def read_parquet(out: Path) -> Tables:
    read = {}
    for table in tables():
        rows = pyarrow.parquet.read_table(out / f"{table.name}.parquet").to_pylist()
        objects = {c.name for c in table.columns if c.type == "object"}
        read[table.name] = [{k: json.loads(v) if k in objects else v for k, v in row.items()} for row in rows]
    return read


def in_archive(archive: Archive, name: str) -> list[dict[str, Any]]:
    columns = [schema.metadata.tables[name].c[c] for t in tables() if t.name == name for c in t.kept]
    with archive.reading() as conn:
        return [dict(r._mapping) for r in conn.execute(select(*columns))]


def canonical(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(r, sort_keys=True, default=str) for r in rows)


def test_json_lines_hold_every_row_and_column(archive: Archive, tmp_path: Path) -> None:
    counts = export(archive, tmp_path / "out", "jsonl")
    read = read_jsonl(tmp_path / "out")
    for table in tables():
        kept = [{c: row[c] for c in table.kept} for row in read[table.name]]
        assert canonical(kept) == canonical(in_archive(archive, table.name)), table.name
        assert counts[table.name] == len(read[table.name])
        assert all(list(r) == [c.name for c in table.columns] for r in read[table.name])
    assert all(counts[t.name] for t in (*tables(), *beside())), "a table without rows proves nothing here"


def test_csv_gives_back_the_same_values(archive: Archive, tmp_path: Path) -> None:
    export(archive, tmp_path / "c", "csv")
    export(archive, tmp_path / "j", "jsonl")

    def without_empty(rows: Tables) -> Tables:  # an empty cell is no value; "" and null are one in CSV
        return {t: [{k: v for k, v in r.items() if v not in ("", None)} for r in many] for t, many in rows.items()}

    assert without_empty(read_csv(tmp_path / "c")) == without_empty(read_jsonl(tmp_path / "j"))


def test_parquet_gives_back_the_same_values_with_types(archive: Archive, tmp_path: Path) -> None:
    export(archive, tmp_path / "p", "parquet")
    export(archive, tmp_path / "j", "jsonl")
    expected = read_jsonl(tmp_path / "j")
    for table in tables():
        for column in table.columns:
            for row in expected[table.name]:
                if column.type == "time" and row[column.name]:
                    row[column.name] = datetime.fromisoformat(row[column.name])
    assert read_parquet(tmp_path / "p") == expected


def test_csv_is_rfc_4180_and_safe_to_open_in_a_spreadsheet(archive: Archive, tmp_path: Path) -> None:
    export(archive, tmp_path / "out", "csv")
    raw = (tmp_path / "out" / "recommendations.csv").read_bytes().decode()
    assert raw.startswith("finding_id,document_id,page,")
    assert raw.endswith("\r\n")
    assert ",'-that we wait," in raw
    for path in (tmp_path / "out").glob("*.csv"):
        types = [c.type for t in (*tables(), *beside()) if t.name == path.stem for c in t.columns]
        with path.open(encoding="utf-8", newline="") as f:
            for row in list(csv.reader(f))[1:]:
                assert not [c for k, c in zip(types, row, strict=True) if k == "text" and c[:1] in "=+-@\t\r" and c]


def test_rows_stand_by_document_page_and_place(archive: Archive, tmp_path: Path) -> None:
    export(archive, tmp_path / "out", "jsonl")
    for name, rows in read_jsonl(tmp_path / "out").items():
        if name not in ("entities", "entity_decisions", "runs", "failures", "provenance"):
            places = [(r["document_id"], r.get("page", 0)) for r in rows]
            assert places == sorted(places), name


def test_archives_that_know_the_same_export_the_same(tmp_path: Path) -> None:
    """Apart from run ids and times, whatever the order of arrival."""
    written = []
    for name, documents in (("A", ("x.pdf", "y.pdf")), ("B", ("y.pdf", "x.pdf"))):
        with Archive.create(Settings(archive=tmp_path / name)) as archive:
            for d in documents:
                ingest(archive, memo(d))
            export(archive, tmp_path / f"{name}.out", "jsonl")
        rows = read_jsonl(tmp_path / f"{name}.out")
        rows.pop("runs")
        rows.pop("provenance")
        written.append(json.dumps(rows))
        run_ids = {r["run_id"] for r in rows["documents"]}
        for run_id in run_ids:
            written[-1] = written[-1].replace(run_id, "RUN")
    assert written[0] == written[1]


def test_an_export_of_some_documents_holds_what_belongs_to_them(archive: Archive, tmp_path: Path) -> None:
    counts = export(archive, tmp_path / "out", "jsonl", "file:a.pdf")
    read = read_jsonl(tmp_path / "out")
    whole = ("entities", "entity_decisions", "runs", "provenance")
    assert {r["document_id"] for t, rows in read.items() if t not in whole for r in rows} == {sha("a.pdf")}
    assert [r["entity_id"] for r in read["entities"]] == ["e1"]
    assert counts["failures"] == 0
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    assert package["declass"]["query"] == "file:a.pdf"
    assert export(archive, tmp_path / "none", "jsonl", "file:nothing")["documents"] == 0


def test_the_three_states_can_be_told_apart(archive: Archive, tmp_path: Path) -> None:
    export(archive, tmp_path / "out", "jsonl")
    read = read_jsonl(tmp_path / "out")
    stages = {r["document_id"]: r["stages"] for r in read["documents"]}
    stamped = {r["document_id"] for r in read["stamps"]}
    assert sha("a.pdf") in stamped
    assert sha("blank.txt") not in stamped and "stamps" in stages[sha("blank.txt")]
    assert sha("partial.pdf") not in stamped and "stamps" not in stages[sha("partial.pdf")]
    assert [(r["page"], r["error"]) for r in read["failures"] if r["document_id"] == sha("partial.pdf")] == [
        (2, "time-out")
    ]
    decisions = {r["document_id"]: r["release_decision"] for r in read["documents"]}
    assert decisions[sha("blank.txt")] == "none" and decisions[sha("partial.pdf")] is None


@pytest.mark.parametrize("kind", FORMATS)
def test_the_data_package_names_each_file_truly(archive: Archive, tmp_path: Path, kind: str) -> None:
    counts = export(archive, tmp_path / "out", kind)
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "README.md", "datapackage.json", *(r["path"] for r in package["resources"])
    }  # fmt: skip
    assert package["declass"]["rows"] == counts
    for resource in package["resources"]:
        file = tmp_path / "out" / resource["path"]
        assert resource["bytes"] == file.stat().st_size
        assert resource["hash"] == "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()
    for resource, table in zip(package["resources"], (*tables(), *beside()), strict=False):
        assert resource["name"] == table.name and resource["rows"] == counts[table.name]
        assert [f["name"] for f in resource["schema"]["fields"]] == [c.name for c in table.columns]
        assert all(f["description"] for f in resource["schema"]["fields"])
    text = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert package["declass"]["archive_change"].removeprefix("sha256:") in text
    assert all(f"| {c.name} |" in text for t in tables() for c in t.columns)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_data_package_is_valid_by_the_profiles_of_its_keepers(archive: Archive, tmp_path: Path, kind: str) -> None:
    export(archive, tmp_path / "out", kind, excel=kind == "csv")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    validate(package, json.loads((STANDARDS / "data-package.json").read_text("utf-8")))
    profile = json.loads((STANDARDS / "table-schema.json").read_text("utf-8"))
    with_schema = [r for r in package["resources"] if "schema" in r]
    for resource in with_schema:
        validate(resource["schema"], profile)
    assert len(with_schema) == len(tables()) + len(beside())


def test_keys_are_keys(archive: Archive, tmp_path: Path) -> None:
    """Primary and foreign keys that the data package declares hold in the rows."""
    export(archive, tmp_path / "out", "jsonl")
    read, package = read_jsonl(tmp_path / "out"), json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    documents = {row["document_id"] for row in read["documents"]}
    for resource in package["resources"]:
        rows, schema = read.get(resource["name"], []), resource.get("schema", {})
        keys = [tuple(row[name] for name in schema["primaryKey"]) for row in rows] if schema.get("primaryKey") else []
        assert len(set(keys)) == len(keys), resource["name"]
        assert not schema.get("foreignKeys") or {row["document_id"] for row in rows} <= documents, resource["name"]


def test_the_hash_tells_any_change_of_the_archive(archive: Archive, tmp_path: Path) -> None:
    def change() -> str:
        export(archive, tmp_path / "out", "jsonl")
        package = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
        return str(package["declass"]["archive_change"])

    before = change()
    assert change() == before
    ingest(archive, memo("a.pdf"))
    assert change() != before


# The folder


def test_an_earlier_export_is_replaced_whole(archive: Archive, tmp_path: Path) -> None:
    export(archive, tmp_path / "out", "csv")
    export(archive, tmp_path / "out", "jsonl")
    assert sorted(p.name for p in (tmp_path / "out").glob("*.csv")) == ["error_estimates.csv", "overview.csv"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["A", "out"]


def test_a_folder_with_anything_else_in_it_is_left_alone(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.odt").write_text("years of work")
    export(archive, tmp_path / "out", "csv")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    for folder, name in (("thesis", "chapter1.odt"), ("out", "notes.txt")):
        with pytest.raises(FileAccessError, match=name):
            export(archive, tmp_path / folder, "csv")
        assert (tmp_path / folder / name).exists()
    with pytest.raises(FileAccessError, match="is a file"):
        export(archive, tmp_path / "thesis" / "chapter1.odt", "csv")


def test_an_export_that_fails_leaves_the_earlier_one(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(archive, tmp_path / "out", "csv")
    with archive.writing() as conn:
        conn.execute(schema.documents.update().values(confidence=float("inf")))
    with pytest.raises(ValueError, match="not JSON compliant"):
        export(archive, tmp_path / "out", "jsonl")
    assert len(read_csv(tmp_path / "out")["documents"]) == 5
    assert sorted(p.name for p in tmp_path.iterdir()) == ["A", "out"]


def test_an_unknown_format_names_the_known_ones(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArgumentsError) as caught:
        export(archive, tmp_path / "out", "xlsx")
    assert "parquet" in caught.value.advice


@pytest.mark.parametrize("kind", FORMATS)
def test_memory_stays_flat_however_many_pages(tmp_path: Path, kind: str) -> None:
    with Archive.create(Settings(archive=tmp_path / "A")) as archive:
        text = "word " * 4000
        with archive.writing() as conn:
            for n in range(20):
                name = f"{n}.pdf"
                row = {"document_id": sha(name), "file_name": name, "source_path": name, "media_type": "x", "bytes": 1}
                conn.execute(schema.documents.insert().values(**row, pages=100, status="complete", metadata={}))
                leaf = {"rotation": 0, "blank": False, "grade": "good", "reader": "r", "confidence": 1.0, "words": b""}
                rows = [{"document_id": sha(name), "page": p, "text": f"{p} {text}", **leaf} for p in range(1, 101)]
                conn.execute(schema.pages.insert(), rows)
        export(archive, tmp_path / "out", kind)  # what is imported and kept once does not count
        tracemalloc.start()
        assert export(archive, tmp_path / "out", kind)["pages"] == 2000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 30e6, f"{peak / 1e6:.0f} MB for {2000 * len(text) / 1e6:.0f} MB of text"


def test_a_page_with_odd_line_ends_is_one_line_of_json(tmp_path: Path) -> None:
    with Archive.create(Settings(archive=tmp_path / "A")) as archive:
        ingest(archive, memo("a.pdf", pages=(page(1, "a\u2028b\x85c\x0cd\x1ce"),), redactions=()))
        export(archive, tmp_path / "out", "jsonl")
    assert read_jsonl(tmp_path / "out")["pages"][0]["text"] == "a\u2028b\x85c\x0cd\x1ce"
