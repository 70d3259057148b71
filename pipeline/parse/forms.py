"""Printed forms laid over the page: from the words that were read of a form, where everything else on it stands.

The geometry of a form is data (models/stamps/forms/*.toml): where its lines are printed, where its boxes are and where it
is filled in. The lines that the reading found pin it to the page, scaled, tilted and slightly sheared as it was stamped or
filmed; what was not read, and what the hand wrote, is then looked for in its place.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.core.geometry import Box
from pipeline.core.knowledge import files_under
from pipeline.core.page import Page
from pipeline.parse.fuzzy import Hit, find, skeleton, squeeze

if TYPE_CHECKING:
    import numpy as np

READ = 0.66  # lowest score of a printed line that helps to pin the form
SHORT = (8, 0.84)  # letters; shorter lines must be read that well
GUESSES = 18  # lines, the best read first, from which places are guessed
NEAR = 3.2  # units by which the end of a line may lie off its place
SCALES = (0.3, 4.0)  # points a unit
TILT = 0.5  # greatest slope of a form on the page
RULE = 2.0  # units by which a ruled line may lie off its place
MARGIN = 5.0  # units from the middle of a line to the edge of its form
FEW = 14  # letters of a line that pins a form alone
FINE = 5  # pixels a unit, in the straightened picture of a form


class Raster(Protocol):
    """Pixels of a page, or of a page turned: what of `core.ink.Ink` a form is laid over."""

    @property
    def dpi(self) -> float: ...

    def gray(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed line of a form: its ends and its middle, in the form's units."""

    text: str
    left: float
    right: float
    middle: float


@dataclass(frozen=True, slots=True)
class Form:
    """The geometry of one printing of a stamp; lengths in a unit of its own."""

    template: str
    name: str
    size: tuple[float, float]
    cell: tuple[float, float]
    printed: tuple[Printed, ...]
    cells: tuple[tuple[str, float, float], ...]
    fields: Mapping[str, Box]
    rules: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A form on a page: `matrix` ((a, b, c), (d, e, f)) takes its units to points; `seen` is how many of its printed
    letters bear the place out."""

    form: Form
    matrix: tuple[tuple[float, float, float], tuple[float, float, float]]
    seen: int
    lines: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        (a, b, c), (d, e, f) = self.matrix
        return a * x + b * y + c, d * x + e * y + f

    def box(self, area: Box) -> Box:
        """The box on the page around an area of the form."""
        corners = [self.point(x, y) for x, y in product((area.left, area.right), (area.top, area.bottom))]
        return Box(min(x for x, _ in corners), min(y for _, y in corners), max(x for x, _ in corners), max(y for _, y in corners))

    @property
    def extent(self) -> Box:
        """The box on the page around all that is printed on the form."""
        lines = self.form.printed
        return self.box(
            Box(
                min(p.left for p in lines), min(p.middle for p in lines) - MARGIN,
                max(p.right for p in lines), max(p.middle for p in lines) + MARGIN,
            )
        )  # fmt: skip

    def picture(self, ink: Raster, area: Box, fine: float = FINE) -> np.ndarray:
        """The area of the form straightened, uint8, `fine` pixels a unit."""
        import cv2
        import numpy as np

        scale = ink.dpi / 72
        (a, b, c), (d, e, f) = self.matrix
        turn = np.array([[a, b, a * area.left + b * area.top + c], [d, e, d * area.left + e * area.top + f]], np.float64)
        turn[:, :2] *= scale / fine
        turn[:, 2] *= scale
        wide, high = max(1, round(area.width * fine)), max(1, round(area.height * fine))
        return cv2.warpAffine(
            ink.gray(), turn, (wide, high), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT,
            borderValue=255,
        )  # fmt: skip



@cache
def forms() -> tuple[Form, ...]:
    """Every form of models/stamps/forms."""
    return tuple(
        build(raw) for path in files_under("stamps/forms") for raw in tomllib.loads(path.read_text("utf-8"))["form"]
    )


def build(raw: Mapping[str, Any]) -> Form:
    """A form from one TOML table. Raises KeyError when a part is missing, TypeError when a line is not four values."""
    return Form(
        raw["template"],
        raw["name"],
        tuple(raw["size"]),
        tuple(raw["cell"]),
        tuple(Printed(*line) for line in raw["print"]),
        tuple((label, x, y) for label, x, y in raw["cells"]),
        {name: Box(*area) for name, area in raw.get("fields", {}).items()},
        tuple(tuple(r) for r in raw.get("rules", ())),
    )


def place(template: str, page: Page, around: Box, ink: Raster) -> Placed | None:
    """The form of that template pinned to the page where `around` (points) says it lies; None when too little of any of
    its printings was read there. Printings that only their heads tell apart are told apart by their ruled lines."""
    placed = [p for form in forms() if form.template == template and (p := _pinned(form, page, around))]
    most = max((p.lines for p in placed), default=0)
    return max(placed, key=lambda p: (p.seen if most > 2 else 0, _ruled(p, ink), p.seen), default=None)


def _ruled(placed: Placed, ink: Raster) -> float:
    """Share of the form's ruled lines that lie on dark pixels."""
    import numpy as np

    dark = []
    for left, top, right, bottom in placed.form.rules:
        strip = placed.picture(ink, Box(left, top, right, bottom).grown(RULE)) < 128
        dark.append(float(strip.any(axis=0 if right - left > bottom - top else 1).mean()))
    return float(np.mean(dark)) if dark else 0.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """A printed line seen on the page: the points of its two ends."""

    line: int
    left: tuple[float, float]
    right: tuple[float, float]
    weight: int


