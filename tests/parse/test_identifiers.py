"""Numbers that name a document, in the shapes in which agencies write them."""

from __future__ import annotations

import pytest

from pipeline.parse.identifiers import find_identifiers, rif_prefixes
from pipeline.parse.rows import Passage, rows_of
from pipeline.parse.sheets import Sheet
from tests.parse.typed import typed


def numbers(text: str, *natures: str) -> set[tuple[str, str]]:
    page = typed(text)
    return {(p.name.partition(":")[2], p.value) for p in find_identifiers([page], [page], None, natures, None)}


@pytest.mark.parametrize(
    ("text", "natures", "number"),
    [
        ("104-10099-10401   2025 RELEASE", (), ("rif", "104-10099-10401")),
        ("1O4-10099-1O4O1", (), ("rif", "104-10099-10401")),
        (
            "Approved For Release 2001/03/02 : CIA-RDP79R00904A000800020031-4",
            (),
            ("crest", "CIA-RDP79R00904A000800020031-4"),
        ),
        ("No Objection LOC-HAK-533-6-5-8", (), ("crest", "LOC-HAK-533-6-5-8")),
        ("Approved for Release: 2019/06/26 CO2893558", (), ("doc", "C02893558")),
        ("Case No. F-2014-20439", (), ("case", "F-2014-20439")),
        ("Authority NND 897401", (), ("nara", "NND 897401")),
        ("NW 64954 Docld:34529191 Page 2", (), ("nara", "NW 64954 DocId:34529191")),
        ("SANITIZED NLK-75-92", (), ("case", "NLK-75-92")),
        ("TEXT OF TELEGRAM 86LISBON 044120", (), ("cable", "86LISBON 044120")),
        ("PAGE 01 LISBON 44120 TOSEC 190125", (), ("cable", "LISBON 44120")),
        ("O 130100Z 0CT 86", (), ("cable", "130100Z OCT 86")),
        ("DISPATCH UFGA-13999", ("dispatch",), ("dispatch", "UFGA-13999")),
        ("CITE MEXI 7025", ("cable",), ("cable", "MEXI 7025")),
        ("CITE T0CS-314/13013-67", (), ("doc", "TDCS-314/13013-67")),
        ("REPORT NO. TDCSDB-3/658, 582", (), ("doc", "TDCSDB-3/658,582")),
        ("No. A-412", ("airgram",), ("airgram", "A-412")),
        ("JCSM-118-58", (), ("doc", "JCSM-118-58")),
        ("NATIONAL SECURITY ACTION MEMORANDUM NO. 196", (), ("doc", "NSAM 196")),
        ("NSDM 9", (), ("doc", "NSDM 9")),
        ("NIE 11-4-60", ("intelligence-report",), ("doc", "NIE 11-4-60")),
        ("611.61/10-2662", (), ("file", "611.61/10-2662")),
        ("TO: DIRECTOR, FBI (105-774112)", ("FBI",), ("file", "105-774112")),
        ("201-289248", (), ("file", "201-289248")),
        ("1104-10301-10008 2025 RELEASE", (), ("rif", "104-10301-10008")),  # a speck before it
        ("Control: 4471", ("cable",), ("other", "Control: 4471")),
        ("DIR CITE WAVE 7247      19JUSSN62256", ("cable",), ("cable", "IN 62256")),
        ("91 6320813   ASR   PAGE 001   IN 6320813", ("cable",), ("cable", "IN 6320813")),
        ("CITE ST PETERSBURG 21162", ("cable",), ("cable", "ST PETERSBURG 21162")),
        ("MHFNO: 93-4593421       SENSIND:", (), ("doc", "93-4593421")),
        ("                              OGC 74-1755", ("CIA",), ("doc", "OGC 74-1755")),
        ("REPORT No. 6-1053", (), ("doc", "6-1053")),
        ("O1 Tracking No. 143045", (), ("other", "OI Tracking No. 143045")),
        ("Document Number 978-932", (), ("doc", "978-932")),
        ("DA IN I57472", (), ("cable", "DA IN 157472")),
        ("201.289248", (), ("file", "201-289248")),
    ],
)
def test_a_number_of_each_kind(text: str, natures: tuple[str, ...], number: tuple[str, str]) -> None:
    assert number in numbers(text, *natures)


@pytest.mark.parametrize("text", ["999-10099-10401", "555-12345 and 10-26-62", "in 1962-63 the 12-15 launches"])
def test_what_names_no_document(text: str) -> None:
    assert numbers(text) == set()


def test_the_reading_that_most_pages_bear_out_wins() -> None:
    pages = [typed(t, n) for n, t in enumerate(("104-10099-10481", "104-10099-10401", "x 104-10099-10401"), 1)]
    [rif] = [p for p in find_identifiers(pages, pages, None, (), None) if p.name == "identifier:rif"]
    assert rif.value == "104-10099-10401"


def test_a_file_number_in_the_subject_is_the_documents_but_not_one_in_the_text() -> None:
    body = "\n" * 20 + "The launch was seen by 201-111222 and by 201-333444 near the north pier"
    page = typed(body)
    subject = Passage.of(1, [list(rows_of(typed("Harbour Master (201-289248)"))[0].cells)])
    found = {p.value for p in find_identifiers([page], [page], subject, (), None)}
    assert found == {"201-289248"}


def test_the_place_of_a_number_is_its_own_words() -> None:
    page = typed("one two NSDM 9 three")
    [number] = find_identifiers([page], [page], None, (), None)
    assert number.text == "NSDM 9" and number.box is not None
    assert page.text[number.start : number.end] == "NSDM 9"


def test_prefixes_name_the_holding_agency() -> None:
    assert rif_prefixes()["124"] == "FBI"


def test_a_file_number_without_its_serial_is_none_beside_the_whole_one() -> None:
    found = numbers("TO: DIRECTOR, FBI (163-15064)\nFROM: SAC, MIAMI (163-15064-1)\nRE: X (163-1071)", "FBI")
    assert {value for kind, value in found if kind == "file"} == {"163-15064-1", "163-1071"}


def test_what_the_sheet_prints_mends_a_misread_report_number() -> None:
    page = typed("REPORT NO. TDCS-3/560,305")
    sheet = Sheet(1, {"title": Passage.of(1, [rows_of(typed("CIA TDCS-3/566,305"))[0].cells])})
    (found,) = find_identifiers([page], [page], None, ["CIA"], sheet)
    assert found.value == "TDCS-3/566,305" and "560,305" in found.text
