"""The data dictionary: what each table and column of an export means, told from models/dictionary.toml.

The same words stand in an export's README.md and in docs/data.md (`readme`), and in its datapackage.json (Frictionless).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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

UNTIED = ("documents", "failures", "corrections", "provenance")
"""Tables whose `document_id` need not be one of `documents`: a refused file, say."""
BIBLIOGRAPHY = {
    "documents.bib": ("The documents for reference managers, as BibTeX", "application/x-bibtex"),
    "documents.ris": ("The documents for reference managers, as RIS", "application/x-research-info-systems"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is text, edtf, time, integer, number, boolean, list, identifiers, boxes or object. One that is
    `made` is no column of the archive, but made of others."""

    name: str
    type: str
    about: str
    unit: str = ""
    values: tuple[str, ...] = ()
    made: bool = False


@dataclass(frozen=True, slots=True)
class TableOf:
    """One table: its columns in the order of the export, and the columns that identify a row."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def kept(self) -> list[str]:
        """The columns that the archive keeps."""
        return [c.name for c in self.columns if not c.made]


@dataclass(frozen=True, slots=True)
class Facts:
    """What an export says about itself.

    `query` chose its documents (pages, when `by_page`), None is all of the archive; `said` is the query in words.
    `changed` is (time, hash) of the archive's last change; `snapshot` the SHA-256 of the rows that are exported, whatever
    the format; `values` are machine or corrected. `cut` counts the cells of each table that were cut for Excel.
    """

    version: str
    format: str
    query: str | None
    said: tuple[str, ...]
    by_page: bool
    values: str
    changed: tuple[str, str]
    snapshot: str
    rows: Mapping[str, int]
    excel: bool = False
    cut: Mapping[str, int] = field(default_factory=dict)


@cache
def tables() -> tuple[TableOf, ...]:
    """Every table of an export, in order."""
    return _described("table")


@cache
def beside() -> tuple[TableOf, ...]:
    """What lies beside the tables of every export, as CSV: overview and error_estimates."""
    return _described("beside")


def _described(kind: str) -> tuple[TableOf, ...]:
    known = toml("dictionary.toml")
    made = []
    for name, table in known[kind].items():
        own = {**known["column"], **table["column"]}
        columns = tuple(_column(n, own[n]) for n in table["columns"])
        made.append(TableOf(name, table["about"], columns, tuple(table["key"])))
    return tuple(made)


def _column(name: str, told: Mapping[str, Any]) -> Column:
    values = tuple(told.get("values", ()))
    return Column(name, told["type"], told["about"], told.get("unit", ""), values, told.get("made", False))


def datapackage(facts: Facts, sizes: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    """The Frictionless data package. `sizes` has (bytes, SHA-256) of each file by its name."""
    resources = [_resource(t, facts, facts.format, sizes) for t in tables()]
    resources += [_resource(t, facts, "csv", sizes) for t in beside()]
    resources += [_plain(name, about, media, sizes) for name, (about, media) in BIBLIOGRAPHY.items()]
    return {
        "profile": "data-package",
        "name": "declass-export",
        "title": toml("dictionary.toml")["about"]["title"],
        **({"created": facts.changed[0]} if facts.changed[0] else {}),
        "declass": {
            "version": facts.version,
            "query": facts.query,
            "query_in_words": list(facts.said),
            "by": "page" if facts.by_page else "document",
            "values": facts.values,
            "archive_changed_at": facts.changed[0],
            "archive_change": f"sha256:{facts.changed[1]}",
            "snapshot": f"sha256:{facts.snapshot}",
            "rows": dict(facts.rows),
            **({"cells_cut_for_excel": dict(facts.cut)} if facts.excel else {}),
        },
        "resources": resources,
    }


def _plain(name: str, about: str, media: str, sizes: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    stem, _, suffix = name.partition(".")
    size, digest = sizes[name]
    return {"name": f"{stem}-{suffix}", "path": name, "description": about, "format": suffix, "mediatype": media,
            "encoding": "utf-8", "bytes": size, "hash": f"sha256:{digest}"}  # fmt: skip


def _resource(table: TableOf, facts: Facts, kind: str, sizes: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    name = f"{table.name}.{kind}"
    schema: dict[str, Any] = {"fields": [_field(c, kind) for c in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.name not in UNTIED and any(c.name == "document_id" for c in table.columns):
        schema["foreignKeys"] = [
            {"fields": "document_id", "reference": {"resource": "documents", "fields": "document_id"}}
        ]
    resource = {
        "name": table.name,
        "path": name,
        "description": table.about,
        "format": kind,
        "mediatype": MEDIA[kind],
        "bytes": sizes[name][0],
        "hash": f"sha256:{sizes[name][1]}",
        "rows": facts.rows[table.name],
        "schema": schema,
    }
    if kind != "parquet":
        resource |= {"profile": "tabular-data-resource", "encoding": "utf-8"}
    if kind == "csv":
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
