"""The network that reads a stretch of a document and says of its sentences: advice, against, of which kind?

An encoder of six layers in 8 bits; card and recipe lie beside it in models/recommendations. It reads some 180 pieces of words
at a time, around the sentences that are in doubt: what stands before and after decides whether "we should" is advice, a
forecast or what a visitor said. What it is shown is laid out here, for use and for its recipe alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

import numpy as np

from pipeline.core import knowledge
from pipeline.recognize.pieces import Pieces
from pipeline.recognize.wording import Unit, lead_in

KINDS = ("recommendation", "option", "request", "instruction", "contingent")

_OWN, _TITLE, _LEAD = 64, 24, 24  # pieces that are shown of a unit, of a document's title, of a lead-in


@dataclass(frozen=True, slots=True)
class Answer:
    """Log odds that a unit is advice and that it is against something, and for each of KINDS how much speaks for it (log)."""

    advice: float
    against: float
    kinds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document in numbers of pieces: words for its setting, its title, its units, the lead-in of each unit (-1: none)."""

    setting: Sequence[int]
    title: Sequence[int]
    units: Sequence[Sequence[int]]
    leads: Sequence[int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Units `first` to `last` (not with it), read at once for the sake of those `asked` about."""

    first: int
    last: int
    asked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """How many pieces a stretch has before its first doubt, after its last, and in all."""

    before: int = 44
    after: int = 24
    all: int = 176


def answers(cut: Sequence[Unit], doubtful: Sequence[int]) -> dict[int, Answer]:
    """What the network says of the `doubtful` units of a document; some 10 ms a stretch on one core."""
    if not doubtful:
        return {}
    session, pieces = _network()
    sheet = in_pieces(pieces, cut)
    found: dict[int, Answer] = {}
    for stretch in stretches([len(u) for u in sheet.units], doubtful):
        numbers, places = laid(pieces, sheet, stretch)
        shares, ends = pooled(places, stretch.asked, len(numbers))
        fed = {"pieces": np.array([numbers], np.int64), "shares": shares, "ends": ends}
        for i, (advice, against, *kinds) in zip(stretch.asked, session.run(None, fed)[0].tolist(), strict=True):
            found[i] = Answer(advice, against, dict(zip(KINDS, kinds, strict=True)))
    return found


def in_pieces(pieces: Pieces, cut: Sequence[Unit]) -> Sheet:
    """A document as the network may be shown it; of a long unit begin and end are kept."""
    place = {id(u): i for i, u in enumerate(cut)}
    leads = [place[id(lead)] if (lead := lead_in(cut, i)) is not None else -1 for i in range(len(cut))]
    setting = f"{cut[0].document} {'telegram ' * cut[0].telegram}{cut[0].reporting}"
    title = [n for u in cut[:6] for n in pieces.numbers(u.text)][:_TITLE]
    return Sheet(pieces.numbers(setting), title, [unit_in_pieces(pieces, u, u.text) for u in cut], leads)


def unit_in_pieces(pieces: Pieces, unit: Unit, text: str) -> list[int]:
    """A unit that reads `text`: the kind of section that it stands in, its words, a stop."""
    own = pieces.numbers(text)
    if len(own) > _OWN:
        own = own[: _OWN * 2 // 3] + own[-(_OWN - _OWN * 2 // 3) :]
    return [*pieces.numbers(unit.section), *own, pieces.stop]


def stretches(lengths: Sequence[int], doubtful: Sequence[int], room: Room | None = None) -> Iterator[Stretch]:
    """The stretches in which all `doubtful` units, in order, are read; `lengths` of the units in pieces."""
    room = room or Room()
    upto = [0, *accumulate(lengths)]
    k = 0
    while k < len(doubtful):
        first = last = doubtful[k]
        while first and upto[doubtful[k]] - upto[first - 1] <= room.before:
            first -= 1
        end = k + 1
        while end < len(doubtful) and upto[doubtful[end] + 1] - upto[first] <= room.all - room.after:
            end += 1
        last = doubtful[end - 1] + 1
        core = last
        while last < len(lengths) and upto[last + 1] - upto[core] <= room.after:
            last += 1
        yield Stretch(first, last, tuple(doubtful[k:end]))
        k = end


def laid(pieces: Pieces, sheet: Sheet, stretch: Stretch) -> tuple[list[int], dict[int, tuple[int, int]]]:
    """The numbers of the pieces of a stretch as they are shown, and where each of its units stands among them."""
    numbers = [pieces.start, *sheet.setting, pieces.stop]
    numbers += [*(sheet.title if stretch.first else ()), pieces.stop]
    lead = next((sheet.leads[i] for i in range(stretch.first, stretch.last) if sheet.leads[i] >= 0), stretch.first)
    numbers += [*(sheet.units[lead][:-1][-_LEAD:] if lead < stretch.first else ()), pieces.stop]
    places = {}
    for i in range(stretch.first, stretch.last):
        places[i] = len(numbers), len(numbers) + len(sheet.units[i])
        numbers += sheet.units[i]
    return numbers, places


def pooled(places: Mapping[int, tuple[int, int]], asked: Sequence[int], length: int) -> tuple[np.ndarray, np.ndarray]:
    """For each unit asked about the share of every piece in its mean, and the place of its stop."""
    shares = np.zeros((len(asked), length), np.float32)
    for row, i in enumerate(asked):
        start, end = places[i]
        shares[row, start:end] = 1 / (end - start)
    return shares, np.array([places[i][1] - 1 for i in asked], np.int64)


@cache
def _network() -> tuple[Any, Pieces]:
    """The network ready to run and its vocabulary; 76 MB, loaded once a process when the first doubt arises."""
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
