"""Every command, thin: read arguments, call one function, print. stdout is data, stderr is talk."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from pipeline import __version__
from pipeline.errors import DeclassError, Exit, NothingToDo
from pipeline.settings import Settings

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


def archive_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where the archive is: --archive or --database."""
    command = click.option("--database", metavar="URL", help="Database instead of the archive's own (DECLASS_DATABASE).")(command)
    return click.option(
        "--archive", type=click.Path(path_type=Path), metavar="DIR",
        help="The archive's folder (else DECLASS_ARCHIVE, else ./declass-archive).",
    )(command)  # fmt: skip


def page_ranges(_: click.Context, __: click.Parameter, value: str | None) -> tuple[tuple[int, int], ...]:
    """1-4,7 becomes ((1, 4), (7, 7)); 9- goes to the end."""
    ranges = []
    for part in (value or "").split(","):
        first, dash, last = part.strip().partition("-")
        if not part.strip():
            continue
        if not first.isdigit() or int(first) < 1 or (last and not last.isdigit()):
            raise click.BadParameter(f"{part!r} is no page or range of pages; write for example 1-4,7")
        ranges.append((int(first), int(last) if last else sys.maxsize if dash else int(first)))
    return tuple(ranges)


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="declass", message="%(prog)s %(version)s")
def cli() -> None:
    """Scanned, declassified memos become an archive that can be searched, studied and trusted.

    \b
    declass ingest BOX12/             take in a folder of scans
    declass status --failed           what could not be read, and why
    declass search '"Bay of Pigs"'    find pages
    declass export CSV --format csv   tables for a study
    """


@cli.command()
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


@cli.command()
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


@cli.command()
@click.argument("query")
@archive_options
@click.option("-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Hits to show.")
@click.option("--after", metavar="CURSOR", help="Go on after this cursor (printed with the last page of hits).")
@click.option("--by", type=click.Choice(["page", "document"]), default="page", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON, one hit a line.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV; without --limit all hits.")
@click.pass_context
def search(
    context: click.Context, query: str, archive: Path | None, database: str | None, limit: int, after: str | None,
    by: str, as_json: bool, as_csv: bool,
) -> None:  # fmt: skip
    """Find pages or documents by words, "phrases", AND, OR, NOT, prefix* and fields.

    \b
    declass search '"missile crisis" AND classification:secret'
    declass search 'agency:State date:1962-10..1963-01 recommend*' --by document
    declass search 'stamp:NARA_NND' --csv > nnd.csv

    The whole language: docs/search.md.
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.search import every, search

    all_of_them = (as_csv or as_json) and context.get_parameter_source("limit") is click.core.ParameterSource.DEFAULT
    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        if all_of_them:
            say.rows(every(conn, query, by=by), as_json)
            return
        results = search(conn, query, limit=limit, after=after, by=by)
        if as_json or as_csv:
            say.rows(results.as_rows(), as_json)
        else:
            say.hits(results)


@cli.command()
@click.argument("document")
@archive_options
@click.option("--page", type=click.IntRange(min=1), help="Only this page, with its text.")
@click.option("--draw", type=click.Path(path_type=Path, dir_okay=False), metavar="PNG",
              help="Draw the page's findings over its ink.")
@click.option("--text", is_flag=True, help="The text alone.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(
    document: str, archive: Path | None, database: str | None, page: int | None, draw: Path | None, text: bool, as_json: bool
) -> None:  # fmt: skip
    """Show a document (file name, path or the start of its id) and all that was found in it.

    \b
    declass show memo.pdf
    declass show memo.pdf --page 3 --draw page3.png
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
    else:
        say.document(shown, page, as_json)


@cli.command()
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


@cli.command()
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


@cli.command()
@click.argument("out", type=click.Path(path_type=Path))
@archive_options
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv", "parquet"]), default="jsonl", show_default=True)
@click.option("--query", metavar="QUERY", help="Only the documents that this search finds.")
def export(out: Path, archive: Path | None, database: str | None, kind: str, query: str | None) -> None:
    """Write every table, with data dictionary and datapackage.json, to the folder OUT.

    \b
    declass export study --format csv --query 'agency:State date:1961..1963'
    """
    from pipeline import say
    from pipeline.export.tables import export
    from pipeline.store.archive import Archive
    from pipeline.store.search import document_ids

    with Archive.open(Settings.read(archive=archive, database=database)) as place:
        wanted = None
        if query is not None:
            with place.reading() as conn:
                wanted = sorted(document_ids(conn, query))
        say.exported(out, export(place, out, kind, wanted, query))


@cli.command()
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


@cli.command()
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


@cli.command()
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


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command; every error becomes one message with advice, and its exit code."""
    try:
        cli.main(args=None if arguments is None else list(arguments), prog_name="declass", standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.exceptions.Abort:
        sys.exit(Exit.INTERRUPTED)
    except click.UsageError as error:
        error.show()
        sys.exit(Exit.ARGUMENTS)
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.ARGUMENTS)
    except DeclassError as error:
        click.echo(f"declass: {error}", err=True)
        if error.advice:
            click.echo(error.advice, err=True)
        sys.exit(error.exit)
    except KeyboardInterrupt:
        click.echo("declass: interrupted; run the same command again to go on.", err=True)
        sys.exit(Exit.INTERRUPTED)
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.OK)
    sys.exit(Exit.OK)


