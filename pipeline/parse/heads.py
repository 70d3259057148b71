"""Sender, addressee and subject, by the manner of the head: memo, telegram, dispatch, letter, report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from pipeline.core.dates import find_dates
from pipeline.core.knowledge import toml
from pipeline.core.page import Page
from pipeline.parse.cues import likeness, squash
from pipeline.parse.labels import Label, below, beside, find_labels
from pipeline.parse.letterheads import Leaf, issuer_of, letterheads, publication_of
from pipeline.parse.rows import Cell, Passage, Row, character


class Said(NamedTuple):
    """A particular as the head tells it: `value` as understood, the passage as printed, the rule, how sure."""

    name: str
    value: str
    passage: Passage
    rule: str
    confidence: float


@cache
def _knowledge() -> dict[str, Any]:
    return toml("particulars/heads.toml")


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" .,;:|_~-–—'‘’\"“”*»«=")


def _said(name: str, passage: Passage | None, rule: str, confidence: float, joiner: str = " ") -> Said | None:
    if not passage:
        return None
    value = _line(joiner.join(_line(part) for part in passage.text.split("\n") if _line(part)))
    if len(squash(value)) < 2 or passage.confidence < 0.35 or not re.search(r"[A-Za-z]{2}", value):
        return None
    return Said(name, value, passage, rule, round(confidence * (0.6 + 0.4 * passage.confidence), 3))


def read_head(
    rows: Sequence[Row], bare: Sequence[Row], pages: Sequence[Page], kind: str | None, last: Sequence[Row], leaf: Leaf
) -> list[Said]:
    """What the head of a document says of sender, addressee and subject, each at most once.

    `rows` are those of its first page without stamps, `bare` those without marks as well, `last` those of its last
    page, where a signer stands.
    """
    if not rows:
        return []
    labels = find_labels(rows)
    height = pages[0].height or rows[-1].box.bottom + 1
    if kind == "cable":
        said = _telegram(rows, labels, height) or _labelled(rows, labels, height, kind)
    else:
        said = _labelled(rows, labels, height, kind)
    names = {s.name for s in said}
    announced = {n.name for n in labels if n.colon and n.box.top < 0.4 * height}
    if kind in ("letter", "note", None) and "recipient" not in names:
        said += _salutation(rows)
    if kind in ("letter", "memorandum", "note", "report", "minutes") and not {"sender"} & (names | announced):
        said += _signature(last, closed=kind == "letter")
    if issue := publication_of(leaf):
        said = [s for s in said if s.name != "subject"]
        said += [s._replace(value=issue[0]) for s in _all(_said("subject", _passage(issue[1]), "publication", 0.85))]
    elif kind not in ("letter", "note", "cable", "form", "dispatch", "intelligence-report") and "subject" not in names:
        said += [s for s in _title(bare, pages[0]) if s.passage.confidence > (0.5 if kind else 0.7)]
    if kind in ("intelligence-report", "briefing", "other") and "sender" not in names and (office := issuer_of(leaf)):
        said += [s._replace(value=office[0]) for s in _all(_said("sender", _passage(office[1]), "letterhead", 0.7))]
    if kind == "dispatch":
        said += _posts(rows, height)
    if kind == "other" and not {"sender"} & {s.name for s in said if s.rule != "letterhead"}:
        said = _self_named(rows) + said
    return list({s.name: s for s in reversed(said)}.values())


def _passage(row: Row) -> Passage:
    return Passage.of(row.page, [row.cells])


def _all(said: Said | None) -> list[Said]:
    return [said] if said else []


def _labelled(rows: Sequence[Row], labels: Sequence[Label], height: float, kind: str | None) -> list[Said]:
    """Values beside their labels, or below them in the boxes of a form; of several the first that says something."""
    out: dict[str, Said] = {}
    width = max(r.box.right for r in rows)
    for label in labels:
        if label.name not in ("sender", "recipient", "subject", "attention") or label.box.top > 0.62 * height:
            continue
        if label.name in out or (label.word == "RE" and not label.colon):
            continue
        if not label.colon and label.name in ("sender", "recipient") and _in_prose(rows, labels, label, kind):
            continue
        boxed = kind == "dispatch"
        value = beside(rows, labels, label)
        if boxed and (not value or value.left > 0.5 * width or len(squash(value.text)) < 6):
            value = below(rows, labels, label, right=0.62 * width, lines=3 if label.name == "subject" else 1) or value
        elif not value and label.colon:
            value = below(rows, labels, label, right=0.75 * width, lines=2)
        sure = 0.9 * (1.0 if label.colon else 0.9) * (0.7 + 0.3 * label.likeness)
        said = _said(label.name, value, f"head-{kind or 'memo'}", sure)
        if said:
            out[label.name] = said
    if (to := out.get("recipient")) and re.match(r"(?i)the\s+record\b", to.value):
        out["recipient"] = to._replace(value=to.value[:10])
    if (named := out.pop("attention", None)) and (to := out.get("recipient")):
        out["recipient"] = to._replace(value=f"{to.value} (ATTENTION: {named.value})")
    return list(out.values())


def _in_prose(rows: Sequence[Row], labels: Sequence[Label], label: Label, kind: str | None) -> bool:
    """FROM or TO without a colon that only begins a line of a text in capitals: nothing sets it off, no label is near."""
    cells = rows[label.row].cells
    following = cells[label.last + 1] if label.last + 1 < len(cells) else None
    if label.word not in ("FROM", "TO") or not following or following.box.left - label.box.right > 2 * character(cells):
        return False
    near_by = any(0 < abs(n.row - label.row) <= 3 and n.name in ("sender", "recipient", "subject") for n in labels)
    return kind == "intelligence-report" or len(cells) > 7 or not near_by


def _posts(rows: Sequence[Row], height: float) -> list[Said]:
    """The offices in the boxes of a dispatch, when their labels cannot be read: TO is the first, FROM the last."""
    found = []
    for row in rows:
        for chunk in row.chunks(4.0) if row.box.top < 0.4 * height else ():
            if m := re.match(_knowledge()["posts"], chunk.text):
                found += [
                    s._replace(value=_line(m["name"]))
                    for s in _all(_said("recipient", _passage(chunk), "dispatch-post", 0.6))
                ]
    return [*found[:1], *(s._replace(name="sender") for s in found[1:][-1:])]


def _self_named(rows: Sequence[Row]) -> list[Said]:
    for row in rows:
        for pattern in _knowledge()["self_named"]:
            if m := re.search(pattern, row.text):
                return [s._replace(value=m["name"]) for s in _all(_said("sender", _passage(row), "self-named", 0.7))]
    return []


def _telegram(rows: Sequence[Row], labels: Sequence[Label], height: float) -> list[Said]:
    """FM and TO of a teletyped message; addressees follow TO line by line until INFO or the text."""
    opened = (
        (i, n)
        for i, r in enumerate(rows)
        for n, c in enumerate(r.cells[:3])
        if r.box.top <= 0.7 * height and n + 1 < len(r.cells) and re.fullmatch(r"\W{0,2}(?:FM|FA|FIA|FH)", c.text)
    )
    sender, first_cell = next(opened, (-1, 0))
    if sender < 0:
        return []
    head = rows[sender].cells[first_cell:]
    out = [_said("sender", Passage.of(rows[sender].page, [_column(head[1:])]), "head-teletype", 0.93)]
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
        if _is_level(" ".join(c.text for c in row.cells)):
            addressees.pop()
            break
    if addressees:
        passage = Passage.of(rows[sender].page, addressees)
        names = [_addressee(line) for line in passage.text.split("\n")]
        said = _said("recipient", passage, "head-teletype", 0.9)
        out.append(said._replace(value="; ".join(n for n in names if n)) if said else None)
    for label in labels:
        if label.name == "subject" and (said := _said("subject", beside(rows, labels, label), "head-teletype", 0.9)):
            out.append(said)
            break
    return [s for s in out if s]


def _column(cells: Sequence[Cell]) -> list[Cell]:
    """The cells up to a blank of six characters: what stands to the right is another's."""
    kept: list[Cell] = []
    for c in cells:
        if kept and c.box.left - kept[-1].box.right > 6 * max(3.0, c.box.width / max(1, len(c.text))):
            break
        kept.append(c)
    return kept


