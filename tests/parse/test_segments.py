"""Which pages are one thing, and of what kind."""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.document import Votes
from pipeline.core.page import Page
from pipeline.parse.segments import segment
from tests.parse.test_particulars import DISPATCH, LETTER, MEMO, SHEET
from tests.parse.typed import scan, typed

PROSE = "\n\n" + "The launches were looked at by the branch and found to be dry and sound.\n" * 12
BLANK = replace(typed("", 1), blank=True, grade="blank")


def parts(*texts: str | Page) -> list[tuple[int, int, str]]:
    pages = tuple(
        typed(text, n) if isinstance(text, str) else replace(text, number=n) for n, text in enumerate(texts, 1)
    )
    return [(s.first_page, s.last_page, s.kind) for s in segment(scan(len(pages)), pages, Votes())]


def test_an_identification_sheet_stands_before_its_document() -> None:
    assert parts(SHEET, MEMO, PROSE) == [(1, 1, "cover sheet"), (2, 3, "document")]


def test_a_new_head_begins_a_new_document() -> None:
    assert parts(MEMO, PROSE, LETTER) == [(1, 2, "document"), (3, 3, "document")]


def test_a_numbered_page_goes_on_even_with_a_head() -> None:
    assert parts(MEMO, "PAGE TWO" + MEMO) == [(1, 2, "document")]


def test_what_repeats_the_documents_number_continues_it() -> None:
    assert parts(DISPATCH, "DISPATCH     SECRET     UFGA-13999\n" + PROSE) == [(1, 2, "document")]


def test_attachments_are_known_by_their_heading() -> None:
    assert parts(MEMO, "   ATTACHMENT A\n" + PROSE) == [(1, 1, "document"), (2, 2, "attachment")]


def test_a_routing_sheet_is_no_document() -> None:
    assert parts("        ROUTING AND RECORD SHEET\n" + PROSE, MEMO) == [(1, 1, "routing slip"), (2, 2, "document")]


def test_an_archives_notices_are_cover_sheets() -> None:
    assert parts("       WITHDRAWAL NOTICE\n" + PROSE, MEMO)[0] == (1, 1, "cover sheet")


def test_blanks_stand_apart_at_the_end_and_stay_inside_a_document() -> None:
    assert parts(MEMO, BLANK) == [(1, 1, "document"), (2, 2, "blank")]
    assert parts(MEMO, BLANK, PROSE) == [(1, 3, "document")]


def test_every_page_is_in_one_part_even_when_some_could_not_be_read() -> None:
    pages = (typed(MEMO, 1), typed(LETTER, 4))
    found = segment(scan(6), pages, Votes())
    assert [(s.first_page, s.last_page) for s in found] == [(1, 3), (4, 6)]


def test_nothing_read_is_nothing_parted() -> None:
    assert segment(scan(2), (), Votes()) == ()


def test_an_archives_reference_sheet_is_a_cover_sheet() -> None:
    note = "REFERENCE COPY    DISTRICT RECORDS CENTER\n\nRequest: 2011-0733\n\nThe attached page was copied from film.\n"
    assert parts(note, MEMO) == [(1, 1, "cover sheet"), (2, 2, "document")]


def test_bleed_through_without_a_letter_is_blank() -> None:
    bleed = "!?8 :R058 ,0:  3!5\n 14,5 :: 191 ?? ,,\n 0? :6 ,5 ,4\n" * 4
    assert parts(MEMO, bleed) == [(1, 1, "document"), (2, 2, "blank")]


MESSAGE = """
          CLASSIFIED MESSAGE     SECRET
TO   : DIRECTOR
FROM : MEXICO CITY
ACTION: WH 8
INFO : DDP, CI 2

SECRET 191645Z
DIR CITE MEXI 2621
1. THE LAUNCHES LIE DRY AND SOUND AT THE YARD.
"""


def test_a_later_page_of_a_message_repeats_its_title_without_an_address() -> None:
    assert parts(MESSAGE, "  CLASSIFIED MESSAGE     SECRET     IN622   PAGE\n" + PROSE) == [(1, 2, "document")]
    assert parts(MESSAGE, MESSAGE) == [(1, 1, "document"), (2, 2, "document")]
    form = "        MESSAGE FORM\nORIG: HARBOUR\nUNIT: WH/4\nDATE: 18 APR 68\n"
    assert parts(MEMO, form + PROSE) == [(1, 1, "document"), (2, 2, "document")]


def test_what_a_reviewers_database_printed_stands_apart() -> None:
    printed = "Print One Document with Issues - All Input Fields\nSorted by Issue\nISSUES Subform:\n"
    assert parts(SHEET, MEMO, printed + PROSE)[-1] == (3, 3, "cover sheet")
