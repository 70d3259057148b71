"""Rows become files: every table of the archive, or of some of its documents, as one folder that explains itself."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline import __version__
from pipeline.errors import ArgumentsError, FileAccessError
from pipeline.export.dictionary import Facts, datapackage, readme, tables
from pipeline.export.formats import WRITERS
from pipeline.store.archive import Archive, now
from pipeline.store.rows import last_change, stream


def export(
    archive: Archive, out: Path, format: str = "jsonl", documents: Sequence[str] | None = None, query: str | None = None
) -> dict[str, int]:
    """Writes all tables to the folder `out`, with README.md and datapackage.json. Gives the rows of each table.

    `documents` are the ids to which the export keeps, found by `query`; None is the whole archive. The folder appears
    complete or not at all; an earlier export there is replaced. Raises FileAccessError when the folder cannot be
    written or holds anything else.
    """
    if format not in WRITERS:
        raise ArgumentsError(f"there is no format {format!r}.", f"Formats: {', '.join(WRITERS)}.")
    with _new_folder(out) as folder, archive.reading() as conn:
        change = last_change(conn)
        rows = {}
        for table in tables():
            found = stream(conn, table.name, [c.name for c in table.columns], documents)
            rows[table.name] = WRITERS[format](folder / f"{table.name}.{format}", table, found)
        facts = Facts(__version__, format, now(), query, (change.at, change.hash), rows)
        sizes = {p.name: (p.stat().st_size, _sha256(p)) for p in sorted(folder.iterdir())}
        (folder / "README.md").write_text(readme(facts), "utf-8")
        package = json.dumps(datapackage(facts, sizes), ensure_ascii=False, indent=2)
        (folder / "datapackage.json").write_text(package + "\n", "utf-8")
    return rows


def _sha256(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder to fill beside `out`, which takes its place at the end and is removed when an error ends it."""
    target = out.absolute()
    _refuse_what_is_not_ours(target)
    part = target.with_name(f".{target.name}.part-{os.getpid()}")
    old = target.with_name(f".{target.name}.old-{os.getpid()}")
    try:
        part.mkdir(parents=True)
        yield part
        if target.exists():
            target.rename(old)
        part.rename(target)
    except OSError as error:
        raise FileAccessError(
            f"the export cannot be written to {out}: {error.strerror or error}",
            "Choose a folder where you may write and where there is room.",
        ) from error
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        for left in (part, old):
            shutil.rmtree(left, ignore_errors=True)


def _refuse_what_is_not_ours(target: Path) -> None:
    """Raises FileAccessError when `target` is a file, or a folder that holds anything besides an export of ours."""
    if not target.exists():
        return
    advice = "Name a new or empty folder."
    if not target.is_dir():
        raise FileAccessError(f"{target} is a file.", advice)
    there = {p.name for p in target.iterdir()}
    if not there:
        return
    try:
        package = json.loads((target / "datapackage.json").read_text("utf-8"))
        ours = {r["path"] for r in package["resources"]} if package["name"] == "declass-export" else set()
    except (OSError, ValueError, KeyError, TypeError):
        ours = set()
    foreign = sorted(there - ours - {"README.md", "datapackage.json"} if ours else there)
    if foreign:
        raise FileAccessError(f"{target} holds {foreign[0]!r}, which is not part of an earlier export.", advice)
