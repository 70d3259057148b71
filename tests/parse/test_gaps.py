"""White passages: which gaps of a typed page count, by what is written beside them, and which never do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.core.findings import Redaction
from pipeline.core.geometry import Box
from pipeline.core.page import ReadWord
from tests.parse.test_redactions import SENTENCES, Desk, covers

CABLE = (
    "THE AMBASSADOR SAID THAT THE TALKS IN THE CAPITAL HAD GONE",
    "WELL AND THAT HE WOULD REPORT TO THE DEPARTMENT BEFORE THE",
    "WEEK WAS OUT. HE ASKED THE DESK TO PREPARE A PAPER ON THE",
    "HARBOR WORKS, ON THE PRICE OF GRAIN AND ON THE NEW ROADS.",
)


def hand(desk: Desk, text: str, left: float, top: float, high: float = 26.0) -> None:
    """What a reader made of a note written by hand: few letters in a high box."""
    desk.lines.append([ReadWord(text, Box(left, top, left + 12.0 * len(text), top + high), 0.3)])


def cable(desk: Desk, at: float = 120.0) -> float:
    """Four lines at the left, as on a printout; where the next one would stand."""
    for line in CABLE:
        desk.type(line, 60, at)
        at += 12
    return at


def whites(desk: Desk) -> list[Redaction]:
    return [r for r in desk.find() if r.style == "white"]


@pytest.mark.parametrize(
    ("note", "code"),
    [("b1a3a5", "b1, a3, a5"), ("61 45", "b1, a5"), ("b1a3u5", "b1, a3, a5"), ("XN", None), ("(hi()(a)()", None)],
)
def test_missing_lines_with_a_code_by_hand_beside_them(note: str, code: str | None) -> None:
    desk = Desk()
    end = cable(desk)
    hand(desk, note, 500, end + 30)
    cable(desk, end + 96)
    (found,) = whites(desk)
    assert found.box is not None and found.box.iou(Box(60, end - 2, 470, end + 97)) > 0.8
    assert found.code == code
    assert found.lines > 5


def test_a_broken_line_that_goes_on_in_the_middle_of_the_next() -> None:
    desk = Desk()
    end = cable(desk)
    first = desk.type("CONTROL PROCESS.", 60, end)
    rest = desk.type("SIMONS STRESSED THAT REAL CHANCES TO", 200, end + 12)
    cable(desk, end + 24)
    assert whites(desk) == []
    hand(desk, "b1a3a5", 500, end - 10)
    begin, late = whites(desk)
    assert begin.box is not None and begin.box.left == pytest.approx(first[-1].right, abs=1)
    assert late.box is not None and late.box.right == pytest.approx(rest[0].left, abs=1)
    assert begin.code == late.code == "b1, a3, a5"


def test_the_last_line_of_a_paragraph_breaks_off_within_a_sentence() -> None:
    desk = Desk()
    end = cable(desk)
    words = desk.type("THE POPE COMMENTED THAT", 60, end)
    hand(desk, "b1a345", 500, end - 6)
    cable(desk, end + 24)
    (found,) = whites(desk)
    assert found.box is not None and found.box.left == pytest.approx(words[-1].right, abs=1) and found.lines == 1


def test_of_a_page_with_little_left_the_note_tells_the_width() -> None:
    desk = Desk()
    desk.type("TEXT OF TELEGRAM 86ROME 025093", 60, 60)
    hand(desk, "XN", 400, 120)
    desk.type("BILATERAL COOPERATION", 60, 260)
    (found,) = whites(desk)
    assert found.box is not None and found.box.iou(Box(60, 72, 370, 260)) > 0.85


def test_a_printed_code_within_a_line() -> None:
    desk = Desk()
    desk.letter()
    desk.type("The source", 80, 284)
    desk.type("(b)(1)", 200, 284)
    desk.type("told us that the harbor is empty.", 290, 284)
    desk.lines[-3:] = [[w for line in desk.lines[-3:] for w in line]]
    desk.type("He could not say when the ships would be back in the bay.", 80, 298)
    (found,) = whites(desk)
    assert found.code == "b1" and covers(found, Box(150, 285, 290, 296))


def test_a_printed_code_in_the_margin_of_missing_lines() -> None:
    desk = Desk()
    desk.letter(200)
    desk.type("25X1", 560, 320)
    desk.letter(360)
    (found,) = whites(desk)
    assert found.code == "25X1" and found.box is not None and found.box.top < 300 and found.box.bottom > 355


def test_a_gap_in_the_midst_of_a_sentence() -> None:
    desk = Desk()
    desk.letter()
    before = desk.type("In the meantime", 80, 284)
    behind = desk.type("will go on at the present rate.", 300, 284)
    desk.lines[-2:] = [[w for line in desk.lines[-2:] for w in line]]
    (found,) = whites(desk)
    assert covers(found, Box(before[-1].right, before[-1].top, behind[0].left, before[-1].bottom))


def table(desk: Desk) -> None:
    """Rows that read on like sentences are a table's where there are several."""
    desk.letter()
    for n in range(6):
        desk.type("the price of grain", 80, 300 + 14 * n)
        desk.type("went up in spring and in", 330, 300 + 14 * n)
        desk.lines[-2:] = [[w for line in desk.lines[-2:] for w in line]]


def signature(desk: Desk) -> None:
    desk.letter()
    hand(desk, "Jn", 330, 300)
    desk.type("John Q. Smith", 320, 340)
    desk.type("Deputy Director", 320, 354)


def dated(desk: Desk) -> None:
    hand(desk, "11/21/89", 480, cable(desk) + 30)
    cable(desk, 264)


def bare(desk: Desk) -> None:
    cable(desk, cable(desk) + 96)


def indented(desk: Desk) -> None:
    """Paragraphs begin with an indentation, and a reviewer wrote at the head of the page."""
    for n, text in enumerate(SENTENCES):
        desk.type("the week." if n % 3 == 2 else text, 150 if n % 3 == 0 else 80, 200 + 14 * n)
    hand(desk, "b1a5", 560, 200)


def list_of_names(desk: Desk) -> None:
    for n, text in enumerate(SENTENCES):
        desk.type(text, 80, 200 + 56 * n)
    hand(desk, "85", 560, 240)


def release_line(desk: Desk) -> None:
    desk.letter()
    desk.type("Approved for Release: 2019/06/26 C02893558", 150, 760)
    desk.type("3.5(c)", 540, 700)


@pytest.mark.parametrize("page", [table, signature, dated, bare, indented, list_of_names, release_line])
def test_gaps_that_mean_nothing(page: Callable[[Desk], None]) -> None:
    desk = Desk()
    page(desk)
    assert desk.find() == ()
