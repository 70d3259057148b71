"""How well a page could be read, in a grade and in plain words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.core.knowledge import toml
from pipeline.core.page import ReadWord
from pipeline.ocr.lexicon import likeness

LEAD = 10.0  # in units of log probability: more says no more, and so leads what had no contest
ASKEW = 2.0  # degrees from which a page's skew is worth a word
WORDLIKE = re.compile(r"[A-Za-z][a-z'’]+|[A-Z]{2,}|[\d.,/:()-]+|[AaI]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a word came about: who read it so (rapidocr, tesseract, both or fusion), the first
    reader's confidence in the weakest letter there, the second reader's in its words (0 when it had none), by how much
    the reading led the next best (see `fuse.leads`), and the share of the page's letters that are in doubt."""

    reader: str
    weakest: float
    second: float
    lead: float = 0.0
    doubt: float = 0.0


@cache
def calibration() -> dict[str, dict[str, float]]:
    """By reader, the logistic curve that turns evidence into a probability: see models/reading/README.md."""
    return {name: dict(curve) for name, curve in toml("reading/confidence.toml").items()}


def word_confidence(text: str, evidence: Evidence) -> float:
    """The probability that a word is right to the letter."""
    curve = calibration()[evidence.reader]
    score = curve["bias"] + sum(curve[name] * value for name, value in terms(likeness(text), evidence).items())
    return 1 / (1 + math.exp(-score))


def terms(known: float, evidence: Evidence) -> dict[str, float]:
    """What the curves weigh: the evidence, and how `known` a word is (`lexicon.likeness`)."""
    return {
        "weakest": logit(evidence.weakest),
        "second": logit(evidence.second),
        "lead": evidence.lead,
        "settled": float(evidence.lead >= LEAD),
        "likeness": known,
        "doubt": evidence.doubt,
    }


def logit(p: float) -> float:
    """Log odds, held within what readers can know."""
    p = min(max(p, 0.01), 0.999)
    return math.log(p / (1 - p))


def confidence(lines: Sequence[Sequence[ReadWord]]) -> float:
    """Share of the page's characters that are expected right: the words' confidences weighted by their length."""
    words = [w for line in lines for w in line]
    size = sum(len(w.text) for w in words)
    return sum(w.confidence * len(w.text) for w in words) / size if size else 0.0


def grade(lines: Sequence[Sequence[ReadWord]], skew: float = 0.0, apart: Sequence[str] = ()) -> tuple[str, str]:
    """(good, fair, poor, unreadable or blank; why). `apart` has the kind of each region that is no type."""
    words = [w for line in lines for w in line]
    beside = "".join(
        f"; {n} {'line' if n == 1 else 'lines'} of {kind} set apart"
        for kind in ("handwriting", "noise")
        if (n := sum(k == kind for k in apart))
    )
    if not words:
        return "blank", f"no type was found on the page{beside}"
    sure = confidence(lines)
    doubtful = sum(w.confidence < 0.6 for w in words)
    share = doubtful / len(words)
    more = (f"; the page is {abs(skew):.1f} degrees askew" if abs(skew) >= ASKEW else "") + beside
    if sure >= 0.9:
        return "good", f"{len(words)} words, {doubtful} of them doubtful{more}"
    if sure >= 0.75:
        return "fair", f"{share:.0%} of the words are doubtful: worn type, noise or handwriting{more}"
    wordlike = sum(bool(WORDLIKE.fullmatch(w.text.strip(".,;:\"'()"))) for w in words) / len(words)
    if sure >= 0.45 or wordlike >= 0.7:
        return "poor", f"{share:.0%} of the words are doubtful: much noise, faint type or handwriting{more}"
    return "unreadable", f"hardly any of the {len(words)} words look like words: noise, a picture or handwriting{more}"
