"""The fields of the search language, and what may stand after their colon. `fields` asks the database."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.core.dates import bounds, parse_date

LEVELS = ("UNCLASSIFIED", "LIMITED OFFICIAL USE", "OFFICIAL USE ONLY", "RESTRICTED", "CONFIDENTIAL", "SECRET",
          "TOP SECRET")  # fmt: skip
"""The seven classifications, lowest first; those below RESTRICTED are no levels of an executive order."""
_SHORT = {"U": "UNCLASSIFIED", "LOU": "LIMITED OFFICIAL USE", "OUO": "OFFICIAL USE ONLY", "R": "RESTRICTED",
          "C": "CONFIDENTIAL", "S": "SECRET", "TS": "TOP SECRET"}  # fmt: skip
TYPES = ("memorandum", "cable", "airgram", "dispatch", "letter", "report", "minutes", "form", "note",
         "intelligence-report", "newspaper", "briefing", "other")  # fmt: skip
STATUSES = ("complete", "partial", "quarantined")
DECISIONS = ("declassified_in_full", "declassified_in_part", "released_in_full", "released_in_part", "released",
             "no_objection", "no_objection_in_part", "denied", "exempted", "withheld_portion", "downgraded",
             "classified_at_review", "retained", "closed_until", "unclear", "none")  # fmt: skip


class ValueProblem(ValueError):
    """A value that its field cannot have; the parser knows the place and makes a QueryError of it."""


@dataclass(frozen=True, slots=True)
class Field:
    """`kind`: words (asks for words in it), code (the whole value), listed (one of `values`), days, figures or text.
    `wants` says in plain words what to write, `means` what the field holds."""

    kind: str
    means: str
    wants: str
    values: tuple[str, ...] = ()


_WORDS = 'words or a "phrase"'
_DAYS = "a date or range such as 1962-10, 1962-10..1963-01, ..1961, >1962"
FIELDS: Mapping[str, Field] = {
    "text": Field("text", "the text of the page", _WORDS),
    "subject": Field("words", "the subject", _WORDS),
    "from": Field("words", "the sender", _WORDS),
    "to": Field("words", "the recipient", _WORDS),
    "agency": Field("code", "the agency", "a short name such as CIA or State"),
    "classification": Field("listed", "the classification", "a level such as SECRET, TS or >=SECRET", LEVELS),
    "marking": Field("code", "a marking", "a marking, kind or template such as NOFORN, control or LVL_S"),
    "stamp": Field("code", "a stamp", "a kind, agency, template or words on it, such as release or NARA_NND"),
    "type": Field("listed", "the type", f"one of {', '.join(TYPES)}", TYPES),
    "entity": Field("words", "a person, organisation, place or other name mentioned", "a name"),
    "identifier": Field("words", "a number of the document or of a case", "a number such as 104-10308-10163"),
    "collection": Field("words", "the collection", _WORDS),
    "series": Field("words", "the series", _WORDS),
    "box": Field("code", "the box", "a box as the finding aid names it"),
    "folder": Field("words", "the folder", _WORDS),
    "file": Field("words", "the file name", "a name or its beginning with *"),
    "status": Field("listed", "the state of processing", f"one of {', '.join(STATUSES)}", STATUSES),
    "decision": Field("listed", "the release decision", f"one of {', '.join(DECISIONS)}", DECISIONS),
    "exemption": Field("code", "an exemption claimed", "a code such as b1, (b)(1) or 1.4(c)"),
    "recommends": Field("words", "a recommendation", _WORDS),
    "date": Field("days", "the date", _DAYS),
    "released": Field("days", "the release date", _DAYS),
    "redacted": Field("figures", "the share withheld", "a share of the document such as >0.2, >20% or 0.1..0.5"),
    "pages": Field("figures", "the number of pages", "a number such as 3, >3 or 2..10"),
}
_ALIASES = {"sender": "from", "recipient": "to", "doc_type": "type", "level": "classification", "name": "entity",
            "year": "date", "id": "identifier", "filename": "file", "file_name": "file"}  # fmt: skip


def known_field(name: str, close: bool = False) -> str | None:
    """The field that `name` names (any case, or by its column's name); with `close`, one that looks like it."""
    low = name.lower()
    if low in FIELDS:
        return low
    if low in _ALIASES:
        return _ALIASES[low]
    return next(iter(difflib.get_close_matches(low, FIELDS, 1, 0.6)), None) if close else None


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `first` to `last`, both included, ISO; None is open."""

    first: str | None
    last: str | None

    def __str__(self) -> str:
        return f"{self.first or ''}..{self.last or ''}"


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers from `low` to `high`; None is open, and a bound that is not `included` is left out."""

    low: float | None
    high: float | None
    included: bool = True

    def __str__(self) -> str:
        if self.included:
            return f"{_shown(self.low)}..{_shown(self.high)}"
        return f">{_shown(self.low)}" if self.low is not None else f"<{_shown(self.high)}"


def _shown(number: float | None) -> str:
    return "" if number is None else str(int(number)) if number == int(number) else repr(number)


_SIGNED = re.compile(r"(>=|<=|>|<|=)?\s*(.*)", re.DOTALL)


def days(text: str) -> Days:
    """`1962`, `1962-10`, `196x`, `October 1962`, `a..b`, `..b`, `a..`, `>a`, `<=a`. Raises ValueProblem."""
    sign, rest = _split(text)
    if not sign and ".." in rest:
        from_, _, to = rest.partition("..")
        first = _bounds(from_)[0] if from_.strip() else None
        last = _bounds(to)[1] if to.strip() else None
        if first is None and last is None:
            raise ValueProblem("a range wants a date on at least one side")
        if first and last and first > last:
            raise ValueProblem(f"the range ends ({to.strip()}) before it begins ({from_.strip()})")
        return Days(first, last)
    first, last = _bounds(rest)
    try:
        return {
            ">": lambda: Days(_moved(last, 1), None),
            ">=": lambda: Days(first, None),
            "<": lambda: Days(None, _moved(first, -1)),
            "<=": lambda: Days(None, last),
        }.get(sign, lambda: Days(first, last))()
    except OverflowError:
        raise ValueProblem(f"no calendar reaches beyond {rest!r}") from None


def _split(text: str) -> tuple[str, str]:
    m = _SIGNED.fullmatch(text)
    assert m is not None  # every group may be empty
    return m[1] or "", m[2]


def _moved(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(by)).isoformat()


def _bounds(text: str) -> tuple[str, str]:
    written = text.strip()
    edtf = re.sub("x", "X", written)
    found = bounds(edtf) if re.fullmatch(r"[\dX/.~?-]+", edtf) else None
    if not found and re.search(r"[^\W\d_]{3}", written) and (understood := parse_date(written)):
        found = bounds(understood)
    if not found:
        raise ValueProblem(f"{written!r} is no date")
    return found


def figures(text: str) -> Figures:
    """`3`, `>3`, `<=0.5`, `20%`, `2..10`, `..10`. Raises ValueProblem."""
    sign, rest = _split(text)
    if not sign and ".." in rest:
        from_, _, to = rest.partition("..")
        low = _number(from_) if from_.strip() else None
        high = _number(to) if to.strip() else None
        if low is None and high is None:
            raise ValueProblem("a range wants a number on at least one side")
        if low is not None and high is not None and low > high:
            raise ValueProblem(f"the range ends ({to.strip()}) before it begins ({from_.strip()})")
        return Figures(low, high)
    number = _number(rest)
    return {
        ">": Figures(number, None, False),
        ">=": Figures(number, None),
        "<": Figures(None, number, False),
        "<=": Figures(None, number),
    }.get(sign, Figures(number, number))


def _number(text: str) -> float:
    m = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})\s*(%?)\s*", text)
    if not m:
        raise ValueProblem(f"{text.strip()!r} is no number")
    return float(m[1]) / (100 if m[2] else 1)


