"""Documents become rows: all rows of a document are replaced together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, select, update

from pipeline.core.codec import pack
from pipeline.core.dates import bounds
from pipeline.core.document import Document, Event, Failure, Particulars, Scan, Segment
from pipeline.core.findings import Finding, Marking, Mention, Office, Particular, Recommendation, Redaction, Stamp
from pipeline.core.page import Page
from pipeline.store import forms, provenance, schema
from pipeline.store.dialect import insert
from pipeline.store.failures import add_failures, storable, without_nul
from pipeline.store.fulltext import index_of
from pipeline.store.paths import note_path
from pipeline.store.reattach import attach, detach
from pipeline.store.variants import forget_variants

SIDECAR = ("collection", "record_group", "series", "box", "folder", "item", "title", "rights")

Row = dict[str, Any]


def write_document(conn: Connection, document: Document, run_id: str, ingested_at: str, batch: str | None) -> None:
    """All that is known of `document` takes the place of what was known before. Corrections are laid upon it again.

    `batch` is the label of the ingest, `ingested_at` ISO 8601 in UTC.
    """
    of = document.scan.document_id
    _upsert_document(conn, document_row(document, run_id, ingested_at, batch))
    _replace_pages(conn, of, document.pages)
    found = (document.markings, document.stamps, document.redactions, evidence(document), document.mentions,
             document.recommendations, document.offices)  # fmt: skip
    for table, findings in zip(schema.FINDINGS, found, strict=True):
        _replace(conn, table, of, finding_rows(table, of, findings))
    _replace(conn, schema.events, of, [_event_row(of, e) for e in document.ledger.events])
    _replace(conn, schema.segments, of, [_segment_row(of, s) for s in document.segments])
    _replace(conn, schema.relations, of, [])
    forget_variants(conn, of)  # what only the whole archive shows is found again after the ingest
    conn.execute(delete(schema.failures).where(schema.failures.c.document_id == of))
    add_failures(conn, of, document.failures, run_id)
    detach(conn, of)
    attach(conn, of)
    came = "success" if document.status == "complete" else "warning"
    looked = ", ".join(document.stages) or None
    event = provenance.Event(provenance.EXTRACTION, of, document.scan.path, looked, came, document.status, run_id=run_id)
    provenance.record(conn, event)


def write_quarantined(
    conn: Connection,
    source: Scan | str,
    failure: Failure,
    *,
    run_id: str,
    at: str,
    batch: str | None = None,
    modified: float = 0.0,
) -> None:
    """A file of which nothing could be read: always a row in the ledger of failures, and a document that says
    `quarantined` when its SHA-256 is known (`source` is then a Scan with 0 pages, else the path)."""
    path = source.path if isinstance(source, Scan) else source
    conn.execute(delete(schema.failures).where(schema.failures.c.path == storable(path)))
    of = source.document_id if isinstance(source, Scan) else None
    add_failures(conn, of, (failure,), run_id, path=path, at=at)
    if isinstance(source, Scan):
        note_path(conn, source, run_id, modified)
        taken = select(exists().where(schema.work.c.document_id == of))
        if not conn.execute(taken).scalar():  # what was taken in before is not lost because it is refused now
            _upsert_document(conn, document_row(Document(source, ()), run_id, at, batch))
            detach(conn, source.document_id)
            attach(conn, source.document_id)
    told = storable(path), failure.error, "failure", storable(failure.message)
    provenance.record(conn, provenance.Event(provenance.QUARANTINE, of, *told, run_id=run_id))


def forget(conn: Connection, document_id: str) -> bool:
    """Removes all that is known of a document, its work included; what reviewers wrote (corrections) waits for it.

    False when nothing was known of it.
    """
    of_whole = (*schema.OF_DOCUMENT, schema.documents, schema.failures, schema.work, schema.results, schema.paths)
    gone = 0
    had = conn.execute(select(schema.pages.c.text).where(schema.pages.c.document_id == document_id)).scalars().all()
    for table in of_whole:
        gone += conn.execute(delete(table).where(table.c.document_id == document_id)).rowcount
    forget_variants(conn, document_id)
    twins = schema.documents.c.near_duplicate_of == document_id
    conn.execute(update(schema.documents).where(twins).values(near_duplicate_of=None))
    detach(conn, document_id)
    if gone:
        what = "forgotten with all that was found in it; the file was not touched"
        provenance.record(conn, provenance.Event(provenance.DEACCESSION, document_id, None, what))
    forms.let_go(conn, had)
    return gone > 0


# Rows


def document_row(document: Document, run_id: str, ingested_at: str, batch: str | None) -> Row:
    """The row of `documents`. What a stage that was not attempted would have said is null."""
    scan, told = document.scan, document.particulars
    days = bounds(told.date) if told.date else None
    ledger = document.ledger if "ledger" in document.stages else None
    return {
        "document_id": scan.document_id,
        "file_name": scan.file_name,
        "source_path": scan.path,
        "media_type": scan.media_type,
        "bytes": scan.size,
        "pages": scan.pages,
        "status": document.status,
        "batch": batch,
        **{name: scan.metadata.get(name) or None for name in SIDECAR},
        **_particulars_row(told),
        "release_decision": ledger.release_decision if ledger else None,
        "release_date": ledger.release_date if ledger else None,
        "history": ledger.history if ledger else None,
        "stages": list(document.stages),
        "confidence": round(told.confidence, 4) if told != Particulars() else None,
        "near_duplicate_of": None,
        "run_id": run_id,
        "ingested_at": ingested_at,
        "metadata": {k: v for k, v in scan.metadata.items() if k not in SIDECAR},
        "date_from": days[0] if days else None,
        "date_to": days[1] if days else None,
    }


def _particulars_row(told: Particulars) -> Row:
    return {
        "doc_type": told.doc_type,
        "date": told.date,
        "date_text": told.date_text,
        "sender": told.sender,
        "recipient": told.recipient,
        "subject": told.subject,
        "agency": told.agency,
        "classification": told.classification,
        "classification_struck": told.classification_struck,
        "controls": list(told.controls),
        "identifiers": [{"kind": i.kind, "value": i.value} for i in told.identifiers],
    }


def page_row(document_id: str, page: Page) -> Row:
    return {
        "document_id": document_id,
        "page": page.number,
        "width": _tenth(page.width),
        "height": _tenth(page.height),
        "rotation": page.rotation,
        "blank": page.blank,
        "grade": page.grade,
        "reader": page.reader,
        "confidence": round(page.confidence, 4),
        "text": page.text,
        "grade_reason": page.grade_reason,
        "alternates": "\n".join(a.text for a in page.alternates),
        "words": pack(page),
    }


def evidence(document: Document) -> tuple[Particular, ...]:
    """The findings behind the particulars of the document and of its segments."""
    told = (document.particulars, *(s.particulars for s in document.segments))
    return tuple(e for p in told for e in p.evidence)


def finding_rows(table: Table, document_id: str, findings: Iterable[Finding]) -> list[Row]:
    """The rows of findings for `table`; of findings with one id (the same thing found twice) the surest stays."""
    surest: dict[str, Finding] = {}
    for f in findings:
        known = surest.setdefault(f.finding_id(document_id), f)
        if f.confidence > known.confidence:
            surest[f.finding_id(document_id)] = f
    rows = ({**_proof(document_id, finding_id, f), **_own(f)} for finding_id, f in surest.items())
    return [{k: v for k, v in row.items() if k in table.c} for row in rows]


def _proof(document_id: str, finding_id: str, f: Finding) -> Row:
    box = f.box.rounded() if f.box else None
    return {
        "finding_id": finding_id,
        "document_id": document_id,
        "page": f.page,
        "text": f.text,
        "start": f.start,
        "end": f.end,
        "left": box.left if box else None,
        "top": box.top if box else None,
        "right": box.right if box else None,
        "bottom": box.bottom if box else None,
        "boxes": [
            {"page": p.page, "left": b.left, "top": b.top, "right": b.right, "bottom": b.bottom}
            for p in f.boxes
            for b in (p.box.rounded(),)
        ],
        "confidence": round(f.confidence, 4),
        "method": f.method,
    }


def _own(f: Finding) -> Row:
    """What only this class of findings has, under the names of its columns."""
    if isinstance(f, Marking):
        names: tuple[str, ...] = ("template", "kind", "canonical", "date", "exemptions", "flags", "struck")
    elif isinstance(f, Stamp):
        names = ("template", "kind", "agency", "decision", "decision_text", "authority", "date", "date_text",
                 "reviewer", "case_number", "exemptions", "flags", "struck")  # fmt: skip
    elif isinstance(f, Redaction):
        names = ("style", "code", "lines")
        return {**{n: getattr(f, n) for n in names}, "area": round(f.area, 5)}
    elif isinstance(f, Mention):
        return {"label": f.label, "name": f.name, "key": f.key, "entity_id": None}
    elif isinstance(f, Office):
        names = ("office", "holder", "key", "score", "reason", "candidates")
    elif isinstance(f, Recommendation):
        names = ("kind", "polarity", "strength", "actor", "action", "condition", "decision", "decision_text")
    elif isinstance(f, Particular):
        names = ("name", "value")
    else:
        raise TypeError(f"no table for a {type(f).__name__}")
    values = {n: getattr(f, n) for n in names}
    return {n: list(v) if isinstance(v, tuple) else v for n, v in values.items()}


def _event_row(document_id: str, e: Event) -> Row:
    return {
        "document_id": document_id,
        "sequence": e.sequence,
        "date": e.date,
        "action": e.action,
        "level": e.level,
        "agency": e.agency,
        "authority": e.authority,
        "finding_ids": list(e.finding_ids),
        "conflict": e.conflict,
    }


def _segment_row(document_id: str, s: Segment) -> Row:
    return {
        "document_id": document_id,
        "segment": s.number,
        "first_page": s.first_page,
        "last_page": s.last_page,
        "kind": s.kind,
        **_particulars_row(s.particulars),
    }


def _tenth(points: float | None) -> float | None:
    return None if points is None else round(points, 1)


# Statements


def _upsert_document(conn: Connection, row: Row) -> None:
    """Replaces the row in place: deleting it would take along everything that refers to it."""
    row = _held(row)
    statement = insert(conn, schema.documents).values(row)
    conn.execute(statement.on_conflict_do_update(index_elements=["document_id"], set_=row))


def _replace(conn: Connection, table: Table, document_id: str, rows: Sequence[Row]) -> None:
    conn.execute(delete(table).where(table.c.document_id == document_id))
    if rows:
        conn.execute(table.insert(), [_held(row) for row in rows])


def _replace_pages(conn: Connection, document_id: str, read: Iterable[Page]) -> None:
    """Pages that are as they were stay untouched, and with them their part of the full-text index."""
    table = schema.pages
    new = {p.number: p for p in read}
    rows = {number: page_row(document_id, p) for number, p in new.items()}
    gone = []
    known = select(table.c.page, table.c.words, table.c.text).where(table.c.document_id == document_id)
    for row in conn.execute(known).all():
        if row.page in rows and rows[row.page]["words"] == row.words:
            del rows[row.page]
        else:
            conn.execute(delete(table).where(table.c.document_id == document_id, table.c.page == row.page))
            gone.append(row.text)
    if rows:
        conn.execute(table.insert(), [_held(row) for row in rows.values()])
        index_of(conn).complete(conn, document_id)
        forms.take_in(conn, [new[number] for number in rows])
    forms.let_go(conn, gone)


def _held(row: Row) -> Row:
    """The row as every database can hold it."""
    return {k: without_nul(v) if isinstance(v, str) else v for k, v in row.items()}
