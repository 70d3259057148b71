"""The identification sheet that the JFK collection puts before a document, read field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipeline.core.dates import find_dates, parse_date
from pipeline.core.knowledge import toml
from pipeline.core.page import Page, Word
from pipeline.parse.cues import likeness, near
from pipeline.parse.rows import Cell, Passage, Row, rows_of


@dataclass(frozen=True, slots=True)
class Sheet:
    """The fields of an identification sheet by name (see models/particulars/sheet.toml), as printed."""

    page: int
    fields: dict[str, Passage] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The field on one line, without what stands for nothing ([RESTRICTED], slashes of an empty date)."""
        got = self.fields.get(name)
        text = re.sub(r"\s+", " ", got.text).strip(" .:;—–-_'‘’`|") if got else ""
        return "" if re.fullmatch(r"[\[(1Il|]?\s*(?:RESTRICTED|WITHHELD)\s*[\])1Il|]?|[/ ]*", text, re.I) else text

    @property
    def date(self) -> str | None:
        """The document's date as EDTF; None when the sheet has none or a placeholder."""
        text = self.text("date")
        return parse_date(text) if find_dates(text) else None


@cache
def _form() -> dict[str, Any]:
    return toml("particulars/sheet.toml")


@cache
def _labels() -> tuple[tuple[str, str], ...]:
    return tuple((name, word) for name, words in _form()["fields"].items() for word in words)


def is_sheet(page: Page) -> bool:
    """The page is an identification sheet: its title, or most of its labels."""
    head = page.text[:3000]
    titles = sum(likeness(title, line) >= 0.85 for title in _form()["titles"] for line in head.splitlines())
    if titles >= 2:
        return True
    found = {name for name, word in _labels() for line in head.splitlines()
             if len(word) > 6 and near(line.split(":")[0][: len(word) + 4], word)}  # fmt: skip
    return len(found) >= 5


def _label_end(row: Row, column: float | None) -> tuple[str, int] | None:
    """(field, number of words of its label) when the row opens with one; specks before it are passed over.

    The labels of the form end at one `column` (points; None when it is not known yet): what stands elsewhere is a stamp's.
    """
    cells = row.cells
    best: tuple[float, int, str, int] | None = None
    for skip in range(min(3, len(cells))):
        if skip and re.search(r"[A-Za-z]{3}", "".join(c.text for c in cells[:skip])):
            break
        for name, printed in _labels():
            for count in range(1, 5):
                chosen = cells[skip : skip + count]
                if len(chosen) < count:
                    break
                joined = re.sub(r"[:;].*$", "", "".join(c.text for c in chosen))
                score = near(joined, printed)
                if column is not None and abs(chosen[-1].box.right - column) > APART:
                    continue
                if score and (best is None or (score, len(printed)) > best[:2]):
                    best = (score, len(printed), name, skip + count)
    return (best[2], best[3]) if best else None


APART = 60.0
"""Points by which the end of a label may stand off the column of the labels before it: a colon's word, a tilted page."""


def _value(cells: Sequence[Cell]) -> list[Cell]:
    kept = list(cells)
    while kept and not re.search(r"[A-Za-z0-9\[]", kept[0].text):
        kept = kept[1:]
    while kept and not re.search(r"[A-Za-z0-9\])]", kept[-1].text):
        kept = kept[:-1]
    return kept


_LONG = ("title", "subjects", "comments", "series", "file_number")
_FOOT = re.compile(r"(?i)^\W*(?:v\s?[0-9]\.?[0-9]|.{0,12}\bD?[BD]oc[ltk]?\w?d\b|\[R\]|.{0,4}released under|.*\bobjection\b|"
                   r"department of)|voi ")  # fmt: skip


def read_sheet(page: Page, keep: Callable[[Word], bool] = lambda word: True) -> Sheet:
    """The fields of an identification sheet; a field that is printed but empty is left out. `keep` says which words are
    no stamp's.

    The fields stand in one order, and what precedes the agency (when the form was printed) is none of them.
    """
    order = list(_form()["fields"])
    fields: dict[str, list[list[Cell]]] = {}
    reached = -1
    column: float | None = None
    for row in rows_of(page, keep):
        if any(likeness(title, row.text) > 0.85 for title in _form()["titles"]):
            continue
        opened = _label_end(row, column)
        if opened and (
            (reached < 0 and opened[0] in ("agency", "record_number")) or order.index(opened[0]) > reached >= 0
        ):
            reached = order.index(opened[0])
            column = row.cells[opened[1] - 1].box.right if page.width else None
            cells = _value(row.cells[opened[1] :])
        elif reached >= 0 and order[reached] in _LONG and not opened and not _FOOT.search(row.text):
            cells = _value(row.cells)
        else:
            if reached >= 0 and order[reached] == "comments":
                break
            continue
        if cells:
            fields.setdefault(order[reached], []).append(cells)
    return Sheet(page.number, {name: Passage.of(page.number, rows) for name, rows in fields.items()})


def sheet_doc_type(sheet: Sheet) -> str | None:
    """What the sheet calls the document, in the contract's vocabulary; comments (MEMO, INC LHM) say it when the type
    does not."""
    kinds: dict[str, str] = _form()["doc_types"]
    for name in ("doc_type", "comments"):
        text = sheet.text(name).upper()
        if name == "comments" and len(text.split()) > 4:
            continue
        for word in sorted(kinds, key=len, reverse=True):
            if re.search(rf"(?<![A-Z]){re.escape(word)}S?(?![A-Z])", text) and not text.startswith("INC "):
                return kinds[word]
    return None
