"""Where words, phrases and words near each other stand, read from the index (`words`), alike on every database.

Pages are known here by slots: numbers from 0 over all parts of the index, in the state that the connection sees. A place
is a slot and a position in one number, so that a phrase is an intersection of sorted places.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, Text, and_, bindparam, func, select

from pipeline.store import words
from pipeline.store.dialect import listed
from pipeline.store.postings import Array, Postings, may_have, ragged, wide
from pipeline.store.words import blocks, parts

SLOT = 32
"""Bits of a place that say the position."""
_AFTER = "\U0010ffff"  # after every word that begins so

Word = tuple[str, bool]
"""A word as the index has it, and whether longer words that begin so are meant as well."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The postings of a word in one row of the index, that of `part` and `first`. Its positions are those of the row from
    `start` on, of `total`."""

    part: int
    first: str
    places: Array
    counts: Array
    start: int
    total: int


class Occurrences:
    """Read-only; one for each search, as it remembers what it has read."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self._columns: dict[str, Array] = {}
        self._stretches: dict[Word, list[Stretch]] = {}

    @cached_property
    def _parts(self) -> list[words.Part]:
        return words.read(self.conn, names=("lengths",))

    @cached_property
    def _bases(self) -> dict[int, int]:
        """By id of a part the slot of its first page."""
        ends = np.cumsum([part.pages for part in self._parts]).tolist()
        return {part.id: end - part.pages for part, end in zip(self._parts, ends, strict=True)}

    @cached_property
    def _sizes(self) -> dict[int, int]:
        return {part.id: part.pages for part in self._parts}

    def _still(self, part: int) -> Array:
        """Which pages of a part are still in the archive."""
        if self.there is None:
            return np.ones(self._sizes[part], dtype=bool)
        return self.there[self._bases[part] : self._bases[part] + self._sizes[part]]

    @property
    def size(self) -> int:
        """The number of slots."""
        return sum(part.pages for part in self._parts)

    @cached_property
    def there(self) -> Array | None:
        """Whether the page of each slot is still in the archive; None when all are."""
        if all(part.there is None for part in self._parts):
            return None
        return np.concatenate([np.ones(p.pages, dtype=bool) if p.there is None else p.there for p in self._parts])

    def of_slots(self, name: str) -> Array:
        """What is known of the page of each slot, by one of the names of `words.PER_PAGE`; as narrow as it is kept."""
        if name not in self._columns:
            some = list(self._by_part(name)) if self._parts else []
            self._columns[name] = np.concatenate(some) if some else np.empty(0, dtype=np.int64)
        return self._columns[name]

    def of(self, name: str, slots: Array) -> Array:
        """The same of some slots, in any order."""
        if not len(slots):
            return np.empty(0, dtype=np.int64)
        order = np.argsort(slots, kind="stable")
        ends = np.searchsorted(slots[order], np.cumsum([part.pages for part in self._parts]))
        out = np.empty(len(slots), dtype=np.int64)
        start = 0
        for part, kept, end in zip(self._parts, self._by_part(name), ends.tolist(), strict=True):
            some = order[start:end]
            out[some] = kept[slots[some] - self._bases[part.id]]
            start = end
        return out

    def _by_part(self, name: str) -> Iterator[Array]:
        if name in self._parts[0].of_pages:
            yield from (part.of_pages[name] for part in self._parts)
        else:
            for kept, pages in self.conn.execute(select(parts.c[name], parts.c.pages).order_by(parts.c.id)):
                yield wide(kept, pages)

    def total(self) -> tuple[int, int]:
        """The number of pages in the archive, and of their words."""
        if self.there is None:
            return self.size, sum(int(part.of_pages["lengths"].sum()) for part in self._parts)
        return int(self.there.sum()), int(self.of_slots("lengths")[self.there].sum())

    # words

    def counted(self, word: str, prefix: bool) -> tuple[Array, Array]:
        """The slots that have a word (rising), or words that begin so, and how often."""
        found = [(s.places.astype(np.int64) + self._bases[s.part], s.counts) for s in self._read(word, prefix)]
        if not found:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        slots, counts = (np.concatenate(some) for some in zip(*found, strict=True))
        if prefix:
            often = np.bincount(slots, weights=counts, minlength=1)
            slots = np.flatnonzero(often)
            counts = often[slots].astype(np.int64)
        return self._kept(slots, counts)

    def _kept(self, slots: Array, counts: Array) -> tuple[Array, Array]:
        if self.there is None:
            return slots, counts
        here = self.there[slots]
        return slots[here], counts[here]

    def _read(self, word: str, prefix: bool) -> list[Stretch]:
        """The postings of a word, part by part."""
        if (word, prefix) not in self._stretches:
            until = word + (_AFTER if prefix else "\0")
            found = []
            for part, first, names, *arrays in self.conn.execute(_ROWS[prefix], {"word": word, "until": until}):
                if f" {word}" not in f" {names}":
                    continue
                row = Postings.of_row(names, *arrays)
                own, end = bisect_left(row.words, word), bisect_left(row.words, until)
                if own < end:
                    before = int(row.counts[: int(row.sizes[:own].sum())].sum())
                    postings = row.part(own, end)
                    found.append(Stretch(part, first, postings.places, postings.counts, before, int(row.counts.sum())))
            self._stretches[word, prefix] = found
        return self._stretches[word, prefix]

    # phrases

    def phrases(self, phrases: Sequence[tuple[Sequence[str], bool]], mark: str) -> list[Array]:
        """Of each phrase (its words, and whether the last may be longer) the places where it begins, on those pages that
        have the words of all; rising. `mark` is "" for the text as read, MARK for alternate readings. Positions are read
        only where all the words are."""
        written = [[(mark + w, prefix and i == len(ws) - 1) for i, w in enumerate(ws)] for ws, prefix in phrases]
        asked = list(dict.fromkeys(word for some in written for word in some))
        common = self._common(asked)
        out: list[list[Array]] = [[] for _ in phrases]
        for part, positions in self._positions([s for word in asked for s in self._read(*word) if s.part in common]):
            places = {word: _places(self._stretches[word], part, positions, common[part]) for word in asked}
            for starts, some in zip(out, written, strict=True):
                starts.append(_following([places[word] for word in some]) + (self._bases[part] << SLOT))
        return [np.concatenate([np.empty(0, dtype=np.int64), *starts]) for starts in out]

    def _common(self, asked: Sequence[Word]) -> dict[int, Array]:
        """By part a mask of the pages that have all the words, for parts that have such pages."""
        common: dict[int, Array] = {}
        for n, word in enumerate(asked):
            here: dict[int, Array] = {}
            for stretch in self._read(*word):
                if n == 0 or stretch.part in common:
                    mask = here.setdefault(stretch.part, np.zeros(self._sizes[stretch.part], dtype=bool))
                    mask[stretch.places] = True
            common = {part: mask & common[part] if n else mask & self._still(part) for part, mask in here.items()}
            common = {part: mask for part, mask in common.items() if mask.any()}
            if not common:
                break
        return common

    def _positions(self, stretches: Sequence[Stretch]) -> Iterator[tuple[int, dict[str, Array]]]:
        """The positions of the rows of the stretches, by part and first word."""
        totals = {(s.part, s.first): s.total for s in stretches}
        if not totals:
            return
        pairs = listed(self.conn, list(totals))
        holding = and_(blocks.c.part == pairs.c.part, blocks.c.first == pairs.c.word)
        asked = select(blocks.c.part, blocks.c.first, blocks.c.positions).join_from(pairs, blocks, holding)
        for part, rows in groupby(self.conn.execute(asked.order_by(blocks.c.part)), key=lambda row: int(row.part)):
            yield part, {first: wide(kept, totals[part, first]) for _, first, kept in rows}

    # the vocabulary

    def vocabulary(self, asked: Collection[str]) -> dict[str, int]:
        """Which of the words the texts as read have, and on how many pages."""
        some = sorted(asked)
        likely: list[tuple[int, str]] = []
        for part, known in self.conn.execute(select(parts.c.id, parts.c.known)):
            likely += [(part, some[i]) for i in np.flatnonzero(may_have(known, some))] if some else []
        out: dict[str, int] = {}
        if not likely:
            return out
        pairs = listed(self.conn, likely)
        inner = blocks.alias()
        nearest = select(func.max(inner.c.first)).where(inner.c.part == pairs.c.part, inner.c.first <= pairs.c.word)
        holding = and_(blocks.c.part == pairs.c.part, blocks.c.first == nearest.scalar_subquery())
        columns = (blocks.c.words, blocks.c.sizes, *([blocks.c.places, blocks.c.counts] if self.there is not None else []))
        for part, word, names, sizes, *more in self.conn.execute(select(pairs, *columns).join_from(pairs, blocks, holding)):
            names = names.split(" ")
            if word in names:
                at = names.index(word)
                on = wide(sizes, len(names))
                if more and self.there is not None:
                    first = int(on[:at].sum())
                    own = wide(more[0], int(on.sum()))[first : first + int(on[at])].astype(np.int64)
                    out[word] = out.get(word, 0) + int(self.there[own + self._bases[part]].sum())
                else:
                    out[word] = out.get(word, 0) + int(on[at])
        return {word: count for word, count in sorted(out.items()) if count}


