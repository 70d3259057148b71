"""Markings that no reader saw: rubber stamps, worn, tilted, stamped over rules and type.

What ink the read words leave on the page is gathered into patches of the size of a stamped word; each is straightened and
asked how well it bears out the markings that are known (`core.ink.Ink.weigh`). Nothing is asked of it but whether such a
word stands there, and that is much surer than reading it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pipeline.core.geometry import Box
from pipeline.core.ink import Borne, Ink
from pipeline.core.page import Page
from pipeline.parse.banners import EDGE, Mark, marks
from pipeline.parse.fuzzy import squeeze
from pipeline.parse.running import HEAD

COARSE = 72.0  # dots per inch at which patches are looked for: a pixel is a point
DARK = 45  # of 255: ink on such a pixel
READ = 0.6  # least confidence of a word that accounts for its ink
HIGH, WIDE = (6.0, 60.0), (28.0, 330.0)  # points, of a patch
SLENDER = 1.8  # least width of a patch in its heights
FULL = 0.12  # least share of its pixels that are ink
SOLID = 0.85  # and what only a black bar has
STAMPED, SHAPED = (8.0, 36.0), (2.0, 9.0)  # usual height of a stamped word, usual length in heights
THICK = 6  # points: and none is thicker
NEAR, FAR = 5, 17  # points between letters of a word, of a word that is spaced out
LONG_RULE, HIGH_RULE = 60, 45  # points: straight lines at least that long are rules of a form
LEVEL = 3.0  # degrees: less of a tilt is left
MOST = 24  # patches looked at, those likest to a rubber stamp first
LINE = 56.0  # pixels: height to which a patch is brought
BLUR = 2.0  # pixels: joins the specks of worn rubber into strokes
LETTERS = 6  # a shorter word would be seen everywhere
HOPE = -2.5  # least score at first sight, for which a patch is looked at in other ways too
BORNE = -0.5  # least score of what is sure
WEAK = -1.0  # of what other pages must bear out
FAINT = -2.3  # of a level that counts where another page has it in the same place
EITHER_END = 0.08  # share of a patch's width: a level that begins or ends it may have other print beside it
OTHERS = 0.5  # letters read beside the phrase, as a share of its own, from which it is prose


@dataclass(frozen=True, slots=True)
class Spotted:
    """A marking seen in the image at `box` (points); `text` what is read there without expecting anything."""

    mark: Mark
    box: Box
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Patch:
    """Ink that may be a stamped word: the box around it, its tilt in degrees, the length and height of the tilted word, the share
    of its pixels that are ink."""

    box: Box
    angle: float
    length: float
    height: float
    ink: float


def spot(ink: Ink, page: Page, patches: Sequence[Patch]) -> list[Spotted]:
    """Markings that the patches bear out, best first; levels below `WEAK` count only where another page has them."""
    chosen = sorted(patches, key=lambda p: _unlike(p, page))[:MOST]
    phrases = list(_phrases())
    looks = [upright(ink, p) for p in chosen]
    first = ink.weigh([crops[0] for crops in looks], phrases) if looks else ()
    found = []
    for patch, crops, borne in zip(chosen, looks, first, strict=True):
        if not borne or borne[0].score < HOPE:
            continue
        every = [borne, *ink.weigh(crops[1:], phrases)]
        found += [seen for some in every for b in some if (seen := _seen(patch, b)) is not None]
    return _best([_with_top(s, page) for s in found if s.score >= BORNE or s.mark.rank])


def _with_top(spotted: Spotted, page: Page) -> Spotted:
    """TOP SECRET where a reader saw TOP and the image alone shows SECRET after it."""
    if spotted.mark.canonical != "SECRET" or squeeze(spotted.text).startswith("TOP"):
        return spotted
    b = spotted.box
    before = Box(b.left - 3.0 * b.height, b.top, b.left + 0.3 * b.height, b.bottom)
    for word in page.words_in(before, 0.4):
        if word.box and squeeze(word.text).endswith("TOP"):
            top = next(m for m in marks() if m.canonical == "TOP SECRET")
            return replace(
                spotted, mark=top, box=Box.around((b, word.box)).rounded(), text=f"{word.text} {spotted.text}"
            )
    return spotted


@cache
def _phrases() -> dict[str, Mark]:
    """Every way of writing a level or control that is long enough to be known by its shape."""
    out = {}
    for mark in marks():
        for form in mark.forms:
            cut = form != mark.canonical and mark.canonical.startswith(form)
            if cut or mark.beside or mark.slug or mark.kind not in ("classification", "control"):
                continue
            if len(squeeze(form)) >= LETTERS:
                out[form] = mark
                if mark.rank:
                    out[" ".join(form.replace(" ", ""))] = mark
    return out


def _by_itself(borne: Borne) -> bool:
    """Whether little else is read on the patch than the phrase."""
    return len(squeeze(borne.read)) - len(squeeze(borne.phrase)) <= OTHERS * len(squeeze(borne.phrase))


def _seen(patch: Patch, borne: Borne) -> Spotted | None:
    """What the patch shows, if anything: what has other print beside it is never sure."""
    score = borne.score
    if not _by_itself(borne):
        at_end = borne.first < EITHER_END or borne.last > 1 - EITHER_END
        if score < BORNE or not at_end:
            return None
        score = WEAK
    if score < FAINT:
        return None
    box = patch.box
    if abs(patch.angle) < LEVEL:
        box = Box(box.left + borne.first * box.width, box.top, box.left + borne.last * box.width, box.bottom)
    return Spotted(_phrases()[borne.phrase], box.rounded(), borne.read, score)


def _best(found: list[Spotted]) -> list[Spotted]:
    """Of what is seen at one place that which explains most letters."""
    out: list[Spotted] = []
    for one in sorted(found, key=lambda s: -(1 + s.score) * len(squeeze(s.mark.canonical))):
        if not any(_same(one.box, box) for box in (o.box for o in out)):
            out.append(one)
    return out


def _same(a: Box, b: Box) -> bool:
    return a.covers(b) > 0.5 or b.covers(a) > 0.5


def _unlike(patch: Patch, page: Page) -> int:
    """How many of the traits of a stamped word the patch lacks: its size, its shape, its place at head or foot."""
    slender = patch.length / max(1.0, patch.height)
    traits = (
        STAMPED[0] <= patch.height <= STAMPED[1],
        SHAPED[0] <= slender <= SHAPED[1],
        patch.ink < SOLID,
        _at_edge(patch.box, page),
    )
    return len(traits) - sum(traits)


def _at_edge(box: Box, page: Page) -> bool:
    y = box.middle[1] / (page.height or 1.0)
    return y < EDGE or y > 1 - EDGE


def covered(page: Page, patches: Sequence[Patch], found: Sequence[Spotted]) -> list[Patch]:
    """Patches at head and foot in which a marking may be hidden: under a black bar, under a line printed over it."""
    high = page.height or 1.0
    out = []
    for p in patches:
        end = HEAD if p.ink >= SOLID else EDGE
        inside = end * high <= p.box.middle[1] <= (1 - end) * high
        if not inside and p.height <= STAMPED[1] and not any(_same(p.box, s.box) for s in found if s.score >= WEAK):
            out.append(p)
    return out


def find_patches(ink: Ink, page: Page, known: Sequence[Box] = ()) -> list[Patch]:
    """Ink outside the boxes that are `known` that no word read with some confidence and no rule of a form accounts for, in
    patches as large as a stamped word."""
    import cv2
    import numpy as np

    scale = COARSE / ink.dpi
    small = 255 - cv2.resize(ink.gray(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    least = DARK + float(np.median(small))
    dark = (cv2.GaussianBlur(small, (0, 0), 0.8) > least).astype(np.uint8)
    for word in page.words:
        if word.box and word.confidence >= READ and word.box.height <= HIGH[1]:
            b = word.box.grown(0.5)
            dark[max(0, int(b.top)) : int(b.bottom) + 1, max(0, int(b.left)) : int(b.right) + 1] = 0
    dark[_rules(dark) > 0] = 0
    found: list[Patch] = []
    for apart in (NEAR, FAR):
        joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((3, apart), np.uint8))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        for n, (left, top, wide, high, _) in enumerate(stats[1:], 1):
            if not (HIGH[0] <= high <= HIGH[1] and WIDE[0] <= wide <= WIDE[1] and wide >= SLENDER * high):
                continue
            place = np.s_[top : top + high, left : left + wide]
            box = Box(float(left), float(top), float(left + wide), float(top + high))
            filled = float(dark[place].mean())
            if (
                filled >= FULL
                and not any(box.iou(p.box) > 0.8 for p in found)
                and not any(_same(box, k) for k in known)
            ):
                found.append(_patch(box, labels[place] == n, filled))
    return found


def _rules(dark: Any) -> Any:
    """The lines of forms: long, and thin, which tells them from what a marker blacked out."""
    import cv2
    import numpy as np

    level = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, LONG_RULE), np.uint8))
    level = cv2.subtract(level, cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((THICK, LONG_RULE // 2), np.uint8)))
    upright = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((HIGH_RULE, 1), np.uint8))
    return cv2.dilate(cv2.max(level, upright), np.ones((3, 3), np.uint8))


def _patch(box: Box, mask: Any, filled: float) -> Patch:
    import cv2
    import numpy as np

    rows, columns = np.nonzero(mask)
    _, (wide, high), angle = cv2.minAreaRect(np.column_stack([columns, rows]).astype(np.float32))
    turned = (angle + 45) % 90 - 45
    return Patch(box, turned, max(wide, high), min(wide, high), filled)


def upright(ink: Ink, patch: Patch) -> list[Any]:
    """The patch as it may stand upright, turned by its tilt first; with its specks run together, and as it is."""
    import cv2

    out = []
    for angle in (patch.angle, 0.0) if abs(patch.angle) >= LEVEL else (0.0,):
        high, wide = (patch.height, patch.length) if angle else (patch.box.height, patch.box.width)
        dpi = min(400.0, max(100.0, LINE * 72 / (high + 3)))
        crop = ink.crop(patch.box.grown(1.5), angle, dpi)
        up, left = (max(0, int(n - (v + 5) * dpi / 72) // 2) for n, v in zip(crop.shape, (high, wide), strict=True))
        crop = crop[up : crop.shape[0] - up, left : crop.shape[1] - left]
        out += [cv2.GaussianBlur(crop, (0, 0), BLUR), crop]
    return out
