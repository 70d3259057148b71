"""The recipe of the trained part of the recommendations: `make models` or `python models/recommendations/train.py SHARED`.

SHARED/exam/text/recommendations_train holds texts (X.txt) with their annotated recommendations (X.recs.json: text, kind,
polarity); frus_train.jsonl.gz beside it the documents that annotations.csv marks by offsets. Sentences and items are cut
as the program cuts them; what a sentence shows is `pipeline.recognize.wording.features`. Logistic regression answers: is
it advice, is it against, of which kind. Needs scikit-learn, at training time only.
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
from scipy.sparse import csr_matrix, diags  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GroupKFold  # noqa: E402

from pipeline.core.page import Page  # noqa: E402
from pipeline.recognize.advice import values  # noqa: E402
from pipeline.recognize.prose import Prose  # noqa: E402
from pipeline.recognize.wording import features, units  # noqa: E402

KINDS = ("recommendation", "option", "request", "instruction", "contingent")
SEEN_AT_LEAST = 3


@dataclass(frozen=True)
class Row:
    """One unit: what it shows, the document it is from, and the annotation ("" when it is no advice)."""

    shown: dict[str, float]
    document: int
    kind: str
    polarity: str


Gold = Mapping[str, object]
"""One annotation: start, end (offsets in the text), kind (also "unknown": not looked at), polarity."""


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
    """What each unit of the texts shows, with its annotation; units that nobody looked at are left out."""
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
                out.append(Row(values(features(cut, i)), n, kind, str(of.get(i, {}).get("polarity", ""))))
    return out


def shared(prose: Prose, start: int, end: int, span: tuple[int, int]) -> float:
    """How much of both a unit and an annotated span share, 0..1."""
    source = prose.source(start, end)
    if source is None:
        return 0.0
    both = min(source.end, span[1]) - max(source.start, span[0])
    return max(0.0, both / (max(source.end, span[1]) - min(source.start, span[0])))


def learn(material: list[Row], answers: list[bool], strength: float) -> tuple[dict[str, float], np.ndarray]:
    """Weights of the features, and the probabilities that each row gets from a model that has not seen its document."""
    counts = Counter(f for r in material for f in r.shown)
    names = sorted(f for f, n in counts.items() if n >= SEEN_AT_LEAST)
    index = {f: i for i, f in enumerate(names)}
    cells = [(n, index[f], v) for n, r in enumerate(material) for f, v in r.shown.items() if f in index]
    where, what, value = zip(*cells, strict=True)
    table = csr_matrix((value, (where, what)), shape=(len(material), len(names)))
    groups = [r.document for r in material]
    y = np.array(answers)
    unseen = np.zeros(len(y))
    for seen, other in GroupKFold(5).split(table, y, groups):
        scale, model = fitted(table[seen], y[seen], strength)
        unseen[other] = model.predict_proba(table[other] @ diags(scale))[:, 1]
    scale, model = fitted(table, y, strength)
    slope, shift = calibration(unseen, y)
    unseen = 1 / (1 + np.exp(-(slope * np.log(unseen / (1 - unseen)) + shift)))
    learned = {
        f: round(float(slope * w), 3) for f, w in zip(names, scale * model.coef_[0], strict=True) if abs(w) >= 0.01
    }
    return {"": round(float(slope * model.intercept_[0] + shift), 3), **learned}, unseen


def fitted(table: csr_matrix, y: np.ndarray, strength: float) -> tuple[np.ndarray, LogisticRegression]:
    """The model, and how much each feature weighs beforehand: half of it by how unequally it is shared between yes and no."""
    yes, no = (np.asarray(table[answer].sum(axis=0)).ravel() + 1 for answer in (y, ~y))
    scale = 0.5 + 0.5 * np.abs(np.log((yes / yes.sum()) / (no / no.sum())))
    return scale, LogisticRegression(C=strength, max_iter=3000).fit(table @ diags(scale), y)


def calibration(unseen: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and shift of the log odds that make the probabilities of unseen documents true."""
    odds = np.log(unseen / (1 - unseen)).reshape(-1, 1)
    line = LogisticRegression(C=1e6).fit(odds, y)
    return float(line.coef_[0][0]), float(line.intercept_[0])


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("shared", type=Path)
    cli.add_argument("--out", type=Path, default=HERE / "weights.json")
    args = cli.parse_args()
    texts = args.shared / "exam" / "text"
    material = rows([*annotated(texts / "recommendations_train"), *marked(texts / "frus_train.jsonl.gz")])
    out: dict[str, dict[str, float]] = {}
    out["advice"], unseen = learn(material, [bool(r.kind) for r in material], 0.3)
    report(unseen, np.array([bool(r.kind) for r in material]))
    advice = [r for r in material if r.kind]
    out["against"], unseen = learn(advice, [r.polarity == "against" for r in advice], 0.5)
    print("polarity", np.mean((unseen > 0.5) == np.array([r.polarity == "against" for r in advice])).round(3))
    kinds = []
    for kind in KINDS:
        out[f"kind:{kind}"], unseen = learn(advice, [r.kind == kind for r in advice], 0.5)
        kinds.append(unseen)
    chosen = np.argmax(np.array(kinds), axis=0)
    print("kind", np.mean([KINDS[c] == r.kind for c, r in zip(chosen, advice, strict=True)]).round(3))
    args.out.write_text(json.dumps(out, indent=0, sort_keys=True) + "\n", "utf-8")


def report(unseen: np.ndarray, truth: np.ndarray) -> None:
    """F1 on unseen documents over thresholds, and how true the probabilities are."""
    for at in np.arange(0.15, 0.55, 0.05):
        hit, said = ((unseen > at) & truth).sum(), (unseen > at).sum()
        print(f"advice above {at:.2f}: f1 {2 * hit / (said + truth.sum()):.3f} precision {hit / max(1, said):.3f}")
    for low in np.arange(0, 1, 0.1):
        part = (unseen >= low) & (unseen < low + 0.1)
        if part.any():
            print(f"said {unseen[part].mean():.2f} was {truth[part].mean():.2f} ({part.sum()})")


if __name__ == "__main__":
    main()
