"""Corrections that are found again after a re-reading and can be taken back; fixity by path; the history of the archive,
to which rows can only be added."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    corrections()
    for name in ("checked_at", "fixity"):
        op.add_column("paths", sa.Column(name, sa.Text()))
    provenance()
    what_is_known()
    if op.get_bind().dialect.name == "postgresql":
        only_added_on_server()
    else:
        only_added()


def corrections() -> None:
    for column in (
        sa.Column("action", sa.Text(), nullable=False, server_default="correct"),
        sa.Column("state", sa.Text(), nullable=False, server_default="waiting"),
        sa.Column("page", sa.Integer()),
        sa.Column("start", sa.Integer()),
        sa.Column("end", sa.Integer()),
        sa.Column("left", sa.Float()),
        sa.Column("top", sa.Float()),
        sa.Column("right", sa.Float()),
        sa.Column("bottom", sa.Float()),
        sa.Column("kind", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("beneath", sa.JSON()),
        sa.Column("undone_by", sa.Text()),
        sa.Column("undone_at", sa.Text()),
    ):
        op.add_column("corrections", column)


def provenance() -> None:
    op.create_table(
        "provenance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text()),
        sa.Column("object", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("person", sa.Text()),
        sa.Column("run_id", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_provenance"),
    )
    op.create_index("ix_provenance_document_id", "provenance", ["document_id"])


def what_is_known() -> None:
    """When each document was first taken in, by the record of runs: the history of an older archive begins with that."""
    op.execute("""
        INSERT INTO provenance (at, event, document_id, outcome, note, agent, run_id)
        SELECT min(runs.started_at), 'ingestion', paths.document_id, 'success', 'told by the record of runs',
               min('declass ' || runs.version), min(runs.run_id)
        FROM paths JOIN runs ON runs.run_id = paths.run_id JOIN documents ON documents.document_id = paths.document_id
        GROUP BY paths.document_id ORDER BY min(runs.started_at), paths.document_id
    """)


def only_added() -> None:
    """An unfinished copy, which is no archive yet, can be emptied."""
    for name, when in (("UPDATE", ""), ("DELETE", "WHEN (SELECT version_num FROM alembic_version) NOT LIKE 'copy-%'")):
        op.execute(
            f"CREATE TRIGGER provenance_no_{name.lower()} BEFORE {name} ON provenance {when} "
            "BEGIN SELECT RAISE(ABORT, 'the history of an archive can only be added to'); END"
        )


def only_added_on_server() -> None:
    op.execute("""
        CREATE FUNCTION declass_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND (SELECT version_num FROM alembic_version) LIKE 'copy-%' THEN RETURN OLD; END IF;
            RAISE EXCEPTION 'the history of an archive can only be added to';
        END $$
    """)
    op.execute(
        "CREATE TRIGGER provenance_only_added BEFORE UPDATE OR DELETE ON provenance "
        "FOR EACH ROW EXECUTE FUNCTION declass_only_added()"
    )
    op.execute(
        "CREATE TRIGGER provenance_not_emptied BEFORE TRUNCATE ON provenance "
        "FOR EACH STATEMENT EXECUTE FUNCTION declass_only_added()"
    )
