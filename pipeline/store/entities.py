"""Who the mentions are, kept in the archive: mentions in a stable order out, entities and their counts in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, update

from pipeline.store.schema import documents, entities, mentions

CHUNK = 2000  # mentions held at a time


class Named(NamedTuple):
    """A mention as it stands in the archive, with the date of its document (EDTF)."""

    finding_id: str
    document_id: str
    label: str
    text: str
    name: str
    key: str
    document_date: str | None
    entity_id: str | None


def mention_rows(conn: Connection) -> Iterator[Named]:
    """Every mention, by id, a few thousand at a time in memory."""
    m = mentions.c
    asked = (
        select(m.finding_id, m.document_id, m.label, m.text, m.name, m.key, documents.c.date, m.entity_id)
        .join(documents, documents.c.document_id == m.document_id)
        .order_by(m.finding_id)
        .limit(CHUNK)
    )
    after = ""
    while rows := conn.execute(asked.where(m.finding_id > after)).all():
        for row in rows:
            yield Named(*row)
        after = rows[-1].finding_id


def assign(conn: Connection, who: Callable[[Named], str]) -> None:
    """Point each mention at its entity (`who` says which); only what changes is written."""
    changed: list[dict[str, Any]] = []
    to = (
        update(mentions)
        .where(mentions.c.finding_id == bindparam("mention"))
        .values(entity_id=bindparam("entity"))
    )
    for row in mention_rows(conn):
        entity = who(row)
        if entity != row.entity_id:
            changed.append({"mention": row.finding_id, "entity": entity})
        if len(changed) >= CHUNK:
            conn.execute(to, changed)
            changed.clear()
    if changed:
        conn.execute(to, changed)


def replace_entities(conn: Connection, rows: Iterator[tuple[str, str, str, str | None]]) -> None:
    """The entities (id, label, name, description) take the place of those before, with the counts that the mentions
    give. One that nothing mentions is not kept."""
    m = mentions.c
    counted = select(m.entity_id, func.count(), func.count(m.document_id.distinct())).group_by(m.entity_id)
    counts = {entity: (number, files) for entity, number, files in conn.execute(counted).tuples() if entity}
    conn.execute(delete(entities))
    kept = [
        dict(zip(("entity_id", "label", "name", "description", "mentions", "documents"), (*row, *counts[row[0]]), strict=True))
        for row in rows
        if row[0] in counts
    ]
    for at in range(0, len(kept), CHUNK):
        conn.execute(entities.insert(), kept[at : at + CHUNK])
