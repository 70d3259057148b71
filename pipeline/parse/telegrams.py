"""Telegrams: FM and TO of a teletyped message, and the line by which CIA messages name their addressee and sender."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline.core.knowledge import toml
from pipeline.parse.cues import likeness, squash
from pipeline.parse.labels import Label, beside
from pipeline.parse.rows import Cell, Passage, Row
from pipeline.parse.said import Said, line, said


@cache
def _knowledge() -> dict[str, Any]:
    return toml("particulars/heads.toml")


def teletyped(rows: Sequence[Row], labels: Sequence[Label], height: float) -> list[Said]:
    """FM and TO of a teletyped message; addressees follow TO line by line until INFO or the text."""
    opened = (
        (i, n)
        for i, r in enumerate(rows)
        for n, c in enumerate(r.cells[:3])
        if r.box.top <= 0.7 * height and n + 1 < len(r.cells) and _fm(c.text, r.cells[n + 1].text, rows[i + 1 : i + 2])
    )
    sender, first_cell = next(opened, (-1, 0))
    if sender < 0:
        return []
    head = rows[sender].cells[first_cell:]
    out = [said("sender", Passage.of(rows[sender].page, [_column(head[1:])]), "head-teletype", 0.93)]
    addressees: list[list[Cell]] = []
    for row in rows[sender + 1 : sender + 20]:
        margin = head[0].box.left
        cells = tuple(c for c in row.cells if c.box.left > margin - 12)
        if not cells or cells[0].box.left > margin + 60:
            continue
        first = squash(cells[0].text)
        cells = cells[1:] if not addressees and first in ("TO", "JO", "YO") else cells
        if not cells:
            continue
        if any(first == squash(end) for end in _knowledge()["ends"]) or (
            re.match(r"^[A-Z0-9]{1,2}$", first) and addressees
        ):
            break
        if (
            addressees
            and row.box.top - addressees[-1][0].box.bottom > 1.6 * row.box.height
            and row.box.left > addressees[0][0].box.left + 60
        ):
            break
        if kept := _column(cells):
            addressees.append(kept)
        if is_level(" ".join(c.text for c in row.cells)):
            addressees.pop()
            break
    if addressees:
        passage = Passage.of(rows[sender].page, addressees)
        names = [addressee(text) for text in passage.text.split("\n")]
        found = said("recipient", passage, "head-teletype", 0.9)
        out.append(found._replace(value="; ".join(n for n in names if n)) if found else None)
    return [s for s in out if s] + subject(rows, labels)


def _fm(text: str, named: str, below: Sequence[Row]) -> bool:
    """FM, or what a reader made of it over the line TO, before a post (AM AMEMBASSY MOSCOW)."""
    if re.fullmatch(r"\W{0,2}(?:FM|FA|FIA|F[HN][-.,]?|FM[-.,])", text):
        return True
    over = any(squash(r.cells[0].text) in ("TO", "JO", "YO", "IO") for r in below)
    return over and bool(re.fullmatch(r"\W{0,2}[A-Z]{1,3}\W?", text) and re.match(_knowledge()["mission"], named))


def subject(rows: Sequence[Row], labels: Sequence[Label]) -> list[Said]:
    """The subject of a telegram, whose lines go on under its label as far as they stand close together."""
    tagged = {n.row + k for n in labels if n.word in ("TAGS", "EO") for k in (1, 2)}
    label = next((n for n in labels if n.name == "subject" and (n.colon or n.row in tagged)), None)
    first = beside(rows, labels, label, lines=1) if label else None
    if not label:
        return []
    cells = rows[label.row].cells
    edge = first.boxes[0].box.right if first and first.boxes else 9e9
    taken = [[c for c in cells[label.last + 1 :] if c.box.right <= edge + 1] if first else _slipped(rows, label)]
    if not taken[0]:
        return []
    height = max(7.0, label.box.height)
    for number in range(label.row + 1, min(label.row + 5, len(rows))):
        kept = [c for c in rows[number].cells if c.box.left > label.box.left - 12]
        kept = [c for c in _column(kept) if len(squash(c.text)) > 0 or c.text == "&"]
        other = any(n.row == number and n.colon for n in labels)
        if not kept or other or kept[0].box.left > label.box.left + 160 or re.match(r"\W{0,2}\d{1,2}\W", kept[0].text + " "):
            break
        if kept[0].box.top - taken[-1][0].box.bottom > 0.75 * height or is_level(rows[number].text):
            break
        taken.append(kept)
    found = said("subject", Passage.of(rows[label.row].page, taken), "head-teletype", 0.9)
    return [found] if found else []


def _slipped(rows: Sequence[Row], label: Label) -> list[Cell]:
    """The value of a label that is alone on its row: the end of a tilted line that was put on the row above, whose words
    stand nearer the label's height than that row's first word."""
    above = rows[label.row - 1].cells if label.row else ()
    end = [c for c in above[1:] if c.box.left > label.box.right]
    if not end or len(rows[label.row].cells) > label.last + 1:
        return []
    middle = sum(c.box.middle[1] for c in end) / len(end)
    nearer = abs(middle - label.box.middle[1]) < abs(middle - above[0].box.middle[1])
    return end if nearer else []


def cited(rows: Sequence[Row], height: float) -> list[Said]:
    """Addressee and sender of a CIA message by the line that opens its text: PRITY DIR INFO WAVE CITE MEXI 2621.

    An outgoing form has CITE DIR (or DIRECTOR) alone in a box: it tells the sender, its addressees stand below.
    """
    for number, row in enumerate(rows):
        if row.box.top > 0.62 * height:
            break
        m = re.search(_knowledge()["cite"], row.text)
        if not m:
            continue
        group = "sender" if m["sender"] else "director"
        sender = said("sender", _named(row, m, group), "cite-line", 0.7)
        addressed = said("recipient", _named(row, m, "recipient"), "cite-line", 0.65) if m["recipient"] else None
        return [s._replace(value=_in_full(s.value, rows[:number])) for s in (sender, addressed) if s]
    return []


def _in_full(post: str, above: Sequence[Row]) -> str:
    """A post as the boxes over the line have it, of whose name the line has four letters: MEXI, MEXICO CITY; WAVE, JMWAVE."""
    if re.fullmatch(r"D[I1l]?R(?:ECTOR)?\d*", post):
        return "DIRECTOR"
    if not re.fullmatch(r"[A-Z]{4}", post):
        return post
    names = (re.sub(r"\W+$", "", c.text) for r in above for c in r.chunks())
    whole = (n for n in names if re.fullmatch(r"[A-Z][A-Z ]{4,19}", n))
    return next((n for n in whole if n.startswith(post) or n == f"JM{post}"), post)


def _named(row: Row, m: re.Match[str], group: str) -> Passage:
    at, cells = 0, []
    for c in row.cells:
        if at < m.end(group) and at + len(c.text) > m.start(group):
            cells.append(c)
        at += len(c.text) + 1
    return Passage.of(row.page, [cells])


def _column(cells: Sequence[Cell]) -> list[Cell]:
    """The cells up to a blank of six characters: what stands to the right is another's."""
    kept: list[Cell] = []
    for c in cells:
        if kept and c.box.left - kept[-1].box.right > 6 * max(3.0, c.box.width / max(1, len(c.text))):
            break
        kept.append(c)
    return kept


def is_level(text: str) -> bool:
    """The row is a classification line."""
    letters = re.sub(r"[^A-Z]", "", text.upper())
    return any(
        letters.startswith(level) for level in ("CONFIDENTIAL", "SECRET", "TOPSECRET", "UNCLAS", "LIMITEDOFFICIALUSE")
    ) or (likeness("CONFIDENTIAL", letters) > 0.85 and len(letters) < 30)


def addressee(text: str) -> str:
    """A telegram's addressee without its precedence, its running number and those informed."""
    text = re.sub(r"\s+\d{1,4}\s*$", "", line(text))
    text = re.sub(_knowledge()["leading"], "", text)
    for word in _knowledge()["precedence"]:
        at = text.find(" " + word)
        if at > 0 and len(text) - at - len(word) <= 4:
            text = text[:at]
            break
        if at > 0 and likeness(word, text[at:]) > 0.9:
            text = text[:at]
            break
    words = text.split()
    while len(words) > 1 and any(
        likeness(p, words[-1]) > 0.8 and len(words[-1]) > 6 for p in ("IMMEDIATE", "PRIORITY", "ROUTINE")
    ):
        words.pop()
    return " ".join(words)
