"""The network that reads a sentence in its context: is it advice, is it against, of which kind? models/recommendations.

An encoder of six layers in 8 bits; card and recipe lie beside it. What it is shown is `shown`, here and in its recipe. It reads
one sentence at a time: on one core that is as quick as many at once, and an answer does not hang on what else was asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from pipeline.core import knowledge
from pipeline.recognize.pieces import Pieces
from pipeline.recognize.wording import Unit, lead_in

KINDS = ("recommendation", "option", "request", "instruction", "contingent")

_OWN, _LEAD, _BEFORE, _AFTER = 64, 20, 28, 16  # pieces


@dataclass(frozen=True, slots=True)
class Answer:
    """Log odds that a unit is advice and that it is against something, and for each of KINDS how much speaks for it (log)."""

    advice: float
    against: float
    kinds: dict[str, float]


def answer(cut: Sequence[Unit], i: int) -> Answer:
    """What the network says of unit `i`; some 5 ms on one core."""
    session, pieces = _network()
    numbers, own = numbered(pieces, shown(cut, i))
    sides = np.arange(len(numbers)) >= own
    fed = {"pieces": np.array([numbers], np.int64), "sides": sides[None].astype(np.int64)}
    advice, against, *kinds = session.run(None, fed)[0][0].tolist()
    return Answer(advice, against, dict(zip(KINDS, kinds, strict=True)))


def shown(cut: Sequence[Unit], i: int) -> tuple[str, str, str, str, str]:
    """What is shown of unit `i`: itself, words for its setting, the lead-in of its list, the units before and after it."""
    unit = cut[i]
    before = cut[i - 1] if i else None
    lead = lead_in(cut, i)
    setting = (unit.document, "telegram" * unit.telegram, unit.section, "item" * unit.item, *sorted(unit.voices))
    return (
        unit.text,
        " ".join(filter(None, (*setting, str(unit.reporting)))),
        lead.text if lead and lead is not before else "",
        before.text if before else "",
        cut[i + 1].text if i + 1 < len(cut) else "",
    )


def numbered(pieces: Pieces, parts: Sequence[str]) -> tuple[list[int], int]:
    """The numbers of the pieces of what is shown, and how many of the first belong to the unit itself.

    Of a long unit its begin and end are kept, of what stands before it the end, of what stands after it the begin.
    """
    own, setting, lead, before, after = map(pieces.numbers, parts)
    if len(own) > _OWN:
        own = own[: _OWN * 2 // 3] + own[-(_OWN - _OWN * 2 // 3) :]
    numbers = [pieces.start, *own, pieces.stop]
    for part in (setting, lead[-_LEAD:], before[-_BEFORE:], after[:_AFTER]):
        numbers += [*part, pieces.stop]
    return numbers, len(own) + 2


@cache
def _network() -> tuple[Any, Pieces]:
    """The network ready to run and its vocabulary; 70 MB, loaded once a process when the first doubt arises."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # What the engine would fuse beyond this runs a fifth slower here: sums of layers with their norms.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    session = onnxruntime.InferenceSession(
        knowledge.models() / "recommendations" / "network.onnx", options, providers=["CPUExecutionProvider"]
    )
    return session, Pieces(session.get_modelmeta().custom_metadata_map["pieces"].split("\n"))
