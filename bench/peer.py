"""Pages a minute and errors, held against OCRmyPDF on the same real pages in one run.

    python -m bench.peer SHARED [--peer ocrmypdf] [--reading fast,balanced,best] [--pages 38]

The pages are those of the dev exam that were transcribed by eye, put together in one PDF. The peer runs as its manual
says (`--force-ocr --output-type pdf -j2`), we as `declass ocr -j 2`; both with two processes, one after the other. Errors
are counted by the exam's own scorer: edits that turn each line of gold into its best place in the page's text.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def transcribed(exam: Path, most: int, out: Path) -> list[Path]:
    """Write the pages of PDFs that have a transcription into one PDF; give the transcriptions in the same order."""
    import pypdfium2

    scans = {p.stem: p for p in (exam / "dev" / "scans").rglob("*.pdf")}
    together = pypdfium2.PdfDocument.new()
    golds = []
    for gold in sorted((exam / "dev" / "pages").glob("*.txt")):
        stem, _, page = gold.stem.rpartition(".p")
        if stem not in scans or len(golds) == most:
            continue
        source = pypdfium2.PdfDocument(scans[stem])
        together.import_pages(source, [int(page) - 1])
        golds.append(gold)
    together.save(out)
    return golds


def errors(exam: Path, golds: list[Path], texts: list[str]) -> tuple[float, float]:
    """Share of letters wrong over all pages, and on the median page."""
    spec = importlib.util.spec_from_file_location("score", exam / "score.py")
    assert spec and spec.loader
    score: Any = importlib.util.module_from_spec(spec)
    sys.modules["score"] = score
    spec.loader.exec_module(score)
    edits = total = 0
    pages = []
    for gold, text in zip(golds, texts, strict=True):
        raw = [re.sub(r"\[\[redacted\]\]|\[\?\]", " ", line) for line in gold.read_text("utf-8").splitlines()]
        e, n = score.line_errors([line for line in raw if line.strip() and not line.startswith("[[")], text)
        edits, total = edits + e, total + n
        pages.append(e / max(1, n))
    return edits / total, sorted(pages)[len(pages) // 2]


def timed(command: list[str | Path]) -> float:
    start = time.monotonic()
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("shared", type=Path)
    cli.add_argument("--peer", default="ocrmypdf", help="its command")
    cli.add_argument("--reading", default="fast,balanced,best")
    cli.add_argument("--pages", type=int, default=1000)
    args = cli.parse_args()
    exam = args.shared / "exam"
    with tempfile.TemporaryDirectory() as scratch:
        space = Path(scratch)
        source, text = space / "pages.pdf", space / "text"
        golds = transcribed(exam, args.pages, source)
        runs: dict[str, list[str | Path]] = {
            "ocrmypdf": [args.peer, "--force-ocr", "--output-type", "pdf", "-j2", "-q", "--sidecar", text, source,
                         space / "out.pdf"],
        }  # fmt: skip
        for reading in args.reading.split(","):
            ours = [sys.executable, "-m", "pipeline", "ocr", source, "-j", "2"]
            runs[f"declass {reading}"] = [*ours, "--reading", reading, "-o", text]
        base = 0.0
        print(f"{'':18} {'pages/min':>9} {'ratio':>6} {'cer':>7} {'median':>7}   ({len(golds)} pages)")
        for name, command in runs.items():
            pace = 60 * len(golds) / timed(command)
            base = base or pace
            pages = text.read_text("utf-8").removesuffix("\f").split("\f")
            cer, median = errors(exam, golds, pages)
            print(f"{name:18} {pace:9.1f} {pace / base:6.2f} {cer:7.4f} {median:7.4f}", flush=True)


if __name__ == "__main__":
    main()
