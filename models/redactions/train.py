"""The recipe of the network of bracket strokes: `make models` or `python models/redactions/train.py SHARED`.

SHARED/scans holds scans that no exam knows. labels.csv says of real strokes on JFK pages among them which way they are
brackets (file, page, box in points; open, close or neither; by eye, or by an earlier network that was sure of neither).
drawn.py draws more on all the pages; on scans of other collections, where nobody put brackets, every tall stroke is
neither. Strokes are found and seen as the program finds and sees them: `pipeline.parse.redacted.strokes`. Every fourth
file with labels is held out: its strokes measure and calibrate the network. Same seed, same versions: same weights.

Needs scikit-learn, at training time only.
"""

from __future__ import annotations

import argparse
import csv
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from drawn import CLOSE, NEITHER, OPEN, Rect, draw_on  # noqa: E402
from sklearn.exceptions import ConvergenceWarning  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import average_precision_score  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402

from pipeline.core.geometry import Box  # noqa: E402
from pipeline.core.page import Page  # noqa: E402
from pipeline.intake.scan import identify  # noqa: E402
from pipeline.intake.sheets import open_sheet  # noqa: E402
from pipeline.ocr.ink import PageInk  # noqa: E402
from pipeline.parse.redacted.paper import Paper  # noqa: E402
from pipeline.parse.redacted.strokes import MOST, around, features, tall_strokes  # noqa: E402
from pipeline.settings import Settings  # noqa: E402

SEED = 1
LABELS = {"open": OPEN, "close": CLOSE, "neither": NEITHER}
BRACKETED = "jfk"
"""Folders whose names begin so hold scans with brackets."""
EVERY = 4
STROKES, ROUNDS = 34, 2
"""Strokes drawn on a page at a time, and how often it is drawn on."""
PLAIN = 50
"""Tall strokes taken from a page without brackets."""
SHIFT = 0.25
"""Heights of type by which a stroke may be off the middle of what is seen."""
SHOWN = {"drawn": 2, "real": 4, "held": 1}
"""How often a stroke is shown: once as it is, then shifted; each time also in the mirror."""


@dataclass
class Strokes:
    """What was seen of strokes and its mirror image, rows of features, and which of them are opening brackets."""

    seen: list[np.ndarray]
    opens: list[bool]

    def add(self, ink: np.ndarray, strokes: list[tuple[Rect, int]], tall: float, times: int, rng: np.random.Generator) -> None:
        """Shows the strokes of a page, with their labels."""
        places, labels = [place for place, _ in strokes], [label for _, label in strokes]
        for n in range(times if places else 0):
            shift = np.tile(rng.uniform(-SHIFT, SHIFT, (len(places), 2)), 2) * (tall if n else 0)
            squares = around(ink, (np.array(places) + shift).tolist(), tall)
            for view, opening in ((squares, OPEN), (squares[..., ::-1], CLOSE)):
                self.seen.append(features(view).astype(np.float16))
                self.opens += [label == opening for label in labels]

    def table(self) -> tuple[np.ndarray, np.ndarray]:
        return np.vstack(self.seen).astype(np.float32), np.array(self.opens)


def labelled() -> dict[tuple[str, int], list[tuple[Box, int]]]:
    """The labels of each page: boxes in points."""
    out: dict[tuple[str, int], list[tuple[Box, int]]] = defaultdict(list)
    with (HERE / "labels.csv").open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            box = Box(*(float(row[side]) for side in ("left", "top", "right", "bottom")))
            out[row["file"], int(row["page"])].append((box, LABELS[row["label"]]))
    return out


def pages(scans: Path) -> Iterator[tuple[str, int, Paper]]:
    """Each page of each scan, by name of file and number, as the search for redactions sees it, unread."""
    settings = Settings()
    for path in sorted(scans.glob("*/*.pdf")):
        scan = identify(path, settings)
        for number in range(1, scan.pages + 1):
            unread = Page(number=number, width=None, height=None, text="", words=())
            ink = PageInk(open_sheet(path, scan.media_type, number, settings), unread, settings)
            yield path.relative_to(scans).as_posix(), number, Paper.of(ink, unread)


