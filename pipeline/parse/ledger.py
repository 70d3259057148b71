"""What happened to a document: its events in order of time, what they come to, and where they contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.core.dates import bounds
from pipeline.core.document import Described, Event, Ledger, Particulars, Scan, Votes
from pipeline.core.findings import Marking, Stamp
from pipeline.core.standing import LATEST, standing
from pipeline.parse.anachronisms import EVENTS, identifier_conflicts
from pipeline.parse.particulars import LEVELS

ACTIONS = {
    "declassified_in_full": "declassified",
    "declassified_in_part": "declassified in part",
    "released_in_full": "released in full",
    "released_in_part": "released in part",
    "released": "released",
    "no_objection": "no objection to release",
    "no_objection_in_part": "no objection to release in part",
    "denied": "denied",
    "exempted": "exempted from declassification",
    "withheld_portion": "portion withheld",
    "downgraded": "downgraded",
    "classified_at_review": "classified at review",
    "retained": "classification retained",
    "closed_until": "closed",
    "unclear": "reviewed",
    "none": "reviewed",
}
"""Decision of a stamp to the action of its event."""

RELEASES = ("released_in_full", "released_in_part", "released", "declassified_in_full", "declassified_in_part")
OVERLAYS = ("release",)
WITHHELD = ("denied", "exempted", "retained", "classified_at_review", "closed_until")


def keep(scan: Scan, anachronisms: Votes, particulars: Described) -> Ledger:
    """The ledger of a document.

    The stamp that stands on many pages is one event. Undated events stand by their usual order; conflicts stay in the
    event and are never settled. What was released is decided by release stamps (the last of them), else by the most
    restrictive review; one agency's "no objection" alone releases nothing.
    """
    stamps = _single(s for s in anachronisms.stamps if s.kind in EVENTS)
    entries = [*_made(scan, anachronisms.markings, particulars.particulars), *(_event(scan, same) for same in stamps)]
    ordered = sorted(
        entries, key=lambda e: ((_stage(e.action) == 0 and -1) or 0, e.date or _undated(e), _stage(e.action))
    )
    events = _with_conflicts([replace(e, sequence=n) for n, e in enumerate(ordered, 1)])
    decision, date = _outcome([same[0] for same in stamps])
    return Ledger(tuple(events), decision, date, _history(particulars.particulars, events, decision, date))


def _stage(action: str) -> int:
    return (
        0
        if action == "classified"
        else 3
        if action.startswith(("released", "declassified"))
        else 1
        if "denied" in action
        else 2
    )


def _undated(event: Event) -> str:
    """An event without a date stands after those that have one, except that denial comes before release."""
    return "9999" if _stage(event.action) else "0000"


def _single(stamps: Iterable[Stamp]) -> list[list[Stamp]]:
    """Stamps of one kind, decision and date (the release line on every page) as one event, the surest copy first."""
    groups: dict[tuple[object, ...], list[Stamp]] = {}
    for s in stamps:
        groups.setdefault((s.template, s.kind, s.agency, s.decision, s.date, s.struck), []).append(s)
    return [sorted(same, key=lambda s: (-s.confidence, s.page)) for same in groups.values()]


def _made(scan: Scan, markings: Sequence[Marking], about: Particulars) -> list[Event]:
    """The document's making: its highest level and who set it, with marks that its date does not allow."""
    marks = [m for m in markings if m.kind == "classification" and m.canonical == about.classification]
    if not about.classification and not about.date:
        return []
    doubts = sorted({f for m in markings for f in m.flags if f.startswith("anachronism")})
    doubts += [f"anachronism:{rule.id} ({number.value})" for rule, number in identifier_conflicts(about)]
    action = "classified" if about.classification and about.classification != "UNCLASSIFIED" else "made"
    return [
        Event(0, about.date, action, about.classification, about.agency, None,
              tuple(m.finding_id(scan.document_id) for m in marks), ", ".join(doubts) or None)
    ]  # fmt: skip


def _event(scan: Scan, same: Sequence[Stamp]) -> Event:
    stamp = same[0]
    action = ACTIONS.get(stamp.decision, "reviewed")
    if stamp.decision == "none" and stamp.kind in ("release", "declassification", "denial", "downgrade"):
        action = {
            "release": "released",
            "declassification": "declassified",
            "denial": "denied",
            "downgrade": "downgraded",
        }[stamp.kind]
    if stamp.struck:
        action = f"{action} (cancelled)"
    doubts = [f for f in stamp.flags if f.startswith(("anachronism", "conflict", "contradiction"))]
    return Event(
        0, stamp.date, action, _level_after(stamp), stamp.agency, stamp.authority,
        tuple(s.finding_id(scan.document_id) for s in same), ", ".join(doubts) or None,
    )  # fmt: skip


