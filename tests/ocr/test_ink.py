"""Pixels for the stages that look at strokes."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.core.geometry import Box
from pipeline.core.page import Page
from pipeline.ocr.ink import PageInk
from pipeline.settings import Settings
from tests.ocr.drawn import DrawnSheet, typed


def ink_of(raster: np.ndarray, rotation: int = 0) -> PageInk:
    page = Page.of_lines(1, (612, 792), (), rotation=rotation)
    return PageInk(DrawnSheet(raster), page, Settings())


def test_the_ink_is_turned_as_the_page_was():
    raster = typed()
    ink = ink_of(cv2.rotate(raster, cv2.ROTATE_180), rotation=180)
    assert np.array_equal(ink.gray(), raster)
    assert ink.dpi == 300


def test_a_crop_shows_what_lies_in_the_box():
    raster = np.full((3300, 2550), 255, np.uint8)
    raster[600:700, 300:500] = 0  # 144..168 points down, 72..120 across
    crop = ink_of(raster).crop(Box(72, 144, 120, 168))
    assert crop.shape == (100, 200)
    assert crop.max() < 100
    assert ink_of(raster).crop(Box(72, 144, 120, 168), dpi=150).shape == (50, 100)


def test_a_tilted_crop_stands_upright():
    page = np.full((3300, 2550), 255, np.uint8)
    page[1620:1680, 900:1600] = 0
    tilted = cv2.warpAffine(page, cv2.getRotationMatrix2D((1250, 1650), 20, 1.0), (2550, 3300), borderValue=255)
    crop = ink_of(tilted).crop(Box(216, 354, 384, 438), angle=-20)
    rows = (crop < 128).mean(1)
    assert rows.max() > 0.75 and (rows > 0.1).sum() < 75


def test_a_crop_can_be_read():
    ink = ink_of(typed())
    lines = ink.read(ink.crop(Box(60, 90, 400, 115)), ink.dpi, "line")
    assert [w.text for w in lines[0]] == ["MEMORANDUM", "FOR", "THE", "DIRECTOR"]
    assert abs(lines[0][0].box.left - 12) < 3
