"""Lines of silver pages on which both transcriptions agree to the letter, with what the recogniser sees in them."""

from __future__ import annotations

import json
import pickle
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import edlib
import numpy as np
from wear import ROOM, worn

from pipeline.ocr import rapid
from pipeline.ocr.decode import letters
from pipeline.ocr.first import ROOM as READ_ROOM
from pipeline.ocr.first import SINGLE, line_height, roomy, softened
from pipeline.ocr.plate import Plate, best_dpi, has_type, skew_of

LEAST = 6  # letters and figures of a line that can be found again
FAR = 0.4  # share of a line's characters that may differ from a transcription's
FAR_SHORT, SHORT = 0.3, 15  # the same for lines of fewer characters
PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-"})
Line = dict[str, Any]
"""page (document.pN), label, feats: float16 (columns, 384) as scanned and twice worn."""


def gather(shared: Path, out: Path, pages: int, most: int) -> None:
    """Writes the lines of `pages` pages at random, page by page, until there are `most`."""
    silver, rng = shared / "silver", random.Random(1)
    manifest = json.loads((silver / "manifest.json").read_text("utf-8"))
    jobs = [(silver / "scans" / f"{name}.pdf", k) for name, n, *_ in manifest for k in range(1, n + 1)]
    random.Random(7).shuffle(jobs)
    found = 0
    with out.open("wb") as f:
        for path, number in jobs[:pages]:
            a, b = (squashed((silver / by / f"{path.stem}.txt").read_text("utf-8", "replace")) for by in "ab")
            some = page(path, number, a, b, rng)[: most - found]
            pickle.dump(some, f)
            found += len(some)
            if found >= most:
                break
    print(found, "lines")


def load(path: Path) -> Iterator[Line]:
    with path.open("rb") as f:
        while True:
            try:
                yield from pickle.load(f)
            except EOFError:
                return


def page(path: Path, number: int, a: str, b: str, rng: random.Random) -> list[Line]:
    """The lines of a page that both transcriptions of its document, `a` and `b`, have."""
    from pipeline.batch.work import identify_file
    from pipeline.core.document import Scan
    from pipeline.intake.sheets import open_sheet
    from pipeline.settings import Settings

    settings = Settings()
    scan = identify_file(str(path), settings, {})
    assert isinstance(scan, Scan), f"{path} cannot be opened"
    sheet = open_sheet(scan.path, scan.media_type, number, settings)
    plate = Plate.of(sheet, best_dpi(sheet))
    if not has_type(plate):
        return []
    plate = plate.straightened(skew_of(plate.gray, plate.dpi))
    strips = rapid.find_strips(plate.gray, plate.dpi)
    if sum(s.tall for s in strips) >= len(strips) / 2:
        return []
    soft, high = softened(plate.gray, strips), line_height(strips)
    level = [s.corners for s in strips if not s.tall or s.height <= SINGLE * high]
    out: list[Line] = []
    crops = []
    for corners, feature in zip(level, seen([rapid.cut(soft, roomy(c, READ_ROOM)) for c in level]), strict=True):
        if label := agreed(squashed(read(feature)), a, b):
            out.append({"page": f"{path.stem}.p{number}", "label": label, "feats": [feature]})
            crops.append(native(plate.gray, corners))
    further = seen([worn(crop, rng) for crop in crops for _ in range(2)])
    for n, line in enumerate(out):
        line["feats"] += further[2 * n : 2 * n + 2]
    return out


def seen(crops: list[Any]) -> list[Any]:
    """What the recogniser's convolutions see in each crop (48 pixels high): float16 (columns, 384)."""
    recogniser = rapid._models().recogniser
    out = []
    for crop in crops:
        [seen] = recogniser.run(None, {"x": rapid._line(crop)})
        out.append(seen[0, :, 0].T[: -(-crop.shape[1] // rapid.STEP) + 1].astype(np.float16))
    return out


def read(feature: Any) -> str:
    """What the head that is in use reads there."""
    likely = rapid._models().head.run(None, {"features": feature.astype(np.float32)[None]})[0][0]
    return "".join(letter.text for letter in letters(likely, rapid.characters()))


def native(gray: Any, corners: Any) -> Any:
    """The line with room about it, in the scan's own pixels as far as that is 40 to 96 high."""
    strip = rapid.Strip(roomy(corners, ROOM), 1.0)
    return rapid.cut(gray, strip.corners, high=min(96, max(40, round(strip.height))))


def agreed(line: str, a: str, b: str) -> str | None:
    """What the line truly says, when both transcriptions have it and agree on its letters and figures; where they differ
    in signs, the one that the reader bears out."""
    places = [place(line, text) for text in (a, b)] if len(bare(line)) >= LEAST else [None]
    if None in places:
        return None
    one, other = map(str, places)
    if bare(one) != bare(other) or set("[]") & set(one + other):
        return None
    if unspaced(one) in (unspaced(other), unspaced(line)):
        return one
    if unspaced(other) == unspaced(line):
        return other
    return line if bare(one) == bare(line) else None


def place(line: str, text: str) -> str | None:
    """The part of the text, in whole words, that is most like the line."""
    found = edlib.align(line, text, mode="HW", task="locations")
    if not found["locations"] or found["editDistance"] > (FAR_SHORT if len(line) < SHORT else FAR) * len(line):
        return None
    first, last = found["locations"][0]
    first, last = first or 0, last + 1
    for _ in range(4):
        first -= first > 0 and " " not in text[first - 1 : first + 1]
        last += last < len(text) and " " not in text[last - 1 : last + 1]
    return text[first:last].strip()


def bare(text: str) -> str:
    """Letters and figures alone."""
    return re.sub(r"[^A-Za-z0-9]", "", text)


def unspaced(text: str) -> str:
    return text.replace(" ", "")


def squashed(text: str) -> str:
    """On one line, with plain quotes and dashes and without the marks of pages."""
    return " ".join(re.sub(r"-{6,} *Page \d+", " ", text.translate(PLAIN)).split())
