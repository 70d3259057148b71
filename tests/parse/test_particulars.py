"""What a document says of itself, by the manner of its head; and what its sheet adds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.core.document import Particulars, Votes
from pipeline.core.findings import Marking, Stamp
from pipeline.core.geometry import Box, Place
from pipeline.core.page import Page
from pipeline.parse.particulars import describe
from pipeline.parse.segments import segment
from tests.parse.typed import scan, typed

CORPUS = Path(__file__).parents[2] / "corpus"


def described(*pages: Page, votes: Votes | None = None) -> Particulars:
    votes = votes or Votes()
    file = scan(len(pages))
    return describe(file, pages, votes, segment(file, pages, votes)).particulars


MEMO = """
                                                  8 June 1961

MEMORANDUM FOR :  Chief, Western Division
FROM           :  Chief, Harbour Branch
SUBJECT        :  Purchase of Two Launches for the
                  Harbour Patrol

1.  Reference is made to the request dated 2 May 1960 of the patrol for
two launches.  The branch has looked at three yards.

2.  The yard at Gulfport can build both before the winter for less than
the sum that was set aside.
"""

SHEET = """
                    JFK ASSASSINATION SYSTEM                   Date : 05/20/97
                      IDENTIFICATION FORM

            AGENCY : CIA
     RECORD NUMBER : 104-10099-10401
    RECORDS SERIES : JFK
AGENCY FILE NUMBER : CR 88-1234-5

        ORIGINATOR : CIA
              FROM : HARBOUR, BRANCH
                TO : DIVISION
             TITLE : LAUNCHES
              DATE : 06/08/1961
             PAGES : 2

     DOCUMENT TYPE : PAPER, TEXTUAL DOCUMENT
    CLASSIFICATION : SECRET
    CURRENT STATUS : OPEN
DATE OF LAST REVIEW : 01/14/98
"""


def test_a_memo_head_tells_sender_addressee_subject_and_date() -> None:
    memo = described(typed(MEMO))
    assert memo.doc_type == "memorandum"
    assert (memo.date, memo.date_text) == ("1961-06-08", "8 June 1961")
    assert memo.recipient == "Chief, Western Division"
    assert memo.sender == "Chief, Harbour Branch"
    assert memo.subject == "Purchase of Two Launches for the Harbour Patrol"


def test_each_value_knows_its_place_rule_and_confidence() -> None:
    subject = next(e for e in described(typed(MEMO)).evidence if e.name == "subject")
    assert subject.text == "Purchase of Two Launches for the\nHarbour Patrol"
    assert len(subject.boxes) == 2 and subject.box is not None and subject.box.left > 150
    assert subject.method.startswith("rule:") and subject.method.endswith("@1")
    assert 0.5 < subject.confidence < 1.0


def test_confused_letters_in_labels_are_admitted() -> None:
    memo = described(typed(MEMO.replace("FROM ", "FRON ").replace("SUBJECT", "SUBJEOT")))
    assert (memo.sender, memo.subject) == ("Chief, Harbour Branch", "Purchase of Two Launches for the Harbour Patrol")


def test_the_documents_own_particulars_beat_its_sheets() -> None:
    both = described(typed(SHEET), typed(MEMO, 2))
    assert both.recipient == "Chief, Western Division"
    assert both.subject == "Purchase of Two Launches for the Harbour Patrol"
    assert both.classification == "SECRET", "where the document is silent the sheet is heard"


def test_the_sheets_numbers_are_the_documents() -> None:
    numbers = {(i.kind, i.value) for i in described(typed(SHEET), typed(MEMO, 2)).identifiers}
    assert {("rif", "104-10099-10401"), ("file", "88-1234-5")} <= numbers


def test_a_silent_document_is_described_by_its_sheet() -> None:
    silent = described(typed(SHEET), typed("\n\nThe launches are afloat and have been paid for in full.\n" * 6, 2))
    assert (silent.sender, silent.recipient, silent.subject) == ("HARBOUR, BRANCH", "DIVISION", "LAUNCHES")
    assert silent.date == "1961-06-08"


def test_a_sheet_whose_values_a_reader_took_apart_is_put_together() -> None:
    wide = SHEET.replace(" : ", " : " + " " * 14)
    assert ("rif", "104-10099-10401") in {
        (i.kind, i.value) for i in described(typed(wide, columns_apart=True), typed(MEMO, 2)).identifiers
    }


def test_the_date_of_a_stamp_is_never_the_documents() -> None:
    page = typed(MEMO.replace("8 June 1961", "3/5/1988   "))
    [word] = [w for w in page.words if w.text == "3/5/1988"]
    assert word.box
    stamp = Stamp(page=1, text="REVIEWED 3/5/1988", box=word.box, boxes=(Place(1, word.box),), template="X", kind="review",
                  date="1988-03-05")  # fmt: skip
    assert described(page).date == "1988-03-05"
    assert described(page, votes=Votes((), (stamp,))).date is None


def test_the_level_is_the_highest_mark_and_struck_when_any_is() -> None:
    marks = tuple(
        Marking(
            page=1,
            text=level,
            canonical=level,
            kind="classification",
            template="LEVEL",
            struck=struck,
            box=Box(0, 0, 9, 9),
        )
        for level, struck in (("CONFIDENTIAL", False), ("SECRET", True), ("UNCLASSIFIED", False))
    )
    control = Marking(page=1, text="NOFORN", canonical="NOFORN", kind="control", template="NOFORN")
    memo = described(typed(MEMO), votes=Votes((*marks, control), ()))
    assert (memo.classification, memo.classification_struck, memo.controls) == ("SECRET", True, ("NOFORN",))


CABLE = """
TEXT OF TELEGRAM 86LISBON 044120
PAGE 01        LISBON  44120
ACTION EUR-00
INFO  LOG-00  COPY-01  ADS-00  INR-10  SS-00  CIAE-00
P 091517Z OCT 86
FM AMEMBASSY LISBON
TO SECSTATE WASHDC PRIORITY 1781
AMEMBASSY MADRID IMMEDIATE
INFO AMEMBASSY PARIS
C O N F I D E N T I A L LISBON 44120
E.O. 12356: DECL: OADR
TAGS: PREL, PO
SUBJECT:FISHING RIGHTS OFF
-       THE AZORES
REF: STATE 307648
1. THE MINISTER SAID ON OCTOBER 3, 1986 THAT HE WOULD WAIT.
"""


def test_a_teletyped_message() -> None:
    cable = described(typed(CABLE))
    assert (cable.doc_type, cable.agency) == ("cable", "State")
    assert (cable.date, cable.sender) == ("1986-10-09", "AMEMBASSY LISBON")
    assert cable.recipient == "SECSTATE WASHDC; AMEMBASSY MADRID"
    assert cable.subject and cable.subject.startswith("FISHING RIGHTS OFF")
    values = {i.value for i in cable.identifiers}
    assert {"LISBON 44120", "86LISBON 044120", "091517Z OCT 86"} <= values


TELEGRAM = """
INCOMING TELEGRAM      Department of State

                    CONFIDENTIAL
