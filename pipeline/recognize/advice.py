"""The trained part beside the cues: is a unit advice, of what kind, for or against? Weights in models/recommendations.

Logistic regression over the features of wording.py judges every unit; those that it does not rule out the network reads in
their context (network.py), and both are weighed together. The recipe is models/recommendations/train.py.
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
"""Probability by the regression up to which a unit is not shown to the network: 93 of 100 pieces of advice lie above."""

_SPOKEN = "wbtf"  # features that are words; the others are cues and places


@dataclass(frozen=True, slots=True)
class Judgement:
    """The probability that a unit is advice and, if it is, that it is against something, and its likeliest kind."""

    advice: float
    against: float
    kind: str


def judge(cut: Sequence[Unit], i: int) -> Judgement:
    """What regression and network together make of unit `i`."""
    given = values(features(cut, i))
    advice, against = odds("advice", given), odds("against", given)
    kinds = {k: math.log(probability(odds(f"kind:{k}", given))) for k in network.KINDS}
    if probability(advice) > RULED_OUT:
        read = network.answer(cut, i)
        advice = odds("both", {"regression": advice, "network": read.advice})
        against = (against + read.against) / 2
        kinds = {k: kinds[k] + read.kinds[k] / 2 for k in kinds}  # the regression knows kinds somewhat better
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
