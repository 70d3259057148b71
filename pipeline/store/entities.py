"""Who the mentions are, kept in the archive: mentions in a stable order out, entities and their counts in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from pipeline.errors import ArgumentsError
from pipeline.store.schema import documents, entities, mentions, offices

CHUNK = 2000  # mentions held at a time
LISTED = 12  # entities named when a key is not clear


class Named(NamedTuple):
    """A mention as it stands in the archive, with the date of its document (EDTF) and who it was said to be."""

    finding_id: str
    document_id: str
    label: str
    text: str
    name: str
    key: str
    document_date: str | None
    entity_id: str | None
    score: float | None
    reason: str | None


class EntityRow(NamedTuple):
    """Somebody or something that the archive speaks of."""

    entity_id: str
    label: str
    name: str
    description: str | None


class Counted(NamedTuple):
    """An entity with the number of its mentions and of the documents that name it."""

    entity_id: str
    label: str
    name: str
    description: str | None
    mentions: int
    documents: int

    @property
    def row(self) -> EntityRow:
        return EntityRow(*self[:4])


def id_of(label: str, name: str) -> str:
    """Id of an entity that people name: hash of its label and name."""
    return hashlib.sha256(f"{label}\x1f{name}".encode()).hexdigest()[:16]


def mention_rows(conn: Connection) -> Iterator[Named]:
    """Every mention, by id, a few thousand at a time in memory."""
    m = mentions.c
    asked = (
        select(m.finding_id, m.document_id, m.label, m.text, m.name, m.key, documents.c.date.label("document_date"), m.entity_id,
               m.identity_score.label("score"), m.identity_reason.label("reason"))
        .join(documents, documents.c.document_id == m.document_id)
        .order_by(m.finding_id)
        .limit(CHUNK)
    )  # fmt: skip
    after = ""
    while rows := conn.execute(asked.where(m.finding_id > after)).all():
        for row in rows:
            yield Named(**row._mapping)
        after = rows[-1].finding_id


def assign(conn: Connection, who: Callable[[Named], tuple[str, float, str]]) -> None:
    """Point each mention at its entity (`who` says which, how sure and why); only what changes is written."""
    changed: list[dict[str, Any]] = []
    to = (
        update(mentions)
        .where(mentions.c.finding_id == bindparam("mention"))
        .values(entity_id=bindparam("entity"), identity_score=bindparam("score"), identity_reason=bindparam("why"))
    )
    for row in mention_rows(conn):
        entity, score, why = who(row)
        if (entity, score, why) != (row.entity_id, row.score, row.reason):
            changed.append({"mention": row.finding_id, "entity": entity, "score": score, "why": why})
        if len(changed) >= CHUNK:
            conn.execute(to, changed)
            changed.clear()
    if changed:
        conn.execute(to, changed)


def replace_entities(conn: Connection, rows: Iterator[EntityRow]) -> None:
    """The entities take the place of those before, with the counts that the mentions give. One that nothing mentions is
    not kept."""
    m = mentions.c
    counted = select(m.entity_id, func.count(), func.count(m.document_id.distinct())).group_by(m.entity_id)
    counts = {entity: (number, files) for entity, number, files in conn.execute(counted) if entity}
    conn.execute(delete(entities))
    kept = [Counted(*row, *counts[row.entity_id])._asdict() for row in rows if row.entity_id in counts]
    for at in range(0, len(kept), CHUNK):
        conn.execute(entities.insert(), kept[at : at + CHUNK])


def counted_entities(conn: Connection) -> Iterator[EntityRow]:
    """All entities of the archive as they stand."""
    e = entities.c
    for row in conn.execute(select(e.entity_id, e.label, e.name, e.description).order_by(e.entity_id)):
        yield EntityRow(*row)


# For people


def listed(conn: Connection, words: str = "", label: str | None = None, limit: int | None = None) -> list[Counted]:
    """Entities, the most spoken of first: those whose name, description or any written form holds all `words`."""
    e, m = entities.c, mentions.c
    asked = select(e.entity_id, e.label, e.name, e.description, e.mentions, e.documents)
    for word in words.split():
        written = select(m.entity_id).where(
            m.name.icontains(word, autoescape=True) | m.text.icontains(word, autoescape=True)
        )
        asked = asked.where(
            or_(e.name.icontains(word, autoescape=True), e.description.icontains(word, autoescape=True),
                e.entity_id.in_(written))
        )  # fmt: skip
    if label:
        asked = asked.where(e.label == label)
    rows = conn.execute(asked.order_by(e.mentions.desc(), e.name, e.entity_id).limit(limit))
    return [Counted(*row) for row in rows]


def find_entity(conn: Connection, key: str, label: str | None = None) -> Counted:
    """The entity that `key` names: its id or the beginning of it (4 letters or more), its name, or all its names' words.

    Raises ArgumentsError when none or more than one answers.
    """
    e = entities.c
    columns = (e.entity_id, e.label, e.name, e.description, e.mentions, e.documents)
    asked = select(*columns).order_by(e.mentions.desc(), e.entity_id).limit(LISTED)
    if label:
        asked = asked.where(e.label == label)
    ways = [func.lower(e.name) == key.lower()]
    if re.fullmatch(r"[0-9a-f]{4,16}", key):
        ways.insert(0, e.entity_id.startswith(key))
    found: list[Counted] = []
    for way in ways:
        found = [Counted(*row) for row in conn.execute(asked.where(way))]
        if len(found) == 1:
            return found[0]
        if found:
            break
    found = found or listed(conn, key, label, LISTED)
    if len(found) == 1:
        return found[0]
    if not found:
        raise ArgumentsError(
            f"there is no entity {key!r} in this archive.", "`declass entities search WORDS` looks for one."
        )
    lines = [f"  {c.entity_id}  {c.label:8} {c.name} ({c.mentions} mentions)" for c in found]
    raise ArgumentsError("\n".join([f"{key!r} names more than one entity:", *lines]), "Give the id.")


def exactly(conn: Connection, key: str, label: str) -> Counted | None:
    """The entity of that id or of exactly that name, None when there is none; of several of one name none is meant."""
    e = entities.c
    same = (e.label == label) & ((e.entity_id == key) | (func.lower(e.name) == key.lower()))
    found = conn.execute(select(e.entity_id, e.label, e.name, e.description, e.mentions, e.documents).where(same)).all()
    return Counted(*found[0]) if len(found) == 1 else None


def find_mentions(conn: Connection, keys: Sequence[str], throughout: bool = False) -> tuple[list[str], str]:
    """The ids of the mentions whose ids begin so, and their label; `throughout`: and of all others of the same entities in
    the same documents. Raises ArgumentsError when one of them is none or not clear."""
    m = mentions.c
    rows: list[Any] = []
    for key in keys:
        asked = select(m.finding_id, m.document_id, m.entity_id, m.label).where(
            m.finding_id.startswith(key, autoescape=True)
        )
        found = conn.execute(asked.limit(2)).all()
        if len(found) != 1:
            what = "begins more than one mention" if found else "is no mention of this archive"
            raise ArgumentsError(f"{key!r} {what}.", "`declass entities show NAME` prints mentions with their ids.")
        rows += found
    ids = {r.finding_id for r in rows}
    if throughout:
        for r in rows:
            same = (m.document_id == r.document_id) & (m.entity_id == r.entity_id)
            ids.update(conn.execute(select(m.finding_id).where(same)).scalars())
    return sorted(ids), rows[0].label


def forms(conn: Connection, entity_id: str) -> list[tuple[str, int]]:
    """How an entity is written, most frequent first."""
    m = mentions.c
    number = func.count()
    asked = select(m.text, number).where(m.entity_id == entity_id).group_by(m.text).order_by(number.desc(), m.text)
    return [(text, n) for text, n in conn.execute(asked)]


def places(conn: Connection, entity_id: str, limit: int | None = None) -> list[dict[str, Any]]:
    """Every mention of an entity, by document and page, with why it is this one."""
    m = mentions.c
    asked = (
        select(m.finding_id, documents.c.file_name, documents.c.date, m.page, m.text, m.name, m.confidence,
               m.identity_score, m.identity_reason, m.document_id)
        .join(documents, documents.c.document_id == m.document_id)
        .where(m.entity_id == entity_id)
        .order_by(documents.c.date.is_(None), documents.c.date, documents.c.file_name, m.page, m.start.nulls_first(),
                  m.finding_id)
        .limit(limit)
    )  # fmt: skip
    return [dict(r._mapping) for r in conn.execute(asked)]


def pages_of(conn: Connection, entity_id: str) -> list[tuple[str, int, int]]:
    """The pages that name an entity: document, page, number of mentions; ready for a search that asks for it."""
    m = mentions.c
    asked = select(m.document_id, m.page, func.count()).where(m.entity_id == entity_id)
    asked = asked.group_by(m.document_id, m.page).order_by(m.document_id, m.page)
    return [(document, page, n) for document, page, n in conn.execute(asked)]


def in_office(conn: Connection, name: str) -> list[dict[str, Any]]:
    """Where an office stands that this person may have held ("the Secretary"): not mentions, but candidates for them."""
    o = offices.c
    asked = (
        select(o.finding_id, documents.c.file_name, documents.c.date, o.page, o.text, o.office, o.score, o.reason)
        .join(documents, documents.c.document_id == o.document_id)
        .where(o.holder == name)
        .order_by(documents.c.file_name, o.page, o.start.nulls_first())
    )
    return [dict(r._mapping) for r in conn.execute(asked)]
