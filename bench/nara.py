"""Hold the particulars of JFK records against the catalogue of the National Archives, and print each miss.

    python -m bench.nara SHARED ARCHIVE

SHARED holds scans_nara_metadata.json, ARCHIVE has ingested SHARED/scans. What is compared was read from the ink; the
record number that it ought to be is that of the file's name. Catalogue dates of a year's first day or of year 0 stand for
unknown ones and are left out; the catalogue errs in some others, which the list of misses shows.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.exam import declass

FLOORS = {"record number": 1.0, "date": 0.8}


def is_placeholder(date: str | None) -> bool:
    """A catalogue's date that tells no day: none, of year 0, or the first of January."""
    return not date or date.startswith("0000") or date.endswith("-01-01")


Row = Mapping[str, Any]


def compared(catalogue: Mapping[str, Row], rows: Mapping[str, Row]) -> Iterator[tuple[str, str, str, str]]:
    """(file, figure, as catalogued, as found) for each value that can be compared; a missing document gives empty ones."""
    for name, entry in sorted(catalogue.items()):
        row = rows.get(name, {})
        number = re.search(r"\d{3}-\d{5}-\d{5}", name)
        if number:
            found = [i["value"] for i in row.get("identifiers", []) if i["kind"] == "rif"]
            yield name, "record number", number[0], "; ".join(found)
        if not is_placeholder(entry.get("doc_date")):
            yield name, "date", entry["doc_date"], row.get("date") or ""


def main() -> int:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("shared", type=Path)
    cli.add_argument("archive", type=Path)
    args = cli.parse_args()
    catalogue = json.loads((args.shared / "scans_nara_metadata.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        declass("export", Path(folder) / "out", "--archive", args.archive, "--format", "jsonl")
        lines = (Path(folder) / "out" / "documents.jsonl").read_text("utf-8").splitlines()
    rows = {row["file_name"]: row for row in map(json.loads, lines)}
    right: dict[str, list[bool]] = {figure: [] for figure in FLOORS}
    for name, figure, want, got in compared(catalogue, rows):
        right[figure].append(want == got)
        if want != got:
            print(f"{figure:14} {name:28} catalogued {want:18} found {got or '-'}")
    low = False
    for figure, hits in right.items():
        share = sum(hits) / len(hits) if hits else 0.0
        low = low or share < FLOORS[figure]
        print(f"{figure:14} {sum(hits)} of {len(hits)}, {share:.3f} (floor {FLOORS[figure]})")
    return int(low)


if __name__ == "__main__":
    sys.exit(main())
