"""Rows become files: every table of the archive, or of what a search finds, as one folder that explains itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.errors import ArgumentsError
from pipeline.export import citation
from pipeline.export.dictionary import Facts, TableOf, beside, datapackage, tables
from pipeline.export.estimates import Estimates
from pipeline.export.folder import NewFiles, new_folder
from pipeline.export.formats import WRITERS, as_text, write_csv, write_for_excel
from pipeline.export.overview import overview
from pipeline.export.readme import readme
from pipeline.store.archive import Archive
from pipeline.store.chosen import chosen
from pipeline.store.rows import Beside, last_change
from pipeline.store.selection import VALUES, Selection

Row = Mapping[str, Any]


def export(
    archive: Archive,
    out: Path,
    format: str = "jsonl",
    query: str | None = None,
    *,
    by_page: bool = False,
    exact: bool = False,
    excel: bool = False,
    values: str = "corrected",
) -> dict[str, int]:
    """Writes all tables to the folder `out`, beside them overview, error estimates, citations, README.md and
    datapackage.json. Gives the rows of each table.

    `query` chooses the documents, `by_page` the pages (see `chosen`); None is the whole archive. `values` are corrected or
    machine (see `Selection`). `excel` makes CSV that Excel opens as it is. The folder appears complete or not at all; an
    earlier export there is replaced. Raises ArgumentsError for what cannot be asked for, FileAccessError when the folder
    cannot be written or holds anything else.
    """
    _check(format, query, by_page, excel, values)
    with new_folder(out, _earlier(out)) as files, archive.reading() as conn:
        found = chosen(conn, query, pages_only=by_page, exact=exact) if query is not None else None
        source = Selection(conn, found.wanted if found else None, values)
        cut: dict[str, int] = {}
        write_beside = partial(write_for_excel, cut=cut) if excel else write_csv
        write = write_beside if format == "csv" else WRITERS[format]
        snapshot, estimates, rows = hashlib.sha256(), Estimates(), {}
        for table in tables():
            made = _rows(table, source, snapshot, estimates)
            rows[table.name] = write(files.create(f"{table.name}.{format}"), table, made)
        trust = list(estimates.rows())
        more = {"overview": overview(_documents(source), source.stream), "error_estimates": trust}
        for table in beside():
            rows[table.name] = write_beside(files.create(f"{table.name}.csv"), table, more[table.name])
        _write(files, "documents.bib", citation.bibtex(_documents(source)))
        _write(files, "documents.ris", citation.ris(_documents(source)))
        change = last_change(conn)
        facts = Facts(
            __version__, format, found.query if found else None, found.said if found else (), by_page, values,
            (change.at, change.hash), snapshot.hexdigest(), rows, excel, cut,
        )  # fmt: skip
        sizes = files.sizes()
        _write(files, "README.md", [readme(facts, trust)])
        package = json.dumps(datapackage(facts, sizes), ensure_ascii=False, indent=2)
        _write(files, "datapackage.json", [package, "\n"])
    return rows


def _check(format: str, query: str | None, by_page: bool, excel: bool, values: str) -> None:
    if format not in WRITERS:
        raise ArgumentsError(f"there is no format {format!r}.", f"Formats: {', '.join(WRITERS)}.")
    if values not in VALUES:
        raise ArgumentsError(f"there are no {values!r} values.", f"Values: {', '.join(VALUES)}.")
    if excel and format != "csv":
        raise ArgumentsError("only CSV can be made for Excel", "Add --format csv.")
    if by_page and query is None:
        raise ArgumentsError("pages are chosen by a query", "Add --query, or leave --pages out.")


def _rows(table: TableOf, source: Selection, snapshot: Any, estimates: Estimates) -> Iterator[Row]:
    """The rows of a table, heard by the hash and the estimates on their way, with what is made of them."""
    of_document = table.name == "documents"
    evidence = Beside(source.stream("particulars", ["document_id", "name", "value", "confidence"])) if of_document else None
    kept = _hashed(table.name, source.stream(table.name, table.kept), snapshot)
    heard = estimates.heard(table, kept, evidence)
    made = {c.name for c in table.columns if c.made}
    if not made:
        return heard
    return _cited(heard, None if of_document else Beside(source.stream("documents", citation.NEEDED)))


def _hashed(table: str, rows: Iterable[Row], digest: Any) -> Iterator[Row]:
    digest.update(f"{table}\n".encode())
    for row in rows:
        digest.update(json.dumps(list(row.values()), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
        yield row


def _cited(rows: Iterable[Row], documents: Beside | None) -> Iterator[Row]:
    """Each with its citation; the documents themselves, which need no `documents` beside, with their source note."""
    last: tuple[Any, ...] = ()
    document: Row = {}
    cited = ""
    for row in rows:
        if documents is None:
            yield {**row, "citation": citation.nara(row), "source_note": citation.source_note(row)}
            continue
        if row["document_id"] != document.get("document_id"):
            [document] = documents.of(row["document_id"])
        place = (row["document_id"], row.get("first_page", row.get("page")), row.get("last_page"))
        if place != last:
            cited, last = citation.nara(document, *place[1:]), place
        yield {**row, "citation": cited}


def _documents(source: Selection) -> Iterator[Row]:
    """The rows of `documents` with all that overview and citations need."""
    [table] = [t for t in tables() if t.name == "documents"]
    return source.stream(table.name, table.kept)


def _write(files: NewFiles, name: str, text: Iterable[str]) -> None:
    with as_text(files.create(name)) as f:
        f.writelines(text)


def _earlier(out: Path) -> set[str]:
    """The files of an earlier export of ours in `out`; none when there is no such thing."""
    try:
        package = json.loads((out / "datapackage.json").read_text("utf-8"))
        listed = {r["path"] for r in package["resources"]} if package["name"] == "declass-export" else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {*listed, "README.md", "datapackage.json"} if listed else set()
