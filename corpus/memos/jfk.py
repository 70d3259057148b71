"""The assassination records' way of release: an identification sheet, then a two-page memo with lines at its edges."""

from __future__ import annotations

from dataclasses import replace

from corpus.faces import PICA, SANS_BOLD, SERIF, width
from corpus.film import Film
from corpus.memo import Leaf, Memo
from corpus.model import Card, Particulars, Recommendation, Segment
from corpus.sheet import COVER, Sheet
from corpus.stamps import Look, Record, level, stamp
from corpus.typist import Typist

RIF = "180-10991-10427"
RELEASE = "2025 RELEASE UNDER THE PRESIDENT JOHN F. KENNEDY ASSASSINATION RECORDS ACT OF 1992"
PRINTED = Look(SANS_BOLD.sized(9), weight=1.0, patchy=0.04)


def _lines(sheet: Sheet, page: int) -> None:
    """The record number and release line at the head, and the footer of the archives' own printer."""
    if page == 1:
        stamp(sheet, RIF, 0.15, 0.12, Record("filing", "NARA", None, {"case": RIF}), PRINTED)
        fields = {"date": "2025", "date_text": "2025", "authority": "JFK Assassination Records Act of 1992"}
        stamp(sheet, RELEASE, 1.35, 0.12, Record("release", "NARA", "released", fields), PRINTED)
    footer = Look(replace(PICA, points=10, pitch=1 / 12), weight=1.0, patchy=0.05)
    record = Record("filing", "NARA", None, {"case": "NW 88213 DocId:32977518"})
    stamp(sheet, f"NW 88213  DocId:32977518  Page {page}", 0.2, 10.7, record, footer)


def _cover() -> Sheet:
    """The identification form: labels to the right edge of a column, values beside them."""
    sheet = Sheet(601, worn=0.1)
    _lines(sheet, 1)
    face = SERIF.sized(10)
    sheet.type("Date:  10/7/2024", 6.5, 0.6, face)
    sheet.type("JFK ASSASSINATION SYSTEM", 3.2, 0.65, face)
    sheet.type("IDENTIFICATION FORM", 3.4, 0.85, face)
    sheet.rule(0.6, 1.0, 7.9, 1.0)
    rows = [
        ("AGENCY INFORMATION", ""),
        ("AGENCY :", "HSCA"),
        ("RECORD NUMBER :", RIF),
        ("RECORD SERIES :", "NUMBERED FILES"),
        ("AGENCY FILE NUMBER :", "011873"),
        ("DOCUMENT INFORMATION", ""),
        ("ORIGINATOR :", "HSCA"),
        ("FROM :", "PELHAM, ROY"),
        ("TO :", "BLAKESLEY, G."),
        ("TITLE :", "TELEPHONE RECORDS OF THE GALVESTON HOTEL"),
        ("DATE :", "08/02/1978"),
        ("PAGES :", "2"),
        ("SUBJECTS :", "HOTEL REGISTERS; TELEPHONE TOLLS"),
        ("DOCUMENT TYPE :", "MEMORANDUM"),
        ("CLASSIFICATION :", "CONFIDENTIAL"),
        ("RESTRICTIONS :", "3"),
        ("CURRENT STATUS :", "REDACT"),
        ("DATE OF LAST REVIEW :", "06/18/1996"),
        ("OPENING CRITERIA :", ""),
        ("COMMENTS :", "BOX 214"),
    ]
    y = 1.35
    for label, value in rows:
        from_left = 3.3 if value == "" and not label.endswith(":") else 2.55 - _long(label)
        sheet.type(label, from_left, y, face)
        if value:
            sheet.type(value, 2.7, y, face)
        y += 0.3
    return sheet


def _long(text: str) -> float:
    return width(SERIF.sized(10), text)


