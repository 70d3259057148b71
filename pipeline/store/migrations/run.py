"""Alembic without its command line: the archive's own connection, one transaction for all steps."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


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
