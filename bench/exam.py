"""Score the dev exam and show gains and losses against the committed figures.

    python -m bench.exam SHARED [--parts dev,text,cases,own] [--commit] [--archive DIR] [--worst N]

Each part is ingested by the command `declass` as a user would, exported as JSONL and scored by the exam's own programs.
`bench/exam.json` holds the committed figures; `--commit` rewrites it, and with it `models/measured/figures.json`, against which
exports hold their error estimates.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pipeline import __version__

COMMITTED = Path(__file__).with_name("exam.json")
CORPUS = Path(__file__).parents[1] / "corpus"
MEASURED = Path(__file__).parents[1] / "models" / "measured" / "figures.json"
SOURCE = (
    "the exam of the project, by `python -m bench.exam SHARED --commit`: 38 scanned documents with gold made by hand (dev); 60"
    " cables, 150 documents of FRUS and 45 with every recommendation marked (text); stamps and markings as strings (cases);"
    " composed documents (own). `expected` is what the confidences expected to be wrong of the rows of the same exports."
)
LOWER_IS_BETTER = {"cer", "cer_median_page", "seconds"}
NOISE = 0.0005  # smaller changes are not worth a line


def declass(*arguments: str | Path, codes: tuple[int, ...] = (0,)) -> None:
    """Run the command; any exit code but `codes` ends the measurement."""
    done = subprocess.run([sys.executable, "-m", "pipeline", *map(str, arguments)], check=False)
    if done.returncode not in codes:
        sys.exit(f"exam: declass {arguments[0]} ended with {done.returncode}")


def measure(part: str, shared: Path, space: Path, worst: int) -> dict[str, float]:
    """The figures of one part: dev (scans), text (entities, recommendations), cases (stamps as strings) or own (the
    composed documents of corpus/, whose gold is exact)."""
    exam = shared / "exam"
    archive, out, figures = space / f"{part}-archive", space / f"{part}-export", space / f"{part}.json"
    inputs, score = {
        "dev": (exam / "dev" / "scans", ["score.py", out, exam / "dev"]),
        "text": (space / "text-inputs", ["score_text.py", out, exam / "text"]),
        "cases": (space / "case-inputs", ["score_cases.py", out, shared / "domain" / "stamp_cases.jsonl"]),
        "own": (CORPUS / "samples", ["score.py", out, CORPUS]),
    }[part]
    if part == "text":
        run_scorer(exam, ["score_text.py", "--inputs", exam / "text", inputs])
    elif part == "cases":
        run_scorer(exam, ["score_cases.py", "--inputs", shared / "domain" / "stamp_cases.jsonl", inputs])
    start = time.monotonic()
    declass("ingest", inputs, "--archive", archive, codes=(0, 6, 10))
    seconds = time.monotonic() - start
    declass("export", out, "--archive", archive, "--format", "jsonl")
    run_scorer(exam, [*score, "--json", figures, *(["--worst", str(worst)] if worst else [])])
    more = {"segments": own_segments(out)} if part == "own" else {}
    return {**json.loads(figures.read_text("utf-8")), **more, "seconds": round(seconds, 1)}


def own_segments(export: Path) -> float:
    """Share of the composed documents whose parts are found exactly: first page, last page, kind."""

    def rows(table: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (export / f"{table}.jsonl").read_text("utf-8").splitlines()]

    names = {row["document_id"]: row["file_name"] for row in rows("documents")}
    found: dict[str, list[tuple[int, int, str]]] = {}
    for row in rows("segments"):
        found.setdefault(names[row["document_id"]], []).append((row["first_page"], row["last_page"], row["kind"]))
    golds = [json.loads(path.read_text("utf-8")) for path in sorted((CORPUS / "gold").glob("*.json"))]
    right = 0
    for gold in golds:
        name = Path(gold["file"]).name
        said = [(s["first_page"], s["last_page"], s["kind"]) for s in gold["segments"]]
        right += sorted(found.get(name, [])) == sorted(said)
        if sorted(found.get(name, [])) != sorted(said):
            print(f"segments of {name}: {found.get(name)} for {said}")
    return right / len(golds)


def expected(export: Path) -> dict[str, float]:
    """What share of each column the confidences of an export expect to be wrong, by `table.column`."""
    with (export / "error_estimates.csv").open(encoding="utf-8", newline="") as f:
        told = [(f"{row['table']}.{row['column']}", row["expected_wrong"]) for row in csv.DictReader(f)]
    return {name: float(share) for name, share in told if share}


def keep_for_exports(figures: dict[str, Any], said: dict[str, dict[str, float]]) -> None:
    """Figures and expectations as data of the program; of parts not measured now what was there."""
    before = json.loads(MEASURED.read_text("utf-8"))["expected"] if MEASURED.exists() else {}
    kept = {"source": SOURCE, "version": __version__, "figures": figures, "expected": {**before, **said}}
    MEASURED.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")


def run_scorer(exam: Path, arguments: list[str | Path]) -> None:
    subprocess.run([sys.executable, exam / arguments[0], *map(str, arguments[1:])], check=True)


def show(part: str, now: dict[str, float], before: dict[str, float]) -> None:
    """The table of gains and losses."""
    print(f"\n{part:28} {'committed':>10} {'now':>10} {'change':>10}")
    for name, value in now.items():
        if not isinstance(value, int | float):
            continue
        old = before.get(name)
        change = "" if old is None else f"{value - old:+10.4f}"
        better = old is not None and abs(value - old) > NOISE and ((value < old) == (name in LOWER_IS_BETTER))
        worse = old is not None and abs(value - old) > NOISE and not better and name != "seconds"
        verdict = "gain" if better else "LOSS" if worse else ""
        print(f"{name:28} {'' if old is None else f'{old:10.4f}':>10} {value:10.4f} {change:>10} {verdict}")


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("shared", type=Path)
    cli.add_argument("--parts", default="dev,text,cases,own")
    cli.add_argument("--commit", action="store_true", help="write the figures to bench/exam.json")
    cli.add_argument("--space", type=Path, help="keep archives and exports here (and go on with what is there)")
    cli.add_argument("--worst", type=int, default=0)
    args = cli.parse_args()
    if not (args.shared / "exam").is_dir():
        print(f"exam: {args.shared} is not there; nothing to score")
        return
    committed = json.loads(COMMITTED.read_text("utf-8")) if COMMITTED.exists() else {}
    figures = dict(committed)
    said: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        space = args.space or Path(scratch)
        space.mkdir(parents=True, exist_ok=True)
        for part in args.parts.split(","):
            figures[part] = measure(part, args.shared.resolve(), space, args.worst)
            said[part] = expected(space / f"{part}-export")
    for part in args.parts.split(","):
        show(part, figures[part], committed.get(part, {}))
    if args.commit:
        COMMITTED.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", "utf-8")
        keep_for_exports(figures, said)


if __name__ == "__main__":
    main()
