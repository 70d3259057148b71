"""Labels (FROM, TO, SUBJECT, DATE ...) and the values that stand beside or below them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.core.geometry import Box
from pipeline.core.knowledge import toml
from pipeline.parse.cues import alike, near, squash
from pipeline.parse.rows import Cell, Passage, Row, character


@dataclass(frozen=True, slots=True)
class Label:
    """A label on a row: `first` to `last` are the places of its words in the row, `name` what it announces."""

    name: str
    word: str
    row: int
    first: int
    last: int
    likeness: float
    colon: bool
    box: Box


@cache
def _vocabulary() -> tuple[tuple[str, str, int], ...]:
    """(name, printed words, number of words), the longest first."""
    table = toml("particulars/labels.toml")
    every = [(name, word, len(word.split())) for name, entry in table.items() for word in entry["words"]]
    return tuple(sorted(every, key=lambda e: -len(e[1])))


@cache
def _boxes() -> dict[str, int]:
    """Labels of forms whose value stands below them, with the number of lines it may have."""
    return {word: n for entry in toml("particulars/labels.toml").values() for word, n in entry.get("below", {}).items()}


def boxed(label: Label) -> int:
    """The number of lines of a value that stands in a box below its label; 0 when it stands beside."""
    return _boxes().get(label.word, 0)


@cache
def _openings() -> frozenset[str]:
    """First words of the labels of several words."""
    return frozenset(printed.split()[0] for _, printed, count in _vocabulary() if count > 1)


_COLON = re.compile(r"[:;?!.=}{\])]|^[:;3t$?!.=*-]$")


def _is_mark(text: str) -> bool:
    return not re.search(r"[A-Za-z0-9]", text)


def _label_at(row: Row, number: int, first: int) -> Label | None:
    """The label that begins at the word `first`: of several that fit the likest, of equals the longest."""
    cells = row.cells
    best: Label | None = None
    if not re.search(r"[A-Za-z0-9]", cells[first].text):
        return None
    texts = {n: " ".join(c.text for c in cells[first : first + n]) for n in range(1, min(9, len(cells) - first + 1))}
    for name, printed, count in _vocabulary():
        if count not in texts:
            continue
        chosen, joined = cells[first : first + count], texts[count]
        if abs(len(joined) - len(printed)) > 6:
            continue
        likeness = near(joined, printed)
        if not likeness and len(squash(printed)) > 11 and joined.endswith((":", ";")) and alike(printed, joined, 4):
            likeness = 0.7
        if not likeness and printed == "TO" and joined in ("10:", "T0:", "1O:", "IO:"):
            likeness = 0.8
        if not likeness and printed == "MEMORANDUM FOR" and re.fullmatch(r"[A-Z0-9]{3,7}[RH]AND[UO][MN] F[O0]R:?", joined):
            likeness = 0.87  # the worn end of a word that nothing else ends in
        if likeness <= (best.likeness if best else 0.0):
            continue
        last = first + count - 1
        follower = cells[last + 1] if last + 1 < len(cells) else None
        gap = follower.box.left - chosen[-1].box.right if follower else 99.0
        colon = bool(re.search(r"[:;?]\W?$", chosen[-1].text)) or bool(
            follower and len(follower.text) <= 2 and _COLON.search(follower.text)
        )
        capital = joined.upper() == joined
        long = len(squash(printed)) > 12 and likeness > 0.86
        bare = capital and (likeness == 1.0 or long) and (name != "furniture" or gap > 2 * character(cells))
        if (colon or bare) and (capital or re.match(r"[A-Z]", joined)):
            best = Label(name, printed, number, first, last, likeness, colon, Box.around(c.box for c in chosen))
    return best


def find_labels(rows: Sequence[Row]) -> list[Label]:
    """All labels, row by row: the first word of a row (or after leading specks) and any word after a gap."""
    out: list[Label] = []
    for number, row in enumerate(rows):
        pitch = character(row.cells)
        at = 0
        leading = numbered = True
        while at < len(row.cells):
            before = row.cells[at - 1] if at else None
            gap = before is not None and row.cells[at].box.left - before.box.right > 1.8 * pitch
            fresh = leading or gap or bool(numbered and before and re.fullmatch(r"\d{1,2}[.,]", before.text))
            numbered = fresh
            dated = row.cells[at].text == "DATE:"  # a form's label, however close the value before it comes
            label = _label_at(row, number, at) if fresh or dated or row.cells[at].text in _openings() else None
            if label and not (fresh or dated) and (label.likeness < 1.0 or " " not in label.word):
                label = None  # in running text only what is printed letter for letter, and of several words
            if label:
                out.append(label)
                at = label.last + 1
                leading = False
                continue
            leading = leading and (_is_mark(row.cells[at].text) or len(row.cells[at].text) <= 2 or (at == 0
                                   and bool(re.fullmatch(r"\d+[.)]?", row.cells[at].text))))  # fmt: skip
            at += 1
    return out


def _trim(cells: list[Cell]) -> list[Cell]:
    """Without the colon that opens a value and the specks that close it."""
    while cells and (
        _is_mark(cells[0].text) or (len(cells) > 1 and re.fullmatch(r"[:;3t?$!.=*'\"-]{1,2}", cells[0].text))
    ):
        cells = cells[1:]
    while (
        cells and (_is_mark(cells[-1].text) or re.fullmatch(r"[a-z.,'\"|_~-]{1,2}", cells[-1].text)) and len(cells) > 1
    ):
        cells = cells[:-1]
    return cells if any(re.search(r"[A-Za-z0-9]", c.text) for c in cells) else []


def _until_gap(cells: Sequence[Cell], widest: float) -> list[Cell]:
    """The cells up to the first blank wider than `widest` points."""
    kept: list[Cell] = []
    for c in cells:
        if kept and c.box.left - kept[-1].box.right > widest:
            break
        kept.append(c)
    return kept


_PARAGRAPH = re.compile(r"^\W{0,2}(?:\d{1,2}|[A-Za-z])[.,)]$|^\d{1,2}[.,]\S")


def beside(rows: Sequence[Row], labels: Sequence[Label], label: Label, lines: int = 4) -> Passage | None:
    """The value to the right of a label, with the lines that hang below it. None when nothing stands there."""
    row = rows[label.row]
    pitch = character(row.cells)
    ends = [n.first - bool(re.fullmatch(r"\d{1,2}[.,]", row.cells[n.first - 1].text))
            for n in labels if n.row == label.row and n.first > label.last]  # fmt: skip
    value = _trim(_until_gap(row.cells[label.last + 1 : min(ends, default=len(row.cells))], 12 * pitch))
    value = _trim(_until_gap(value, 7 * pitch))
    if not value or value[0].box.left - label.box.right > 45 * pitch:
        return None
    taken = [value]
    labelled = {n.row: n for n in reversed(labels)}
    spacing = 0.9 if label.name in ("sender", "recipient") else 1.4  # names stand in single space
    items = bool(_PARAGRAPH.match(value[0].text))
    left, bottom, height = value[0].box.left, value[0].box.bottom, max(7.0, value[0].box.height)
    for number in range(label.row + 1, min(label.row + lines + 2, len(rows))):
        below = rows[number]
        column = [c for c in below.cells if c.box.left >= left - 2.5 * pitch]
        if not column or column[0].box.top - bottom > spacing * height or len(taken) >= lines:
            break
        if all(len(squash(c.text)) <= 2 for c in below.cells):
            continue  # specks, shine-through, a page number: no line of a value, and no bridge to the body
        outside = [c for c in below.cells if c.box.left < left - 2.5 * pitch]
        stranger = [c for c in outside if len(squash(c.text)) > 2 or _PARAGRAPH.match(c.text)]
        other = labelled.get(number)
        if _opens_text(rows, number, pitch):
            break
        new_item = _PARAGRAPH.match(column[0].text) and not items
        if stranger or (_capitals(taken) and _prose(Row(row.page, tuple(column)))):
            break
        if (other and other.box.left < left + 20 * pitch) or new_item:
            if (
                other
                and other.name in ("furniture", "number", "date", "info_date")
                and other.box.left > left + 20 * pitch
            ):
                column = [c for c in column if c.box.right < other.box.left]
            else:
                break
        line = _trim(_until_gap(column, 7 * pitch))
        if not line or line[0].box.left > left + 24 * pitch or (outside and line[0].box.left < left - 0.5 * pitch):
            break
        taken.append(line)
        bottom, height = line[0].box.bottom, max(7.0, line[0].box.height)
    return Passage.of(row.page, taken)


def _opens_text(rows: Sequence[Row], number: int, pitch: float) -> bool:
    """A row is the indented first line of the text: it runs on in small letters to the next row's right edge, and the next
    row goes on at the margin."""
    row = rows[number]
    under = rows[number + 1] if number + 1 < len(rows) else None
    if not under or not _prose(row) or not _prose(under):
        return False
    near_by = under.box.top - row.box.bottom < 1.4 * max(7.0, row.box.height)
    full = row.box.right > under.box.right - 12 * pitch
    return near_by and full and under.box.left < row.box.left - 2 * pitch


def _capitals(lines: Sequence[Sequence[Cell]]) -> bool:
    """All lines are typed in capitals."""
    return not any(re.search(r"[a-z]{3}", c.text) for line in lines for c in line)


def _prose(row: Row) -> bool:
    small = len(re.findall(r"\b[a-z]{2,}\b", row.text))
    return small >= 4 and small >= 0.35 * len(row.cells)


def below(rows: Sequence[Row], labels: Sequence[Label], label: Label, right: float, lines: int = 2) -> Passage | None:
    """The value below a label in a box of a form: the next rows from the label's left edge to `right` (points)."""
    taken: list[list[Cell]] = []
    bottom = label.box.bottom
    labelled = {(n.row, i) for n in labels for i in range(n.first, n.last + 1)}
    for number in range(label.row + 1, min(label.row + 2 * lines + 2, len(rows))):
        pitch = character(rows[number].cells)
        left = label.box.left - 2 * pitch
        column = (c for i, c in enumerate(rows[number].cells) if (number, i) not in labelled)
        cells = [c for c in column if left <= c.box.left and c.box.right <= right]
        line = _trim(_until_gap(cells, 7 * pitch))
        beginning = (n for n in labels if n.row == number and n.box.left >= left)
        if any(n.box.left < min(right, label.box.left + 120) for n in beginning) or (
            line and line[0].box.top - bottom > (34 if not taken else 10)
        ):
            break
        if line and len(squash("".join(c.text for c in line))) > 2:
            taken.append(line)
            bottom = line[0].box.bottom
        if len(taken) >= lines:
            break
    return Passage.of(rows[label.row].page, taken) if taken else None
