"""What was done, and what the archive holds as a whole."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.commands.options import archive_options
from pipeline.settings import Settings


@click.command()
@archive_options
@click.option("--failed", is_flag=True, help="Each file, page and stage that failed, with the reason.")
@click.option("--batch", metavar="NAME", help="Only this batch.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(archive: Path | None, database: str | None, failed: bool, batch: str | None, as_json: bool) -> None:
    """What was done, what failed and why, what needs a person.

    \b
    declass status
    declass status --failed --batch accession-2026-04
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.status import failures, overview

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        if failed:
            say.failures(failures(conn, batch), as_json)
        else:
            say.overview(overview(conn, batch), as_json)


@click.command()
@archive_options
@click.option("--index", "of_words", is_flag=True,
              help="Hold the index of words against every page, and make it anew when it differs.")
def doctor(archive: Path | None, database: str | None, of_words: bool) -> None:
    """Check that everything needed is here: Tesseract and its languages, the models, the archive, the disk.

    \b
    declass doctor
    declass doctor --index --archive BOX12
    """
    from pipeline import say
    from pipeline.batch.doctor import examine

    settings = Settings.read(archive=archive, database=database)
    if of_words:
        _mend_index(settings)
        return
    sys.exit(say.findings(examine(settings)))


def _mend_index(settings: Settings) -> None:
    from pipeline.store import words
    from pipeline.store.archive import Archive

    with Archive.open(settings) as place:
        with place.reading() as conn:
            faults = words.faults(conn)
        for fault in faults:
            click.echo(f"{fault}: it is made anew", err=True)
        if faults:
            with place.lock("doctor"), place.writing() as conn:
                words.rebuild(conn)
        click.echo(f"the index of words of {place.place} has the words of every page")


@click.command()
@archive_options
@click.option("--all", "everything", is_flag=True, help="Administrative stamps too (filing, receipt, copy).")
@click.option("-n", "--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def stamps(archive: Path | None, database: str | None, everything: bool, limit: int, as_json: bool) -> None:
    """Who released what, when and by what authority: the stamps of the archive.

    \b
    declass stamps
    declass stamps --all --json
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.show import stamp_rows

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        say.stamps(stamp_rows(conn, events_only=not everything, limit=limit), as_json)
