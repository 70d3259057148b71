"""A footnote says what is known, from the item to the repository, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
import rispy
from pybtex.database import parse_string

from pipeline.export.citation import bibtex, nara, ris, source_note

MEMO: dict[str, Any] = {
    "document_id": "8f1b9f994b6ab4c3" + "0" * 48, "file_name": "memo.pdf", "doc_type": "memorandum", "date": "1962-03-12",
    "sender": "Dean Rusk", "recipient": "The President", "subject": "Tin & rubber for Laos", "title": None,
    "classification": "SECRET", "controls": ["NODIS"], "record_group": "RG 59", "collection": "Conference Files",
    "series": "Far East", "box": "7", "folder": "Laos", "item": "19",
    "metadata": {"repository": "National Archives at College Park, MD"}, "status": "complete", "stages": ["markings"],
}  # fmt: skip
BARE = {**dict.fromkeys(MEMO), "document_id": "ab" * 32, "file_name": "scan_004.tif", "controls": [], "metadata": {},
        "stages": []}  # fmt: skip


def test_the_order_is_that_of_the_national_archives() -> None:
    assert nara(MEMO, page=2) == (
        "Memorandum from Dean Rusk to The President, “Tin & rubber for Laos”, 12 March 1962, item 19, p. 2; Folder Laos, Box 7; "
        "Far East; Conference Files; RG 59; National Archives at College Park, MD. "
        "(File memo.pdf, SHA-256 8f1b9f994b6ab4c3)"
    )


def test_nothing_is_made_up() -> None:
    assert nara(BARE) == "Document. (File scan_004.tif, SHA-256 abababababababab)"
    assert source_note(BARE) == "Source: scan_004.tif. Classification not determined."
    looked = {**BARE, "status": "complete", "stages": ["markings"]}
    assert source_note(looked) == "Source: scan_004.tif. No classification marking."


def test_a_source_note_ends_with_classification_and_controls() -> None:
    assert source_note(MEMO) == (
        "Source: National Archives at College Park, MD, RG 59, Conference Files, Far East, Box 7, Laos. Secret; Nodis."
    )


@pytest.mark.parametrize(
    ("edtf", "written"),
    [("1962", "1962"), ("1962-10", "October 1962"), ("1962~", "ca. 1962"), ("1962-10-04?", "possibly 4 October 1962"),
     ("196X", "196X"), ("1962/1963", "1962/1963")],
)  # fmt: skip
def test_dates_are_written_out(edtf: str, written: str) -> None:
    assert f"Laos”, {written}, item 19;" in nara({**MEMO, "date": edtf})


def test_numbers_alone_are_told_what_they_count() -> None:
    assert "; RG 59; " in nara({**MEMO, "record_group": "59"}) and ", RG 59, " in source_note({**MEMO, "record_group": "59"})


def test_what_was_read_over_two_lines_is_cited_in_one() -> None:
    assert "“Tin and rubber for Laos”" in nara({**MEMO, "subject": "Tin and\nrubber  for Laos"})


def test_bibtex_is_read_back_by_its_readers() -> None:
    entries = parse_string("".join(bibtex([MEMO, BARE])), "bibtex").entries
    memo = entries["declass-8f1b9f994b6a"]
    assert memo.fields["title"].replace("\\&", "&") == MEMO["subject"] and memo.fields["year"] == "1962"
    assert str(memo.persons["author"][0]).strip("{}") == "Dean Rusk" and len(entries) == 2


def test_a_record_number_by_which_it_can_be_asked_for_is_cited() -> None:
    numbers = [{"kind": "file", "value": "65-67406"}, {"kind": "rif", "value": "124-10279-10209"}]
    assert ", item 19, JFK record number 124-10279-10209, p. 2; " in nara({**MEMO, "identifiers": numbers}, 2)


def test_braces_that_a_reading_has_by_chance_do_no_harm() -> None:
    written = "".join(bibtex([{**MEMO, "subject": "A {bad", "sender": "R}usk; W. Rostow"}]))
    [entry] = parse_string(written, "bibtex").entries.values()
    assert entry.fields["title"] == "A (bad" and [str(p).strip("{}") for p in entry.persons["author"]] == ["R)usk", "W. Rostow"]


def test_ris_is_read_back_by_its_readers() -> None:
    memo, bare = rispy.loads("".join(ris([MEMO, BARE])))
    assert (memo["title"], memo["year"], memo["date"], memo["authors"]) == (
        "Tin & rubber for Laos", "1962", "1962/03/12", ["Dean Rusk"],
    )  # fmt: skip
    assert memo["call_number"] == "Folder Laos, Box 7; Far East; Conference Files; RG 59"
    assert bare["title"] == "scan_004.tif" and "year" not in bare
