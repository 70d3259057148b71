"""What weighs more than words on a page: the subject of its document, and the recommendations on it.

    score = BM25 * (1 + (SUBJECT * s + ADVICE * a) / n)

for the FIRST hits by BM25 (see `fulltext`), of the query's n words and phrases s standing in the subject of the document or
of one of its parts, a in a recommendation on the page. Later hits keep their BM25: what is weighed only rises, so the order
of both together is one order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, func, or_, select

from pipeline.store.fields import has_words
from pipeline.store.schema import documents, pages, recommendations, segments
from pipeline.store.tree import Near, Term

SUBJECT = 1.0
ADVICE = 0.5
FIRST = 1000
MOST = 12
"""Words and phrases of a query that are weighed, the first."""


def weighed(chosen: FromClause, terms: Sequence[Term | Near]) -> Select[Any]:
    """The rows of `plan.found` with the score that they are ranked by."""
    plain = [t for term in terms for t in (term.terms if isinstance(term, Near) else (term,))]
    sought = [dataclasses.replace(term, exact=False) for term in dict.fromkeys(plain)][:MOST]
    place = func.row_number().over(order_by=(chosen.c.tier, chosen.c.score, chosen.c.unit)).label("place")
    placed = select(chosen, place).subquery()
    here = pages.c.id == placed.c.page_id
    parts = [
        case((condition, weight / len(sought)), else_=0.0)
        for term in sought
        for condition, weight in ((_in_subject(term, here), SUBJECT), (_advised(term, here), ADVICE))
    ]
    # a CASE asks only of the first
    more = case((and_(placed.c.place <= FIRST, placed.c.page_id.is_not(None)), sum(parts[1:], parts[0])), else_=0.0)
    score = (placed.c.score * (1.0 + more)).label("score")
    return select(placed.c.unit, placed.c.page_id, placed.c.tier, score)


def _in_subject(term: Term, here: ColumnElement[bool]) -> ColumnElement[bool]:
    own = exists().where(here, documents.c.document_id == pages.c.document_id, has_words(documents.c.subject, term))
    part = exists().where(here, segments.c.document_id == pages.c.document_id, has_words(segments.c.subject, term))
    return or_(own, part)


def _advised(term: Term, here: ColumnElement[bool]) -> ColumnElement[bool]:
    r = recommendations.c
    return exists().where(here, r.document_id == pages.c.document_id, r.page == pages.c.page, has_words(r.text, term))
