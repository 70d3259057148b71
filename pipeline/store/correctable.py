"""What a person may set right, and which values it can have: the columns of the export contract that tell of the paper,
each with its type and vocabulary from models/dictionary.toml."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Table

from pipeline.core.dates import bounds, find_dates
from pipeline.core.knowledge import toml
from pipeline.store import schema
from pipeline.store.failures import without_nul

_TOLD = ("doc_type", "date", "date_text", "sender", "recipient", "subject", "agency", "classification",
         "classification_struck", "controls", "identifiers")  # fmt: skip
FIELDS: Mapping[str, tuple[str, ...]] = {
    "documents": (*_TOLD, "release_decision", "release_date", "history", "title", "collection", "record_group", "series",
                  "box", "folder", "item", "rights"),
    "segments": ("first_page", "last_page", "kind", *_TOLD),
    "events": ("date", "action", "level", "agency", "authority", "conflict"),
    "markings": ("template", "kind", "text", "canonical", "date", "exemptions", "flags", "struck"),
    "stamps": ("template", "kind", "agency", "text", "decision", "decision_text", "authority", "date", "date_text",
               "reviewer", "case_number", "exemptions", "struck", "flags"),
    "redactions": ("style", "code", "lines"),
    "mentions": ("label", "text", "name"),
    "offices": ("text", "office", "holder"),
    "recommendations": ("kind", "polarity", "strength", "text", "actor", "action", "condition", "decision",
                        "decision_text"),
}  # fmt: skip
"""By table, what can be corrected. Not the text of pages: the spans of findings count its characters."""

FINDINGS = tuple(t for t in schema.FINDINGS if t.name in FIELDS)
"""The tables whose rows can also be rejected and added."""
REJECTABLE = (*(t.name for t in FINDINGS), "events")

KEY = {"documents": "document_id", "segments": "segment", "events": "sequence"}
"""The column that tells the rows of one document apart, where it is not `finding_id`."""


IDENTIFIERS = ("rif", "cable", "dispatch", "case", "doc", "file", "crest", "nara", "airgram", "other")
_CANONICAL = {"yes": True, "true": True, "no": False, "false": False}


class ValueProblem(ValueError):
    """A value that its field cannot have; the text says why and what it can."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A column: its type in the dictionary (text, edtf, boolean, integer, list, identifiers) and its vocabulary."""

    type: str
    values: tuple[str, ...] = ()


def key_of(table: Table) -> str:
    """The column by which a correction names a row of a document."""
    return KEY.get(table.name, "finding_id")


@cache
def _dictionary() -> Mapping[str, Any]:
    return toml("dictionary.toml")


def kind_of(table: str, field: str) -> Kind:
    """Type and vocabulary of a column. Raises ValueProblem when it is none that can be corrected."""
    if table not in FIELDS:
        raise ValueProblem(f"{table!r} is no table that can be corrected; there are {', '.join(FIELDS)}")
    if field not in FIELDS[table]:
        close = difflib.get_close_matches(field, FIELDS[table], 1, 0.6)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(FIELDS[table])}"
        raise ValueProblem(f"{table} have no field {field!r} that can be corrected; {hint}")
    known = _dictionary()
    told = known["table"][table]["column"].get(field) or known["column"][field]
    return Kind(told["type"], tuple(told.get("values", ())))


def understood(table: str, field: str, text: str) -> Any:
    """What a person wrote as the value of a column; the empty text is no value, or the empty list.

    A date is EDTF or in words, a list `one|two` or JSON, identifiers `kind:value|kind:value`. Raises ValueProblem.
    """
    kind = kind_of(table, field)
    text = without_nul(text).strip()
    if kind.type in ("list", "identifiers"):
        items = _items(text)
        return [_identifier(i) for i in items] if kind.type == "identifiers" else [str(i) for i in items]
    if not text:
        if not schema.metadata.tables[table].c[field].nullable:
            raise ValueProblem(f"{field} of {table} cannot be empty")
        return None
    return _checked(kind, field, text)


def _checked(kind: Kind, field: str, text: str) -> Any:
    match kind.type:
        case "edtf":
            if bounds(text):
                return text
            whole = [d for d in find_dates(text) if d.text == text and not d.repaired and not d.two_digit]
            if not whole:
                raise ValueProblem(f"{text!r} is no date: write 1961-06-08, 1961-06, 1961, 1961~ or ../1961")
            return whole[0].edtf
        case "boolean":
            if text.lower() not in _CANONICAL:
                raise ValueProblem(f"{field} is true or false, not {text!r}")
            return _CANONICAL[text.lower()]
        case "integer":
            if not re.fullmatch(r"\d{1,6}", text):
                raise ValueProblem(f"{field} is a whole number, not {text!r}")
            return int(text)
    if kind.values and text not in kind.values:
        folded = {v.casefold(): v for v in kind.values}
        if text.casefold() in folded:
            return folded[text.casefold()]
        close = difflib.get_close_matches(text.casefold(), folded, 1, 0.6)
        hint = f"did you mean {folded[close[0]]}?" if close else f"one of {', '.join(kind.values)}"
        raise ValueProblem(f"{field} cannot be {text!r}: {hint}")
    return text


def _items(text: str) -> list[Any]:
    if text.startswith("["):
        try:
            items = json.loads(text)
        except ValueError:
            raise ValueProblem(f"{text!r} is no JSON list") from None
        return list(items)
    parts = re.findall(r"(?:^|\|)((?:[^\\|]|\\.)*)", text, re.S) if text else []
    return [p for part in parts if (p := re.sub(r"\\(.)", r"\1", part, flags=re.S).strip())]


def _identifier(item: Any) -> dict[str, str]:
    kind, _, value = (
        item.partition(":") if isinstance(item, str) else (str(item.get("kind")), "", str(item.get("value")))
    )
    if kind not in IDENTIFIERS or not value:
        raise ValueProblem(f"{item!r} is no identifier: write kind:value, of kind {', '.join(IDENTIFIERS)}")
    return {"kind": kind, "value": value}


def written(value: Any) -> str | None:
    """A value as the table of corrections keeps it: text; lists and objects as JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def stored(table: str, field: str, text: str | None) -> Any:
    """What `written` was given."""
    plain = text is None or kind_of(table, field).type in ("text", "edtf")
    return text if plain or text is None else json.loads(text)
