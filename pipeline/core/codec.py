"""Values to JSON and back, by their type hints: what travels between processes and rests in the journal."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


_LEAVES = frozenset((str, int, float, bool, type(None)))
Builder = Callable[[Any], Any]


def plain(value: Any) -> Any:
    """Dataclasses become lists of their fields in order (short and stable); tuples become lists."""
    kind: Any = type(value)
    if kind in _LEAVES:
        return value
    if names := _names(kind):
        return [plain(getattr(value, name)) for name in names]
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    return value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass; of another class none."""
    return tuple(f.name for f in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def build(kind: Any, raw: Any) -> Any:
    """The value of type `kind` that `plain` made `raw` from."""
    made = _builder(kind)
    return made(raw) if made else raw


@cache
def _builder(kind: Any) -> Builder | None:
    """What builds a value of a type; None when it is as it was written. Worked out once for each type: an archive has
    hundreds of words on each page."""
    if kind in (Any, object):
        return None
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        [inner] = [a for a in args if a is not type(None)]
        return _builder(inner)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return _unless_none(_many(tuple, _builder(args[0])))
    if origin is tuple:
        parts = [_builder(a) for a in args]
        return _unless_none(lambda raw: tuple(_each(parts, raw)))
    if origin is list:
        return _unless_none(_many(list, _builder(args[0])))
    if origin is not None and issubclass(origin, Mapping):
        value = _builder(args[1]) or _as_it_is
        return _unless_none(lambda raw: {k: value(v) for k, v in raw.items()})
    if dataclasses.is_dataclass(kind):
        assert isinstance(kind, type)
        hints = typing.get_type_hints(kind)
        made: type = kind
        names = _names(kind)
        fields = [_builder(hints[name]) for name in names]
        if not any(f.kw_only for f in dataclasses.fields(kind)):
            return _unless_none(lambda raw: made(*_each(fields, raw)))
        return _unless_none(lambda raw: made(**dict(zip(names, _each(fields, raw), strict=True))))
    return _unless_none(float) if kind is float else None


def _unless_none(made: Builder) -> Builder:
    return lambda raw: None if raw is None else made(raw)


def _many(kind: type, made: Builder | None) -> Builder:
    return (lambda raw: kind(map(made, raw))) if made else kind


def _each(parts: list[Builder | None], raw: Any) -> list[Any]:
    return [made(r) if made else r for made, r in zip(parts, raw, strict=True)]


def _as_it_is(raw: Any) -> Any:
    return raw


def opened(kind: Any, data: bytes) -> dict[str, Any]:
    """What `pack` packed of a dataclass: its fields by name, as lists and plain values, for who needs few of them built
    (`closed`)."""
    return dict(zip(_names(kind), json.loads(zlib.decompress(data)), strict=True))


def closed(kind: Any, fields: Mapping[str, Any]) -> Any:
    """The value whose fields `opened` gave, or some of their items."""
    return build(kind, [fields[name] for name in _names(kind)])


def pack(value: Any) -> bytes:
    """Compressed JSON; the same value always gives the same bytes."""
    return zlib.compress(json.dumps(plain(value), ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpack(kind: Any, data: bytes) -> Any:
    """What `pack` packed. Raises ValueError when the bytes are not of that type (an older program's)."""
    try:
        return build(kind, json.loads(zlib.decompress(data)))
    except (TypeError, KeyError, AttributeError, zlib.error) as error:
        raise ValueError(f"stored result is not a {kind}: {error}") from error
