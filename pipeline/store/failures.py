"""The ledger of failures: a row for each thing that could not be done, until a later attempt replaces it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from sqlalchemy import Connection, delete, select

from pipeline.core.document import Failure
from pipeline.store.archive import now
from pipeline.store.schema import failures


def replace_failures(
    conn: Connection, document_id: str, page: int | None, failed: Iterable[Failure], run_id: str
) -> None:
    """The failures of one page (None: of the document as a whole) take the place of those of an earlier attempt."""
    conn.execute(
        delete(failures).where(failures.c.document_id == document_id, failures.c.page.is_not_distinct_from(page))
    )
    add_failures(conn, document_id, failed, run_id)


def add_failures(
    conn: Connection,
    document_id: str | None,
    failed: Iterable[Failure],
    run_id: str,
    path: str | None = None,
    at: str | None = None,
) -> None:
    """Adds rows to the ledger. `path` is set for files that were refused, and for them alone."""
    rows = [
        {
            "document_id": document_id,
            "file_name": storable(f.file_name or PurePath(path or "").name),
            "page": f.page,
            "stage": f.stage,
            "error": f.error,
            "message": storable(f.message),
            "at": at or now(),
            "path": storable(path) if path else None,
            "run_id": run_id,
        }
        for f in failed
    ]
    if rows:
        conn.execute(failures.insert(), rows)


def page_failures(conn: Connection, document_id: str) -> tuple[Failure, ...]:
    """What failed on single pages of a document, in order; `write_document` writes it again with the document's."""
    asked = select(failures).where(failures.c.document_id == document_id, failures.c.page.is_not(None))
    return tuple(
        Failure(f.document_id, f.file_name, f.page, f.stage, f.error, f.message)
        for f in conn.execute(asked.order_by(failures.c.page, failures.c.id))
    )


def storable(path: str) -> str:
    """A path as a database can hold it: bytes that are no UTF-8 become `\\udcXX`."""
    return without_nul(path.encode("utf-8", "backslashreplace").decode())


def without_nul(text: str) -> str:
    """The text with NUL, which PostgreSQL cannot hold, become the replacement character; places in it stay."""
    return text.replace("\0", "\ufffd")
