"""Kill an ingest with -9 at random moments, let it go on, and hold the export against an undisturbed one.

    python -m bench.soak [--kills 20] [--files 30] [--source FOLDER] [--seed 7]

Run ids and times aside, both exports must be the same, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

VARIES = {"run_id", "ingested_at", "at", "source_path"}
TABLES = ("documents", "pages", "markings", "stamps", "events", "redactions", "segments", "entities", "mentions",
          "recommendations", "variants", "failures", "corrections")  # fmt: skip


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "pipeline", *map(str, arguments)]


def export(archive: Path, out: Path) -> dict[str, list[str]]:
    """The rows of each table, as sorted JSON without what may differ between two runs."""
    subprocess.run(command("export", out, "--archive", archive, "--format", "jsonl"), check=True)
    tables = {}
    for name in TABLES:
        rows = [json.loads(line) for line in (out / f"{name}.jsonl").read_text("utf-8").splitlines()]
        tables[name] = [json.dumps({k: v for k, v in r.items() if k not in VARIES}, sort_keys=True) for r in rows]
    return tables


def ingest(files: Path, archive: Path) -> float:
    """Seconds of an undisturbed ingest."""
    start = time.monotonic()
    done = subprocess.run(command("ingest", files, "--archive", archive, "--quiet"), check=False)
    if done.returncode not in (0, 6, 10):
        sys.exit(f"soak: ingest ended with {done.returncode}")
    return time.monotonic() - start


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--kills", type=int, default=20)
    cli.add_argument("--files", type=int, default=30)
    cli.add_argument("--source", type=Path, default=Path("../shared/scans"))
    cli.add_argument("--seed", type=int, default=7)
    args = cli.parse_args()
    source = args.source if args.source.is_dir() else Path("corpus/samples")
    chance = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as scratch:
        space = Path(scratch)
        files = space / "files"
        files.mkdir()
        small = sorted((p for p in source.rglob("*.*") if p.is_file()), key=lambda p: (p.stat().st_size, p.name))
        for path in small[: args.files]:
            shutil.copy(path, files / path.name)
        seconds = ingest(files, space / "calm")
        kills = 0
        while kills < args.kills:
            running = subprocess.Popen(command("ingest", files, "--archive", space / "rough", "--quiet"))
            # short enough that twenty kills fit into the work that there is
            time.sleep(chance.uniform(0.3, 2 * seconds / args.kills))
            if running.poll() is None:
                os.kill(running.pid, signal.SIGKILL)
                kills += 1
            running.wait()
            if running.returncode == 6:
                break
        ingest(files, space / "rough")
        calm, rough = export(space / "calm", space / "calm-export"), export(space / "rough", space / "rough-export")
        differing = [name for name in TABLES if calm[name] != rough[name]]
        print(f"soak: {len(list(files.iterdir()))} files, {seconds:.0f} s undisturbed, {kills} kills, "
              f"{sum(map(len, calm.values()))} rows, differing tables: {', '.join(differing) or 'none'}")  # fmt: skip
        for name in differing:
            for row in sorted(set(calm[name]) ^ set(rough[name]))[:4]:
                print(f"  {name}: {'only calm ' if row in calm[name] else 'only rough'} {row[:300]}")
        raise SystemExit(bool(differing))


if __name__ == "__main__":
    main()
