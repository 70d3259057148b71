"""The plan of a search: which pages or documents a tree holds for, as sets.

A tree is sets joined by AND, OR and NOT. Words are sets of pages (by page) or of the documents of those pages (by
document), fields are sets of documents; so any part may stand beside any other. Pages are known by their slots in the
index, documents by their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select

from pipeline.store import fields
from pipeline.store.fulltext import Index, Ranked, all_of, renderable
from pipeline.store.postings import Array
from pipeline.store.schema import documents
from pipeline.store.tree import And, Has, Near, Node, Not, Or, Term, terms_of

ALTERNATE = 1
"""Tier of what takes an alternate reading; 0 is that of the text as read. See `fulltext.Ranked`."""
MISREAD = 2
"""Tier of what is found by misreadings of the words alone."""
NO_WORDS = 3
"""Tier of what is found by its fields alone."""


@dataclass(frozen=True, slots=True)
class Found:
    """`units` (ids of pages, or numbers of documents), the `slots` of the pages (of a document its best; -1: none),
    `tiers` and `scores`, the best lowest."""

    units: Array
    slots: Array
    tiers: Array
    scores: Array

    def __getitem__(self, some: Array) -> Found:
        return Found(self.units[some], self.slots[some], self.tiers[some], self.scores[some])


def found(tree: Node, by: str, index: Index, wider: Node | None = None) -> Found:
    """All that the tree holds for, and what only the `wider` tree holds for (see `expand`)."""
    own = _Plan(by, index).found(tree)
    if wider is None:
        return own
    more = _Plan(by, index).found(wider)
    more = more[~np.isin(more.units, own.units)]
    return _both(own, Found(more.units, more.slots, np.full(len(more.units), MISREAD), more.scores))


def documents_found(tree: Node, by: str, index: Index, wider: Node | None = None) -> Array:
    """The numbers of the documents of all that `found` finds, rising; without rank, which takes longer."""
    plan = _Plan(by, index)
    held = plan.held(tree) if wider is None else plan.held(tree) | plan.held(wider)
    if by == "page":
        owners = index.occurrences.of("documents", np.flatnonzero(held))
        held = np.zeros(int(owners.max(initial=-1)) + 1, dtype=bool)
        held[owners] = True
    return np.flatnonzero(held)


def _both(one: Found, other: Found) -> Found:
    names = ("units", "slots", "tiers", "scores")
    return Found(*[np.concatenate([getattr(one, name), getattr(other, name)]) for name in names])


class _Plan:
    """The sets of one search: masks over slots (by page) or over numbers of documents."""

    def __init__(self, by: str, index: Index) -> None:
        self.by = by
        self.index = index

    def found(self, tree: Node) -> Found:
        terms = terms_of(tree)
        if not terms:
            return self._fieldwise(tree, None)
        words, rest = _split(tree, terms) if self.by == "page" else (_any(terms), _unsettled(tree, terms))
        best = self._best(self.index.ranked(words))
        for part in rest:
            best = best[self._holds(part)[best.slots if self.by == "page" else best.units]]
        return best if _needs_words(tree) else _both(best, self._fieldwise(tree, best))

    def _best(self, ranked: Ranked) -> Found:
        """The ranked pages, or the best page of each document that has one."""
        if self.by == "page":
            return Found(self._ids(ranked.slots), ranked.slots, ranked.tiers, ranked.scores)
        owners = self.index.occurrences.of("documents", ranked.slots)
        pages = self.index.occurrences.of("numbers", ranked.slots)
        order = np.lexsort((pages, ranked.scores, ranked.tiers, owners))
        first = order[np.flatnonzero(np.diff(owners[order], prepend=-1))]
        return Found(owners[first], ranked.slots[first], ranked.tiers[first], ranked.scores[first])

    def _fieldwise(self, tree: Node, but: Found | None) -> Found:
        """What the tree holds for, without rank, but for what is there already."""
        held = self.held(tree)
        if but is not None:
            held[but.slots if self.by == "page" else but.units] = False
        at = np.flatnonzero(held)
        units, slots = (self._ids(at), at) if self.by == "page" else (at, np.full(len(at), -1))
        return Found(units, slots, np.full(len(at), NO_WORDS), np.zeros(len(at)))

    def held(self, tree: Node) -> Array:
        """For each slot or document that there is whether the tree holds."""
        return np.asarray(self._holds(tree) & self._every())

    def _ids(self, slots: Array) -> Array:
        return self.index.occurrences.of("page_ids", slots)

    def _owners(self) -> Array:
        return self.index.occurrences.of_slots("documents")

    def _size(self) -> int:
        return int(self.index.conn.execute(select(func.coalesce(func.max(documents.c.number), 0))).scalar_one()) + 1

    def _every(self) -> Array:
        if self.by == "page":
            return self.index.every()
        return self._numbered(self.index.conn.execute(select(documents.c.number)).scalars().all())

    def _numbered(self, numbers: Sequence[int]) -> Array:
        mask = np.zeros(self._size(), dtype=bool)
        mask[list(numbers)] = True
        return mask

    def _holds(self, node: Node, text_only: bool = False) -> Array:
        """For each slot or document whether the tree holds. What is under a NOT looks at the text alone."""
        match node:
            case Not(part):
                return ~self._holds(part, True)
            case Has():
                asked = select(documents.c.number).where(fields.condition(node))
                mask = self._numbered(self.index.conn.execute(asked).scalars().all())
                return mask[self._owners()] if self.by == "page" else mask
            case _ if self.by == "page" and renderable(node):
                return self.index.holds(node, text_only)
            case Term() | Near():
                mask = np.zeros(self._size(), dtype=bool)
                mask[self._owners()[self.index.holds(node, text_only)]] = True
                return mask
            case And(parts):
                return all_of(np.logical_and, [self._holds(p, text_only) for p in parts])
            case Or(parts):
                return all_of(np.logical_or, [self._holds(p, text_only) for p in parts])
        raise AssertionError(node)


def _any(terms: Sequence[Term | Near]) -> Node:
    return terms[0] if len(terms) == 1 else Or(tuple(terms))


def _split(tree: Node, terms: Sequence[Term | Near]) -> tuple[Node, list[Node]]:
    """What the index ranks by, and what else must hold. When words are one part of an AND, the index settles that part;
    else it ranks by any of the words, and the whole tree is asked besides."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    wanted = [p for p in parts if renderable(p)]
    if not wanted:
        return _any(terms), [tree]
    without = [p for p in parts if isinstance(p, Not) and renderable(p.part)]
    settled = (*wanted, *without)
    rest = [p for p in parts if not any(p is s for s in settled)]
    return (settled[0] if len(settled) == 1 else And(settled)), rest


def _unsettled(tree: Node, terms: Sequence[Term | Near]) -> list[Node]:
    """By document the index settles only a single word or phrase that must be there."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    return [p for p in parts if not (len(terms) == 1 and p is terms[0])]


def _needs_words(node: Node) -> bool:
    """Whether nothing can be found that has none of the query's words."""
    match node:
        case Term() | Near():
            return True
        case And(parts):
            return any(_needs_words(p) for p in parts)
        case Or(parts):
            return all(_needs_words(p) for p in parts)
    return False
