"""A finding that the program missed, as a person gives it: a complete row, with its place on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from pipeline.core import codec
from pipeline.core.geometry import Box
from pipeline.core.page import Page
from pipeline.errors import ArgumentsError
from pipeline.store.correctable import FIELDS, FINDINGS, ValueProblem, understood
from pipeline.store.schema import metadata, pages

SIDES = ("left", "top", "right", "bottom")
LINE = 12.0  # points from one line of type to the next, when a redaction's lines are not told
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "markings": {"template": "PERSON", "struck": False, "exemptions": [], "flags": []},
    "stamps": {"template": "PERSON", "decision": "none", "struck": False, "exemptions": [], "flags": []},
    "redactions": {"style": "black"},
    "mentions": {},
    "offices": {"reason": "added by a person", "candidates": []},
    "recommendations": {"polarity": "for", "decision": "none"},
}
"""By table, what a row says when the person does not."""
WORDS = {"markings": "canonical", "mentions": "name", "offices": "office"}
"""By table, the column that says as understood what `text` says as written."""


def addition(
    conn: Connection,
    document_id: str,
    table: str,
    told: Mapping[str, str],
    page: int,
    reviewer: str,
    *,
    box: Box | None = None,
    quote: str | None = None,
) -> dict[str, Any]:
    """The row of a finding: `told` has its fields as the person wrote them; it stands in `box`, or where `quote` stands
    on the page. Raises ArgumentsError when the table, page, place or a value is none, or something lacks."""
    if table not in DEFAULTS:
        raise ArgumentsError(f"nothing can be added to {table!r}.", f"There are {', '.join(t.name for t in FINDINGS)}.")
    read = _page(conn, document_id, page)
    start, end, boxes = _quoted(read, quote) if quote else (None, None, (box,) if box else ())
    if not boxes and start is None:
        raise ArgumentsError(
            "say where it stands on the page.", "Give --box left,top,right,bottom in points, or --quote."
        )
    try:
        row = {**DEFAULTS[table], **{name: understood(table, name, text) for name, text in told.items()}}
    except ValueProblem as problem:
        raise ArgumentsError(str(problem), "Nothing was changed.") from None
    around = Box.around(boxes).rounded() if boxes else None
    known = metadata.tables[table].c
    if "text" in known:
        row.setdefault("text", read.text[start:end] if quote else told.get(WORDS.get(table, ""), ""))
        if table in WORDS:
            row.setdefault(WORDS[table], row["text"])
    elif around:
        area = around.area / (read.width * read.height) if read.width and read.height else 0.0
        row = {"area": round(area, 5), "lines": max(1, round(around.height / LINE)), **row}
    needed = [n for n in FIELDS[table] if n != "text" and not known[n].nullable]
    lacking = [n for n in needed if row.get(n) in (None, "")]
    if lacking:
        raise ArgumentsError(f"{table} want {' and '.join(lacking)}.", f"Give {lacking[0]}=VALUE.")
    place = {"page": page, "start": start, "end": end, **{side: getattr(around, side, None) for side in SIDES}}
    listed = [{"page": page, **{side: getattr(b.rounded(), side) for side in SIDES}} for b in boxes]
    many = {"boxes": listed} if "boxes" in known else {}
    return {**row, **place, **many, "confidence": 1.0, "method": f"person:{reviewer}"}


def _page(conn: Connection, document_id: str, number: int) -> Page:
    asked = select(pages.c.words).where(pages.c.document_id == document_id, pages.c.page == number)
    packed = conn.execute(asked).scalar_one_or_none()
    if packed is None:
        raise ArgumentsError(f"there is no page {number} of that document in the archive.", "Nothing was changed.")
    read: Page = codec.unpack(Page, packed)
    return read


def _quoted(read: Page, quote: str) -> tuple[int, int, Sequence[Box]]:
    """Where words stand in the text of a page, and the boxes of the words there, a box a line."""
    pattern = r"\s+".join(re.escape(w) for w in quote.split())
    found = list(re.finditer(pattern, read.text, re.I)) if pattern else []
    if len(found) != 1:
        how = f"stands {len(found)} times" if found else "does not stand"
        raise ArgumentsError(f"{quote!r} {how} on page {read.number}.", "Quote more of it, or give --box.")
    start, end = found[0].span()
    lines: dict[int, list[Box]] = {}
    for word in read.words_between(start, end):
        if word.box:
            lines.setdefault(word.line, []).append(word.box)
    return start, end, [Box.around(line) for line in lines.values()]