Action                            Control: 4471
 EUR                              Rec'd:   July 2, 1959
          FROM: Copenhagen                 7:17 a.m.
Info
          TO:   Secretary of State
 SS
          NO:   12, July 1, 10 a.m.

          SENT DEPARTMENT 12, REPEATED INFORMATION OSLO 3

          The Foreign Minister asked whether the fish treaty of
          January 3, 1951 would be renewed before the winter.
"""


def test_an_incoming_telegram_takes_its_year_from_its_receipt() -> None:
    telegram = described(typed(TELEGRAM))
    assert telegram.doc_type == "cable"
    assert (telegram.sender, telegram.recipient) == ("Copenhagen", "Secretary of State")
    assert telegram.date in ("1959-07-01", "1959-07-02")
    assert ("other", "Control: 4471") in {(i.kind, i.value) for i in telegram.identifiers}


DISPATCH = """
DISPATCH                       CLASSIFICATION            PROCESSING
                               SECRET
TO                                                       MARKED FOR INDEXING
   Chief, Harbour Affairs Staff
INFO                                                     NO INDEXING REQUIRED

FROM
   Chief of Station, Gulfport
SUBJECT
   GYBOLT/OPERATIONAL
   Progress Report on the Launches
ACTION REQUIRED - REFERENCES
Reference: UFGA-11700, dated 14 October 1963
1. Two launches were delivered during the period.




Distribution:                  DATE TYPED                DATE DISPATCHED
3 - Hqs                        9 Jan 1964                JAN 15 1964
                               DISPATCH SYMBOL AND NUMBER
                               UFGA-13999
                               HEADQUARTERS FILE NUMBER
"""


def test_the_boxes_of_a_dispatch_hold_their_values_below_the_labels() -> None:
    dispatch = described(typed(DISPATCH))
    assert (dispatch.doc_type, dispatch.agency) == ("dispatch", "CIA")
    assert dispatch.recipient == "Chief, Harbour Affairs Staff"
    assert dispatch.sender == "Chief of Station, Gulfport"
    assert dispatch.subject == "GYBOLT/OPERATIONAL Progress Report on the Launches"
    assert dispatch.date == "1964-01-09"


REPORT = """
             CENTRAL INTELLIGENCE AGENCY
              INFORMATION REPORT TELEGRAM

