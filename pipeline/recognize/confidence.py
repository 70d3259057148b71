"""How sure a mention is, fitted on mentions that a reader judged (models/entities/calibrate.py)."""

from __future__ import annotations

import math
from functools import cache

from pipeline.core import knowledge


def group(label: str, method: str) -> str:
    """Who speaks for a mention, as far as it matters for how often it is right; `method` is the rule's or model's name."""
    if method == "entities":
        return f"model {label}" if label in ("PERSON", "ORG", "PLACE") else "model other"
    return method if method in ("gazetteer", "echo") else "form"


def shifted(told: float, shift: float) -> float:
    """A probability with its log-odds shifted."""
    safe = min(0.995, max(0.005, told))
    return 1 / (1 + math.exp(-math.log(safe / (1 - safe)) - shift))


def calibrated(told: float, label: str, method: str) -> float:
    """The probability 0..1 that a mention is right; `method` as findings have it: model:entities@1. Dates stay as told."""
    if label == "DATE":
        return told
    name = method.partition(":")[2].partition("@")[0]
    return shifted(told, _shifts().get(group(label, name), 0.0))


@cache
def _shifts() -> dict[str, float]:
    return {name: float(shift) for name, shift in knowledge.toml("entities/confidence.toml").items()}
