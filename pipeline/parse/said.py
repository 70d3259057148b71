"""A particular as the paper tells it."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.parse.cues import squash
from pipeline.parse.rows import Passage


class Said(NamedTuple):
    """A particular as the head tells it: `value` as understood, the passage as printed, the rule, how sure."""

    name: str
    value: str
    passage: Passage
    rule: str
    confidence: float


def line(text: str) -> str:
    """Text on one line, without the specks and marks at its ends."""
    return re.sub(r"\s+", " ", text).strip(" .,;:|_~-–—'‘’\"“”*»«=")


def said(name: str, passage: Passage | None, rule: str, confidence: float) -> Said | None:
    """What a passage says as one value; None when it holds no word that could be read."""
    if not passage:
        return None
    value = line(" ".join(line(part) for part in passage.text.split("\n") if line(part)))
    if len(squash(value)) < 2 or passage.confidence < 0.35 or not re.search(r"[A-Za-z]{2}", value):
        return None
    return Said(name, value, passage, rule, round(confidence * (0.6 + 0.4 * passage.confidence), 3))
