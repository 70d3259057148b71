"""A row a document, for reading: what it is, what became of it, what is withheld, where it lies, how it is cited.

A count is empty, not 0, when nobody looked: its stage did not run on the whole document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.export.citation import nara, source_note
from pipeline.store.rows import Beside

Row = Mapping[str, Any]
Stream = Callable[[str, Sequence[str]], Iterable[Row]]
"""(table, columns) to the rows that are exported, document by document."""

AS_THEY_ARE = (
    "file_name", "doc_type", "date", "sender", "recipient", "agency", "classification", "classification_struck", "controls",
    "history", "release_decision", "release_date", "pages", "status", "collection", "record_group", "series", "box",
    "folder", "item", "document_id",
)  # fmt: skip
NEEDED = {
    "pages": ("document_id", "page", "grade"),
    "stamps": ("finding_id", "document_id", "page", "kind", "agency", "date", "exemptions"),
    "redactions": ("finding_id", "document_id", "page", "code", "area"),
    "recommendations": ("finding_id", "document_id"),
    "events": ("document_id", "sequence", "date", "action", "agency"),
    "corrections": ("document_id", "state"),
}
TELLING = ("release", "declassification", "review", "denial", "downgrade")
"""Kinds of stamps that tell what became of the document."""


def overview(documents: Iterable[Row], stream: Stream) -> Iterator[dict[str, Any]]:
    """A row for each row of `documents`, in their order."""
    beside = {table: Beside(stream(table, columns)) for table, columns in NEEDED.items()}
    for document in documents:
        ident = document["document_id"]
        yield _row(document, {table: rows.of(ident) for table, rows in beside.items()})


def _row(d: Row, of: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    def looked(table: str) -> bool:
        return table in (d["stages"] or ())

    stamps, redactions, pages = of["stamps"], of["redactions"], of["pages"]
    return {
        **{name: d[name] for name in AS_THEY_ARE},
        "subject": d["title"] or d["subject"],
        "released_by": _released_by(d, of["events"]),
        "years_closed": _years(d["date"], d["release_date"]),
        "stamps": len(stamps) if looked("stamps") else None,
        "stamps_told": _told(s for s in stamps if s["kind"] in TELLING),
        "redactions": len(redactions) if looked("redactions") else None,
        "pages_redacted": len({r["page"] for r in redactions}) if looked("redactions") else None,
        "share_withheld": _share(redactions, len(pages)) if looked("redactions") else None,
        "codes": _codes([r["code"] for r in redactions], [c for s in stamps for c in s["exemptions"]]),
        "advice": len(of["recommendations"]) if looked("recommendations") else None,
        "pages_read": len(pages),
        "pages_hard_to_read": sum(p["grade"] in ("poor", "unreadable") for p in pages),
        "corrections": sum(c["state"] == "attached" for c in of["corrections"]),
        "citation": nara(d),
        "source_note": source_note(d),
    }


def _told(stamps: Iterable[Row]) -> list[str]:
    """Each once, with the pages that bear it: `release NARA 2025 p. 1`, `review CIA 1997-06-18 pp. 3, 5`."""
    pages: dict[str, list[int]] = {}
    for s in stamps:
        what = " ".join(p for p in (s["kind"], s["agency"], s["date"]) if p)
        pages.setdefault(what, []).append(s["page"])
    return [f"{what} {_pages(sorted(set(some)))}" for what, some in pages.items()]


def _pages(numbers: Sequence[int]) -> str:
    """Runs of three or more pages by their ends."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    told = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return f"{'pp.' if len(numbers) > 1 else 'p.'} {', '.join(told)}"


def _share(redactions: Sequence[Row], pages: int) -> float | None:
    """Of the area of the pages that were read; what is withheld of a page is at most all of it."""
    withheld: dict[int, float] = {}
    for r in redactions:
        withheld[r["page"]] = min(1.0, withheld.get(r["page"], 0.0) + r["area"])
    return round(sum(withheld.values()) / pages, 4) if pages else None


def _codes(*cited: Iterable[str | None]) -> list[str]:
    return sorted({code.strip() for codes in cited for code in codes if code and code.strip()})


def _released_by(d: Row, events: Sequence[Row]) -> str | None:
    """Who made the decision that the document stands by: the agency of its event in the ledger."""
    decision = (d["release_decision"] or "none").replace("_", " ")
    same = [e for e in events if e["action"] == decision] or [e for e in events if decision.startswith(e["action"])]
    dated = [e for e in same if e["date"] == d["release_date"]] or same
    return dated[-1]["agency"] if dated else None


def _years(made: str | None, released: str | None) -> int | None:
    """From year to year; None when either is not known to the year."""
    years = [re.match(r"\d{4}(?!\d)", day or "") for day in (made, released)]
    return int(years[1][0]) - int(years[0][0]) if years[0] and years[1] else None
