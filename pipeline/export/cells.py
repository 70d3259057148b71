"""Values as cells of a CSV, and back: reversible, and harmless in a spreadsheet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # a cell that begins so is run by a spreadsheet
GUARD = "'"
BOX = ("left", "top", "right", "bottom")
EXCEL = 32_767  # characters (of UTF-16) that a cell of Excel holds; what is beyond spills into the next row


def cell(kind: str, value: Any) -> str:
    """A value of a column of type `kind` as the text of a cell; None is the empty cell."""
    return "" if value is None else writing(kind)(value)


def writing(kind: str) -> Callable[[Any], str]:
    """How a value that is not None becomes the text of a cell, in a column of type `kind`."""
    return WRITING.get(kind, _text)


def value(kind: str, text: str) -> Any:
    """What `cell` made the text from; an empty text is None, or the empty list."""
    if kind in ("list", "identifiers", "boxes"):
        items = _items(_unguarded(text)) if text else []
        if kind == "identifiers":
            return [dict(zip(("kind", "value"), i.split(":", 1), strict=True)) for i in items]
        return [_box(i) for i in items] if kind == "boxes" else items
    if text == "":
        return None
    match kind:
        case "boolean":
            return text == "true"
        case "integer":
            return int(text)
        case "number":
            return float(text)
        case "time":
            return text
        case "object":
            return json.loads(text)
    return _unguarded(text)


def shortened(text: str) -> str:
    """The text as far as a cell of Excel holds it, with a word on what is missing."""
    if len(text) <= EXCEL // 2 or len(text.encode("utf-16-le")) // 2 <= EXCEL:
        return text
    mark = f" [cut: {len(text)} characters]"
    kept = text.encode("utf-16-le")[: 2 * (EXCEL - len(mark))].decode("utf-16-le", "ignore")
    return kept + mark


def _text(value: Any) -> str:
    return _guarded(str(value))


def _guarded(text: str) -> str:
    return GUARD + text if text.startswith((*FORMULA, GUARD)) else text


def _unguarded(text: str) -> str:
    return text.removeprefix(GUARD)


def _escaped(item: str) -> str:
    return item.replace("\\", "\\\\").replace("|", "\\|")


def _items(joined: str) -> list[str]:
    parts = re.findall(r"(?:^|\|)((?:[^\\|]|\\.)*)", joined, re.S)
    return [re.sub(r"\\(.)", r"\1", p, flags=re.S) for p in parts]


def _box(item: str) -> Mapping[str, float]:
    page, sides = item.split(":")
    return {"page": int(page), **dict(zip(BOX, map(float, sides.split(",")), strict=True))}


WRITING: Mapping[str, Callable[[Any], str]] = {
    "boolean": lambda value: "true" if value else "false",
    "integer": str,
    "number": str,
    "time": str,
    "list": lambda value: _guarded("|".join(map(_escaped, value))),
    "identifiers": lambda value: _guarded("|".join(_escaped(f"{v['kind']}:{v['value']}") for v in value)),
    "boxes": lambda value: "|".join(f"{b['page']}:{','.join([str(b[side]) for side in BOX])}" for b in value),
    "object": lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True),
}
