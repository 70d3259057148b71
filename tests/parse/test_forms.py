"""Forms are pinned to the page by what was read of them; their boxes are judged by the ink."""

import math

import cv2
import numpy as np
import pytest

from pipeline.core.geometry import Box
from pipeline.core.page import Page, ReadWord
from pipeline.parse.forms import forms, place
from pipeline.parse.templates import templates
from pipeline.parse.ticks import from_ink

DPI = 300.0
POINTS = 72 / DPI


class Pixels:
    dpi = DPI

    def __init__(self, picture):
        self.picture = picture

    def gray(self):
        return self.picture


class Sheet:
    """A form stamped on a page: `scale` points a unit, turned by `tilt` degrees, its left top at (90, 200) points."""

    def __init__(self, form, scale=1.0, tilt=0.0, ticked=(), skip=()):
        self.form, self.scale, self.tilt = form, scale, math.radians(tilt)
        self.picture = np.full((3300, 2550), 255, np.uint8)
        self.lines = []
        for p in form.printed:
            if p.text not in skip:
                self.lines.append(self.type(p))
        wide, high = form.cell
        for label, x, y in form.cells:
            for side in (-1, 1):
                at = x + side * (wide / 2 + 0.8)
                self.stroke((at, y - high / 2), (at, y + high / 2), 2)
            if label in ticked:
                self.stroke((x - wide / 2, y), (x - wide / 6, y + high / 3), 5)
                self.stroke((x - wide / 6, y + high / 3), (x + 1.5 * wide, y - 0.8 * high), 5)
        for left, top, right, bottom in form.rules:
            self.stroke((left, top), (right, bottom), 3)

    def at(self, x, y):
        u, v = self.scale * x, self.scale * y
        c, s = math.cos(self.tilt), math.sin(self.tilt)
        return 90 + c * u - s * v, 200 + s * u + c * v

    def stroke(self, a, b, thick):
        (x, y), (u, v) = self.at(*a), self.at(*b)
        cv2.line(self.picture, (round(x / POINTS), round(y / POINTS)), (round(u / POINTS), round(v / POINTS)), 0, thick)

    def type(self, p):
        """The words of a printed line, their letters spaced evenly; the print itself is drawn as dashes."""
        pitch = (p.right - p.left) / len(p.text)
        words, x = [], p.left
        for word in p.text.split(" "):
            ends = [self.at(x, p.middle), self.at(x + pitch * len(word), p.middle)]
            self.stroke((x, p.middle), (x + 0.6 * pitch * len(word), p.middle), 4)
            (x0, y0), (x1, y1) = ends
            words.append(
                ReadWord(
                    word, Box(min(x0, x1), min(y0, y1) - 4 * self.scale, max(x0, x1), max(y0, y1) + 4 * self.scale), 0.9
                )
            )
            x += pitch * (len(word) + 1)
        return words

    @property
    def page(self):
        return Page.of_lines(1, (612.0, 792.0), self.lines)

    @property
    def everywhere(self):
        return Box(0.0, 0.0, 612.0, 792.0)


def form(template, name):
    return next(f for f in forms() if f.template == template and f.name.startswith(name))


EVERY = [pytest.param(f, id=f"{f.template}-{f.name}") for f in forms()]


@pytest.mark.parametrize("form", EVERY)
@pytest.mark.parametrize(("scale", "tilt"), [(1.0, 0.0), (0.8, 4.0), (1.2, -3.0)])
def test_a_form_is_found_where_it_was_stamped(form, scale, tilt):
    sheet = Sheet(form, scale, tilt)
    placed = place(form.template, sheet.page, sheet.everywhere, Pixels(sheet.picture))
    assert placed is not None and placed.form is form
    for _, x, y in form.cells:
        assert math.dist(placed.point(x, y), sheet.at(x, y)) < 1.5 * scale


@pytest.mark.parametrize("form", EVERY)
def test_each_box_of_each_form_can_be_ticked(form):
    template = next(t for t in templates() if t.id == form.template)
    known = {b.label.rstrip(".") for b in template.boxes}
    for label in [label for label, _, _ in form.cells if label.rstrip(".") in known]:
        sheet = Sheet(form, 1.0, 1.0, ticked=(label,))
        placed = place(form.template, sheet.page, sheet.everywhere, Pixels(sheet.picture))
        assert [s.printed for s in from_ink(template.boxes, placed, Pixels(sheet.picture)) if s.marked] == [label]


def test_an_empty_form_has_no_tick():
    f = form("STATE_ACDCMR_12356", "tall")
    sheet = Sheet(f)
    placed = place(f.template, sheet.page, sheet.everywhere, Pixels(sheet.picture))
    boxes = next(t for t in templates() if t.id == f.template).boxes
    assert not [s for s in from_ink(boxes, placed, Pixels(sheet.picture)) if s.marked]


def test_soiled_film_ticks_nothing():
    f = form("STATE_ACDCMR_12356", "wide")
    sheet = Sheet(f)
    snow = np.random.default_rng(5).random(sheet.picture.shape) < 0.3
    soiled = np.where(snow, np.uint8(0), sheet.picture)
    placed = place(f.template, sheet.page, sheet.everywhere, Pixels(soiled))
    boxes = next(t for t in templates() if t.id == f.template).boxes
    assert not [s for s in from_ink(boxes, placed, Pixels(soiled)) if s.marked]


@pytest.mark.parametrize("name", ["wide", "tall"])
def test_printings_of_which_the_head_alone_was_read_are_told_apart_by_their_rules(name):
    f = form("STATE_ACDCMR_12356", name)
    sheet = Sheet(f, skip=[p.text for p in f.printed if "A/CDC/MR" not in p.text])
    placed = place(f.template, sheet.page, sheet.everywhere, Pixels(sheet.picture))
    assert placed is not None and placed.form is f


def test_a_page_without_the_form_has_none():
    page = Page.of_lines(1, (612.0, 792.0), [[ReadWord("Nothing", Box(72, 72, 120, 82), 0.9)]])
    assert place("STATE_APPEALS_PANEL", page, Box(0, 0, 612, 792), Pixels(np.full((3300, 2550), 255, np.uint8))) is None
