"""Sender, addressee and subject, by the manner of the head: memo, telegram, dispatch, letter, form, report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline.core.knowledge import toml
from pipeline.core.page import Page
from pipeline.parse.cues import squash
from pipeline.parse.damaged import beside_date, complete
from pipeline.parse.labels import Label, below, beside, boxed, find_labels
from pipeline.parse.letterheads import Leaf, issuer_of, publication_of
from pipeline.parse.rows import Passage, Row, character
from pipeline.parse.said import Said, line, said
from pipeline.parse.signatures import salutation, signature
from pipeline.parse.telegrams import addressee, cited, subject, teletyped
from pipeline.parse.titles import title
from pipeline.parse.unlabelled import caption, offices

TITLED = ("letter", "note", "cable", "form", "dispatch", "intelligence-report")
"""Kinds whose heading is no subject."""


@cache
def _knowledge() -> dict[str, Any]:
    return toml("particulars/heads.toml")


def read_head(
    rows: Sequence[Row], bare: Sequence[Row], pages: Sequence[Page], kind: str | None, typed: Sequence[Sequence[Row]],
    leaf: Leaf,
) -> list[Said]:  # fmt: skip
    """What the head of a document says of sender, addressee and subject, each at most once.

    `rows` are those of its first page without stamps, `bare` those without marks as well, `typed` those of every page
    without either, where a signer may stand.
    """
    if not rows:
        return []
    height = pages[0].height or rows[-1].box.bottom + 1
    labels = complete(rows, find_labels(rows), height)
    found = teletyped(rows, labels, height) if kind == "cable" else []
    found = found or _labelled(rows, labels, height, kind)
    if kind == "cable":
        found = _missing(found, more := subject(rows, labels)) + more
        found = [s._replace(value=addressee(s.value)) if s.name == "recipient" else s for s in found]
    found += _missing(cited(rows, height) if kind in ("cable", None) else [], found)
    if kind in ("dispatch", "letter", "memorandum", "note", "cable", "report", None):
        found += _missing(offices(bare, height, found, kind), found)
    if kind in ("letter", "note", None):
        found += _missing(salutation(rows), found)
    announced = {n.name for n in labels if n.colon and n.box.top < 0.4 * height}
    if kind in ("letter", "memorandum", "note", "report", None) and not {"sender"} & (_names(found) | announced):
        found += signature(typed, closed=kind == "letter")
    if kind in ("letter", "memorandum", "note", "dispatch", None):
        found += [s._replace(name="signer") for s in signature(typed, closed=True)]
    found += _further(rows, labels, height)
    found = _headed(found, rows, labels, bare, pages, kind, leaf, height)
    if kind in ("intelligence-report", "briefing", "other") and (office := issuer_of(leaf)):
        named = said("sender", _passage(office[1]), "letterhead", 0.7)
        found += _missing([named._replace(value=office[0])] if named else [], found)
    if kind == "other" and not {"sender"} & {s.name for s in found if s.rule != "letterhead"}:
        found = _self_named(rows) + found
    return list({s.name: s for s in reversed(found)}.values())


_MARKED = r"(?<=\w)\W+(?:TOP SECRET|SECRET|CONFIDENTIAL|UNCLASSIFIED)\W*$"
"""A classification mark that was put on the line of a name."""


def _names(found: Sequence[Said]) -> set[str]:
    return {s.name for s in found}


def _missing(more: Sequence[Said], found: Sequence[Said]) -> list[Said]:
    """Those of `more` whose particular is not among what was found."""
    return [s for s in more if s.name not in _names(found)]


def _passage(row: Row) -> Passage:
    return Passage.of(row.page, [row.cells])


def _headed(
    found: list[Said], rows: Sequence[Row], labels: Sequence[Label], bare: Sequence[Row], pages: Sequence[Page],
    kind: str | None, leaf: Leaf, height: float,
) -> list[Said]:  # fmt: skip
    """With the subject that no label announces: a series' title, the caption under the offices, a heading in capitals."""
    if issue := publication_of(leaf):
        named = said("subject", _passage(issue[1]), "publication", 0.85)
        addressee = said("recipient", _passage(issue[1]), "publication", 0.6) if "PRESIDENT" in issue[0] else None
        kept = [s for s in found if s.name != "subject"]
        kept += [named._replace(value=issue[0])] if named else []
        return kept + _missing([addressee._replace(value="THE PRESIDENT")] if addressee else [], kept)
    if kind == "intelligence-report":
        found = found + _missing([s] if (s := said("subject", beside_date(rows, labels), "beside-date", 0.7)) else [], found)
    if "subject" in _names(found):
        return found
    if (last := _last_of_head(found, bare)) and kind in ("dispatch", "letter", "memorandum", "note", None):
        found = found + caption(bare, *last, height)
    if "subject" not in _names(found) and kind in ("intelligence-report", "briefing"):
        found = found + [s for s in title(bare, pages[0]) if re.search(_knowledge()["series"], s.value)]
    if "subject" not in _names(found) and kind not in TITLED:
        found = found + [s for s in title(bare, pages[0]) if s.passage.confidence > (0.5 if kind else 0.7)]
    return found


