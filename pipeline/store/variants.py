"""Releases of one document, kept in the archive: fingerprints of pages, who shares them, and what came of comparing.

A document waits until its fingerprints are here (`unprinted`), then until it was held against all others (`unsettled`).
A fingerprint that stands on more than `COMMON` pages is of a form, a heading, a formula: it is kept as such and leads
nowhere any more. So a document is only ever held against a few others, however large the archive; and as it is settled
again what a fingerprint led to that has since become common, the order of arrival changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, func, or_, select, true, update

from pipeline.core.codec import unpack
from pipeline.core.page import Page
from pipeline.store.dialect import insert
from pipeline.store.schema import (
    common_fingerprints,
    compared,
    documents,
    fingerprints,
    markings,
    pages,
    redactions,
    segments,
    stamps,
    variants,
)

COMMON = 64
"""Pages on which a fingerprint may stand before it tells nothing any more."""
SHARED, EVERY = 4, 300
"""Fingerprints that two pages share before they are held against each other: so many, and one to every so many characters
of the shorter. Two readings with one letter in ten wrong share one to 150; names and turns of phrase come to less."""
CHUNK = 500
"""Hashes asked for at a time."""

Row = Mapping[str, Any]


class Paper(NamedTuple):
    """A document as it is compared: its pages, and the rows of what was found on them."""

    pages: list[Page]
    redactions: list[Row]
    stamps: list[Row]
    marks: list[Row]  # levels and exemption codes
    covers: set[int]


class Variant(NamedTuple):
    """What comparing two documents gave; `whole`: they are one document, not only files with pages in common."""

    document_id: str
    other_document_id: str
    similarity: float
    opened: int
    closed: int
    method: str
    whole: bool


def paper(conn: Connection, document_id: str) -> Paper:
    """What is compared of a document."""

    def rows(table: Any, *where: Any) -> list[Row]:
        asked = select(table).where(table.c.document_id == document_id, *where)
        return [dict(r._mapping) for r in conn.execute(asked.order_by(table.c.page, table.c.finding_id))]

    read = select(pages.c.words).where(pages.c.document_id == document_id).order_by(pages.c.page)
    sheets = select(segments.c.first_page, segments.c.last_page).where(
        segments.c.document_id == document_id, segments.c.kind.in_(("cover sheet", "routing slip"))
    )
    return Paper(
        [unpack(Page, words) for words in conn.execute(read).scalars()],
        rows(redactions),
        rows(stamps),
        rows(markings, markings.c.kind.in_(("classification", "exemption"))),
        {n for first, last in conn.execute(sheets) for n in range(first, last + 1)},
    )


# Fingerprints


def unprinted(conn: Connection, method: str, limit: int) -> list[str]:
    """Documents whose fingerprints by `method` are not here, by id."""
    here = exists().where(compared.c.document_id == documents.c.document_id, compared.c.method == method)
    read = exists().where(pages.c.document_id == documents.c.document_id)
    asked = select(documents.c.document_id).where(~here, read).order_by(documents.c.document_id).limit(limit)
    return list(conn.execute(asked).scalars())


def put_prints(conn: Connection, document_id: str, method: str, prints: Mapping[int, Collection[int]]) -> None:
    """The fingerprints of a document's pages, by page number, take the place of those before; the document is unsettled."""
    asked = select(pages.c.page, pages.c.id).where(pages.c.document_id == document_id)
    ids = dict(conn.execute(asked).all())
    conn.execute(delete(fingerprints).where(fingerprints.c.page_id.in_(ids.values())))
    every = {h for held in prints.values() for h in held}
    common = _among(conn, common_fingerprints.c.hash, every)
    rows = [
        {"hash": h, "page_id": ids[n]} for n, held in sorted(prints.items()) for h in sorted(held) if h not in common
    ]
    if rows:
        conn.execute(fingerprints.insert(), rows)
    row = {"document_id": document_id, "method": method, "settled": False}
    conn.execute(insert(conn, compared).values(row).on_conflict_do_update(index_elements=["document_id"], set_=row))
    _set_common(conn, every - common)


def _set_common(conn: Connection, hashes: Iterable[int]) -> None:
    """Of `hashes` those that now stand on too many pages lead nowhere any more; what they led to is settled again."""
    f = fingerprints.c
    many = func.count() > COMMON
    for some in _some(hashes):
        grown = list(conn.execute(select(f.hash).where(f.hash.in_(some)).group_by(f.hash).having(many)).scalars())
        if not grown:
            continue
        holders = select(pages.c.document_id).join(fingerprints, f.page_id == pages.c.id).where(f.hash.in_(grown))
        known = select(variants.c.document_id).where(variants.c.document_id.in_(holders))
        conn.execute(update(compared).where(compared.c.document_id.in_(known)).values(settled=False))
        conn.execute(common_fingerprints.insert(), [{"hash": h} for h in sorted(grown)])
        conn.execute(delete(fingerprints).where(f.hash.in_(grown)))


def _among(conn: Connection, column: Any, hashes: Iterable[int]) -> set[int]:
    return {h for some in _some(hashes) for h in conn.execute(select(column).where(column.in_(some))).scalars()}


