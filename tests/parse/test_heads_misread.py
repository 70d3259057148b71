"""Heads whose letters were misread: told by their company, their place and what a form always says."""

from __future__ import annotations

import pytest

from pipeline.core.page import Page, ReadWord
from pipeline.parse.identifiers import record_number
from pipeline.parse.segments import is_continuation
from tests.parse.test_particulars import MEMO, SHEET, described
from tests.parse.typed import typed

TELEGRAM = """
TEXT OF TELEGRAM 86LISBON018493
PAGE 01        LISBON  18493  241625Z
ACTION EUR-00
P 241615Z OCT 86
{fm} LISBON
TO SECSTATE WASHDC PRIORITY 2230
INFO LISBON POLITICAL COLLECTIVE
CONFIDENTIAL LISBON 18493
E.O. 12356: DECL:OADR
SUBJECT: PUBLIC LINE ON THE HARBOUR
1.  THE LAUNCHES ARE SPOKEN OF IN THE NEWSPAPERS.
"""

LETTER = """
   Date:    February 11, 1960
   To       Director
            Central Harbour Agency
   Prone    John Edgar Hoover, Director
   Subjects SUSAN GULFPORT
            SECURITY MATTER

            Reference is made to your letter dated February 2,
   1960, concerning the captioned individual and her launches.
"""

OUTGOING = """
                     CLASSIFIED MESSAGE
   TO      LISBON
   FROM    DIRECTOR
   CONF    C/WE 3

   TO      LISB     INFO                     OR DR
                                                        95584
   1. DO NOT BELIEVE THE LAUNCHES ARE A HAZARD TO THE HARBOUR.
"""

AIRTEL = """
                                                10/27/59
   AIRTEL            AIRMAIL

   TO:         DIRECTOR, FBI  Deplasily on: OADR
   FROM:       SAC, GULFPORT (105-2301)

   CARLOS HARGROVE
   IS - CUBA; RA - CUBA

         Enclosed are 11 copies of a letterhead memorandum on the two
   launches of the harbour patrol, which were seen on 10/24/59.
"""

COVER_PAGE = """
GP 2-156

Copies Made:      9 - Bureau (2-1622)

Will attempt to locate the owner of the launches on August 7, 1962.

                         - B -
                     - COVER PAGE -
"""


@pytest.mark.parametrize("fm", ["FM AMEMBASSY", "AM AMEMBASSY", "FM-AMEMBASSY", "FMAMEMBASSY"])
def test_a_telegrams_sender_stands_over_its_addressee_whatever_was_made_of_fm(fm: str) -> None:
    cable = described(typed(TELEGRAM.format(fm=fm)))
    assert (cable.sender, cable.recipient) == ("AMEMBASSY LISBON", "SECSTATE WASHDC")


def test_from_is_told_by_its_place_between_to_and_subject() -> None:
    letter = described(typed(LETTER))
    assert letter.sender == "John Edgar Hoover, Director"
    assert letter.recipient and letter.recipient.startswith("Director Central Harbour Agency")
    assert letter.subject == "SUSAN GULFPORT SECURITY MATTER"


def test_the_number_stamped_on_an_outgoing_message_names_it() -> None:
    numbers = {(i.kind, i.value) for i in described(typed(OUTGOING)).identifiers}
    assert ("cable", "DIR 95584") in numbers
    assert not any(kind == "cable" for kind, _ in {(i.kind, i.value) for i in described(typed(MEMO)).identifiers})


def test_a_stamps_line_beside_a_name_is_no_part_of_it_and_the_caption_may_stand_at_the_labels_edge() -> None:
    airtel = described(typed(AIRTEL))
    assert (airtel.recipient, airtel.sender) == ("DIRECTOR, FBI", "SAC, GULFPORT (105-2301)")
    assert airtel.subject == "CARLOS HARGROVE IS CUBA; RA CUBA"


def test_a_restricted_field_of_a_sheet_tells_nothing() -> None:
    sheet = SHEET.replace("HARBOUR, BRANCH", "[ RESTRICTED 1")
    assert described(typed(sheet), typed("The launches are dry.", 2)).sender is None


def test_specks_after_a_sheets_file_number_are_left_out() -> None:
    sheet = SHEET.replace("CR 88-1234-5", "CR 88-1234-5 i")
    assert "88-1234-5" in {i.value for i in described(typed(sheet), typed(MEMO, 2)).identifiers}


def test_a_date_far_from_the_sheets_is_a_reviewers() -> None:
    reviewed = MEMO.replace("8 June 1961", "DATE: 8-26-94")
    assert described(typed(SHEET), typed(reviewed, 2)).date == "1961-06-08"


