"""Words that could not stand where they stand: the rules of models/orders/anachronisms.csv, by the date of the layer that
carries the word. An impossible year is first a misreading, whose repairs are kept as candidates; the text stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from pipeline.core.dates import bounds
from pipeline.core.document import Described, Particulars, Scan, Votes
from pipeline.core.findings import Identifier, Marking, Stamp
from pipeline.core.knowledge import table

LAST = "9999-12-31"
EVENTS = ("release", "declassification", "review", "denial", "downgrade")

CLASSIFIER = re.compile(r"(?i)^\W*(?:CL|CLASSIFIED|DRV|DERIVED)\W+(?:BY|FM|FROM)\b", re.M)

# Figures that readers of handwriting take for one another.
CONFUSED = ("68", "49", "39", "09", "38", "17", "56", "27", "26")


@dataclass(frozen=True, slots=True)
class Rule:
    """A word and its time. `start`, `end` say whether that edge is hard (impossible beyond it), soft (unusual) or open.

    `when` is the date that counts: the layer's own, or the document's.
    """

    id: str
    on: str
    pattern: str
    exempt: str
    when: str
    valid_from: str
    valid_to: str
    start: str
    end: str

    def concerns(self, text: str) -> bool:
        return bool(
            self.pattern and re.search(self.pattern, text) and not (self.exempt and re.search(self.exempt, text))
        )

    def verdict(self, days: tuple[str, str]) -> str | None:
        """anachronism, unusual or None for something made between the two `days`."""
        if self.valid_from and days[1] < self.valid_from and self.start:
            return "anachronism" if self.start == "hard" else "unusual"
        if self.valid_to and days[0] > self.valid_to and self.end:
            return "anachronism" if self.end == "hard" else "unusual"
        return None

    def allows(self, day: str) -> bool:
        return self.verdict((day, day)) != "anachronism"


@cache
def rules() -> tuple[Rule, ...]:
    """The 41 rules; those without a pattern (A26-A28) compare dates and are computed here."""
    return tuple(
        Rule(
            r["rule_id"],
            r["on"],
            r["pattern"],
            r["exempt"],
            r["when"],
            r["valid_from"],
            r["valid_to"],
            r["start"],
            r["end"],
        )
        for r in table("orders/anachronisms.csv")
    )


@dataclass(frozen=True, slots=True)
class Order:
    """An executive order on classification, from its signature to its successor's taking effect."""

    number: str
    signed: str
    ends: str


@cache
def orders() -> dict[str, Order]:
    """Executive orders by number."""
    return {
        r["number"]: Order(r["number"], r["signed"], r["effective_to"] or LAST)
        for r in table("orders/orders.csv")
        if r["number"]
    }


def flag(scan: Scan, votes: Votes, particulars: Described) -> Votes:
    """The votes with flags `anachronism:A01`, `unusual:A05` and `ocr_repair:year 1988` on what they concern."""
    made = _days(particulars.particulars.date)
    reviews = [days for s in votes.stamps if (days := _days(s.date))]
    return Votes(
        tuple(_flag_marking(m, made, reviews) for m in votes.markings),
        tuple(_flag_stamp(s, made, reviews) for s in votes.stamps),
    )


def identifier_conflicts(particulars: Particulars) -> list[tuple[Rule, Identifier]]:
    """Numbers of a document that its date does not allow: an NSAM of 1975."""
    made = _days(particulars.date)
    if not made:
        return []
    return [(r, i) for r in rules() if r.on == "identifier" for i in particulars.identifiers
            if r.concerns(i.value) and r.verdict(made) == "anachronism"]  # fmt: skip


def _days(edtf: str | None) -> tuple[str, str] | None:
    return bounds(edtf) if edtf else None


def _flag_marking(marking: Marking, made: tuple[str, str] | None, reviews: Sequence[tuple[str, str]]) -> Marking:
    """A mark is as old as the document, unless it has a date of its own; an undated notice beside a review of the right
    time may be the reviewer's."""
    text = f"{marking.canonical}\n{marking.text}" if marking.canonical not in marking.text else marking.text
    own = _days(marking.date)
    flags = []
    for rule in rules():
        if rule.on not in ("marking", "both") or not rule.concerns(text):
            continue
        if rule.id == "A07" and marking.canonical != "RESTRICTED":
            continue
        days = (own or made) if rule.when == "layer" else made
        if not days or not (verdict := rule.verdict(days)):
            continue
        later = rule.when == "layer" and not own and any(not rule.verdict(r) for r in reviews)
        if not later:
            flags.append(f"{verdict}:{rule.id}")
    return replace(marking, flags=_added(marking.flags, flags)) if flags else marking


