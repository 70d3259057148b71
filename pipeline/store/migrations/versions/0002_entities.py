"""Why a mention is who it is; offices and their holders; who advised what to whom; what people decided about entities."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def columns(kind: type[sa.types.TypeEngine[Any]], names: str, *, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind(), nullable=null) for name in names.split()]


def texts(names: str, *, null: bool = False) -> list[sa.Column[Any]]:
    return columns(sa.Text, names, null=null)


def place() -> list[sa.Column[Any]]:
    return [*columns(sa.Integer, "start end", null=True), *columns(sa.Float, "left top right bottom", null=True)]


def of_document(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["document_id"], ["documents.document_id"], name=f"fk_{table}_document_id_documents", ondelete="CASCADE"
    )


def upgrade() -> None:
    op.add_column("mentions", sa.Column("identity_score", sa.Float()))
    op.add_column("mentions", sa.Column("identity_reason", sa.Text()))
    op.create_index("ix_mentions_place", "mentions", ["document_id", "page"])
    op.create_table(
        "offices",
        *texts("finding_id document_id"),
        *columns(sa.Integer, "page"),
        *texts("text office"),
        *texts("holder", null=True),
        *texts("key"),
        *columns(sa.Float, "score", null=True),
        *texts("reason"),
        *columns(sa.JSON, "candidates"),
        *place(),
        *columns(sa.JSON, "boxes"),
        *columns(sa.Float, "confidence"),
        *texts("method"),
        of_document("offices"),
        sa.PrimaryKeyConstraint("finding_id", name="pk_offices"),
    )
    op.create_index("ix_offices_document_id", "offices", ["document_id"])
    op.create_index("ix_offices_key", "offices", ["key"])
    relations()
    decisions()


def relations() -> None:
    op.create_table(
        "relations",
        *texts("finding_id document_id"),
        *columns(sa.Integer, "page"),
        *texts("date by_text by_entity_id by_name", null=True),
        *columns(sa.Float, "by_score", null=True),
        *texts("by_reason to_text to_entity_id to_name", null=True),
        *columns(sa.Float, "to_score", null=True),
        *texts("to_reason", null=True),
        *columns(sa.JSON, "countries"),
        *texts("countries_reason", null=True),
        *texts("kind polarity text"),
        *texts("action", null=True),
        *texts("decision"),
        *columns(sa.Float, "confidence"),
        of_document("relations"),
        sa.PrimaryKeyConstraint("finding_id", name="pk_relations"),
    )
    for column in ("document_id", "by_entity_id", "to_entity_id"):
        op.create_index(f"ix_relations_{column}", "relations", [column])
    op.create_index("ix_relations_date", "relations", ["date"])


def decisions() -> None:
    op.create_table(
        "entity_decisions",
        *columns(sa.Integer, "id"),
        *texts("action label before name reviewer"),
        *texts("reason", null=True),
        *texts("at"),
        *texts("undone_by undone_at", null=True),
        *columns(sa.Integer, "mentions"),
        sa.PrimaryKeyConstraint("id", name="pk_entity_decisions"),
    )
    op.create_table(
        "entity_anchors",
        *columns(sa.Integer, "id decision_id"),
        *texts("part entity_id label text document_id"),
        *columns(sa.Integer, "page"),
        *place(),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["entity_decisions.id"],
            name="fk_entity_anchors_decision_id_entity_decisions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_entity_anchors"),
    )
    op.create_index("ix_entity_anchors_decision_id", "entity_anchors", ["decision_id"])
