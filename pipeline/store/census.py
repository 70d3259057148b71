"""The census of what is withheld: how much of which documents, by whom, of which year, under which exemption.

Withheld is what is gone from the copy: black, white and outlined places, and what an editor's note says. What stands
between a reviewer's brackets can still be read; it is counted beside, never into the share withheld. Only documents in
which redactions were looked for count; the others are told apart, as `not_looked`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, case, func, select

from pipeline.errors import ArgumentsError
from pipeline.store.schema import documents, pages, redactions

GROUPS = ("document", "agency", "year", "exemption", "collection")
STAGE = "redactions"
NO_CODE = "none given"
UNKNOWN = "unknown"


@dataclass(slots=True)
class Count:
    """The figures of one group. `pages` are those of documents looked at; `withheld` their mean share withheld, 0..1,
    `bracketed` their mean share between brackets; `lines` are printed lines withheld."""

    group: str
    documents: int = 0
    not_looked: int = 0
    documents_redacted: int = 0
    pages: int = 0
    pages_redacted: int = 0
    redactions: int = 0
    brackets: int = 0
    lines: int = 0
    withheld: float = 0.0
    bracketed: float = 0.0

    def as_row(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class Census:
    """The groups, most withheld first (years in their order), and all together."""

    by: str
    groups: tuple[Count, ...]
    total: Count


@dataclass(slots=True)
class _Page:
    """What was found on one page, under one exemption or all."""

    redactions: int = 0
    brackets: int = 0
    lines: int = 0
    withheld: float = 0.0
    bracketed: float = 0.0


@dataclass(slots=True)
class _File:
    """One document and what was found on each of its pages: in all, and by exemption code."""

    name: str
    group: str
    looked: bool
    pages: int
    found: dict[int, _Page] = field(default_factory=dict)
    under: dict[str, dict[int, _Page]] = field(default_factory=lambda: defaultdict(dict))


def census(connection: Connection, by: str = "agency", chosen: Iterable[str] | None = None) -> Census:
    """The figures of the archive, or of the `chosen` documents, by one of `GROUPS`. Raises ArgumentsError for another."""
    if by not in GROUPS:
        raise ArgumentsError(f"there is no census by {by}", f"By {', '.join(GROUPS)}.")
    files = _files(connection, by, None if chosen is None else frozenset(chosen))
    total = _counted("all", files.values())
    if by == "exemption":
        codes = sorted({code for file in files.values() for code in file.under})
        groups = [_under(code, files.values(), total.pages) for code in codes]
    else:
        members: dict[str, list[_File]] = defaultdict(list)
        for document_id, file in files.items():
            members[document_id if by == "document" else file.group].append(file)
        groups = [_counted(those[0].name if by == "document" else name, those) for name, those in members.items()]
    key = (lambda c: (c.group == UNKNOWN, c.group)) if by == "year" else (lambda c: (-c.withheld, -c.redactions, c.group))
    return Census(by, tuple(sorted(groups, key=key)), total)


def _files(connection: Connection, by: str, chosen: frozenset[str] | None) -> dict[str, _File]:
    group: Any = {
        "agency": documents.c.agency,
        "year": func.substr(documents.c.date_from, 1, 4),
        "collection": documents.c.collection,
    }.get(by, documents.c.file_name)
    counted = select(pages.c.document_id, func.count().label("pages")).group_by(pages.c.document_id)
    read = {row.document_id: row.pages for row in connection.execute(counted)}
    asked = select(documents.c.document_id, documents.c.file_name, documents.c.stages, group.label("group"))
    files = {
        row.document_id: _File(row.file_name, row.group or UNKNOWN, STAGE in (row.stages or ()), read.get(row.document_id, 0))
        for row in connection.execute(asked)
        if chosen is None or row.document_id in chosen
    }
    for row in connection.execute(_sums()):
        if row.document_id in files:
            file = files[row.document_id]
            _add(file.found.setdefault(row.page, _Page()), row)
            for code in _codes(row.code):
                _add(file.under[code].setdefault(row.page, _Page()), row)
    return files


def _sums() -> Any:
    """The redactions of each page and code, added up in the database."""
    r = redactions.c
    bracket = case((r.style == "bracket", 1), else_=0)
    # an editor's note in a transcript has the style of a bracket and no place: there the text is gone
    gone = case((r.left.is_(None), 1), else_=1 - bracket)
    return select(
        r.document_id, r.page, r.code,
        func.sum(gone).label("redactions"), func.sum(1 - gone).label("brackets"),
        func.sum(gone * r.lines).label("lines"),
        func.sum(gone * r.area).label("withheld"), func.sum((1 - gone) * r.area).label("bracketed"),
    ).group_by(r.document_id, r.page, r.code)  # fmt: skip


def _codes(code: str | None) -> tuple[str, ...]:
    """The single codes of a redaction that has several: it counts under each."""
    return tuple(dict.fromkeys(c.strip() for c in code.split(", "))) if code else (NO_CODE,)


def _add(page: _Page, row: Any) -> None:
    page.redactions += row.redactions
    page.brackets += row.brackets
    page.lines += row.lines
    page.withheld += row.withheld
    page.bracketed += row.bracketed


def _counted(name: str, files: Iterable[_File]) -> Count:
    """The figures of some documents."""
    count = Count(name)
    for file in files:
        count.documents += 1
        if not file.looked:
            count.not_looked += 1
            continue
        count.pages += file.pages
        _count(count, file.found)
    return _shared(count)


def _under(code: str, files: Iterable[_File], looked_at: int) -> Count:
    """The figures of what was withheld under one code; shares are of all pages looked at."""
    count = Count(code, pages=looked_at)
    for file in files:
        if file.looked and code in file.under:
            count.documents += 1
            _count(count, file.under[code])
    return _shared(count)


def _count(count: Count, found: Mapping[int, _Page]) -> None:
    count.documents_redacted += any(page.redactions for page in found.values())
    for page in found.values():
        count.pages_redacted += page.redactions > 0
        count.redactions += page.redactions
        count.brackets += page.brackets
        count.lines += page.lines
        count.withheld += min(1.0, page.withheld)
        count.bracketed += min(1.0, page.bracketed)


def _shared(count: Count) -> Count:
    """Sums of shares of pages become shares of all pages."""
    count.withheld = round(count.withheld / max(1, count.pages), 5)
    count.bracketed = round(count.bracketed / max(1, count.pages), 5)
    return count
