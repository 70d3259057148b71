"""One way to write a table for each kind of file, row by row, with flat memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from pipeline.export.cells import cell, shortened, writing
from pipeline.export.dictionary import TableOf

Rows = Iterable[Mapping[str, Any]]

BATCH_ROWS, BATCH_TEXT = 1_000, 2_000_000  # held as Python objects at a time: rows, characters of text
GROUP_ROWS, GROUP_BYTES = 50_000, 16_000_000  # at most in a Parquet row group: rows, bytes of Arrow

# Line ends that some readers know beside \n; JSON need not escape them, but then such a reader splits the row.
LINE_ENDS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def write_jsonl(file: IO[bytes], table: TableOf, rows: Rows) -> int:
    """One object a line, its members in the order of the columns. Gives the number of rows."""
    escaped = str.maketrans(LINE_ENDS)
    count = 0
    with as_text(file) as f:
        for row in rows:
            f.write(json.dumps(dict(row), ensure_ascii=False, allow_nan=False).translate(escaped) + "\n")
            count += 1
    return count


def write_csv(file: IO[bytes], table: TableOf, rows: Rows) -> int:
    """RFC 4180 with a header; see `cells`. Gives the number of rows."""
    count = 0
    columns = [(writing(c.type), c.name) for c in table.columns]
    with as_text(file) as f:
        writer = csv.writer(f, lineterminator="\r\n")
        writer.writerow([name for _, name in columns])
        for row in rows:
            writer.writerow(["" if (value := row[name]) is None else write(value) for write, name in columns])
            count += 1
    return count


def write_for_excel(file: IO[bytes], table: TableOf, rows: Rows, cut: dict[str, int]) -> int:
    """The same for Excel: with a byte-order mark, and no cell longer than Excel holds. `cut` counts what was shortened,
    by table."""
    count = 0
    with as_text(file) as f:
        f.write("\ufeff")
        writer = csv.writer(f, lineterminator="\r\n")
        writer.writerow([c.name for c in table.columns])
        for row in rows:
            whole = [cell(c.type, row[c.name]) for c in table.columns]
            short = [shortened(text) for text in whole]
            if short != whole:
                cut[table.name] = cut.get(table.name, 0) + sum(a != b for a, b in zip(short, whole, strict=True))
            writer.writerow(short)
            count += 1
    return count


def write_parquet(file: IO[bytes], table: TableOf, rows: Rows) -> int:
    """Typed columns, real lists, row groups of bounded size. Gives the number of rows."""
    import pyarrow
    import pyarrow.parquet

    types = _parquet_types(pyarrow)
    schema = pyarrow.schema([pyarrow.field(c.name, types[c.type]) for c in table.columns])
    count = 0
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        held: list[Any] = []
        for some in _batches(rows):
            columns = {c.name: [_typed(c.type, row[c.name]) for row in some] for c in table.columns}
            held.append(pyarrow.RecordBatch.from_pydict(columns, schema=schema))
            count += len(some)
            if sum(b.num_rows for b in held) >= GROUP_ROWS or sum(b.nbytes for b in held) > GROUP_BYTES:
                writer.write_table(pyarrow.Table.from_batches(held))
                held = []
        if held:
            writer.write_table(pyarrow.Table.from_batches(held))
    return count


@contextmanager
def as_text(file: IO[bytes]) -> Iterator[io.TextIOWrapper]:
    """The file to write text to, as UTF-8 with line ends as given; it stays open."""
    f = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        yield f
    finally:
        f.detach()


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


def _batches(rows: Rows) -> Iterator[list[Mapping[str, Any]]]:
    some: list[Mapping[str, Any]] = []
    text = 0
    for row in rows:
        some.append(row)
        text += len(row.get("text") or "")
        if len(some) == BATCH_ROWS or text > BATCH_TEXT:
            yield some
            some, text = [], 0
    if some:
        yield some


WRITERS: dict[str, Callable[[IO[bytes], TableOf, Rows], int]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "parquet": write_parquet,
}
