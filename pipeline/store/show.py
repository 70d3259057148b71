"""The archive's answers about one thing: a document with all its rows, and the chain behind a finding."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, or_, select

from pipeline.core import codec
from pipeline.core.geometry import Box, Place
from pipeline.core.page import Page, Word
from pipeline.errors import ArgumentsError
from pipeline.store import schema
from pipeline.store.corrections import listed
from pipeline.store.provenance import Event, of_document
from pipeline.store.schema import documents, paths

Row = Mapping[str, Any]
LISTED = 10
"""Candidates that an ambiguous name lists."""
ADMINISTRATIVE = ("receipt", "filing", "copy", "other")
"""Kinds of stamps that tell nothing of a release or its refusal."""
_BEYOND = ("id", "document_id", "words", "alternates")


@dataclass(frozen=True, slots=True)
class Shown:
    """A document with all its rows, column by column as the export contract has them. `read` are the whole pages with
    their words; `history` what was done with it; `run` is the run that produced what is shown."""

    document: Row
    paths: tuple[str, ...]
    pages: tuple[Row, ...]
    read: tuple[Page, ...]
    markings: tuple[Row, ...]
    stamps: tuple[Row, ...]
    redactions: tuple[Row, ...]
    particulars: tuple[Row, ...]
    mentions: tuple[Row, ...]
    recommendations: tuple[Row, ...]
    offices: tuple[Row, ...]
    events: tuple[Row, ...]
    segments: tuple[Row, ...]
    variants: tuple[Row, ...]
    failures: tuple[Row, ...]
    corrections: tuple[Row, ...]
    history: tuple[Event, ...]
    run: Row | None

    def findings(self, page: int | None = None) -> tuple[tuple[str, Row], ...]:
        """Every finding with the name of its table, of one page (its first box there) or of all."""
        tables = [(t.name, getattr(self, t.name)) for t in schema.FINDINGS]
        return tuple((name, row) for name, rows in tables for row in rows if page in (None, row["page"]))

    def as_plain(self) -> dict[str, Any]:
        """For JSON; without the words of the pages."""
        shown = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "read"}
        return shown | {"history": [dataclasses.asdict(event) for event in self.history]}


def find(connection: Connection, key: str) -> tuple[str, str]:
    """The id and file name of the document that `key` names: its id or the beginning of it, a path at which it was
    seen, its file name, with or without suffix. Raises ArgumentsError when none or more than one answers."""
    named = select(documents.c.document_id, documents.c.file_name, documents.c.source_path)
    seen = select(paths.c.document_id).where(paths.c.path == key)
    ways = [
        documents.c.document_id.in_(seen) | (documents.c.source_path == key),
        documents.c.file_name == key,
        func.lower(documents.c.file_name) == key.lower(),
        func.lower(documents.c.file_name).startswith(key.lower() + ".", autoescape=True),
    ]
    if re.fullmatch(r"[0-9a-fA-F]{4,64}", key):
        ways.insert(0, documents.c.document_id.startswith(key.lower()))
    for way in ways:
        found = connection.execute(named.where(way).order_by(documents.c.file_name).limit(LISTED + 1)).all()
        if len(found) == 1:
            return found[0].document_id, found[0].file_name
        if found:
            lines = [f"  {r.document_id[:16]}  {r.source_path}" for r in found[:LISTED]]
            more = ["  ..."] if len(found) > LISTED else []
            raise ArgumentsError(
                "\n".join([f"{key!r} names more than one document:", *lines, *more]),
                "Give the beginning of the id, as long as it takes.",
            )
    raise ArgumentsError(f"there is no document {key!r} in this archive", _like(connection, key))


def _like(connection: Connection, key: str) -> str:
    """Advice with file names that look like `key`."""
    words = sorted(re.findall(r"[^\W_]{3,}", key), key=len, reverse=True)[:3]
    near = or_(*[func.lower(documents.c.file_name).contains(w.lower(), autoescape=True) for w in words])
    asked = select(documents.c.file_name).order_by(documents.c.file_name).limit(500)
    names = list(connection.execute(asked.where(near) if words else asked).scalars())
    names += connection.execute(asked).scalars() if words else []
    close = list(dict.fromkeys(difflib.get_close_matches(key, names, 3, 0.5)))
    hint = f"Did you mean {' or '.join(close)}? " if close else ""
    return f"{hint}Name it by file name, path or the beginning of its id; `declass search 'file:NAME*'` finds names."


def every_document(connection: Connection) -> list[str]:
    """The ids of all documents, in order."""
    return list(connection.execute(select(documents.c.document_id).order_by(documents.c.document_id)).scalars())


def about(connection: Connection, key: str) -> dict[str, Any]:
    """The row of `documents` that `key` names (see `find`)."""
    ident, _ = find(connection, key)
    return dict(connection.execute(select(documents).where(documents.c.document_id == ident)).one()._mapping)


def load(connection: Connection, key: str) -> Shown:
    """The document that `key` names (see `find`), with all its rows."""
    document = about(connection, key)
    ident = document["document_id"]
    kept = connection.execute(
        select(schema.pages).where(schema.pages.c.document_id == ident).order_by(schema.pages.c.page)
    ).all()
    rows = {t.name: _rows(connection, t, ident) for t in (*schema.FINDINGS, schema.events, schema.segments)}
    seen = select(paths.c.path).where(paths.c.document_id == ident).order_by(paths.c.path)
    return Shown(
        document=document,
        paths=tuple(connection.execute(seen).scalars()) or (document["source_path"],),
        pages=tuple({k: v for k, v in r._mapping.items() if k not in _BEYOND} for r in kept),
        read=tuple(codec.unpack(Page, r.words) for r in kept),
        variants=_rows(connection, schema.variants, ident),
        failures=_rows(connection, schema.failures, ident),
        corrections=tuple({k: v for k, v in c.items() if k != "beneath"} for c in listed(connection, ident)),
        history=tuple(of_document(connection, ident)),
        run=_run(connection, document["run_id"]),
        **rows,
    )


def _rows(connection: Connection, table: Table, ident: str) -> tuple[Row, ...]:
    """The document's rows of a table, in the order of the paper."""
    order = [table.c[n] for n in ("sequence", "segment", "page", "top", "start", "left", "finding_id") if n in table.c]
    asked = select(table).where(table.c.document_id == ident).order_by(*[c.nulls_first() for c in order])
    return tuple({k: v for k, v in row._mapping.items() if k != "document_id"} for row in connection.execute(asked))


