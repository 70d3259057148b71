"""What the archive holds stays true: fixity, history, forgetting."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.commands.options import archive_options
from pipeline.errors import Exit
from pipeline.settings import Settings


@click.command()
@click.argument("document")
@archive_options
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(document: str, archive: Path | None, database: str | None, yes: bool) -> None:
    """Forget a document and all that was found in it. The file itself is never touched.

    \b
    declass remove memo.pdf
    """
    from pipeline import say
    from pipeline.batch.whole import settle
    from pipeline.store.archive import Archive
    from pipeline.store.show import find
    from pipeline.store.write import forget

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.lock("remove"):
        with place.reading() as conn:
            ident, name = find(conn, document)
        if not yes:
            click.confirm(f"Forget {name} ({ident[:12]}) and all that was found in it?", abort=True, err=True)
        with place.writing() as conn:
            forget(conn, ident)
        settle(place)
    say.note(f"{name} is forgotten; the file was not touched.")


@click.command()
@archive_options
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="Only files that were not looked at in so many days; an interrupted check goes on with 1.",
)
@click.option(
    "--look-in",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    help="Look for missing files here too, besides the folders that scans were taken in from.",
)
@click.option(
    "--follow", "following", is_flag=True, help="Note where moved files are now: later readings open them there."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, every file.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def verify(
    archive: Path | None, database: str | None, days: int | None, look_in: tuple[str, ...], following: bool, as_json: bool,
    quiet: bool,
) -> None:  # fmt: skip
    """Fixity: hash every file again and say which have changed, moved, or are missing or unreadable. Exit 10 when any has.

    \b
    declass verify
    declass verify --older-than 90
    declass verify --look-in /mnt/new-disk --follow

    What is found is kept in the history of the archive; files are never touched.
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.fixity import days_ago, extent, verify

    with Archive.open(Settings.read(archive=archive, database=database)) as place:
        before = days_ago(days) if days is not None else None
        files, size = extent(place, before)
        with say.counting("checking", files, size, quiet) as watch:
            bad = say.fixity(verify(place, before, look_in, following, watch), as_json)
    sys.exit(Exit.WITH_FAILURES if bad else Exit.OK)


@click.command()
@click.argument("document", required=False)
@archive_options
@click.option("-n", "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="The last so many.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one event a line, all of them.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, all of them.")
def history(
    document: str | None, archive: Path | None, database: str | None, limit: int, as_json: bool, as_csv: bool
) -> None:
    """What was done with a DOCUMENT, or with the whole archive: when, with which version, by whom, what came of it.

    \b
    declass history memo.pdf
    declass history --csv > history.csv

    Events are those of PREMIS; they are only ever added.
    """
    from dataclasses import asdict

    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.provenance import history
    from pipeline.store.show import find

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        ident = find(conn, document)[0] if document else None
        if as_json or as_csv:
            events = history(conn, ident)
            say.rows(({"identifier": e.identifier, **asdict(e)} for e in events), as_json)
            return
        told = list(history(conn, ident, limit))
    columns = ("at", "event", "document", "with", "what", "outcome", "note", "by")
    lines = [
        (e.at[:19], e.event, (e.document_id or "")[:8], say.brief(e.object, 40), say.brief(e.detail, 60), e.outcome,
         say.brief(e.note, 60), e.person or e.agent)
        for e in reversed(told)
    ]  # fmt: skip
    say.out().print(say.table("", columns, lines))
    if not told:
        say.note("nothing was done with it yet.")
