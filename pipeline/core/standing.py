"""How a document stood on a day: its level, and how much of it was open, by the events that are recorded; beside it what
the downgrading notice that it carries would have done of itself by then.

Schedules: E.O. 10964 of 20 September 1961 (groups 3 and 4) and E.O. 11652, sec. 5 (General Declassification Schedule).
Nothing shows that a scheduled change was ever made on this copy; so it is told apart and never counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.core.dates import bounds
from pipeline.core.document import Event

LATEST = "9999-12-31"
LADDER = ("TOP SECRET", "SECRET", "CONFIDENTIAL", "UNCLASSIFIED")
GDS_YEARS = {"TOP SECRET": (2, 4, 10), "SECRET": (0, 2, 8), "CONFIDENTIAL": (0, 0, 6)}
"""Years until SECRET, until CONFIDENTIAL, until declassification, by the level at the start; 0: not a step."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a document stood on `day` (ISO). `level` is None when nothing says; `opened` what was released by then, "" when
    nothing; `since` the event that made it so; `undated` events that may have come before the day or after; `due` what a
    notice on the document would have made of its level by then, with the notice."""

    day: str
    level: str | None
    opened: str
    since: Event | None
    undated: tuple[Event, ...]
    due: str | None

    def as_line(self) -> str:
        """One line that a person can read."""
        if self.since is None:
            told = f"On {self.day}: no event is recorded by then"
        else:
            state = "; ".join(s for s in (self.level or "level not known", self.opened) if s)
            who = f" by {self.since.agency}" if self.since.agency else ""
            told = f"On {self.day}: {state} ({self.since.action}{who}, {self.since.date})"
        doubt = " The event is doubtful: " + self.since.conflict + "." if self.since and self.since.conflict else ""
        due = f" Due by then under {self.due}, which no stamp confirms." if self.due else ""
        later = ", ".join(f"{e.action}{f' by {e.agency}' if e.agency else ''}" for e in self.undated)
        return f"{told}.{doubt}{due}{f' Undated, so perhaps before: {later}.' if later else ''}"


def standing(events: Sequence[Event], notices: Sequence[str], day: str) -> Standing:
    """How the document with these events, in order, and downgrading `notices` (canonical names) stood on `day`.

    An event counts from the last day that its date allows (1978: from 31 December 1978); a cancelled one never.
    """
    level, opened, since = None, "", None
    valid = [e for e in events if not e.action.endswith("(cancelled)")]
    for event in valid:
        if not _by(event, day):
            continue
        before = level, opened
        if event.action in ("classified", "made", "classified at review", "downgraded"):
            level = event.level or (_lower(level) if event.action == "downgraded" else level)
        elif event.action in ("declassified", "declassified in full"):
            level = "UNCLASSIFIED"
        if event.action.startswith(("released", "declassified")):
            opened = event.action
        if since is None or (level, opened) != before:
            since = event
    undated = tuple(e for e in valid if e.date is None)
    return Standing(day, level, opened, since, undated, _due(valid, notices, level, day))


def _by(event: Event, day: str) -> bool:
    span = bounds(event.date) if event.date else None
    return span is not None and span[1] <= day


def _lower(level: str | None) -> str | None:
    return LADDER[LADDER.index(level) + 1] if level in LADDER[:2] else level


def _due(events: Sequence[Event], notices: Sequence[str], level: str | None, day: str) -> str | None:
    made = next((e for e in events if e.action == "classified" and e.date and e.level in LADDER), None)
    if made is None or made.date is None or made.level is None:
        return None
    for notice in notices:
        due = [later for when, later in schedule(notice, made.level, made.date) if when <= day]
        if due and (level not in LADDER or LADDER.index(due[-1]) > LADDER.index(level)):
            return f"{notice}: {due[-1]}"
    return None


def schedule(notice: str, level: str, made: str) -> Iterator[tuple[str, str]]:
    """What a notice does of itself to something made at `level` on `made` (EDTF): days and the level from each on."""
    span = bounds(made)
    if span is None or level not in LADDER:
        return
    year, rest = int(span[1][:4]), span[1][4:]
    below = LADDER[LADDER.index(level) + 1 : -1]
    if notice in ("GROUP 3", "GROUP 4"):
        step = 12 if notice == "GROUP 3" else 3
        yield from ((f"{year + step * n}{rest}", lower) for n, lower in enumerate(below, 1))
        if notice == "GROUP 4":
            yield f"{year + 12}{rest}", "UNCLASSIFIED"
    elif notice == "GDS" and level in GDS_YEARS:
        steps = zip(GDS_YEARS[level], ("SECRET", "CONFIDENTIAL", "UNCLASSIFIED"), strict=True)
        yield from ((f"{year + years}-12-31", lower) for years, lower in steps if years)
