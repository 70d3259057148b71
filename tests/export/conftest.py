from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.core.document import Failure
from pipeline.settings import Settings
from pipeline.store import schema
from pipeline.store.archive import Archive
from pipeline.store.write import write_quarantined
from tests.store.composed import AT, empty, ingest, memo, partial, scan, sha


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Documents of every status, entities, variants, a relation, a correction and a decision."""
    with Archive.create(Settings(archive=tmp_path / "A")) as made:
        run = ingest(made, memo("b.pdf"), memo("a.pdf"), partial(), empty())
        with made.writing() as conn:
            refused = Failure(sha("torn.pdf"), "torn.pdf", None, "intake", "corrupt", "-1 pages; repair the file")
            write_quarantined(conn, scan("torn.pdf", 0), refused, run_id=run, at=AT)
            unread = Failure(None, "=cmd.pdf", None, "intake", "file-access", "cannot be read")
            write_quarantined(conn, "/scans/=cmd.pdf", unread, run_id=run, at=AT)
            bundy = {"entity_id": "e1", "label": "PERSON", "name": "McGeorge Bundy", "mentions": 3, "documents": 3}
            alone = {"entity_id": "e2", "label": "ORG", "name": "NSC", "mentions": 1, "documents": 1}
            conn.execute(schema.entities.insert(), [bundy, alone])
            conn.execute(schema.mentions.update().values(entity_id="e1"))
            twins = {"document_id": sha("a.pdf"), "other_document_id": sha("b.pdf"), "similarity": 0.98}
            conn.execute(schema.variants.insert().values(**twins, opened=12, closed=0, method="rule:shingles@1"))
            fix = {"document_id": sha("a.pdf"), "table": "documents", "field": "subject", "value": "+Lage", "at": AT}
            conn.execute(schema.corrections.insert().values(fix))
            relation = {"finding_id": "r1", "document_id": sha("a.pdf"), "page": 1, "by_entity_id": "e1", "by_score": 0.9,
                        "countries": ["Cuba"], "kind": "option", "polarity": "for", "text": "-that we wait",
                        "decision": "none", "confidence": 0.9}  # fmt: skip
            conn.execute(schema.relations.insert().values(relation))
            merged = {"action": "merge", "label": "PERSON", "before": "Mac", "name": "McGeorge Bundy", "reviewer": "=RO"}
            conn.execute(schema.entity_decisions.insert().values(**merged, at=AT))
        yield made
