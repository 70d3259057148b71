"""One page on an archive, to read and to print."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.options import archive_options
from pipeline.settings import Settings


@click.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@archive_options
@click.option("--title", default="What this archive holds", show_default=True, help="The page's heading.")
@click.option("--query", metavar="QUERY", help="Only the documents that a search finds.")
def report(out: Path, archive: Path | None, database: str | None, title: str, query: str | None) -> None:
    """Write one HTML page with charts to OUT: years and levels, time to release, what is withheld, how well the pages
    were read, what needs a person. It needs no network and prints well.

    \b
    declass report report.html
    declass report cia-1963.html --query 'agency:CIA date:1963' --title 'CIA, 1963'
    """
    from pipeline import say
    from pipeline.export.report import Facts, write_report
    from pipeline.parse.redacted.codes import decode
    from pipeline.store.archive import Archive
    from pipeline.store.census import census
    from pipeline.store.rows import last_change
    from pipeline.store.search import document_ids
    from pipeline.store.status import overview
    from pipeline.store.summary import summary

    def meaning(code: str) -> str:
        known = decode(code)
        return known.meaning if known else ""

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        chosen = frozenset(document_ids(conn, query)) if query else None
        facts = Facts(
            title, query, last_change(conn), summary(conn, chosen),
            census(conn, "agency", chosen), census(conn, "exemption", chosen), overview(conn), meaning,
        )  # fmt: skip
    write_report(facts, out)
    say.note(f"{out}: {facts.summary.documents:,} documents, {facts.summary.pages:,} pages.")
