"""Two releases are told from two papers; what one shows and the other withholds is found at its place on both."""

from __future__ import annotations

import pytest

from pipeline.compare.leaves import Leaf, Withheld
from pipeline.compare.releases import Comparison, characters, compare
from pipeline.core.geometry import Box
from pipeline.core.page import Page
from tests.compare.typed import MEMO, OTHER, typed

COLONEL = "told in confidence by Colonel Vandeveer"
SHED = "two sets of the gear in a shed at Yokosuka"


def texts(found: Comparison) -> tuple[list[str], list[str]]:
    return [p.text for p in found.opened], [p.text for p in found.closed]


def test_what_each_release_withholds_is_opened_and_closed() -> None:
    first = typed(MEMO, hide=[SHED], shift=(4.0, -3.0))
    second = typed(MEMO, hide=[COLONEL], noise=0.02, seed=2, shift=(-8.0, 6.0))
    found = compare([first], [second])
    assert found.kin and found.one_document and found.similarity > 0.9
    assert [p.text for p in found.opened] == [COLONEL]
    assert (
        len(found.closed) == 1
        and found.closed[0].text.startswith("two sets")
        and len(found.closed[0].text) == len(SHED)
    )
    [opened] = found.opened
    assert opened.redactions == second.withheld
    assert opened.hidden[0].box == second.withheld[0].box
    [shown] = opened.shown
    left = 72 + 6 * MEMO[8].index(COLONEL) + 4
    assert shown.box.iou(Box(left, 72 + 14 * 8 - 3, left + 6 * len(COLONEL), 72 + 14 * 8 + 6)) > 0.95
    assert characters(found.opened) == len(COLONEL)


def test_the_order_of_the_two_only_swaps_the_sides() -> None:
    first, second = typed(MEMO, hide=[SHED]), typed(MEMO, hide=[COLONEL])
    one, other = texts(compare([first], [second])), texts(compare([second], [first]))
    assert one == other[::-1] == ([COLONEL], [SHED])


def test_a_passage_on_bare_paper_counts_where_it_is_long() -> None:
    [opened] = compare([typed(MEMO)], [typed(MEMO, blank=[SHED])]).opened
    assert opened.text == SHED and opened.redactions == () and opened.hidden[0].page == 1
    assert texts(compare([typed(MEMO)], [typed(MEMO, blank=["diesel"])])) == ([], [])


def test_misread_words_are_no_openings() -> None:
    assert texts(compare([typed(MEMO)], [typed(MEMO, noise=0.12, seed=5)])) == ([], [])


def test_a_passage_over_several_lines_is_one_with_a_box_for_each() -> None:
    [opened] = compare([typed(MEMO)], [typed(MEMO, hide=MEMO[4:7])]).opened
    assert opened.text == " ".join(MEMO[4:7]) and len(opened.shown) == 3 and len(opened.redactions) == 3


def test_what_both_withhold_is_neither() -> None:
    assert texts(compare([typed(MEMO, hide=[SHED])], [typed(MEMO, hide=[SHED], shift=(3.0, 3.0))])) == ([], [])


@pytest.mark.parametrize("noise", [0.0, 0.04])
def test_the_same_form_with_other_matter_is_no_release(noise: float) -> None:
    form = ["AGENCY INFORMATION", "RECORD SERIES NUMBERED FILES", "DOCUMENT INFORMATION", "CURRENT STATUS REDACT",
            "DATE OF LAST REVIEW", "OPENING CRITERIA AND COMMENTS OF THE REVIEWERS", "DISTRIBUTION BY THE REGISTRY"]  # fmt: skip
    a = [x for pair in zip(form, MEMO, strict=False) for x in pair]
    b = [x for pair in zip(form, OTHER[1:], strict=False) for x in pair]
    assert not compare([typed(a)], [typed(b, noise=noise)]).kin


def test_a_form_that_is_filled_on_one_paper_only_is_no_release() -> None:
    assert not compare([typed(MEMO)], [typed([*MEMO[:3], "", "", "", "", "", "", "", MEMO[10]])]).kin


def test_covers_are_no_evidence() -> None:
    assert not compare([typed(MEMO, cover=True)], [typed(MEMO, cover=True)]).kin


def test_pages_find_each_other_behind_a_cover_and_a_page_withheld_as_a_whole() -> None:
    last = [line.replace("barge", "ferry").replace("gear", "winch") for line in OTHER]
    middle = tuple(f"{a.split()[0]} {b}" for a, b in zip(OTHER, reversed(MEMO), strict=True))
    black = Leaf(Page(3, 612.0, 792.0, "", ()), (Withheld("all", 3, Box(60, 60, 550, 700), None, None, "black"),))
    first = [typed(MEMO, 1), typed(middle, 2), typed(last, 3)]
    second = [typed(["IDENTIFICATION FORM"], 1, cover=True), typed(MEMO, 2), black, typed(last, 4)]
    found = compare(first, second)
    assert [(s.first.page.number, s.second.page.number) for s in found.pages] == [(1, 2), (2, 3), (3, 4)]
    [opened] = found.opened
    assert opened.page == 2 and opened.other_page == 3 and opened.hidden[0].box == Box(60, 60, 550, 700)
    assert found.one_document and not found.lone and not found.other_lone


def test_a_memo_within_a_larger_file_shares_pages_but_is_not_the_same_document() -> None:
    file = [typed(MEMO, 1), typed(OTHER, 2), typed([line[::-1] for line in OTHER], 3)]
    found = compare([typed(MEMO, 1)], file)
    assert found.kin and found.similarity > 0.95 and not found.one_document
    assert found.other_lone == (2, 3)


def test_a_transcript_against_a_scan_has_the_redaction_between_the_same_words() -> None:
    text = "\n".join(MEMO).replace(SHED, "[redacted]")
    start = text.index("[redacted]")
    withheld = Withheld("t", 1, None, start, start + 10, "bracket")
    found = compare([typed(MEMO)], [Leaf(Page.of_text(1, text), (withheld,))])
    [opened] = found.opened
    assert opened.text == SHED and opened.redactions == (withheld,) and opened.hidden == ()


def test_lines_in_another_order_are_still_the_same_lines() -> None:
    moved = [*MEMO[6:], *MEMO[:6]]
    found = compare([typed(MEMO)], [typed(moved)])
    assert found.similarity == 1.0 and texts(found) == ([], [])
