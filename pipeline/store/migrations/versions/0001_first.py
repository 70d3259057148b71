"""The first schema: documents, findings, ledgers, the journal, and the full-text index of pages.

This file is history: it stays as it is when schema.py moves on, and the next step says what changes.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def columns(kind: type[sa.types.TypeEngine[Any]], names: str, *, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind(), nullable=null) for name in names.split()]


def texts(names: str, *, null: bool = False) -> list[sa.Column[Any]]:
    return columns(sa.Text, names, null=null)


def identity() -> list[sa.Column[Any]]:
    return [*texts("finding_id document_id"), *columns(sa.Integer, "page")]


def place() -> list[sa.Column[Any]]:
    return [*columns(sa.Integer, "start end", null=True), *columns(sa.Float, "left top right bottom", null=True)]


def proof(boxes: bool = True) -> list[sa.Column[Any]]:
    return [*columns(sa.JSON, "boxes" if boxes else ""), *columns(sa.Float, "confidence"), *texts("method")]


def particulars() -> list[sa.Column[Any]]:
    return [
        *texts("doc_type date date_text sender recipient subject agency classification", null=True),
        *columns(sa.Boolean, "classification_struck", null=True),
        *columns(sa.JSON, "controls identifiers"),
    ]


def table(name: str, key: str, *parts: list[sa.Column[Any]], of_document: bool = True) -> None:
    more: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*key.split(), name=f"pk_{name}")]
    if of_document:
        more.append(
            sa.ForeignKeyConstraint(
                ["document_id"], ["documents.document_id"], name=f"fk_{name}_document_id_documents", ondelete="CASCADE"
            )
        )
    op.create_table(name, *(c for part in parts for c in part), *more)


def index(table: str, *names: str) -> None:
    for name in names:
        op.create_index(f"ix_{table}_{name}", table, [name])


def upgrade() -> None:
    documents()
    findings()
    archive()
    journal()
    if op.get_bind().dialect.name == "sqlite":
        full_text()


def documents() -> None:
    table(
        "documents",
        "document_id",
        texts("document_id file_name source_path media_type"),
        columns(sa.BigInteger, "bytes"),
        columns(sa.Integer, "pages"),
        texts("status"),
        texts("batch collection record_group series box folder item", null=True),
        particulars(),
        texts("release_decision release_date history", null=True),
        columns(sa.JSON, "stages"),
        columns(sa.Float, "confidence", null=True),
        texts("near_duplicate_of run_id ingested_at title rights", null=True),
        columns(sa.JSON, "metadata"),
        texts("date_from date_to", null=True),
        of_document=False,
    )
    index("documents", "date_from", "agency", "classification", "batch", "run_id", "near_duplicate_of")
    table(
        "paths",
        "path",
        texts("path document_id file_name"),
        columns(sa.BigInteger, "size"),
        columns(sa.Float, "modified"),
        texts("run_id", null=True),
        of_document=False,
    )
    index("paths", "document_id")
    table(
        "pages",
        "id",
        columns(sa.Integer, "id"),
        texts("document_id"),
        columns(sa.Integer, "page"),
        columns(sa.Float, "width height", null=True),
        columns(sa.Integer, "rotation"),
        columns(sa.Boolean, "blank"),
        texts("grade reader"),
        columns(sa.Float, "confidence"),
        texts("text grade_reason alternates"),
        columns(sa.LargeBinary, "words"),
    )
    op.create_index("uq_pages_place", "pages", ["document_id", "page"], unique=True)


def findings() -> None:
    table(
        "markings",
        "finding_id",
        identity(),
        texts("template kind text canonical"),
        texts("date", null=True),
        columns(sa.JSON, "exemptions flags"),
        columns(sa.Boolean, "struck"),
        place(),
        proof(),
    )
    table(
        "stamps",
        "finding_id",
        identity(),
        texts("template kind"),
        texts("agency", null=True),
        texts("text decision"),
        texts("decision_text authority date date_text reviewer case_number", null=True),
        columns(sa.JSON, "exemptions"),
        columns(sa.Boolean, "struck"),
        columns(sa.JSON, "flags"),
        place(),
        proof(),
    )
    table(
        "redactions",
        "finding_id",
        identity(),
        texts("style"),
        texts("code", null=True),
        columns(sa.Float, "area"),
        columns(sa.Integer, "lines"),
        place(),
        proof(boxes=False),
    )
    table("particulars", "finding_id", identity(), texts("name value text"), place(), proof())
    table(
        "mentions",
        "finding_id",
        identity(),
        texts("entity_id", null=True),
        texts("label text name"),
        place(),
        proof(),
        texts("key"),
    )
    table(
        "recommendations",
        "finding_id",
        identity(),
        texts("kind polarity"),
        texts("strength", null=True),
        texts("text"),
        texts("actor action condition", null=True),
        texts("decision"),
        texts("decision_text", null=True),
        place(),
        proof(),
    )
    for name in ("markings", "stamps", "redactions", "particulars", "mentions", "recommendations"):
        index(name, "document_id")
    index("markings", "canonical")
    index("stamps", "template")
    index("mentions", "entity_id")
    table(
        "events",
        "document_id sequence",
        texts("document_id"),
        columns(sa.Integer, "sequence"),
        texts("date", null=True),
        texts("action"),
        texts("level agency authority", null=True),
        columns(sa.JSON, "finding_ids"),
        texts("conflict", null=True),
    )
    table(
        "segments",
        "document_id segment",
        texts("document_id"),
        columns(sa.Integer, "segment first_page last_page"),
        texts("kind"),
        particulars(),
    )


def archive() -> None:
    table(
        "entities",
        "entity_id",
        texts("entity_id label name"),
        texts("description", null=True),
        columns(sa.Integer, "mentions documents"),
        of_document=False,
    )
    index("entities", "name")
    table(
        "variants",
        "document_id other_document_id",
        texts("document_id other_document_id"),
        columns(sa.Float, "similarity"),
        columns(sa.Integer, "opened closed"),
        texts("method"),
    )
    index("variants", "other_document_id")
    table(
        "corrections",
        "id",
        columns(sa.Integer, "id"),
        texts("document_id table"),
        texts("finding_id", null=True),
        texts("field"),
        texts("machine_value value reviewer reason", null=True),
        texts("at"),
        of_document=False,
    )
    index("corrections", "document_id")


def journal() -> None:
    table(
        "failures",
        "id",
        columns(sa.Integer, "id"),
        texts("document_id", null=True),
        texts("file_name"),
        columns(sa.Integer, "page", null=True),
        texts("stage error message at"),
        texts("path run_id", null=True),
        of_document=False,
    )
    index("failures", "document_id", "path")
    table(
        "runs",
        "run_id",
        texts("run_id started_at"),
        texts("finished_at", null=True),
        texts("version command"),
        columns(sa.JSON, "settings readers models"),
        columns(sa.Integer, "documents pages"),
        columns(sa.Float, "seconds", null=True),
        texts("batch", null=True),
        texts("outcome"),
        of_document=False,
    )
    table(
        "work",
        "document_id page",
        texts("document_id"),
        columns(sa.Integer, "page"),
        texts("state"),
        columns(sa.Integer, "attempts"),
        texts("run_id error message", null=True),
        columns(sa.Float, "seconds", null=True),
        texts("changed_at"),
        of_document=False,
    )
    index("work", "state")
    table(
        "results",
        "document_id page stage",
        texts("document_id"),
        columns(sa.Integer, "page"),
        texts("stage key"),
        columns(sa.LargeBinary, "payload"),
        of_document=False,
    )


def full_text() -> None:
    """The index holds no text of its own: it reads that of `pages`, and triggers keep the two together."""
    op.execute(
        "CREATE VIRTUAL TABLE pages_fts USING fts5(text, alternates, content='pages', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    add = "INSERT INTO pages_fts(rowid, text, alternates) VALUES (new.id, new.text, new.alternates);"
    drop = (
        "INSERT INTO pages_fts(pages_fts, rowid, text, alternates) VALUES ('delete', old.id, old.text, old.alternates);"
    )
    op.execute(f"CREATE TRIGGER pages_fts_insert AFTER INSERT ON pages BEGIN {add} END")
    op.execute(f"CREATE TRIGGER pages_fts_delete AFTER DELETE ON pages BEGIN {drop} END")
    op.execute(f"CREATE TRIGGER pages_fts_update AFTER UPDATE OF id, text, alternates ON pages BEGIN {drop} {add} END")
