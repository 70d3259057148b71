"""Files: registered once by their bytes, with their pages as work."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, or_, select

from pipeline.core.codec import pack, unpack
from pipeline.core.document import Scan
from pipeline.store.archive import now
from pipeline.store.dialect import insert
from pipeline.store.journal.results import keep
from pipeline.store.journal.states import QUEUED, whole_again
from pipeline.store.paths import note_path, places, seen
from pipeline.store.provenance import DIGEST, INGESTION, Event, record
from pipeline.store.schema import documents, failures, results, work
from pipeline.store.turns import wait_for


def register(conn: Connection, scan: Scan, run_id: str, modified: float) -> bool:
    """Notes a file: its path, and unless the same bytes are known, its pages as work. True when the bytes are new.

    The same file with other metadata (its sidecar was edited) has its document worked again, not its pages.
    """
    wait_for(conn, f"file/{scan.document_id}")  # two ingests may come upon the same bytes at once
    before = seen(conn, scan.path)
    note_path(conn, scan, run_id, modified)
    if before and before[0] != scan.document_id and not places(conn, before[0]):
        _drop_refused(conn, before[0])
    refused_here = or_(failures.c.document_id.is_(None), failures.c.document_id == scan.document_id)
    conn.execute(delete(failures).where(failures.c.path == scan.path, refused_here))
    known = _intake(conn, scan.document_id)
    packed = pack(scan)
    if known is not None and (known == packed or unpack(Scan, known).path != scan.path):
        return False
    keep(conn, scan.document_id, 0, {"intake": packed}, {"intake": hashlib.sha256(packed).hexdigest()[:32]})
    _queue(conn, scan.document_id, range(scan.pages + 1), run_id)
    for table in (work, results):
        conn.execute(delete(table).where(table.c.document_id == scan.document_id, table.c.page > scan.pages))
    whole_again(conn, scan.document_id)
    if known is None:
        file = f"{scan.file_name}, {scan.media_type}, {scan.size} bytes, {scan.pages} pages"
        digest = Event(DIGEST, scan.document_id, scan.path, "SHA-256", note=scan.document_id, run_id=run_id)
        record(conn, Event(INGESTION, scan.document_id, scan.path, file, run_id=run_id), digest)
    return known is None


def _drop_refused(conn: Connection, document_id: str) -> None:
    """Bytes that were refused and that no path has any more, such as a broken copy since replaced, leave no trace."""
    refused = select(documents.c.document_id).where(
        documents.c.document_id == document_id, documents.c.status == "quarantined", documents.c.pages == 0
    )
    if conn.execute(refused).first():
        for table in (failures, documents):
            conn.execute(delete(table).where(table.c.document_id == document_id))


def ask_pages(conn: Connection, document_id: str, wanted: Collection[int], limited: bool) -> None:
    """Of a file only the pages `wanted` are work: with `limited`, others that were never tried are none.

    Pages asked for later become work then, and the document with them.
    """
    states = select(work.c.page, work.c.state, work.c.attempts, work.c.run_id).where(work.c.document_id == document_id)
    known = {row.page: row for row in conn.execute(states)}
    lacking = [n for n in wanted if n not in known]
    if lacking:
        _queue(conn, document_id, lacking, known[0].run_id)
        whole_again(conn, document_id)
    if limited:
        untried = {n for n, row in known.items() if n and row.state == QUEUED and not row.attempts}
        idle = sorted(untried.difference(wanted))
        for first in range(0, len(idle), 500):
            some = work.c.page.in_(idle[first : first + 500])
            conn.execute(delete(work).where(work.c.document_id == document_id, some))


def _queue(conn: Connection, document_id: str, pages: Iterable[int], run_id: str | None) -> None:
    same = {"document_id": document_id, "state": QUEUED, "attempts": 0, "run_id": run_id, "changed_at": now()}
    conn.execute(insert(conn, work).on_conflict_do_nothing(), [{**same, "page": n} for n in pages])


def scan(conn: Connection, document_id: str) -> Scan:
    """The scan as it was registered. Raises KeyError when it never was."""
    packed = _intake(conn, document_id)
    if packed is None:
        raise KeyError(f"no scan {document_id} in the journal")
    known: Scan = unpack(Scan, packed)
    return known


def _intake(conn: Connection, document_id: str) -> bytes | None:
    packed: bytes | None = conn.execute(
        select(results.c.payload).where(
            results.c.document_id == document_id, results.c.page == 0, results.c.stage == "intake"
        )
    ).scalar_one_or_none()
    return packed
