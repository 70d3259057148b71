"""All that is read on a plate: by one reader or two, at a cost that follows need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from pipeline.core.geometry import Box
from pipeline.core.page import Alternate, Page, ReadWord, Region
from pipeline.errors import PageTimeout
from pipeline.ocr import fuse, hand, quality, rapid, tesseract
from pipeline.ocr.decode import letters
from pipeline.ocr.first import line_height
from pipeline.ocr.fuse import Line
from pipeline.ocr.order import Frame, in_order
from pipeline.ocr.plate import Plate
from pipeline.ocr.quality import Evidence
from pipeline.ocr.rapid import Strip
from pipeline.ocr.seen import Lines, Seen, around
from pipeline.ocr.share import share_out
from pipeline.ocr.upright import Laid
from pipeline.settings import Settings

DOUBT = 0.12  # share of letters in doubt from which `balanced` asks the second reader
LONE = 0.6  # the second reader's confidence from which it is believed where the first saw nothing
UNSURE = 0.8  # confidence under which a letter is in doubt
PATIENCE = 0.4  # share of a page's time that the second reader may take


@dataclass(frozen=True, slots=True)
class Reading:
    """Lines of words in points of the turned page; what the second reader had otherwise, by place; what is no type, with
    what could be read of it; a remark."""

    lines: Sequence[Sequence[ReadWord]]
    readers: str
    others: Sequence[tuple[str, Box]] = ()
    regions: Sequence[Region] = ()
    remark: str = ""

    def alternates(self, page: Page) -> tuple[Alternate, ...]:
        """The unchosen readings by the line of `page` on which they lie."""
        out = []
        for text, box in self.others:
            lying = [line.number for line in page.lines if line.box and line.box.holds(*box.middle)]
            if lying:
                out.append(Alternate(lying[0], "tesseract", text, box.rounded()))
        return tuple(out)


def read_type(page: Laid, settings: Settings) -> Reading:
    """What is typed or printed on a page that is upright and straight."""
    plate, strips, lines = page.plate, page.strips, page.level
    second: Lines = []
    remark = ""
    unsure = doubt(lines)
    asked = settings.reading == "best" or (settings.reading == "balanced" and unsure > DOUBT)
    if asked:
        # In `balanced` the second reader sees the lines alone: snow around them would cost it minutes.
        gray = plate.gray if settings.reading == "best" else only(plate, strips)
        seconds = settings.page_seconds * PATIENCE
        try:
            second = tesseract.read(gray, plate.dpi, "page", settings.languages, seconds)
        except PageTimeout:
            remark = "; the second reader did not finish in time"
    pieces, others, apart = fused(lines, second, line_height(strips), unsure)
    ordered = in_order(pieces, plate.gray.shape[1])
    stand = (fuse.fuse(line, [], rapid.characters(), fuse.weights(), doubt=unsure)[0] for line in page.sideways)
    return Reading(
        [plate.placed(line) for line in (*ordered, *filter(None, stand))],
        "rapidocr+tesseract" if asked else "rapidocr",
        [(text, plate.box_of(box)) for text, box in others],
        [_region(what, plate.placed(words)) for what, words in apart],
        remark,
    )


def fused(
    lines: list[Line], second: Lines, high: float, unsure: float
) -> tuple[Lines, list[tuple[str, Frame]], list[tuple[str, list[Seen]]]]:
    """Both readers' words line by line; what the second had otherwise; and apart, by kind, what is no type.

    `high` is the height of a typical line in pixels, `unsure` the share of letters in doubt (`doubt`).
    """
    characters, w = rapid.characters(), fuse.weights()
    own = fuse.own_words(lines, characters)
    shares, left = share_out(lines, [word for line in second for word in line])
    pieces: Lines = []
    others = []
    apart = []
    for line, share in zip(lines, shares, strict=True):
        words, differs = fuse.fuse(line, share, characters, w, own, unsure)
        if words:
            what = hand.kind(letters(line.likely, characters), words, line.height / high if high else 1.0)
            if what == "type":
                pieces.append(words)
            else:
                apart.append((what, words))
        if differs:
            others.append((" ".join(word.text for word in share), around(share)))
    lone = {id(word) for word in left if word.confidence >= LONE and any(c.isalnum() for c in word.text)}
    pieces += [_believed(found, unsure) for line in second if (found := [word for word in line if id(word) in lone])]
    return pieces, others, apart


def _region(what: str, words: list[ReadWord]) -> Region:
    text = " ".join(word.text for word in words)
    sure = float(np.average([word.confidence for word in words], weights=[len(word.text) for word in words]))
    return Region(what, Box.around([word.box for word in words]).rounded(), text, round(sure, 3))


def _believed(line: list[Seen], unsure: float) -> list[Seen]:
    """Tesseract's words with the confidence that they deserve where the first reader saw nothing."""
    out = []
    for word in line:
        evidence = Evidence("tesseract", 0.0, word.confidence, doubt=unsure)
        out.append(replace(word, confidence=quality.word_confidence(word.text, evidence), evidence=evidence))
    return out


def doubt(lines: list[Line]) -> float:
    """Share of a page's letters of which the first reader is less than 80 % sure."""
    sure = [x.confidence for line in lines for x in letters(line.likely, rapid.characters()) if x.text.isalnum()]
    return float(np.mean(np.array(sure) < UNSURE)) if sure else 1.0


def only(plate: Plate, strips: list[Strip]) -> Any:
    """The plate's raster with nothing left on it but the lines of type and a little room around them."""
    mask = np.zeros_like(plate.gray)
    for strip in strips:
        cv2.fillPoly(mask, [np.round(strip.corners).astype(np.int32)], 255)
    room = round(plate.dpi / 50)
    mask = cv2.dilate(mask, np.ones((room, room), np.uint8))
    return np.where(mask > 0, plate.gray, np.uint8(255))
