"""What is true of a composed document, written down in the form that the scorer reads."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from corpus.film import Scan
from corpus.memo import Leaf, Memo
from corpus.model import Box, Recommendation, Written

Row = dict[str, object]
TEXTS = ("txt", "md")


def transcript(leaf: Leaf) -> str:
    """The page line for line, in reading order: typed text plain, stamps and handwriting marked as such."""
    return "".join(f"{_prefix(w)}{w.text}\n" for w in ordered(leaf))


def ordered(leaf: Leaf) -> list[Written]:
    """The page's lines from top to bottom; type that stands on one line is joined from left to right."""
    lines: list[Written] = []
    for line in sorted(leaf.sheet.found.written, key=lambda w: (round(w.y, 2), w.x)):
        before = lines[-1] if lines else None
        if before and before.kind == line.kind == "typed" and abs(before.y - line.y) < 0.01:
            lines[-1] = replace(before, text=f"{before.text}  {line.text}")
        else:
            lines.append(line)
    return lines


def _prefix(line: Written) -> str:
    return "" if line.kind == "typed" else f"[[{line.kind}]] "


def plain_text(memo: Memo) -> str:
    """The document as a text transcript: one page a form feed, no marks of ours."""
    pages = []
    for leaf in memo.leaves:
        lines = ordered(leaf)
        gaps = [b.y - a.y > 0.2 for a, b in pairwise(lines)] + [False]
        pages.append("".join(f"{w.text}\n" + "\n" * gap for w, gap in zip(lines, gaps, strict=True)))
    return "\f".join(pages)


def _page_of(wanted: Recommendation, memo: Memo) -> int:
    for number, leaf in enumerate(memo.leaves, 1):
        if any(wanted.text in said for said in leaf.sheet.found.said):
            return number
    raise ValueError(f"{memo.stem}: no page says: {wanted.text}")


def gold(memo: Memo, scans: Sequence[Scan]) -> Row:
    """The gold of `memo`; `scans` are its upright pages. Boxes are fractions of them, null for a text."""
    markings: list[Row] = []
    stamps: list[Row] = []
    redactions: list[Row] = []
    for number, (leaf, scan) in enumerate(zip(memo.leaves, scans, strict=True), 1):

        def at(box: Box, scan: Scan = scan) -> list[float] | None:
            return None if memo.ending in TEXTS else [round(min(1.0, max(0.0, v)), 4) for v in scan.place(box)]

        found = leaf.sheet.found
        for m in found.markings:
            row = {"kind": m.kind, "text": m.text, "canonical": m.canonical, "struck": m.struck}
            markings.append({"page": number, **row, "box": at(m.box)})
        for s in found.stamps:
            row = {"kind": s.kind, "agency": s.agency, "text": s.text, "fields": s.fields, "decision": s.decision}
            stamps.append({"page": number, **row, "struck": False, "box": at(s.box)})
        for r in found.redactions:
            redactions.append({"page": number, "box": at(r.box), "style": r.style, "code": r.code})
    about = memo.about
    return {
        "file": f"samples/{memo.name}",
        "pages_in_file": len(memo.leaves),
        "pages_annotated": list(range(1, len(memo.leaves) + 1)),
        "document": {
            "type": about.type,
            "date": about.date,
            "date_text": about.date_text,
            "from": about.sender,
            "to": about.to,
            "subject": about.subject,
            "agency": about.agency,
            "classification": about.classification,
            "classification_struck": about.struck,
            "controls": list(about.controls),
            "identifiers": [{"kind": kind, "value": value} for kind, value in about.identifiers],
        },
        "markings": markings,
        "stamps": stamps,
        "redactions": redactions,
        "recommendations": [
            {
                "page": _page_of(r, memo),
                "text": r.text,
                "kind": r.kind,
                "polarity": r.polarity,
                "approved": r.approved,
            }
            for r in memo.recommendations
        ],
        "segments": [{"first_page": s.first_page, "last_page": s.last_page, "kind": s.kind} for s in memo.parts],
        "page_traits": [
            {"page": n, "rotation": leaf.rotation, "blank": leaf.blank, "noise": leaf.noise}
            for n, leaf in enumerate(memo.leaves, 1)
        ],
        "notes": memo.notes,
    }


def as_json(row: Row) -> str:
    """The gold as text, with each box on one line."""
    text = json.dumps(row, indent=1, ensure_ascii=False)
    return re.sub(r"\[\s+([-\d.,\s]+?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m.group(1)) + "]", text) + "\n"
