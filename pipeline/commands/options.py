"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def archive_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where the archive is: --archive or --database."""
    command = click.option("--database", metavar="URL", help="Database instead of the archive's own (DECLASS_DATABASE).")(command)
    return click.option(
        "--archive", type=click.Path(path_type=Path), metavar="DIR",
        help="The archive's folder (else DECLASS_ARCHIVE, else ./declass-archive).",
    )(command)  # fmt: skip


def page_ranges(_: click.Context, __: click.Parameter, value: str | None) -> tuple[tuple[int, int], ...]:
    """1-4,7 becomes ((1, 4), (7, 7)); 9- goes to the end."""
    ranges = []
    for part in (value or "").split(","):
        first, dash, last = part.strip().partition("-")
        if not part.strip():
            continue
        if not first.isdigit() or int(first) < 1 or (last and not last.isdigit()):
            raise click.BadParameter(f"{part!r} is no page or range of pages; write for example 1-4,7")
        ranges.append((int(first), int(last) if last else sys.maxsize if dash else int(first)))
    return tuple(ranges)
