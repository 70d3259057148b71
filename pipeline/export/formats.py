"""One way to write a table for each kind of file, row by row, with flat memory."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.export.cells import cell
from pipeline.export.dictionary import TableOf

Rows = Iterable[Mapping[str, Any]]

GROUP_ROWS, GROUP_TEXT = 50_000, 8_000_000  # at most in a Parquet row group: rows, characters of text

# Line ends that some readers know beside \n; JSON need not escape them, but then such a reader splits the row.
LINE_ENDS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def write_jsonl(path: Path, table: TableOf, rows: Rows) -> int:
    """One object a line, its members in the order of the columns. Gives the number of rows."""
    escaped = str.maketrans(LINE_ENDS)
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as f:
        for row in rows:
            f.write(json.dumps(dict(row), ensure_ascii=False, allow_nan=False).translate(escaped) + "\n")
            count += 1
    return count


def write_csv(path: Path, table: TableOf, rows: Rows) -> int:
    """RFC 4180 with a header; see `cells`. Gives the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\r\n")
        writer.writerow([c.name for c in table.columns])
        for row in rows:
            writer.writerow([cell(c.type, row[c.name]) for c in table.columns])
            count += 1
    return count


def write_parquet(path: Path, table: TableOf, rows: Rows) -> int:
    """Typed columns, real lists, row groups of bounded size. Gives the number of rows."""
    import pyarrow
    import pyarrow.parquet

    types = _parquet_types(pyarrow)
    schema = pyarrow.schema([pyarrow.field(c.name, types[c.type]) for c in table.columns])
    count = 0
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in _groups(rows):
            columns = {c.name: [_typed(c.type, row[c.name]) for row in group] for c in table.columns}
            writer.write_table(pyarrow.Table.from_pydict(columns, schema=schema))
            count += len(group)
    return count


def _parquet_types(pyarrow: Any) -> dict[str, Any]:
    text, number = pyarrow.string(), pyarrow.float64()
    sides = [(side, number) for side in ("left", "top", "right", "bottom")]
    return {
        "text": text,
        "edtf": text,
        "time": pyarrow.timestamp("us", tz="UTC"),
        "integer": pyarrow.int64(),
        "number": number,
        "boolean": pyarrow.bool_(),
        "list": pyarrow.list_(text),
        "identifiers": pyarrow.list_(pyarrow.struct([("kind", text), ("value", text)])),
        "boxes": pyarrow.list_(pyarrow.struct([("page", pyarrow.int64()), *sides])),
        "object": text,
    }


def _typed(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "time":
        return datetime.fromisoformat(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if kind == "object" else value


def _groups(rows: Rows) -> Iterator[list[Mapping[str, Any]]]:
    group: list[Mapping[str, Any]] = []
    text = 0
    for row in rows:
        group.append(row)
        text += len(row.get("text") or "")
        if len(group) == GROUP_ROWS or text > GROUP_TEXT:
            yield group
            group, text = [], 0
    if group:
        yield group


WRITERS: dict[str, Callable[[Path, TableOf, Rows], int]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "parquet": write_parquet,
}
