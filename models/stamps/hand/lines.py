"""Lines as hands write them on stamps: days in every usual manner, initials, words; drawn from fonts of handwriting.

A hand's 1 is a bare stroke, its strokes between numbers are longer than figures: these are drawn, not set. Then the line is
slanted, bent, inked, ruled under, filmed and made 48 pixels high as `pipeline.ocr.rapid` wants it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

EM = 64  # pixels: size of the letters as drawn
HIGH = 48
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHARACTERS = "\0" + "0123456789/-.,'&():" + CAPITALS + CAPITALS.lower() + " "


def manner(day: date, rng: random.Random) -> str:
    """The day as somebody writes it."""
    y, m, d = day.year, day.month, day.day
    short, name = f"{y % 100:02d}", MONTHS[m - 1]
    month = rng.choice((name[:3], name[:3].upper(), name[:3], name, f"{name[:3]}."))
    year = rng.choice((short, short, short, str(y), f"'{short}"))
    padded = rng.random() < 0.2
    mm, dd = (f"{m:02d}", f"{d:02d}") if padded else (str(m), str(d))
    mark = rng.choice("///////----. ")
    return rng.choices(
        (
            f"{mm}{mark}{dd}{mark}{short}", f"{mm}{mark}{dd}{mark}{y}", f"{d} {month} {year}", f"{d}{month[:3]}{short}",
            f"{month} {d}, {y}", f"{month} {d} {year}", f"{mm}{mark}{dd}", f"{d}-{month}-{short}",
        ),
        (62, 7, 9, 4, 4, 3, 5, 3),
    )[0]  # fmt: skip


def text(words: Sequence[str], rng: random.Random) -> str:
    """What stands on a line: mostly a day, with initials or without; sometimes words alone."""
    kind = rng.random()
    if kind < 0.12:
        return " ".join(rng.choice(words) for _ in range(rng.randint(1, 2)))[:18]
    if kind < 0.18:
        return "".join(rng.choice("0123456789") for _ in range(rng.randint(2, 6)))
    day = manner(date(1945, 1, 1) + timedelta(days=rng.randrange(28000)), rng)
    initials = "".join(rng.choice(CAPITALS) for _ in range(rng.randint(2, 3)))
    if rng.random() < 0.3:
        initials = f"{initials}/{''.join(rng.choice(CAPITALS + CAPITALS.lower()) for _ in range(3))}"
    return rng.choices((day, f"{initials} {day}", f"{day} {initials}"), (70, 18, 12))[0]


class Hand:
    """Fonts of handwriting, of which each line takes one and now and then a letter of another."""

    def __init__(self, fonts: Sequence[Path], type_fonts: Sequence[Path], rng: random.Random) -> None:
        self.rng = rng
        self.fonts = [ImageFont.truetype(str(f), EM) for f in fonts]
        self.type = [ImageFont.truetype(str(f), EM) for f in type_fonts]

    def glyph(self, c: str, font: Any, tilt: float) -> tuple[Any, int]:
        """One character, dark 255 on a canvas of its own, and how far to go on."""
        rng = self.rng
        canvas = np.zeros((3 * EM, 3 * EM), np.uint8)
        at = EM, 2 * EM
        bare = c in "1/-" and font not in self.type and rng.random() < (0.75 if c != "-" else 0.5)
        pen = rng.randint(2, 5)
        if bare and c == "-":
            long = rng.uniform(0.18, 0.5) * EM
            y = at[1] - rng.uniform(0.18, 0.35) * EM
            ends = (at[0], y + rng.uniform(-3, 3)), (at[0] + long, y + rng.uniform(-4, 4))
            cv2.line(canvas, *(tuple(map(round, e)) for e in ends), 255, pen)
            return canvas, round(long + 0.08 * EM)
        if bare:
            tall = rng.uniform(0.42, 0.7) * EM if c == "1" else rng.uniform(0.65, 1.25) * EM
            lean = rng.uniform(-0.1, 0.35) if c == "1" else rng.uniform(0.12, 0.65)
            low = at[1] + (rng.uniform(-0.05, 0.08) if c == "1" else rng.uniform(0.0, 0.3)) * EM
            wide = tall * lean
            points = [(at[0] + max(0.0, -wide), low), (at[0] + max(0.0, -wide) + wide, low - tall)]
            if c == "/" and rng.random() < 0.3:  # a bent stroke
                points.insert(1, (np.mean([p[0] for p in points]) + rng.uniform(-4, 4), low - tall / 2))
            cv2.polylines(canvas, [np.array(points, np.int32)], False, 255, pen)
            return canvas, round(abs(wide) * (0.6 if c == "/" else 1.0) + 0.12 * EM)
        if rng.random() < 0.12 and font not in self.type:
            font = rng.choice(self.fonts)
        picture = Image.fromarray(canvas)
        ImageDraw.Draw(picture).text(at, c, 255, font, "ls")
        size = rng.uniform(0.85, 1.18)
        turn = cv2.getRotationMatrix2D((at[0], at[1]), rng.gauss(0, 5) + tilt, size)
        turn[1, 2] += rng.gauss(0, 0.05) * EM
        return cv2.warpAffine(np.asarray(picture), turn, (3 * EM, 3 * EM)), round(font.getlength(c) * size)

    def line(self, string: str) -> Any:
        """The line drawn large: dark 255."""
        rng = self.rng
        font = rng.choice(self.type) if self.type and rng.random() < 0.07 else rng.choice(self.fonts)
        canvas = np.zeros((4 * EM, (len(string) + 6) * EM), np.uint8)
        x, gap, tilt = EM, rng.uniform(-0.06, 0.14) * EM, rng.gauss(0, 3)
        for c in string:
            if c == " ":
                x += round(rng.uniform(0.25, 0.7) * EM)
                continue
            picture, wide = self.glyph(c, font, tilt)
            left = x - EM
            part = canvas[EM // 2 : EM // 2 + 3 * EM, left : left + 3 * EM]
            np.maximum(part, picture[:, : part.shape[1]], out=part)
            x += max(4, wide + round(gap + rng.gauss(0, 0.03) * EM))
        return canvas

    def scribble(self, canvas: Any) -> None:
        """A flourish beside the line, as of a signature."""
        rng = self.rng
        columns = np.flatnonzero(canvas.any(0))
        x = rng.choice((columns[0] - rng.randint(20, 60), columns[-1] + rng.randint(20, 60)))
        points = np.cumsum([[rng.uniform(-14, 16), rng.uniform(-26, 26)] for _ in range(rng.randint(5, 14))], axis=0)
        points = points - points.mean(0) + (x, 2.2 * EM)
        cv2.polylines(canvas, [points.astype(np.int32)], False, 255, rng.randint(2, 5))

    def picture(self, string: str) -> Any:
        """The line as film shows it: uint8, 48 pixels high, dark on white."""
        rng = self.rng
        canvas = self.line(string)
        if rng.random() < 0.12:
            self.scribble(canvas)
        canvas = _bent(canvas, rng)
        rows, columns = np.flatnonzero(canvas.max(1) > 100), np.flatnonzero(canvas.max(0) > 100)
        if not len(rows):
            return np.full((HIGH, HIGH), 255, np.uint8)
        tall = rows[-1] - rows[0] + 1
        up, down = (round(rng.uniform(0.02, 0.35) * tall) for _ in range(2))
        aside = round(rng.uniform(0.1, 1.0) * tall)
        part = cv2.copyMakeBorder(
            canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], up, down, aside, aside, cv2.BORDER_CONSTANT
        )
        if rng.random() < 0.25:
            y = rng.randint(round(0.7 * tall) + up, len(part) - 1)
            part[y : y + rng.randint(2, 4)] = 255
        if rng.random() < 0.2:  # remnants of print above or below
            y = rng.choice((0, len(part) - 1))
            for x in range(0, part.shape[1], 30):
                if rng.random() < 0.5:
                    cv2.circle(part, (x + rng.randint(0, 20), y), rng.randint(2, 5), 255, -1)
        return _filmed(part, rng)


def _bent(canvas: Any, rng: random.Random) -> Any:
    """Slanted, rising or falling, and bent a little throughout."""
    high, wide = canvas.shape
    slant, rise = rng.gauss(0.05, 0.14), rng.gauss(0, 0.035)
    turn = np.array([[1, -slant, slant * high / 2], [rise, 1, -rise * wide / 2]], np.float32)
    canvas = cv2.warpAffine(canvas, turn, (wide, high))
    force = rng.uniform(0, 3.5)
    noise = np.random.default_rng(rng.randrange(1 << 30))
    grid = (max(2, high // 40), max(2, wide // 40))
    dx, dy = (cv2.resize(noise.normal(0, force, grid).astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC) for _ in "xy")
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    return cv2.remap(canvas, x + dx, y + dy, cv2.INTER_LINEAR)


def _filmed(part: Any, rng: random.Random) -> Any:
    pen = rng.choice((-1, 0, 0, 1, 1, 2, 3))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(pen) + 1, abs(pen) + 1))
    part = cv2.erode(part, kernel) if pen < 0 else cv2.dilate(part, kernel)
    noise = np.random.default_rng(rng.randrange(1 << 30))
    scan = rng.uniform(0.35, 0.9)  # as coarse as the scan is
    small = cv2.resize(part, None, fx=scan, fy=scan, interpolation=cv2.INTER_AREA).astype(np.float32)
    if rng.random() < 0.4:
        grain = cv2.GaussianBlur(noise.normal(0, 1, small.shape).astype(np.float32), (0, 0), 1.2)
        small += grain * rng.uniform(20, 130)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 1.1))
    if rng.random() < 0.85:
        small = np.where(small > rng.uniform(70, 170), 255.0, 0.0)
    if rng.random() < 0.3:
        small[noise.random(small.shape) < rng.uniform(0, 0.02)] = 255
    gray = (255 - np.clip(small, 0, 255)).astype(np.uint8)
    wide = max(24, round(gray.shape[1] * HIGH / gray.shape[0]))
    return cv2.resize(gray, (wide, HIGH), interpolation=cv2.INTER_AREA)
