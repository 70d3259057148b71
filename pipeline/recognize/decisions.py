"""What became of advice: Approve/Disapprove lines with their marks, and sentences that report a decision.

Only marks that were read as text count here: a tick, initials, a date after one of the words. An empty line is no
decision; marks on both sides are none either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.recognize.wording import data

_MARK = (
    r"(?:[xX✓✔√☑☒]|/s/|[A-Z]{2,3}(?![A-Za-z])|[A-Z]\.\s?[A-Z]\.?(?:\s?[A-Z]\.?)?"
    r"|\d{1,2}[/ -](?:\d{1,2}|[A-Za-z]{3,9})(?:[/ -]\d{2,4})?)"
)
_BLANKS = r"[\s_.:()\[\]\\-]"
DATE = re.compile(r"\d{1,2}[/ -](?:\d{1,2}|[A-Za-z]{3,9})(?:[/ -]\d{2,4})?")
"""A day as it is noted beside a decision, as written."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision at a place of the running text: approved, disapproved or none, and the line as it stands."""

    start: int
    end: int
    decision: str
    text: str


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    table = data()["decision"]
    sides = {w: side for side in ("disapprove", "approve", "other") for w in table[side]}
    every = "|".join(sorted((re.escape(w) for w in sides), key=len, reverse=True))
    return re.compile(rf"(?<!\w)({every})(?!\w)", re.IGNORECASE), sides


def side_of(word: str) -> str | None:
    """approve, disapprove or other when the word is one of a decision line ("Approve:", "DISAPPROVED"); None else."""
    bare = re.sub(r"^\W+|[\W_]+$", "", word)
    return _words()[1].get(bare.lower()) if bare[:1].isupper() else None


def verdict_of_line(line: str) -> str | None:
    """approved, disapproved or none when the line is one for decisions; None when it is not."""
    pattern, sides = _words()
    found = [(m, sides[m[1].lower()]) for m in pattern.finditer(line)]
    named = [s for _, s in found if s != "other"]
    if not named or len(line) > 140:
        return None
    both = {"approve", "disapprove"} <= set(named)
    rest = re.sub(rf"{_MARK}|{_BLANKS}|[,;]", " ", pattern.sub(" ", line))
    formal = both or re.match(rf"{_BLANKS}*(?:{pattern.pattern}){_BLANKS}*[:_]", line, re.IGNORECASE)
    if not formal or len(re.findall(r"[A-Za-z]{3,}", rest)) > (4 if both else 2):
        return None
    marked = set()
    for n, (m, side) in enumerate(found):
        stop = found[n + 1][0].start() if n + 1 < len(found) else len(line)
        after, before = line[m.end() : stop], line[found[n - 1][0].end() if n else 0 : m.start()]
        if re.search(rf"^{_BLANKS}*{_MARK}", after) or (not n and re.search(rf"{_MARK}{_BLANKS}*$", before)):
            marked.add(side)
    marked.discard("other")
    return {"approve": "approved", "disapprove": "disapproved"}[marked.pop()] if len(marked) == 1 else "none"


@cache
def _reported() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = data()["decision"]
    return re.compile(table["reported_for"], re.IGNORECASE), re.compile(table["reported_against"], re.IGNORECASE)


def reported(sentence: str) -> str | None:
    """approved or disapproved when the sentence says that what stands before it was; None else."""
    yes, no = _reported()
    if no.search(sentence):
        return "disapproved"
    return "approved" if yes.search(sentence) else None


def verdicts(text: str) -> Iterator[Verdict]:
    """The decision lines of the running text, line by line."""
    for m in re.finditer(r"[^\n]+", text):
        decision = verdict_of_line(m.group().strip())
        if decision:
            yield Verdict(m.start(), m.end(), decision, " ".join(m.group().split()))
