"""The words of many pages as arrays: which word stands on which page, how often, and where.

A word of an alternate reading is a word of its own, with MARK before it; its positions are those in the alternate readings.
Arrays are kept as bytes of the narrowest unsigned integers that hold them; how wide they are follows from their length.
"""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

from pipeline.store.tokens import tokens

Array: TypeAlias = npt.NDArray[Any]

MARK = "~"
BLOCK = 4096
"""Postings that are kept in one row; a word with more has a row of its own."""


@dataclass(frozen=True, slots=True)
class Postings:
    """`words` rise. Of each, `sizes` says on how many pages it stands; these follow one another in `places` (numbers of
    pages from 0, rising), with `counts`, how often it stands there; and these follow one another in `positions` (from 0,
    rising), which are None when they were not asked for."""

    words: Sequence[str]
    sizes: Array
    places: Array
    counts: Array
    positions: Array | None

    def part(self, start: int, end: int) -> Postings:
        """The words from `start` to `end`."""
        first, last = int(self.sizes[:start].sum()), int(self.sizes[:end].sum())
        positions = self.positions
        if positions is not None:
            before = int(self.counts[:first].sum())
            positions = positions[before : before + int(self.counts[first:last].sum())]
        return Postings(self.words[start:end], self.sizes[start:end], self.places[first:last], self.counts[first:last], positions)

    def split(self, word: str) -> tuple[Postings, Postings]:
        """The words before `word`, and from it on."""
        at = bisect_left(self.words, word)
        return self.part(0, at), self.part(at, len(self.words))

    def blocks(self) -> Iterator[Postings]:
        """The same in parts as they are kept: few words with many pages or many with few."""
        sizes = self.sizes.astype(np.int64)
        before = np.concatenate([[0], np.cumsum(sizes)])
        row = before[:-1] // BLOCK
        large = sizes > BLOCK
        cut = np.flatnonzero((row[1:] != row[:-1]) | large[1:] | large[:-1]) + 1
        tokens_before = np.concatenate([[0], np.cumsum(self.counts, dtype=np.int64)])
        for start, end in itertools.pairwise([0, *cut.tolist(), len(self.words)]):
            on = slice(before[start], before[end])
            positions = None if self.positions is None else self.positions[slice(*tokens_before[[on.start, on.stop]])]
            yield Postings(self.words[start:end], self.sizes[start:end], self.places[on], self.counts[on], positions)

    def as_row(self) -> dict[str, Any]:
        assert self.positions is not None
        arrays = {name: narrow(getattr(self, name)) for name in ("sizes", "places", "counts", "positions")}
        return {"first": self.words[0], "words": " ".join(self.words), **arrays}

    @classmethod
    def of_row(cls, words: str, sizes: bytes, places: bytes, counts: bytes, positions: bytes | None = None) -> Postings:
        listed = words.split(" ")
        on = wide(sizes, len(listed))
        pages = int(on.sum())
        often = wide(counts, pages)
        where = None if positions is None else wide(positions, int(often.sum()))
        return cls(listed, on, wide(places, pages), often, where)


