"""Words to pages: which pages a part of a query holds for, and how well.

The index knows each page's words twice: in the `text` as read and in the `alternates`, what other readers saw. Words are
looked for in both; `=word` and what follows NOT in the text alone, so that a page is never withheld because of a reading
that the fusion did not choose. Words are FTS5's (`tokens`).

Rank: BM25 over pages,

    score = - sum over the query's words and phrases of  idf * f * (K1 + 1) / (f + K1 * (1 - B + B * length / mean))
    idf   = ln((pages - n + 0.5) / (n + 0.5)), at least LEAST_IDF

where f is how often it stands on the page (1 in the text, ALTERNATE_WEIGHT in an alternate reading), n the number of
pages that have it, length the page's words and mean the mean of all pages; the best page is the lowest.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, select

from pipeline.errors import ConfigurationError
from pipeline.store import words
from pipeline.store.dialect import among
from pipeline.store.occurrences import SLOT, Occurrences, near, runs
from pipeline.store.postings import MARK, Array
from pipeline.store.schema import pages
from pipeline.store.tokens import tokens
from pipeline.store.tree import And, Near, Node, Not, Or, Term, terms_of

K1, B = 1.2, 0.75
LEAST_IDF = 1e-6
ALTERNATE_WEIGHT = 0.2

Often = tuple[Array, Array]
"""Slots, rising, and how often something stands there, weighted."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Matching pages: their slots (see `occurrences`), rising; tier 0 when the text alone satisfies the node, 1 when it
    takes an alternate reading; the score."""

    slots: Array
    tiers: Array
    scores: Array


class Index:
    """The words of an archive as one search sees them. Make a new one for each search: it remembers."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.occurrences = Occurrences(conn)
        self._known: dict[tuple[Any, ...], Any] = {}

    # which pages

    def holds(self, node: Node, text_only: bool = False) -> Array:
        """For each slot whether a `renderable` node holds for its page."""
        match node:
            case Term() | Near():
                return self._mask([self._often(node, text_only)[0]])
            case Or(parts) if all(isinstance(p, Term | Near) for p in parts):
                return self._mask([self._often(p, text_only)[0] for p in parts if isinstance(p, Term | Near)])
            case Or(parts):
                return all_of(np.logical_or, [self.holds(p, text_only) for p in parts])
            case And(parts):
                held = all_of(np.logical_and, [self.holds(p, text_only) for p in parts if not isinstance(p, Not)])
                for part in parts:
                    if isinstance(part, Not):
                        held &= ~self.holds(part.part, True)
                return held
        raise AssertionError(node)  # `renderable` comes first

    def every(self) -> Array:
        """For each slot whether its page is in the archive."""
        there = self.occurrences.there
        return np.ones(self.occurrences.size, dtype=bool) if there is None else there

    def matching(self, node: Node, text_only: bool = False) -> Select[Any]:
        """`id` of the pages for which a `renderable` node holds."""
        ids = self.occurrences.of("page_ids", np.flatnonzero(self.holds(node, text_only)))
        return select(pages.c.id).where(among(self.conn, pages.c.id, ids)).order_by(pages.c.id)

    def _mask(self, some: list[Array]) -> Array:
        mask = np.zeros(self.occurrences.size, dtype=bool)
        for slots in some:
            mask[slots] = True
        return mask

    # how often

    def _often(self, term: Term | Near, text_only: bool) -> Often:
        """The slots of a term; how often it stands there, of a NEAR its first phrase."""
        if isinstance(term, Near):
            return self._parts_of(term, text_only)[0]
        words_ = tuple(tokens(term.text))
        key = (words_, term.prefix, text_only or term.exact)
        if key not in self._known:
            columns = [self._in_column(words_, term.prefix, mark) for mark in _marks(key[2]) if words_]
            self._known[key] = _weighted(columns)
        return self._known[key]  # type: ignore[no-any-return]

    def _in_column(self, words_: tuple[str, ...], prefix: bool, mark: str) -> Often:
        key = (words_, prefix, mark)
        if key not in self._known:
            if len(words_) == 1:
                self._known[key] = self.occurrences.counted(mark + words_[0], prefix)
            else:
                [starts] = self.occurrences.phrases([(words_, prefix)], mark)
                self._known[key] = runs(starts >> SLOT)
        return self._known[key]  # type: ignore[no-any-return]

    def _parts_of(self, term: Near, text_only: bool) -> list[Often]:
        """For each phrase of a NEAR the slots where it holds, and how often the phrase takes part."""
        text_only = text_only or any(t.exact for t in term.terms)
        phrases = [(tuple(words_), t.prefix) for t in term.terms if (words_ := tokens(t.text))]
        key = (tuple(phrases), term.distance, text_only)
        if not phrases:
            return [_NEVER]
        if key not in self._known:
            lengths = [len(words_) for words_, _ in phrases]
            columns = []
            for mark in _marks(text_only):
                slots, counts = near(self.occurrences.phrases(phrases, mark), lengths, term.distance)
                columns.append([(slots, c) for c in counts])
            self._known[key] = [_weighted(list(some)) for some in zip(*columns, strict=True)]
        return self._known[key]  # type: ignore[no-any-return]

    # how well

    def ranked(self, node: Node) -> Ranked:
        slots = np.flatnonzero(self.holds(node))
        if not len(slots):
            return Ranked(slots, slots, slots.astype(float))
        total, words_ = self.occurrences.total()
        mean = words_ / total or 1.0
        shape = K1 * (1 - B + B * self.occurrences.of("lengths", slots) / mean)
        scores = np.zeros(len(slots))
        for (where, often), pages_having in self._scored(node):
            rarity = max(math.log((total - pages_having + 0.5) / (pages_having + 0.5)), LEAST_IDF)
            at, own = _meeting(slots, where)
            f = often[own]
            scores[at] -= rarity * f * (K1 + 1) / (f + shape[at])
        tiers = np.where(self.holds(node, True)[slots], 0, 1)
        return Ranked(slots, tiers, scores)

    def _scored(self, node: Node) -> Iterator[tuple[Often, int]]:
        """Of each word and phrase how often it stands where, and the number of pages that have it."""
        for term in terms_of(node):
            if isinstance(term, Term):
                often = self._often(term, False)
                yield often, len(often[0])
                continue
            exact = any(t.exact for t in term.terms)
            plain = [Term(t.text, t.phrase, t.prefix, exact) for t in term.terms if tokens(t.text)]
            for often, part in zip(self._parts_of(term, False), plain, strict=False):
                yield often, len(self._often(part, False)[0])

    # the index itself

    def vocabulary(self, conn: Connection, asked: Collection[str]) -> dict[str, int]:
        """Which of the words (as `tokens` gives them) the texts as read have, and on how many pages."""
        return self.occurrences.vocabulary(asked)

    def complete(self, conn: Connection, document_id: str | None = None) -> None:
        """Takes in the pages (None: of all documents) that are not in the index yet: call it after pages were written."""
        words.take_in(conn, document_id)

    def faults(self, conn: Connection) -> tuple[str, ...]:
        """What is wrong with the index, for people; empty when it holds the pages as they are."""
        return words.faults(conn)


