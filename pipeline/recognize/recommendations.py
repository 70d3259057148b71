"""What a document advises, asks or orders to be done or not done, and what was decided on it.

The running text is cut into sentences and items (prose.py, wording.py); the trained part (advice.py) weighs the cues of
each in its place, rules settle what the form alone decides; decision lines go to the advice that stands before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.core.document import Scan, Segment
from pipeline.core.findings import Approval, Recommendation
from pipeline.core.page import Page
from pipeline.recognize import advice
from pipeline.recognize.advice import Judgement
from pipeline.recognize.clauses import condition, who_does_what
from pipeline.recognize.decisions import Verdict, reported, verdict_of_line, verdicts
from pipeline.recognize.prose import Prose
from pipeline.recognize.wording import Unit, by_id, lead_in, units

THRESHOLD = 0.40
"""Probability from which a unit counts as advice: where F1 on unseen texts is best over two trainings
(models/recommendations/README.md)."""

_CONDITION_FIRST = re.compile(
    r"\W*(?:\(?(?:\d{1,2}|[a-z])[.)]\s*)?(?:(?:[Bb]ut|[Aa]nd|[Hh]owever|[Tt]hus|[Mm]oreover),? )?"
    r"(?:(?:[Ii]f|[Uu]nless|[Ii]n the event|[Pp]rovided|IF|UNLESS)\b|Should (?!we\b|I\b)[^?]+$)"
)
_AGAINST = frozenset(("A_HARDLY", "A_UNWISE", "A_RECOMMEND_AGAINST", "A_AND_NOT"))
_NOT = re.compile(
    r"\b(?:best|better|wiser?|prudent|preferable|important|desirable|advisable) not to\b|\bshouldn['’]t\b"
    r"|\bunder no circumstances\b|\b(?:that|recommend|suggest) (?:you|we|it|he|they) not\b|\bnot (?:favor|concur)\b"
    r"|\bno \w+(?: \w+){0,4} should be (?:made|taken|given|established|withdrawn|sent|issued|undertaken)\b"
    r"|\bthat (?:we|you|the \w+) oppose\b",
    re.IGNORECASE,
)
_OPTION = re.compile(r"\W*(?:Option|Alternative|OPTION|ALTERNATIVE) (?:\d|[A-E]|[IVX]{1,3})\s*[.:)—–-]+\s+[A-Z]\w+")
_ASKS = re.compile(
    r"\W*(?:(?:\d{1,2}|[a-z])[.)]\s*)?(?:should|must|wh\w+|how|(?:under|to|at|in|on|for) wh\w+|is|are|was|were|do|does|did|can"
    r"|could|would|will|shall|may|has|have|if)\b",
    re.IGNORECASE,
)
"""A unit that asks. Other questions after a lead-in are courses laid out: "do you think we should (a) add ...? (b) hint ...?"."""
_LEADS = re.compile(
    r"\b(?:we|us|one) (?:could|might|can)\W*$|\b(?:alternatives|options|courses)\b[^.]*:$", re.IGNORECASE
)


def find_recommendations(
    scan: Scan,
    reading: tuple[Page, ...],
    segments: tuple[Segment, ...],
    approvals: tuple[tuple[Approval, ...], ...] = (),
) -> tuple[Recommendation, ...]:
    """The recommendations of a document in reading order, with the decisions of its `approvals` (one tuple a page).

    Cover sheets and routing slips advise nothing; other governments' letters are no advice of ours.
    """
    aside = {
        n
        for s in segments
        if s.kind in ("cover sheet", "routing slip", "blank")
        for n in range(s.first_page, s.last_page + 1)
    }
    prose = Prose([p for p in reading if p.number not in aside])
    cut = list(units(prose))
    found = [(cut[i], r) for i, j in enumerate(advice.judge(cut)) if j and (r := _stated(prose, cut, i, j))]
    return tuple(_decided(prose, cut, found, [a for page in approvals for a in page]))


def _stated(prose: Prose, cut: Sequence[Unit], i: int, judged: Judgement) -> Recommendation | None:
    """The recommendation that a unit is, None when it is none."""
    unit = cut[i]
    if unit.cues & {"N_BOILERPLATE", "N_CLEARANCE"} or verdict_of_line(unit.text):
        return None
    sure, kind = judged.advice, judged.kind
    by_wording = max((by_id()[c] for c in unit.cues), key=lambda c: (c.sure, c.id), default=None)
    if by_wording and by_wording.sure > sure:
        sure, kind = by_wording.sure, by_wording.kind if sure < THRESHOLD else kind
    if _laid_out(cut, i):
        kind, sure = "option", max(sure, 0.6 if _OPTION.match(unit.text) else 0.0)
    if "N_QUESTION" in unit.cues and lead_in(cut, i) and not _ASKS.match(unit.text):
        kind = "option"
    if sure < THRESHOLD or ("N_QUESTION" in unit.cues and kind != "option"):
        return None
    if kind == "recommendation":
        kind = _by_form(unit)
    source = prose.source(unit.start, unit.end)
    if source is None:
        return None
    actor, action = who_does_what(unit.text)
    against = judged.against > 0.5 or bool(unit.cues & _AGAINST or _NOT.search(unit.text))
    read = min(1.0, 0.4 + 0.65 * prose.confidence(unit.start, unit.end))
    return Recommendation(
        page=source.page, text=source.text, box=source.box, boxes=source.boxes, start=source.start, end=source.end,
        confidence=round(sure * read, 3), method="model:recommendations@5", kind=kind,
        polarity="against" if against else "for", strength=_strength(unit), actor=actor, action=action,
        condition=condition(unit.text),
    )  # fmt: skip


def _by_form(unit: Unit) -> str:
    """The kind of advice that its form decides: what begins with its condition is contingent, a list of means an option,
    "please" a request."""
    if "Q_PLEASE" in unit.cues:
        return "request"
    if _CONDITION_FIRST.match(unit.text) or ("C_IN_THIS_CASE" in unit.cues and unit.cues & {"R_DESIRABLE", "R_SOFT"}):
        return "contingent"
    return (
        "option" if "O_POSSIBILITY" in unit.cues and re.search(r"\bsuch as \w+ing\b", unit.text) else "recommendation"
    )


def _laid_out(cut: Sequence[Unit], i: int) -> bool:
    """Whether the unit is a course laid out beside others: "Option 1. ...", an item under an option heading or after
    "we could"."""
    unit = cut[i]
    if _OPTION.match(unit.text):
        return True
    if not (unit.item and unit.opens):
        return False
    if unit.section == "option" and "R_IMPERATIVE" in unit.cues:
        return True
    lead = next((u for u in reversed(cut[max(0, i - 8) : i]) if not u.item), None)
    return lead is not None and _LEADS.search(lead.text) is not None


def _strength(unit: Unit) -> str:
    """strong, medium or weak, by the weakest word that qualifies it, else the strongest cue."""
    found = [by_id()[c] for c in unit.cues if by_id()[c].kind not in ("none", "contingent")]
    levels = {c.strength for c in found if c.id != "A_AND_NOT"}
    if "weak" in levels and "strong" not in levels:
        return "weak"
    return "strong" if "strong" in levels else "medium"


def _decided(
    prose: Prose, cut: Sequence[Unit], found: list[tuple[Unit, Recommendation]], approvals: Sequence[Approval]
) -> Iterator[Recommendation]:
    """The recommendations with the decisions that stand after them: up to the next decision line or section.

    A line decides on what was advised; on options only where nothing was.
    """
    said = [Verdict(u.start, u.end, d, u.text) for u in cut if (d := reported(u.text))]
    last = 0
    decided: dict[int, Verdict] = {}
    for verdict in _lines(prose, approvals):
        before = [
            n for n, (u, _) in enumerate(found) if last <= u.start < verdict.start and verdict.start - u.end < 1500
        ]
        advised = [n for n in before if found[n][1].kind != "option"]
        decided |= dict.fromkeys(advised or before, verdict)
        last = verdict.end
    for verdict in said:
        near = [n for n, (u, _) in enumerate(found) if 0 <= verdict.start - u.end < 400 and n not in decided]
        if near:
            decided[near[-1]] = verdict
    for n, (_, recommendation) in enumerate(found):
        verdict_here = decided.get(n)
        if verdict_here:
            recommendation = replace(recommendation, decision=verdict_here.decision, decision_text=verdict_here.text)
        yield recommendation


def _lines(prose: Prose, approvals: Sequence[Approval]) -> list[Verdict]:
    """The decision lines in order: as the ink shows them, else as they were read."""
    seen = [
        Verdict(place[0], place[1], a.decision, " ".join(f"{a.text} {a.written}".split()))
        for a in approvals
        if (place := prose.place(a.page, a.start or 0, a.end or 0))
    ]
    read = [v for v in verdicts(prose.text) if not any(v.start < s.end and s.start < v.end for s in seen)]
    return sorted([*seen, *read], key=lambda v: v.start)
