"""Where words, phrases and words near each other stand, read from the index (`words`), alike on every database.

Pages are known here by slots: numbers from 0 over all parts of the index, in the state that the connection sees. A place
is a slot and a position in one number, so that a phrase is an intersection of sorted places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, Text, and_, bindparam, func, select

from pipeline.store import words
from pipeline.store.dialect import listed
from pipeline.store.postings import Array, may_have, ragged, wide
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

    @classmethod
    def of_row(
        cls, wanted: str, part: int, first: str, names: str, sizes: bytes, places: bytes, counts: bytes
    ) -> Stretch | None:
        """What a row has of the word, or beginning, that is wanted, with a blank before it; None when it has nothing."""
        names = f" {names} "
        own = names.count(" ", 0, at) if (at := names.find(wanted)) >= 0 else None
        if own is None:
            return None
        on = wide(sizes, names.count(" ") - 1)
        start, end = int(on[:own].sum()), int(on[: own + names.count(wanted)].sum())
        often = wide(counts, int(on.sum()))
        return cls(part, first, wide(places, len(often))[start:end], often[start:end],
                   int(often[:start].sum()), int(often.sum()))  # fmt: skip

    def places_on(self, pages: Array, positions: bytes) -> Array:
        """The places on the pages that a mask says; `positions` are the row's, as they are kept."""
        kept = np.flatnonzero(pages[self.places])
        counts = self.counts[kept]
        ends = np.cumsum(self.counts, dtype=np.int64)[kept]
        where = wide(positions, self.total)[ragged(ends - counts + self.start, counts)]
        return np.repeat(self.places[kept].astype(np.int64) << SLOT, counts) + where


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
            some = [kept for _, kept in self._by_part(name, self._sizes)]
            self._columns[name] = np.concatenate(some) if some else np.empty(0, dtype=np.int64)
        return self._columns[name]

    def of(self, name: str, slots: Array) -> Array:
        """The same of some slots, in any order."""
        if not len(slots):
            return np.empty(0, dtype=np.int64)
        order = np.argsort(slots, kind="stable")
        ends = np.searchsorted(slots[order], np.cumsum([part.pages for part in self._parts])).tolist()
        some = {p.id: order[a:b] for p, a, b in zip(self._parts, [0, *ends], ends, strict=False) if a < b}
        out = np.empty(len(slots), dtype=np.int64)
        for part, kept in self._by_part(name, list(some)):
            out[some[part]] = kept[slots[some[part]] - self._bases[part]]
        return out

    def _by_part(self, name: str, ids: Collection[int]) -> Iterator[tuple[int, Array]]:
        if self._parts and name in self._parts[0].of_pages:
            yield from ((part.id, part.of_pages[name]) for part in self._parts if part.id in ids)
        else:
            asked = select(parts.c.id, parts.c[name]).where(parts.c.id.in_(ids)).order_by(parts.c.id)
            yield from ((part, wide(kept, self._sizes[part])) for part, kept in self.conn.execute(asked))

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
            rows = self.conn.execute(_ROWS[prefix], {"word": word, "until": word + _AFTER})
            wanted = f" {word}" if prefix else f" {word} "
            found = [Stretch.of_row(wanted, *row) for row in rows]
            self._stretches[word, prefix] = [stretch for stretch in found if stretch]
        return self._stretches[word, prefix]

    # phrases

    def phrases(self, phrases: Sequence[tuple[Sequence[str], bool]], mark: str) -> list[Array]:
        """Of each phrase (its words, and whether the last may be longer) the places where it begins, on those pages that
        have the words of all; rising. `mark` is "" for the text as read, MARK for alternate readings. Positions are read
        only where all the words are."""
        written = [[(mark + w, prefix and i == len(ws) - 1) for i, w in enumerate(ws)] for ws, prefix in phrases]
        common = self._common(list(dict.fromkeys(word for some in written for word in some)))
        out = []
        for some in written:
            found = self._following(some, common) if common else {}
            starts = [found[part] + (base << SLOT) for part, base in self._bases.items() if part in found]
            out.append(np.concatenate([np.empty(0, dtype=np.int64), *starts]))
        return out

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

    def _following(self, some: Sequence[Word], on: Mapping[int, Array]) -> dict[int, Array]:
        """By part where words stand one after the other, on the pages given by masks; counted from the part's first page,
        rising. The rarest is looked at first, and the others only where it may still be."""
        found: dict[int, Array] = {}
        rarest = sorted(range(len(some)), key=lambda i: sum(len(s.places) for s in self._read(*some[i])))
        for n, i in enumerate(rarest):
            if n:
                on = {part: _pages_of(starts, self._sizes[part]) for part, starts in found.items()}
            places = self._places(some[i], on)
            found = {part: found[part][_among(found[part] + i, here)] if n else here - i for part, here in places.items()}
            found = {part: starts for part, starts in found.items() if len(starts)}
        return found

    def _places(self, word: Word, on: Mapping[int, Array]) -> dict[int, Array]:
        """By part the places of a word on the pages given by masks, rising."""
        stretches = {(s.part, s.first): s for s in self._read(*word) if s.part in on}
        if not stretches:
            return {}
        pairs = listed(self.conn, list(stretches))
        holding = and_(blocks.c.part == pairs.c.part, blocks.c.first == pairs.c.word)
        asked = select(blocks.c.part, blocks.c.first, blocks.c.positions).join_from(pairs, blocks, holding)
        found: defaultdict[int, list[Array]] = defaultdict(list)
        for part, first, positions in self.conn.execute(asked):
            found[part].append(stretches[part, first].places_on(on[part], positions))
        return {part: np.sort(np.concatenate(some)) if word[1] else some[0] for part, some in found.items()}

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
    return asked.where(blocks.c.words.contains(word)).order_by(parts.c.id, blocks.c.first)


