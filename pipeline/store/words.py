"""The index of words: tables of postings, alike on SQLite and PostgreSQL, in the same transaction as the pages.

Like a log-structured merge tree: what a commit brings is a part of its own (`words_parts`), never changed, in rows of a few
thousand postings (`words_blocks`); when FAN parts of one size have gathered they become one. Triggers on `pages` note
what waits to be taken in (`words_waiting`) and what is gone (`words_gone`: a page, and the last part that may still have
it), whoever wrote or deleted it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table, Text, delete, func, select

from pipeline.store.pace import Pace
from pipeline.store.postings import Array, Postings, digest, filter_of, merged, narrow, of_pages, wide
from pipeline.store.schema import documents, pages
from pipeline.store.turns import alone

CHUNK = 4096  # pages taken in at a time
FAN = 16
"""Parts of one size that are merged."""
FINAL = 65_536
"""Pages of a part that is not merged again."""
GONE = 1000
"""Pages that may be gone, or a quarter of all, before the parts that have them are written anew."""
FETCHED = 64  # rows of a part that are read at a time while parts are merged

_metadata = MetaData()
parts = Table(
    "words_parts",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("pages", Integer, nullable=False),
    Column("page_ids", LargeBinary, nullable=False),  # of each page: its id,
    Column("documents", LargeBinary, nullable=False),  # the number of its document,
    Column("numbers", LargeBinary, nullable=False),  # which page of it,
    Column("lengths", LargeBinary, nullable=False),  # how many words it has
    Column("known", LargeBinary, nullable=False),  # a Bloom filter of the words
)
blocks = Table(
    "words_blocks",
    _metadata,
    Column("part", Integer, primary_key=True),
    Column("first", Text, primary_key=True),
    Column("words", Text, nullable=False),
    Column("sizes", LargeBinary, nullable=False),
    Column("places", LargeBinary, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    Column("positions", LargeBinary, nullable=False),
)
waiting = Table("words_waiting", _metadata, Column("page_id", Integer, primary_key=True))
gone = Table("words_gone", _metadata, Column("page_id", Integer, primary_key=True), Column("part", Integer, nullable=False))

PER_PAGE = ("page_ids", "documents", "numbers", "lengths")


@dataclass(frozen=True, slots=True)
class Part:
    """A part as it is read: what is known of each page, by the names of PER_PAGE, and which pages are still there."""

    id: int
    pages: int
    of_pages: dict[str, Array] = field(default_factory=dict)
    there: Array | None = None


def take_in(conn: Connection, document_id: str | None = None) -> None:
    """The pages that wait (None: of all documents) become part of the index."""
    asked = (
        select(pages.c.id, pages.c.text, pages.c.alternates, pages.c.page, documents.c.number)
        .select_from(waiting.join(pages, pages.c.id == waiting.c.page_id).join(documents))
        .order_by(waiting.c.page_id)
        .limit(CHUNK)
    )
    if document_id is not None:
        asked = asked.where(pages.c.document_id == document_id)
    pace = Pace("words", conn.execute(select(func.count()).select_from(waiting)).scalar_one())
    while rows := conn.execute(asked).all():
        postings, lengths = of_pages([(row.text, row.alternates) for row in rows])
        told = {
            "page_ids": np.array([row.id for row in rows]),
            "documents": np.array([row.number for row in rows]),
            "numbers": np.array([row.page for row in rows]),
            "lengths": lengths,
        }
        _write(conn, told, iter([postings]))
        conn.execute(delete(waiting).where(waiting.c.page_id.in_([row.id for row in rows])))
        _tidy(conn)
        pace.done(len(rows))


def _write(conn: Connection, told: dict[str, Array], postings: Iterator[Postings]) -> None:
    """A new part."""
    kept = {name: narrow(told[name]) for name in PER_PAGE}
    made = conn.execute(parts.insert().values(pages=len(told["page_ids"]), known=b"", **kept))
    [part] = made.inserted_primary_key or (0,)
    words: list[str] = []
    for some in postings:
        words += some.words
        rows = [{"part": part, **block.as_row()} for block in some.blocks()] if some.words else []
        if rows:
            conn.execute(blocks.insert(), rows)
    conn.execute(parts.update().where(parts.c.id == part).values(known=filter_of(words)))


def _tidy(conn: Connection) -> None:
    """Merges FAN parts of one size, and what has too many pages that are gone; or does nothing, when another process is
    at it."""
    known = conn.execute(select(parts.c.id, parts.c.pages).order_by(parts.c.id)).all()
    lost = conn.execute(select(func.count()).select_from(gone)).scalar_one()
    small = sorted((_level(row.pages), row.id) for row in known if row.pages < FINAL)
    levels = [[id_ for _, id_ in some] for _, some in groupby(small, key=lambda pair: pair[0])]
    ripe = [some for some in levels if len(some) >= FAN]
    rotten = lost >= max(GONE, sum(row.pages for row in known) // 4)
    if not (ripe or rotten) or not alone(conn, "words"):
        return
    for some in ripe:
        merge(conn, some)
    if rotten:
        for part in [row.id for row in conn.execute(select(parts.c.id).order_by(parts.c.id)).all()]:
            merge(conn, [part])
        conn.execute(delete(gone))


def _level(count: int) -> int:
    level = 0
    while count >= FAN:
        count, level = count // FAN, level + 1
    return level


def merge(conn: Connection, ids: Sequence[int]) -> None:
    """One part in place of several, without the pages that are gone."""
    old = read(conn, ids)
    renumbered = []
    count = 0
    for part in old:
        there = np.ones(part.pages, dtype=bool) if part.there is None else part.there
        renumbered.append(np.where(there, np.cumsum(there) - 1 + count, -1))
        count += int(there.sum())
    left = [np.flatnonzero(numbers >= 0) for numbers in renumbered]
    if count:
        told = {n: np.concatenate([p.of_pages[n][k] for p, k in zip(old, left, strict=True)]) for n in PER_PAGE}
        _write(conn, told, _merging([_stored(conn, part.id) for part in old], renumbered))
    conn.execute(delete(blocks).where(blocks.c.part.in_(ids)))
    conn.execute(delete(parts).where(parts.c.id.in_(ids)))


def _merging(sources: Sequence[Iterator[Postings]], renumbered: Sequence[Array]) -> Iterator[Postings]:
    """The parts' postings as one, some words at a time: as far as every part has been read."""
    held: list[Postings | None] = [next(source, None) for source in sources]
    while any(held):
        end = min((p.words[-1] for p in held if p), default="")
        ready: list[tuple[Postings, Array]] = []
        for i, (postings, source) in enumerate(zip(held, sources, strict=True)):
            if postings is None or postings.words[0] > end:
                continue
            own, rest = postings.split(end + "\0")
            ready.append((own, renumbered[i]))
            held[i] = rest if rest.words else next(source, None)
        yield merged(ready)


