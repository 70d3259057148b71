"""Where words, phrases and words near each other stand, read from the index (`words`), alike on every database.

Pages are known here by slots: numbers from 0 over all parts of the index, in the state that the connection sees. A place
is a slot and a position in one number, so that a phrase is an intersection of sorted places.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

import numpy as np
from sqlalchemy import Connection, and_, func, select

from pipeline.store import words
from pipeline.store.dialect import listed
from pipeline.store.postings import Array, Postings, may_have, ragged, wide
from pipeline.store.words import blocks, parts

SLOT = 32
"""Bits of a place that say the position."""
_AFTER = "\U0010ffff"  # after every word that begins so

Entries = tuple[Array, Array, Array]
"""Slots, how often a word stands there, and its positions, those of each slot one after the other."""


class Occurrences:
    """Read-only; one for each search, as it remembers what it has read."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self._columns: dict[str, Array] = {}
        self._entries: dict[tuple[str, bool], Entries] = {}

    @cached_property
    def _parts(self) -> list[words.Part]:
        return words.read(self.conn, names=("lengths",))

    @cached_property
    def _bases(self) -> dict[int, int]:
        """By id of a part the slot of its first page."""
        ends = np.cumsum([part.pages for part in self._parts]).tolist()
        return {part.id: end - part.pages for part, end in zip(self._parts, ends, strict=True)}

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
        """What is known of the page of each slot, by one of the names of `words.PER_PAGE`."""
        if name not in self._columns:
            if self._parts and name not in self._parts[0].of_pages:
                asked = select(parts.c[name], parts.c.pages).order_by(parts.c.id)
                some = [wide(row[0], row[1]) for row in self.conn.execute(asked)]
            else:
                some = [part.of_pages[name] for part in self._parts]
            self._columns[name] = np.concatenate(some).astype(np.int64) if some else np.empty(0, dtype=np.int64)
        return self._columns[name]

    # words

    def counted(self, word: str, prefix: bool) -> tuple[Array, Array]:
        """The slots that have a word (rising), or words that begin so, and how often."""
        found = [(p.places.astype(np.int64) + base, p.counts) for base, p in self._read(word, prefix, False)]
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

    def _read(self, word: str, prefix: bool, placed: bool) -> Iterator[tuple[int, Postings]]:
        """The postings of a word, or of words that begin so, by part; with the part's first slot."""
        columns = [blocks.c.words, blocks.c.sizes, blocks.c.places, blocks.c.counts]
        columns += [blocks.c.positions] * placed
        inner = blocks.alias()
        nearest = (
            select(func.max(inner.c.first)).where(inner.c.part == parts.c.id, inner.c.first <= word).scalar_subquery()
        )
        holding = blocks.c.first == nearest
        if prefix:
            holding = and_(blocks.c.first >= func.coalesce(nearest, word), blocks.c.first <= word + _AFTER)
        asked = select(parts.c.id, *columns).join_from(parts, blocks, and_(blocks.c.part == parts.c.id, holding))
        for part, *row in self.conn.execute(asked.order_by(parts.c.id, blocks.c.first)):
            if f" {word}" in f" {row[0]}":
                postings = Postings.of_row(*row)
                own = postings.split(word)[1].split(word + (_AFTER if prefix else "\0"))[0]
                if own.words:
                    yield self._bases[part], own

    def entries(self, word: str, prefix: bool) -> Entries:
        """As `counted`, with positions; of a prefix in no order."""
        if (word, prefix) not in self._entries:
            nothing = np.empty(0, dtype=np.int64)
            read = [(p.places.astype(np.int64) + base, p.counts, p.positions) for base, p in self._read(word, prefix, True)]
            found = [(nothing, nothing, nothing), *read]
            slots, counts, positions = (np.concatenate([f[i] for f in found if f[i] is not None]) for i in range(3))
            self._entries[word, prefix] = slots, counts, positions
        return self._entries[word, prefix]

    def phrases(self, phrases: Sequence[tuple[Sequence[str], bool]], mark: str) -> list[Array]:
        """Of each phrase (its words, and whether the last may be longer) the places where it begins, on those pages that
        have the words of all; rising. `mark` is "" for the text as read, MARK for alternate readings."""
        asked = {(mark + w, prefix and i == len(ws) - 1): None for ws, prefix in phrases for i, w in enumerate(ws)}
        common = np.ones(self.size, dtype=bool) if self.there is None else self.there.copy()
        read: dict[tuple[str, bool], Entries] = {}
        for word in asked:
            read[word] = self.entries(*word)
            here = np.zeros(self.size, dtype=bool)
            here[read[word][0]] = True
            common &= here
            if not common.any():
                return [np.empty(0, dtype=np.int64) for _ in phrases]
        places = {word: _places(*entries, common, word[1]) for word, entries in read.items()}
        out = []
        for ws, prefix in phrases:
            stand = [places[mark + w, prefix and i == len(ws) - 1] - i for i, w in enumerate(ws)]
            stand.sort(key=len)
            starts = stand[0]
            for other in stand[1:]:
                starts = starts[_among(starts, other)]
            out.append(starts)
        return out

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


def _places(slots: Array, counts: Array, positions: Array, common: Array, unordered: bool) -> Array:
    kept = common[slots]
    counts = counts.astype(np.int64)
    starts = (np.cumsum(counts) - counts)[kept]
    where = positions[ragged(starts, counts[kept])].astype(np.int64)
    places = (np.repeat(slots[kept].astype(np.int64), counts[kept]) << SLOT) + where
    return np.sort(places) if unordered else places


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
