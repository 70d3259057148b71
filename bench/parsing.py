"""The cost of what follows the reading: milliseconds a page and stage over an archive that was ingested before.

    python -m bench.parsing ARCHIVE [--pages 100] [--stages markings,stamps,redactions]

The readings are taken from the archive's journal; each stage runs anew on the page and its ink. CPU milliseconds a page: of
the stage without what it had read again, and of the reading of crops (which counts as reading). Rendering the page's ink is
shared by all stages and shown on a line of its own.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any


class Clocked:
    """The ink of a page that counts the time spent in reading its crops."""

    def __init__(self, ink: Any) -> None:
        self._ink = ink
        self.seconds = 0.0

    @property
    def dpi(self) -> float:
        return float(self._ink.dpi)

    def gray(self) -> Any:
        return self._ink.gray()

    def crop(self, *arguments: Any, **named: Any) -> Any:
        return self._ink.crop(*arguments, **named)

    def read(self, *arguments: Any, **named: Any) -> Any:
        return self._timed(self._ink.read, *arguments, **named)

    def spell(self, *arguments: Any, **named: Any) -> Any:
        return self._timed(self._ink.spell, *arguments, **named)

    def spot(self, *arguments: Any, **named: Any) -> Any:
        return self._timed(self._ink.spot, *arguments, **named)

    def weigh(self, *arguments: Any, **named: Any) -> Any:
        return self._timed(self._ink.weigh, *arguments, **named)

    def _timed(self, call: Any, *arguments: Any, **named: Any) -> Any:
        start = cpu()
        try:
            return call(*arguments, **named)
        finally:
            self.seconds += cpu() - start


def cpu() -> float:
    """CPU seconds of this process and of the engines that it started."""
    import resource

    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def pages(archive: Path, most: int) -> list[tuple[Any, int, Any]]:
    """(scan, number, reading) of up to `most` pages of scans, spread over the archive."""
    import sqlite3

    from pipeline.core.codec import unpack
    from pipeline.core.page import Page

    with sqlite3.connect(f"file:{archive / 'archive.sqlite'}?mode=ro", uri=True) as conn:
        rows = conn.execute(
            "SELECT d.source_path, d.media_type, r.page, r.payload FROM results r JOIN documents d USING (document_id)"
            " WHERE r.stage = 'reading' AND r.page > 0 ORDER BY d.source_path, r.page"
        ).fetchall()
    scans = [row for row in rows if not row[1].startswith("text/")]
    return [((path, kind), n, unpack(Page, packed)) for path, kind, n, packed in scans[:: max(1, len(scans) // most)][:most]]


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("archive", type=Path)
    cli.add_argument("--pages", type=int, default=100)
    cli.add_argument("--stages", default="markings,stamps,redactions")
    args = cli.parse_args()

    from pipeline.core.ink import View
    from pipeline.core.names import found
    from pipeline.flow import PAGE
    from pipeline.intake.sheets import open_sheet
    from pipeline.ocr.ink import PageInk
    from pipeline.settings import Settings

    settings = Settings.read()
    wanted = args.stages.split(",")
    stages = [s for s in PAGE if s.name in wanted]
    own: dict[str, list[float]] = defaultdict(list)
    crops: dict[str, list[float]] = defaultdict(list)
    chosen = pages(args.archive, args.pages)
    if not chosen:
        sys.exit(f"parsing: no reading of a scan in {args.archive}")
    for (path, kind), number, reading in chosen:
        sheet = open_sheet(found(path), kind, number, settings)
        ink = Clocked(PageInk(sheet, reading, settings))
        start = cpu()
        ink.gray()
        own["ink"].append(cpu() - start)
        for stage in stages:
            start, ink.seconds = cpu(), 0.0
            stage.run(View(sheet, ink, settings), reading=reading)
            own[stage.name].append(cpu() - start - ink.seconds)
            crops[stage.name].append(ink.seconds)
    print(f"{len(chosen)} pages, CPU ms a page (first calls load models and templates and are counted)")
    print(f"{'stage':12} {'mean':>8} {'median':>8} {'worst':>8} {'crops read':>11}")
    for name, seconds in own.items():
        mean, again = (1000 * sum(x) / len(chosen) for x in (seconds, crops.get(name, [0.0])))
        print(f"{name:12} {mean:8.0f} {1000 * median(seconds):8.0f} {1000 * max(seconds):8.0f} {again:11.0f}")
    beyond = sum(sum(own[n]) for n in ("markings", "stamps") if n in own)
    print(f"markings and stamps together: {1000 * beyond / len(chosen):.0f} ms a page beyond reading")


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
