"""What only the whole archive shows, after an ingest: who the names are. Sorted input, so that the order of arrival
changes nothing."""

from __future__ import annotations

from pipeline.store.archive import Archive


def settle(archive: Archive) -> None:
    """The stages of ARCHIVE, in order."""
    from pipeline.recognize.identities import identify
    from pipeline.store.entities import mention_rows, replace_entities

    with archive.writing() as conn:
        replace_entities(conn, identify(mention_rows(conn)))
