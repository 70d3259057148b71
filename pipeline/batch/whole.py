"""What only the whole archive shows, after an ingest: who the names are. Input in a fixed order, so that the order of
arrival changes nothing."""

from __future__ import annotations

from pipeline.recognize.identities import MentionRow, identify
from pipeline.store.archive import Archive
from pipeline.store.entities import Named, assign, mention_rows, replace_entities


def settle(archive: Archive) -> None:
    """The stages of ARCHIVE, in order."""
    identities(archive)


def identities(archive: Archive) -> None:
    """Mentions become entities, across all documents."""
    with archive.writing() as conn:
        known = identify(as_mention(row) for row in mention_rows(conn))
        assign(conn, lambda row: known.who(as_mention(row)).entity_id)
        replace_entities(conn, ((e.entity_id, e.label, e.name, e.description) for e in known.entities))


def as_mention(row: Named) -> MentionRow:
    return MentionRow(row.finding_id, row.document_id, row.label, row.text, row.name, row.key, row.document_date)