def rif_memo() -> Memo:
    """An identification sheet in front of a two-page committee memo."""
    first = Sheet(602, worn=0.4)
    _lines(first, 2)
    level(first, "CONFIDENTIAL", 4.3, 0.6, Look(SANS_BOLD.sized(15), tilt=1))
    t = Typist(first, left=1.1, top=1.2, columns=62)
    t.centre("MEMORANDUM")
    t.skip()
    t.lines(
        "August 2, 1978",
        "",
        "TO:    G. Blakesley",
        "",
        "FROM:  Roy Pelham, Staff Investigator",
        "",
        "RE:    Telephone Records of the Galveston Hotel",
        "",
    )
    t.para(
        "On July 26 I was allowed to read the toll slips that the hotel has kept in a steam trunk since it changed "
        "hands. They run from September 1962 to February 1964 and are in no order. The present owner, Mrs. Viola "
        "Tarrant, sat beside me and would not have them copied."
    )
    t.para(
        'Room 31 was held for most of October 1963 by a man who signed as "A. Lomax, Mobile". Four calls were '
        "charged to the room. Three went to a feed store in Beau~mont, and the fourth to a number in Mexico City that "
        "is listed today to " + COVER * 16 + "."
    )
    t.para(
        "The night clerk of that year, Mr. Desmond Purcell, lives in Houston. He recalls Lomax as a talker who owned "
        "a yellow dog. He was shown six photographs and picked out none."
    )
    t.para(
        "Mrs. Tarrant says that no one from the Bureau has ever asked for the slips. Their file index has no card for "
        "the hotel."
    )
    level(first, "CONFIDENTIAL", 4.3, 10.35, Look(SANS_BOLD.sized(15), tilt=-1))
    second = Sheet(603, worn=0.4)
    _lines(second, 3)
    level(second, "CONFIDENTIAL", 4.3, 0.6, Look(SANS_BOLD.sized(15), tilt=-1.2))
    t = Typist(second, left=1.1, top=1.2, columns=62)
    t.lines("G. Blakesley", "August 2, 1978", "Page 2", "")
    t.para(
        "I recommend that the Committee subpoena the trunk before Mrs. Tarrant's lawyer hears of it. Mr. Purcell "
        "should be interviewed once more, with the picture of the dog that is in the Mobile file."
    )
    t.para(
        "The number in Mexico City ought not to be called from this office. If the Agency is willing to trace it, the "
        "request should go through Mr. Harkavy."
    )
    t.line("     Address of the feed store: " + COVER * 20)
    t.skip(2)
    t.line("RP:jl")
    t.skip(2)
    second.type("Classification:  CONFIDENTIAL", 1.1, 9.6, PICA)
    second.mark("classification", "CONFIDENTIAL")
    second.type("Classified by derivation:  R. Pelham", 1.1, 9.8, PICA)
    second.mark("handling", "Classified by derivation:  R. Pelham", "CLASSIFIED BY DERIVATION")
    film = Film(121, dpi=200, skew=0.15, blur=0.7, specks=2, grain=10, fade=0.05)
    worse = Film(122, dpi=200, skew=-0.8, blur=1.15, specks=8, grain=22, fade=0.35, bleed=0.5, cut=172, edges=0.08)
    return Memo(
        "jfk-rif",
        "pdf",
        Particulars(
            "memorandum",
            "1978-08-02",
            "August 2, 1978",
            "Roy Pelham, Staff Investigator",
            "G. Blakesley",
            "Telephone Records of the Galveston Hotel",
            "HSCA",
            "CONFIDENTIAL",
            False,
            (),
            (("rif", RIF), ("file", "011873"), ("nara", "NW 88213 DocId:32977518")),
        ),
        [
            Leaf(_cover(), film),
            Leaf(first, worse, back=second),
            Leaf(second, replace(worse, seed=123, skew=0.6), back=first),
        ],
        Card("JFK collection", "RG 233", "HSCA numbered files", "214", "011873", RIF, "Hotel toll slips", "1978-08-02"),
        "identification sheet before a memo, release line, footers of three pages, black excisions",
        segments=[Segment(1, 1, "cover sheet"), Segment(2, 3, "document")],
        recommendations=[
            Recommendation(
                "I recommend that the Committee subpoena the trunk before Mrs. Tarrant's lawyer hears of it."
            ),
            Recommendation(
                "Mr. Purcell should be interviewed once more, with the picture of the dog that is in the Mobile file."
            ),
            Recommendation("The number in Mexico City ought not to be called from this office.", polarity="against"),
            Recommendation(
                "If the Agency is willing to trace it, the request should go through Mr. Harkavy.", "contingent"
            ),
        ],
    )
