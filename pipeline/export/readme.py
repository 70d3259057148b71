"""What an export says of itself to people: README.md in each, docs/data.md for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.core.knowledge import toml
from pipeline.export.dictionary import BIBLIOGRAPHY, Facts, TableOf, beside, tables

VALUES = {
    "machine": "as the program alone said; what people set right stands in `corrections`",
    "corrected": "as people set them right, where they did; what the program had said stands in `corrections`",
}
FORMATS = {"jsonl": "JSON Lines", "csv": "CSV", "parquet": "Parquet"}


def reference() -> str:
    """docs/data.md: the contract of exports."""
    about = toml("dictionary.toml")["about"]
    return "\n".join(
        [
            "# What an export holds",
            "",
            "`declass export OUT --format jsonl|csv|parquet` writes one file a table, beside them the overview, the error"
            " estimates and the citations, this dictionary as `README.md` and a `datapackage.json` (Frictionless). The columns"
            " are public interface: columns may be added, none changes its meaning. This page is made from"
            " `models/dictionary.toml`.",
            "",
            about["making"].strip(),
            "",
            *_conventions(about, [*FORMATS, "excel"]),
            *(line for t in (*beside(), *tables()) for line in _chapter(t, t.name)),
        ]
    )


def readme(facts: Facts, estimates: Sequence[Mapping[str, Any]]) -> str:
    """README.md of an export: how it was made, how far to trust it, how to read it, every table and column.
    `estimates` are the rows of `error_estimates`."""
    about = toml("dictionary.toml")["about"]
    chosen = "all of the archive"
    if facts.query is not None:
        chosen = f"{'the pages' if facts.by_page else 'the documents'} that `{_cell(facts.query)}` finds"
    lines = [
        f"# {about['title']}",
        "",
        "| | |",
        "| --- | --- |",
        f"| made by | declass {facts.version} |",
        f"| holds | {chosen} |",
        *(f"| in words | {_cell(line)} |" for line in facts.said),
        f"| values | {VALUES[facts.values]} |",
        f"| archive as it was after | {facts.changed[0] or 'nothing was taken in'} |",
        f"| hash of that change | {facts.changed[1]} |",
        f"| snapshot: SHA-256 of all rows here, in any format | {facts.snapshot} |",
        "",
        "The same archive gives the same bytes again: no clock is in them. To cite the export, give the program's version, the",
        "query and the snapshot.",
        "",
        *_trust(estimates),
        *_conventions(about, [facts.format, *(["excel"] if facts.excel else [])]),
    ]
    if facts.cut:
        lines += ["Cut here: " + ", ".join(f"{n} cells of {name}" for name, n in facts.cut.items()) + ".", ""]
    for table in beside():
        lines += _chapter(table, f"{table.name}.csv ({facts.rows[table.name]} rows)")
    for name, (what, _) in BIBLIOGRAPHY.items():
        lines += [f"## {name} ({facts.rows['documents']} entries)", "", f"{what}.", ""]
    for table in tables():
        lines += _chapter(table, f"{table.name}.{facts.format} ({facts.rows[table.name]} rows)")
    return "\n".join(lines)


def _trust(estimates: Iterable[Mapping[str, Any]]) -> list[str]:
    """The columns with an estimate and values; those of a table that share one stand together."""
    lines = ["## How far to trust it", "", toml("dictionary.toml")["about"]["trust"].strip(), ""]
    told = [e for e in estimates if e["values"] and (e["expected_wrong"] is not None or e["measured_wrong"] is not None)]
    if not told:
        return [*lines, "There are no values here to estimate.", ""]
    lines += ["| table | columns | values | expected wrong | exam: wrong | exam: missed | |", "|" + " --- |" * 7]
    together: dict[tuple[str, ...], list[str]] = {}
    for e in told:
        expected = _limits(e["expected_wrong"], e["low"], e["high"])
        measured = _limits(e["measured_wrong"], e["measured_low"], e["measured_high"])
        missed = _percent(e["measured_missed"]) if e["measured_missed"] is not None else ""
        together.setdefault((e["table"], str(e["values"]), expected, measured, missed, e["remark"]), []).append(e["column"])
    lines += [f"| {table} | {', '.join(columns)} | {' | '.join(cells)} |" for (table, *cells), columns in together.items()]
    return [*lines, ""]


def _limits(share: float | None, low: float | None, high: float | None) -> str:
    return "" if share is None or low is None or high is None else f"{_percent(share)} ({_percent(low)} to {_percent(high)})"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _conventions(about: Mapping[str, str], kinds: Sequence[str]) -> list[str]:
    lines = ["## How to read it", "", about["conventions"].strip(), "", "## Found, absent, not looked for", "",
             about["states"].strip(), ""]  # fmt: skip
    for kind in kinds:
        lines += [f"## {FORMATS.get(kind, 'For Excel')}", "", about[kind].strip(), ""]
    return lines


def _chapter(table: TableOf, title: str) -> list[str]:
    lines = [f"## {title}", "", table.about, "", "| column | type | unit | what it holds |", "| --- | --- | --- | --- |"]
    for c in table.columns:
        vocabulary = f": {', '.join(c.values)}" if c.values and ": " not in c.about else ""
        lines.append(f"| {c.name} | {c.type} | {c.unit} | {_cell(c.about + vocabulary)} |")
    return [*lines, ""]


def _cell(text: str) -> str:
    """Text as it may stand in a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")
