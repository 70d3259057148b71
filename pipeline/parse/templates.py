"""Stamp templates: what is known of each stamp, read from models/stamps/*.toml (docs/add-a-stamp.md says how to write one)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from pipeline.core.knowledge import files_under


@dataclass(frozen=True, slots=True)
class Rule:
    """When any of the phrases `when` stands in the stamp (and none of `unless`), the decision is `then`."""

    when: tuple[str, ...]
    then: str
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A tick box: the label printed beside it, and what a tick in it decides.

    `column` groups boxes of which one is to be ticked; only boxes of the first column decide, the others go to
    decision_text. `refines` names the label that it narrows when both are ticked (Declassify + In part).
    """

    label: str
    decision: str = ""
    column: int = 1
    refines: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """One stamp, as printed.

    `lines` are its printed lines in their order, alternatives parted by ` | `; `more` lines that may stand in it. It is
    seen when one of its `anchors` (default: every line) is found and `least` of the letters of `lines` around it.
    `must` holds conditions on what else stands there, each a phrase or a number pattern (with #), alternatives parted
    by ` | `; `never` phrases that rule it out. `reach` says how far beyond its printed words its filled-in words lie:
    left, up, right, down, in heights of a letter. `capitals` is the least share of capital letters in an anchor;
    `alone` asks for white on both sides.
    """

    id: str
    name: str
    agency: str
    kind: str
    lines: tuple[str, ...]
    table: str = "stamps"
    canonical: str = ""
    era: tuple[str, str] = ("", "")
    source: str = ""
    anchors: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    least: float = 0.6
    proof: tuple[str, ...] = ()  # phrases that stand on nothing else: one of them, well read, is the stamp
    must: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    capitals: float = -1.0
    alone: bool = False
    reach: tuple[float, float, float, float] = (1.0, 0.6, 8.0, 1.4)
    decision: str = "none"
    decide: tuple[Rule, ...] = ()
    ticks: str = ""  # before, after: on which side of its label a box stands
    boxes: tuple[Box, ...] = ()
    dates: tuple[str, ...] = ()  # labels before the action date; "*" any date that no other label claims; "last"
    seen: tuple[str, ...] = ()  # first and last day that known specimens bear: days near them are likelier in a hand
    workdays: bool = False  # it was put on working days alone
    day_first: bool = False  # some hands wrote the day before the month
    hand: tuple[str, ...] = ()  # where a hand writes the day: after (its label), above, below the print
    years: tuple[int, ...] = ()  # the stamp carries a bare year, one of these (first and last of a range)
    year_list: tuple[int, ...] = ()  # as `years`, but a closed list: a near miss is repaired
    case: tuple[str, ...] = ()
    reviewer: tuple[str, ...] = ()  # label before the reviewer, then the words that end it
    authority: tuple[str, ...] = ()  # "order": the executive order cited; else phrases or patterns taken as they stand
    exemptions: tuple[str, ...] = ()
    large: bool = False  # one word stamped so large that its shape tells where a form has the same decision
    place: str = ""
    examples: tuple[Mapping[str, Any], ...] = field(default=(), compare=False)
    counterexamples: tuple[str, ...] = field(default=(), compare=False)

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last day on which it may have been put on paper."""
        return self.era[0] or "1900-01-01", self.era[1] or "2100-12-31"

    @property
    def first_year(self) -> int:
        return int(self.era[0][:4] or 1900)

    @property
    def last_year(self) -> int:
        return int(self.era[1][:4] or 2100)


def build(raw: Mapping[str, Any]) -> Template:
    """A template from one TOML table. Raises ValueError when a key is unknown or one is missing."""
    known = {f.name for f in fields(Template)}
    if unknown := set(raw) - known:
        raise ValueError(f"template {raw.get('id')}: unknown {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
    values["decide"] = tuple(Rule(tuple(r["when"]), r["then"], tuple(r.get("unless", ()))) for r in raw.get("decide", ()))
    values["boxes"] = tuple(Box(**b) for b in raw.get("boxes", ()))
    try:
        return Template(**values)
    except TypeError as error:
        raise ValueError(f"template {raw.get('id')}: {error}") from error


@cache
def templates() -> tuple[Template, ...]:
    """Every template of models/stamps, in order of file and place in it."""
    found = [
        build(raw)
        for path in files_under("stamps")
        if path.suffix == ".toml" and path.parent.name == "stamps"
        for raw in tomllib.loads(path.read_text("utf-8"))["template"]
    ]
    if twice := {t.id for t in found if sum(o.id == t.id for o in found) > 1}:
        raise ValueError(f"stamp templates defined twice: {', '.join(sorted(twice))}")
    return tuple(found)
