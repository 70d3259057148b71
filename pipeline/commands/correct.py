"""What people set right: values, findings that are none, findings that are missing; one at a time or a file of them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.entities import as_options, deciding, reviewer
from pipeline.commands.options import archive_options
from pipeline.errors import ArgumentsError, FileAccessError, InputError, NothingToDo
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.core.geometry import Box
    from pipeline.store.archive import Archive
    from pipeline.store.corrections import Fix
    from pipeline.store.decisions import Said


@click.group(invoke_without_command=True)
@archive_options
@click.option("--template", is_flag=True, help="Print a CSV to fill in: the values that can be corrected, a line each.")
@click.option("--query", metavar="QUERY", help="With --template: only the documents that this search finds.")
@click.option(
    "--tables",
    default="documents",
    show_default=True,
    metavar="NAMES",
    help="With --template: of these tables, joined by commas.",
)
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help="Enter the corrections of a CSV: all of them, or none when a line is wrong.",
)
@click.option("--dry-run", is_flag=True, help="With --from: only check the lines.")
@deciding
@click.pass_context
def correct(
    context: click.Context, archive: Path | None, database: str | None, template: bool, query: str | None, tables: str,
    file: Path | None, dry_run: bool, reviewer: str, reason: str | None,
) -> None:  # fmt: skip
    """Set right what the program got wrong. Each correction is kept with reviewer, reason and time, holds after every new
    reading, and can be taken back.

    \b
    declass correct set memo.pdf date=1961-06-08 sender="Dean Rusk" --reason "date line is faint"
    declass correct set 3f9a1c2b decision=denied
    declass correct reject 77b2e0aa --reason "a letterhead, no stamp"
    declass correct add memo.pdf stamps kind=receipt --page 2 --box 400,60,520,110
    declass correct list --waiting
    declass correct undo 3

    \b
    declass correct --template --query 'collection:NSF' > todo.csv
    declass correct --from todo.csv --reviewer Ruth

    In the CSV write into the column `value`; lines without a value are left alone, `(empty)` empties a field.
    See docs/corrections.md.
    """
    if context.invoked_subcommand:
        return
    if template == bool(file):
        raise click.UsageError("Give --template, --from FILE.csv, or one of set, reject, add, list, undo.")
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.corrections import enter
    from pipeline.store.decisions import Said
    from pipeline.store.search import document_ids
    from pipeline.store.sheet import filled_in, to_fill_in
    from pipeline.store.show import every_document

    settings = Settings.read(archive=archive, database=database)
    if template:
        with Archive.open(settings) as place, place.reading() as conn:
            wanted = sorted(document_ids(conn, query)) if query else every_document(conn)
            names = [name.strip() for name in tables.split(",") if name.strip()]
            say.rows(to_fill_in(conn, wanted, names), json_lines=False)
        return
    assert file is not None
    with Archive.open(settings) as place, place.lock("correct"):
        with place.writing() as conn:
            by_person = filled_in(conn, _lines(file), Said(reviewer, reason))
            made = [n for said, fixes in by_person.items() for n in (() if dry_run else enter(conn, fixes, said))]
        count = sum(len(fixes) for fixes in by_person.values())
        if made:
            _follow(place, {fix.table for fixes in by_person.values() for fix in fixes})
    if dry_run:
        say.note(f"{count} corrections can be entered; nothing was changed.")
    elif not made:
        raise NothingToDo(f"{file} holds nothing that is not so already.", "Write into the column `value`.")
    else:
        say.note(f"{len(made)} corrections entered, {count - len(made)} were so already.")


@correct.command("set")
@click.argument("target")
@click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")
@archive_options
@click.option("--segment", type=click.IntRange(min=1), metavar="N", help="Of this part of the document.")
@click.option("--event", type=click.IntRange(min=1), metavar="N", help="Of this entry of the document's ledger.")
@deciding
def set_(
    target: str, values: tuple[str, ...], archive: Path | None, database: str | None, segment: int | None,
    event: int | None, reviewer: str, reason: str | None,
) -> None:  # fmt: skip
    """Correct fields of TARGET: a document (name, path, id), or a finding by its id, as `declass show` prints them.

    \b
    declass correct set memo.pdf classification=SECRET controls="NOFORN|LIMDIS" recipient=
    declass correct set 3f9a1c2b date=1998-05

    A value is left empty to empty the field.
    """
    from pipeline.store.corrections import Fix, finding
    from pipeline.store.decisions import Said
    from pipeline.store.show import find

    def fixes(conn: Any) -> list[Fix]:
        numbered = ("segments", segment) if segment else ("events", event) if event else None
        known = None if numbered else finding(conn, target)
        ident, table, row = known or (find(conn, target)[0], *(numbered or ("documents", None)))
        key = None if row is None else str(row)
        return [Fix.of_value(ident, table, key, *_pair(pair)) for pair in values]

    _one(archive, database, fixes, Said(reviewer, reason))


@correct.command("reject")
@click.argument("targets", nargs=-1, required=True, metavar="FINDING...")
@archive_options
@click.option(
    "--event", type=click.IntRange(min=1), metavar="N", help="FINDING is a document: this entry of its ledger."
)
@deciding
def reject_(
    targets: tuple[str, ...], archive: Path | None, database: str | None, event: int | None, reviewer: str,
    reason: str | None,
) -> None:  # fmt: skip
    """These findings are none: they are left out of searches and exports, and of every later reading.

    \b
    declass correct reject 77b2e0aa 91c03d17 --reason "printed heading"
    """
    from pipeline.store.corrections import Fix, finding
    from pipeline.store.decisions import Said
    from pipeline.store.show import find

    def fixes(conn: Any) -> list[Fix]:
        if event:
            return [Fix.rejecting(find(conn, target)[0], "events", str(event)) for target in targets]
        found = [finding(conn, target) for target in targets]
        if None in found:
            lost = targets[found.index(None)]
            raise ArgumentsError(
                f"there is no finding {lost!r} in this archive.", "`declass show DOCUMENT` prints their ids."
            )
        return [Fix.rejecting(*known) for known in found if known]

    _one(archive, database, fixes, Said(reviewer, reason))


@correct.command("add")
@click.argument("document")
@click.argument("table", metavar="TABLE")
@click.argument("values", nargs=-1, metavar="FIELD=VALUE...")
@archive_options
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--box", metavar="L,T,R,B", help="Where it stands, in points from the top left of the upright page.")
@click.option("--quote", metavar="WORDS", help="Or: the words of the page that it is.")
@deciding
def add_(
    document: str, table: str, values: tuple[str, ...], archive: Path | None, database: str | None, page: int,
    box: str | None, quote: str | None, reviewer: str, reason: str | None,
) -> None:  # fmt: skip
    """A finding is missing: add it to TABLE (markings, stamps, redactions, mentions, offices, recommendations).

    \b
    declass correct add memo.pdf stamps kind=receipt text="RECEIVED JUN 9" date=1961-06-09 --page 2 --box 400,60,520,110
    declass correct add memo.pdf mentions label=PERSON --page 3 --quote "Mr. Castro"

    A later reading that finds it at that place has the person's word laid over it.
    """
    from pipeline.store.additions import addition
    from pipeline.store.corrections import Fix
    from pipeline.store.decisions import Said
    from pipeline.store.show import find

    def fixes(conn: Any) -> list[Fix]:
        ident, _ = find(conn, document)
        told = dict(_pair(pair) for pair in values)
        row = addition(conn, ident, table, told, page, reviewer, box=_box(box) if box else None, quote=quote)
        return [Fix.adding(ident, table, row)]

    _one(archive, database, fixes, Said(reviewer, reason))


@correct.command("list")
@click.argument("document", required=False)
@archive_options
@click.option("--waiting", is_flag=True, help="Only those whose finding is not in the archive now.")
@as_options
def list_(
    document: str | None, archive: Path | None, database: str | None, waiting: bool, as_json: bool, as_csv: bool
) -> None:
    """Every correction, in order, those taken back included. The CSV can be entered in another archive with --from.

    \b
    declass correct list --waiting
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.corrections import listed
    from pipeline.store.show import find

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        ident = find(conn, document)[0] if document else None
        found = listed(conn, ident, "waiting" if waiting else None)
        say.corrected(found, as_json if as_json or as_csv else None)