def _rows(prefix: bool) -> Select[Any]:
    """The rows of the index that may have `word`, or words from it up to `until`."""
    word, inner = bindparam("word", type_=Text), blocks.alias()
    nearest = select(func.max(inner.c.first)).where(inner.c.part == parts.c.id, inner.c.first <= word).scalar_subquery()
    holding = blocks.c.first == nearest
    if prefix:
        until = bindparam("until", type_=Text)
        holding = and_(blocks.c.first >= func.coalesce(nearest, word), blocks.c.first <= until)
    columns = (parts.c.id, blocks.c.first, blocks.c.words, blocks.c.sizes, blocks.c.places, blocks.c.counts)
    asked = select(*columns).join_from(parts, blocks, and_(blocks.c.part == parts.c.id, holding))
    return asked.order_by(parts.c.id, blocks.c.first)


_ROWS = {prefix: _rows(prefix) for prefix in (False, True)}


def _places(stretches: Sequence[Stretch], part: int, positions: dict[str, Array], common: Array) -> Array:
    """The places of a word on the common pages of a part, counted from its first page; rising."""
    out = [_places_of(s, positions[s.first], common) for s in stretches if s.part == part]
    return out[0] if len(out) == 1 else np.sort(np.concatenate(out))


def _places_of(stretch: Stretch, positions: Array, common: Array) -> Array:
    kept = common[stretch.places]
    ends = np.cumsum(stretch.counts, dtype=np.int64)
    if kept.all():
        pages, counts = stretch.places, stretch.counts
        where = positions[stretch.start : stretch.start + int(ends[-1])]
    else:
        pages, counts = stretch.places[kept], stretch.counts[kept]
        where = positions[ragged(ends[kept] - counts + stretch.start, counts)]
    places = np.repeat(pages.astype(np.int64) << SLOT, counts)
    return places + where


