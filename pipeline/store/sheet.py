"""Corrections as lines of a table: one to fill in, and what people filled in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from pipeline.errors import ArgumentsError, InputError
from pipeline.store.correctable import FIELDS, KEY, key_of
from pipeline.store.corrections import Fix
from pipeline.store.decisions import Said
from pipeline.store.reattach import ANCHOR
from pipeline.store.rows import PLACE
from pipeline.store.schema import corrections, documents, metadata
from pipeline.store.show import find

EMPTY, REJECT = "(empty)", "(reject)"
"""What is written into `value` to empty a field, and to say that the finding is none."""
FAULTS = 20  # lines that are wrong and are told

Line = Mapping[str, str]


def to_fill_in(conn: Connection, wanted: Iterable[str], tables: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A line for each value that can be corrected in these documents, with what holds now and `value` left empty.

    Raises ArgumentsError for a table that cannot be corrected.
    """
    for name in tables:
        if name not in FIELDS:
            raise ArgumentsError(f"{name!r} is no table that can be corrected.", f"There are {', '.join(FIELDS)}.")
    for ident in wanted:
        file_name = conn.execute(select(documents.c.file_name).where(documents.c.document_id == ident)).scalar()
        for name in tables:
            table = metadata.tables[name]
            order = [table.c[n] for n in PLACE if n in table.c]
            for row in conn.execute(select(table).where(table.c.document_id == ident).order_by(*order)).mappings():
                for field in FIELDS[name]:
                    yield {
                        "document_id": ident, "file_name": file_name, "page": row.get("page", ""),
                        "finding_id": "" if table is documents else str(row[key_of(table)]), "table": name,
                        "field": field, "now": _plain(row[field]), "value": "", "reviewer": "", "reason": "",
                    }  # fmt: skip


def _plain(value: Any) -> str:
    if isinstance(value, list):
        items = [f"{v['kind']}:{v['value']}" if isinstance(v, dict) else str(v) for v in value]
        return "|".join(i.replace("\\", "\\\\").replace("|", "\\|") for i in items)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def filled_in(conn: Connection, lines: Iterable[Line], otherwise: Said) -> dict[Said, list[Fix]]:
    """What people wrote, by who says so and why (`otherwise` where a line does not say). Lines without a value say nothing.

    Also reads what `corrections` exports: then an empty value is one, and what was taken back is left out. Raises
    InputError that tells every line that is wrong.
    """
    by_person: dict[Said, list[Fix]] = {}
    faults: list[str] = []
    for number, line in enumerate(lines, 2):
        exported = "state" in line
        if line.get("state") == "undone" or not (exported or line.get("value")):
            continue
        try:
            fix = _fix(conn, line)
        except ArgumentsError as error:
            faults.append(f"line {number}: {error}")
            continue
        said = Said(line.get("reviewer") or otherwise.reviewer, line.get("reason") or otherwise.reason)
        by_person.setdefault(said, []).append(fix)
    if faults:
        more = [f"and {len(faults) - FAULTS} more"] if len(faults) > FAULTS else []
        raise InputError("\n".join([*faults[:FAULTS], *more]), "Nothing was changed: mend these lines and try again.")
    return by_person


def _fix(conn: Connection, line: Line) -> Fix:
    ident, _ = find(conn, line.get("document_id") or line.get("file_name") or "")
    table, finding, value = line.get("table") or "documents", line.get("finding_id") or None, line.get("value", "")
    if table not in FIELDS:
        raise ArgumentsError(f"{table!r} is no table that can be corrected")
    if (finding is None) != (table == "documents"):
        raise ArgumentsError(f"{table} want {'no' if finding else 'a'} finding_id")
    action = line.get("action") or "correct"
    if action == "add":
        return Fix(ident, table, finding, "*", _row(value), "add", _anchor(line))
    anchor = None if finding is None or _known(conn, ident, table, finding) else _anchor(line)
    if finding and anchor is not None and not anchor["page"] and table not in KEY:
        raise ArgumentsError(f"there is no finding {finding} among the {table} of that document")
    if action == "reject" or value == REJECT:
        made = Fix.rejecting(ident, table, finding or "")
    else:
        made = Fix.of_value(ident, table, finding, line.get("field", ""), "" if value == EMPTY else value)
    return Fix(made.document_id, made.table, made.finding_id, made.field, made.value, made.action, anchor)


def _known(conn: Connection, ident: str, name: str, finding: str) -> bool:
    """In the archive now, or rejected by an earlier correction."""
    table, c = metadata.tables[name], corrections.c
    key = table.c[key_of(table)]
    kind = key.type.python_type
    if kind is int and not finding.isdigit():
        return False
    here = select(key).where(table.c.document_id == ident, key == kind(finding))
    earlier = select(c.id).where(c.document_id == ident, c.table == name, c.finding_id == finding, c.state != "undone")
    return conn.execute(here).first() is not None or conn.execute(earlier).first() is not None


def _row(value: str) -> str:
    try:
        row = json.loads(value)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise ArgumentsError("what is added is no JSON object; `declass correct add` adds a finding")
    return value


def _anchor(line: Line) -> dict[str, Any]:
    """Where a finding stands, as an export of corrections tells it."""
    anchor: dict[str, Any] = {name: line.get(name) or None for name in ANCHOR}
    try:
        for name, text in anchor.items():
            if text is not None and name not in ("kind", "text"):
                anchor[name] = int(text) if name in ("page", "start", "end") else float(text)
    except ValueError:
        raise ArgumentsError("its place is not made of numbers") from None
    return anchor | {"text": line.get("text") or ""}
