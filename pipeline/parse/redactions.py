"""What is withheld on a page: where, how much, in which style, under which exemption."""

from __future__ import annotations

from pipeline.core.findings import Redaction
from pipeline.core.geometry import Place as Spot
from pipeline.core.ink import View
from pipeline.core.page import Page
from pipeline.parse.redacted.brackets import find_brackets
from pipeline.parse.redacted.codes import Note, code_of, find_notes_of_codes
from pipeline.parse.redacted.fills import find_fills
from pipeline.parse.redacted.frames import find_frames
from pipeline.parse.redacted.gaps import find_gaps
from pipeline.parse.redacted.hidden import find_covered
from pipeline.parse.redacted.notes import find_notes
from pipeline.parse.redacted.paper import Paper, Place
from pipeline.parse.redacted.polygons import find_polygons


def find_redactions(view: View, reading: Page) -> tuple[Redaction, ...]:
    """The redactions of a page in reading order. What the file still holds beneath one is kept only with `reveal`.

    A transcript has no ink: there the editors' notes count ([[sanitized]], [1 line not declassified]).
    """
    if view.ink is None:
        return tuple(_noted(reading))
    paper = Paper.of(view.ink, reading)
    fills = find_covered(view.sheet, paper, find_fills(paper))
    places = find_brackets(paper)
    if not paper.dark(fills):
        frames = find_frames(paper)
        places += [*fills, *frames, *find_polygons(paper, frames)]
    codes = find_notes_of_codes(paper)
    places += find_gaps(paper, places, codes)
    ordered = sorted(places, key=lambda p: (p.box.top, p.box.left))
    return tuple(_withheld(paper, place, codes, reveal=view.settings.reveal) for place in ordered)


def _noted(reading: Page) -> list[Redaction]:
    return [
        Redaction(page=reading.number, text=reading.text[start:end], start=start, end=end, style="bracket", lines=lines,
                  confidence=0.97, method="rule:note@1")
        for start, end, lines in find_notes(reading)
    ]  # fmt: skip


def _withheld(paper: Paper, place: Place, codes: list[Note], reveal: bool) -> Redaction:
    page = paper.reading
    text, code = code_of(paper, place, codes)
    parts = place.parts or (place.box,)
    sheet = (page.width or 1.0) * (page.height or 1.0)
    return Redaction(
        page=page.number,
        text=text,
        code=code,
        box=place.box,
        boxes=tuple(Spot(page.number, b) for b in parts),
        style=place.style,
        area=round(sum(b.area for b in parts) / sheet, 5),
        lines=sum(max(1, round(b.height / paper.pitch)) for b in parts),
        hidden_words=len(place.beneath),
        revealed=" ".join(place.beneath) if reveal and place.beneath else None,
        confidence=place.confidence,
        method=place.rule,
    )
