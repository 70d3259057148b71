"""What commands print. Data goes to stdout (tables on a terminal, JSON or CSV for programs), talk to stderr."""

from __future__ import annotations

import csv
import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from pipeline.progress import counting, progress

if TYPE_CHECKING:
    from pipeline.batch.doctor import Check
    from pipeline.batch.run import Outcome
    from pipeline.store.facets import Facet
    from pipeline.store.fixity import Fixity
    from pipeline.store.saved import Saved
    from pipeline.store.search import Results
    from pipeline.store.show import Chain, Shown
    from pipeline.store.status import Overview

__all__ = ["counting", "progress"]
WIDE = 180  # columns when stdout is no terminal: little is folded for a pipe or a log


def out() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDE)


def note(message: str) -> None:
    print(f"declass: {message}", file=sys.stderr)


def plain(value: Any) -> Any:
    """Values for JSON: dataclasses as objects."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def as_json(value: Any) -> None:
    print(json.dumps(plain(value), ensure_ascii=False, indent=1))


def rows(found: Iterable[Mapping[str, Any]], json_lines: bool) -> None:
    """Hits for programs: JSON, one a line, or CSV with a header."""
    writer = None
    for row in found:
        if json_lines:
            print(json.dumps(plain(row), ensure_ascii=False))
            continue
        if writer is None:
            writer = csv.DictWriter(sys.stdout, list(row), lineterminator="\r\n")
            writer.writeheader()
        writer.writerow({k: safe(v) for k, v in row.items()})


def safe(value: Any) -> str:
    """A cell as exports write it: no spreadsheet runs it as a formula."""
    from pipeline.export.cells import cell

    if isinstance(value, bool):
        kind = "boolean"
    elif isinstance(value, int | float):
        kind = "number"
    elif isinstance(value, list | tuple):
        kind = "boxes" if value and isinstance(value[0], dict) else "list"
    else:
        kind = "string"
    return cell(kind, value)


def table(title: str, columns: Sequence[str], lines: Iterable[Sequence[Any]], right: Sequence[str] = ()) -> Table:
    drawn = Table(title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
    for column in columns:
        drawn.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for line in lines:
        drawn.add_row(*["" if cell is None else escape(str(cell)) for cell in line])
    return drawn


# ingest


def plan(entries: Iterable[tuple[Any, Any]]) -> None:
    """What an ingest would do, a line a file: take in, skip or refuse, with the reason."""
    from pipeline.core.document import Scan

    files = pages = 0
    for entry, what in entries:
        if isinstance(what, Scan):
            files, pages = files + 1, pages + what.pages
            print(f"take in\t{what.pages} pages\t{what.media_type}\t{entry.file_name}")
        elif what is None:
            print(f"{entry.kind}\t\t{entry.reason}\t{entry.file_name}")
        else:
            print(f"refuse\t\t{what.message}\t{entry.file_name}")
    note(f"{files} files with {pages} pages would be taken in; nothing was changed.")


def outcome(done: Outcome) -> None:
    """One line of what an ingest did, and where to look next."""
    parts = [f"{done.files} files", f"{done.new} new", f"{done.known} known"]
    parts += [f"{done.duplicates} known bytes under another name or changed"] if done.duplicates else []
    parts += [f"{done.skipped} skipped"] if done.skipped else []
    minutes = done.seconds / 60
    pace = f", {done.pages / minutes:.1f} pages a minute" if done.pages and minutes else ""
    note(f"{', '.join(parts)}; {done.pages} pages and {done.documents} documents worked in {done.seconds:.0f} s{pace}.")
    if done.failed:
        note(f"{done.failed} failures; `declass status --failed` says which and why.")


# status


def overview(seen: Overview, json_wanted: bool) -> None:
    if json_wanted:
        as_json(seen)
        return
    console = out()
    for drawn in seen.tables():
        console.print(table(drawn.title, drawn.columns, drawn.rows, drawn.right))
        console.print()


def failures(found: Iterable[Mapping[str, Any]], json_wanted: bool) -> None:
    every = list(found)
    if json_wanted:
        as_json(every)
        return
    if not every:
        note("nothing failed.")
        return
    columns = ("file_name", "page", "stage", "error", "message")
    out().print(table("", columns, ([row[c] for c in columns] for row in every), right=("page",)))


# search


of_field = attrgetter("field")


def hits(results: Results) -> None:
    """Hits with their passage, what was found lit, and the query in words."""
    console = out()
    for line in results.said:
        console.print(f"[dim]{escape(line)}[/dim]")
    if not results.hits:
        console.print("No hits. Found nothing does not mean not looked for: `declass status` says what was read.")
        return
    for number, hit in enumerate(results.hits, 1):
        head = Text()
        head.append(f"{number}. {hit.file_name}", style="bold")
        head.append(f" p{hit.page}" if hit.page else "")
        known = [hit.date, hit.agency, hit.doc_type, hit.classification]
        head.append(f"  {' · '.join(k for k in known if k)}")
        if hit.page_confidence is not None:
            head.append(f"  read {hit.page_confidence:.0%}{'' if hit.grade == 'good' else f', {hit.grade}'}", style="dim")
        if hit.misread:
            head.append("  (misread)", style="dim")
        elif not hit.exact:
            head.append("  (by an alternate reading)", style="dim")
        if hit.corrected:
            head.append(f"  (set right by a person: {', '.join(hit.corrected)})", style="dim")
        console.print(head)
        if hit.snippet:
            passage = Text(f"   {'…' if hit.snippet.cut_before else ''}")
            offset = len(passage)
            passage.append(hit.snippet.text + ("…" if hit.snippet.cut_after else ""))
            for start, end in hit.snippet.spans:
                passage.stylize("bold yellow", offset + start, offset + end)
            console.print(passage)
        for name, some in groupby(sorted(hit.evidence, key=of_field), key=of_field):
            told = dict.fromkeys(f"{f'“{brief(f.text, 60)}” ' if f.text else ''}p{f.page}" for f in some)
            console.print(Text(f"   {name}: {', '.join(told)}", style="dim"))
    more = results.total - len(results.hits)
    rest = f"; {more} more with --limit or --after {results.next}" if results.next else ""
    console.print(f"[dim]{results.total} {results.by}{'' if results.total == 1 else 's'}{rest}[/dim]")


def searches(kept: Sequence[Saved], json_wanted: bool) -> None:
    if json_wanted:
        as_json(kept)
    elif kept:
        out().print(table("", ("name", "query", "saved"), ((f"@{s.name}", s.query, s.saved_at[:10]) for s in kept)))
    else:
        note("no search is saved; `declass search --save NAME QUERY` saves one.")


def facets(counted: Sequence[Facet], json_wanted: bool) -> None:
    """Each facet as a small table; for programs one more line of JSON, `{"facets": {name: ...}}`."""
    if json_wanted and counted:
        print(json.dumps({"facets": {f.name: plain(f) for f in counted}}, ensure_ascii=False))
        return
    for facet in counted:
        further = facet.different - len(facet.values)
        notes = [f"{further} more values" if further else "", f"{facet.without} without" if facet.without else ""]
        console = out()
        console.print(f"\n[bold]{facet.name}[/bold] [dim]{', '.join(n for n in notes if n)}[/dim]")
        console.print(table("", ("value", "documents"), facet.values, right=("documents",)))


# show, explain, stamps


TOLD = {  # what `show` prints of each table's rows, after page and id
    "markings": ("kind", "canonical", "struck", "text"),
    "stamps": ("kind", "agency", "decision", "date", "case_number", "flags", "text"),
    "redactions": ("style", "code", "lines", "area"),
    "particulars": ("name", "value", "text"),
    "mentions": ("label", "name", "text"),
    "recommendations": ("kind", "polarity", "strength", "decision", "text"),
    "offices": ("office", "holder", "score", "text"),
}
PARTICULARS = ("doc_type", "date", "sender", "recipient", "subject", "agency", "classification", "classification_struck",
               "controls", "identifiers", "history", "collection", "record_group", "series", "box", "folder", "item",
               "status", "stages")  # fmt: skip


def brief(value: Any, most: int = 90) -> str:
    """A cell for a table: one line, not longer than `most`."""
    if isinstance(value, list):
        value = ", ".join(f"{v['kind']} {v['value']}" if isinstance(v, dict) else str(v) for v in value)
    if isinstance(value, float):
        value = f"{value:.3g}"
    line = " ".join(str("" if value is None or value is False else value).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def document(shown: Shown, page: int | None, json_wanted: bool) -> None:
    """Particulars, pages, findings by table, the ledger; of one page also its text."""
    if json_wanted:
        as_json(shown.as_plain())
        return
    console = out()
    console.print(f"[bold]{escape(shown.document['file_name'])}[/bold]  {shown.document['document_id']}")
    known = ((c, brief(shown.document[c], 200)) for c in PARTICULARS)
    console.print(table("", ("particular", "value"), [(c, v) for c, v in known if v]))
    columns = ("page", "rotation", "grade", "confidence", "reader", "grade_reason")
    pages = [[brief(p[c]) for c in columns] for p in shown.pages if page in (None, p["page"])]
    console.print(table("\npages", columns, pages))
    by_table: dict[str, list[list[str]]] = {}
    for name, row in shown.findings(page):
        cells = [str(row["page"]), row["finding_id"][:8], *(brief(row[c]) for c in TOLD[name]), f"{row['confidence']:.2f}"]
        by_table.setdefault(name, []).append(cells)
    for name, lines in by_table.items():
        console.print(table(f"\n{name}", ("page", "id", *TOLD[name], "confidence"), lines))
    events = [[brief(e[c]) for c in ("date", "action", "level", "agency", "authority", "conflict")] for e in shown.events]
    if events and page is None:
        console.print(table("\nledger", ("date", "action", "level", "agency", "authority", "conflict"), events))
    corrected(c for c in shown.corrections if page in (None, c["page"]) and c["state"] != "undone")
    for failure in shown.failures:
        note(f"page {failure['page'] or '-'}, {failure['stage']}: {failure['message']}")
    if page:
        console.print()
        text(shown, page)


def corrected(found: Iterable[Mapping[str, Any]], json_lines: bool | None = None) -> None:
    """What people set right: of what, what the program said, what holds now, who says so. `json_lines`: for programs,
    JSON (True) or CSV (False)."""
    if json_lines is not None:
        rows(({k: v for k, v in c.items() if k != "beneath"} for c in found), json_lines)
        return
    lines = []
    for c in found:
        whole = {"reject": "(no such finding)", "add": f"(added) {brief(c['text'], 50)}"}
        value = whole.get(c["action"], c["value"] or "(empty)")
        what = f"{c['table']}.{c['field']}" if c["action"] == "correct" else c["table"]
        where = c["page"] if c["page"] is not None else ""
        lines.append(
            (c["id"], c["state"], brief(c.get("file_name"), 30), where, (c["finding_id"] or "")[:8], what,
             brief(c["machine_value"], 40), brief(value, 60), c["reviewer"], brief(c["reason"], 40), c["at"][:16])
        )  # fmt: skip
    columns = ("no.", "state", "file", "page", "finding", "what", "the program said", "now", "by", "reason", "at")
    if lines:
        out().print(table("\ncorrections", columns, lines, right=("no.", "page")))


def standing(shown: Shown, day: str, json_wanted: bool) -> None:
    """How the document stood on a day (EDTF; of a month or year its last day). Raises ArgumentsError when it is none."""
    from dataclasses import asdict, fields

    from pipeline.core.dates import bounds
    from pipeline.core.document import Event
    from pipeline.core.standing import standing as stood
    from pipeline.errors import ArgumentsError

    span = bounds(day)
    if span is None:
        raise ArgumentsError(f"{day!r} is no date.", "Write it as 1972-06-01, 1972-06 or 1972.")
    events = [Event(**{f.name: row[f.name] for f in fields(Event)}) for row in shown.events]
    notices = list(dict.fromkeys(m["canonical"] for m in shown.markings if m["kind"] == "downgrading"))
    found = stood(events, notices, span[1])
    if json_wanted:
        as_json(asdict(found) | {"line": found.as_line()})
    else:
        print(found.as_line())


def text(shown: Shown, page: int | None) -> None:
    """The text alone; pages parted by form feeds."""
    print("\f".join(p.text for p in shown.read if page in (None, p.number)))


def draw(shown: Shown, page: int, picture: Path) -> None:
    """Every finding of a page over its ink, with all its boxes there."""
    from pipeline.core.geometry import Box
    from pipeline.core.names import found
    from pipeline.draw import Drawn, draw_page
    from pipeline.errors import ArgumentsError

    read = next((p for p in shown.read if p.number == page), None)
    if read is None:
        raise ArgumentsError(f"there is no page {page} of {shown.document['file_name']} in the archive.",
                             f"It has {shown.document['pages']} pages; `declass status --failed` says what failed.")  # fmt: skip
    drawn = [Drawn("word", "", w.box) for w in read.words if w.box]
    for name, row in shown.findings():
        places = row.get("boxes") or [{k: row[k] for k in ("page", "left", "top", "right", "bottom")}]
        label = brief(row.get("canonical") or row.get("template") or row.get("style") or row.get("name") or row.get("kind"), 40)
        here = [p for p in places if p["page"] == page and p["left"] is not None]
        for i, p in enumerate(here):
            box = Box(p["left"], p["top"], p["right"], p["bottom"])
            drawn.append(Drawn(name.removesuffix("s"), label if i == 0 else "", box))
    path = next((Path(p) for p in shown.paths if Path(found(p)).exists()), Path(shown.document["source_path"]))
    draw_page(path, shown.document["media_type"], page, read.rotation, drawn, picture)
    note(f"page {page} with {len(drawn) - len(read.words)} findings drawn to {picture}.")


def chain(link: Chain, json_wanted: bool) -> None:
    """The steps from the value down to the file."""
    if json_wanted:
        as_json(link.as_plain())
        return
    console = out()
    for name, value in link.steps():
        console.print(f"[bold]{escape(name):<14}[/bold] {escape(value)}")


def stamps(found: Iterable[Mapping[str, Any]], json_wanted: bool) -> None:
    every = list(found)
    if json_wanted:
        rows(every, json_lines=True)
        return
    columns = ("file_name", "page", "kind", "agency", "decision", "date", "reviewer", "case_number", "template")
    lines = ([brief(row[c], 34) for c in columns] for row in every)
    out().print(table("", columns, lines, right=("page",)))
    if not every:
        note("no stamps found. `declass status` says which pages were looked at.")


# export, verify, doctor


def exported(folder: Path, counts: Mapping[str, int]) -> None:
    out().print(table("", ("table", "rows"), counts.items(), right=("rows",)))
    note(f"written to {folder}; README.md there explains every column.")


def fixity(checks: Iterable[Fixity], json_wanted: bool) -> int:
    """Prints what is not as it was; gives how many that are, without those that were followed to where they are now."""
    bad = good = followed = 0
    for check in checks:
        fine = check.state == "ok"
        bad, good, followed = bad + (not fine and not check.followed), good + fine, followed + check.followed
        if json_wanted:
            print(json.dumps(plain(check), ensure_ascii=False))
        elif check.state != "ok":
            print("\t".join(filter(None, (check.state, check.path, check.now_at or check.reason))))
    note(f"{good} files as they were, {bad} not{f', {followed} followed to where they are now' if followed else ''}.")
    return bad


def findings(checks: Iterable[Check]) -> int:
    """Prints each check of the doctor; gives the exit code of the worst."""
    worst = 0
    console = out()
    for check in checks:
        sign = "[green]ok[/green]  " if check.exit == 0 else "[red]no[/red]  "
        console.print(f"{sign}{escape(check.what)}: {escape(check.found)}")
        if check.exit:
            console.print(f"    {escape(check.advice)}")
            worst = worst or check.exit
    return worst
