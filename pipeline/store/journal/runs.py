"""Runs: one row for each time that the archive was worked on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from pipeline.settings import masked
from pipeline.store.archive import now
from pipeline.store.journal.states import DONE
from pipeline.store.schema import documents, runs, work


def begin_run(
    conn: Connection,
    *,
    version: str,
    command: str,
    settings: Mapping[str, Any],
    readers: Mapping[str, Any],
    models: Mapping[str, Any],
    batch: str | None = None,
) -> str:
    """Opens a run and gives its id, which sorts by time. Passwords in URLs are not kept."""
    started = now()
    run_id = f"{started[:19].replace('-', '').replace(':', '')}-{uuid.uuid4().hex[:8]}"
    row = {
        "run_id": run_id,
        "started_at": started,
        "version": version,
        "command": masked(command),
        "settings": {k: masked(v) if isinstance(v, str) else v for k, v in settings.items()},
        "readers": dict(readers),
        "models": dict(models),
        "batch": batch,
        "documents": 0,
        "pages": 0,
        "outcome": "running",
    }
    conn.execute(runs.insert().values(row))
    return run_id


def end_run(conn: Connection, run_id: str, outcome: str, seconds: float) -> None:
    """Closes a run with what it worked. `outcome`: done, interrupted or failed."""
    worked = and_(work.c.run_id == run_id, work.c.state == DONE)
    conn.execute(
        update(runs)
        .where(runs.c.run_id == run_id)
        .values(
            finished_at=now(),
            outcome=outcome,
            seconds=round(seconds, 3),
            documents=select(func.count()).where(documents.c.run_id == run_id).scalar_subquery(),
            pages=select(func.count()).where(worked, work.c.page > 0).scalar_subquery(),
        )
    )


def unsettled(conn: Connection, run_id: str) -> bool:
    """Whether the run before this one ended before it had settled what only the whole archive shows."""
    before = select(runs.c.outcome).where(runs.c.run_id != run_id).order_by(runs.c.started_at.desc()).limit(1)
    return conn.execute(before).scalar() not in (None, "done")
