"""The plan of a search: which pages or documents a tree holds for, as one SELECT.

A tree is sets joined by AND, OR and NOT. Words are sets of pages (by page) or of the documents of those pages (by
document), fields are sets of documents; so any part may stand beside any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, false, func, literal, null, or_, select, true

from pipeline.store import fields, fulltext
from pipeline.store.schema import documents, pages
from pipeline.store.tree import And, Has, Near, Node, Not, Or, Term, terms_of

NO_WORDS = 2
"""Tier of what is found by its fields alone; 0 and 1 are those of `fulltext.ranked`."""


def found(tree: Node, by: str) -> Select[Any]:
    """`unit` (id of the page or document), `page_id` (of a document its best page, if any), `tier` and `score` of all
    that the tree holds for."""
    terms = terms_of(tree)
    if by == "page":
        return _pages(tree, terms)
    if not terms:
        unit = documents.c.document_id
        return _columns(unit, null(), literal(NO_WORDS), literal(0.0)).where(_holds(tree, unit, by))
    best = _best_pages(terms)
    if _needs_words(tree):
        unit = best.c.document_id
        return _columns(unit, best.c.page_id, best.c.tier, best.c.score).where(_holds(tree, unit, by))
    unit = documents.c.document_id
    beside = documents.outerjoin(best, best.c.document_id == unit)
    return _columns(unit, best.c.page_id, best.c.tier, best.c.score).select_from(beside).where(_holds(tree, unit, by))


def _columns(unit: Any, page_id: Any, tier: Any, score: Any) -> Select[Any]:
    return select(
        unit.label("unit"),
        page_id.label("page_id"),
        func.coalesce(tier, NO_WORDS).label("tier"),
        func.coalesce(score, 0.0).label("score"),
    )


def _pages(tree: Node, terms: Sequence[Term | Near]) -> Select[Any]:
    words, rest = _split(tree, terms)
    ranked = fulltext.ranked(words)
    if _needs_words(tree):
        unit: Any = ranked.c.page_id
        chosen = _columns(unit, unit, ranked.c.tier, ranked.c.score)
    else:
        unit = pages.c.id
        beside = pages.outerjoin(ranked, ranked.c.page_id == unit)
        chosen = _columns(unit, unit, ranked.c.tier, ranked.c.score).select_from(beside)
    return chosen.where(and_(true(), *[_holds(part, unit, "page") for part in rest]))


def _best_pages(terms: Sequence[Term | Near]) -> Any:
    """The best page of each document that has any of the terms."""
    ranked = fulltext.ranked(_any(terms))
    place = func.row_number().over(
        partition_by=pages.c.document_id, order_by=(ranked.c.tier, ranked.c.score, pages.c.page)
    )
    every = (
        select(pages.c.document_id, ranked.c.page_id, ranked.c.tier, ranked.c.score, place.label("place"))
        .select_from(ranked.join(pages, pages.c.id == ranked.c.page_id))
        .cte("every")
    )
    return select(every).where(every.c.place == 1).cte("best")


def _any(terms: Sequence[Term | Near]) -> Node:
    return terms[0] if len(terms) == 1 else Or(tuple(terms))


def _split(tree: Node, terms: Sequence[Term | Near]) -> tuple[Node, list[Node]]:
    """One expression for the full-text index, and what else must hold. When words are one part of an AND, the index
    settles that part; else it ranks by any of the words, and the whole tree is asked besides."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    wanted = [p for p in parts if fulltext.renderable(p)]
    if not wanted:
        return _any(terms), [tree]
    without = [p for p in parts if isinstance(p, Not) and fulltext.renderable(p.part)]
    settled = (*wanted, *without)
    rest = [p for p in parts if not any(p is s for s in settled)]
    return (settled[0] if len(settled) == 1 else And(settled)), rest


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


def _holds(node: Node, unit: Any, by: str, text_only: bool = False) -> Any:
    """The condition that the tree holds for `unit`. What is under a NOT looks at the text alone."""
    match node:
        case Not(part):
            return ~_holds(part, unit, by, True)
        case Has():
            held = select(documents.c.document_id).where(fields.condition(node))
            if by == "document":
                return unit.in_(held)
            return unit.in_(select(pages.c.id).where(pages.c.document_id.in_(held)))
        case _ if by == "page" and fulltext.renderable(node):
            return unit.in_(fulltext.matching(node, text_only))
        case Term() | Near():
            return unit.in_(select(pages.c.document_id).where(pages.c.id.in_(fulltext.matching(node, text_only))))
        case And(parts):
            return and_(true(), *[_holds(p, unit, by, text_only) for p in parts])
        case Or(parts):
            return or_(false(), *[_holds(p, unit, by, text_only) for p in parts])
    raise AssertionError(node)
