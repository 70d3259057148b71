"""The recipe of confidence.toml: how probable it is that a word is right, from the evidence for it.

    python models/reading/calibrate.py gather SHARED EVIDENCE.CSV [--silver 12]
    python models/reading/calibrate.py fit EVIDENCE.CSV [--svg docs/calibration.svg]

`gather` reads SHARED/exam/dev, whose pages are transcribed by hand, and pages of SHARED/silver, of which two independent
machine transcriptions exist, with the program as it is, and writes a row a word: no text, only what spoke for it and
whether it was right. On silver a word is right when both transcriptions have it, wrong when neither has, and else left out.
`fit` tries the curves on documents that they were not fitted on, five times a fifth, prints how far stated and true
accuracy differ there, draws that, and writes the curves fitted on all. About 5 s a page on one core; `fit` takes seconds.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from functools import partial
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

import numpy as np  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

from bench.calibration import bare, bins, difference, svg, truth, weighted  # noqa: E402
from pipeline.ocr import both, tesseract  # noqa: E402
from pipeline.ocr.first import line_height  # noqa: E402
from pipeline.ocr.lexicon import likeness  # noqa: E402
from pipeline.ocr.plate import Plate, best_dpi, has_type  # noqa: E402
from pipeline.ocr.quality import Evidence, terms  # noqa: E402
from pipeline.ocr.seen import Lines  # noqa: E402
from pipeline.ocr.upright import Laid, laid  # noqa: E402

READERS = ("both", "rapidocr", "tesseract", "fusion")
MODES = ("fast", "balanced", "best")
FOLDS = 5
PAGE = re.compile(r"^-{20,} Page \d+\s*$", re.MULTILINE)  # how the second transcription of silver parts pages
NUMBERS = ("weakest", "second", "lead", "likeness", "doubt")
SECONDS = 90.0  # that Tesseract may take for a page


@dataclass(frozen=True, slots=True)
class Row:
    """One word: where it is from, by which `--reading`, what spoke for it (see `quality.Evidence`), whether it is right."""

    source: str  # dev or silver
    page: str  # document.pN
    mode: str
    reader: str
    weakest: float
    second: float
    lead: float
    likeness: float
    doubt: float
    right: bool

    @property
    def fold(self) -> int:
        """One of `FOLDS`, the same for all pages of a document."""
        return int(hashlib.md5(self.page.rsplit(".p", 1)[0].encode()).hexdigest(), 16) % FOLDS

    def shown(self) -> dict[str, float]:
        evidence = Evidence(self.reader, self.weakest, self.second, self.lead, self.doubt)
        return terms(self.likeness, evidence)


Judge = Callable[[Sequence[str]], list[bool | None]]
"""For each word read on a page whether it is right; None where nobody can say."""


def transcribed(gold: Path) -> Iterator[tuple[Path, int, Judge]]:
    """The pages that were transcribed by hand: file, page, judge."""
    for text in sorted((gold / "pages").glob("*.txt")):
        stem, number = text.stem.rsplit(".p", 1)
        [path] = [p for p in (gold / "scans").rglob("*") if p.stem == stem]
        yield path, int(number), partial(truth, transcription=text.read_text("utf-8"))


def twice(silver: Path, number: int) -> Iterator[tuple[Path, int, Judge]]:
    """Pages, one a document, of which the second transcription marks where they end."""
    documents = [name for name, *_ in json.loads((silver / "manifest.json").read_text("utf-8"))]
    rng = random.Random(5)
    rng.shuffle(documents)
    for name in documents[:number]:
        a, b = ((silver / by / f"{name}.txt").read_text("utf-8", "replace") for by in "ab")
        pages = PAGE.split(b)
        k = rng.randrange(len(pages))
        yield silver / "scans" / f"{name}.pdf", k + 1, partial(agreed, document=a, page=pages[k])


def agreed(words: Sequence[str], document: str, page: str) -> list[bool | None]:
    """Right is what the transcription of the page has and that of the document has too; wrong what neither has."""
    there = {bare(w) for w in document.split()}
    anywhere = Counter(bare(w) for w in page.split())
    out: list[bool | None] = []
    for word, right in zip(words, truth(words, page), strict=True):
        sure = (right and bare(word) in there) or (not anywhere[bare(word)] and bare(word) not in there)
        out.append(right if sure else None)
    return out


def look_at(path: Path, number: int) -> list[tuple[str, Lines]]:
    """The words of a page of a file by `--reading`; none where there is no type."""
    from pipeline.batch.work import identify_file
    from pipeline.core.document import Scan
    from pipeline.intake.sheets import open_sheet
    from pipeline.settings import Settings

    settings = Settings()
    scan = identify_file(str(path), settings, {})
    assert isinstance(scan, Scan), f"{path} cannot be opened"
    sheet = open_sheet(scan.path, scan.media_type, number, settings)
    as_lies = Plate.of(sheet, best_dpi(sheet))
    page = laid(as_lies)
    if not has_type(as_lies) or not page.strips:
        return []
    plate = page.plate
    whole, alone = (
        tesseract.read(gray, plate.dpi, "page", settings.languages, SECONDS)
        for gray in (plate.gray, both.only(plate, page.strips))
    )
    return list(readings(page, laid(as_lies, lean=True), whole, alone))


def readings(page: Laid, lean: Laid, whole: Lines, alone: Lines) -> Iterator[tuple[str, Lines]]:
    """The page's words by `--reading`. `lean` is the page as `fast` sees it; Tesseract's words are of the `whole` page and
    of its lines `alone`."""
    yield "fast", both.fused(lean.level, [], line_height(lean.strips), both.doubt(lean.level))[0]
    lines, high, unsure = page.level, line_height(page.strips), both.doubt(page.level)
    yield "balanced", both.fused(lines, alone if unsure > both.DOUBT else [], high, unsure)[0]
    yield "best", both.fused(lines, whole, high, unsure)[0]


def rows(source: str, page: str, read: Sequence[tuple[str, Lines]], judge: Judge) -> Iterator[Row]:
    """A row for each word that can be judged."""
    for mode, lines in read:
        words = [word for line in lines for word in line]
        for word, right in zip(words, judge([w.text for w in words]), strict=True):
            e = word.evidence
            if right is not None and e is not None:
                known = likeness(word.text)
                yield Row(source, page, mode, e.reader, e.weakest, e.second, e.lead, known, e.doubt, right)


def gather(shared: Path, out: Path, silver: int) -> None:
    pages = {"dev": transcribed(shared / "exam" / "dev"), "silver": twice(shared / "silver", silver)}
    with out.open("w", newline="", encoding="utf-8") as f:
        write = csv.writer(f)
        write.writerow([field.name for field in fields(Row)])
        for source, some in pages.items():
            for path, number, judge in some:
                found = rows(source, f"{path.stem}.p{number}", look_at(path, number), judge)
                write.writerows([*astuple(r)[:-1], int(r.right)] for r in found)


def load(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as f:
        return [
            Row(
                *(r[k] for k in ("source", "page", "mode", "reader")),
                *(float(r[k]) for k in NUMBERS),
                r["right"] == "1",
            )
            for r in csv.DictReader(f)
        ]


Curves = dict[str, dict[str, float]]
"""By reader the weights of what `quality.terms` gives, and a bias."""


def fitted(material: Sequence[Row]) -> Curves:
    """A logistic regression for each reader, each word alike; what never varies has no weight. That a page is worn speaks
    through its doubt: to weigh the words of short pages more made the worn ones no truer and the clean ones less true."""
    out: Curves = {}
    for reader in READERS:
        some = [r for r in material if r.reader == reader]
        names = list(some[0].shown())
        table = np.array([list(r.shown().values()) for r in some])
        varies = np.ptp(table, axis=0) > 0
        model = LogisticRegression(max_iter=1000).fit(table[:, varies], [r.right for r in some])
        weights = np.zeros(len(names))
        weights[varies] = model.coef_[0]
        out[reader] = {"bias": float(model.intercept_[0]), **dict(zip(names, map(float, weights), strict=True))}
    return out


def stated(curves: Curves, row: Row) -> float:
    curve = curves[row.reader]
    score = curve["bias"] + sum(curve[name] * value for name, value in row.shown().items())
    return float(1 / (1 + np.exp(-score)))


def unseen(material: Sequence[Row]) -> list[float]:
    """What is stated of each word by curves that were fitted on other documents."""
    curves = [fitted([r for r in material if r.fold != fold]) for fold in range(FOLDS)]
    return [stated(curves[r.fold], r) for r in material]


def report(material: Sequence[Row], said: Sequence[float]) -> None:
    """The differences by source and `--reading`, on documents that were not fitted on."""
    print(f"{'':18} {'words':>7} {'pages':>6} {'each bin alike':>15} {'by words':>9}")
    for source in ("dev", "silver"):
        for mode in MODES:
            some = [(r, p) for r, p in zip(material, said, strict=True) if (r.source, r.mode) == (source, mode)]
            if some:
                found = bins([p for _, p in some], [r.right for r, _ in some])
                pages = len({r.page for r, _ in some})
                print(
                    f"{source:8} {mode:9} {len(some):7} {pages:6} {difference(found):15.3f} {weighted(found):9.4f}   "
                    + " ".join(f"{n}:{s:.2f}/{t:.2f}" for n, s, t in found)
                )


def fit(evidence: Path, plot: Path | None) -> None:
    material = load(evidence)
    said = unseen(material)
    report(material, said)
    if plot:
        some = [(p, r.right) for r, p in zip(material, said, strict=True) if (r.source, r.mode) == ("dev", "balanced")]
        found = bins([p for p, _ in some], [right for _, right in some])
        title = f"{len(some)} words, documents not fitted on: bins {difference(found):.3f}, words {weighted(found):.3f}"
        plot.write_text(svg(found, title), "utf-8")
    text = "# Logistic curves from the evidence for a word to the probability that it is right, by who read it; see README.md.\n"
    for reader, curve in fitted(material).items():
        text += f"\n[{reader}]\n" + "".join(f"{name} = {weight:.3f}\n" for name, weight in curve.items())
    (HERE / "confidence.toml").write_text(text, "utf-8")


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = cli.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("gather")
    one.add_argument("shared", type=Path)
    one.add_argument("evidence", type=Path)
    one.add_argument("--silver", type=int, default=12, help="pages of silver")
    two = verbs.add_parser("fit")
    two.add_argument("evidence", type=Path)
    two.add_argument("--svg", type=Path)
    args = cli.parse_args()
    if args.verb == "gather":
        gather(args.shared, args.evidence, args.silver)
    else:
        fit(args.evidence, args.svg)


if __name__ == "__main__":
    main()