def _some(hashes: Iterable[int]) -> Iterable[Sequence[int]]:
    every = sorted(hashes)
    return (every[at : at + CHUNK] for at in range(0, len(every), CHUNK))


# Documents that share them


def unsettled(conn: Connection, limit: int) -> list[str]:
    """Documents that were not yet held against the others, by id."""
    asked = select(compared.c.document_id).where(~compared.c.settled).order_by(compared.c.document_id).limit(limit)
    return list(conn.execute(asked).scalars())


def candidates(conn: Connection, document_id: str) -> list[str]:
    """Settled documents of which a page shares fingerprints with a page of this one, by id."""
    mine, theirs = fingerprints.alias("mine"), fingerprints.alias("theirs")
    page, other = pages.alias("page"), pages.alias("other")
    shared = func.count()
    near = (
        select(mine.c.page_id, theirs.c.page_id.label("other_id"), shared.label("shared"))
        .select_from(page.join(mine, mine.c.page_id == page.c.id).join(theirs, theirs.c.hash == mine.c.hash))
        .where(page.c.document_id == document_id, theirs.c.page_id != mine.c.page_id)
        .group_by(mine.c.page_id, theirs.c.page_id)
        .having(shared >= SHARED)
        .subquery()
    )
    this = pages.alias("this")
    enough = [near.c.shared * EVERY >= func.length(side.c.text) for side in (this, other)]
    found = (
        select(other.c.document_id)
        .distinct()
        .select_from(near.join(this, this.c.id == near.c.page_id).join(other, other.c.id == near.c.other_id))
        .join(compared, compared.c.document_id == other.c.document_id)
        .where(other.c.document_id != document_id, compared.c.settled == true(), or_(*enough))
    )
    return sorted(conn.execute(found).scalars())


def settle(conn: Connection, document_id: str, found: Iterable[Variant]) -> None:
    """The variants of a document take the place of those before; each is kept from either side."""
    v = variants.c
    conn.execute(delete(variants).where(or_(v.document_id == document_id, v.other_document_id == document_id)))
    rows = [row for one in found for row in (one._asdict(), _turned(one)._asdict())]
    if rows:
        conn.execute(variants.insert(), rows)
    conn.execute(update(compared).where(compared.c.document_id == document_id).values(settled=True))


def _turned(one: Variant) -> Variant:
    return one._replace(
        document_id=one.other_document_id, other_document_id=one.document_id, opened=one.closed, closed=one.opened
    )


def forget_variants(conn: Connection, document_id: str) -> None:
    """A document that changes is held against all others anew."""
    v = variants.c
    conn.execute(delete(variants).where(or_(v.document_id == document_id, v.other_document_id == document_id)))
    conn.execute(delete(compared).where(compared.c.document_id == document_id))


def known(conn: Connection, document_id: str) -> list[dict[str, Any]]:
    """The variants of a document with their file names, the most alike first."""
    v = variants.c
    asked = (
        select(documents.c.file_name, documents.c.release_date, variants)
        .join(documents, documents.c.document_id == v.other_document_id)
        .where(v.document_id == document_id)
        .order_by(v.similarity.desc(), v.other_document_id)
    )
    return [dict(row._mapping) for row in conn.execute(asked)]


# Which of them stands for all


def name_duplicates(conn: Connection) -> None:
    """Of each group of releases of one document the one with the most text stands for all (of several the first by id):
    the others are its near duplicates. Only what changes is written."""
    v = variants.c
    edges = select(v.document_id, v.other_document_id).where(v.whole).order_by(v.document_id, v.other_document_id)
    groups = _groups(conn.execute(edges).all())
    letters = _letters(conn, groups)
    fullest: dict[str, str] = {}
    for member, group in sorted(groups.items()):
        best = fullest.setdefault(group, member)
        if letters[member] > letters[best]:
            fullest[group] = member
    wanted = {m: fullest[g] for m, g in groups.items() if fullest[g] != m}
    d = documents.c
    named = select(d.document_id, d.near_duplicate_of).where(d.near_duplicate_of.is_not(None))
    before = dict(conn.execute(named).all())
    changed = [
        {"one": m, "of": wanted.get(m)} for m in sorted(wanted.keys() | before.keys()) if wanted.get(m) != before.get(m)
    ]
    if changed:
        to = update(documents).where(d.document_id == bindparam("one")).values(near_duplicate_of=bindparam("of"))
        conn.execute(to, changed)


def _groups(edges: Sequence[Any]) -> dict[str, str]:
    """Each document with the name of its group: the first of its members by id."""
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for a, b in edges:
        first, second = sorted((root(a), root(b)))
        parent[second] = first
    return {one: root(one) for one in parent}


def _letters(conn: Connection, of: Collection[str]) -> dict[str, int]:
    every = sorted(of)
    counts: dict[str, int] = {}
    for at in range(0, len(every), CHUNK):
        asked = select(pages.c.document_id, func.sum(func.length(pages.c.text)))
        asked = asked.where(pages.c.document_id.in_(every[at : at + CHUNK])).group_by(pages.c.document_id)
        counts.update((one, n) for one, n in conn.execute(asked))
    return counts
