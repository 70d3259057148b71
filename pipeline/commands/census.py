"""How much is withheld."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.options import archive_options
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.store.census import Census, Count

COLUMNS = ("documents", "redacted", "pages", "redacted ", "places", "lines", "withheld", "in brackets")


@click.command()
@archive_options
@click.option("--by", type=click.Choice(["document", "agency", "year", "exemption", "collection"]), default="agency",
              show_default=True, help="What to count by.")
@click.option("--query", metavar="QUERY", help="Only the documents that a search finds.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one group a line.")
def census(
    archive: Path | None, database: str | None, by: str, query: str | None, as_csv: bool, as_json: bool
) -> None:  # fmt: skip
    """How much is withheld: shares, pages, lines, by document, agency, year, exemption or collection.

    \b
    declass census
    declass census --by exemption --query 'agency:CIA'
    declass census --by document --csv > withheld.csv
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.census import census
    from pipeline.store.search import document_ids

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        taken = census(conn, by, document_ids(conn, query) if query else None)
    if as_csv or as_json:
        say.rows(({**count.as_row(), **_meaning(taken, count)} for count in taken.groups), json_lines=as_json)
    else:
        _show(taken)


def _show(taken: Census) -> None:
    from pipeline import say

    lines = [(*_line(count), *_meaning(taken, count).values()) for count in (*taken.groups, taken.total)]
    more = ("law", "meaning") if taken.by == "exemption" else ()
    say.out().print(say.table("", [taken.by, *COLUMNS, *more], lines, right=COLUMNS))
    if taken.total.not_looked:
        say.note(f"in {taken.total.not_looked} documents redactions were not looked for (not finished or failed): "
                 "they are in no figure but the number of documents; see `declass status --failed`.")  # fmt: skip


def _meaning(taken: Census, count: Count) -> dict[str, str]:
    """Of an exemption: the law it belongs to, and what it protects."""
    from pipeline.parse.redacted.codes import decode

    if taken.by != "exemption":
        return {}
    known = decode(count.group)
    return {"law": known.family if known else "", "meaning": known.meaning if known else ""}


def _line(count: Count) -> tuple[object, ...]:
    if count.documents and count.not_looked == count.documents:
        return (count.group, count.documents, "not looked for", *[""] * 6)
    return (
        count.group, count.documents, count.documents_redacted, count.pages, count.pages_redacted, count.redactions,
        count.lines, f"{count.withheld:.2%}", f"{count.bracketed:.2%}",
    )  # fmt: skip
