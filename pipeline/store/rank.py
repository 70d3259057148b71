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
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, null, or_, select

from pipeline.store.dialect import numbered
from pipeline.store.fields import pattern_of
from pipeline.store.fulltext import Index
from pipeline.store.plan import Found
from pipeline.store.postings import Array
from pipeline.store.schema import documents, recommendations, segments
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


def weighed(found: Found, terms: Sequence[Term | Near], index: Index) -> Found:
    """The hits with the scores that they are ranked by."""
    plain = [t for term in terms for t in (term.terms if isinstance(term, Near) else (term,))]
    sought = list(dict.fromkeys(dataclasses.replace(t, exact=False) for t in plain))[:MOST]
    first = best(found, FIRST)
    first = first[found.slots[first] >= 0]
    owners, leaves = (index.occurrences.of(name, found.slots[first]).tolist() for name in ("documents", "numbers"))
    patterns = [re.compile(pattern_of(term)) for term in sought]
    texts = _texts(index.conn, set(owners), sought)
    scores = found.scores.copy()
    for at, owner, page in zip(first.tolist(), owners, leaves, strict=True):
        subjects, advice = texts.get((owner, None)), texts.get((owner, page))
        if subjects or advice:
            scores[at] *= 1 + SUBJECT * _share(patterns, subjects or ()) + ADVICE * _share(patterns, advice or ())
    return dataclasses.replace(found, scores=scores)


def _share(sought: Sequence[re.Pattern[str]], texts: Iterable[str]) -> float:
    """How many of the patterns some text has, of all."""
    return sum(1 for pattern in sought if any(pattern.search(text) for text in texts)) / len(sought) if texts else 0.0


def _texts(conn: Connection, numbers: Collection[int], sought: Sequence[Term]) -> dict[tuple[int, int | None], list[str]]:
    """By number of a document, and page, the recommendations that may have one of the terms; without page the subjects of
    the document and of its parts."""
    d, s, r = documents.c, segments.c, recommendations.c
    own = select(d.number, null(), d.subject).where(_may_have(d.subject, sought))
    parts = select(d.number, null(), s.subject).join(segments, s.document_id == d.document_id)
    advice = select(d.number, r.page, r.text).join(recommendations, r.document_id == d.document_id)
    out: dict[tuple[int, int | None], list[str]] = defaultdict(list)
    for asked in (own, parts.where(_may_have(s.subject, sought)), advice.where(_may_have(r.text, sought))):
        for number, page, text in conn.execute(asked.where(d.number.in_(numbered(conn, numbers)))):
            out[number, page].append(text)
    return out


def _may_have(column: ColumnElement[str], sought: Sequence[Term]) -> ColumnElement[bool]:
    """A quick test before `pattern_of`: whether a text has the longest word of a term."""
    longest = [max(re.findall(r"[^\W_]+", term.text), key=len, default="") for term in sought]
    if not all(word and word.isascii() for word in longest):
        return column != ""
    return or_(*[func.lower(column).contains(word.lower()) for word in longest])
