"""Rewrites the sample scans and their gold: `python -m corpus.generate [--check] [STEM ...]`."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from dataclasses import fields
from pathlib import Path

from corpus.formats import file_bytes
from corpus.gold import as_json, gold, transcript
from corpus.memo import Memo
from corpus.memos import MEMOS
from corpus.model import Card

HERE = Path(__file__).parent
COLUMNS = ("filename", *(column.name for column in fields(Card)))


def outputs(memo: Memo) -> dict[str, bytes]:
    """Every file that one memo becomes: its sample, its gold and its transcripts, by path below this folder."""
    scans = [leaf.scan() for leaf in memo.leaves]
    files = {
        f"samples/{memo.name}": file_bytes(memo, scans),
        f"gold/{memo.stem}.json": as_json(gold(memo, scans)).encode(),
    }
    for number, leaf in enumerate(memo.leaves, 1):
        files[f"pages/{memo.stem}.p{number}.txt"] = transcript(leaf).encode()
    return files


def sidecar(memos: list[Memo]) -> bytes:
    """The archivist's table of all files."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for memo in memos:
        writer.writerow({"filename": memo.name, **vars(memo.card)})
    return out.getvalue().encode()


def _settle(path: Path, data: bytes, check: bool) -> bool:
    """Write `data` to `path`, or only compare; True when it stands there already."""
    same = path.exists() and path.read_bytes() == data
    if not same and not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return same


def main(arguments: list[str] | None = None) -> int:
    """Write (or check) the samples; 1 when a check finds a difference."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--check", action="store_true", help="compare only; exit with 1 when a file differs")
    cli.add_argument("stems", nargs="*", help="only these documents (without the sidecar)")
    args = cli.parse_args(arguments)
    unknown = set(args.stems) - set(MEMOS)
    if unknown:
        cli.error(f"no such document: {', '.join(sorted(unknown))}; there are {', '.join(MEMOS)}")
    memos = [MEMOS[stem]() for stem in args.stems or MEMOS]
    differing = 0
    for memo in memos:
        for name, data in outputs(memo).items():
            if not _settle(HERE / name, data, args.check):
                differing += 1
                print(name)
    if not args.stems and not _settle(HERE / "samples/metadata.csv", sidecar(memos), args.check):
        differing += 1
        print("samples/metadata.csv")
    print(f"{differing} of the files {'differ' if args.check else 'were written'}", file=sys.stderr)
    return 1 if args.check and differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