def of_pages(pages: Sequence[tuple[str, str]]) -> tuple[Postings, Array]:
    """The postings of pages given by text and alternate readings, and how many words each page has."""
    codes: defaultdict[str, int] = defaultdict()
    codes.default_factory = codes.__len__
    coded = array("I")
    sizes = []
    for text, alternates in pages:
        own, others = tokens(text), tokens(alternates) if alternates else []
        coded.extend(map(codes.__getitem__, own))
        coded.extend([codes[MARK + word] for word in others])
        sizes += [len(own), len(others)]
    columns = np.array(sizes, dtype=np.int64)
    words = sorted(codes)
    ranks = np.empty(len(words), dtype=np.uint32)
    ranks[[codes[word] for word in words]] = np.arange(len(words), dtype=np.uint32)
    word = ranks[np.frombuffer(coded, dtype=np.uint32)]
    order = sorting(word)
    word = word[order]
    place = np.repeat(np.arange(len(columns)) // 2, columns)[order]
    position = (np.arange(len(order)) - np.repeat(np.cumsum(columns) - columns, columns))[order]
    starts = np.flatnonzero(np.concatenate([[True], (word[1:] != word[:-1]) | (place[1:] != place[:-1])])[: len(word)])
    counts = np.diff(np.append(starts, len(word)))
    on = np.bincount(word[starts], minlength=len(words))
    return Postings(words, on, place[starts], counts, position), columns.reshape(-1, 2).sum(axis=1)


def merged(some: Sequence[tuple[Postings, Array]]) -> Postings:
    """The postings of several sets of pages as one. Each comes with the new numbers of its pages, rising from one set to
    the next; a page with -1 is left out."""
    words = sorted(set().union(*[postings.words for postings, _ in some]))
    ranks = {word: i for i, word in enumerate(words)}
    word = np.concatenate([np.repeat([ranks[w] for w in p.words], p.sizes) for p, _ in some] or [np.empty(0)]).astype(np.int32)
    place = np.concatenate([numbers[p.places] for p, numbers in some])
    counts = np.concatenate([p.counts.astype(np.int64) for p, _ in some])
    positions = np.concatenate([p.positions for p, _ in some if p.positions is not None])
    starts = np.cumsum(counts) - counts
    order = sorting(word)
    order = order[place[order] >= 0]
    counts, starts = counts[order], starts[order]
    on = np.bincount(word[order], minlength=len(words))
    left = np.flatnonzero(on)
    return Postings([words[i] for i in left], on[left], place[order], counts, positions[ragged(starts, counts)])


def sorting(values: Array) -> Array:
    """The indices that sort numbers from 0 to 2^32, equal ones in their order: by halves, which numpy sorts by counting."""
    order = np.argsort(values.astype(np.uint16), kind="stable")
    high = (values >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")] if high.any() else order


def ragged(starts: Array, counts: Array) -> Array:
    """The indices of runs that begin at `starts` and are `counts` long, one run after the other."""
    counts = counts.astype(np.int64)
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - counts), counts) + np.arange(total)


def narrow(values: Array) -> bytes:
    """Numbers from 0, as few bytes each as the largest needs."""
    most = int(values.max(initial=0))
    kind = "<u1" if most < 1 << 8 else "<u2" if most < 1 << 16 else "<u4"
    return values.astype(kind).tobytes()


def wide(kept: bytes, count: int) -> Array:
    """What `narrow` kept: `count` numbers."""
    return np.frombuffer(kept, dtype=f"<u{len(kept) // count}" if count else "<u1")


# Which words there are


def filter_of(words: Sequence[str]) -> bytes:
    """A Bloom filter of words, about 16 bits each: says quickly of most words that are not among them that they are not."""
    bits = 1 << max(10, (16 * len(words) - 1).bit_length())
    kept = np.zeros(bits, dtype=bool)
    for probe in _probes(words, bits):
        kept[probe] = True
    return np.packbits(kept).tobytes()


def may_have(kept: bytes, words: Sequence[str]) -> Array:
    """For each word whether it may be among those of a filter."""
    bits = np.frombuffer(kept, dtype=np.uint8)
    out = np.ones(len(words), dtype=bool)
    for probe in _probes(words, len(bits) * 8):
        out &= (bits[probe >> 3] >> (7 - (probe & 7)).astype(np.uint8)) & 1 == 1
    return out


def _probes(words: Sequence[str], bits: int) -> tuple[Array, Array]:
    hashed = np.fromiter((crc32(word.encode()) for word in words), dtype=np.uint64, count=len(words))
    mixed = (hashed * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24)
    return (hashed & np.uint64(bits - 1)).astype(np.int64), (mixed & np.uint64(bits - 1)).astype(np.int64)


def digest(postings: Postings, pages: Array) -> int:
    """A sum over every word, page id and position, whatever order they come in: equal for equal indexes."""
    assert postings.positions is not None
    known = np.fromiter((crc32(word.encode()) for word in postings.words), dtype=np.uint64, count=len(postings.words))
    mixed = np.repeat(known, postings.sizes) * np.uint64(0x9E3779B97F4A7C15) + pages[postings.places].astype(np.uint64)
    mixed = np.repeat(mixed, postings.counts) * np.uint64(0xC2B2AE3D27D4EB4F) + postings.positions.astype(np.uint64)
    mixed ^= mixed >> np.uint64(29)
    return int((mixed * np.uint64(0xBF58476D1CE4E5B9)).sum(dtype=np.uint64))
