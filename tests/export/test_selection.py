"""What a study asks of an export: any search, single pages, machine or corrected values, the same bytes again."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ArgumentsError
from pipeline.export.overview import _told
from pipeline.export.tables import export
from pipeline.settings import Settings
from pipeline.store import schema
from pipeline.store.archive import Archive
from pipeline.store.corrections import Fix, enter
from pipeline.store.decisions import Said
from pipeline.store.saved import save
from pipeline.store.search import search
from tests.store.composed import ingest, memo, page, sha


def rows(out: Path, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / f"{table}.jsonl").read_text("utf-8").splitlines()]


def beside(out: Path, name: str) -> list[dict[str, str]]:
    with (out / f"{name}.csv").open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def contents(out: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in out.iterdir()}


def package(out: Path) -> Any:
    return json.loads((out / "datapackage.json").read_text("utf-8"))


# What is in it


def test_the_same_archive_gives_the_same_bytes_whenever_it_is_asked(archive: Archive, tmp_path: Path) -> None:
    for kind in ("jsonl", "csv", "parquet"):
        export(archive, tmp_path / f"1.{kind}", kind)
        time.sleep(0.01)
        export(archive, tmp_path / f"2.{kind}", kind)
        assert contents(tmp_path / f"1.{kind}") == contents(tmp_path / f"2.{kind}")


def test_the_snapshot_is_of_the_rows_whatever_the_format(archive: Archive, tmp_path: Path) -> None:
    for kind in ("jsonl", "csv", "parquet"):
        export(archive, tmp_path / kind, kind)
    export(archive, tmp_path / "some", "jsonl", "file:a.pdf")
    told = {kind: package(tmp_path / kind)["declass"]["snapshot"] for kind in ("jsonl", "csv", "parquet", "some")}
    assert told["jsonl"] == told["csv"] == told["parquet"] != told["some"]


def test_an_export_holds_what_search_shows_and_says_so(archive: Archive, tmp_path: Path) -> None:
    query = "bundy AND NOT file:b.pdf"
    with archive.writing() as conn:
        save(conn, "mac", query)
        total = search(conn, query, by="document").total
    export(archive, tmp_path / "out", "jsonl", "@mac")
    assert len(rows(tmp_path / "out", "documents")) == total == 2
    told = package(tmp_path / "out")["declass"]
    assert told["query"] == query and told["query_in_words"] and told["by"] == "document"
    assert f"`{query}`" in (tmp_path / "out" / "README.md").read_text("utf-8")


def test_by_page_only_the_pages_found_and_what_stands_on_them(archive: Archive, tmp_path: Path) -> None:
    ingest(archive, memo("two.pdf", pages=(page(1, "Quemoy and Matsu"), page(2, "nothing here"))))
    counts = export(archive, tmp_path / "out", "jsonl", "quemoy", by_page=True)
    out = tmp_path / "out"
    assert [(r["document_id"], r["page"]) for r in rows(out, "pages")] == [(sha("two.pdf"), 1)]
    assert [r["file_name"] for r in rows(out, "documents")] == ["two.pdf"]
    assert counts["stamps"] == 1 and counts["redactions"] == 0  # the redaction is on page 2
    assert [r["segment"] for r in rows(out, "segments")] == [1]
    assert counts["events"] == 2
    assert beside(out, "overview")[0]["pages_read"] == "1"
    with pytest.raises(ArgumentsError, match="chosen by a query"):
        export(archive, out, by_page=True)


def test_corrected_values_by_default_and_machine_values_when_asked_for(archive: Archive, tmp_path: Path) -> None:
    ident = sha("b.pdf")
    with archive.writing() as conn:
        enter(conn, [Fix.of_value(ident, "documents", None, "sender", "Walt Rostow")], Said("RO", "signature"))
        [stamp] = [r.finding_id for r in conn.execute(schema.stamps.select().where(schema.stamps.c.document_id == ident))]
        enter(conn, [Fix.rejecting(ident, "stamps", stamp)], Said("RO", "a hole"))
    told = {}
    for values in ("corrected", "machine"):
        out = tmp_path / values
        export(archive, out, "jsonl", "file:b.pdf", values=values)
        [document] = rows(out, "documents")
        [line] = beside(out, "overview")
        assert package(out)["declass"]["values"] == values and line["corrections"] == "2"
        told[values] = (document["sender"], len(rows(out, "stamps")), line["stamps"], line["citation"])
    assert told["machine"][:3] == (None, 1, "1") and told["corrected"][:3] == ("Walt Rostow", 0, "0")
    assert "from Walt Rostow" in told["corrected"][3] and "Rostow" not in told["machine"][3]
    with pytest.raises(ArgumentsError, match="'both'"):
        export(archive, tmp_path / "x", values="both")


def test_every_row_says_how_to_cite_it(archive: Archive, tmp_path: Path) -> None:
    export(archive, tmp_path / "out", "jsonl", "file:a.pdf")
    out = tmp_path / "out"
    [stamp], [document] = rows(out, "stamps"), rows(out, "documents")
    assert ", June 1961, JFK record number 104-10001-10002, p. 1; NSF; RG 59. (File a.pdf" in stamp["citation"]
    assert document["source_note"] == "Source: RG 59, NSF. Top Secret; Noforn; Eyes Only."
    assert [", pp. " in r["citation"] or ", p. " in r["citation"] for r in rows(out, "segments")] == [True, True]
    for table in ("pages", "markings", "events", "redactions", "mentions", "recommendations", "relations", "offices"):
        assert all(r["citation"].startswith("Memorandum") for r in rows(out, table)), table
    assert (out / "documents.bib").read_text("utf-8").count("@unpublished{") == 1
    assert (out / "documents.ris").read_text("utf-8").startswith("TY  - MANSCPT\n")


def test_the_overview_tells_none_from_not_looked_for(archive: Archive, tmp_path: Path) -> None:
    export(archive, tmp_path / "out", "jsonl")
    lines = {line["file_name"]: line for line in beside(tmp_path / "out", "overview")}
    memo_, blank, part = lines["a.pdf"], lines["blank.txt"], lines["partial.pdf"]
    assert memo_["history"].startswith("Classified TOP SECRET in June 1961")
    assert (memo_["released_by"], memo_["years_closed"], memo_["codes"]) == ("NARA", "36", "(b)(1)")
    assert (memo_["redactions"], memo_["pages_redacted"], memo_["share_withheld"]) == ("1", "1", "0.0062")
    assert memo_["stamps_told"] == "declassification NARA 1997-11 p. 1" and memo_["pages_hard_to_read"] == "1"
    assert (blank["stamps"], blank["redactions"], blank["share_withheld"]) == ("0", "0", "0.0")
    assert (part["stamps"], part["redactions"], part["share_withheld"]) == ("", "", "")


def test_stamps_that_say_the_same_are_told_once_with_their_pages() -> None:
    stamps = [{"kind": "release", "agency": "NARA", "date": None, "page": n} for n in (1, 2, 3, 5, 3)]
    assert _told([*stamps, {"kind": "review", "agency": "CIA", "date": "1997-06-18", "page": 2}]) == [
        "release NARA pp. 1–3, 5", "review CIA 1997-06-18 p. 2",
    ]  # fmt: skip


# For Excel


def test_excel_gets_a_mark_and_no_cell_longer_than_it_holds(tmp_path: Path) -> None:
    long = "Ω" * 20_000 + " 𝔸" * 10_000
    with Archive.create(Settings(archive=tmp_path / "A")) as archive:
        ingest(archive, memo("a.pdf", pages=(page(1, long),), redactions=()))
        export(archive, tmp_path / "plain", "csv")
        export(archive, tmp_path / "out", "csv", excel=True)
        with pytest.raises(ArgumentsError, match="only CSV"):
            export(archive, tmp_path / "x", "parquet", excel=True)
    csv.field_size_limit(10**6)
    assert all(p.read_bytes().startswith(b"\xef\xbb\xbf") for p in (tmp_path / "out").glob("*.csv"))
    [cut], [whole] = beside(tmp_path / "out", "pages"), beside(tmp_path / "plain", "pages")
    assert whole["text"] == long
    assert cut["text"].endswith(f" [cut: {len(long)} characters]")
    assert 32_760 <= len(cut["text"].encode("utf-16-le")) // 2 <= 32_767
    assert package(tmp_path / "out")["declass"]["cells_cut_for_excel"] == {"pages": 1}
    assert "Cut here: 1 cells of pages." in (tmp_path / "out" / "README.md").read_text("utf-8")


# Killed


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """An archive whose export takes a second."""
    place = Settings(archive=tmp_path / "A")
    with Archive.create(place) as archive:
        ingest(archive, memo("a.pdf"))
        with archive.writing() as conn:
            known = dict(conn.execute(schema.mentions.select()).first()._mapping)  # type: ignore[union-attr]
            conn.execute(schema.mentions.insert(), [{**known, "finding_id": f"m{n:06}"} for n in range(30_000)])
    return tmp_path / "A"


@pytest.mark.skipif(sys.platform != "linux", reason="files without a name are Linux's")
def test_an_export_killed_in_the_middle_leaves_nothing_and_an_earlier_one_as_it_was(large: Path, tmp_path: Path) -> None:
    out = tmp_path / "here" / "out"
    with Archive.open(Settings(archive=large)) as archive:
        export(archive, out, "csv", "file:nothing")
    before = contents(out)
    for place in (out, tmp_path / "here" / "new"):
        command = [sys.executable, "-m", "pipeline", "export", str(place), "--archive", str(large), "--format", "csv"]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        written = 0
        while written < 2_000_000:  # bytes of files that have no name
            assert running.poll() is None, "it ended before it could be killed"
            written = sum(_size(p) for p in Path(f"/proc/{running.pid}/fd").iterdir())
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert [p.name for p in (tmp_path / "here").iterdir()] == ["out"]
        assert contents(out) == before


def _size(handle: Path) -> int:
    """Bytes of a file of the export that has no name yet; of any other handle 0."""
    try:
        return os.stat(handle).st_size if "/here/#" in os.readlink(handle) else 0
    except OSError:
        return 0
