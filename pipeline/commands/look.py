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
def doctor(archive: Path | None, database: str | None) -> None:
    """Check that everything needed is here: Tesseract and its languages, the models, the archive, the disk.

    \b
    declass doctor
    """
    from pipeline import say
    from pipeline.batch.doctor import examine

    worst = say.findings(examine(Settings.read(archive=archive, database=database)))
    sys.exit(worst)


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
