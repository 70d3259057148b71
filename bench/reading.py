"""The cost of reading, held against bare engines in one run: ratios, so that the machine does not matter.

    python -m bench.reading [--source FOLDER] [--pages 12] [--reading fast,balanced]

CPU seconds a page of: bare Tesseract as everybody runs it, bare Tesseract with one thread, and our reading from file to
words (rendering, turning, straightening, readers, fusion) and on to what each page shows. Peak resident memory of each
process is beside it. Below, for our readings: CPU seconds a page of the reading alone that are spent outside the readers.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

READ = """
import sys
from pathlib import Path
from pipeline.batch.work import identify_file, work_page
from pipeline.settings import Settings
settings = Settings(reading=sys.argv[1])
for item in sys.argv[2:]:
    path, number = item.rsplit("#", 1)
    done = work_page(identify_file(path, settings, {}), int(number), settings, {})
    assert "reading" in done.results, done.failures
"""

OUTSIDE = """
import sys, time
from pipeline.batch.work import identify_file
from pipeline.core.ink import View
from pipeline.intake.sheets import open_sheet
from pipeline.ocr import rapid, tesseract
from pipeline.ocr.reading import read_page
from pipeline.settings import Settings
inside = 0.0
def timed(reader):
    def call(*given, **named):
        global inside
        start = time.process_time()
        try:
            return reader(*given, **named)
        finally:
            inside += time.process_time() - start
    return call
for door, name in ((rapid, "find_strips"), (rapid, "recognise"), (tesseract, "read")):
    setattr(door, name, timed(getattr(door, name)))
settings = Settings(reading=sys.argv[1])
def read(item):
    path, number = item.rsplit("#", 1)
    scan = identify_file(path, settings, {})
    read_page(View(open_sheet(scan.path, scan.media_type, int(number), settings), None, settings))
read(sys.argv[2])  # what is loaded once a process does not count
inside, start = 0.0, time.process_time()
for item in sys.argv[2:]:
    read(item)
print((time.process_time() - start - inside) / len(sys.argv[2:]))
"""


def outside(reading: str, items: list[str]) -> float:
    """CPU seconds a page that reading spends on all but the readers: rendering, turning, straightening, fusion, order."""
    command = [sys.executable, "-c", OUTSIDE, reading, *items]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}
    return float(subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout)


def cost(command: list[str], **environment: str) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak megabytes of a command and all it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(command, check=True, env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return used, time.monotonic() - start, after.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def sample(source: Path, count: int, folder: Path) -> list[tuple[str, int, Path]]:
    """`count` pages spread over the files of `source`: path, page, and its picture at 300 dpi for the bare engine."""
    from PIL import Image

    from pipeline.batch.work import identify_file
    from pipeline.core.document import Scan
    from pipeline.intake.sheets import open_sheet
    from pipeline.settings import Settings

    settings = Settings()
    pages = []
    for path in sorted(p for p in source.rglob("*") if p.suffix.lower() in (".pdf", ".tif", ".png", ".jpg")):
        scan = identify_file(str(path), settings, {})
        if isinstance(scan, Scan):
            pages += [(scan, n) for n in range(1, scan.pages + 1)]
    chosen = pages[:: max(1, len(pages) // count)][:count]
    out = []
    for i, (scan, number) in enumerate(chosen):
        picture = folder / f"{i}.png"
        sheet = open_sheet(scan.path, scan.media_type, number, settings)
        Image.fromarray(sheet.render(300)).save(picture, dpi=(300, 300))
        out.append((scan.path, number, picture))
    return out


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--source", type=Path, default=Path("corpus/samples"))
    cli.add_argument("--pages", type=int, default=12)
    cli.add_argument("--reading", default="fast,balanced")
    args = cli.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        pages = sample(args.source, args.pages, Path(scratch))
        everyone = "for f in " + " ".join(str(p) for _, _, p in pages) + "; do tesseract $f - tsv; done"
        runs = {
            "tesseract as usual": (["sh", "-c", everyone], {"OMP_THREAD_LIMIT": str(os.cpu_count() or 2)}),
            "tesseract, one thread": (["sh", "-c", everyone], {"OMP_THREAD_LIMIT": "1"}),
        }
        items = [f"{path}#{number}" for path, number, _ in pages]
        for reading in args.reading.split(","):
            runs[f"declass, {reading}"] = ([sys.executable, "-c", READ, reading, *items],
                                           {"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"})  # fmt: skip
        measured = {name: cost(command, **environment) for name, (command, environment) in runs.items()}
    base = measured["tesseract, one thread"][0]
    print(
        f"{'':24} {'CPU s/page':>10} {'ratio':>7} {'s/page':>8} {'peak MB':>8}   ({len(pages)} pages of {args.source})"
    )
    for name, (cpu, wall, memory) in measured.items():
        print(f"{name:24} {cpu / len(pages):10.2f} {cpu / base:7.2f} {wall / len(pages):8.2f} {memory:8.0f}")
    for reading in args.reading.split(","):
        print(f"outside the readers, {reading:9} {outside(reading, items):5.2f} CPU s/page")


if __name__ == "__main__":
    main()