def _following(places: Sequence[Array]) -> Array:
    """Where words begin that follow one another, of the places of each."""
    stand = sorted((some - i for i, some in enumerate(places)), key=len)
    starts = stand[0]
    for other in stand[1:]:
        starts = starts[_among(starts, other)]
    return starts


def _among(some: Array, others: Array) -> Array:
    """Which of the places are among the others; both rise."""
    if not len(others):
        return np.zeros(len(some), dtype=bool)
    at = np.minimum(np.searchsorted(others, some), len(others) - 1)
    return np.asarray(others[at] == some)


# Near


def near(starts: Sequence[Array], lengths: Sequence[int], distance: int) -> tuple[Array, list[Array]]:
    """The slots where phrases stand with at most `distance` words between, and how often each takes part there; `starts`
    are their places, `lengths` their words."""
    slots = [places >> SLOT for places in starts]
    common = slots[0]
    for other in slots[1:]:
        common = np.intersect1d(common, other)
    first = starts[0]
    for places, words_ in zip(starts[1:], lengths[1:], strict=True):  # quickly: any of it near the first
        if len(places) and len(first):
            at = np.searchsorted(places, first)
            before = first - places[np.maximum(at - 1, 0)]
            after = places[np.minimum(at, len(places) - 1)] - first
            first = first[((before >= 0) & (before <= words_ + distance)) | ((after >= 0) & (after <= lengths[0] + distance))]
    common = np.intersect1d(common, first >> SLOT)
    bounds = [(np.searchsorted(s, common), np.searchsorted(s, common, "right")) for s in slots]
    reach = [words_ + distance for words_ in lengths]
    kept, counts = [], []
    for i, slot in enumerate(common.tolist()):
        here = [places[a[i] : b[i]].tolist() for places, (a, b) in zip(starts, bounds, strict=True)]
        if counted := _walk(here, reach):
            kept.append(slot)
            counts.append(counted)
    columns = [np.array([c[i] for c in counts], dtype=np.int64) for i in range(len(starts))]
    return np.array(kept, dtype=np.int64), columns


def _walk(places: Sequence[Sequence[int]], reach: Sequence[int]) -> list[int] | None:
    """How often each phrase takes part where all of them stand together; None when they never do. Walks as FTS5 does
    (fts5ExprNearIsMatch)."""
    many = len(places)
    at = [0] * many
    counted = [-1] * many
    counts = [0] * many
    while True:
        latest = places[0][at[0]]
        fits = False
        while not fits:
            fits = True
            for i in range(many):
                here = places[i]
                if here[at[i]] < latest - reach[i] or here[at[i]] > latest:
                    fits = False
                    while here[at[i]] < latest - reach[i]:
                        at[i] += 1
                        if at[i] == len(here):
                            return counts if counts[0] else None
                    latest = max(latest, here[at[i]])
        for i in range(many):
            if counted[i] != at[i]:
                counted[i] = at[i]
                counts[i] += 1
        on = [i for i in range(many) if at[i] + 1 < len(places[i])]
        if not on:
            return counts
        at[min(on, key=lambda i: places[i][at[i] + 1])] += 1
