"""Who advised what to whom."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.options import archive_options
from pipeline.settings import Settings

KINDS = ("recommendation", "option", "request", "instruction", "contingent")


@click.command()
@click.argument("query", required=False)
@archive_options
@click.option("--by", metavar="WORDS", help="Who advises: a person or body, or words of their name.")
@click.option("--to", metavar="WORDS", help="Who is advised.")
@click.option("--country", metavar="NAME", help="The country it is about.")
@click.option("--from", "since", type=int, metavar="YEAR", help="From this year on.")
@click.option("--until", type=int, metavar="YEAR", help="Up to this year, itself included.")
@click.option("--approved", "decision", flag_value="approved", help="Only what was approved.")
@click.option("--disapproved", "decision", flag_value="disapproved", help="Only what was disapproved.")
@click.option("--kind", type=click.Choice(KINDS), help="Only advice of this kind.")
@click.option("-n", "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Rows to show.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, all rows, one a line.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, all rows.")
def relations(
    query: str | None, archive: Path | None, database: str | None, by: str | None, to: str | None, country: str | None,
    since: int | None, until: int | None, decision: str | None, kind: str | None, limit: int, as_json: bool, as_csv: bool,
) -> None:  # fmt: skip
    """Who recommended what to whom, about which country, when, and whether it was approved.

    QUERY keeps to the documents that a search finds (docs/search.md).

    \b
    declass relations --by Bundy --country Cuba --from 1961 --until 1963
    declass relations 'collection:NSF' --approved --csv > approved.csv
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.relations import Asked, ask
    from pipeline.store.search import document_ids

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        wanted = set(document_ids(conn, query)) if query else None
        asked = Asked(by, to, country, since, until, decision, kind, wanted)
        if as_json or as_csv:
            say.rows(ask(conn, asked), as_json)
            return
        found = list(ask(conn, asked, limit + 1))
    columns = ("date", "by", "to", "countries", "kind", "decision", "advice", "document", "page")
    lines = [
        (r["date"], say.brief(r["by_name"] or r["by_text"], 28), say.brief(r["to_name"] or r["to_text"], 28),
         say.brief(r["countries"], 30), r["kind"] + (" against" if r["polarity"] == "against" else ""),
         "" if r["decision"] == "none" else r["decision"], say.brief(r["text"], 90), r["file_name"], r["page"])
        for r in found[:limit]
    ]  # fmt: skip
    say.out().print(say.table("", columns, lines, right=("page",)))
    if len(found) > limit:
        say.note("there is more; --limit shows more, --csv and --json all.")
    if not found:
        say.note("nothing answers. `declass status` says what was looked at.")
