"""The trained part beside the cues: is a unit advice, of what kind, for or against? Weights in models/recommendations.

Logistic regression over the features of wording.py judges every unit; those that it does not rule out the network reads where
they stand (network.py), and both are weighed together. The recipe is models/recommendations/train.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.core import knowledge
from pipeline.recognize import network
from pipeline.recognize.wording import Unit, features

RULED_OUT = 0.05
"""Probability by the regression up to which a unit is not asked of the network: 90 of 100 pieces of advice lie above."""

_SHORTEST = 3  # words
_SPOKEN = "wbtf"  # features that are words; the others are cues and places


@dataclass(frozen=True, slots=True)
class Judgement:
    """The probability that a unit is advice and, if it is, that it is against something, and its likeliest kind."""

    advice: float
    against: float
    kind: str


def judge(cut: Sequence[Unit]) -> list[Judgement | None]:
    """What regression and network together make of the units of a document; None for those that no advice can be."""
    given = [values(features(cut, i)) if may_advise(u) else None for i, u in enumerate(cut)]
    first = [odds("advice", g) if g is not None else -math.inf for g in given]
    read = network.answers(cut, [i for i, o in enumerate(first) if probability(o) > RULED_OUT])
    return [None if g is None else _weighed(g, first[i], read.get(i)) for i, g in enumerate(given)]


def may_advise(unit: Unit) -> bool:
    """Whether a unit is a sentence of ours: no heading, not another government's, not too short."""
    return not (unit.heading or unit.foreign) and len(unit.text.split()) >= _SHORTEST


def _weighed(given: Mapping[str, float], advice: float, read: network.Answer | None) -> Judgement:
    against = odds("against", given)
    kinds = {k: math.log(probability(odds(f"kind:{k}", given))) for k in network.KINDS}
    if read:
        advice = odds("both", {"regression": advice, "network": read.advice})
        against = (against + read.against) / 2
        kinds = {k: kinds[k] / 2 + read.kinds[k] for k in kinds}  # the network knows kinds better
    return Judgement(probability(advice), probability(against), max(kinds, key=lambda k: kinds[k]))


@cache
def weights() -> dict[str, dict[str, float]]:
    """For each question ("advice", "against", "kind:option" ...) the weight of each feature; "" is the constant."""
    loaded: dict[str, dict[str, float]] = json.loads(
        (knowledge.models() / "recommendations" / "weights.json").read_text("utf-8")
    )
    return loaded


def values(features: Iterable[str]) -> dict[str, float]:
    """Features with their values: cues and places count whole, words less the more there are of them."""
    known = sorted(features)
    words = sum(f[0] in _SPOKEN for f in known)
    share = 1 / math.sqrt(max(1.0, words / 30))
    return {f: share if f[0] in _SPOKEN else 1.0 for f in known}


def odds(question: str, given: Mapping[str, float]) -> float:
    """The log odds that the answer to `question` is yes."""
    table = weights()[question]
    return table.get("", 0.0) + sum(v * table[f] for f, v in given.items() if f in table)


def probability(odds: float) -> float:
    """Log odds as a probability 0..1."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
