"""Rows become files."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.options import archive_options
from pipeline.settings import Settings


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@archive_options
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv", "parquet"]), default="jsonl", show_default=True)
@click.option("--query", metavar="QUERY", help="Only the documents that this search finds.")
def export(out: Path, archive: Path | None, database: str | None, kind: str, query: str | None) -> None:
    """Write every table, with data dictionary and datapackage.json, to the folder OUT.

    \b
    declass export study --format csv --query 'agency:State date:1961..1963'
    """
    from pipeline import say
    from pipeline.export.tables import export
    from pipeline.store.archive import Archive
    from pipeline.store.search import document_ids

    with Archive.open(Settings.read(archive=archive, database=database)) as place:
        wanted = None
        if query is not None:
            with place.reading() as conn:
                wanted = sorted(document_ids(conn, query))
        say.exported(out, export(place, out, kind, wanted, query))