COUNTRY  PORTUGAL                        REPORT NO. TDCS-3/566,301
SUBJECT  PLANS OF THE FISHING FLEET      DATE DISTR. 18 DECEMBER 1963
         FOR THE WINTER
DATE OF  LATE NOVEMBER 1963              PRECEDENCE ROUTINE
INFO.
PLACE &  LISBON, 16 DECEMBER 1963
DATE ACQ.
SOURCE   A SHIP CHANDLER
   THIS IS UNEVALUATED INFORMATION. SOURCE GRADINGS ARE DEFINITIVE.
"""


def test_an_information_report_is_dated_by_its_distribution() -> None:
    report = described(typed(REPORT))
    assert (report.doc_type, report.agency) == ("intelligence-report", "CIA")
    assert (report.date, report.subject) == ("1963-12-18", "PLANS OF THE FISHING FLEET FOR THE WINTER")
    assert ("doc", "TDCS-3/566,301") in {(i.kind, i.value) for i in report.identifiers}


LETTER = """
                    UNITED STATES SENATE
                                             June 30, 1951

Dear Mr. Amesbury:

I have had eleven letters this month from the fishermen of the coast, and
all of them ask the same question.  What has become of the launches?

                              Sincerely yours,

                              Lucius B. Throckmorton
"""


def test_a_letter_has_a_salutation_and_a_signer() -> None:
    letter = described(typed(LETTER))
    assert (letter.doc_type, letter.agency, letter.date) == ("letter", "Congress", "1951-06-30")
    assert (letter.recipient, letter.sender) == ("Mr. Amesbury", "Lucius B. Throckmorton")


def test_a_damaged_date_is_held_against_the_sheet() -> None:
    own = described(typed(SHEET), typed(MEMO.replace("8 June 1961", "8 June 1861"), 2))
    assert (own.date, own.date_text) == ("1961-06-08", "8 June 1861"), "the text stays as it was read"


def test_noise_describes_nothing() -> None:
    noise = described(typed("a . ,\n ;; -- ' |\n e e\n"))
    assert (noise.sender, noise.recipient, noise.subject, noise.date, noise.doc_type) == (None,) * 5


@pytest.mark.parametrize("name", ["fbi-airtel", "state-airgram", "whitehouse-decision", "cia-bulletin"])
def test_composed_documents_are_described_as_their_gold_says(name: str) -> None:
    gold = json.loads((CORPUS / "gold" / f"{name}.json").read_text("utf-8"))
    pages = []
    for n in range(1, gold["pages_in_file"] + 1):
        path = CORPUS / "pages" / f"{name}.p{n}.txt"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        pages.append(Page.of_text(n, "\n".join(line for line in lines if not line.startswith("[["))))
    found, want = described(*pages), gold["document"]
    assert (found.doc_type, found.date, found.agency) == (want["type"], want["date"], want["agency"])
    if want["from"] and name != "cia-bulletin":
        assert (found.sender, found.recipient) == (want["from"], want["to"])


def _stamp(page: Page, texts: tuple[str, ...], template: str, kind: str, date: str | None) -> Stamp:
    """A stamp that claims the first words of a page that read so."""
    words = [next(w for w in page.words if w.text == text) for text in texts]
    boxes = tuple(Place(1, w.box) for w in words if w.box)
    return Stamp(page=1, text=" ".join(texts), box=boxes[0].box, boxes=boxes, template=template, kind=kind, date=date,
                 confidence=0.9, method="test")  # fmt: skip


def test_a_rubber_date_stamp_dates_a_memo_without_a_typed_date() -> None:
    undated = typed(MEMO.replace("8 June 1961", "24 OCT 1975"))
    stamp = _stamp(undated, ("24", "OCT", "1975"), "DATE_STAMP", "receipt", "1975-10-24")
    assert described(undated, votes=Votes(stamps=(stamp,))).date == "1975-10-24"


def test_a_stamp_without_a_date_does_not_take_the_words_of_a_typed_one() -> None:
    page = typed(MEMO)
    stamp = _stamp(page, ("June", "1961"), "CIA_RETURN", "copy", None)
    assert described(page, votes=Votes(stamps=(stamp,))).date == "1961-06-08"
    dated = _stamp(page, ("8", "June", "1961"), "X", "review", "1961-06-08")
    assert described(page, votes=Votes(stamps=(dated,))).date is None