def _is_level(text: str) -> bool:
    letters = re.sub(r"[^A-Z]", "", text.upper())
    return any(
        letters.startswith(level) for level in ("CONFIDENTIAL", "SECRET", "TOPSECRET", "UNCLAS", "LIMITEDOFFICIALUSE")
    ) or (likeness("CONFIDENTIAL", letters) > 0.85 and len(letters) < 30)


def _addressee(line: str) -> str:
    """A telegram's addressee without its precedence and running number."""
    text = re.sub(r"\s+\d{1,4}\s*$", "", _line(line))
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


def _salutation(rows: Sequence[Row]) -> list[Said]:
    for row in rows:
        m = re.match(_knowledge()["salutation"], row.text)
        if m and (said := _said("recipient", Passage.of(row.page, [row.cells[1:]]), "head-salutation", 0.75)):
            return [said._replace(value=_line(m["name"]))]
    return []


def _signature(rows: Sequence[Row], closed: bool) -> list[Said]:
    """The typed name under a letter's closing words, or alone in a row after the text, right of the middle."""
    after = False
    width = max((r.box.right for r in rows), default=1.0)
    bottom = max((r.box.bottom for r in rows), default=1.0)
    best: list[Said] = []
    for row in rows:
        if re.match(_knowledge()["closings"], row.text):
            after = True
            continue
        for chunk in row.chunks(4.0):
            m = re.match(_knowledge()["name"], chunk.text)
            if not m or (
                not after
                and (
                    closed or chunk.box.left < 0.4 * width or chunk.box.top < 0.15 * bottom or len(row.chunks(4.0)) > 2
                )
            ):
                continue
            if any(squash(word) in (squash(no) for no in _knowledge()["no_names"]) for word in chunk.text.split()):
                continue
            if (
                m
                and not _is_level(chunk.text)
                and (said := _said("sender", Passage.of(row.page, [chunk.cells]), "signature", 0.8 if after else 0.55))
            ):
                best = [said._replace(value=_line(m["name"]))]
                if after:
                    return best
    return best


