"""Opening files, with advice when they cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from pipeline.core.names import shown
from pipeline.errors import FileAccessError


def opened(path: str | Path) -> BinaryIO:
    """The file, open for reading bytes. Raises FileAccessError."""
    try:
        return open(path, "rb")
    except OSError as error:
        raise FileAccessError(
            f"{shown(str(path))} cannot be opened: {error.strerror}", "Check that it is there and that you may read it."
        ) from error
