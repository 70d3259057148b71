"""Exemption codes in or beside a redaction: 3.5(c) in the margin, (b)(1) in the box, b7C in a column of FBI codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.core.geometry import Box
from pipeline.core.knowledge import table
from pipeline.core.page import Word
from pipeline.parse.codes import find_codes
from pipeline.parse.redacted.paper import CODE_WORD, Paper, Place

SCHEMES = ("foia", "eo12356", "eo12958", "eo13526", "25 years", "jfk act", "mdr")
IN_PART = re.compile(r"RELEASED?\s+IN\s+PART", re.IGNORECASE)
WRITTEN_FORM = re.compile(r"(?:^|\|)((?=[^| ]*\d)[^| ]*[A-Za-z(][^| ]*)(?=\||$| \()")
"""A form of a code in the table that needs no further words: A3 of State's shorthand, 3.4(b)(1)."""
REACH = 1.0
"""Line pitches that a code may stand above or below the lines of its redaction."""


@dataclass(frozen=True, slots=True)
class Note:
    """A code where it stands: `text` as written, `codes` as understood."""

    box: Box
    text: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exemption:
    """What a code stands for; the dates are those of its order or statute (empty: still open)."""

    code: str
    family: str
    meaning: str
    valid_from: str
    valid_to: str


def find_notes_of_codes(paper: Paper) -> list[Note]:
    """The exemption codes on the page; those that stand together are one note."""
    clusters: list[list[Word]] = []
    for word in paper.reading.words:
        if not word.box or not CODE_WORD.fullmatch(word.text.strip(".,;:|")):
            continue
        for cluster in clusters:
            if any(w.box and _beside(w.box, word.box, paper.type_height) for w in cluster):
                cluster.append(word)
                break
        else:
            clusters.append([word])
    notes = []
    for cluster in clusters:
        text = " ".join(w.text for w in cluster)
        if codes := find_codes(text, SCHEMES):
            notes.append(Note(Box.around(w.box for w in cluster if w.box), text, codes))
    return notes


def _beside(a: Box, b: Box, tall: float) -> bool:
    """In one line a blank or two apart, or one under the other."""
    across, down = max(a.left, b.left) - min(a.right, b.right), max(a.top, b.top) - min(a.bottom, b.bottom)
    return (down < 0 and across < 1.5 * tall) or (across < 0 and down < 0.9 * tall)


def code_of(paper: Paper, place: Place, notes: list[Note]) -> tuple[str, str | None]:
    """What is written in the box, and the code that goes with it (several joined by a comma)."""
    if place.codes:
        return "", ", ".join(place.codes)
    inside = [n for n in notes if place.box.covers(n.box) > 0.5]
    if inside:
        return " ".join(n.text for n in inside), ", ".join(dict.fromkeys(c for n in inside for c in n.codes))
    if place.style == "bracket":
        return "", None  # brackets hold the reviewer's proposal; margin codes belong to what is gone
    near = [(d, n) for n in notes if (d := _distance(place.box, n.box, paper.pitch)) is not None]
    if not near:
        return "", _alone_in_the_release_line(paper, notes)
    return "", ", ".join(min(near, key=lambda pair: pair[0])[1].codes)


def _alone_in_the_release_line(paper: Paper, notes: list[Note]) -> str | None:
    """The code of RELEASE IN PART B6 at the head of the page, when it is the only one there."""
    lines = [line.box for line in paper.reading.lines if line.box and IN_PART.search(line.text)]
    codes = {c for n in notes if any(line.grown(0, paper.pitch).covers(n.box) > 0.5 for line in lines) for c in n.codes}
    return codes.pop() if len(codes) == 1 else None


def _distance(box: Box, note: Box, pitch: float) -> tuple[float, float] | None:
    """How far a note in the margin stands off: lines first, then across. None when it is not beside the box."""
    down = max(box.top - note.bottom, note.top - box.bottom, 0.0)
    across = max(box.left - note.right, note.left - box.right, 0.0)
    if down > REACH * pitch or (across == 0.0 and down > 0.3 * pitch):
        return None
    return abs(note.middle[1] - box.middle[1]) if down else 0.0, across


@cache
def _known() -> dict[str, Exemption]:
    rows: dict[str, Exemption] = {}
    written: dict[str, Exemption] = {}
    for row in table("exemptions/codes.csv"):
        exemption = Exemption(row["code"], row["family"], row["meaning"], row["valid_from"], row["valid_to"])
        rows[_key(row["code"])] = rows[_key(row["canonical"])] = exemption
        written.update({_key(form): exemption for form in WRITTEN_FORM.findall(row["written_forms"])})
    return written | rows


def _key(code: str) -> str:
    return re.sub(r"[\s._-]", "", code).lower()


def decode(code: str) -> Exemption | None:
    """What a code as understood (b7C, 3.5(c), 25X1) stands for; None when the table does not know it."""
    return _known().get(_key(code)) or _known().get(_key(code.split(":")[0]))
