"""Values to JSON and back, by their type hints: what travels between processes and rests in the journal."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def plain(value: Any) -> Any:
    """Dataclasses become lists of their fields in order (short and stable); tuples become lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [plain(getattr(value, f.name)) for f in dataclasses.fields(value)]
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    return value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def build(kind: Any, raw: Any) -> Any:
    """The value of type `kind` that `plain` made `raw` from."""
    if raw is None or kind in (Any, object):
        return raw
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        [inner] = [a for a in typing.get_args(kind) if a is not type(None)]
        return build(inner, raw)
    if origin is tuple:
        args = typing.get_args(kind)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(build(args[0], r) for r in raw)
        return tuple(build(a, r) for a, r in zip(args, raw, strict=True))
    if origin is list:
        return [build(typing.get_args(kind)[0], r) for r in raw]
    if origin is not None and issubclass(origin, Mapping):
        return {k: build(typing.get_args(kind)[1], v) for k, v in raw.items()}
    if dataclasses.is_dataclass(kind):
        assert isinstance(kind, type)
        hints = _hints(kind)
        names = [f.name for f in dataclasses.fields(kind)]
        return kind(**{n: build(hints[n], r) for n, r in zip(names, raw, strict=True)})
    return kind(raw) if kind is float else raw


def pack(value: Any) -> bytes:
    """Compressed JSON; the same value always gives the same bytes."""
    return zlib.compress(json.dumps(plain(value), ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpack(kind: Any, data: bytes) -> Any:
    """What `pack` packed. Raises ValueError when the bytes are not of that type (an older program's)."""
    try:
        return build(kind, json.loads(zlib.decompress(data)))
    except (TypeError, KeyError, AttributeError, zlib.error) as error:
        raise ValueError(f"stored result is not a {kind}: {error}") from error
