"""The plan of a search: which pages or documents a tree holds for, as one SELECT.

A tree is sets joined by AND, OR and NOT. Words are sets of pages (by page) or of the documents of those pages (by
document), fields are sets of documents; so any part may stand beside any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, CompoundSelect, Select, and_, false, func, literal, null, or_, select, true, union_all

from pipeline.store import fields
from pipeline.store.fulltext import Index, renderable
from pipeline.store.schema import documents, pages
from pipeline.store.tree import And, Has, Near, Node, Not, Or, Term, terms_of

ALTERNATE = 1
"""Tier of what takes an alternate reading; 0 is that of the text as read. See `fulltext.Index`."""
MISREAD = 2
"""Tier of what is found by misreadings of the words alone."""
NO_WORDS = 3
"""Tier of what is found by its fields alone."""


def found(tree: Node, by: str, index: Index, wider: Node | None = None) -> Select[Any] | CompoundSelect[Any]:
    """`unit` (id of the page or document), `page_id` (of a document its best page, if any), `tier` and `score` of all
    that the tree holds for, and of what only the `wider` tree holds for (see `expand`)."""
    if wider is None:
        return _found(tree, by, index)
    own = _found(tree, by, index).cte().prefix_with("MATERIALIZED")
    more = _found(wider, by, index).subquery()
    misread = select(more.c.unit, more.c.page_id, literal(MISREAD).label("tier"), more.c.score)
    return union_all(select(own), misread.where(more.c.unit.not_in(select(own.c.unit))))


def _found(tree: Node, by: str, index: Index) -> Select[Any] | CompoundSelect[Any]:
    terms = terms_of(tree)
    every = pages.c.id if by == "page" else documents.c.document_id
    if not terms:
        return _fieldwise(tree, every, by, index)
    words, rest = _split(tree, terms) if by == "page" else (_any(terms), _unsettled(tree, terms))
    ranked = index.ranked(words)
    best = _best_pages(ranked) if by == "document" else ranked
    unit = best.c.document_id if by == "document" else best.c.page_id
    columns = (unit.label("unit"), best.c.page_id, best.c.tier, best.c.score)
    with_words = select(*columns).where(and_(true(), *[_holds(part, unit, by, index) for part in rest]))
    if _needs_words(tree):
        return with_words
    return union_all(with_words, _fieldwise(tree, every, by, index).where(every.not_in(select(unit))))


def _fieldwise(tree: Node, unit: Any, by: str, index: Index) -> Select[Any]:
    """What the tree holds for, without rank."""
    page_id = unit if by == "page" else null()
    columns = (unit.label("unit"), page_id.label("page_id"), literal(NO_WORDS).label("tier"), literal(0.0).label("score"))
    return select(*columns).where(_holds(tree, unit, by, index))


def _best_pages(ranked: CTE) -> CTE:
    """The best page of each document that has a ranked page."""
    place = func.row_number().over(
        partition_by=pages.c.document_id, order_by=(ranked.c.tier, ranked.c.score, pages.c.page)
    )
    every = (
        select(pages.c.document_id, ranked.c.page_id, ranked.c.tier, ranked.c.score, place.label("place"))
        .select_from(ranked.join(pages, pages.c.id == ranked.c.page_id))
        .cte()
    )
    return select(every).where(every.c.place == 1).cte().prefix_with("MATERIALIZED")


def _any(terms: Sequence[Term | Near]) -> Node:
    return terms[0] if len(terms) == 1 else Or(tuple(terms))


def _split(tree: Node, terms: Sequence[Term | Near]) -> tuple[Node, list[Node]]:
    """One expression for the full-text index, and what else must hold. When words are one part of an AND, the index
    settles that part; else it ranks by any of the words, and the whole tree is asked besides."""
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


def _holds(node: Node, unit: Any, by: str, index: Index, text_only: bool = False) -> Any:
    """The condition that the tree holds for `unit`. What is under a NOT looks at the text alone."""
    match node:
        case Not(part):
            return ~_holds(part, unit, by, index, True)
        case Has():
            held = select(documents.c.document_id).where(fields.condition(node))
            if by == "document":
                return unit.in_(held)
            return unit.in_(select(pages.c.id).where(pages.c.document_id.in_(held)))
        case _ if by == "page" and renderable(node):
            return unit.in_(index.matching(node, text_only))
        case Term() | Near():
            return unit.in_(select(pages.c.document_id).where(pages.c.id.in_(index.matching(node, text_only))))
        case And(parts):
            return and_(true(), *[_holds(p, unit, by, index, text_only) for p in parts])
        case Or(parts):
            return or_(false(), *[_holds(p, unit, by, index, text_only) for p in parts])
    raise AssertionError(node)
