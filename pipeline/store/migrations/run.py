"""Alembic without its command line: the archive's own connection, one transaction for all steps."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text


def config() -> Config:
    """Alembic's configuration: nothing but where the steps are."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def head() -> str | None:
    """The version of the newest step there is."""
    return ScriptDirectory.from_config(config()).get_current_head()


def upgrade(conn: Connection, to: str = "head") -> None:
    """Takes the steps that are missing, inside the transaction of `conn`: all of them or none."""
    made = config()
    made.attributes["connection"] = conn
    command.upgrade(made, to)
    if conn.dialect.name == "postgresql":
        _compare_by_bytes(conn)


def _compare_by_bytes(conn: Connection) -> None:
    """Texts sort and compare as in SQLite, whatever the language of the server: exports stand in one order."""
    asked = """
        SELECT table_name, string_agg(format('ALTER COLUMN %I TYPE text COLLATE "C"', column_name), ', ')
        FROM information_schema.columns
        JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND data_type = 'text'
          AND collation_name IS DISTINCT FROM 'C'
        GROUP BY table_name
    """
    quote = conn.dialect.identifier_preparer.quote
    for table, changes in conn.execute(text(asked)).all():
        conn.exec_driver_sql(f"ALTER TABLE {quote(table)} {changes}")
