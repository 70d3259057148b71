"""What the pages of a file are: cover sheets, routing slips, documents with their attachments, blanks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline.core.document import Scan, Segment, Votes
from pipeline.core.knowledge import toml
from pipeline.core.page import Page
from pipeline.parse.cues import likeness
from pipeline.parse.labels import find_labels
from pipeline.parse.rows import Row, rows_of
from pipeline.parse.sheets import is_sheet
from pipeline.parse.traces import stamped_words


@cache
def _knowledge() -> dict[str, Any]:
    return toml("particulars/segments.toml")


def _is_blank(page: Page, rows: Sequence[Row]) -> bool:
    """Nothing typed: at most a speck or two besides stamps and release lines."""
    if page.blank or page.grade == "blank":
        return True
    letters = [c for r in rows for c in r.cells if re.search(r"[A-Za-z]{3}", c.text)]
    legible = [c for c in letters if c.word.confidence > 0.5]
    return len(legible) < 3 and sum(len(c.text) > 4 for c in letters) < 5 and (
        len(letters) < 4 or sum(len(r.cells) for r in rows) < 12
    )


def _furniture(page: Page, rows: Sequence[Row]) -> str | None:
    """The kind of a page that stands before or between documents; None for a page of a document."""
    if is_sheet(page):
        return "cover sheet"
    for part in _knowledge()["part"]:
        weight = sum(part["each"] for phrase in part["phrases"] if any(likeness(phrase, r.text) >= 0.88 for r in rows))
        if weight >= 1.0:
            return str(part["kind"])
    return None


def _head(page: Page, rows: Sequence[Row]) -> str:
    height = page.height or (rows[-1].box.bottom if rows else 1.0)
    return "\n".join(r.text for r in rows if r.box.top < 0.4 * height)


def is_continuation(page: Page) -> bool:
    """The page says at its head that it is the second or a later one."""
    rows = rows_of(page)
    height = page.height or (rows[-1].box.bottom if rows else 1.0)
    if any(re.fullmatch(r"\W*COVER PAGES?\W*", r.text) for r in rows) and any(
        re.fullmatch(r"\W*[B-Z]\W*", r.text) for r in rows[-8:]
    ):
        return True  # the second or a later cover page of an FBI report: the first has the letter A
    numbers = [m for r in rows if r.box.top < 0.16 * height for c in r.chunks() if (m := re.fullmatch(_NUMBERED, c.text))]
    return any(int(m[1]) > 1 for m in numbers)


_NUMBERED = r"\W{0,3}[-=~–]\s?(\d{1,3})\s?[-=~–]?\W{0,3}"


def _begins(page: Page, rows: Sequence[Row]) -> bool:
    """The page has a head of its own and no sign that it continues the page before."""
    heads = _knowledge()["heads"]
    head = _head(page, rows)
    if any(re.search(p, head) for p in heads["go_on"]):
        return False
    height = page.height or (rows[-1].box.bottom if rows else 1.0)
    top = [r for r in rows if r.box.top < 0.4 * height]
    if any(re.search(p, head) for p in heads["message"]) and not re.search(heads["addressed"], head):
        return False
    announced = {n.name for n in find_labels(top)} & {"sender", "recipient", "subject", "date"}
    return any(re.search(p, head) for p in heads["new"]) or len(announced) >= heads["labels"]


def _numbers(page: Page, rows: Sequence[Row], part: float) -> set[str]:
    """Numbers such as UFGW-3333 in the upper `part` of a page: what continues a document repeats its number there."""
    height = page.height or (rows[-1].box.bottom if rows else 1.0)
    head = " ".join(r.text for r in rows if r.box.top <= part * height)
    return {m[1] + m[2] for m in re.finditer(r"\b([A-Z]{3,6})\s?[-~–]\s?(\d{4,6})\b", head)}


def _attached(page: Page, rows: Sequence[Row]) -> bool:
    top = "\n".join(r.text for r in rows[:6])
    return any(re.search(p, top) for p in _knowledge()["heads"]["attachment"])


def segment(scan: Scan, reading: tuple[Page, ...], votes: Votes) -> tuple[Segment, ...]:
    """The parts of a file, in order, every page in one of them. A page that could not be read goes with the one before.

    The first page with text is a document unless it is furniture; a blank between pages of one document stays with it.
    """
    parts: list[tuple[int, str]] = []
    own: set[str] = set()
    for page in reading:
        stamped = stamped_words(page, votes)
        rows = rows_of(page, lambda w, s=stamped: w.start not in s)  # type: ignore[misc]
        begun = any(kind in ("+document", "+attachment") for _, kind in parts)
        kind = _part(page, rows, begun)
        if kind == "+document" and begun and _numbers(page, rows, 0.2) & own:
            kind = "goes on"
        if kind == "+document":
            own = _numbers(page, rows, 1.0)
        parts.append((page.number, kind))
    return _joined(parts, scan.pages)


def _part(page: Page, rows: Sequence[Row], begun: bool) -> str:
    """What a page is, given whether a document has begun; `+` says that it begins a part."""
    if _is_blank(page, rows):
        return "blank"
    if furniture := _furniture(page, rows):
        return "+" + furniture
    if begun and _attached(page, rows):
        return "+attachment"
    return "goes on" if begun and not _begins(page, rows) else "+document"


def _joined(parts: Sequence[tuple[int, str]], pages: int) -> tuple[Segment, ...]:
    """Runs of pages. `+` begins a part; what goes on takes in the blanks before it."""
    runs: list[list[Any]] = []
    for number, kind in parts:
        if kind == "goes on":
            while len(runs) > 1 and runs[-1][2] == "blank" and runs[-2][2] in ("document", "attachment"):
                runs.pop()
            if runs and runs[-1][2] in ("document", "attachment"):
                runs[-1][1] = number
            else:
                runs.append([number, number, "document"])
        elif kind in ("blank", "+cover sheet") and runs and runs[-1][2] == kind.lstrip("+"):
            runs[-1][1] = number
        else:
            runs.append([number, number, kind.lstrip("+")])
    for run, following in itertools.pairwise(runs):
        run[1] = max(run[1], following[0] - 1)
    if runs:
        runs[0][0], runs[-1][1] = 1, max(runs[-1][1], pages)
    return tuple(Segment(n, first, last, kind) for n, (first, last, kind) in enumerate(runs, 1))
