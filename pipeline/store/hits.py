"""Hits as a reader wants to see them: the document's particulars, the page, a passage, and where on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from pipeline.core.geometry import Box
from pipeline.store import fields
from pipeline.store.plan import ALTERNATE, MISREAD, NO_WORDS
from pipeline.store.schema import corrections, documents, pages
from pipeline.store.snippets import Found, Leaf, Snippet, find, lit, passage
from pipeline.store.tree import Has, Near, Node, Term, fields_of, terms_of

EVIDENCE = 5
"""Findings that are shown with one hit."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A hit as the plan has it: the id of its page, else the number of its document; tier and score."""

    page_id: int | None
    document: int | None
    tier: int
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A finding that makes a field of the query hold; `span` is where in the page's text it stands."""

    field: str
    finding_id: str
    page: int
    text: str
    box: Box | None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A page, or a document by its best page. `score` is BM25, higher is better, None when no words were asked for;
    `exact` is False when only an alternate reading has the words or, then `misread`, only misreadings of them. `page` is
    None for a document without pages. `corrected` names those of the values here that a person set right."""

    document_id: str
    file_name: str
    page: int | None
    date: str | None
    classification: str | None
    agency: str | None
    doc_type: str | None
    subject: str | None
    page_confidence: float | None
    grade: str | None
    score: float | None
    exact: bool
    misread: bool = False
    snippet: Snippet | None = None
    found: tuple[Found, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    corrected: tuple[str, ...] = ()

    def as_row(self) -> dict[str, Any]:
        """Flat: `boxes` is a list of {page, left, top, right, bottom}, `evidence` one of finding ids; in `snippet` stands
        what was found in [brackets]."""
        row = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        row["snippet"] = self.snippet.marked() if self.snippet else None
        places = [p for f in row.pop("found") for p in f.places]
        row["boxes"] = [{"page": p.page, **dataclasses.asdict(p.box)} for p in places]
        row["evidence"] = [e.finding_id for e in self.evidence]
        row["corrected"] = list(row.pop("corrected"))
        return row


def gather(
    connection: Connection, tree: Node, places: Sequence[Placed], wider: Node | None = None
) -> tuple[Hit, ...]:
    """The hits with what a reader wants to see; the `wider` tree shows what was misread."""
    terms = {False: terms_of(tree), True: (*terms_of(tree), *(terms_of(wider) if wider else ()))}
    known = dict(zip(places, _rows(connection, places), strict=True))
    proof = _evidence_of(connection, (*fields_of(tree), *(fields_of(wider) if wider else ())),
                         [row.document_id for row in known.values()])  # fmt: skip
    pageless = [row.document_id for place, row in known.items() if place.page_id is None]
    firsts = _first_pages(connection, {o: proof.get(o, ()) for o in pageless})
    corrected = _corrected(connection, {row.document_id for row in known.values()})
    hits = []
    for row, document in known.items():
        page = document if row.page_id is not None else firsts.get(document.document_id)
        shown = proof.get(document.document_id, ())
        spots = _spots(page, terms[row.tier == MISREAD], shown) if page else ()
        hits.append(
            Hit(
                document_id=document.document_id,
                file_name=document.file_name,
                page=page.page if page else None,
                date=document.date,
                classification=document.classification,
                agency=document.agency,
                doc_type=document.doc_type,
                subject=document.subject,
                page_confidence=page.confidence if page else None,
                grade=page.grade if page else None,
                score=round(-row.score, 6) if row.tier != NO_WORDS else None,
                exact=row.tier not in (ALTERNATE, MISREAD),
                misread=row.tier == MISREAD,
                snippet=passage(page.text, spots) if page else None,
                found=spots,
                evidence=shown,
                corrected=corrected.get(document.document_id, ()),
            )
        )
    return tuple(hits)


_PAGE = [pages.c[name] for name in ("id", "page", "confidence", "grade", "text", "alternates", "words")]
def _spots(page: Row[Any], terms: Sequence[Term | Near], shown: Sequence[Evidence]) -> tuple[Found, ...]:
    """Where the page answers the query: by its words, else by what makes a field hold."""
    leaf = Leaf(page.text, page.alternates, page.words)
    return find(leaf, terms) or lit(leaf, {e.span for e in shown if e.span and e.page == page.page})


_CORRECTABLE = ("date", "classification", "agency", "doc_type", "subject")
_DOCUMENT = [documents.c[name] for name in ("number", "document_id", "file_name", *_CORRECTABLE)]


def _rows(connection: Connection, places: Sequence[Placed]) -> list[Row[Any]]:
    """What is shown of the document of each hit, and of its page if it has one."""
    ids, numbers = {p.page_id for p in places}, {p.document for p in places}
    with_page = select(*_PAGE, *_DOCUMENT).join(documents, documents.c.document_id == pages.c.document_id)
    by_id = {row.id: row for row in connection.execute(with_page.where(pages.c.id.in_(ids - {None})))}
    alone = select(*_DOCUMENT).where(documents.c.number.in_(numbers - {None}))
    by_number = {row.number: row for row in connection.execute(alone)} if numbers - {None} else {}
    return [by_id[p.page_id] if p.page_id is not None else by_number[p.document] for p in places]


def _corrected(connection: Connection, ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """By document, which of the values that a hit shows a person set right."""
    c = corrections.c
    here = (c.document_id.in_(ids), c.table == "documents", c.state == "attached", c.field.in_(_CORRECTABLE))
    out: dict[str, tuple[str, ...]] = {}
    for document_id, name in connection.execute(select(c.document_id, c.field).where(*here).distinct().order_by(c.field)):
        out[document_id] = (*out.get(document_id, ()), name)
    return out


def _first_pages(connection: Connection, proof: Mapping[str, Sequence[Evidence]]) -> Mapping[str, Row[Any]]:
    """For documents that were found without words: the page of the first evidence, else the first page."""
    wanted = [and_(pages.c.document_id == d, pages.c.page == (e[0].page if e else 1)) for d, e in proof.items()]
    out = {}
    for start in range(0, len(wanted), 100):  # an OR of hundreds would be too deep for SQLite's parser
        for row in connection.execute(select(pages.c.document_id, *_PAGE).where(or_(*wanted[start : start + 100]))):
            out[row.document_id] = row
    return out


def _evidence_of(
    connection: Connection, asked: Sequence[Has], ids: Sequence[str]
) -> Mapping[str, tuple[Evidence, ...]]:
    """The findings by which the fields of the query hold, the first of each document."""
    out: dict[str, list[Evidence]] = {}
    for has in dict.fromkeys(asked):
        for table, condition in fields.evidence(has):
            c = table.c
            place = func.row_number().over(partition_by=c.document_id, order_by=(c.page, c.finding_id)).label("place")
            text = c.text if "text" in c else c.code
            columns = (c.document_id, c.finding_id, c.page, text.label("text"), c.left, c.top, c.right, c.bottom, c.start, c.end,
                       place)  # fmt: skip
            some = select(*columns).where(c.document_id.in_(set(ids)), condition).subquery()
            for r in connection.execute(select(some).where(some.c.place <= EVIDENCE).order_by(some.c.place)):
                box = Box(r.left, r.top, r.right, r.bottom) if r.left is not None else None
                span = (r.start, r.end) if r.start is not None else None
                out.setdefault(r.document_id, []).append(
                    Evidence(has.field, r.finding_id, r.page, r.text or "", box, span)
                )
    return {d: tuple(sorted(e, key=lambda e: e.page)[:EVIDENCE]) for d, e in out.items()}