_ROWS = {prefix: _rows(prefix) for prefix in (False, True)}


def _pages_of(places: Array, size: int) -> Array:
    mask = np.zeros(size, dtype=bool)
    mask[places >> SLOT] = True
    return mask


def runs(rising: Array) -> tuple[Array, Array]:
    """The different numbers of some that rise, and how often each is there. (`numpy.unique` first imports masked arrays, a
    tenth of the time that the command takes.)"""
    starts = np.flatnonzero(np.concatenate([[True], rising[1:] != rising[:-1]])[: len(rising)])
    return rising[starts], np.diff(np.append(starts, len(rising)))


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
    reach = [words_ + distance for words_ in lengths]
    if len(starts) == 2:
        one, other = starts
        slots, often = runs(one[_close(one, other, *reach)] >> SLOT)
        return slots, [often, runs(other[_close(other, one, *reversed(reach))] >> SLOT)[1]]
    first = starts[0]
    for places, far in zip(starts[1:], reach[1:], strict=True):  # quickly: any of it near the first
        first = first[_close(first, places, reach[0], far)]
    common, _ = runs(first >> SLOT)
    bounds = [(np.searchsorted(places >> SLOT, common), np.searchsorted(places >> SLOT, common, "right")) for places in starts]
    kept, counts = [], []
    for i, slot in enumerate(common.tolist()):
        here = [places[a[i] : b[i]].tolist() for places, (a, b) in zip(starts, bounds, strict=True)]
        if counted := _walk(here, reach):
            kept.append(slot)
            counts.append(counted)
    columns = [np.array([c[i] for c in counts], dtype=np.int64) for i in range(len(starts))]
    return np.array(kept, dtype=np.int64), columns


def _close(some: Array, others: Array, ahead: int, behind: int) -> Array:
    """Which places have one of the others at most so far ahead or behind: with two phrases, those that `_walk` counts."""
    if not len(others):
        return np.zeros(len(some), dtype=bool)
    before = some - others[np.maximum(np.searchsorted(others, some, "right") - 1, 0)]
    after = others[np.minimum(np.searchsorted(others, some), len(others) - 1)] - some
    return np.asarray(((before >= 0) & (before <= behind)) | ((after >= 0) & (after <= ahead)))


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
