"""Heads without labels: the offices that stand one below the other over a letter or dispatch, and the caption under them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline.core.dates import find_dates
from pipeline.core.knowledge import toml
from pipeline.parse.cues import alike, likeness, squash
from pipeline.parse.rows import Cell, Passage, Row, character
from pipeline.parse.said import Said, line, said
from pipeline.parse.telegrams import is_level


@cache
def _knowledge() -> dict[str, Any]:
    return toml("particulars/heads.toml")


def _posts(rows: Sequence[Row], height: float) -> list[tuple[int, Row, str]]:
    """(row number, its part, name) of every office that stands by itself in the upper part of a page."""
    out = []
    for number, row in enumerate(rows):
        if row.box.top >= 0.45 * height:
            break
        for chunk in row.chunks(4.0):
            m = next((m for p in _knowledge()["posts"] if (m := re.match(p, chunk.text))), None)
            if m:
                out.append((number, chunk, line(m["name"])))
    return out


def offices(rows: Sequence[Row], height: float, known: Sequence[Said], kind: str | None) -> list[Said]:
    """Addressee and sender by the offices in the head: the first is written to; the sender is the last of a dispatch,
    else the second. With a sender that is known, one office is the addressee's."""
    names = {s.name for s in known}
    taken = {box for s in known for place in s.passage.boxes if (box := round(place.box.top / 6))}
    found = [
        (number, s._replace(value=name))
        for number, chunk, name in _posts(rows, height)
        if (s := said("recipient", Passage.of(chunk.page, [chunk.cells]), "offices", 0.6))
        and round(chunk.box.top / 6) not in taken
    ]
    if not found or (len(found) < 2 and kind != "dispatch" and not names & {"sender", "recipient"}):
        return []
    out = []
    if "recipient" not in names:
        out.append(found[0][1])
    rest = found[1:] if "recipient" not in names else found
    if "sender" not in names and rest:
        out.append((rest[-1] if kind == "dispatch" else rest[0])[1]._replace(name="sender"))
    return out


def caption(rows: Sequence[Row], after: float, left: float, margin: float, height: float) -> list[Said]:
    """What stands between the last line of a head (its bottom is `after`, its values' edge `left`) and the text: the
    short rows that follow, up to a wide gap or a sentence. They stand at that edge or at their labels' (`margin`)."""
    taken: list[list[Cell]] = []
    bottom = after
    for number, row in enumerate(rows):
        chunk = _at_edge(row, left, margin)
        if chunk.box.middle[1] < after or chunk.box.top > 0.55 * height:
            continue
        if likeness("ACTION REQUIRED REFERENCES", chunk.text) > 0.7 or re.match(r"(?:ACTION )?REQ[A-Z]{3,}", chunk.text):
            break  # the next compartment of a dispatch
        if min(abs(chunk.box.left - edge) for edge in (left, margin)) > 60 or len(re.sub(r"[^A-Za-z]", "", chunk.text)) < 3:
            continue
        gap = chunk.box.top - bottom
        if gap > (45 if not taken else 2.2 * max(8.0, chunk.box.height)) or _sentence(rows, number) or len(taken) >= 8:
            break
        if (find_dates(chunk.text) and len(chunk.cells) < 5) or is_level(chunk.text):
            continue
        taken.append(list(chunk.cells))
        bottom = chunk.box.bottom
    found = said("subject", Passage.of(rows[0].page, taken), "caption", 0.6) if taken else None
    return [found] if found else []


def _at_edge(row: Row, left: float, margin: float) -> Row:
    """The part of a row that begins at the labels' edge or the values', else its first part."""
    pitch = character(row.cells)
    label = squash(row.cells[0].text)
    damaged = len(row.cells) > 1 and (alike("SUBJECT", label, 3) or len(label) <= 3)
    if damaged and left - margin > 2.5 * pitch and abs(row.cells[1].box.left - left) <= 2.5 * pitch:
        return Row(row.page, row.cells[1:]).chunks(4.0)[0]
    if abs(row.cells[0].box.left - margin) <= 2.5 * pitch:
        return row.chunks(4.0)[0]
    at = next((i for i, c in enumerate(row.cells) if abs(c.box.left - left) <= 2.5 * pitch), 0)
    return Row(row.page, row.cells[at:]).chunks(4.0)[0]


def _sentence(rows: Sequence[Row], number: int) -> bool:
    """A row begins the text: it is numbered, opens with a reference, or runs on in small letters to the next row."""
    text = rows[number].text
    if re.match(r"\W{0,2}\d{1,2}\s?[.,]\s|\W{0,3}(?:Re|Ref|REF|Reference)[a-z]*\b|\W*Dear\b", text):
        return True
    small = len(re.findall(r"\b[a-z]{2,}\b", text))
    return small >= 4 and small >= 0.5 * len(text.split())
