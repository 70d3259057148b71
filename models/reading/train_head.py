"""The recipe of typescript.onnx, the last layers of the line recogniser for worn typescript.

    python models/reading/train_head.py gather SHARED LINES.PKL [--pages 80] [--lines 100000]
    python models/reading/train_head.py fit LINES.PKL [--epochs 7] [--out typescript.onnx]

`gather` (agreed.py) reads pages of SHARED/silver with the program as it is and keeps the lines on which both transcriptions
agree, as scanned and twice worn further (wear.py). `fit` goes on from the package's own last layers (head.py), by CTC, with
columns hidden at random, then takes STEP of the way from those to what was learned (Wortsman et al. 2022, Robust fine-tuning
of zero-shot models): other faces than typewriters' must not be unlearned. One document in ten is held out, by its name.
Needs jax, optax and onnx, at training time only. On one slow core: `gather` 5 s a page, `fit` five minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

import agreed  # noqa: E402
import edlib  # noqa: E402
import head  # noqa: E402
import jax  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402

from pipeline.ocr import rapid  # noqa: E402

RATE, STEP, DROP, HIDDEN = 1e-3, 0.5, 0.1, 0.04
BUCKETS = ((72, 20, 60), (136, 12, 120))  # columns, lines, letters: few shapes, since each is compiled
Example = tuple[Any, list[int]]
"""What was seen (columns, 384), and the characters that are there, by number."""


def examples(path: Path, characters: str) -> tuple[list[Example], list[Example]]:
    """Those to learn from, and those of documents held out."""
    number = {c: i for i, c in enumerate(characters)}
    learn: list[Example] = []
    held: list[Example] = []
    for line in agreed.load(path):
        label = [number[c] for c in line["label"] if c in number]
        document = line["page"].rsplit(".p", 1)[0]
        out = int(hashlib.md5(document.encode()).hexdigest(), 16) % 10 == 0
        (held if out else learn).extend((f, label) for f in line["feats"] if 2 <= len(label) < len(f))
    return learn, held


def batches(some: Sequence[Example], rng: random.Random) -> list[tuple[list[Example], tuple[int, int, int]]]:
    """Examples of like length together, in random order; longer than the last of BUCKETS are left out."""
    rest = list(some)
    out = []
    for shape in BUCKETS:
        columns, lines, size = shape
        fit = [e for e in rest if len(e[0]) <= columns and len(e[1]) <= size]
        rest = [e for e in rest if not (len(e[0]) <= columns and len(e[1]) <= size)]
        rng.shuffle(fit)
        out += [(fit[i : i + lines], shape) for i in range(0, len(fit), lines)]
    rng.shuffle(out)
    return out


def packed(some: Sequence[Example], shape: tuple[int, int, int]) -> Iterator[Any]:
    """What was seen, where a line is, its label, where there is none, which rows count."""
    columns, lines, size = shape
    x, there = np.zeros((lines, columns, head.WIDE), np.float32), np.ones((lines, columns), np.float32)
    label, none = np.zeros((lines, size), np.int32), np.ones((lines, size), np.float32)
    for i, (feature, letters) in enumerate(some):
        x[i, : len(feature)] = feature
        there[i, len(feature) :] = 0
        label[i, : len(letters)] = letters
        none[i, : len(letters)] = 0
    yield from (x, there, label, none, (np.arange(lines) < len(some)).astype(np.float32))


def loss(p: head.Weights, x: Any, there: Any, label: Any, none: Any, counts: Any, key: Any) -> Any:
    """CTC's, over the root of a label's length, with columns hidden and layers dropped at random."""
    drop, hide = jax.random.split(key)
    shown = x * jax.random.bernoulli(hide, 1 - HIDDEN, there.shape)[..., None]
    each = optax.ctc_loss(head.forward(p, shown, there, drop, DROP), 1 - there, label, none)
    return (each * counts / jax.numpy.maximum(1, (1 - none).sum(-1)) ** 0.5).sum() / counts.sum()


def errors(p: head.Weights, held: Sequence[Example]) -> float:
    """Share of characters read wrongly."""
    wrong = size = 0
    for some, shape in batches(held, random.Random(0)):
        x, there, *_ = packed(some, shape)
        best = np.asarray(head.forward(p, x, there)).argmax(-1)
        for row, (feature, label) in zip(best, some, strict=False):
            row = row[: len(feature)]
            read = [c for n, c in enumerate(row) if c and (n == 0 or row[n - 1] != c)]
            wrong += edlib.align("".join(map(chr, label)), "".join(map(chr, read)))["editDistance"]
            size += len(label)
    return wrong / max(1, size)


def learned(p: head.Weights, learn: list[Example], held: list[Example], epochs: int) -> head.Weights:
    """The weights after `epochs` rounds over the examples."""
    rng, key = random.Random(1), jax.random.PRNGKey(0)
    steps = len(batches(learn, rng)) * epochs
    rate = optax.warmup_cosine_decay_schedule(0, RATE, min(30, steps // 2), steps, RATE / 50)
    rule = optax.chain(optax.clip_by_global_norm(5.0), optax.adamw(rate, weight_decay=1e-3))
    state = rule.init(p)

    @jax.jit
    def step(p: head.Weights, state: Any, key: Any, *batch: Any) -> tuple[head.Weights, Any]:
        change, state = rule.update(jax.grad(loss)(p, *batch, key), state, p)
        return optax.apply_updates(p, change), state

    for epoch in range(epochs):
        for some, shape in batches(learn, rng):
            key, once = jax.random.split(key)
            p, state = step(p, state, once, *packed(some, shape))
        print(f"epoch {epoch + 1}: errors {errors(p, held):.4f}", flush=True)
    return p


def fit(lines: Path, out: Path, epochs: int) -> None:
    characters, recogniser = rapid.characters(), head.carried()
    known = ["\0", *rapid._carried("rec").get_modelmeta().custom_metadata_map["character"].splitlines(), " "]
    columns = [0, *(known.index(c) for c in characters[1:-1]), len(known) - 1]
    first = head.pretrained(recogniser, columns)
    learn, held = examples(lines, characters)
    print(f"{len(learn)} lines to learn from, {len(held)} held out; errors before {errors(first, held):.4f}")
    last = learned(first, learn, held, epochs)
    between = jax.tree_util.tree_map(lambda a, b: (1 - STEP) * a + STEP * b, first, last)
    print(f"{STEP:.0%} of the way: errors {errors(between, held):.4f}")
    out.write_bytes(head.written(between, characters))


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = cli.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("gather")
    one.add_argument("shared", type=Path)
    one.add_argument("lines_file", type=Path)
    one.add_argument("--pages", type=int, default=80)
    one.add_argument("--lines", type=int, default=100_000, help="stop when there are as many")
    two = verbs.add_parser("fit")
    two.add_argument("lines_file", type=Path)
    two.add_argument("--epochs", type=int, default=7)
    two.add_argument("--out", type=Path, default=HERE / "typescript.onnx")
    args = cli.parse_args()
    if args.verb == "gather":
        agreed.gather(args.shared, args.lines_file, args.pages, args.lines)
    else:
        fit(args.lines_file, args.out, args.epochs)


if __name__ == "__main__":
    main()
