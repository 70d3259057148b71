"""The door to spaCy: the house's own pipeline in models/entities/weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from pipeline.core import knowledge

if TYPE_CHECKING:
    from spacy.language import Language

_LONGEST = 4000  # characters in one piece: longer passages are cut, so that memory stays flat


@cache
def _pipeline() -> Language:
    import spacy

    return spacy.load(knowledge.models() / "entities" / "weights")


def recognize(passages: Sequence[str]) -> Iterator[list[tuple[int, int, str]]]:
    """For each passage the names in it: half-open span and label (PERSON, ORG, PLACE, EVENT, CODENAME)."""
    pieces = [(n, i) for n, p in enumerate(passages) for i in range(0, max(1, len(p)), _LONGEST)]
    docs = _pipeline().pipe((passages[n][i : i + _LONGEST] for n, i in pieces), batch_size=64)
    found: list[tuple[int, int, str]] = []
    last = 0
    for (n, i), doc in zip(pieces, docs, strict=True):
        if n != last:
            yield found
            found, last = [], n
        found += [(i + e.start_char, i + e.end_char, e.label_) for e in doc.ents]
    if pieces:
        yield found
