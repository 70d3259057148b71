"""Who wrote a letter and to whom, where no label says it: salutation, addressee's block, closing words, typed signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline.core.knowledge import toml
from pipeline.parse.cues import likeness, squash
from pipeline.parse.rows import Passage, Row, character
from pipeline.parse.said import Said, line, said
from pipeline.parse.telegrams import is_level


@cache
def _knowledge() -> dict[str, Any]:
    return toml("particulars/heads.toml")


def salutation(rows: Sequence[Row]) -> list[Said]:
    """The addressee of a letter: the block above "Dear ...", else the name in it."""
    for number, row in enumerate(rows):
        m = re.match(_knowledge()["salutation"], row.text)
        if not m or m["name"][0].islower():
            continue
        if block := _addressee_block(rows, number):
            return block
        if named := said("recipient", Passage.of(row.page, [row.cells[1:]]), "head-salutation", 0.75):
            return [named._replace(value=line(m["name"]))]
    return []


def _addressee_block(rows: Sequence[Row], salutation: int) -> list[Said]:
    """Name and office at the salutation's margin, two to seven rows above it, as far as they stand close together."""
    margin, pitch = rows[salutation].box.left, character(rows[salutation].cells)
    block: list[Row] = []
    for row in reversed(rows[max(0, salutation - 8) : salutation]):
        chunk = row.chunks(6.0)[0]
        if abs(chunk.box.left - margin) > 3 * pitch:
            if block:
                break
            continue
        below = block[0].box.top if block else rows[salutation].box.top
        if below - chunk.box.bottom > (2.6 if not block else 1.2) * max(8.0, chunk.box.height):
            break
        block.insert(0, chunk)
    titled = bool(block and re.match(_knowledge()["addressed"], block[0].text))
    if not 2 <= len(block) <= 7 or not titled:
        return []
    kept = block[: 2 if re.match(r"(?i)\W*the hon", block[0].text) else 1]
    found = said("recipient", Passage.of(block[0].page, [r.cells for r in kept]), "addressee-block", 0.75)
    return [found] if found else []


def signature(pages: Sequence[Sequence[Row]], closed: bool) -> list[Said]:
    """The typed name under a letter's closing words, or over an office, or alone in a row after the text.

    `pages` are the rows of each page. `closed` says that only what follows closing words or stands over an office counts;
    the first such name signs, since attachments follow.
    """
    alone: Said | None = None
    for rows in pages:
        signed = _signed(rows)
        if sure := next((found for weight, found in signed if weight >= 0.9), None):
            return [sure]
        if not closed and signed:
            alone = signed[-1][1] if _ends(rows, signed[-1][1]) else None
    return [alone] if alone else []


def _ends(rows: Sequence[Row], name: Said) -> bool:
    """No text follows a name: what stands under it are a few short lines."""
    bottom = name.passage.boxes[0].box.bottom if name.passage.boxes else 0.0
    after = [r for r in rows if r.box.top > bottom]
    sure = name.passage.confidence > 0.75 and len(name.value.split()) <= 4
    return sure and sum(len(re.findall(r"\b[a-z]{2,}\b", r.text)) >= 4 for r in after) <= 1


def _signed(rows: Sequence[Row]) -> list[tuple[float, Said]]:
    """Every row's part that may be a typed signature, with what speaks for it."""
    out: list[tuple[float, Said]] = []
    width = max((r.box.right for r in rows), default=1.0)
    bottom = max((r.box.bottom for r in rows), default=1.0)
    closing: Row | None = None
    opened = next((n for n, r in enumerate(rows) if re.match(_knowledge()["salutation"], r.text)), -1)
    for number, row in enumerate(rows):
        if re.match(_knowledge()["closings"], row.text):
            closing = row
            continue
        if out and re.search(_knowledge()["copies"], row.text):
            break
        chunks = row.chunks(4.0)
        for chunk in chunks if number > opened else ():
            m = re.match(_knowledge()["name"], chunk.text)
            if not m or _no_name(chunk.text) or is_level(chunk.text):
                continue
            after = closing is not None and 0 < chunk.box.top - closing.box.bottom < 9 * max(8.0, closing.box.height)
            office = _office_below(rows, number, chunk)
            placed = chunk.box.left >= 0.4 * width and chunk.box.top >= 0.15 * bottom and len(chunks) <= 2
            weight = 1.2 * after + 1.0 * office + 0.6 * placed
            if weight and (found := said("sender", Passage.of(row.page, [chunk.cells]), "signature", 0.55)):
                sure = round(min(0.9, found.confidence + 0.2 * after + 0.2 * office), 3)
                weight *= found.passage.confidence**0.5
                out.append((weight, found._replace(value=line(m["name"]), confidence=sure)))
    return out


def _office_below(rows: Sequence[Row], number: int, name: Row) -> bool:
    """The row under a name tells an office: Chief, WH Division; Special Agent in Charge."""
    for row in rows[number + 1 : number + 3]:
        for chunk in row.chunks(4.0):
            beneath = chunk.box.left < name.box.right + 20 and chunk.box.right > name.box.left - 20
            if beneath and -0.6 * name.box.height <= chunk.box.top - name.box.bottom < 2.2 * max(8.0, name.box.height):
                return bool(re.match(_knowledge()["offices"], chunk.text))
    return False


def _no_name(text: str) -> bool:
    """A row has a word that no name has, or is what is left of a stamp."""
    if any(squash(w) in _no_names() for w in text.split()):
        return True
    return any(likeness(phrase, text) > 0.72 for phrase in _knowledge()["stamped"])


@cache
def _no_names() -> frozenset[str]:
    return frozenset(squash(word) for word in _knowledge()["no_names"])
