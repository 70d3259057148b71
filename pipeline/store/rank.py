"""In what order hits stand: by tier, then score; and what weighs more than words on a page: the subject of its document,
and the recommendations on it.

    score = BM25 * (1 + (SUBJECT * s + ADVICE * a) / n)

for the FIRST hits by BM25 (see `fulltext`), of the query's n words and phrases s standing in the subject of the document or
of one of its parts, a in a recommendation on the page. Later hits keep their BM25: what is weighed only rises, so the order
of both together is one order.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, and_, select

from pipeline.store.dialect import FEW
from pipeline.store.fields import pattern_of
from pipeline.store.plan import Found
from pipeline.store.postings import Array
from pipeline.store.schema import documents, pages, recommendations, segments
from pipeline.store.tree import Near, Term

SUBJECT = 1.0
ADVICE = 0.5
FIRST = 1000
MOST = 12
"""Words and phrases of a query that are weighed, the first."""

Key = tuple[int, float, int]
"""By what a hit stands where it stands: tier, score, unit."""


def best(found: Found, most: int, after: Key | None = None) -> Array:
    """Which of the hits come first, or first after one of them: at most so many, in order."""
    at = np.arange(len(found.units)) if after is None else np.flatnonzero(_later(found, *after))
    if len(at) > most:  # nobody wants the others in order
        rough = found.tiers[at] * 1e6 + found.scores[at]
        at = at[rough <= np.partition(rough, most - 1)[most - 1]]
    order = np.lexsort((found.units[at], found.scores[at], found.tiers[at]))
    return np.asarray(at[order[:most]])


def _later(found: Found, tier: int, score: float, unit: int) -> Array:
    beyond = (found.scores > score) | ((found.scores == score) & (found.units > unit))
    return np.asarray((found.tiers > tier) | ((found.tiers == tier) & beyond))


def weighed(found: Found, page_ids: Array, terms: Sequence[Term | Near], conn: Connection) -> Found:
    """The hits with the scores that they are ranked by; `page_ids` are the pages of all slots."""
    plain = [t for term in terms for t in (term.terms if isinstance(term, Near) else (term,))]
    sought = [re.compile(pattern_of(t)) for t in list(dict.fromkeys(dataclasses.replace(t, exact=False) for t in plain))[:MOST]]
    first = best(found, FIRST)
    first = first[found.slots[first] >= 0]
    ids = page_ids[found.slots[first]].tolist()
    subjects, advice = _subjects(conn, ids), _advice(conn, ids)
    scores = found.scores.copy()
    for at, page_id in zip(first.tolist(), ids, strict=True):
        more = SUBJECT * _share(sought, subjects.get(page_id, ())) + ADVICE * _share(sought, advice.get(page_id, ()))
        scores[at] *= 1 + more
    return dataclasses.replace(found, scores=scores)


def _share(sought: Sequence[re.Pattern[str]], texts: Iterable[str]) -> float:
    """How many of the patterns some text has, of all."""
    return sum(1 for pattern in sought if any(pattern.search(text) for text in texts)) / len(sought) if texts else 0.0


def _subjects(conn: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """By page the subjects of its document and of the parts of that."""
    own = select(pages.c.id, documents.c.subject).join(documents, documents.c.document_id == pages.c.document_id)
    parts = select(pages.c.id, segments.c.subject).join(segments, segments.c.document_id == pages.c.document_id)
    return _texts(conn, (own.where(documents.c.subject != ""), parts.where(segments.c.subject != "")), ids)


def _advice(conn: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    r = recommendations.c
    here = and_(r.document_id == pages.c.document_id, r.page == pages.c.page)
    return _texts(conn, (select(pages.c.id, r.text).join(recommendations, here),), ids)


def _texts(conn: Connection, asked: Iterable[Any], ids: Sequence[int]) -> dict[int, list[str]]:
    out: dict[int, list[str]] = defaultdict(list)
    for query in asked:
        for start in range(0, len(ids), FEW):
            for page_id, text in conn.execute(query.where(pages.c.id.in_(ids[start : start + FEW]))):
                out[page_id].append(text)
    return out
