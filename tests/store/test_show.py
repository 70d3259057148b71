"""What the archive says about one document, and why a finding is what it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection

from pipeline.core.geometry import Box, Place
from pipeline.errors import ArgumentsError
from pipeline.settings import Settings
from pipeline.store import schema
from pipeline.store.archive import Archive
from pipeline.store.paths import note_path
from pipeline.store.show import Method, explain, find, load, stamp_rows
from tests.store.shelf import blockade, document, page, shelve, stocked


@pytest.fixture(scope="module")
def shelf(places: Callable[[], Settings]) -> Iterator[Archive]:
    with stocked(places()) as made:
        yield made


@pytest.fixture
def conn(shelf: Archive) -> Iterator[Connection]:
    with shelf.reading() as connection:
        yield connection


BLOCKADE = blockade().scan.document_id


@pytest.mark.parametrize("key", ["blockade.pdf", "BLOCKADE.PDF", "blockade", "/scans/blockade.pdf", BLOCKADE, BLOCKADE[:6]])
def test_a_document_is_named_by_id_path_or_file_name(conn: Connection, key: str) -> None:
    assert find(conn, key) == (BLOCKADE, "blockade.pdf")


def test_an_unknown_name_gets_names_that_look_like_it(conn: Connection) -> None:
    with pytest.raises(ArgumentsError, match="there is no document") as caught:
        find(conn, "blokade.pdf")
    assert "Did you mean blockade.pdf?" in caught.value.advice


def test_an_ambiguous_name_lists_the_candidates(archive: Archive) -> None:
    shelve(archive, *(document(f"box {n}/memo.pdf", (page(1, f"Memo {n}"),)) for n in (1, 2)))
    with archive.writing() as conn:
        conn.execute(schema.documents.update().values(file_name="memo.pdf"))
        with pytest.raises(ArgumentsError) as caught:
            load(conn, "memo.pdf")
        assert "/scans/box 1/memo.pdf" in str(caught.value)
        assert "/scans/box 2/memo.pdf" in str(caught.value)
        assert load(conn, "/scans/box 2/memo.pdf").read[0].text == "Memo 2"


def test_a_document_comes_with_all_its_rows(conn: Connection) -> None:
    shown = load(conn, "blockade")
    assert shown.document["subject"] == "Blockade of Cuba"
    assert [p["page"] for p in shown.pages] == [p.number for p in shown.read] == [1, 2, 3, 4]
    assert shown.paths == ("/scans/blockade.pdf",)
    assert {name: len(getattr(shown, name)) for name in ("markings", "stamps", "redactions", "particulars", "mentions",
            "recommendations", "segments", "events", "variants", "failures", "corrections")} == {
        "markings": 2, "stamps": 1, "redactions": 0, "particulars": 1, "mentions": 3, "recommendations": 1,
        "segments": 2, "events": 0, "variants": 0, "failures": 0, "corrections": 0}  # fmt: skip
    assert shown.run and shown.run["readers"] == {"tesseract": "5.3.0"}
    assert [name for name, _ in shown.findings(2)] == ["markings", "mentions"]


def test_a_document_is_plain_json(conn: Connection) -> None:
    plain = json.loads(json.dumps(load(conn, "blockade").as_plain()))
    assert plain["pages"][0]["text"].startswith("TOP SECRET")
    assert "words" not in plain["pages"][0]


def test_every_path_of_the_same_bytes_is_shown(archive: Archive) -> None:
    run = shelve(archive, blockade())
    scan = blockade().scan
    with archive.writing() as conn:
        note_path(conn, scan, run, 1.0)
        conn.execute(schema.paths.insert().values(path="/copy/b.pdf", document_id=scan.document_id,
                                                  file_name="b.pdf", size=1, modified=1.0))  # fmt: skip
        assert load(conn, "/copy/b.pdf").paths == ("/copy/b.pdf", "/scans/blockade.pdf")


def test_a_finding_is_explained_from_value_to_run(conn: Connection) -> None:
    [row] = load(conn, "blockade").particulars
    chain = explain(conn, row["finding_id"][:10])
    assert chain.kind == "particular"
    assert chain.value == {"name": "subject", "value": "Blockade of Cuba"}
    assert chain.text == "Blockade of Cuba"
    assert [w.text for w in chain.words] == ["Blockade", "of", "Cuba"]
    assert chain.places == (Place(1, Box(72, 72, 148, 84)),)
    assert chain.page["grade"] == "good"
    assert (chain.document_id, chain.file_name, chain.paths) == (BLOCKADE, "blockade.pdf", ("/scans/blockade.pdf",))
    assert chain.readers == ("tesseract",)
    assert chain.method == Method("rule", "subject", "1")
    assert chain.run and chain.run["version"] == "0.1.0"
    told = dict(chain.steps())
    assert told["as written"] == "Blockade of Cuba"
    assert BLOCKADE in told["file"]
    assert told["found by"] == "rule subject, version 1"
    json.dumps(chain.as_plain())


def test_a_stamp_without_span_is_explained_by_the_words_in_its_box(conn: Connection) -> None:
    [row] = load(conn, "blockade").stamps
    chain = explain(conn, row["finding_id"])
    assert chain.span is None
    assert [w.text for w in chain.words] == ["TOP", "SECRET"]
    assert dict(chain.steps())["stamp"].startswith("template NARA_NND, kind declassification, agency NARA")


@pytest.mark.parametrize("key", ["blockade", "abc", "0123456789ff"])
def test_an_unknown_finding_is_said(conn: Connection, key: str) -> None:
    with pytest.raises(ArgumentsError, match="finding") as caught:
        explain(conn, key)
    assert "declass show" in caught.value.advice


def test_an_ambiguous_finding_lists_the_candidates(archive: Archive) -> None:
    shelve(archive, blockade())
    with archive.writing() as conn:
        for n, table in enumerate((schema.stamps, schema.particulars)):
            conn.execute(table.update().values(finding_id=f"abcd{n}0000000"))
        with pytest.raises(ArgumentsError, match="begins more than one finding") as caught:
            explain(conn, "abcd")
        assert "abcd00000000  stamps, page 1: DECLASSIFIED E.O. 12958 NND" in str(caught.value)
        assert explain(conn, "abcd1").kind == "particular"


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("template:NARA_NND@1", Method("template", "NARA_NND", "1")),
        ("model:names@0.3", Method("model", "names", "0.3")),
        ("hand", Method("method", "hand", "")),
    ],
)
def test_a_method_names_what_found_it_with_its_version(text: str, method: Method) -> None:
    assert Method.of(text) == method


def test_stamps_of_the_archive_newest_first(conn: Connection) -> None:
    rows = stamp_rows(conn)
    assert [(r["file_name"], r["template"], r["date"]) for r in rows] == [
        ("cable-0417.tif", "CIA_HRP_YEAR", "2003"), ("blockade.pdf", "NARA_NND", "1998-05-22")]  # fmt: skip
    assert len(stamp_rows(conn, limit=1)) == 1
