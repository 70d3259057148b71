"""Heads whose labels are damaged, lie under stamps or were never printed."""

from __future__ import annotations

import pytest

from pipeline.core.document import Votes
from pipeline.core.findings import Stamp
from pipeline.core.geometry import Box, Place
from tests.parse.test_particulars import described
from tests.parse.typed import typed

PROSE = """
     The launches were looked at by the branch and found to be dry and
sound.  They can be had before the winter for less than was set aside.
"""

MESSAGE = """
   ONG.  W. HARGROVE             MESSAGE FORM
   DAN.  24/MARCH/1965           SECRET

   10    LISBON
   ROM   DIRECTOR

   to    PRITY LISB       INFO             CITE DIR 95584

   REF: LISB 9995
   1. DO NOT BELIEVE THE LAUNCHES ARE A HAZARD TO THE HARBOUR.
"""

INCOMING = """
                    CLASSIFIED MESSAGE
                       SECRET 221452Z

   PRITY DIR INFO LISB CITE PORT 3698

   1. LAUNCHES LEFT THE HARBOUR ON THE MORNING TIDE.
   2. NO DAMAGE WAS SEEN BY THE PATROL.
"""

OFFICES = """
                                         20 July 1962
                                         CK - 175

   Chief of Station, HARBOUR
   Chief, Task Force H
   GYRATE/PW
   Activities of the Harbour League (Liga Marinera)

     1.  The source of the information contained in the paragraphs below
   is the oldest son of the present director of the league in the city.
"""

CAPTION = """
                                    2/13/67
   AIRTEL                 AIRMAIL

   TO:    SAC, JACKSONVILLE

   FROM:  SAC, JACKSON (166-NEW) (P)

   ELMER R. QUIST;
   ANTHONY LANE
   ITAR - GAMBLING

        On 2/16/67 an informant advised that the above subjects had
   registered at the motel on the coast and left it before the morning.
"""

SIGNED = """
                                              5 July 1960
MEMORANDUM FOR:  Director of Harbours
SUBJECT:         Visit to the Yards

1.  This memorandum is for the information of the Director only and
does not require any action by the office or by the branch.

                                       J. C. Rowland
                                          Chief
                                   Harbour Division
"""

AGENT = """
                        AGENT REPORT
1. NAME OF SUBJECT OR TITLE OF INCIDENT      2. DATE SUBMITTED
    QUIST, Elmer NMN                            21 November 1968
    PVT E-1, US 52 111 222
4. REPORT OF FINDINGS

        Source first met the man in September and had him as a student
in the course until June, and thought well of him in every respect.

5. TYPED NAME AND ORGANIZATION OF SPECIAL AGENT     6. SIGNATURE OF SPECIAL AGENT
    PAUL P. BARLOW, 108th MI Gp
"""

CASES = {
    "a message form": (MESSAGE, "DIRECTOR", "LISBON", None),
    "the line that cites": (INCOMING, "PORT", "DIRECTOR", None),
    "offices": (OFFICES, "Chief, Task Force H", "Chief of Station, HARBOUR",
                "GYRATE/PW Activities of the Harbour League (Liga Marinera)"),
    "a caption": (CAPTION, "SAC, JACKSON (166-NEW) (P)", "SAC, JACKSONVILLE",
                  "ELMER R. QUIST ANTHONY LANE ITAR GAMBLING"),
    "a signature over an office": (SIGNED, "J. C. Rowland", "Director of Harbours", "Visit to the Yards"),
    "the boxes of a form": (AGENT, "PAUL P. BARLOW, 108th MI Gp", None, "QUIST, Elmer NMN"),
}  # fmt: skip


@pytest.mark.parametrize("manner", CASES)
def test_head(manner: str) -> None:
    text, sender, recipient, subject = CASES[manner]
    found = described(typed(text))
    assert (found.sender, found.recipient, found.subject) == (sender, recipient, subject)


def test_a_signature_is_evidence_with_its_place() -> None:
    signer = next(p for p in described(typed(SIGNED)).evidence if p.name == "signer")
    assert signer.value == "J. C. Rowland" and signer.box is not None


def test_the_text_that_follows_without_a_gap_is_no_subject() -> None:
    text = """
MEMORANDUM
TO:      Mr. D. Brandt                 DATE: 10/15/63
FROM:    Mr. S. Parr
SUBJECT: ELMER QUIST
         INTERNAL SECURITY
             Mrs. Jane Rowe of the yard told the liaison agent that her
      office had at last been able to place a man on the harbour who might
      be able to tell more.
"""
    assert described(typed(text)).subject == "ELMER QUIST INTERNAL SECURITY"