def _last_of_head(found: Sequence[Said], rows: Sequence[Row]) -> tuple[float, float, float] | None:
    """(bottom, left, left of its line) of the lower of sender and addressee where both stand in the head."""
    boxes = [s.passage.boxes[-1].box for s in found if s.name in ("sender", "recipient") and s.passage.boxes
             and s.rule not in ("signature", "letterhead", "cite-line")]  # fmt: skip
    if len(boxes) < 2:
        return None
    lower = max(boxes, key=lambda box: box.bottom)
    return lower.bottom, lower.left, min(c.box.left for r in rows for c in r.cells if abs(c.box.top - lower.top) < 6)


def _labelled(rows: Sequence[Row], labels: Sequence[Label], height: float, kind: str | None) -> list[Said]:
    """Values beside their labels, or below them in the boxes of a form; of several the first that says something."""
    out: dict[str, Said] = {}
    width = max(r.box.right for r in rows)
    for label in labels:
        in_box = boxed(label)
        if label.name not in ("sender", "recipient", "subject", "attention"):
            continue
        if label.box.top > 0.62 * height and not in_box:
            continue
        if label.name in out or (label.word == "RE" and not label.colon):
            continue
        if not label.colon and label.name in ("sender", "recipient") and _in_prose(rows, labels, label, kind):
            continue
        many = 3 if label.name == "subject" else 1
        value = None if in_box else beside(rows, labels, label)
        if in_box:
            edge = min((n.box.left for n in labels if n.box.left > label.box.right and _near(n, label)), default=width)
            value = below(rows, labels, label, right=edge, lines=in_box)
        elif kind == "dispatch" and (not value or value.left > 0.5 * width or len(squash(value.text)) < 6):
            value = below(rows, labels, label, right=0.62 * width, lines=many) or value
        elif not value and label.colon:
            value = below(rows, labels, label, right=0.75 * width, lines=2)
        sure = 0.9 * (1.0 if label.colon else 0.9) * (0.7 + 0.3 * label.likeness)
        found = said(label.name, value, f"head-{kind or 'memo'}", sure)
        if found and label.name in ("sender", "recipient"):
            value_alone = re.sub(_knowledge()["stamped_over"], "", re.sub(_MARKED, "", found.value))
            found = found._replace(value=line(value_alone) or found.value)
        if found and not re.fullmatch(_knowledge()["hint"], found.value):
            out[label.name] = found
    if (to := out.get("recipient")) and (m := re.match(r"(?i)(?:the\s+)?record\b(?P<title>\s+of\b)?", to.value)):
        out["recipient"] = to._replace(value=m[0])
        if m["title"]:  # "Memorandum for the record of the meeting ..." is a title
            del out["recipient"]
    if (named := out.pop("attention", None)) and (to := out.get("recipient")):
        out["recipient"] = to._replace(value=f"{to.value} (ATTENTION: {named.value})")
    return list(out.values())


def _further(rows: Sequence[Row], labels: Sequence[Label], height: float) -> list[Said]:
    """Through whom, who is informed or to act, the precedence, who was present: evidence beside the contract's columns."""
    out: list[Said] = []
    for label in labels:
        name = _knowledge()["further"].get(label.word)
        sure = label.likeness > 0.9 and (label.colon or name not in ("info", "action", "office"))
        if not name or not sure or label.box.top > 0.6 * height or name in _names(out):
            continue
        value = beside(rows, labels, label, lines=8 if name == "present" else 3)
        value = value or (below(rows, labels, label, right=9e9, lines=12) if name == "present" else None)
        if found := said(name, value, f"head-{name}", 0.8):
            out.append(found)
    return out


def _near(other: Label, label: Label) -> bool:
    """Two boxes of a form stand at about one height."""
    return abs(other.box.top - label.box.top) < 30


def _in_prose(rows: Sequence[Row], labels: Sequence[Label], label: Label, kind: str | None) -> bool:
    """FROM or TO without a colon that only begins a line of a text in capitals: nothing sets it off, no label is near."""
    cells = rows[label.row].cells
    following = cells[label.last + 1] if label.last + 1 < len(cells) else None
    if label.word not in ("FROM", "TO") or not following or following.box.left - label.box.right > 2 * character(cells):
        return False
    near_by = any(0 < abs(n.row - label.row) <= 3 and n.name in ("sender", "recipient", "subject") for n in labels)
    return kind == "intelligence-report" or len(cells) > 7 or not near_by


def _self_named(rows: Sequence[Row]) -> list[Said]:
    for row in rows:
        for pattern in _knowledge()["self_named"]:
            if (m := re.search(pattern, row.text)) and (found := said("sender", _passage(row), "self-named", 0.7)):
                return [found._replace(value=line(m["name"]))]
    return []
