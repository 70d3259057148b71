"""Levels, controls and notices: what is a marking and what is prose."""

import pytest

from pipeline.core.geometry import Box
from pipeline.core.ink import View
from pipeline.core.page import Page, ReadWord
from pipeline.parse.markings import find_markings

NOTHING = View(None, None, None)  # type: ignore[arg-type]


def canonical(text, *kinds):
    kinds = kinds or ("classification", "control")
    return [m.canonical for m in find_markings(NOTHING, Page.of_text(1, text)) if m.kind in kinds]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("SECRET", ["SECRET"]),
        ("S E C R E T", ["SECRET"]),
        ("S-E-C-R-E-T", ["SECRET"]),
        ("C O N F I D E N T I A L", ["CONFIDENTIAL"]),
        ("TOP SEGRET", ["TOP SECRET"]),
        ("COMFIDENTIAL", ["CONFIDENTIAL"]),
        ("SECRET (When Filled In)", ["SECRET"]),
        ("S E C R E T LA PAZ 0080\nLIMDIS", ["SECRET", "LIMDIS"]),
        ("TOP SECRET UMBRA", ["TOP SECRET", "UMBRA"]),
        ("TOP SECRET/SENSITIVE/EXCLUSIVELY EYES ONLY", ["EYES ONLY", "SENSITIVE", "TOP SECRET"]),
        ("CONFIDENTIAL NOFORN NOCONTRACT", ["CONFIDENTIAL", "NOCONTRACT", "NOFORN"]),
        ("Classification: SECRET", ["SECRET"]),
        ("LIMITED OFFICIAL USE", ["LIMITED OFFICIAL USE"]),
        ("EYES ONLY FOR THE PRESIDENT AND THE ATTORNEY GENERAL", ["EYES ONLY"]),
        ("CLASSIFIED MESSAGE SECRET IN 62271 PAGE 2", ["SECRET"]),
        ("SECRET 182222Z\nDIR CITE WAVE 7247\nTYPIC AMTRUNK", ["SECRET", "TYPIC"]),
        ("SLUGS: WNINTEL GTDANCER", ["WNINTEL"]),
        ("RELEASING OFFICER SECRET\n", []),
        ("to put it\nMILOLY.\nCONFIDENTIAL", ["CONFIDENTIAL"]),
        ("As stated.\nCONFIDENTIAL Attachment", ["CONFIDENTIAL"]),
    ],
)
def test_banners(text, meant):
    assert sorted(canonical(text)) == sorted(meant)


@pytest.mark.parametrize(
    "text",
    [
        "The informant was known to the Bureau as a confidential source.",
        "A CONFIDENTIAL SOURCE ADVISED THAT THE MEETING WAS PUT OFF",
        "Secret Service was advised by the Chicago Office.",
        "SECRETARIAT\nS/S-O LINE",
        "UMBRAGE was taken at the remark.",
        "The price was 40 dinars a ton.",
        "RESTRICTED DATA were not among them.",
        "RETURN TO CIA\nBackground Use Only\nDo Not Reproduce",
        "HEREIN IS UNCLASSIFIED",
        "UNCLASSIFIED PAPER TO THE MINISTRY",
        "TYPIC OPERATIONS ARE TO BE RESUMED IN MAY",
    ],
)
def test_prose_and_stamps_are_no_banners(text):
    assert [c for c in canonical(text) if c != "RESTRICTED DATA"] == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("GP-4", "GROUP 4"),
        ("GROUP ! - Exciuled fror: automatic downgrading and declassification", "GROUP 1"),
        ("DOWNGRADED AT 5 YEAR INTERVALS;\nDECLASSIFIED AFTER 12 YUARS", "GROUP 4"),
        ("E.O. 12356: DECL: OADR\nTAGS: PREL, UR", "DECL OADR"),
        ("E.O. 11652: GDS", "GDS"),
        ("8. FILE: DEFER. DECL OADR DRV HUM 4-82.", "DECL OADR"),
        ("S-E-C-R-E-T EZ IMPDET CL BY 0O8564", "E2 IMPDET"),
    ],
)
def test_downgrading_notices(text, meant):
    assert canonical(text, "downgrading") == [meant]


def test_two_controls_on_one_line_are_two_rows():
    text = "SECRET NO FOREIGN DISSEM/CONTROLLED DISSEM/NO DISSEM ABROAD/BACKGROUND USE ONLY"
    rows = find_markings(NOTHING, Page.of_text(1, text))
    controls = ["NO FOREIGN DISSEM", "CONTROLLED DISSEM", "NO DISSEM ABROAD", "BACKGROUND USE ONLY"]
    assert [m.text for m in rows] == ["SECRET", *controls]
    assert [text[m.start : m.end] for m in rows] == [m.text for m in rows]


def test_type_beside_a_rubber_stamp_is_no_part_of_its_line():
    stamp = [ReadWord("SECRET", Box(248, 133, 310, 169), 1.0, "t"), ReadWord("Far", Box(359, 143, 390, 157), 0.9, "t")]
    found = find_markings(NOTHING, Page.of_lines(1, (612.0, 792.0), [stamp]))
    assert [m.canonical for m in found] == ["SECRET"]
    typed = [ReadWord("SECRET", Box(248, 150, 310, 164), 1.0, "t"), ReadWord("Far", Box(315, 150, 340, 164), 0.9, "t")]
    assert not find_markings(NOTHING, Page.of_lines(1, (612.0, 792.0), [typed]))


def test_a_damaged_level_that_heads_a_part_of_a_telegram():
    part = "C0 AP ENT I A L SECTION O2 OF O3 MOSCOW 1P493"
    assert canonical(f"CONFIDENTIAL\n\nP 241615Z OCT 86\n{part}") == ["CONFIDENTIAL", "CONFIDENTIAL"]


def test_ink_that_was_read_twice_is_one_marking():
    twice = [[ReadWord("SECRET", Box(260, top, 330, top + 20), 0.9)] for top in (30, 34)]
    apart = [[ReadWord("SECRET", Box(260, top, 330, top + 9), 0.9)] for top in (30, 41)]
    for lines, count in ((twice, 1), (apart, 2)):
        assert len(find_markings(NOTHING, Page.of_lines(1, (612.0, 792.0), lines))) == count


def test_portion_marks_tell_level_and_control():
    text = "(S/NF) The Ambassador reported that the meeting was postponed."
    assert canonical(text, "portion") == ["SECRET", "NOFORN"] or canonical(text, "portion") == ["NOFORN", "SECRET"]


def test_a_cover_sheet_has_no_markings_of_its_own():
    text = "JFK ASSASSINATION SYSTEM\nIDENTIFICATION FORM\nAGENCY : CIA\nRECORD NUMBER : 104-10311-10022\nCLASSIFICATION : SECRET"
    assert canonical(text) == []
