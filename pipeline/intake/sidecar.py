"""metadata.csv: what archivists know of files before anything is read (one row a file, `filename` first)."""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.core.names import shown
from pipeline.intake.files import opened
from pipeline.intake.text import decode

NAME = "metadata.csv"
FILE_COLUMNS = ("filename", "file_name", "file")
COLUMNS = ("collection", "record_group", "series", "box", "folder", "item", "title", "date", "rights")


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The rows of one metadata.csv by file name, which is a path relative to the sidecar's folder or a bare name.

    `digest` is the SHA-256 of its bytes, hex: another digest, other metadata. `warnings` say what could not be used.
    """

    path: str
    digest: str
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    folded: Mapping[str, str] = field(default_factory=dict)  # names without case, where only one fits

    def row(self, *names: str) -> tuple[str, Mapping[str, str]] | None:
        """The first row for any of `names`, as (its key, its columns). Case counts where it must."""
        for name in names:
            key = _key(name)
            if key not in self.rows:
                key = self.folded.get(key.casefold(), "")
            if key in self.rows:
                return key, self.rows[key]
        return None


def read(path: str | Path) -> Sidecar:
    """The sidecar at `path`: UTF-8, UTF-16 or Windows-1252; parted by commas, semicolons or tabs.

    The known columns are named as in COLUMNS however they are spelt; all others keep their own heading. Empty cells are
    left out. What is wrong becomes a warning, never an error. Raises FileAccessError when the file cannot be read.
    """
    name = str(path)
    with opened(path) as file:
        data = file.read()
    digest = hashlib.sha256(data).hexdigest()
    text = decode(data)
    if text is None:
        return Sidecar(name, digest, {}, ("it is no text and was left aside",))
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        rows, warnings = _rows(reader)
    except csv.Error as error:
        return Sidecar(name, digest, {}, (f"line {reader.line_num} is no CSV ({error}); it was left aside",))
    folded: dict[str, list[str]] = {}
    for key in rows:
        folded.setdefault(key.casefold(), []).append(key)
    return Sidecar(name, digest, rows, tuple(warnings), {f: keys[0] for f, keys in folded.items() if len(keys) == 1})


def _rows(reader: Any) -> tuple[dict[str, Mapping[str, str]], list[str]]:
    headings = [_heading(h) for h in next(reader, [])]
    if not headings or headings[0] not in FILE_COLUMNS:
        first = repr(headings[0]) if headings else "missing"
        return {}, [f"its first column is {first}, not 'filename'; it was left aside"]
    rows: dict[str, Mapping[str, str]] = {}
    warnings = [f"the column {h!r} stands twice" for h in sorted({h for h in headings if h and headings.count(h) > 1})]
    for cells in reader:
        if not any(c.strip() for c in cells):
            continue
        key = _key(cells[0])
        if not key:
            warnings.append(f"line {reader.line_num} has no file name")
        elif key in rows:
            warnings.append(f"line {reader.line_num} names {shown(key)} again; the first row counts")
        else:
            if any(c.strip() for c in cells[len(headings) :]):
                warnings.append(f"line {reader.line_num} has more cells than there are columns")
            rows[key] = {h: c.strip() for h, c in zip(headings[1:], cells[1:], strict=False) if h and c.strip()}
    return rows, warnings


def _heading(raw: str) -> str:
    """Known columns in their own spelling, others as given."""
    plain = raw.strip().lower().replace(" ", "_").replace("-", "_")
    return plain if plain in COLUMNS or plain in FILE_COLUMNS else raw.strip()


def _key(name: str) -> str:
    parts = unicodedata.normalize("NFC", name.strip()).replace("\\", "/").split("/")
    return "/".join(p for p in parts if p not in ("", "."))
