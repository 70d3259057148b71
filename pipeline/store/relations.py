"""Who advised what to whom: rows of the archive in, the table `relations` out, and the questions put to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, cast, delete, or_, select

from pipeline.store.schema import documents, entities, mentions, recommendations, relations, segments

FEW = 200  # documents held at a time


class Paper(NamedTuple):
    """What the archive knows of a document with advice in it: rows of its parts, names and recommendations."""

    document: Mapping[str, Any]
    segments: Sequence[Mapping[str, Any]]
    names: Sequence[Mapping[str, Any]]
    advice: Sequence[Mapping[str, Any]]


class Asked(NamedTuple):
    """A question: words in the name or wording of who advises and who is advised, a country, years, and what became of
    it. None asks nothing."""

    by: str | None = None
    to: str | None = None
    country: str | None = None
    since: int | None = None
    until: int | None = None
    decision: str | None = None
    kind: str | None = None
    documents: Collection[str] | None = None


def papers(conn: Connection) -> Iterator[Paper]:
    """Every document with recommendations, a few at a time in memory, in the order of their ids."""
    every = conn.execute(select(recommendations.c.document_id).distinct().order_by(recommendations.c.document_id))
    ids = list(every.scalars())
    for at in range(0, len(ids), FEW):
        some = ids[at : at + FEW]
        m = mentions.c
        named = (
            select(m.document_id, m.page, m.start, m.end, m.label, m.text, m.key, m.entity_id, m.identity_score,
                   entities.c.name)
            .join(entities, entities.c.entity_id == m.entity_id)
            .where(m.document_id.in_(some), m.label.in_(("PERSON", "ORG", "PLACE")))
            .order_by(m.document_id, m.page, m.start.nulls_first(), m.finding_id)
        )  # fmt: skip
        s, r = segments.c, recommendations.c
        of_parts = select(segments).where(s.document_id.in_(some)).order_by(s.document_id, s.segment)
        of_advice = select(recommendations).where(r.document_id.in_(some)).order_by(r.document_id, r.page, r.finding_id)
        rows = [_by_document(conn.execute(asked)) for asked in (of_parts, named, of_advice)]
        for document in conn.execute(
            select(documents).where(documents.c.document_id.in_(some)).order_by("document_id")
        ):
            yield Paper(dict(document._mapping), *(found.get(document.document_id, []) for found in rows))


def replace_relations(conn: Connection, of: Callable[[Paper], list[dict[str, Any]]]) -> None:
    """All rows of `relations` anew; `of` gives those of one document."""
    conn.execute(delete(relations))
    for paper in papers(conn):
        if rows := of(paper):
            conn.execute(relations.insert(), rows)


def ask(conn: Connection, asked: Asked, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The rows that answer, by date, each with its document's file name."""
    r = relations.c
    found = select(documents.c.file_name, relations).join(documents, documents.c.document_id == r.document_id)
    for words, columns in ((asked.by, (r.by_name, r.by_text)), (asked.to, (r.to_name, r.to_text))):
        for word in (words or "").split():
            found = found.where(or_(*(c.icontains(word, autoescape=True) for c in columns)))
    if asked.country:
        found = found.where(cast(r.countries, Text).icontains(asked.country, autoescape=True))
    if asked.since is not None:
        found = found.where(r.date >= str(asked.since))
    if asked.until is not None:
        found = found.where(r.date < str(asked.until + 1))
    for column, value in ((r.decision, asked.decision), (r.kind, asked.kind)):
        if value:
            found = found.where(column == value)
    order = (r.date.is_(None), r.date, documents.c.file_name, r.page, r.finding_id)
    if asked.documents is None:
        yield from (dict(row._mapping) for row in conn.execute(found.order_by(*order).limit(limit)))
        return
    wanted = set(asked.documents)
    rows = (dict(row._mapping) for row in conn.execute(found.order_by(*order)))
    for n, row in enumerate(row for row in rows if row["document_id"] in wanted):
        if limit is not None and n >= limit:
            return
        yield row


def _by_document(rows: Any) -> dict[str, list[Mapping[str, Any]]]:
    out: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        out.setdefault(row.document_id, []).append(dict(row._mapping))
    return out