def test_the_record_number_at_the_edge_names_the_agency_without_a_sheet() -> None:
    page = typed("104-10099-10401   2025 RELEASE\n" + MEMO)
    assert record_number([page]) == "104-10099-10401"
    assert described(page).agency == "CIA"


def test_a_later_cover_page_of_an_fbi_report_has_lost_its_head() -> None:
    assert is_continuation(typed(COVER_PAGE))
    assert not is_continuation(typed(COVER_PAGE.replace("- B -", "- A -")))
    report = described(typed(SHEET), typed(COVER_PAGE, 2))
    assert (report.doc_type, report.date) == ("report", "1961-06-08")


INCOMING = """
                     CLASSIFIED MESSAGE
   TO      {to}
   FROM    PARIS
   ACTION  SAS 8

   PRITY DIR INFO MADR WAVE CITE PART 9068

   1. LAUNCHES LEFT THE HARBOUR ON THE MORNING TIDE.
"""


def test_a_message_is_cited_by_the_first_letters_of_its_senders_name() -> None:
    numbers = {(i.kind, i.value) for i in described(typed(INCOMING.format(to="DIRECTOR"))).identifiers}
    assert ("cable", "PARI 9068") in numbers


def test_headquarters_is_written_to_as_director_whatever_the_line_abbreviates() -> None:
    lost = INCOMING.format(to="DIRECTOR").replace("   TO      DIRECTOR\n   FROM    PARIS\n", "")
    assert described(typed(lost)).recipient == "DIRECTOR"


BOXED = """
   DISPATCH              SECRET                  PROCESSING
   10
       Chief, Task Force W                       MARKED FOR INDEXING
   FROM
       Chief of Station, HARBOUR                 ABSTRACT
   was GYRATE/Operational
       Launches of the Harbour Patrol
   ACTION REQUMED REFERENCES
       REFERENCE: DIR-14742

       1. INTRODUCTION.  As a follow up to the reference the launches were
       looked at by the branch and were found to be dry and sound.
"""

CITED = """
   ON     MEXICO CITY
   TON:   8

   DIR INFO WAVE MNTY CITE MEXI 6620

   1. LAUNCHES LEFT THE HARBOUR ON THE MORNING TIDE.
"""

QUOTING = """
                                       OCI No. 1427/63
                                       23 April 1963

            The Launches of the Harbour Patrol

   1.  The report was given to the community on 27 March and was noted
   in the Current Intelligence Bulletin dated
   29 March, and again when the launches left.
"""


def test_the_subject_of_a_dispatch_ends_at_its_next_compartment() -> None:
    assert described(typed(BOXED)).subject == "GYRATE/Operational Launches of the Harbour Patrol"


def test_a_post_cited_by_four_letters_is_named_as_the_box_above_has_it() -> None:
    assert described(typed(CITED)).sender == "MEXICO CITY"


def test_a_bulletin_that_is_spoken_of_is_no_title_and_its_office_numbers_its_papers() -> None:
    paper = described(typed(QUOTING))
    assert paper.subject != "CURRENT INTELLIGENCE BULLETIN"
    assert paper.agency == "CIA"
    assert ("doc", "OCI No. 1427/63") in {(i.kind, i.value) for i in paper.identifiers}


def test_a_tilted_subject_is_found_on_the_row_of_the_tags() -> None:
    text = TELEGRAM.format(fm="FM AMEMBASSY").replace(
        "SUBJECT: PUBLIC LINE ON THE HARBOUR", "TAGS:    WEIGHED LINES\nSUBJECT"
    )
    words = [[(w.text, w.box) for w in line.words if w.box] for line in typed(text).lines]
    tilted = [[ReadWord(t, b.moved(0, 8) if t in ("WEIGHED", "LINES") else b, 0.95) for t, b in line] for line in words]
    assert described(Page.of_lines(1, (612.0, 792.0), tilted)).subject == "WEIGHED LINES"


HEADED = """
            HEADQUARTERS THIRD HARBOUR DISTRICT
                Office of the Harbour Master
                                              14 January 1949
   MEMORANDUM TO: Depot Commander, Lisbon
   SUBJECT: Lumber for the Launches
   1. Of the lumber asked for in November most is green. It is
   suggested that the launches at the yard be mended first.

                              ELSPETH J. ROWLAND
                              Major, Corps of Engineers
"""


def test_a_letterhead_over_an_office_is_no_signer() -> None:
    assert described(typed(HEADED)).sender == "ELSPETH J. ROWLAND"