_FURNITURE = re.compile(r"\bFORM\b|\bDRAFT\b|\bINDEX(?:ING|ED)\b|\bEDITION\b|\bPAGE\b|\bCLASS\b|\bCOPY\b|\bRELEASE")
_CAPITALS = re.compile(r"[A-Z]")


def _title(rows: Sequence[Row], page: Page) -> list[Said]:
    """The heading of a paper without SUBJECT: the first rows in capitals, centred, in the upper half."""
    width = page.width or max(r.box.right for r in rows) + 40
    height = page.height or rows[-1].box.bottom + 1
    taken: list[list[Cell]] = []
    for row in rows:
        if page.width is None and row.cells[0].text.startswith("#") and len(row.cells) > 1:
            taken = [list(row.cells[1:])]
            break
        letters = re.sub(r"[^A-Za-z]", "", row.text)
        wordy = sum(len(squash(c.text)) > 2 for c in row.cells) >= 0.6 * len(row.cells)
        wide = (
            wordy
            and not _FURNITURE.search(row.text)
            and not find_dates(row.text)
            and abs(row.box.middle[0] - width / 2) < 0.17 * width
        ) or page.width is None
        capital = len(letters) >= 8 and len(_CAPITALS.findall(letters)) >= 0.85 * len(letters)
        fits = (
            capital and wide and row.box.top < 0.6 * height and not _is_level(row.text) and not _is_letterhead(row.text)
        )
        if fits and (not taken or row.box.top - taken[-1][0].box.bottom < 1.9 * row.box.height):
            taken.append(list(row.cells))
        elif taken:
            break
    said = _said("subject", Passage.of(page.number, taken), "title", 0.6) if taken else None
    return [said] if said and len(said.value.split()) >= 3 else []


def _is_letterhead(text: str) -> bool:
    forms = ("INFORMATION REPORT", "TELEGRAM INFORMATION REPORT", "OFFICE MEMORANDUM", "UNITED STATES GOVERNMENT")
    if any(likeness(form, text) > 0.8 for form in forms):
        return True
    return any(
        likeness(phrase, text) > 0.85 and len(squash(text)) < 1.6 * len(squash(phrase)) for phrase in letterheads()
    )
