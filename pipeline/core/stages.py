"""What a stage is, and the key under which its result is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.core.knowledge import fingerprint


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the way of a scan.

    `run` gets the matter at hand (a page's sheet, a document's scan) and the results of `needs` by name; it gives a value
    of type `result`, which `core.codec` can pack. `data` names files or folders below models/ that shape the result,
    `settings` the settings that do; `tools` tells the versions of engines used, when called. Raise `version` when the
    code's results change.
    """

    name: str
    needs: tuple[str, ...]
    result: Any
    run: Callable[..., Any]
    version: int = 1
    data: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    tools: Callable[[], str] | None = None

    def fingerprint(self, settings: object) -> str:
        """Hash of everything besides the input that shapes the result."""
        parts = [
            self.name,
            self.version,
            {n: str(getattr(settings, n)) for n in self.settings},
            [fingerprint(d) for d in self.data],
            self.tools() if self.tools else "",
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def keys(stages: Iterable[Stage], settings: object, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """The key of each stage: sha256(keys of what it needs / fingerprint). `known` has the keys of earlier tuples."""
    out = dict(known or {})
    for stage in stages:
        seed = "/".join([*(out[n] for n in stage.needs), stage.fingerprint(settings)])
        out[stage.name] = hashlib.sha256(seed.encode()).hexdigest()[:32]
    return out
