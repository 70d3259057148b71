"""The forms of this archive that are likely to be a word misread.

Short words: what readers may have made of them is looked up. Longer ones: the forms that share a half with the word (as it
is, or with a confusion that was measured) are fetched and weighed, so that the other half may be wrong in any way.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from pipeline.store import forms
from pipeline.store.fulltext import Index
from pipeline.store.letters import cost, halves, made_of, reach
from pipeline.store.misreadings import glued, inflected, odds, splits, torn
from pipeline.store.tree import Term

LIKELY = -0.5
"""ln of the odds from which a form is taken for the word."""
MISSED = -1.5
"""The same for a word that no page has as read: who asks for it has a reason."""
MOST_FORMS = 12
"""Forms that one word is widened to, the likeliest."""
NEAREST, WEIGHED = 80, 20
"""Forms that are priced for one word, the nearest; and of these those that are weighed against other words, the cheapest."""
STRANGE = 3
"""Pages that a form may stand on though the word itself stands on fewer."""
BY_HALVES = 7
"""Letters from which a word is sought by its halves."""
LONGER = 2
"""Letters by which a form may be longer or shorter than the word."""
GLUED = 5
"""Letters from which a word is sought within longer forms."""


def misreadings(words: Sequence[str], conn: Connection, index: Index) -> dict[str, tuple[str, ...]]:
    """By word, its misreadings in the archive, the likeliest first; words that have none are left out."""
    asked = [word for word in words if len(word) >= forms.SHORTEST and word.isalpha()]
    near = {word: _near(word, conn) for word in asked}
    longer = {word: _longer(word, conn) if len(word) >= GLUED else {} for word in asked}
    parts = {word: forms.sureness(conn, {p for pair in splits(word) for p in pair}) for word in asked}
    every = {form for found in (*near.values(), *longer.values(), *parts.values()) for form in found}
    if not every and not any(map(splits, asked)):
        return {}
    apart = {part for word in asked for pair in splits(word) for part in pair}
    pages = index.vocabulary(conn, {*asked, *every, *apart})
    out = {}
    for word in asked:
        own = pages.get(word, 0)
        least = LIKELY if own else MISSED
        may = [(f, sure) for f, sure in near[word].items() if _may(f, own, pages)]
        likely = [(odds(word, f, sure, pages[f], own, least), f) for f, sure in may]
        likely += [(glued(word, f, sure, own), f) for f, sure in longer[word].items() if f in pages]
        likely += [
            (torn(word, pair, parts[word], own), " ".join(pair))
            for pair in splits(word)
            if all(part in pages for part in pair)
        ]
        best = sorted(((o, f) for o, f in likely if o > least), reverse=True)
        standing = (f for _, f in best if " " not in f or _stands(f, index))
        if chosen := tuple(itertools.islice(standing, MOST_FORMS)):
            out[word] = chosen
    return out


def _near(word: str, conn: Connection) -> dict[str, float]:
    """Forms that are not far from the word, and how surely each was read: the cheapest of the nearest."""
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    found = forms.sureness(conn, made_of(word))
    if len(word) >= BY_HALVES:
        heads, tails = halves(word)
        lengths = len(word) - LONGER, len(word) + LONGER
        found |= forms.beginning(conn, heads, lengths) | forms.ending(conn, tails, lengths)
    nearest = process.extract(word, list(found), scorer=Levenshtein.distance, score_cutoff=reach(word), limit=NEAREST)
    able = [f for f, _, _ in nearest if f != word and not inflected(word, f)]
    return {
        f: found[f] for _, f in heapq.nsmallest(WEIGHED, ((cost(word, f) + math.log(found[f] + 0.1), f) for f in able))
    }


def _longer(word: str, conn: Connection) -> dict[str, float]:
    lengths = len(word) + 2, forms.LONGEST
    found = forms.beginning(conn, [word], lengths) | forms.ending(conn, [word], lengths)
    return dict(heapq.nlargest(WEIGHED, found.items(), key=lambda item: (-len(item[0]), item[0])))


def _may(form: str, own: int, pages: Mapping[str, int]) -> bool:
    return 0 < pages.get(form, 0) <= max(own, STRANGE)


def _stands(phrase: str, index: Index) -> bool:
    return bool(index.holds(Term(phrase, phrase=True), text_only=True).any())
