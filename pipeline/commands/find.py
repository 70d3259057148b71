"""From a question to the ink."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.options import archive_options
from pipeline.errors import ArgumentsError
from pipeline.settings import Settings


@click.command()
@click.argument("query", required=False)
@archive_options
@click.option("-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Hits to show.")
@click.option("--after", metavar="CURSOR", help="Go on after this cursor (printed with the last page of hits).")
@click.option("--by", type=click.Choice(["page", "document"]), default="page", show_default=True)
@click.option("--facets", "wanted", metavar="NAMES",
              help="Count the documents found by year, agency, classification, type, stamp, exemption, entity, collection, "
                   "box: names joined by commas, or all.")
@click.option("--exact", is_flag=True, help="The words as read or in an alternate reading, not what they were misread as.")
@click.option("--save", metavar="NAME", help="Keep the query under this name; ask it again as @NAME.")
@click.option("--saved", "listing", is_flag=True, help="List the saved searches.")
@click.option("--forget", metavar="NAME", help="Forget a saved search.")
@click.option("--queries", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Ask every line of a file; the hits, each with its query, as CSV or --json.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one hit a line.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV; without --limit all hits.")
@click.pass_context
def search(
    context: click.Context, query: str | None, archive: Path | None, database: str | None, limit: int, after: str | None,
    by: str, wanted: str | None, exact: bool, save: str | None, listing: bool, forget: str | None, queries: Path | None,
    as_json: bool, as_csv: bool,
) -> None:  # fmt: skip
    """Find pages or documents by words, "phrases", AND, OR, NOT, prefix* and fields.

    \b
    declass search '"missile crisis" AND classification:secret'
    declass search 'agency:State date:1962-10..1963-01 recommend*' --by document
    declass search 'stamp:NARA_NND' --csv > nnd.csv
    declass search cuba --facets year,agency
    declass search --save lumumba '"patrice lumumba" OR entity:lumumba'
    declass search @lumumba
    declass search --queries names.txt --csv > hits.csv

    The whole language: docs/search.md.
    """
    from pipeline import say
    from pipeline.store import saved
    from pipeline.store.archive import Archive
    from pipeline.store.facets import FACETS, facets
    from pipeline.store.search import every, search

    if sum((bool(query), listing, bool(forget), bool(queries))) != 1 or (save and not query):
        raise click.UsageError("Give a query, or one of --saved, --forget NAME, --queries FILE.")
    if wanted and (as_csv or queries):
        raise ArgumentsError("facets are no rows of a CSV file", "Ask for them in a table or with --json.")
    names = FACETS if wanted == "all" else tuple(name.strip() for name in (wanted or "").split(",") if name.strip())
    bounded = context.get_parameter_source("limit") is not click.core.ParameterSource.DEFAULT
    with Archive.open(Settings.read(archive=archive, database=database)) as place:
        if save and query:
            with place.writing() as conn:
                saved.save(conn, save, query)
        if forget:
            with place.writing() as conn:
                saved.forget(conn, forget)
            return
        with place.reading() as conn:
            if listing:
                say.searches(saved.saved(conn), as_json)
            if queries:
                most = limit if bounded else None
                say.rows(saved.answers(conn, saved.queries_of(queries), most=most, by=by, exact=exact), as_json)
            if not query:
                return
            query = saved.resolved(conn, query)
            counted = facets(conn, query, names, by=by, exact=exact) if names else ()
            if (as_csv or as_json) and not bounded:
                say.rows(every(conn, query, by=by, exact=exact), as_json)
            else:
                results = search(conn, query, limit=limit, after=after, by=by, exact=exact)
                if as_json or as_csv:
                    say.rows(results.as_rows(), as_json)
                else:
                    say.hits(results)
            say.facets(counted, as_json)


@click.command()
@click.argument("document")
@archive_options
@click.option("--page", type=click.IntRange(min=1), help="Only this page, with its text.")
@click.option("--draw", type=click.Path(path_type=Path, dir_okay=False), metavar="PNG",
              help="Draw the page's findings over its ink.")
@click.option("--text", is_flag=True, help="The text alone.")
@click.option("--on", "day", metavar="DATE", help="One line: how it stood on that day, as 1972-06-01 or 1972.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(
    document: str, archive: Path | None, database: str | None, page: int | None, draw: Path | None, text: bool,
    day: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Show a document (file name, path or the start of its id) and all that was found in it.

    \b
    declass show memo.pdf
    declass show memo.pdf --page 3 --draw page3.png
    declass show memo.pdf --on 1972-06-01
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.show import load

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        shown = load(conn, document)
    if draw:
        say.draw(shown, page or 1, draw)
    elif text:
        say.text(shown, page)
    elif day:
        say.standing(shown, day, as_json)
    else:
        say.document(shown, page, as_json)


@click.command()
@click.argument("finding")
@archive_options
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def explain(finding: str, archive: Path | None, database: str | None, as_json: bool) -> None:
    """Print the chain behind a finding: value, text as written, words and boxes, page, file hash, reader and method.

    \b
    declass explain 3f9a1c
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.show import explain

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        say.chain(explain(conn, finding), as_json)