def _flag_stamp(stamp: Stamp, made: tuple[str, str] | None, reviews: Sequence[tuple[str, str]]) -> Stamp:
    # the template stands for the words of the form that the reading lost
    text = "\n".join(t for t in (stamp.text, stamp.authority, " ".join(stamp.exemptions), stamp.template) if t)
    concerned = [r for r in rules() if r.on in ("stamp", "both") and r.concerns(text)]
    own = _days(stamp.date) or _printed_year(stamp)
    days = own or _of_the_classifier(stamp, made, reviews)
    if not days:
        return stamp
    flags = [f"{verdict}:{r.id}" for r in concerned if (verdict := r.verdict(days))]
    if stamp.kind in EVENTS and made and days[1] < made[0]:
        flags.append("anachronism:A26")
    flags += list(_order_flags(text, days))
    if own and any(f.startswith("anachronism") for f in flags) and (years := _repairs(days[0], stamp, concerned, text, made)):
        flags.append("ocr_repair:year " + "|".join(years))
    return replace(stamp, flags=_added(stamp.flags, flags)) if flags else stamp


def _of_the_classifier(
    stamp: Stamp, made: tuple[str, str] | None, reviews: Sequence[tuple[str, str]]
) -> tuple[str, str] | None:
    """The classifier's own line (CL BY ... DECL OADR), undated, is as old as the document, unless someone reviewed it."""
    return made if not reviews and not stamp.date_text and CLASSIFIER.search(stamp.text) else None


def _printed_year(stamp: Stamp) -> tuple[str, str] | None:
    """The four figures that a stamp without a date has for a year, possible or not."""
    m = re.search(r"(?<!\d)(1[0-9]\d\d)(?!\d)", stamp.date_text or "") or re.search(
        r"(?i)RELEASE[D]?\W+(1\d{3})\b", stamp.text
    )
    return (f"{m[1]}-01-01", f"{m[1]}-12-31") if m else None


def _cited(text: str) -> Iterator[Order]:
    for m in re.finditer(r"(?i)\bE\.?\s?O\.?\W{0,3}(1\d{4})\b|EXECUTIVE ORDER\W{0,3}(1\d{4})\b", text):
        if order := orders().get(m[1] or m[2]):
            yield order


def _order_flags(text: str, days: tuple[str, str]) -> Iterator[str]:
    """A27: an order cited before it was signed; A28: one cited long after its successor took effect."""
    for order in _cited(text):
        if days[1] < order.signed:
            yield "anachronism:A27"
        elif order.ends < LAST and days[0] > _months_on(order.ends, 18):
            yield "unusual:A28"


def _months_on(day: str, months: int) -> str:
    year, month = int(day[:4]), int(day[5:7]) - 1 + months
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}-{day[8:]}"


def _repairs(day: str, stamp: Stamp, concerned: Sequence[Rule], text: str, made: tuple[str, str] | None) -> list[str]:
    """Years that one confused figure turns this one into, and that every word of the stamp allows."""
    year = day[:4]
    written = stamp.date_text or stamp.text
    places = (2, 3) if not re.search(rf"(?<!\d){year}(?!\d)", written) else (1, 2, 3)
    swaps = {(a, b) for pair in CONFUSED for a, b in ((pair[0], pair[1]), (pair[1], pair[0]))}
    out = set()
    for place in places:
        for a, b in swaps | ({(year[1], "9")} if place == 1 else set()):
            if year[place] == a:
                new = year[:place] + b + year[place + 1 :]
                out |= {new} | ({new[:2] + "9" + new[3]} if place == 1 else set())
    return sorted(y for y in out if y != year and _possible(y + day[4:], concerned, text, made))


def _possible(day: str, concerned: Sequence[Rule], text: str, made: tuple[str, str] | None) -> bool:
    return (
        day <= "2030"
        and all(r.allows(day) and r.verdict((day, day)) is None for r in concerned)
        and all(o.signed <= day for o in _cited(text))
        and (made is None or day >= made[0])
    )


def _added(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*old, *new]))
