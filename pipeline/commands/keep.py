"""What the archive holds stays true: fixity, forgetting."""

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
@click.option("--json", "as_json", is_flag=True, help="As JSON, every file.")
def verify(archive: Path | None, database: str | None, as_json: bool) -> None:
    """Fixity: hash every file again and say which have changed or are missing. Exit 10 when any has.

    \b
    declass verify
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.fixity import verify

    with Archive.open(Settings.read(archive=archive, database=database)) as place:
        bad = say.fixity(verify(place), as_json)
    sys.exit(Exit.WITH_FAILURES if bad else Exit.OK)
