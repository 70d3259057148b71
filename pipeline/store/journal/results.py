"""Results: what each stage gave for a page or document, packed, under the key that produced it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select, tuple_

from pipeline.store.dialect import insert
from pipeline.store.schema import results


def keep(conn: Connection, document_id: str, page: int, stored: Mapping[str, bytes], keys: Mapping[str, str]) -> None:
    """Keeps packed results by stage under their keys, in place of earlier ones."""
    if not stored:
        return
    rows = [
        {"document_id": document_id, "page": page, "stage": stage, "key": keys[stage], "payload": payload}
        for stage, payload in stored.items()
    ]
    statement = insert(conn, results)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["document_id", "page", "stage"],
            set_={"key": statement.excluded.key, "payload": statement.excluded.payload},
        ),
        rows,
    )


def known_keys(conn: Connection, document_id: str) -> dict[int, dict[str, str]]:
    """By page and stage (page 0: the document's), the key under which a result is stored."""
    known: dict[int, dict[str, str]] = {}
    asked = select(results.c.page, results.c.stage, results.c.key).where(results.c.document_id == document_id)
    for row in conn.execute(asked.order_by(results.c.page)):
        known.setdefault(row.page, {})[row.stage] = row.key
    return known


def load(conn: Connection, document_id: str, page: int, keys: Mapping[str, str]) -> dict[str, bytes]:
    """The packed results of a page (0: the document) by stage: those that are stored under the keys asked for."""
    asked = select(results.c.stage, results.c.payload).where(
        results.c.document_id == document_id,
        results.c.page == page,
        tuple_(results.c.stage, results.c.key).in_(list(keys.items())),
    )
    return {row.stage: row.payload for row in conn.execute(asked)}


def load_pages(conn: Connection, document_id: str, keys: Mapping[str, str]) -> dict[int, dict[str, bytes]]:
    """As `load`, for every page of a document that has a result, in order."""
    asked = select(results.c.page, results.c.stage, results.c.payload).where(
        results.c.document_id == document_id,
        results.c.page > 0,
        tuple_(results.c.stage, results.c.key).in_(list(keys.items())),
    )
    pages: dict[int, dict[str, bytes]] = {}
    for row in conn.execute(asked.order_by(results.c.page)):
        pages.setdefault(row.page, {})[row.stage] = row.payload
    return pages
