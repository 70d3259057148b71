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
@click.option("--query", metavar="QUERY", help="Only the documents that this search finds; @NAME is a saved one.")
@click.option("--pages", "by_page", is_flag=True,
              help="Ask the query by page: pages, findings and segments of the pages found alone.")
@click.option("--exact", is_flag=True, help="Leave out what only misreadings of the query's words have, as in search.")
@click.option("--values", type=click.Choice(["corrected", "machine"]), default="corrected", show_default=True,
              help="What people set right in its place, or what the program alone said.")
@click.option("--excel", is_flag=True,
              help="CSV that Excel opens as it is: with a byte-order mark, cells of 32,767 characters at most.")
def export(
    out: Path, archive: Path | None, database: str | None, kind: str, query: str | None, by_page: bool, exact: bool,
    values: str, excel: bool,
) -> None:  # fmt: skip
    """Write every table to the folder OUT, for a study.

    \b
    declass export study --format csv --query 'agency:State date:1961..1963'
    declass export study --format parquet
    declass export pages --query 'redaction:black "covert action"' --pages
    declass export mine --format csv --excel --query @lumumba

    \b
    OUT holds, beside the tables of docs/data.md:
      overview.csv          a row a document, with its history in one line: begin here
      error_estimates.csv   for each column what share of its values is expected to be wrong
      documents.bib, .ris   the documents for reference managers
      README.md             query, counts, snapshot, program version, every column explained
      datapackage.json      the same for programs (Frictionless)

    Each row has its citation. The same archive gives the same bytes. The folder appears when it is complete; an export that
    is killed leaves nothing, and an earlier one as it was.
    """
    from pipeline import say
    from pipeline.export.tables import export
    from pipeline.store.archive import Archive

    with Archive.open(Settings.read(archive=archive, database=database)) as place:
        say.exported(out, export(place, out, kind, query, by_page=by_page, exact=exact, excel=excel, values=values))
