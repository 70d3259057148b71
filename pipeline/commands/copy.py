"""Move an archive between databases."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.options import archive_options
from pipeline.settings import Settings

REPORTED = 20_000
"""Rows of a large table after which its progress is said again."""


@click.command()
@archive_options
@click.option("--to", required=True, metavar="URL|DIR", help="A new archive's folder, or the URL of an empty database.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: each table with its rows and their SHA-256.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def copy(archive: Path | None, database: str | None, to: str, as_json: bool, quiet: bool) -> None:
    """Copy the whole archive to another place, between SQLite and PostgreSQL either way, and verify every row.

    \b
    declass copy --archive BOX12 --to postgresql://host/box12
    declass copy --database postgresql://host/box12 --to BOX12-COPY

    The scans stay where they are: an archive knows their paths. Until the last row is verified nothing opens the copy;
    after an interruption the same command goes on where it stood.
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.copy import ROWS, copy

    target = Settings(database=to) if "://" in to else Settings(archive=Path(to))

    def said(table: str, rows: int, of: int) -> None:
        if not quiet and (rows == of or rows % REPORTED < ROWS):
            say.note(f"{table}: {rows} of {of} rows")

    with Archive.open(Settings.read(archive=archive, database=database)) as source:
        tables = copy(source, target, said)
    if as_json:
        say.as_json(tables)
        return
    lines = [(t.table, t.rows, t.hash[:16]) for t in tables]
    say.out().print(say.table("Copied and verified", ("table", "rows", "SHA-256"), lines, ("rows",)))
