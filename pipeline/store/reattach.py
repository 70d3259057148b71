"""Corrections are laid upon what the program found, and lifted off again.

The tables hold corrected values, so that a search, a facet and an export of corrected values need nothing more; what the
program said is kept with each correction (`beneath`) and comes back when the correction is lifted. Writing a document
anew replaces its rows by the program's; then `attach` lays its corrections upon them again. A finding is found again by
its place on the page, what it was taken for and what it says; a correction whose finding is not there waits.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, delete, select, update

from pipeline.core.dates import bounds
from pipeline.store.anchors import OVERLAP, PLACE, Columns, common
from pipeline.store.correctable import key_of, stored
from pipeline.store.schema import corrections, documents, metadata

ANCHOR = ("page", *PLACE, "kind", "text")
KIND = {"markings": "canonical", "stamps": "template", "redactions": "style", "mentions": "label", "offices": "office",
        "recommendations": "kind", "segments": "kind", "events": "action"}  # fmt: skip
"""By table, the column that says what a finding was taken for."""
WORDY = ("mentions", "recommendations")  # many stand side by side, of one kind
NUMBERED = ("segments", "events")  # their numbers mean nothing after another reading
ALIKE = 0.6  # so much of the wording must agree when a finding is taken for something else than before
MOST = 400  # characters of a wording that are compared


def attach(conn: Connection, document_id: str) -> None:
    """Lays the corrections of a document that stand upon its rows, which are the program's; others wait."""
    standing = _standing(conn, document_id)
    again: dict[tuple[str, str], str] = {}
    for name in {c.table for c in standing} - {"documents"}:
        again |= _found_again(conn, name, [c for c in standing if c.table == name])
    added = {(c.table, c.finding_id) for c in standing if c.action == "add"}
    for c in standing:
        mine = (c.table, c.finding_id)
        key = c.finding_id if mine in added and c.action != "add" else again.get(mine)
        laid = _lay(conn, c, key)
        now = {"state": "attached", **laid} if laid else {"state": "waiting", "beneath": None}
        conn.execute(update(corrections).where(corrections.c.id == c.id).values(now))


def lift(conn: Connection, document_id: str) -> None:
    """Takes all corrections off the rows of a document: they are the program's again."""
    for c in reversed(_standing(conn, document_id)):
        if c.state != "attached":
            continue
        table = metadata.tables[c.table]
        if c.action == "correct":
            _set(conn, table, c, c.finding_id, c.beneath["value"])
        elif c.action == "add":
            conn.execute(delete(table).where(_this(table, document_id, c.finding_id)))
        if c.action != "correct" and c.beneath["row"]:
            conn.execute(table.insert().values(c.beneath["row"]))
    detach(conn, document_id)


def detach(conn: Connection, document_id: str) -> None:
    """The rows of a document are gone or were replaced: all its corrections that stand wait."""
    c = corrections.c
    conn.execute(
        update(corrections)
        .where(c.document_id == document_id, c.state == "attached")
        .values(state="waiting", beneath=None)
    )


def attach_waiting(conn: Connection) -> None:
    """Tries again what waits, such as corrections of an archive whose schema was older."""
    c = corrections.c
    here = select(documents.c.document_id)
    waiting = select(c.document_id).where(c.state == "waiting", c.document_id.in_(here)).distinct()
    for document_id in conn.execute(waiting.order_by(c.document_id)).scalars().all():
        lift(conn, document_id)
        attach(conn, document_id)


def anchor_of(table: str, row: Columns) -> dict[str, Any]:
    """By what a row is found again. A part of a document stands on its pages, an entry of the ledger nowhere."""
    if table == "documents":
        return dict.fromkeys(ANCHOR)
    nowhere: dict[str, Any] = dict.fromkeys(ANCHOR)
    what = {**nowhere, "kind": row[KIND[table]], "text": row.get("text") or ""}
    if table == "segments":
        return what | {"start": row["first_page"], "end": row["last_page"] + 1}
    if table == "events":
        return what | {"text": " ".join(row[n] for n in ("date", "action", "level", "agency", "authority") if row[n])}
    return what | {name: row[name] for name in ("page", *PLACE)}