def folded(text: str) -> str:
    """Letters and figures only, small: what two spellings of one code have in common."""
    return "".join(c for c in text.casefold() if c.isalnum())


def expand(name: str, text: str, prefix: bool) -> tuple[str, ...]:
    """The values of a listed field that `text` means: itself, its beginning (`prefix`), or, among classifications,
    all from `>=SECRET` up. Raises ValueProblem with what is near."""
    values = FIELDS[name].values
    sign, rest = _split(text)
    word = folded(_SHORT.get(rest.strip().upper(), rest) if name == "classification" else rest)
    at = [i for i, v in enumerate(values) if folded(v) == word]
    if prefix:
        begun = tuple(v for v in values if folded(v).startswith(word))
        if begun:
            return begun
    if not at:
        close = [folded(v) for v in values if word and folded(v).startswith(word)]
        close = close or difflib.get_close_matches(word, [folded(v) for v in values], 1, 0.6)
        hint = f"; did you mean {next(v for v in values if folded(v) == close[0])}?" if close else ""
        raise ValueProblem(f"there is no {rest.strip()!r}{hint}")
    if sign in ("", "="):
        return (values[at[0]],)
    if name != "classification":
        raise ValueProblem(f"cannot be compared with {sign}")
    chosen = {">": values[at[0] + 1 :], ">=": values[at[0] :], "<": values[: at[0]], "<=": values[: at[0] + 1]}[sign]
    if not chosen:
        raise ValueProblem(f"there is no level {'above' if '>' in sign else 'below'} {values[at[0]]}")
    return chosen