def _run(connection: Connection, run_id: str | None) -> Row | None:
    row = connection.execute(select(schema.runs).where(schema.runs.c.run_id == run_id)).one_or_none()
    return dict(row._mapping) if row else None


def stamp_rows(connection: Connection, *, events_only: bool = True, limit: int | None = None) -> list[Row]:
    """Stamps with file name, newest first; `events_only` leaves filing, receipt, copy and other traces out."""
    stamps = schema.stamps
    asked = (
        select(documents.c.file_name, stamps)
        .join(documents, documents.c.document_id == stamps.c.document_id)
        .order_by(func.coalesce(stamps.c.date, "").desc(), documents.c.file_name, stamps.c.page, stamps.c.finding_id)
    )
    if events_only:
        asked = asked.where(stamps.c.kind.not_in(ADMINISTRATIVE))
    return [dict(row._mapping) for row in connection.execute(asked.limit(limit))]


# explain


@dataclass(frozen=True, slots=True)
class Method:
    """What found it: `kind` (template, rule, model ...), `name`, `version`, from `kind:name@version`."""

    kind: str
    name: str
    version: str

    @classmethod
    def of(cls, text: str) -> Method:
        kind, _, rest = text.partition(":") if ":" in text else ("method", "", text)
        name, _, version = rest.partition("@")
        return cls(kind, name, version)


