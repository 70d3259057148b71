"""What stands in a form's fields is spelled out with the reader that reads pages."""

import cv2
import numpy as np
import pytest

from pipeline.core.page import Page
from pipeline.ocr.ink import PageInk
from pipeline.parse.hands import Known, spelled, stamped_day, written_codes, written_day
from pipeline.settings import Settings

FINE = 5
INK = PageInk(None, Page(1, 612.0, 792.0, "", ()), Settings())  # type: ignore[arg-type]  # reads crops, never its sheet
ERA = Known(("1982-08-01", "1995-10-13"))


def written(text, angle=0.0, font=cv2.FONT_HERSHEY_SIMPLEX, size=(300, 420)):
    """Text on the picture of a field, run down to the right by `angle` degrees, over the rule of the field."""
    picture = np.full(size, 255, np.uint8)
    (wide, high), _ = cv2.getTextSize(text, font, 1.4, 4)
    cv2.putText(picture, text, ((size[1] - wide) // 2, (size[0] + high) // 2), font, 1.4, 0, 4, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((size[1] / 2, size[0] / 2), -angle, 1.0)
    picture = cv2.warpAffine(picture, turn, size[::-1], borderValue=255)
    cv2.line(picture, (10, size[0] // 2 + 20), (size[1] - 10, size[0] // 2 + 20), 0, 4)
    return picture


@pytest.mark.parametrize(("text", "day"), [("12MAR91", "1991-03-12"), ("7 Sep 88", "1988-09-07")])
def test_a_day_in_letters(text, day):
    spelled = written_day(written(text), FINE, INK, ERA)
    assert spelled is not None and spelled.edtf == day


def test_a_day_whose_numbers_stand_between_high_strokes():
    picture = np.full((200, 460), 255, np.uint8)
    for text, x in (("11", 20), ("24", 150), ("89", 300)):
        cv2.putText(picture, text, (x, 130), cv2.FONT_HERSHEY_SIMPLEX, 1.8, 0, 4, cv2.LINE_AA)
    for x in (100, 240):
        cv2.line(picture, (x, 180), (x + 45, 40), 0, 4)
    spelled = written_day(picture, FINE, INK, ERA)
    assert spelled is not None and (spelled.edtf, spelled.text) == ("1989-11-24", "11/24/89")


class Even:
    """Ink on which some strings stand equally well and others not at all."""

    def __init__(self, *shown):
        self.shown = shown

    def spot(self, crop, strings):
        return [0.0 if text in self.shown else -30.0 for text in strings]


LINE = np.full((40, 200), 255, np.uint8)


def test_of_days_that_the_ink_shows_alike_that_near_known_specimens_is_taken():
    ink, known = Even("11/14/85", "11/14/89"), Known(("1982-08-01", "1991-12-31"), seen=("1989-11-10", "1989-11-21"))
    assert spelled(LINE, ink, Known(known.era)) is None
    assert spelled(LINE, ink, known).edtf == "1989-11-14"


def test_an_office_kept_working_days():
    saturday, friday = "11/4/89", "11/3/89"
    known = Known(("1982-08-01", "1991-12-31"), workdays=True)
    assert spelled(LINE, Even(saturday, friday), Known(known.era)) is None
    assert spelled(LINE, Even(saturday, friday), known).edtf == "1989-11-03"


def test_a_day_before_its_month_where_some_write_so():
    era = ("1975-01-01", "1995-12-31")
    assert spelled(LINE, Even("20/12/79"), Known(era)) is None
    assert spelled(LINE, Even("20/12/79"), Known(era, day_first=True)).edtf == "1979-12-20"
    assert spelled(LINE, Even("2/1/80"), Known(era, read="1980-02-01", day_first=True)) is None


def test_a_date_stamp_across_the_line():
    spelled = stamped_day(written("APR 24 1992", 42.0), FINE, INK, ERA)
    assert spelled is not None and spelled.edtf == "1992-04-24"


def test_a_day_is_one_on_which_the_stamp_was_in_use():
    spelled = stamped_day(written("APR 24 1972", 42.0), FINE, INK, ERA)
    assert spelled is None or "1982-08-01" <= spelled.edtf <= "1995-10-13"


def test_scribbles_and_white_are_no_day():
    assert written_day(np.full((200, 400), 255, np.uint8), FINE, INK, ERA) is None
    assert written_day(written("signed"), FINE, INK, ERA) is None


@pytest.mark.parametrize(("text", "codes"), [("b1 a3 a5", ("b1", "a3", "a5")), ("(b)(1)", ("b1",))])
def test_exemption_codes(text, codes):
    assert written_codes(written(text, font=cv2.FONT_HERSHEY_DUPLEX), FINE, INK, "exemptions") == codes


def test_soil_holds_no_codes():
    snow = np.where(np.random.default_rng(3).random((120, 400)) < 0.2, np.uint8(0), np.uint8(255))
    assert (
        written_codes(cv2.resize(snow, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST), FINE, INK, "retained") == ()
    )
