"""What people decided about entities: merged, split off, renamed. Kept beside the machine's work and applied upon it.

A decision remembers its entities by anchors: names as they were written, with document, page and place. After a new
reading or a new identification they are found again by place, and the entity that most of them now are is the one that
was meant; ids of rows play no part. What was written is never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from pipeline.errors import ArgumentsError
from pipeline.store.anchors import OVERLAP, PLACE, common
from pipeline.store.archive import now
from pipeline.store.entities import EntityRow, counted_entities, id_of, replace_entities
from pipeline.store.provenance import MODIFICATION, Event, record
from pipeline.store.schema import entities, entity_anchors, entity_decisions, mentions

ANCHORS = 60
"""So many mentions of an entity are kept with a decision: enough that a few which are read otherwise change nothing."""


class Said(NamedTuple):
    """Who decides, and why."""

    reviewer: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Touched:
    """What a decision did: its number, and how many mentions it touched."""

    decision: int
    mentions: int


def merge(conn: Connection, one: EntityRow, into: EntityRow, said: Said) -> Touched:
    """`one` becomes part of `into`, which keeps its name. Raises ArgumentsError when they are the same or of two kinds."""
    if one.entity_id == into.entity_id:
        raise ArgumentsError(f"{one.name} is {into.name} already.", "Nothing was changed.")
    if one.label != into.label:
        raise ArgumentsError(f"{one.name} is a {one.label}, {into.name} a {into.label}.", "Merge entities of one kind.")
    decision = _record(conn, "merge", one, into.name, said)
    _anchor(conn, decision, "subject", mentions.c.entity_id == one.entity_id)
    _anchor(conn, decision, "into", mentions.c.entity_id == into.entity_id)
    return _applied(conn, decision)


def rename(conn: Connection, entity: EntityRow, name: str, said: Said) -> Touched:
    """The entity is called `name` from now on."""
    decision = _record(conn, "rename", entity, name, said)
    _anchor(conn, decision, "subject", mentions.c.entity_id == entity.entity_id)
    return _applied(conn, decision)


def split(conn: Connection, found: Sequence[str], name: str, said: Said, into: EntityRow | None = None) -> Touched:
    """The mentions with the ids `found` are `name`: the entity `into` when given, else a new one.

    Raises ArgumentsError when one of them is not there or they are of more than one kind.
    """
    rows = conn.execute(select(mentions).where(mentions.c.finding_id.in_(found))).all()
    if missing := sorted(set(found) - {r.finding_id for r in rows}):
        raise ArgumentsError(
            f"there is no mention {missing[0]}.", "`declass entities show NAME` prints them with their ids."
        )
    if len({r.label for r in rows}) > 1 or (into and into.label != rows[0].label):
        raise ArgumentsError(
            "these mentions are of more than one kind.", "Split persons, places ... one kind at a time."
        )
    if {r.entity_id for r in rows} == {into.entity_id if into else None}:
        raise ArgumentsError(f"these mentions are {name} already.", "Nothing was changed.")
    e = entities.c
    known = conn.execute(select(e.name).where(e.entity_id == rows[0].entity_id)).scalar()
    before = EntityRow(rows[0].entity_id or "", rows[0].label, known or rows[0].name, None)
    decision = _record(conn, "split", before, name, said)
    _anchor(conn, decision, "subject", mentions.c.finding_id.in_(found), most=None)
    if into:
        _anchor(conn, decision, "into", mentions.c.entity_id == into.entity_id)
    return _applied(conn, decision)


def undo(conn: Connection, reviewer: str, decision: int | None = None) -> Row[Any]:
    """Takes back a decision, the last that holds when none is named. It stays on record. The machine's own view comes back
    with the next identification (`batch.whole.settle`). Raises ArgumentsError when there is nothing to take back."""
    d = entity_decisions.c
    asked = select(entity_decisions).where(d.undone_at.is_(None)).order_by(d.id.desc()).limit(1)
    row = conn.execute(asked.where(d.id == decision) if decision is not None else asked).one_or_none()
    if row is None:
        what = (
            "there is no decision that holds." if decision is None else f"there is no decision {decision} that holds."
        )
        raise ArgumentsError(what, "`declass entities decisions` lists them.")
    conn.execute(update(entity_decisions).where(d.id == row.id).values(undone_by=reviewer, undone_at=now(), mentions=0))
    told = f"decision {row.id} taken back: {row.action} {row.label} {row.before} as {row.name}"
    record(conn, Event(MODIFICATION, None, None, told, person=reviewer))
    return row


def history(conn: Connection) -> list[Mapping[str, Any]]:
    """Every decision, in the order in which they were made."""
    return [dict(r._mapping) for r in conn.execute(select(entity_decisions).order_by(entity_decisions.c.id))]


def apply(conn: Connection, known: Mapping[str, EntityRow], only: int | None = None) -> dict[str, EntityRow]:
    """The decisions that hold, in order, upon what the machine said; gives the entities that there are then.

    Mentions are pointed at other entities, with a score of 1 and the decision as reason. `only` applies one alone.
    """
    rows = dict(known)
    d = entity_decisions.c
    asked = select(entity_decisions).where(d.undone_at.is_(None)).order_by(d.id)
    for decision in conn.execute(asked if only is None else asked.where(d.id == only)).all():
        touched = _apply(conn, decision, rows)
        if touched != decision.mentions:
            conn.execute(update(entity_decisions).where(d.id == decision.id).values(mentions=touched))
    return rows


def _apply(conn: Connection, decision: Row[Any], rows: dict[str, EntityRow]) -> int:
    """Applies one decision; gives how many mentions it touched, 0 when nothing of what it was about is there."""
    found = _found_again(conn, decision.id, "subject")
    if not found.mentions:
        return 0
    if decision.action == "rename":
        if found.entity in rows:
            rows[found.entity] = rows[found.entity]._replace(name=decision.name)
        return _count(conn, mentions.c.entity_id == found.entity)
    target = _found_again(conn, decision.id, "into").entity or _named(rows, decision.label, decision.name)
    if target not in rows:
        rows[target] = EntityRow(target, decision.label, decision.name, None)
    moved: ColumnElement[bool] = mentions.c.finding_id.in_(found.mentions)
    if decision.action == "merge" and found.entity != target:
        moved = moved | (mentions.c.entity_id == found.entity)
    why = f"{decision.reviewer} {'merged' if decision.action == 'merge' else 'split off'} {decision.before} as {decision.name}"
    why += f" (decision {decision.id}{': ' + decision.reason if decision.reason else ''})"
    done = update(mentions).where(moved).values(entity_id=target, identity_score=1.0, identity_reason=why)
    return conn.execute(done).rowcount


class _Again(NamedTuple):
    """Mentions that stand where anchors say, and the entity that most of them are ("" none)."""

    mentions: list[str]
    entity: str


def _found_again(conn: Connection, decision: int, part: str) -> _Again:
    a, m = entity_anchors.c, mentions.c
    anchors = conn.execute(select(entity_anchors).where(a.decision_id == decision, a.part == part)).all()
    there: dict[tuple[str, int, str], list[Row[Any]]] = {}
    documents = sorted({anchor.document_id for anchor in anchors})
    columns = (m.finding_id, m.document_id, m.page, m.label, m.entity_id, *(mentions.c[n] for n in PLACE))
    for at in range(0, len(documents), 400):
        asked = select(*columns).where(m.document_id.in_(documents[at : at + 400]))
        for row in conn.execute(asked.where(m.page.in_({anchor.page for anchor in anchors}))):
            there.setdefault((row.document_id, row.page, row.label), []).append(row)
    found: dict[str, str] = {}
    for anchor in anchors:
        near = there.get((anchor.document_id, anchor.page, anchor.label), ())
        best = max(near, key=lambda row: (common(anchor._mapping, row._mapping), row.finding_id), default=None)
        if best is not None and common(anchor._mapping, best._mapping) >= OVERLAP:
            found[best.finding_id] = best.entity_id
    if found:
        votes = Counter(found.values())
        return _Again(sorted(found), min(votes, key=lambda e: (-votes[e], e)))
    ids = [i for i in sorted({anchor.entity_id for anchor in anchors}) if _count(conn, m.entity_id == i)]
    return _Again([], ids[0] if ids else "")


def _named(rows: Mapping[str, EntityRow], label: str, name: str) -> str:
    """The id of the entity of that name, of a new one when there is none."""
    same = sorted(e.entity_id for e in rows.values() if e.label == label and e.name.casefold() == name.casefold())
    return same[0] if same else id_of(label, name)


def _record(conn: Connection, action: str, before: EntityRow, name: str, said: Said) -> int:
    row = {"action": action, "label": before.label, "before": before.name, "name": name, "at": now(), **said._asdict()}
    made = conn.execute(entity_decisions.insert().values(row))
    told = f"{action} {before.label} {before.name} as {name}"
    record(conn, Event(MODIFICATION, None, before.entity_id, told, note=said.reason, person=said.reviewer))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def _anchor(conn: Connection, decision: int, part: str, which: ColumnElement[bool], most: int | None = ANCHORS) -> None:
    """Keeps where mentions stand; of many those with the lowest ids, which are spread over the archive by chance."""
    m = mentions.c
    columns = (m.entity_id, m.label, m.text, m.document_id, m.page, *(mentions.c[n] for n in PLACE))
    rows = conn.execute(select(*columns).where(which).order_by(m.finding_id).limit(most)).all()
    if rows:
        conn.execute(entity_anchors.insert(), [{"decision_id": decision, "part": part, **r._mapping} for r in rows])


def _applied(conn: Connection, decision: int) -> Touched:
    """The decision applied upon the archive as it stands; entities are counted anew."""
    known = {e.entity_id: e for e in counted_entities(conn)}
    replace_entities(conn, iter(apply(conn, known, decision).values()))
    touched = conn.execute(select(entity_decisions.c.mentions).where(entity_decisions.c.id == decision)).scalar_one()
    return Touched(decision, touched)


def _count(conn: Connection, which: ColumnElement[bool]) -> int:
    return int(conn.execute(select(func.count()).select_from(mentions).where(which)).scalar_one())
