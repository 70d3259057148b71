"""What people set right: a value, a finding that is none, a finding that is missing. Each with who, why and when.

A correction is entered, holds for the archive from then on (`reattach`), can be taken back and stays on record.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, select, update

from pipeline.errors import ArgumentsError
from pipeline.store.archive import now
from pipeline.store.correctable import FIELDS, FINDINGS, REJECTABLE, ValueProblem, key_of, understood, written
from pipeline.store.decisions import Said
from pipeline.store.provenance import MODIFICATION, Event, record
from pipeline.store.reattach import ANCHOR, anchor_of, attach, lift, with_bounds
from pipeline.store.rows import PLACE
from pipeline.store.schema import corrections, documents, metadata

Wanted = Mapping[str, Collection[int] | None]
"""Documents by id with the pages that are wanted of each; None is all of them."""
WHOLE = "*"
"""The field of a correction that is about a finding as a whole."""
LISTED = 10


@dataclass(frozen=True, slots=True)
class Fix:
    """What is to be set right. `action` is correct (`field` gets `value`), reject (this finding is none) or add (`value`
    is the row, as JSON). `finding_id` is None for the document itself, the number of a segment or event. `anchor` says
    where a finding stands that may not be in the archive now."""

    document_id: str
    table: str
    finding_id: str | None
    field: str = WHOLE
    value: str | None = None
    action: str = "correct"
    anchor: Mapping[str, Any] | None = None

    @classmethod
    def of_value(cls, document_id: str, table: str, finding_id: str | None, name: str, text: str) -> Fix:
        """`text` as a person wrote it. Raises ArgumentsError when the field cannot have it."""
        try:
            value = written(understood(table, name, text))
        except ValueProblem as problem:
            raise ArgumentsError(str(problem), "Nothing was changed.") from None
        return cls(document_id, table, finding_id, name, value)

    @classmethod
    def rejecting(cls, document_id: str, table: str, finding_id: str) -> Fix:
        if table not in REJECTABLE:
            raise ArgumentsError(f"{table} cannot be rejected.", f"There are {', '.join(REJECTABLE)}.")
        return cls(document_id, table, finding_id, action="reject")

    @classmethod
    def adding(cls, document_id: str, table: str, row: Mapping[str, Any]) -> Fix:
        """`row` is complete (see `addition`)."""
        seed = "\x1f".join((document_id, table, "added", json.dumps(dict(row), sort_keys=True, default=str)))
        ident = hashlib.sha256(seed.encode()).hexdigest()[:20]
        return cls(
            document_id, table, ident, WHOLE, json.dumps(dict(row), ensure_ascii=False), "add", anchor_of(table, row)
        )


def enter(conn: Connection, fixes: Iterable[Fix], said: Said) -> list[int]:
    """Notes corrections and lays them upon the archive; gives their numbers. What is so already is not noted again.

    Raises ArgumentsError when a document or finding is not there and the fix does not say where it stands.
    """
    made: list[int] = []
    every = sorted(fixes, key=lambda f: f.document_id)
    for document_id, some in groupby(every, key=lambda f: f.document_id):
        lift(
            conn, document_id
        )  # values and places of the program, not those of earlier corrections, are kept with each
        for fix in some:
            made += _note(conn, fix, said)
        attach(conn, document_id)
    return made


def _note(conn: Connection, fix: Fix, said: Said) -> list[int]:
    earlier = [c for c in _of(conn, fix.document_id) if (c.table, c.finding_id) == (fix.table, fix.finding_id)]
    found = _row(conn, fix)
    if found is None and fix.action != "add":
        found = next((json.loads(c.value) for c in earlier if c.action == "add"), None)
    if found is None and fix.action != "add" and not earlier and not fix.anchor:
        raise ArgumentsError(
            f"there is no {fix.table} {fix.finding_id or fix.document_id[:12]} in the archive.", "Nothing was changed."
        )
    same = [c for c in earlier if c.field == fix.field]
    told = same[0].machine_value if same else _told(fix, found)
    if (same and (same[-1].action, same[-1].value) == (fix.action, fix.value)) or (
        not same and fix.action == "correct" and found is not None and told == fix.value
    ):
        return []
    first = dict(earlier[0]._mapping) if earlier else None
    anchor = first or fix.anchor or (anchor_of(fix.table, found) if found else {})
    row = {
        "document_id": fix.document_id, "table": fix.table, "finding_id": fix.finding_id, "field": fix.field,
        "machine_value": told, "value": fix.value, "action": fix.action, "at": now(), **said._asdict(),
        **{name: anchor.get(name) for name in ANCHOR},
    }  # fmt: skip
    number = conn.execute(corrections.insert().values(row)).inserted_primary_key
    assert number is not None
    what = {"correct": f"{fix.table}.{fix.field}: {told!r} became {fix.value!r}", "reject": f"{fix.table}: {told!r} rejected",
            "add": f"{fix.table}: {anchor.get('text')!r} added"}[fix.action]  # fmt: skip
    event = Event(MODIFICATION, fix.document_id, fix.finding_id, what, note=said.reason, person=said.reviewer)
    record(conn, event)
    return [int(number[0])]


def _told(fix: Fix, row: Mapping[str, Any] | None) -> str | None:
    """What the program said: of a finding as a whole, its words."""
    if row is None or fix.action == "add":
        return None
    return written(row.get(fix.field)) if fix.action == "correct" else anchor_of(fix.table, row)["text"]


def _row(conn: Connection, fix: Fix) -> Mapping[str, Any] | None:
    table = metadata.tables[fix.table]
    asked = select(table).where(table.c.document_id == fix.document_id)
    if fix.finding_id is not None:
        key = table.c[key_of(table)]
        asked = asked.where(key == key.type.python_type(fix.finding_id))
    row = conn.execute(asked).mappings().one_or_none()
    return dict(row) if row else None


def _of(conn: Connection, document_id: str) -> Sequence[Row[Any]]:
    c = corrections.c
    return conn.execute(
        select(corrections).where(c.document_id == document_id, c.state != "undone").order_by(c.id)
    ).all()


def undo(conn: Connection, reviewer: str, number: int | None = None) -> Row[Any]:
    """Takes back a correction, the last that stands when none is named. It stays on record.

    Raises ArgumentsError when there is nothing to take back.
    """
    c = corrections.c
    asked = select(corrections).where(c.state != "undone").order_by(c.id.desc()).limit(1)
    row = conn.execute(asked.where(c.id == number) if number is not None else asked).one_or_none()
    if row is None:
        which = "" if number is None else f" {number}"
        raise ArgumentsError(f"there is no correction{which} that holds.", "`declass correct list` lists them.")
    lift(conn, row.document_id)
    conn.execute(update(corrections).where(c.id == row.id).values(state="undone", undone_by=reviewer, undone_at=now()))
    attach(conn, row.document_id)
    what = f"correction {row.id} of {row.table}.{row.field} taken back"
    record(conn, Event(MODIFICATION, row.document_id, row.finding_id, what, person=reviewer))
    return row


def listed(conn: Connection, document_id: str | None = None, state: str | None = None) -> Iterator[Mapping[str, Any]]:
    """Corrections with the name of their file, in the order in which they were made; few in memory at a time."""
    c = corrections.c
    named = select(corrections, documents.c.file_name).outerjoin(documents, documents.c.document_id == c.document_id)
    if document_id:
        named = named.where(c.document_id == document_id)
    if state:
        named = named.where(c.state == state)
    with conn.execute(named.order_by(c.id), execution_options={"yield_per": 500}) as found:
        for row in found:
            yield dict(row._mapping)


def finding(conn: Connection, key: str) -> tuple[str, str, str] | None:
    """(document, table, id) of the finding whose id begins with `key` (4 characters or more); None when none does.

    Raises ArgumentsError when more than one does.
    """
    if not re.fullmatch(r"[0-9a-f]{4,20}", key.lower()):
        return None
    found = []
    for table in FINDINGS:
        t = table.c
        asked = select(t.document_id, t.finding_id).where(t.finding_id.startswith(key.lower())).limit(LISTED)
        found += [(row.document_id, table.name, row.finding_id) for row in conn.execute(asked)]
    if len(found) > 1:
        lines = [f"  {ident}  {table}" for _, table, ident in found[:LISTED]]
        raise ArgumentsError("\n".join([f"{key!r} begins more than one finding:", *lines]), "Give more of the id.")
    return found[0] if found else None


def overlay(
    conn: Connection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    values: str,
    wanted: Wanted | None = None,
) -> Iterator[Mapping[str, Any]]:
    """Rows of a table as `rows.stream` gives them (corrected values), with `values` "corrected" or "machine".

    "machine" gives what the program alone said: values before correction, rejected findings back in their place, added
    ones left out. Rows come by document in the stable order, with `columns`, `document_id` and their key among them; few
    are held at a time. `wanted` are the documents, and the pages of them, to which `rows` keep.
    """
    if values == "corrected" or table not in FIELDS:
        yield from rows
        return
    c = corrections.c
    asked = select(c.document_id).where(c.table == table, c.state == "attached").distinct().order_by(c.document_id)
    touched = [d for d in conn.execute(asked).scalars().all() if wanted is None or d in wanted]
    for document_id, some in _every(rows, touched):
        if touched and touched[0] == document_id:
            del touched[0]
            told = _as_told(conn, table, document_id, some)
            pages = wanted[document_id] if wanted is not None else None
            yield from ({n: r[n] for n in columns} for r in told if pages is None or r.get("page") in (None, *pages))
        else:
            yield from some


def _every(
    rows: Iterable[Mapping[str, Any]], touched: Sequence[str]
) -> Iterator[tuple[str, Iterable[Mapping[str, Any]]]]:
    """Documents in order with their rows, those of `touched` (which shrinks from the front) that have none included."""
    for document_id, some in groupby(rows, key=itemgetter("document_id")):
        while touched and touched[0] < document_id:
            yield touched[0], ()
        yield document_id, some
    while touched:
        yield touched[0], ()


def _as_told(
    conn: Connection, name: str, document_id: str, rows: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The rows of one document without its corrections."""
    table = metadata.tables[name]
    key = key_of(table)
    by_key = {str(row[key]): dict(row) for row in rows}
    for c in reversed([c for c in _of(conn, document_id) if c.table == name and c.state == "attached"]):
        ident = document_id if name == "documents" else c.finding_id
        if c.action == "correct" and ident in by_key:
            by_key[ident] |= with_bounds(name, {c.field: c.beneath["value"]})
        elif c.action == "add":
            by_key.pop(ident, None)
        if c.action != "correct" and (row := c.beneath["row"]):
            by_key[str(row[key])] = row
    order = [n for n in PLACE if n in table.c]
    return sorted(by_key.values(), key=lambda row: [(row[n] is None, row[n]) for n in order])
