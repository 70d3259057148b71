"""Words that a file still holds beneath a redaction: how many, and, when a run was told to reveal, what they say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("redactions", sa.Column("hidden_words", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("redactions", sa.Column("revealed", sa.Text()))
