"""What a person sees of a long ingest, on stderr: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress

LOG_SECONDS = 30.0  # without a terminal: a line this often


class Silence:
    """Nobody watches; what must be said is still said."""

    def total(self, pages: int) -> None:
        """How many pages wait."""

    def file(self, name: str) -> None:
        """A file is being identified."""

    def page(self, name: str, number: int) -> None:
        """A page was handed out."""

    def done(self) -> None:
        """A page came back."""

    def say(self, message: str) -> None:
        """Something that a person should know."""
        print(f"declass: {message}", file=sys.stderr)


class Log(Silence):
    """For cron and CI: a line with the figures now and then."""

    def __init__(self) -> None:
        self.pages, self.came, self.start = 0, 0, time.monotonic()
        self.last = self.start

    def total(self, pages: int) -> None:
        self.pages, self.start = pages, time.monotonic()
        if pages:
            self.say(f"{pages} pages to read")

    def done(self) -> None:
        self.came += 1
        at = time.monotonic()
        if at - self.last >= LOG_SECONDS:
            self.last = at
            self.say(f"{self.came} of {self.pages} pages, {60 * self.came / (at - self.start):.0f} a minute")


class Bar(Silence):
    """For a terminal."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.task = progress.add_task("looking", total=None)

    def total(self, pages: int) -> None:
        self.progress.reset(self.task, total=pages, description="reading")

    def file(self, name: str) -> None:
        self.progress.update(self.task, description=f"looking at {short(name)}")

    def page(self, name: str, number: int) -> None:
        self.progress.update(self.task, description=f"{short(name)} p{number}")

    def done(self) -> None:
        self.progress.advance(self.task)

    def say(self, message: str) -> None:
        self.progress.console.print(message, highlight=False, markup=False)


def short(name: str, most: int = 32) -> str:
    return name if len(name) <= most else f"{name[: most - 9]}…{name[-8:]}"


@contextmanager
def progress(quiet: bool) -> Iterator[Any]:
    """The watcher that fits: a bar, a log or silence."""
    if quiet:
        yield Silence()
        return
    if not sys.stderr.isatty():
        yield Log()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description:<40}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(), console=Console(stderr=True), transient=True,
    ) as bar:  # fmt: skip
        yield Bar(bar)


@contextmanager
def counting(what: str, files: int, size: int, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Gives what is to be told of files and bytes as they are dealt with: a bar by bytes, or a line now and then."""
    if quiet or not sys.stderr.isatty():
        yield _lines(what, files, size, quiet)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    with Progress(
        what, BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), console=Console(stderr=True),
        transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task(what, total=size)
        yield lambda _, more: bar.advance(task, more)


def _lines(what: str, files: int, size: int, quiet: bool) -> Callable[[int, int], None]:
    came, read, last = 0, 0, time.monotonic()

    def told(more: int, length: int) -> None:
        nonlocal came, read, last
        came, read = came + more, read + length
        if not quiet and time.monotonic() - last >= LOG_SECONDS:
            last = time.monotonic()
            say = f"{what}: {came} of {files} files, {read / 1e9:.1f} of {size / 1e9:.1f} GB"
            print(f"declass: {say}", file=sys.stderr)

    return told