def _stored(conn: Connection, part: int) -> Iterator[Postings]:
    """All blocks of a part, some at a time."""
    columns = (blocks.c.words, blocks.c.sizes, blocks.c.places, blocks.c.counts, blocks.c.positions)
    asked = select(blocks.c.first, *columns).where(blocks.c.part == part).order_by(blocks.c.first).limit(FETCHED)
    last = ""
    while rows := conn.execute(asked.where(blocks.c.first > last)).all():
        yield _joined([Postings.of_row(*row[1:]) for row in rows])
        last = rows[-1].first


def _joined(some: Sequence[Postings]) -> Postings:
    """Postings whose words follow one another."""
    arrays = [np.concatenate([getattr(p, name) for p in some]) for name in ("sizes", "places", "counts", "positions")]
    return Postings([word for p in some for word in p.words], *arrays)


def read(conn: Connection, ids: Sequence[int] | None = None, names: Sequence[str] = PER_PAGE) -> list[Part]:
    """The parts (None: all), with what is known of their pages."""
    asked = select(parts.c.id, parts.c.pages, *[parts.c[name] for name in dict.fromkeys([*names, "page_ids"])])
    lost = conn.execute(select(gone)).all()
    if not lost and "page_ids" not in names:
        asked = select(parts.c.id, parts.c.pages, *[parts.c[name] for name in names])
    if ids is not None:
        asked = asked.where(parts.c.id.in_(ids))
    missing = np.array([row.page_id for row in lost], dtype=np.int64)
    until = np.array([row.part for row in lost], dtype=np.int64)
    out = []
    for row in conn.execute(asked.order_by(parts.c.id)).mappings():
        told = {name: wide(row[name], row["pages"]) for name in PER_PAGE if name in row}
        here = missing[until >= row["id"]]
        there = ~np.isin(told["page_ids"], here) if len(here) else None
        out.append(Part(row["id"], row["pages"], told, there))
    return out


# Whether it is whole


def rebuild(conn: Connection) -> None:
    """The index is made anew from the pages."""
    for table in (blocks, parts, gone, waiting):
        conn.execute(delete(table))
    conn.execute(waiting.insert().from_select(["page_id"], select(pages.c.id)))
    take_in(conn)


def faults(conn: Connection) -> tuple[str, ...]:
    """What is wrong with the index, for people: every page is held against it, word by word."""
    if lacking := conn.execute(select(func.count()).select_from(waiting)).scalar_one():
        return (f"{lacking} pages wait to be taken into the index of words",)
    kept = 0
    ids: list[Array] = []
    for part in read(conn):
        there = np.ones(part.pages, dtype=bool) if part.there is None else part.there
        ids.append(part.of_pages["page_ids"][there])
        numbers = np.where(there, np.arange(part.pages), -1)
        for postings in _stored(conn, part.id):
            kept += digest(merged([(postings, numbers)]), part.of_pages["page_ids"])
    indexed = np.sort(np.concatenate(ids)) if ids else np.empty(0, dtype=np.int64)
    there_are = np.array(conn.execute(select(pages.c.id).order_by(pages.c.id)).scalars().all(), dtype=np.int64)
    if not np.array_equal(indexed, there_are):
        return (f"the index of words has {len(indexed)} pages, the archive {len(there_are)}",)
    true = 0
    asked = select(pages.c.id, pages.c.text, pages.c.alternates).order_by(pages.c.id).limit(CHUNK)
    last = -1
    while rows := conn.execute(asked.where(pages.c.id > last)).all():
        true += digest(of_pages([(row.text, row.alternates) for row in rows])[0], np.array([row.id for row in rows]))
        last = rows[-1].id
    return () if kept % (1 << 64) == true % (1 << 64) else ("the index of words does not have the words of the pages",)
