"""What happened to a document, in order; what it comes to; what contradicts what."""

from __future__ import annotations

from typing import Any

from pipeline.core.document import Described, Ledger, Particulars, Votes
from pipeline.core.findings import Marking, Stamp
from pipeline.core.geometry import Box
from pipeline.parse.anachronisms import flag
from pipeline.parse.ledger import keep
from tests.parse.typed import scan

SECRET = Marking(
    page=1, text="SECRET", template="LEVEL", kind="classification", canonical="SECRET", box=Box(1, 1, 9, 9)
)
MADE = Particulars(date="1961-06-08", agency="CIA", classification="SECRET")


def stamp(kind: str, decision: str, date: str | None = None, page: int = 1, **more: Any) -> Stamp:
    return Stamp(page=page, text=more.pop("text", decision), template=more.pop("template", f"{kind}-{decision}"), kind=kind,
                 decision=decision, date=date, **more)  # fmt: skip


def kept(*stamps: Stamp, made: Particulars = MADE) -> Ledger:
    file, about = scan(2), Described(made)
    return keep(file, flag(file, Votes((SECRET,), stamps), about), about)


def test_events_stand_in_order_of_time() -> None:
    ledger = kept(
        stamp("release", "released_in_part", "1998-05-01", agency="CIA"),
        stamp("downgrade", "downgraded", "1975-03-01", agency="CIA", text="DOWNGRADED TO CONFIDENTIAL"),
        stamp("denial", "denied", "1978-02-03", agency="State"),
    )
    assert [(e.sequence, e.action) for e in ledger.events] == [
        (1, "classified"), (2, "downgraded"), (3, "denied"), (4, "released in part"),
    ]  # fmt: skip
    assert ledger.events[1].level == "CONFIDENTIAL"
    assert (ledger.release_decision, ledger.release_date) == ("released_in_part", "1998-05-01")


def test_the_same_stamp_on_every_page_is_one_event_with_all_its_findings() -> None:
    line = [stamp("release", "released", "2019-12-10", page=n, agency="CIA") for n in (1, 2)]
    event = kept(*line).events[-1]
    assert set(event.finding_ids) == {s.finding_id("d" * 64) for s in line}


def test_one_agencys_no_objection_is_not_a_release() -> None:
    ledger = kept(stamp("review", "no_objection", "1994-06-01", agency="CIA"))
    assert (ledger.release_decision, ledger.release_date) == ("no_objection", None)


def test_without_a_release_the_most_restrictive_review_stands() -> None:
    ledger = kept(
        stamp("review", "released_in_part", "1990-01-01", agency="State"),
        stamp("denial", "denied", "1991-01-01", agency="CIA"),
    )
    assert ledger.release_decision == "denied"


def test_a_denial_after_a_release_is_a_conflict_and_is_not_settled() -> None:
    ledger = kept(
        stamp("release", "released_in_full", "1990-01-01", agency="CIA"),
        stamp("denial", "denied", "1995-01-01", agency="CIA"),
    )
    assert ledger.events[-1].conflict == "after released in full (2)"
    assert ledger.release_decision == "released_in_full"


def test_a_doubtful_year_gives_no_release_date_and_says_so() -> None:
    ledger = kept(
        stamp(
            "release", "released_in_full", "1934-01-01", text="APPROVED FOR RELEASE 1934 CIA HISTORICAL REVIEW PROGRAM"
        )
    )
    assert ledger.release_decision == "released_in_full" and ledger.release_date is None
    event = next(e for e in ledger.events if e.action == "released in full")
    assert event.conflict and "anachronism:A29" in event.conflict and "[doubtful]" in ledger.history


def test_an_unreadable_decision_is_unclear_and_a_struck_stamp_decides_nothing() -> None:
    assert kept(stamp("review", "unclear", "1988-03-05")).release_decision == "unclear"
    struck = Stamp(
        page=1,
        text="RELEASED",
        template="R",
        kind="release",
        decision="released_in_full",
        date="1990-01-01",
        struck=True,
    )
    ledger = kept(struck)
    assert ledger.release_decision == "none" and ledger.events[-1].action == "released in full (cancelled)"


def test_history_is_one_readable_line() -> None:
    ledger = kept(stamp("release", "released_in_full", "1998-05-01", agency="CIA", authority="E.O. 12958"))
    assert ledger.history == (
        "Classified SECRET by CIA 1961-06-08; released in full by CIA 1998-05-01 under E.O. 12958. "
        "Outcome: released in full (1998-05-01)."
    )


def test_a_paper_without_traces_has_an_empty_ledger() -> None:
    file = scan(1)
    ledger = keep(file, Votes(), Described())
    assert ledger == Ledger(history="No event is recorded on these pages.")


def test_the_line_tells_the_level_that_is_left() -> None:
    lowered = kept(stamp("downgrade", "downgraded", "1975-03-01", agency="CIA", text="DOWNGRADED TO CONFIDENTIAL"))
    assert lowered.history.endswith("Last recorded level: CONFIDENTIAL.")
    assert "Last recorded level" not in kept(stamp("denial", "denied", "1978-02-03", agency="State")).history