def test_a_stamp_over_the_head_takes_no_labelled_line() -> None:
    page = typed("TO   : Mr. Allier           DATE: September 14, 1960\nFROM : S. Parr\n" + PROSE + PROSE)
    text = "DATE: September 14, 1960\nNO OBJECTION"
    box = Box(220, 45, 420, 80)
    stamp = Stamp(page=1, text=text, box=box, boxes=(Place(1, box),), template="x", kind="review")
    assert described(page, votes=Votes(stamps=(stamp,))).date == "1960-09-14"


def test_a_telegrams_number_puts_its_year_right() -> None:
    text = "TEXT OF TELEGRAM 86LISBON 17709\n\nO 141540Z OCT 96\nFM AMEMBASSY LISBON\nTO SECSTATE WASHDC\n\nSUBJECT: LAUNCHES\n"
    assert described(typed(text + PROSE)).date == "1986-10-14"


def test_a_routing_slips_date_stands_in() -> None:
    slip = typed("          ROUTING AND RECORD SHEET\n\nFROM:  Harbour Branch\n                      DATE  26 MAR 1963\n" + PROSE)
    memo = typed("MEMORANDUM FOR THE RECORD\n\nSUBJECT:  Launches\n" + PROSE, 2)
    found = described(slip, memo)
    assert found.date == "1963-03-26"
    assert next(p for p in found.evidence if p.name == "date").method == "rule:routing-slip@1"


def test_through_and_those_present_are_evidence() -> None:
    text = SIGNED.replace("SUBJECT:", "VIA:             Deputy Director\nSUBJECT:")
    assert ("through", "Deputy Director") in {(p.name, p.value) for p in described(typed(text)).evidence}


ELECTRONIC = """
MHFNO: 93-4593421
ACTION: SE/H (479)  INFO: DOMDS, FILE
SECRET 191610Z NOV 93 STAFF
CITE PORT LISBON 62359
TO: PRIORITY DIRECTOR INFO MADRID.
FOR: LIMIT SE/H INFO C/SE
SLUGS: WNINTEL LAUNCH
SUBJECT: 11 NOVEMBER 1993 MEETING AT THE YARD
REF: LISBON 62226
TEXT:
1. ACTION REQUIRED: NONE.
"""

STANDARD_FORM = """
          Memorandum

TO      :  Mr. Hargrove SECRET DATE: June 26, 1961

FROM    :  S. J. Porter

SUBJECT :  HARBOUR LAUNCHES
"""

COPIED = """
MEMORANDUM FOR THE RECORD
SUBJECT:  Purchase of Two Launches

1.  The yard can build both before the winter for less than was set aside.

                                             JOHN D. HARGROVE, JR.
                                             Associate Deputy Director
cc:  Asst. to DCI
                                             Mr. Walter Porter
"""


def test_an_electronic_message_cites_its_station() -> None:
    message = described(typed(ELECTRONIC))
    assert (message.sender, message.recipient) == ("PORT LISBON", "DIRECTOR")
    assert message.subject == "11 NOVEMBER 1993 MEETING AT THE YARD"


def test_a_mark_and_a_date_on_the_addressees_line_are_no_part_of_his_name() -> None:
    memo = described(typed(STANDARD_FORM))
    assert (memo.recipient, memo.sender, memo.date) == ("Mr. Hargrove", "S. J. Porter", "1961-06-26")


def test_those_who_have_copies_sign_nothing() -> None:
    assert described(typed(COPIED)).sender == "JOHN D. HARGROVE, JR"


def test_the_worn_end_of_a_word_announces_an_addressee() -> None:
    memo = described(typed("\nETECRANDUM FOR   THE RECORD\n\nSUBJECT :  Trials of Two Launches\n" + PROSE))
    assert (memo.doc_type, memo.recipient) == ("memorandum", "THE RECORD")


def test_an_office_is_an_addressee_and_no_hint_of_a_form() -> None:
    memo = described(typed("\nMEMORANDUM FOR:   Office of the Harbour\n\nSUBJECT :  Trials of Two Launches\n" + PROSE))
    assert memo.recipient == "Office of the Harbour"


def test_a_year_that_lost_a_stroke_is_held_against_those_of_the_text() -> None:
    told = "\n                                 14 March 1902\n\nMEMORANDUM FOR:   Chief, Harbour Branch\n" + PROSE
    assert described(typed(told + "The yard wrote in January 1962 and in February 1962.\n")).date == "1962-03-14"
    assert described(typed(told)).date == "1902-03-14"
    assert described(typed(told + "It opened in 1901; see the letters of 1962 and 1962.\n" * 2)).date == "1902-03-14"