@correct.command("undo")
@click.argument("number", type=int, required=False)
@archive_options
@click.option("--reviewer", metavar="NAME", default=reviewer, help="Who takes it back.")
def undo_(number: int | None, archive: Path | None, database: str | None, reviewer: str) -> None:
    """Take back a correction by its number, else the last one. It stays on record.

    \b
    declass correct undo 3
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.corrections import undo

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.lock("correct undo"):
        with place.writing() as conn:
            done = undo(conn, reviewer, number)
        _follow(place, {done.table})
    say.note(f"correction {done.id} ({done.action} {done.table}.{done.field}) is taken back.")


def _one(archive: Path | None, database: str | None, fixes: Callable[[Any], list[Fix]], said: Said) -> None:
    """Enters what a person typed, and says what came of it."""
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.corrections import enter

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.lock("correct"):
        with place.writing() as conn:
            wanted = fixes(conn)
            made = enter(conn, wanted, said)
        if made:
            _follow(place, {fix.table for fix in wanted})
    if not made:
        raise NothingToDo("that is so already.", "`declass show DOCUMENT` shows what holds.")
    say.note(f"entered: {', '.join(f'correction {number}' for number in made)}.")


def _follow(place: Archive, tables: Collection[str]) -> None:
    """What only the whole archive shows follows the corrections."""
    from pipeline.batch.whole import identities, relations

    if "mentions" in tables:
        identities(place)
    if set(tables) & {"mentions", "documents", "segments", "recommendations"}:
        relations(place)


def _lines(file: Path) -> Iterator[dict[str, str]]:
    """The lines of a CSV, by column, as they were before a guard against formulas was put before them."""
    from pipeline.export.cells import value

    try:
        with file.open(encoding="utf-8-sig", newline="") as f:
            reader = csv.DictReader(f)
            if not {"table", "field", "value"} <= set(reader.fieldnames or ()):
                raise InputError(
                    f"{file} has no columns table, field and value.", "`declass correct --template` makes one."
                )
            for line in reader:
                yield {name: value("text", text or "") or "" for name, text in line.items() if name}
    except OSError as error:
        raise FileAccessError(f"{file} cannot be read: {error.strerror}", "Name a file that is there.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file} is no CSV in UTF-8: {error}", "Save it as CSV UTF-8.") from error


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise ArgumentsError(f"{text!r} gives no value.", "Write FIELD=VALUE, such as date=1961-06-08.")
    return name.strip(), value


def _box(text: str) -> Box:
    from pipeline.core.geometry import Box

    try:
        left, top, right, bottom = (float(side) for side in text.split(","))
    except ValueError:
        raise ArgumentsError(f"{text!r} is no box.", "Write left,top,right,bottom in points.") from None
    if not (left < right and top < bottom):
        raise ArgumentsError(f"{text!r} is no box: right of left, below top.", "Write left,top,right,bottom in points.")
    return Box(left, top, right, bottom)
