"""A page of a transcript as a sheet: text exactly as given, no paper."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.core.names import shown
from pipeline.core.page import ReadWord
from pipeline.errors import CorruptError, InputError
from pipeline.intake.files import opened
from pipeline.intake.text import decode
from pipeline.intake.text import pages as parted


@dataclass(frozen=True, slots=True)
class TranscriptSheet:
    """One page of a text file; see `core.ink.Sheet`."""

    number: int
    transcript: str
    size: None = None
    dpi: None = None
    born_digital: bool = False

    @classmethod
    def of(cls, path: str, number: int) -> TranscriptSheet:
        """Page `number` of the file at `path`. Raises what `read` raises; CorruptError when there is no such page."""
        every = read(path)
        if not 1 <= number <= len(every):
            raise CorruptError(f"the transcript has no page {number}", "Take it in again; it has changed.")
        return cls(number, every[number - 1])

    def render(self, dpi: float) -> Any:
        """Raises InputError: a transcript has no pixels."""
        raise InputError("a transcript has no picture to render", "Ask for its text instead.")

    def layer(self) -> Sequence[Sequence[ReadWord]]:
        return ()


def read(path: str) -> tuple[str, ...]:
    """The pages of the text file. Raises FileAccessError, CorruptError when it is no text."""
    with opened(path) as file:
        state = os.fstat(file.fileno())
    return _read(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=1)  # consecutive pages of one transcript
def _read(path: str, size: int, modified: int) -> tuple[str, ...]:
    text = decode(Path(path).read_bytes())
    if text is None:
        raise CorruptError(f"{shown(path)} is no text", "Take it in again; it has changed.")
    return tuple(parted(text))
