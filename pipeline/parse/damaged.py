"""Labels too damaged to be known by themselves, known by their place: FROM stands under TO, SUBJECT under FROM."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.parse.cues import alike, squash
from pipeline.parse.labels import Label
from pipeline.parse.rows import Cell, Passage, Row, character

TO = frozenset({"TO", "IO", "TD", "TC", "YO", "JO", "LO", "RO", "TQ", "7O", "TA", "TOI", "TOT", "TOS", "TOL", "TOA"})
"""What readers make of TO, figures folded as `squash` does."""
EDGE = 14.0
"""Points by which labels of one form may differ at their left edge."""
REACH = 130.0
"""Points below TO within which FROM stands, and below FROM within which SUBJECT does."""


def complete(rows: Sequence[Row], labels: Sequence[Label], height: float) -> list[Label]:
    """`labels` with TO, FROM and SUBJECT added where the form has them and their own letters do not say so.

    Two rows at one left edge in the upper part of the page, the first opened by what may be TO, the second by what may be
    FROM, bear each other out; so does one of them and a label that is known.
    """
    known = {n.name: n for n in reversed(labels) if n.box.top < 0.6 * height and (n.colon or _set_off(rows, n))}
    others = {n.row for n in labels if n.first <= 1 and n.name == "furniture" and n.likeness > 0.9}
    opened = [(i, r) for i, r in enumerate(rows) if r.box.top < 0.6 * height and len(r.cells) > 1 and i not in others]
    added: list[Label] = []
    if not {"sender", "recipient"} <= set(known):
        tos = [_label("recipient", "TO", i, r) for i, r in opened if _to(r)]
        froms = [_label("sender", "FROM", i, r) for i, r in opened if _from(r)]
        tos = [known["recipient"]] if "recipient" in known else tos
        froms = [known["sender"]] if "sender" in known else froms
        pair = next(((t, f) for t in tos for f in froms if _beneath(t, f)), None)
        added += [n for n in pair or () if n.name not in known]
    every = known | {n.name: n for n in added}
    if not {"sender", "recipient", "subject"} <= set(every):
        added += [n for n in _in_column(opened) if n.name not in every]
        every |= {n.name: n for n in added}
    country = next((n for n in labels if n.word == "COUNTRY"), None)
    if "subject" not in every and (above := country or ("recipient" in every and every.get("sender"))):
        added += [n for n in _subject(rows, above) if n.row not in others]
    return sorted([*labels, *added], key=lambda n: (n.row, n.first))


def _in_column(opened: Sequence[tuple[int, Row]]) -> list[Label]:
    """TO, FROM and SUBJECT of a head whose labels stand at one edge and their values at another, where TO and SUBJECT, or
    DATE and SUBJECT, can be told: what stands between them is told by its place."""
    for number, row in opened:
        column = [(i, r) for i, r in opened if i >= number and _aligned(row, r)]
        named = [_told(r.cells[0].text) for _, r in column]
        if "subject" not in named[2:] or not {"date", "recipient"} & set(named[:1]):
            continue
        last = named.index("subject", 2)
        between = range(1, last)
        if named[0] == "date" and len(between) == 2:
            names = ["recipient", "sender"]
        elif named[0] == "recipient" and len(between) == 1:
            names = ["sender"]
        else:
            continue
        if any(3 <= len(squash(column[n][1].cells[0].text)) > 6 for n in between if names[n - 1] == "sender"):
            continue
        words = {"recipient": "TO", "sender": "FROM", "subject": "SUBJECT"}
        told = [*zip(between, names, strict=True), (last, "subject"), *([(0, "recipient")] if named[0] != "date" else [])]
        return [_label(name, words[name], *column[n]) for n, name in told]
    return []


def _aligned(one: Row, other: Row) -> bool:
    """Two rows have their labels at one edge, set off from values at another."""
    pitch = character(one.cells)
    label, value = other.cells[0], other.cells[1]
    return (
        abs(label.box.left - one.cells[0].box.left) <= EDGE / 2
        and abs(value.box.left - one.cells[1].box.left) <= 1.5 * pitch
        and value.box.left - label.box.right > 0.8 * pitch
        and _capital(label)
        and 0 <= other.box.top - one.box.top <= 2 * REACH
    )


def _told(text: str) -> str | None:
    """What a damaged label says by itself."""
    if squash(text) in TO:
        return "recipient"
    return "date" if alike("DATE", text, 1) else "subject" if len(squash(text)) > 4 and alike("SUBJECT", text, 3) else None


def _set_off(rows: Sequence[Row], label: Label) -> bool:
    """A blank stands between a label and what follows it."""
    cells = rows[label.row].cells
    following = cells[label.last + 1] if label.last + 1 < len(cells) else None
    return following is None or following.box.left - label.box.right > 1.8 * character(cells)


def beside_date(rows: Sequence[Row], labels: Sequence[Label]) -> Passage | None:
    """The subject of an information report whose label is lost: what stands left of DATE DISTR., and the lines under it."""
    date = next((n for n in labels if n.word.startswith("DATE DIST")), None)
    if not date:
        return None
    taken: list[Sequence[Cell]] = []
    for number in range(date.row, min(date.row + 6, len(rows))):
        cells = [c for c in rows[number].cells if c.box.right < date.box.left]
        cells = cells[1:] if cells and alike("SUBJECT", cells[0].text, 3) else cells
        other = any(n.row == number and n.box.left < date.box.left and n.name != "subject" for n in labels)
        if not cells or other or (taken and cells[0].box.top - taken[-1][0].box.bottom > 1.6 * cells[0].box.height):
            break
        taken.append(cells)
    return Passage.of(rows[date.row].page, taken) if taken else None


def _label(name: str, word: str, number: int, row: Row) -> Label:
    colon = bool(re.search(r"[:;.,]$", row.cells[0].text))
    return Label(name, word, number, 0, 0, 0.6, colon, row.cells[0].box)


def _capital(cell: Cell) -> bool:
    return bool(re.match(r"[A-Z0-9]", cell.text)) or cell.text.endswith(":")


def _to(row: Row) -> bool:
    return squash(row.cells[0].text) in TO and _capital(row.cells[0])


def _from(row: Row) -> bool:
    text = squash(row.cells[0].text)
    return 3 <= len(text) <= 6 and _capital(row.cells[0]) and alike("FROM", text, 2)


def _beneath(upper: Label, lower: Label) -> bool:
    apart = lower.box.top - upper.box.bottom
    return lower.row > upper.row and abs(lower.box.left - upper.box.left) <= EDGE and apart <= REACH


def _subject(rows: Sequence[Row], above: Label) -> list[Label]:
    """The next row under FROM (of a report under COUNTRY) that has a word at the labels' edge, its value at the values'."""
    cells = rows[above.row].cells
    if above.last + 1 >= len(cells):
        return []
    value = cells[above.last + 1].box.left
    for number in range(above.row + 1, min(above.row + 7, len(rows))):
        row = rows[number]
        if row.box.top - above.box.bottom > REACH:
            break
        at_edge = abs(row.cells[0].box.left - above.box.left) <= EDGE and len(row.cells) > 1
        if not at_edge:
            continue
        pitch = character(row.cells)
        first, second = row.cells[0], row.cells[1]
        set_off = second.box.left - first.box.right > 1.2 * pitch and abs(second.box.left - value) <= 6 * pitch
        if set_off and 4 <= len(squash(first.text)) <= 9:
            return [Label("subject", "SUBJECT", number, 0, 0, 0.6, True, first.box)]
        return []
    return []