def _pinned(form: Form, page: Page, around: Box) -> Placed | None:
    seen = [s for n, line in enumerate(form.printed) for s in _found(n, line.text, page, around)]
    best: tuple[int, tuple[float, ...], list[_Seen]] | None = None
    surest = sorted(seen, key=lambda s: -s.weight)[:GUESSES]
    for one, other in product(surest, surest):
        guess = _similar(form, one, other)
        if guess is None:
            continue
        borne = _borne_out(form, seen, guess)
        weight = sum(s.weight for s in borne)
        if best is None or weight > best[0]:
            best = weight, guess, borne
    if best is None or (len(best[2]) < 2 and best[0] < FEW):
        return None
    return Placed(form, _fitted(form, best[2], best[1]), best[0], len(best[2]))


def _found(number: int, text: str, page: Page, around: Box) -> Iterator[_Seen]:
    for hit in find(text, skeleton(page.text), SHORT[1] if len(squeeze(text)) < SHORT[0] else READ):
        if "\n" in page.text[hit.start : hit.end]:
            continue
        left, right = _end(page, hit, False), _end(page, hit, True)
        if left and right and around.holds((left[0] + right[0]) / 2, (left[1] + right[1]) / 2):
            yield _Seen(number, left, right, round(len(squeeze(text)) * hit.score))


def _end(page: Page, hit: Hit, last: bool) -> tuple[float, float] | None:
    """Where the hit ends on the left or right: the middle of the line's height there. Letters of a word share its width."""
    words = page.words_between(hit.start, hit.end)
    word = words[-1 if last else 0] if words else None
    if word is None or word.box is None:
        return None
    at = hit.end if last else hit.start
    if last and not hit.phrase[-1].isalnum() and not any(c.isalnum() for c in page.text[at : word.end]):
        at = word.end  # the phrase's own stop or colon
    share = (at - word.start) / len(word.text)
    return word.box.left + share * word.box.width, word.box.middle[1]


def _similar(form: Form, one: _Seen, other: _Seen) -> tuple[float, ...] | None:
    """(p, q, x, y) of the turn and scale that takes the left end of one line and the right end of the other to where they
    were seen; None when that is no sensible place."""
    a, b = form.printed[one.line], form.printed[other.line]
    dx, dy = b.right - a.left, b.middle - a.middle
    length = dx * dx + dy * dy
    if length < 200:
        return None
    ex, ey = other.right[0] - one.left[0], other.right[1] - one.left[1]
    p, q = (ex * dx + ey * dy) / length, (ey * dx - ex * dy) / length
    if not SCALES[0] <= p <= SCALES[1] or abs(q) > TILT * p:
        return None
    return p, q, one.left[0] - p * a.left + q * a.middle, one.left[1] - q * a.left - p * a.middle


def _borne_out(form: Form, seen: Sequence[_Seen], guess: tuple[float, ...]) -> list[_Seen]:
    """Of each printed line the one that was seen where the guess has it."""
    p, q, x, y = guess
    out: dict[int, tuple[float, _Seen]] = {}
    for s in seen:
        line = form.printed[s.line]
        off = 0.0
        for at, (u, v) in ((line.left, s.left), (line.right, s.right)):
            off = max(off, abs(p * at - q * line.middle + x - u) / p, 2 * abs(q * at + p * line.middle + y - v) / p)
        if off < NEAR * 1.6 and (s.line not in out or off < out[s.line][0]):
            out[s.line] = off, s
    return [s for _, s in out.values()]


def _fitted(
    form: Form, seen: Sequence[_Seen], guess: tuple[float, ...]
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """The matrix that best takes the lines' ends to where they were seen: with shear when enough of them say so."""
    import numpy as np

    p, q, x, y = guess
    ends = [(form.printed[s.line], s) for s in seen]
    units = np.array([(at, line.middle, 1.0) for line, _ in ends for at in (line.left, line.right)])
    points = np.array([end for _, s in ends for end in (s.left, s.right)])
    spread = units[:, 1].max() - units[:, 1].min() > 0.35 * form.size[1]
    if len(seen) < 4 or not spread:
        return (p, -q, x), (q, p, y)
    weights = np.sqrt([s.weight for _, s in ends for _ in (0, 1)])[:, None]
    solved = np.linalg.lstsq(units * weights, points * weights, rcond=None)[0].T
    (a, b, c), (d, e, f) = ((float(v) for v in row) for row in solved)
    return (a, b, c), (d, e, f)