def type_height(ink: np.ndarray) -> float:
    """The usual height of tall letters in pixels, by the blobs of ink."""
    stats = cv2.connectedComponentsWithStats(ink)[2][1:]
    wide, high = stats[:, 2], stats[:, 3]
    letters = (high > 10) & (high < 45) & (wide > 5) & (wide < 45)
    return float(np.clip(np.percentile(high[letters], 75), 15, 30)) if letters.sum() > 60 else 22.0


def words(ink: np.ndarray, tall: float) -> list[Rect]:
    """Where words stand: letters that hang together when the gaps between them are closed."""
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, round(0.6 * tall) | 1), np.uint8))
    stats = cv2.connectedComponentsWithStats(closed)[2][1:]
    return [
        (left, top, left + wide, top + high)
        for left, top, wide, high, _ in stats.tolist()
        if 0.7 * tall < high < 2 * tall and 1.2 * tall < wide < 15 * tall
    ]


def gather(scans: Path) -> tuple[Strokes, Strokes]:
    """The strokes to learn from and those held out, nothing of whose files is learned."""
    known, rng = labelled(), np.random.default_rng(SEED)
    held_out = set(sorted({file for file, _ in known})[::EVERY])
    learned, held = Strokes([], []), Strokes([], [])
    for file, number, paper in pages(scans):
        ink, tall = paper.ink, type_height(paper.ink)
        if rows := known.get((file, number)):
            into, times = (held, SHOWN["held"]) if file in held_out else (learned, SHOWN["real"])
            into.add(ink, [(_pixels(box, paper), label) for box, label in rows], tall, times, rng)
        if file in held_out:
            continue
        there = tall_strokes(ink, tall)
        if not file.startswith(BRACKETED) and len(there) <= MOST:
            some = [(there[i], NEITHER) for i in rng.permutation(len(there))[:PLAIN]]
            learned.add(ink, some, tall, SHOWN["drawn"], rng)
        for _ in range(ROUNDS):
            page, strokes = draw_on(ink, words(ink, tall), tall, STROKES, rng)
            learned.add(page, strokes, tall, SHOWN["drawn"], rng)
    return learned, held


def _pixels(box: Box, paper: Paper) -> Rect:
    b = box.scaled(paper.scale)
    return round(b.left), round(b.top), round(b.right), round(b.bottom)


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("shared", type=Path)
    cli.add_argument("--out", type=Path, default=HERE / "strokes.npz")
    args = cli.parse_args()
    learned, held = gather(args.shared / "scans")
    table, opens = learned.table()
    print(f"{len(opens)} looks learned from, {opens.mean():.3f} of them opening brackets")
    net = MLPClassifier((64,), alpha=0.03, max_iter=8, learning_rate_init=0.0015, batch_size=256, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # eight rounds are enough; more learn the pages by heart
        net.fit(table, opens)
    table, opens = held.table()
    chance = np.clip(net.predict_proba(table)[:, 1], 1e-6, 1 - 1e-6)
    print(f"held out: average precision {average_precision_score(opens, chance):.3f}, {opens.sum()} of {len(opens)} open")
    line = LogisticRegression(C=1e3).fit(np.log(chance / (1 - chance))[:, None], opens)
    slope, shift = float(line.coef_[0, 0]), float(line.intercept_[0])
    print(f"calibrated: log odds * {slope:.3f} {shift:+.3f}")
    np.savez_compressed(
        args.out,
        first=net.coefs_[0].astype(np.float16),
        first_bias=net.intercepts_[0].astype(np.float16),
        second=(slope * net.coefs_[1][:, 0]).astype(np.float16),
        second_bias=np.float32(slope * net.intercepts_[1][0] + shift),
    )


if __name__ == "__main__":
    main()