def index_of(conn: Connection) -> Index:
    """The index of the database behind a connection. Raises ConfigurationError when there is none for its kind."""
    if conn.dialect.name not in ("sqlite", "postgresql"):
        raise ConfigurationError(
            f"an archive cannot be kept in {conn.dialect.name}", "Keep it in SQLite or PostgreSQL; see docs/databases.md."
        )
    return Index(conn)


def renderable(node: Node) -> bool:
    """Whether an index can say it alone: words and phrases, all, any, and without."""
    match node:
        case Term() | Near():
            return True
        case Or(parts):
            return all(renderable(p) for p in parts)
        case And(parts):
            wanted = [p for p in parts if not isinstance(p, Not)]
            return bool(wanted) and all(renderable(p.part if isinstance(p, Not) else p) for p in parts)
    return False


_NEVER: Often = (np.empty(0, dtype=np.int64), np.empty(0))


def all_of(joined: np.ufunc, masks: list[Array]) -> Array:
    """The masks joined by one operation."""
    return np.asarray(joined.reduce(masks))


def _marks(text_only: bool) -> tuple[str, ...]:
    return ("",) if text_only else ("", MARK)


def _weighted(columns: list[Often]) -> Often:
    """How often in the text and in alternate readings, as one."""
    (slots, often), *more = columns or [_NEVER]
    often = often.astype(float)
    for others, counts in more:
        if not len(others):
            continue
        both, _ = runs(np.sort(np.concatenate([slots, others])))
        whole = np.zeros(len(both))
        whole[np.searchsorted(both, slots)] = often
        whole[np.searchsorted(both, others)] += counts * ALTERNATE_WEIGHT
        slots, often = both, whole
    return slots, often


def _meeting(some: Array, others: Array) -> tuple[Array, Array]:
    """Where in each the same numbers stand; both rise."""
    if len(some) == len(others) and np.array_equal(some, others):
        return np.arange(len(some)), np.arange(len(some))
    at = np.minimum(np.searchsorted(some, others), max(len(some) - 1, 0))
    own = np.flatnonzero(some[at] == others)
    return at[own], own