def _level_after(stamp: Stamp) -> str | None:
    """The level that a stamp leaves the document with; None when it does not say."""
    if stamp.decision == "declassified_in_full":
        return "UNCLASSIFIED"
    if stamp.decision in ("downgraded", "classified_at_review"):
        after = re.search(r"(?i)\b(?:to|as|changed to)\W+(TOP SECRET|SECRET|CONFIDENTIAL)\b", stamp.text)
        return after[1].upper() if after else None
    return None


def _with_conflicts(events: list[Event]) -> list[Event]:
    """Each event that contradicts an earlier one says which: a denial after a release, a level raised, a date before the
    document's."""
    out: list[Event] = []
    for event in events:
        told = [event.conflict] if event.conflict else []
        plain = event.action.removesuffix(" (cancelled)")
        if plain == event.action:
            for earlier in out:
                if earlier.action.endswith("(cancelled)"):
                    continue
                if (
                    plain in ("denied", "classification retained")
                    and _stage(earlier.action) == 3
                    and earlier.date
                    and event.date
                ):
                    told.append(f"after {earlier.action} ({earlier.sequence})")
                same_day = earlier.date and earlier.date == event.date and earlier.agency == event.agency
                if same_day and plain != earlier.action and {_stage(plain), _stage(earlier.action)} == {1, 3}:
                    told.append(f"same day as {earlier.action} ({earlier.sequence})")
                if (
                    event.level in LEVELS
                    and earlier.level in LEVELS
                    and plain == "downgraded"
                    and (LEVELS.index(event.level) <= LEVELS.index(earlier.level))
                ):
                    told.append(f"level not lower than in {earlier.sequence}")
        out.append(replace(event, conflict="; ".join(dict.fromkeys(told)) or None))
    return out


def _day(edtf: str | None) -> str:
    days = bounds(edtf) if edtf else None
    return days[1] if days else "0000"


def _outcome(stamps: Sequence[Stamp]) -> tuple[str, str | None]:
    """(decision, date) that the stamps come to.

    A stamp that cannot be read is `unclear` and says so when nothing else decides; a misread year gives no date.
    """
    valid = [s for s in stamps if not s.struck]
    released = [
        s
        for s in valid
        if s.kind in (*OVERLAYS, "declassification") and (s.decision in RELEASES or s.decision == "none")
    ]
    if released:
        last = max(released, key=lambda s: (_day(s.date), s.decision != "none", s.confidence))
        in_part = any(s.decision.endswith("in_part") and _day(s.date) == _day(last.date) for s in released)
        decision = last.decision if last.decision != "none" else "released"
        if in_part and decision in ("released", "released_in_full"):
            decision = "released_in_part"
        if decision == "released":
            decision = _extent(valid, last) or decision
        return decision, last.date if not any(f.startswith("anachronism") for f in last.flags) else None
    decided = [s for s in valid if s.decision not in ("none", "unclear", "no_objection", "no_objection_in_part")]
    if decided:
        rank = {
            d: n
            for n, d in enumerate(
                (*WITHHELD, "withheld_portion", "downgraded", "released_in_part", "declassified_in_part")
            )
        }
        worst = min(decided, key=lambda s: rank.get(s.decision, 99))
        return worst.decision, worst.date if worst.decision in RELEASES else None
    for decision in ("unclear", "no_objection_in_part", "no_objection"):
        if any(s.decision == decision for s in valid):
            return decision, None
    return "none", None


def _extent(stamps: Sequence[Stamp], release: Stamp) -> str | None:
    """How much was released, where the release line leaves it open and the same agency's decision beside it, undated or
    of the same day, tells: State's header over RELEASE IN PART B6."""
    beside = {s.decision for s in stamps if s.agency == release.agency and (not s.date or _day(s.date) == _day(release.date))}
    told = [d for d in ("released_in_part", "released_in_full") if d in beside]
    return told[0] if told else None


def _history(about: Particulars, events: Sequence[Event], decision: str, date: str | None) -> str:
    """One line that a person can read: who made it when at what level, what each review did, what it came
    to, and the level that is left when it was lowered."""
    parts = []
    for event in events:
        who = f" by {event.agency}" if event.agency else ""
        level = (
            f" {event.level}"
            if event.level and event.action in ("classified", "downgraded", "classified at review")
            else ""
        )
        under = f" under {event.authority}" if event.authority else ""
        doubt = " [doubtful]" if event.conflict else ""
        parts.append(f"{event.action}{level}{who} {event.date or '(no date)'}{under}{doubt}".replace("  ", " "))
    if not parts:
        return "No event is recorded on these pages."
    line = "; ".join(parts)
    outcome = decision.replace("_", " ")
    ending = {"none": "no release decision seen", "unclear": "release decision unclear"}.get(decision, outcome)
    left = standing(events, (), LATEST).level
    told = left in (None, "UNCLASSIFIED", about.classification)
    last = "" if told else f" Last recorded level: {left}."
    return f"{line[0].upper()}{line[1:]}. Outcome: {ending}{f' ({date})' if date else ''}.{last}"
