"""From a document to a footnote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.commands.options import archive_options
from pipeline.errors import ArgumentsError
from pipeline.settings import Settings


@click.command()
@click.argument("documents", nargs=-1, metavar="DOCUMENT...")
@archive_options
@click.option("--query", metavar="QUERY", help="All documents that this search finds; @NAME is a saved one.")
@click.option("--page", type=click.IntRange(min=1), help="The page that is cited.")
@click.option("-f", "--format", "kind", type=click.Choice(["nara", "frus", "bibtex", "ris"]), default="nara",
              show_default=True, help="Footnote as the National Archives ask, source note, or for a reference manager.")
def cite(
    documents: Sequence[str], archive: Path | None, database: str | None, query: str | None, page: int | None, kind: str
) -> None:  # fmt: skip
    """Print the citation of documents: a footnote from item to repository, a source note, BibTeX or RIS.

    \b
    declass cite memo.pdf --page 3
    declass cite --query 'agency:State date:1962' --format bibtex > study.bib

    Where the paper lies comes from metadata.csv (record_group, series, box, folder, item, title, repository).
    """
    from pipeline.export import citation
    from pipeline.store.archive import Archive

    if not documents and query is None:
        raise ArgumentsError("nothing to cite", "Name documents, or give --query.")
    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        rows = _rows(conn, documents, query)
        if kind in ("bibtex", "ris"):
            for entry in {"bibtex": citation.bibtex, "ris": citation.ris}[kind](rows):
                click.echo(entry, nl=False)
            return
        for row in rows:
            click.echo(citation.nara(row, page) if kind == "nara" else citation.source_note(row))


def _rows(conn: Any, documents: Sequence[str], query: str | None) -> Iterator[dict[str, Any]]:
    from pipeline.store.chosen import chosen
    from pipeline.store.show import about

    for key in (*documents, *(chosen(conn, query).documents if query is not None else ())):
        yield about(conn, key)
