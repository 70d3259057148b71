"""One index of words for both databases, in place of FTS5 and tsvector; documents have numbers, for sets of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FACETS = ("date_from, date_to", "agency", "classification", "doc_type", "collection", "box")


def upgrade() -> None:
    server = op.get_bind().dialect.name == "postgresql"
    (forget_tsvector if server else forget_fts5)()
    tables()
    op.execute("INSERT INTO words_waiting (page_id) SELECT id FROM pages")
    op.add_column("documents", sa.Column("number", sa.Integer()))
    (number_on_server if server else number_in_file)()
    op.create_index("ix_documents_number", "documents", ["number"], unique=True)
    (watch_on_server if server else watch_in_file)()
    for columns in FACETS:
        name = columns.split(",")[0]
        if name in ("agency", "classification", "date_from"):
            op.drop_index(f"ix_documents_{name}", "documents")
        op.execute(f"CREATE INDEX ix_documents_{name} ON documents ({columns}, number)")


def forget_fts5() -> None:
    for event in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER pages_fts_{event}")
    op.execute("DROP TABLE pages_fts")


def forget_tsvector() -> None:
    op.execute("DROP TABLE pages_words")
    op.execute("DROP FUNCTION declass_near (text, text[], boolean[], integer)")
    op.execute("DROP FUNCTION declass_places (text[], text[], boolean)")


def tables() -> None:
    """See `store/words.py`."""
    server = op.get_bind().dialect.name == "postgresql"
    key, blob = ("serial PRIMARY KEY", "bytea") if server else ("integer PRIMARY KEY AUTOINCREMENT", "blob")
    text, end = ('text COLLATE "C"', "") if server else ("text", " WITHOUT ROWID")
    op.execute(
        f"CREATE TABLE words_parts (id {key}, pages integer NOT NULL, page_ids {blob} NOT NULL,"
        f" documents {blob} NOT NULL, numbers {blob} NOT NULL, lengths {blob} NOT NULL, known {blob} NOT NULL)"
    )
    op.execute(
        f"CREATE TABLE words_blocks (part integer NOT NULL, first {text} NOT NULL, words {text} NOT NULL,"
        f" sizes {blob} NOT NULL, places {blob} NOT NULL, counts {blob} NOT NULL, positions {blob} NOT NULL,"
        f" PRIMARY KEY (part, first)){end}"
    )
    op.execute("CREATE TABLE words_waiting (page_id integer PRIMARY KEY)")
    op.execute("CREATE TABLE words_gone (page_id integer PRIMARY KEY, part integer NOT NULL)")
    if server:  # what is packed already is not packed again
        for table, columns in (("words_parts", "page_ids documents numbers lengths known"),
                               ("words_blocks", "sizes places counts positions")):  # fmt: skip
            changes = ", ".join(f"ALTER COLUMN {name} SET STORAGE EXTERNAL" for name in columns.split())
            op.execute(f"ALTER TABLE {table} {changes}")


def number_in_file() -> None:
    op.execute("UPDATE documents SET number = rowid")
    op.execute(
        "CREATE TRIGGER documents_number AFTER INSERT ON documents WHEN new.number IS NULL BEGIN"
        " UPDATE documents SET number = (SELECT coalesce(max(number), 0) + 1 FROM documents) WHERE rowid = new.rowid; END"
    )


def number_on_server() -> None:
    op.execute("CREATE SEQUENCE documents_number OWNED BY documents.number")
    op.execute(
        "CREATE FUNCTION documents_number() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF new.number IS NULL THEN new.number := nextval('documents_number'); END IF; RETURN new; END $$"
    )
    op.execute("UPDATE documents SET number = nextval('documents_number')")
    op.execute(
        "CREATE TRIGGER documents_number BEFORE INSERT ON documents FOR EACH ROW EXECUTE FUNCTION documents_number()"
    )


def watch_in_file() -> None:
    """Pages that are new wait; pages that are gone are known to be in no part later than those that there are."""
    wait = "INSERT OR IGNORE INTO words_waiting VALUES (new.id);"
    lose = (
        "DELETE FROM words_waiting WHERE page_id = old.id;"
        " INSERT OR REPLACE INTO words_gone SELECT old.id, max(id) FROM words_parts HAVING max(id) IS NOT NULL;"
    )
    op.execute(f"CREATE TRIGGER words_insert AFTER INSERT ON pages BEGIN {wait} END")
    op.execute(f"CREATE TRIGGER words_delete AFTER DELETE ON pages BEGIN {lose} END")
    op.execute(f"CREATE TRIGGER words_update AFTER UPDATE OF id, text, alternates ON pages BEGIN {lose} {wait} END")


def watch_on_server() -> None:
    """The same. Parts are not merged (see `turns.alone`) while a page is being deleted: else a part made meanwhile would
    have it and be later than what is noted here."""
    op.execute("""
        CREATE FUNCTION words_watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF tg_op = 'UPDATE' AND (new.id, new.text, new.alternates) = (old.id, old.text, old.alternates) THEN
                RETURN NULL;
            END IF;
            IF tg_op <> 'INSERT' THEN
                PERFORM pg_advisory_xact_lock_shared(hashtextextended(current_schema() || '/words', 5));
                DELETE FROM words_waiting WHERE page_id = old.id;
                INSERT INTO words_gone SELECT old.id, max(id) FROM words_parts HAVING max(id) IS NOT NULL
                    ON CONFLICT (page_id) DO UPDATE SET part = excluded.part;
            END IF;
            IF tg_op <> 'DELETE' THEN
                INSERT INTO words_waiting VALUES (new.id) ON CONFLICT DO NOTHING;
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute(
        "CREATE TRIGGER words_changed AFTER INSERT OR DELETE OR UPDATE ON pages"
        " FOR EACH ROW EXECUTE FUNCTION words_watch()"
    )
