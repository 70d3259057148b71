"""The recipe of hand.onnx, the last layers of the line recogniser for days written by hand.

    python models/stamps/hand/train_hand.py draw FONTS LINES.PKL [--lines 10000] [--seed 1]
    python models/stamps/hand/train_hand.py fit LINES.PKL [--epochs 3] [--out hand.onnx]

`draw` draws lines (lines.py) from the fonts of handwriting under FONTS, stretched so that thin figures have columns of their
own, and keeps what the recogniser's convolutions see of them. `fit` goes on from the package's own last layers
(models/reading/head.py) by CTC. One font in eight is held out. Needs Pillow for the first, jax, optax and onnx for the second.
"""

from __future__ import annotations

import argparse
import pickle
import random
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "models" / "reading"), str(HERE)]

STRETCH = (1.0, 2.0)
HELD = 8
BUCKETS = ((40, 32, 20), (72, 16, 24))  # columns, lines, letters


def draw(fonts: Path, out: Path, count: int, seed: int) -> None:
    import cv2
    from lines import HIGH, Hand, text

    from pipeline.ocr import rapid

    words = [line.split("\t")[0] for line in (ROOT / "models/reading/words.tsv").read_text("utf-8").splitlines()[:8000]]
    words = [w for w in words if w.isalpha() and w.isascii()]
    every = sorted(f for f in fonts.rglob("*.woff") if f.name.endswith("latin-400-normal.woff") and "-ext-" not in f.name)
    typed = sorted((ROOT / "corpus" / "fonts").glob("Record*.ttf"))
    rng = random.Random(seed)
    learn, held = (Hand([f for n, f in enumerate(every) if (n % HELD == 0) is o], typed, rng) for o in (False, True))
    examples = []
    for n in range(count):
        string, apart = text(words, rng), n % 16 == 0
        picture = (held if apart else learn).picture(string)
        wide = min(640, round(picture.shape[1] * rng.uniform(*STRETCH)))
        crop = cv2.resize(picture, (wide, HIGH), interpolation=cv2.INTER_LINEAR)
        examples.append({"feature": rapid.see(crop).astype("float16"), "label": string, "held": apart})
        if n % 1000 == 0:
            print(n, flush=True)
    out.write_bytes(pickle.dumps(examples))


def fit(path: Path, out: Path, epochs: int) -> None:
    import head
    import train_head
    from lines import CHARACTERS

    from pipeline.ocr import rapid

    train_head.BUCKETS = BUCKETS
    recogniser = head.carried()
    known = ["\0", *rapid._session(recogniser).get_modelmeta().custom_metadata_map["character"].splitlines(), " "]
    columns = [0, *(known.index(c) for c in CHARACTERS[1:-1]), len(known) - 1]
    number = {c: i for i, c in enumerate(CHARACTERS)}
    examples: list[dict[str, Any]] = [e for p in path.parent.glob(path.name) for e in pickle.loads(p.read_bytes())]

    def some(held: bool) -> list[train_head.Example]:
        return [
            (e["feature"].astype("float32"), [number[c] for c in e["label"] if c in number])
            for e in examples
            if e["held"] is held and 2 <= len(e["label"]) < len(e["feature"])
        ]

    first = head.pretrained(recogniser, columns)
    learn, held = some(False), some(True)
    print(f"{len(learn)} lines to learn from, {len(held)} held out; errors before {train_head.errors(first, held):.4f}")
    last = train_head.learned(first, learn, held, epochs)
    out.write_bytes(head.written(last, CHARACTERS))


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = cli.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("draw")
    one.add_argument("fonts", type=Path)
    one.add_argument("lines", type=Path)
    one.add_argument("--lines", dest="count", type=int, default=10_000)
    one.add_argument("--seed", type=int, default=1)
    two = verbs.add_parser("fit")
    two.add_argument("lines", type=Path)
    two.add_argument("--epochs", type=int, default=3)
    two.add_argument("--out", type=Path, default=HERE.parent / "hand.onnx")
    args = cli.parse_args()
    if args.verb == "draw":
        draw(args.fonts, args.lines, args.count, args.seed)
    else:
        fit(args.lines, args.out, args.epochs)


if __name__ == "__main__":
    main()
