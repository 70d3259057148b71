"""A word stamped large: seen where the form beside it decided so, and nowhere else."""

from dataclasses import replace

import cv2
import numpy as np

from pipeline.core.findings import Stamp
from pipeline.core.geometry import Box
from pipeline.core.page import Page
from pipeline.ocr.ink import PageInk
from pipeline.parse.large import find_large
from pipeline.parse.templates import templates
from pipeline.settings import Settings

DPI = 200.0
PAGE = Page.of_lines(1, (612.0, 792.0), [])
FORM = Stamp(
    page=1, text="A/CDC/MR", box=Box(300, 400, 560, 500), boxes=(), confidence=0.9, method="drawn",
    template="STATE_ACDCMR_12356", kind="review", agency="State", decision="released_in_part",
)  # fmt: skip


class Drawn:
    """A sheet of letter size with one large worn word on it."""

    number, size, dpi, transcript, born_digital = 1, (612.0, 792.0), DPI, None, False

    def __init__(self, word, at):
        self.picture = np.full((round(792 * DPI / 72), round(612 * DPI / 72)), 255, np.uint8)
        print_ = np.full((110, 330), 255, np.uint8)
        cv2.putText(print_, word, (10, 80), cv2.FONT_HERSHEY_DUPLEX, 2.2, 0, 9, cv2.LINE_AA)
        narrow = cv2.resize(print_, (180, 110), interpolation=cv2.INTER_AREA)
        self.picture[at[1] : at[1] + 110, at[0] : at[0] + 180] = narrow
        self.picture[np.random.default_rng(5).random(self.picture.shape) < 0.3] = 255

    def render(self, dpi):
        return self.picture


def seen(word="EXCISE", at=(1150, 250), form=FORM):
    return find_large(PageInk(Drawn(word, at), PAGE, Settings()), PAGE, [form], templates())


def test_the_word_beside_a_form_that_decided_so():
    [stamp] = seen()
    assert (stamp.template, stamp.decision, stamp.text) == ("STATE_EXCISE", "released_in_part", "EXCISE")
    assert stamp.box.holds(1240 * 72 / DPI, 305 * 72 / DPI)


def test_another_word_another_place_or_another_decision_is_none():
    assert seen("GENERAL") == []
    assert seen(at=(1150, 1500)) == []
    assert seen(form=replace(FORM, decision="released_in_full")) == []
