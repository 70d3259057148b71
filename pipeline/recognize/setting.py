"""Where a sentence is spoken: the kind of document by its head, and whose voice a sentence reports.

Estimates, bulletins and notes of talks speak of what should happen without advising it; "he said that we should" is his.
Patterns: models/recommendations/setting.toml. The judge (advice.py) weighs what is found here; nothing is ruled out by it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.core import knowledge

HEAD = 350
"""Characters, white space made single, in which a document says what it is."""

_LEVELS = (0.05, 0.12, 0.25)


@dataclass(frozen=True, slots=True)
class Sign:
    """One kind of document or one voice: its pattern and the proof of it."""

    id: str
    pattern: re.Pattern[str]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@cache
def kinds() -> tuple[Sign, ...]:
    """The kinds of document; of two that begin at the same place the first counts."""
    return tuple(_sign(k, re.compile(k["pattern"], re.IGNORECASE)) for k in _data()["kind"])


@cache
def voices() -> tuple[Sign, ...]:
    """The signs of a voice in a sentence."""
    saying = "|".join(_data()["saying"])
    then = rf"(?:(?:{'|'.join(_data()['between'])}|\w+ly)\s+){{0,2}}"
    return tuple(
        _sign(v, re.compile(v["pattern"].replace("SAYING", saying).replace("THEN", then))) for v in _data()["voice"]
    )


def kind_of(text: str) -> str:
    """The kind of document that its head names first, "other" when it names none, "parley" for talks with foreigners."""
    head = " ".join(text[: 2 * HEAD].split())[:HEAD]
    named = [(m.start(), n) for n, k in enumerate(kinds()) if (m := k.pattern.search(head))]
    kind = kinds()[min(named)[1]].id if named else "other"
    return "parley" if kind in ("talk", "meeting") and with_guests(text) else kind


def with_guests(text: str) -> bool:
    """Whether the title and the participants of a talk name people of other governments, to whom nobody advises."""
    head = text[: 2 * HEAD].rpartition("\n")[0] if len(text) > 2 * HEAD else text
    return any(p.search(head) for p in _guest_patterns())


def heard(sentence: str) -> frozenset[str]:
    """The ids of the voices that a sentence shows; in capitals any word may be the name of who speaks, but "I" and "we"."""
    if not sentence.isupper():
        return frozenset(v.id for v in voices() if v.pattern.search(sentence))
    shown = frozenset(v for v, pattern in _in_capitals().items() if pattern.search(sentence))
    return shown - {"third", "past"} if "first" in shown else shown


@cache
def _in_capitals() -> dict[str, re.Pattern[str]]:
    return {v.id: re.compile(v.pattern.pattern, re.IGNORECASE) for v in voices()}


def reporting(sentences: Sequence[frozenset[str]]) -> int:
    """How much of a document reports what was said, 0..3, from the voices of its sentences."""
    share = sum(bool(s & {"third", "first"}) for s in sentences) / max(1, len(sentences))
    return sum(share > level for level in _LEVELS)


def guests() -> dict[str, Any]:
    """The signs of foreigners at a talk, with the proof of them."""
    signs: dict[str, Any] = _data()["guests"]
    return signs


@cache
def _guest_patterns() -> tuple[re.Pattern[str], ...]:
    countries = [
        r for r in knowledge.table("gazetteer/places.csv") if r["kind"] == "country" and r["name"] != "United States"
    ]
    names = {n for r in countries for of in ("name", "aliases", "demonyms") for n in r[of].split("|") if len(n) > 2}
    abroad = {way for n in names if n[0].isupper() for way in (n, n.upper())}
    nation = "(?:" + "|".join(sorted(map(re.escape, abroad), key=len, reverse=True)) + ")"
    leader = f"(?:{'|'.join(guests()['leaders'])})"
    return tuple(re.compile(p.replace("NATION", nation).replace("LEADER", leader)) for p in guests()["patterns"])


def _sign(row: dict[str, Any], pattern: re.Pattern[str]) -> Sign:
    return Sign(row["id"], pattern, tuple(row["examples"]), tuple(row["counterexamples"]))


@cache
def _data() -> dict[str, Any]:
    return knowledge.toml("recommendations/setting.toml")
