"""Take in files."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.commands.options import archive_options, page_ranges
from pipeline.errors import Exit, NothingToDo
from pipeline.settings import Settings


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@archive_options
@click.option("--batch", metavar="NAME", help="Label for what comes in now, such as a box or an accession.")
@click.option("--pages", callback=page_ranges, metavar="RANGES", help="Only these pages of each file, e.g. 1-4,7.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken in; change nothing.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Pages worked at once (default: number of cores).")
@click.option("-l", "--languages", metavar="LANGS", help="Tesseract's languages, e.g. eng+fra.")
@click.option("--reading", type=click.Choice(["fast", "balanced", "best"]), help="How much the reading may cost.")
@click.option("--page-seconds", type=float, help="Time limit for a page.")
@click.option("--page-megabytes", type=int, help="Memory limit for a page.")
@click.option("--max-megapixels", type=float, help="Larger pages are refused before they are decoded.")
@click.option("--max-file-megabytes", type=int, help="Larger files are refused.")
@click.option("--reveal/--no-reveal", default=None,
              help="Keep the text that a PDF still holds beneath a redaction (else only that it is there).")
@click.option("--retry-failed", is_flag=True, help="Try again what failed before.")
@click.option("--redo", multiple=True, metavar="STAGE", help="Do this stage again, and those that need it.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def ingest(
    targets: Sequence[str], archive: Path | None, database: str | None, batch: str | None,
    pages: tuple[tuple[int, int], ...], dry_run: bool, quiet: bool, retry_failed: bool, redo: Sequence[str], **given: Any,
) -> None:  # fmt: skip
    """Take in folders, files, or - for a list of paths on stdin.

    \b
    declass ingest BOX12/ BOX13/ --batch accession-2026-04
    find /scans -name '*.pdf' | declass ingest -
    declass ingest report.pdf --pages 1-4

    Run it again after an interruption: it goes on where it stood. Exit 6: nothing to do; 10: done, with failures.
    """
    from pipeline import say
    from pipeline.batch.run import Request, dry, ingest

    settings = Settings.read(archive=archive, database=database, **given)
    request = Request(targets, shlex.join(["declass", *sys.argv[1:]]), batch, pages, retry_failed, tuple(redo))
    if dry_run:
        say.plan(dry(settings, request))
        return
    with say.progress(quiet) as watcher:
        outcome = ingest(settings, request, watcher)
    say.outcome(outcome)
    if not outcome.worked:
        raise NothingToDo("Nothing to do: everything here is in the archive already.",
                          "To work something again: --redo STAGE or --retry-failed.")  # fmt: skip
    sys.exit(Exit.WITH_FAILURES if outcome.failed else Exit.OK)
