"""The services: a Navy memo under an NND stamp, and one of the Joint Chiefs with its level punched out."""

from __future__ import annotations

from dataclasses import replace

from corpus.faces import ELITE, PICA, SANS_BOLD
from corpus.film import Film
from corpus.memo import Leaf, Memo
from corpus.memos.blocks import nnd
from corpus.model import Card, Particulars, Recommendation
from corpus.sheet import Sheet
from corpus.stamps import Look, Record, level, perforate, stamp
from corpus.typist import Typist


def nnd_memo() -> Memo:
    """A Navy office memo with an NND stamp and group marking, at 300 dpi."""
    sheet = Sheet(531, worn=0.4)
    t = Typist(sheet, ELITE, left=1.1, top=0.95, columns=74, lead=0.18)
    t.lines("OP-614C/rw", "Ser 00418P61", "                                                   16 May 1963", "")
    t.centre("MEMORANDUM FOR THE CHIEF OF NAVAL OPERATIONS")
    t.skip()
    t.line("Subj:  Salvage of the Barge LIGHTER 9 off Guam")
    sheet.underline("Salvage of the Barge LIGHTER 9 off Guam")
    t.line("Ref:   (a) COMNAVMAR 120412Z May 63")
    t.skip()
    t.para(
        "1.  Reference (a) reports that LIGHTER 9 parted her tow in the typhoon of 29 April and lies in forty fathoms "
        "two miles off Orote Point. She carried cable reels, a diesel set and the only spare gear for the degaussing "
        "range.",
        0,
    )
    t.para(
        "2.  The gear can be had again from the maker in seven months. The salvage vessel BOLSTER can be on the spot "
        "in nine days, but would have to leave the target tow at Kwajalein, and the missile range has protested "
        "against this once already.",
        0,
    )
    t.para(
        "3.  It is recommended that BOLSTER not be diverted, and that the gear be ordered new. If the degaussing "
        "range should fail before December, ships can be sent to Yokosuka.",
        0,
    )
    t.line("                                        H. V. CALLOWAY")
    t.skip(2)
    t.line("GROUP 4")
    sheet.mark("downgrading", "GROUP 4")
    t.lines("Downgraded at 3 year intervals;", "Declassified after 12 years.")
    level(sheet, "CONFIDENTIAL", 4.3, 0.5, Look(SANS_BOLD.sized(18), tilt=1.0))
    level(sheet, "CONFIDENTIAL", 4.2, 10.4, Look(SANS_BOLD.sized(18), tilt=-1.5))
    text, record = nnd("897401", "WGL", "8/12/97", "1997-08-12")
    stamp(sheet, text, 4.9, 8.2, record, Look(SANS_BOLD.sized(12), tilt=4, frame=True, lead=1.5, patchy=0.35))
    record = Record("copy", "NARA", None, {})
    look = Look(replace(PICA, points=8, pitch=0.07), weight=1.0, patchy=0.05)
    stamp(sheet, "REPRODUCED AT THE NATIONAL ARCHIVES", 2.9, 10.7, record, look)
    return Memo(
        "navy-nnd",
        "pdf",
        Particulars(
            "memorandum",
            "1963-05-16",
            "16 May 1963",
            "H. V. CALLOWAY",
            "CHIEF OF NAVAL OPERATIONS",
            "Salvage of the Barge LIGHTER 9 off Guam",
            "Navy",
            "CONFIDENTIAL",
            False,
            (),
            (("doc", "00418P61"),),
        ),
        [Leaf(sheet, Film(101, dpi=300, skew=0.9, blur=2.2, specks=5, grain=30, fade=0.4, cut=182, edges=0.08))],
        Card("CNO papers", "RG 38", "OP-61", "17", "Salvage", "3", "LIGHTER 9", "1963-05-16"),
        "300 dpi one-bit, framed NND stamp filled in by hand, GROUP 4 notice, copy legend",
        recommendations=[
            Recommendation(
                "It is recommended that BOLSTER not be diverted, and that the gear be ordered new.", polarity="against"
            ),
            Recommendation(
                "If the degaussing range should fail before December, ships can be sent to Yokosuka.", "contingent"
            ),
        ],
    )


def perforated() -> Memo:
    """A Joint Staff memo with DECLASSIFIED punched up and down its margins and its level struck out."""
    sheet = Sheet(541, worn=0.45)
    level(sheet, "SECRET", 4.25, 0.6, Look(SANS_BOLD.sized(22), tilt=-1.5), struck=2)
    t = Typist(sheet, left=1.4, top=1.3, columns=56, lead=0.2)
    t.lines("JCSM-118-58", "                                      9 June 1958", "")
    t.line("MEMORANDUM FOR THE SECRETARY OF DEFENSE")
    t.skip()
    t.line("Subject:  Ferry Route across Iceland (S)")
    sheet.mark("portion", "(S)", "SECRET")
    t.skip()
    t.para(
        "1.  The Joint Chiefs of Staff have considered the paper of the Assistant Secretary on a second ferry route. "
        "They hold that the present field at Keflavik can carry the traffic of the first thirty days, provided that "
        "its fuel line is doubled.",
        0,
    )
    t.para(
        "2.  Work on a field in the north of the island would need the consent of the Althing, which is not to be had "
        "before the elections. The Joint Chiefs of Staff therefore advise against any approach to the Icelandic "
        "Government this year.",
        0,
    )
    t.para(
        "3.  They recommend that the sum of 2.4 million dollars be released now for the fuel line, so that pipe may "
        "be landed before the harbor freezes.",
        0,
    )
    t.lines(
        "                         For the Joint Chiefs of Staff:", "", "", "                         ORVILLE N. DEXTER"
    )
    t.lines("                         General, United States Army")
    level(sheet, "SECRET", 4.2, 10.3, Look(SANS_BOLD.sized(22), tilt=1), struck=1)
    perforate(sheet, "DECLASSIFIED", 7.6, 2.4, 0.38)
    perforate(sheet, "DECLASSIFIED", 0.75, 2.6, 0.38, upwards=True)
    return Memo(
        "jcs-perforated",
        "tif",
        Particulars(
            "memorandum",
            "1958-06-09",
            "9 June 1958",
            "ORVILLE N. DEXTER",
            "SECRETARY OF DEFENSE",
            "Ferry Route across Iceland",
            "JCS",
            "SECRET",
            True,
            (),
            (("doc", "JCSM-118-58"),),
        ),
        [
            Leaf(
                sheet,
                Film(111, dpi=200, skew=-0.5, blur=1.0, specks=16, grain=30, fade=0.4, margin=0.3, blots=14, cut=156),
            )
        ],
        Card("Joint Chiefs", "RG 218", "CCS 381", "30", "Iceland", "7", "Ferry route", "1958-06-09"),
        "perforated DECLASSIFIED upwards and downwards, level struck twice, black film border",
        recommendations=[
            Recommendation(
                "The Joint Chiefs of Staff therefore advise against any approach to the Icelandic Government this "
                "year.",
                polarity="against",
            ),
            Recommendation(
                "They recommend that the sum of 2.4 million dollars be released now for the fuel line, so that pipe "
                "may be landed before the harbor freezes."
            ),
        ],
    )
