"""A million rows to CSV, Parquet and JSON Lines: seconds, peak of memory, and an export killed in the middle.

    python -m bench.export [--rows 1000000] [--documents 20000] [--space DIR] [--most 250]

Makes an archive of generated documents whose mentions are the rows, exports it by the command as a user would, and asks
the system for the largest memory that the process held (ru_maxrss, libraries included). Then the first is made again and
killed with -9 when half of its time is over: nothing of it may be there, and the export before it must be as it was. Ends
with 1 when more than `--most` MB were needed, or anything is left.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.core import codec
from pipeline.core.page import Page
from pipeline.settings import Settings
from pipeline.store import schema
from pipeline.store.archive import Archive

NAMES = ("Dean Rusk", "McGeorge Bundy", "Llewellyn Thompson", "Robert McNamara", "Walt Rostow", "John McCone")
PAGES, SOME = 5, 20_000  # pages a document, rows written at a time
TEXT = "The Secretary and Mr. Bundy met. " * 40
WORDS = codec.pack(Page.of_text(1, TEXT))
AT = "2026-01-01T00:00:00.000000Z"
FORMATS = ("csv", "parquet", "jsonl")  # the first is killed


def make(place: Path, rows: int, documents: int) -> None:
    """An archive of `documents` memos with `rows` mentions between them."""
    with Archive.create(Settings(archive=place)) as archive:
        idents = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(documents)]
        run = {"run_id": "r1", "started_at": AT, "finished_at": AT, "version": "0", "command": "bench", "outcome": "done"}
        with archive.writing() as conn:
            conn.execute(schema.runs.insert(), [run])
            conn.execute(schema.entities.insert(), [_entity(n) for n in range(len(NAMES))])
        for table, made in (
            (schema.documents, (_document(n, i) for n, i in enumerate(idents))),
            (schema.pages, (_page(i, p) for i in idents for p in range(1, PAGES + 1))),
            (schema.mentions, (_mention(n, idents[n * documents // rows]) for n in range(rows))),
        ):
            for some in _some(made):
                with archive.writing() as conn:
                    conn.execute(table.insert(), some)


def _some(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == SOME:
            yield some
            some = []
    if some:
        yield some


def _document(n: int, ident: str) -> dict[str, Any]:
    return {
        "document_id": ident, "file_name": f"memo-{n:06}.pdf", "source_path": f"/scans/memo-{n:06}.pdf",
        "media_type": "application/pdf", "bytes": 100_000, "pages": PAGES, "status": "complete", "record_group": "59",
        "series": "Central Files", "box": str(n // 100), "folder": "Laos", "doc_type": "memorandum", "date": "1962-03-12",
        "sender": "Dean Rusk", "recipient": "The President", "subject": f"Tin and rubber, {n}", "classification": "SECRET",
        "controls": ["NODIS"], "identifiers": [], "stages": ["reading", "mentions"], "run_id": "r1", "ingested_at": AT,
        "metadata": {"repository": "National Archives at College Park, MD"},
    }  # fmt: skip


def _page(ident: str, number: int) -> dict[str, Any]:
    return {
        "document_id": ident, "page": number, "width": 612.0, "height": 792.0, "rotation": 0, "blank": False,
        "grade": "good", "reader": "bench", "confidence": 0.97, "text": TEXT, "words": WORDS,
    }  # fmt: skip


def _entity(n: int) -> dict[str, Any]:
    return {"entity_id": f"e{n}", "label": "PERSON", "name": NAMES[n], "mentions": 1, "documents": 1}


def _mention(n: int, ident: str) -> dict[str, Any]:
    place = {"left": 72.0, "top": float(n % 700), "right": 150.5, "bottom": n % 700 + 10.0}
    page = 1 + n % PAGES
    return {
        "finding_id": f"{n:020x}", "document_id": ident, "page": page, "entity_id": f"e{n % len(NAMES)}", "label": "PERSON",
        "text": "Mr. " + NAMES[n % len(NAMES)].split()[-1], "name": NAMES[n % len(NAMES)], "start": n % 900, "end": n % 900 + 9,
        **place, "boxes": [{"page": page, **place}], "confidence": 0.8 + n % 20 / 100, "method": "model:names@1", "key": "",
        "identity_score": 0.9, "identity_reason": "full name",
    }  # fmt: skip


def command(archive: Path, out: Path, kind: str) -> list[str]:
    return [sys.executable, "-m", "pipeline", "export", str(out), "--archive", str(archive), "--format", kind]


def measured(archive: Path, out: Path, kind: str) -> tuple[float, float, float]:
    """Seconds, seconds of the processor and peak MB of one export."""
    start = time.monotonic()
    running = subprocess.Popen(command(archive, out, kind), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        sys.exit(f"export ended with {running.returncode}")
    return time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def killed(archive: Path, out: Path, kind: str, after: float) -> list[str]:
    """What an export that is killed leaves beside and in `out`, and what it changes there."""
    before = {p.name: p.stat().st_mtime_ns for p in out.iterdir()}
    running = subprocess.Popen(command(archive, out, kind), stdout=subprocess.DEVNULL)
    time.sleep(after)
    if running.poll() is not None:
        sys.exit("the export ended before it could be killed")
    running.send_signal(signal.SIGKILL)
    running.wait()
    left = [p.name for p in out.parent.iterdir() if p.name.startswith(f".{out.name}.")]
    after_it = {p.name: p.stat().st_mtime_ns for p in out.iterdir()}
    return [*left, *sorted(name for name in before.keys() | after_it.keys() if before.get(name) != after_it.get(name))]


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--rows", type=int, default=1_000_000)
    cli.add_argument("--documents", type=int, default=20_000)
    cli.add_argument("--space", type=Path, help="keep archive and exports here (and go on with what is there)")
    cli.add_argument("--most", type=float, default=250, metavar="MB")
    args = cli.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        space: Path = args.space or Path(scratch)
        archive = space / "archive"
        if not archive.exists():
            start = time.monotonic()
            # in a process of its own: the system counts what this one held as held by those that it starts
            maker = multiprocessing.get_context("spawn").Process(target=make, args=(archive, args.rows, args.documents))
            maker.start()
            maker.join()
            if maker.exitcode:
                sys.exit("the archive could not be made")
            print(f"archive of {args.rows} mentions in {args.documents} documents made in {time.monotonic() - start:.0f} s")
        print("\n| format | seconds | of the processor | peak memory | size of mentions |\n" + "| --- " * 5 + "|", flush=True)
        times = {}
        for kind in FORMATS:
            times[kind], busy, peak = measured(archive, space / kind, kind)
            size = (space / kind / f"mentions.{kind}").stat().st_size / 1e6
            print(f"| {kind} | {times[kind]:.0f} | {busy:.0f} | {peak:.0f} MB | {size:.0f} MB |", flush=True)
            failed |= peak > args.most
        left = killed(archive, space / FORMATS[0], FORMATS[0], times[FORMATS[0]] / 2)
        print(f"\nleft by an export killed with -9: {', '.join(left) or 'nothing; the earlier one is as it was'}")
        failed |= bool(left)
    sys.exit(failed)


if __name__ == "__main__":
    main()
