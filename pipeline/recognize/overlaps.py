"""Names that several witnesses have found in one text, and which of them stand where they overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.recognize.gazetteer import Entry


@dataclass(frozen=True, slots=True)
class Name:
    """A name found: half-open span of the running text, label, who found it and how sure, the entries it may mean."""

    start: int
    end: int
    label: str
    method: str
    confidence: float
    rank: float
    entries: tuple[Entry, ...] = ()
    name: str = ""
    key: str = ""


def settle(heard: Iterable[Name]) -> list[Name]:
    """Overlaps resolved: agreement makes surer, the higher rank and the longer name stand, a place may lie in a body."""
    kept: list[Name] = []
    taken: dict[int, list[Name]] = {}
    order = sorted(heard, key=lambda n: (-_weight(n), n.start, -n.end))
    for n in order:
        near = {id(k): k for i in range(n.start // 64, n.end // 64 + 1) for k in taken.get(i, ())}
        clash = [k for k in near.values() if k.start < n.end and n.start < k.end]
        if any(k.label == n.label for k in clash):
            for k in clash:
                if k.label == n.label and (k.start, k.end) == (n.start, n.end) and k.method != n.method:
                    better = replace(k, confidence=1 - (1 - k.confidence) * 0.5)
                    kept[kept.index(k)] = better
                    for i in range(k.start // 64, k.end // 64 + 1):
                        taken[i][taken[i].index(k)] = better
            continue
        if all(_nests(n, k) for k in clash):
            kept.append(n)
            for i in range(n.start // 64, n.end // 64 + 1):
                taken.setdefault(i, []).append(n)
    return kept


def _weight(n: Name) -> float:
    return n.rank + min(n.end - n.start, 60) / 12


def _nests(a: Name, b: Name) -> bool:
    """Whether one of the two is a place inside the other, which is a body."""
    inner, outer = (a, b) if a.end - a.start < b.end - b.start else (b, a)
    if inner.end - inner.start == outer.end - outer.start:
        return False
    return inner.label == "PLACE" and outer.label == "ORG" and outer.start <= inner.start and inner.end <= outer.end
