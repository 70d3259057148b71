"""Words that were read and are in no lexicon, by their beginning and by their end: where search looks for misreadings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipeline.store import forms

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forms",
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("back", sa.Text(), nullable=False),
        sa.Column("sure", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("form", name="pk_forms"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_forms_back", "forms", ["back", "sure"])
    forms.take_in_all(op.get_bind())
