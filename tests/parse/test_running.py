"""Markings held against those of other pages: what is weak, what is covered, what is nothing."""

from dataclasses import replace

from pipeline.core.findings import Marking
from pipeline.core.geometry import Box
from pipeline.core.page import Page
from pipeline.parse.running import BARRED, COVERED, bear_out

PAGES = [Page.of_lines(n, (612.0, 792.0), []) for n in (1, 2, 3)]
HEAD, FOOT = Box(260, 20, 340, 38), Box(258, 750, 338, 768)


def level(page, box=HEAD, canonical="SECRET", **more):
    return Marking(**{"page": page, "text": canonical, "template": "BANNER", "kind": "classification", "canonical": canonical,
                      "box": box, "confidence": 0.9, **more})  # fmt: skip


def hidden(page, box=HEAD, **more):
    return level(page, box, "", template=COVERED, confidence=0.2, method="image:running-banner@1", text="", **more)


def borne(*markings):
    return [(m.page, m.canonical, m.box) for m in bear_out(markings, PAGES)]


def test_what_is_covered_has_the_name_of_what_stands_there_on_other_pages():
    found = bear_out([level(1), hidden(2, struck=True), level(3)], PAGES)
    assert [(m.page, m.canonical, m.struck) for m in found] == [(1, "SECRET", False), (2, "SECRET", True), (3, "SECRET", False)]
    assert "by other pages" in found[1].flags and all(m.template != COVERED for m in found)


def test_head_and_foot_of_a_page_agree():
    found = borne(level(1, canonical="TOP SECRET"), level(1, FOOT, "TOP SECRET"), hidden(2), level(2, FOOT, "CONFIDENTIAL"))
    assert (2, "CONFIDENTIAL", HEAD) in found


def test_ink_elsewhere_or_of_another_size_is_nothing():
    assert borne(level(1), hidden(2, HEAD.moved(150, 0)), hidden(3, Box(290, 20, 310, 38))) == [(1, "SECRET", HEAD)]


def test_ink_on_a_page_that_has_its_marking_there_is_nothing():
    assert borne(level(1), level(2), hidden(2, HEAD.moved(20, 25))) == [(1, "SECRET", HEAD), (2, "SECRET", HEAD)]


def test_one_other_page_is_not_enough_unless_it_is_blacked_out():
    assert borne(level(1), hidden(2)) == [(1, "SECRET", HEAD)]
    assert (2, "SECRET", HEAD) in borne(level(1), hidden(2, flags=(BARRED,)))


def test_a_control_is_named_only_under_a_black_bar():
    control = level(1, kind="control", canonical="NOFORN")
    assert borne(control, replace(control, page=3), hidden(2))[1:] == [(3, "NOFORN", HEAD)]
    assert (2, "NOFORN", HEAD) in borne(control, hidden(2, flags=(BARRED,)))


def test_a_weak_marking_stands_when_another_page_has_it_sure():
    weak = replace(level(2), confidence=0.4)
    assert borne(level(1), weak) == [(1, "SECRET", HEAD), (2, "SECRET", HEAD)]
    assert borne(weak) == []
    seen = replace(weak, method="image:banner@1", box=Box(100, 400, 180, 420))
    assert borne(level(1), seen) == [(1, "SECRET", HEAD)]


def test_what_the_image_alone_shows_at_the_head_stands_only_in_line_with_a_sure_one():
    aside = Box(HEAD.left - 180, HEAD.top, HEAD.right - 180, HEAD.bottom)
    weak = replace(level(2), confidence=0.4, method="image:banner@1")
    assert (2, "SECRET", HEAD) in borne(level(1), weak)
    assert borne(level(1), replace(weak, box=aside)) == [(1, "SECRET", HEAD)]


def test_two_weak_levels_at_head_and_foot_bear_each_other_out():
    weak = [replace(level(2, box), confidence=0.4) for box in (HEAD, FOOT)]
    assert borne(*weak) == [(2, "SECRET", HEAD), (2, "SECRET", FOOT)]
    assert borne(weak[0], replace(weak[1], canonical="CONFIDENTIAL")) == []


def test_ink_that_faintly_resembles_a_level_is_it_where_one_other_page_has_it():
    faint = replace(hidden(2), canonical="SECRET")
    assert (2, "SECRET", HEAD) in borne(level(1), faint)
    assert borne(level(1, canonical="CONFIDENTIAL"), faint) == [(1, "CONFIDENTIAL", HEAD)]
    assert borne(level(1), replace(faint, box=HEAD.moved(150, 0))) == [(1, "SECRET", HEAD)]
    middle = HEAD.moved(0, 300)
    assert (2, "SECRET", middle) not in borne(level(1, middle), replace(faint, box=middle))
    long = level(1, middle, "CONFIDENTIAL")
    assert (2, "CONFIDENTIAL", middle) in borne(long, replace(faint, box=middle, canonical="CONFIDENTIAL"))
