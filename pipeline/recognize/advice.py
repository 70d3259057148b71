"""The trained part beside the cues: is a unit advice, of what kind, for or against? Weights in models/recommendations.

Logistic regression over the features of wording.py; the recipe is models/recommendations/train.py. Only a sum and an
exponential are needed here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from functools import cache

from pipeline.core import knowledge

_SPOKEN = "wbtf"  # features that are words; the others are cues and places


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


def probability(question: str, shown: Mapping[str, float]) -> float:
    """The probability 0..1 that the answer to `question` is yes."""
    table = weights()[question]
    score = table.get("", 0.0) + sum(v * table[f] for f, v in shown.items() if f in table)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def kind(shown: Mapping[str, float]) -> tuple[str, float]:
    """The likeliest kind and its share among the kinds."""
    scored = {q.partition(":")[2]: probability(q, shown) for q in weights() if q.startswith("kind:")}
    best = max(sorted(scored), key=lambda k: scored[k])
    return best, scored[best] / max(sum(scored.values()), 1e-9)
