"""Who and what the archive speaks of, and what people decide about it."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pipeline.commands.options import archive_options
from pipeline.settings import Settings

LABELS = ("PERSON", "ORG", "PLACE", "DATE", "EVENT", "CODENAME")


@click.group()
def entities() -> None:
    """Persons, bodies, places, events and code names: list them, look at them, set right who is who.

    \b
    declass entities search thompson
    declass entities merge "Llewellyn Thompson" "Thompson, Llewellyn E." --reason "same ambassador"
    declass entities split 3f9a1c 77b2e0 --as "Thompson, Tyler"
    declass entities undo

    Decisions are kept with reviewer, reason and time, hold after every new run, and never change what was written.
    """


def kinds(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--label", type=click.Choice(LABELS, case_sensitive=False), help="Only this kind.")(command)


def deciding(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who decides, and why."""
    command = click.option("--reason", help="Why, in a few words.")(command)
    return click.option(
        "--reviewer", metavar="NAME", default=reviewer, help="Who decides (DECLASS_REVIEWER, else your login)."
    )(command)


def reviewer() -> str:
    return os.environ.get("DECLASS_REVIEWER") or getpass.getuser()


def as_options(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--json", "as_json", is_flag=True, help="As JSON, one a line.")(command)
    return click.option("--csv", "as_csv", is_flag=True, help="As CSV.")(command)


@entities.command("list")
@archive_options
@kinds
@click.option("-n", "--limit", type=click.IntRange(min=1), default=50, show_default=True)
@as_options
def list_(
    archive: Path | None, database: str | None, label: str | None, limit: int, as_json: bool, as_csv: bool
) -> None:
    """The entities spoken of most.

    \b
    declass entities list --label PERSON
    """
    _list(archive, database, "", label, limit, as_json, as_csv)


@entities.command("search")
@click.argument("words", nargs=-1, required=True)
@archive_options
@kinds
@click.option("-n", "--limit", type=click.IntRange(min=1), default=50, show_default=True)
@as_options
def search_(
    words: tuple[str, ...], archive: Path | None, database: str | None, label: str | None, limit: int, as_json: bool,
    as_csv: bool,
) -> None:  # fmt: skip
    """Entities whose name, description or any written form holds these words.

    \b
    declass entities search antorg
    """
    _list(archive, database, " ".join(words), label, limit, as_json, as_csv)


def _list(
    archive: Path | None, database: str | None, words: str, label: str | None, limit: int, as_json: bool, as_csv: bool
) -> None:
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.entities import listed

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        found = listed(conn, words, label.upper() if label else None, limit)
    if as_json or as_csv:
        say.rows((e._asdict() for e in found), as_json)
        return
    columns = ("id", "kind", "name", "description", "mentions", "documents")
    lines = [(e.entity_id, e.label, e.name, say.brief(e.description, 60), e.mentions, e.documents) for e in found]
    say.out().print(say.table("", columns, lines, right=("mentions", "documents")))
    if not found:
        say.note("no entity answers." if words else "no entities yet.")


@entities.command("show")
@click.argument("entity")
@archive_options
@kinds
@click.option("-n", "--limit", type=click.IntRange(min=1), default=40, show_default=True, help="Mentions to show.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, every mention.")
def show_(
    entity: str, archive: Path | None, database: str | None, label: str | None, limit: int, as_json: bool
) -> None:  # fmt: skip
    """One entity (its name or id): how it is written, where, and why each mention is said to be this one.

    \b
    declass entities show "Amtorg Trading Corporation"
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.entities import find_entity, forms, in_office, places

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        found = find_entity(conn, entity, label.upper() if label else None)
        written = forms(conn, found.entity_id)
        where = places(conn, found.entity_id, None if as_json else limit)
        office = in_office(conn, found.name) if found.label == "PERSON" else []
    if as_json:
        forms_ = [{"text": text, "mentions": n} for text, n in written]
        say.as_json({**found._asdict(), "forms": forms_, "places": where, "in_office": office})
        return
    out = say.out()
    out.print(f"[bold]{found.name}[/bold]  {found.label}  {found.entity_id}", markup=True)
    out.print(f"{found.description or ''}  {found.mentions} mentions in {found.documents} documents".strip())
    out.print("written " + ", ".join(f"{say.brief(t, 40)} ({n})" for t, n in written[:20]), markup=False)
    columns = ("document", "date", "page", "id", "as written", "sure", "why")
    lines = [
        (w["file_name"], w["date"], w["page"], w["finding_id"][:8], say.brief(w["text"], 40),
         f"{w['identity_score'] or 0:.2f}", w["identity_reason"])
        for w in where
    ]  # fmt: skip
    out.print(say.table("\nmentions", columns, lines, right=("page",)))
    if found.mentions > len(where):
        say.note(f"{found.mentions - len(where)} more; --limit shows more, --json all.")
    if office:
        of_office = ("document", "date", "page", "as written", "sure", "why")
        perhaps = [(w["file_name"], w["date"], w["page"], w["text"], f"{w['score'] or 0:.2f}", w["reason"]) for w in office]
        out.print(say.table("\nperhaps meant by his office", of_office, perhaps[:limit], right=("page",)))


@entities.command("merge")
@click.argument("one")
@click.argument("into")
@archive_options
@kinds
@deciding
def merge_(
    one: str,
    into: str,
    archive: Path | None,
    database: str | None,
    label: str | None,
    reviewer: str,
    reason: str | None,
) -> None:
    """ONE is INTO: both become one entity, under the name of INTO.

    \b
    declass entities merge "Antorg" "Amtorg Trading Corporation" --reason "misread"
    """
    from pipeline import say
    from pipeline.batch.whole import relations
    from pipeline.store.archive import Archive
    from pipeline.store.decisions import Said, merge
    from pipeline.store.entities import find_entity

    kind = label.upper() if label else None
    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.lock("entities merge"):
        with place.reading() as conn:
            a, b = find_entity(conn, one, kind), find_entity(conn, into, kind)
        with place.writing() as conn:
            done = merge(conn, a.row, b.row, Said(reviewer, reason))
        relations(place)
    say.note(f"{a.name} is {b.name} now: {done.mentions} mentions (decision {done.decision}).")


@entities.command("split")
@click.argument("mentions", nargs=-1, required=True, metavar="MENTION...")
@click.option(
    "--as", "name", required=True, metavar="NAME", help="Who they are: an entity's id or name, or a new name."
)
@click.option("--throughout", is_flag=True, help="Also every other mention of the same entity in the same documents.")
@archive_options
@deciding
def split_(
    mentions: tuple[str, ...], name: str, throughout: bool, archive: Path | None, database: str | None, reviewer: str,
    reason: str | None,
) -> None:  # fmt: skip
    """These mentions (their ids, as `entities show` prints them) are somebody else.

    \b
    declass entities split 3f9a1c2b --as "Johnson, U. Alexis" --throughout
    """
    from pipeline import say
    from pipeline.batch.whole import relations
    from pipeline.store.archive import Archive
    from pipeline.store.decisions import Said, split
    from pipeline.store.entities import exactly, find_mentions

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.lock("entities split"):
        with place.reading() as conn:
            found, kind = find_mentions(conn, mentions, throughout)
            into = exactly(conn, name, kind)
        called = into.name if into else name
        with place.writing() as conn:
            done = split(conn, found, called, Said(reviewer, reason), into.row if into else None)
        relations(place)
    what = "which was there" if into else "which is new"
    say.note(f"{done.mentions} mentions are {called} now, {what} (decision {done.decision}).")


@entities.command("rename")
@click.argument("entity")
@click.argument("name")
@archive_options
@kinds
@deciding
def rename_(
    entity: str,
    name: str,
    archive: Path | None,
    database: str | None,
    label: str | None,
    reviewer: str,
    reason: str | None,
) -> None:
    """Give an entity another name. How it is written in the documents stays as it is.

    \b
    declass entities rename "A. Thompson" "Thompson, Arthur"
    """
    from pipeline import say
    from pipeline.batch.whole import relations
    from pipeline.store.archive import Archive
    from pipeline.store.decisions import Said, rename
    from pipeline.store.entities import find_entity

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.lock("entities rename"):
        with place.reading() as conn:
            found = find_entity(conn, entity, label.upper() if label else None)
        with place.writing() as conn:
            done = rename(conn, found.row, name, Said(reviewer, reason))
        relations(place)
    say.note(f"{found.name} is called {name} now (decision {done.decision}).")


@entities.command("undo")
@click.argument("decision", type=int, required=False)
@archive_options
@click.option("--reviewer", metavar="NAME", default=reviewer, help="Who takes it back.")
def undo_(decision: int | None, archive: Path | None, database: str | None, reviewer: str) -> None:
    """Take back a decision by its number, else the last one. It stays on record.

    \b
    declass entities undo 3
    """
    from pipeline import say
    from pipeline.batch.whole import settle
    from pipeline.store.archive import Archive
    from pipeline.store.decisions import undo

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.lock("entities undo"):
        with place.writing() as conn:
            done = undo(conn, reviewer, decision)
        settle(place)
    say.note(f"decision {done.id} ({done.action} {done.before} as {done.name}) is taken back.")


@entities.command("decisions")
@archive_options
@as_options
def decisions_(archive: Path | None, database: str | None, as_json: bool, as_csv: bool) -> None:
    """What people decided about entities, who, when and why, and how many mentions each decision touches.

    \b
    declass entities decisions
    """
    from pipeline import say
    from pipeline.store.archive import Archive
    from pipeline.store.decisions import history

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        made = history(conn)
    if as_json or as_csv:
        say.rows(made, as_json)
        return
    columns = ("id", "action", "before", "name", "mentions", "reviewer", "reason", "at", "undone_at")
    say.out().print(say.table("", columns, ([d[c] for c in columns] for d in made), right=("id", "mentions")))
    if not made:
        say.note("no decisions yet.")
