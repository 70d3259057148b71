"""The history of the archive, in the manner of PREMIS: what was done, with what, by whom, when, and what came of it.

An event is written in the transaction of what it tells, and never changed or removed: triggers of the database see to
it (migration 0006). There is one a document and deed, never one a page. Names of events are those of the Library of
Congress's vocabulary of preservation events (id.loc.gov/vocabulary/preservation/eventType).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, or_, select

from pipeline import __version__
from pipeline.store.archive import now
from pipeline.store.schema import paths, provenance

AGENT = f"declass {__version__}"

INGESTION = "ingestion"
DIGEST = "message digest calculation"
EXTRACTION = "metadata extraction"
MODIFICATION = "metadata modification"
QUARANTINE = "quarantine"
FIXITY = "fixity check"
RENAMED = "filename change"
REPLICATION = "replication"
MIGRATION = "migration"
DEACCESSION = "deaccession"
DISSEMINATION = "dissemination"
EVENTS = (INGESTION, DIGEST, EXTRACTION, MODIFICATION, QUARANTINE, FIXITY, RENAMED, REPLICATION, MIGRATION, DEACCESSION,
          DISSEMINATION)  # fmt: skip
_NAMESPACE = uuid.UUID("6d9f1c5e-3f0e-5b0e-9d0a-6b6f2f1d7a52")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done. `at` is ISO 8601 in UTC; `document_id` None: with the archive as a whole; `object` names
    what else it was done with (a path, a finding, another archive); `outcome` is success, warning or failure, `note` says
    it more closely; `agent` is the program with its version, `person` who decided."""

    event: str
    document_id: str | None = None
    object: str | None = None
    detail: str | None = None
    outcome: str = "success"
    note: str | None = None
    person: str | None = None
    run_id: str | None = None
    agent: str = AGENT
    at: str = ""

    @property
    def identifier(self) -> str:
        """A UUID that is the same wherever this event is told."""
        return str(uuid.uuid5(_NAMESPACE, "\x1f".join(str(v) for v in asdict(self).values())))


def record(conn: Connection, *events: Event) -> None:
    """Adds events to the history; those without a time happen now."""
    if events:
        conn.execute(provenance.insert(), [asdict(e if e.at else replace(e, at=now())) for e in events])


def history(conn: Connection, document_id: str | None = None, limit: int | None = None) -> Iterator[Event]:
    """The events, the last first: of a document those that were done with it, else all. Few are in memory at a time."""
    p = provenance.c
    asked = select(*(p[n] for n in Event.__dataclass_fields__)).order_by(p.id.desc()).limit(limit)
    if document_id:
        asked = asked.where(p.document_id == document_id)
    with conn.execute(asked, execution_options={"yield_per": 500}) as found:
        for row in found:
            yield Event(**row._mapping)


def of_document(conn: Connection, document_id: str) -> list[Event]:
    """What PREMIS tells of a document, in order of time: what was done with it; since it was taken in, copies and
    migrations of the whole archive; and the last fixity check of each place where its bytes lie.

    A check that finds all as it was is one event of the archive, not one of each document: here it is told from what is
    noted of the path.
    """
    p = provenance.c
    asked = select(*(p[n] for n in Event.__dataclass_fields__)).order_by(p.id)
    whole = p.document_id.is_(None) & p.event.in_((REPLICATION, MIGRATION))
    events = [Event(**r._mapping) for r in conn.execute(asked.where(or_(p.document_id == document_id, whole)))]
    first = min((e.at for e in events if e.document_id), default="9999")
    told = [e for e in events if e.document_id or e.at >= first]
    checked = select(paths.c.path, paths.c.checked_at).where(paths.c.document_id == document_id, paths.c.fixity == "ok")
    told += [
        Event(FIXITY, document_id, row.path, "SHA-256", note="ok", at=row.checked_at) for row in conn.execute(checked)
    ]
    return sorted(told, key=lambda e: e.at)
