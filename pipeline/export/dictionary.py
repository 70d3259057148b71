"""The data dictionary: what each table and column of an export means, told from models/dictionary.toml.

The same words stand in an export's README.md, in its datapackage.json (Frictionless) and in docs/data.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.core.knowledge import toml

FRICTIONLESS = {  # type of a column -> type and format of a Frictionless field
    "text": {"type": "string"},
    "edtf": {"type": "string"},
    "time": {"type": "datetime", "format": "any"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "list": {"type": "array"},
    "identifiers": {"type": "array"},
    "boxes": {"type": "array"},
    "object": {"type": "object"},
}
MEDIA = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is text, edtf, time, integer, number, boolean, list, identifiers, boxes or object."""

    name: str
    type: str
    about: str
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableOf:
    """One table: its columns in the order of the export, and the columns that identify a row."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What an export says about itself. `changed` is (time, hash) of the archive's last change."""

    version: str
    format: str
    made_at: str
    query: str | None
    changed: tuple[str, str]
    rows: Mapping[str, int]


@cache
def tables() -> tuple[TableOf, ...]:
    """Every table of an export, in order."""
    known = toml("dictionary.toml")
    made = []
    for name, table in known["table"].items():
        own = {**known["column"], **table["column"]}
        columns = tuple(_column(n, own[n]) for n in table["columns"])
        made.append(TableOf(name, table["about"], columns, tuple(table["key"])))
    return tuple(made)


def _column(name: str, told: Mapping[str, Any]) -> Column:
    return Column(name, told["type"], told["about"], told.get("unit", ""), tuple(told.get("values", ())))


def reference() -> str:
    """docs/data.md: the contract of exports."""
    about = toml("dictionary.toml")["about"]
    return "\n".join(
        [
            "# What an export holds",
            "",
            "`declass export OUT --format jsonl|csv|parquet` writes one file a table, this dictionary as `README.md` and"
            " a `datapackage.json` (Frictionless). The columns are public interface: columns may be added, none changes its"
            " meaning. This page is made from `models/dictionary.toml`.",
            "",
            *_conventions(about, ("jsonl", "csv", "parquet")),
            *(line for t in tables() for line in _chapter(t)),
        ]
    )


def readme(facts: Facts) -> str:
    """README.md of an export: how it was made, how to read it, every table and column."""
    about = toml("dictionary.toml")["about"]
    return "\n".join(
        [
            f"# {about['title']}",
            "",
            "| | |",
            "| --- | --- |",
            f"| made by | declass {facts.version} |",
            f"| made at | {facts.made_at} |",
            f"| documents | {_cell(facts.query) if facts.query is not None else 'all of the archive'} |",
            f"| last change of the archive | {facts.changed[0] or 'none'} |",
            f"| hash of that change | {facts.changed[1]} |",
            "",
            *_conventions(about, (facts.format,)),
            *(line for t in tables() for line in _chapter(t, facts)),
        ]
    )


def _conventions(about: Mapping[str, str], formats: tuple[str, ...]) -> list[str]:
    names = {"jsonl": "JSON Lines", "csv": "CSV", "parquet": "Parquet"}
    lines = ["## How to read it", "", about["conventions"].strip(), "", "## Found, absent, not looked for", "",
             about["states"].strip(), ""]  # fmt: skip
    for kind in formats:
        lines += [f"## {names[kind]}", "", about[kind].strip(), ""]
    return lines


def _chapter(table: TableOf, facts: Facts | None = None) -> list[str]:
    title = f"## {table.name}" if not facts else f"## {table.name}.{facts.format} ({facts.rows[table.name]} rows)"
    lines = [title, "", table.about, "", "| column | type | unit | what it holds |", "| --- | --- | --- | --- |"]
    for c in table.columns:
        vocabulary = f": {', '.join(c.values)}" if c.values and ": " not in c.about else ""
        lines.append(f"| {c.name} | {c.type} | {c.unit} | {_cell(c.about + vocabulary)} |")
    return [*lines, ""]


def _cell(text: str) -> str:
    """Text as it may stand in a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def datapackage(facts: Facts, sizes: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    """The Frictionless data package. `sizes` has (bytes, SHA-256) of each file by its name."""
    return {
        "profile": "data-package",
        "name": "declass-export",
        "title": toml("dictionary.toml")["about"]["title"],
        "created": facts.made_at,
        "declass": {
            "version": facts.version,
            "query": facts.query,
            "archive_changed_at": facts.changed[0],
            "archive_change": f"sha256:{facts.changed[1]}",
            "rows": dict(facts.rows),
        },
        "resources": [_resource(t, facts, sizes[f"{t.name}.{facts.format}"]) for t in tables()],
    }


def _resource(table: TableOf, facts: Facts, size: tuple[int, str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(c, facts.format) for c in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.name not in ("documents", "entities", "entity_decisions", "runs", "failures", "corrections", "provenance"):
        schema["foreignKeys"] = [
            {"fields": "document_id", "reference": {"resource": "documents", "fields": "document_id"}}
        ]
    resource = {
        "name": table.name,
        "path": f"{table.name}.{facts.format}",
        "description": table.about,
        "format": facts.format,
        "mediatype": MEDIA[facts.format],
        "bytes": size[0],
        "hash": f"sha256:{size[1]}",
        "rows": facts.rows[table.name],
        "schema": schema,
    }
    if facts.format != "parquet":
        resource |= {"profile": "tabular-data-resource", "encoding": "utf-8"}
    if facts.format == "csv":
        resource["dialect"] = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True}
    return resource


def _field(column: Column, kind: str) -> dict[str, Any]:
    shape = FRICTIONLESS[column.type]
    if kind == "csv" and shape["type"] == "array":
        shape = {"type": "string"}  # joined by |, which no Frictionless type of version 1 can say
    field = {"name": column.name, **shape, "description": column.about}
    if column.unit:
        field["unit"] = column.unit
    if column.type in ("edtf", "list", "identifiers", "boxes"):
        field["declass:type"] = column.type
    return field