def likeness(a: Columns, b: Columns, by_words: bool = False) -> float:
    """How well `b` may be what `a` was in another reading; 0: not at all, at most 3. Both are anchors. `by_words`: place
    and kind do not do, the wording must agree too."""
    if a["page"] != b["page"]:
        return 0.0
    nowhere = a["left"] is None and a["start"] is None
    place = 1.0 if nowhere else common(a, b)
    if place < OVERLAP:
        return 0.0
    same = a["kind"] == b["kind"]
    one, other = ((side["text"] or "").casefold()[:MOST] for side in (a, b))
    within = same and bool(one and other) and (one in other or other in one)
    alike = 1.0 if within else SequenceMatcher(None, one, other, autojunk=False).ratio()
    return 0.0 if alike < ALIKE and (nowhere or by_words or not same) else place + alike + same


def _found_again(conn: Connection, name: str, standing: Sequence[Row[Any]]) -> dict[tuple[str, str], str]:
    """By table and finding as it was named: the key of the row that is it now. The same id before any likeness, the most
    alike first, each row for one finding only."""
    table = metadata.tables[name]
    asked = select(table).where(table.c.document_id == standing[0].document_id)
    rows = {str(row[key_of(table)]): anchor_of(name, row) for row in conn.execute(asked).mappings()}
    wanted: dict[str, Row[Any]] = {}
    for c in standing:
        wanted.setdefault(c.finding_id, c)
    found = {key: key for key in wanted if key in rows and name not in NUMBERED}
    for key in found:
        del rows[key]
    pairs = [
        (likeness(c._mapping, row, c.action == "add" or name in WORDY), key, other)
        for key, c in wanted.items()
        if key not in found
        for other, row in rows.items()
    ]
    for score, key, other in sorted(pairs, key=lambda p: (-p[0], p[1], p[2])):
        if score and key not in found and other in rows:
            found[key] = other
            del rows[other]
    return {(name, key): other for key, other in found.items()}


def _lay(conn: Connection, c: Row[Any], key: str | None) -> dict[str, Any] | None:
    """Lays one correction upon the row `key`; gives what is to be noted of it, None when it must wait."""
    table = metadata.tables[c.table]
    if c.action == "add":
        return _add(conn, table, c, key)
    if c.table != "documents" and key is None:
        return None
    row = conn.execute(select(table).where(_this(table, c.document_id, key))).mappings().one_or_none()
    if row is None:
        return None
    place = anchor_of(c.table, row) if c.kind is None else {}  # of an archive that was older
    if c.action == "reject":
        conn.execute(delete(table).where(_this(table, c.document_id, key)))
        return {"finding_id": key, "beneath": {"row": dict(row)}, **place}
    _set(conn, table, c, key, stored(c.table, c.field, c.value))
    return {"finding_id": key, "beneath": {"value": row[c.field]}, **place}


def _add(conn: Connection, table: Table, c: Row[Any], key: str | None) -> dict[str, Any] | None:
    """The finding that a person added, in place of the program's at the same place, should it have found it since."""
    if conn.execute(select(documents.c.document_id).where(_this(documents, c.document_id, None))).first() is None:
        return None
    own: dict[str, Any] = {"row": None}
    if key is not None:
        there = _this(table, c.document_id, key)
        own = {"row": dict(conn.execute(select(table).where(there)).mappings().one())}
        conn.execute(delete(table).where(there))
    added = {**json.loads(c.value), "document_id": c.document_id, "finding_id": c.finding_id}
    conn.execute(table.insert().values(added))
    return {"finding_id": c.finding_id, "beneath": own}


def _set(conn: Connection, table: Table, c: Row[Any], key: str | None, value: Any) -> None:
    changed = with_bounds(c.table, {c.field: value})
    conn.execute(update(table).where(_this(table, c.document_id, key)).values(changed))


def with_bounds(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """With the date of a document the days that it may mean, by which it is searched."""
    if table != "documents" or "date" not in row:
        return row
    first, last = (bounds(row["date"]) if row["date"] else None) or (None, None)
    return row | {"date_from": first, "date_to": last}


def _this(table: Table, document_id: str, key: str | None) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = table.c.document_id == document_id
    if key is None or table is documents:
        return mine
    column = table.c[key_of(table)]
    return and_(mine, column == column.type.python_type(key))


def _standing(conn: Connection, document_id: str) -> Sequence[Row[Any]]:
    c = corrections.c
    mine = select(corrections).where(c.document_id == document_id, c.state != "undone")
    return conn.execute(mine.order_by(c.id)).all()
