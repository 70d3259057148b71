"""Fingerprints of pages, by which releases of one document find each other, and which documents were held against all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "page_id", name="pk_fingerprints"),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name="fk_fingerprints_page_id_pages", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_fingerprints_page_id", "fingerprints", ["page_id"])
    op.create_table(
        "common_fingerprints",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_common_fingerprints"),
    )
    op.create_table(
        "compared",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_compared"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.document_id"], name="fk_compared_document_id_documents", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_compared_settled", "compared", ["settled"])
    op.add_column("variants", sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.false()))
