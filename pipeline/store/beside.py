"""A word that is missing beside the other words of a query: what its pages have instead.

A page that has all other words of a query is likelier to have this one too than any page is. So where the others leave few
pages, each of these is read word by word: there a form need not be as near, known words that were read with little
confidence count as well, and so do words that came apart or ran together.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from pipeline.core import codec
from pipeline.core.page import Page
from pipeline.store import forms
from pipeline.store.fulltext import Index, renderable
from pipeline.store.letters import reach
from pipeline.store.misreadings import glued, inflected, lexicon, odds, torn
from pipeline.store.schema import pages
from pipeline.store.tokens import tokens
from pipeline.store.tree import And, Node

MOST_PAGES = 50
"""Pages that are read word by word; where the other words leave more, none is."""
LIKELY = -3.0
"""ln of the odds, on its own, from which a form is taken for the word: that the others are there is worth e^3."""
LAST = -6.0
"""The same where no page at all has what was asked for: who asks knows, or hopes, that one does."""
INFLECTED = (LAST + LIKELY) / 2
"""ln of the odds that an ending was read that is not there, or one was not read: enough only where no page has all."""
MOST_FORMS = 12
SURE = 0.9
"""Known words that were read with more confidence are what they are."""
GAPS = 2  # gaps within a word
TORN = 2  # letters that may be wrong in a word with gaps


@dataclass(frozen=True, slots=True)
class Read:
    """A page: its words in order, and the page as it is packed."""

    words: tuple[str, ...]
    packed: bytes

    def sure(self, form: str) -> float:
        """The highest confidence that the form was read with."""
        page: Page = codec.unpack(Page, self.packed)
        return max((w.confidence for w in page.words if form in tokens(w.text)), default=SURE)


def misreadings(
    words: Sequence[str], others: Sequence[Node], conn: Connection, index: Index, least: float = LIKELY
) -> dict[str, tuple[str, ...]]:
    """By word, what the pages that have all `others` have for it, the likeliest first: what is as likely as `least`."""
    rest = others[0] if len(others) == 1 else And(tuple(others))
    if not words or not renderable(rest):
        return {}
    here = conn.execute(index.matching(rest, text_only=True).limit(MOST_PAGES + 1)).scalars().all()
    if len(here) > MOST_PAGES:
        return {}
    asked = select(pages.c.text, pages.c.words).where(pages.c.id.in_(here)).order_by(pages.c.id)
    read = [Read(tuple(tokens(row.text)), row.words) for row in conn.execute(asked)]
    sure = forms.sureness(conn, {word for page in read for word in page.words})
    out = {}
    for word in words:
        lacking = [page for page in read if word not in page.words]
        found = dict((*_alike(word, lacking, sure, least), *_torn(word, lacking, sure)))
        best = sorted((-likely, form) for form, likely in found.items() if likely > least)
        if best:
            out[word] = tuple(form for _, form in best[:MOST_FORMS])
    return out


def _alike(word: str, read: Sequence[Read], sure: Mapping[str, float], least: float) -> Iterator[tuple[str, float]]:
    """What on the pages may be the word, with ln of the odds."""
    from rapidfuzz.distance import Levenshtein

    most = reach(word)
    for form in {form for page in read for form in page.words}:
        close = Levenshtein.distance(word, form, score_cutoff=most) <= most
        longer = len(form) > len(word) + 1 and (form.startswith(word) or form.endswith(word))
        if form in sure and (close or longer):
            alike = (
                INFLECTED
                if inflected(word, form)
                else odds(word, form, sure[form], enough=least)
                if close
                else -math.inf
            )
            yield form, max(alike, glued(word, form, sure[form]) if longer else -math.inf)
        elif close and form in lexicon() and (inflected(word, form) or odds(word, form, 0.0, enough=least) > least):
            surely = max(page.sure(form) for page in read if form in page.words)
            if surely < SURE:
                yield form, INFLECTED if inflected(word, form) else odds(word, form, surely)


def _torn(word: str, read: Sequence[Read], sure: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Words beside each other that may be the word with gaps in it, with ln of the odds."""
    from rapidfuzz.distance import Levenshtein

    known = lexicon()
    for page in read:
        for many in range(2, GAPS + 2):
            for parts in zip(*(itertools.islice(page.words, n, None) for n in range(many)), strict=False):
                if abs(sum(map(len, parts)) - len(word)) > TORN:
                    continue
                most = 0 if all(part in known and len(part) > 2 for part in parts) else TORN
                if Levenshtein.distance(word, "".join(parts), score_cutoff=TORN) <= most:
                    yield " ".join(parts), torn(word, parts, sure)