@dataclass(frozen=True, slots=True)
class Chain:
    """Value, text as written, words and boxes, page, file, reader and method, run: why a finding is what it is.

    `value` holds the finding's own columns as understood; `words` are the words of the page under its span or boxes;
    `keys` the keys of the stored stage results of that page and document; `corrections` what reviewers said since.
    """

    finding_id: str
    kind: str
    value: Row
    text: str
    confidence: float
    span: tuple[int, int] | None
    places: tuple[Place, ...]
    words: tuple[Word, ...]
    page: Row
    document_id: str
    file_name: str
    paths: tuple[str, ...]
    readers: tuple[str, ...]
    method: Method
    run: Row | None
    keys: Mapping[str, str]
    corrections: tuple[Row, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """For JSON."""
        return dataclasses.asdict(self)

    def steps(self) -> list[tuple[str, str]]:
        """The chain as (what, in words), for printing from top to bottom."""
        told = {k: v for k, v in self.value.items() if v not in (None, "", [], False)}
        page = self.page
        boxes = "; ".join(f"page {p.page} at {_at(p.box)}" for p in self.places) or "no box (a transcript)"
        words = " ".join(f"{w.text} {w.confidence:.2f}" for w in self.words[:40])
        steps = [
            (self.kind, ", ".join(f"{k} {_shown(v)}" for k, v in told.items())),
            ("as written", self.text or "(nothing legible)"),
            ("words", words + (" ..." if len(self.words) > 40 else "") or "none under it"),
            ("place", boxes + (f", characters {self.span[0]} to {self.span[1]} of its text" if self.span else "")),
            ("page", f"{page['page']}, {page['grade']}, confidence {page['confidence']:.2f}, turned {page['rotation']}°"),
            ("file", f"{self.file_name}, SHA-256 {self.document_id}"),
            *(("seen at", path) for path in self.paths),
            ("read by", ", ".join(self.readers) or "nothing"),
            ("found by", f"{self.method.kind} {self.method.name}"
             + (f", version {self.method.version}" if self.method.version else "")),
            ("confidence", f"{self.confidence:.2f}"),
        ]  # fmt: skip
        if self.run:
            made = f"{self.run['run_id']}, {self.run['started_at']}, declass {self.run['version']}"
            tools = {**self.run["readers"], **self.run["models"]}
            steps += [("run", made), *[("  with", f"{k} {_shown(v)}") for k, v in sorted(tools.items())]]
        for c in self.corrections:
            value = f"{c['field']}: {c['machine_value']!r} became {c['value']!r}"
            what = value if c["action"] == "correct" else f"{c['action']}ed"
            why = f": {c['reason']}" if c["reason"] else ""
            steps.append(("corrected", f"{what}, {c['state']}, by {c['reviewer'] or 'unknown'}, {c['at']}{why}"))
        return steps


def explain(connection: Connection, key: str) -> Chain:
    """The chain behind the finding whose id begins with `key` (4 characters or more).

    Raises ArgumentsError when none or more than one begins so.
    """
    if not re.fullmatch(r"[0-9a-f]{4,64}", key.lower()):
        raise ArgumentsError(f"{key!r} is no finding id", "Give 4 characters or more of one that `declass show` prints.")
    found = []
    for table in schema.FINDINGS:
        asked = select(table).where(table.c.finding_id.startswith(key.lower())).limit(LISTED + 1)
        found += [(table, dict(row._mapping)) for row in connection.execute(asked)]
    if not found:
        raise ArgumentsError(f"there is no finding {key!r} in this archive",
                             "`declass show DOCUMENT` prints the findings of a document with their ids.")  # fmt: skip
    if len(found) > 1:
        lines = [f"  {r['finding_id']}  {t.name}, page {r['page']}: {_short(r.get('text') or '')}" for t, r in found]
        raise ArgumentsError("\n".join([f"{key!r} begins more than one finding:", *lines[:LISTED]]),
                             "Give more of the id.")  # fmt: skip
    return _chain(connection, *found[0])


def _chain(connection: Connection, table: Table, row: dict[str, Any]) -> Chain:
    ident = row["document_id"]
    shown = load(connection, ident)
    page = next((dict(p) for p in shown.pages if p["page"] == row["page"]), None)
    read = {p.number: p for p in shown.read}
    if page is None:
        raise ArgumentsError(f"page {row['page']} of {shown.document['file_name']} is not in the archive any more",
                             "Run `declass ingest` again on the folder it came from.")  # fmt: skip
    page.pop("text")
    span = (row["start"], row["end"]) if row["start"] is not None else None
    places = tuple(_places(row))
    words = read[row["page"]].words_between(*span) if span else _under(read, places)
    proof = {"finding_id", "document_id", "page", "text", "start", "end", "left", "top", "right", "bottom", "boxes",
             "confidence", "method"}  # fmt: skip
    results = schema.results
    readers = tuple(dict.fromkeys(w.reader for w in words if w.reader))
    kept = select(results.c.page, results.c.stage, results.c.key).where(
        results.c.document_id == ident, results.c.page.in_((0, row["page"]))
    )
    return Chain(
        finding_id=row["finding_id"],
        kind=table.name.removesuffix("s"),
        value={k: v for k, v in row.items() if k not in proof},
        text=row.get("text") or "",
        confidence=row["confidence"],
        span=span,
        places=places,
        words=words,
        page=page,
        document_id=ident,
        file_name=shown.document["file_name"],
        paths=shown.paths,
        readers=readers or ((page["reader"],) if page["reader"] else ()),
        method=Method.of(row["method"]),
        run=shown.run,
        keys={r.stage: r.key for r in connection.execute(kept.order_by(results.c.page, results.c.stage))},
        corrections=tuple(c for c in shown.corrections if c["finding_id"] == row["finding_id"]),
    )


def _places(row: Row) -> list[Place]:
    if row.get("boxes"):
        return [Place(b["page"], Box(b["left"], b["top"], b["right"], b["bottom"])) for b in row["boxes"]]
    if row["left"] is None:
        return []
    return [Place(row["page"], Box(row["left"], row["top"], row["right"], row["bottom"]))]


def _under(read: Mapping[int, Page], places: Sequence[Place]) -> tuple[Word, ...]:
    """The words that lie in the boxes, each once."""
    words = [w for p in places if p.page in read for w in read[p.page].words_in(p.box)]
    return tuple(dict.fromkeys(words))


def _at(box: Box) -> str:
    return f"{box.left:g}, {box.top:g} to {box.right:g}, {box.bottom:g} pt"


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else f"{flat[:59]}…"
