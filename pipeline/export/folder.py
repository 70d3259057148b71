"""A folder that appears complete or not at all, however its making ends: by an error, by Ctrl-C, by `kill -9`.

Its files have no name while they are written (O_TMPFILE of Linux): a process that is killed leaves nothing of them. They
are named at the end, in a folder beside, which then takes its place. Where a file system or another platform cannot do
without names, they are written in that folder beside; the next one that is made here clears away what a killed one left.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pipeline.errors import FileAccessError

WHOLE, PART = "w+b", "part"


class NewFiles:
    """Files of a folder that is being made."""

    def __init__(self, part: Path) -> None:
        self._part = part
        self._files: dict[str, IO[bytes]] = {}

    def create(self, name: str) -> IO[bytes]:
        """A new file to write to, and to read back; it is closed when the folder is whole."""
        self._files[name] = made = _nameless(self._part.parent) or self._named(name)
        return made

    def sizes(self) -> dict[str, tuple[int, str]]:
        """Bytes and SHA-256 of each file so far, by name."""
        known = {}
        for name, file in self._files.items():
            file.flush()
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
            known[name] = (file.tell(), digest)
        return known

    def finish(self) -> None:
        """Every file on the disk, under its name, in the folder beside."""
        self._part.mkdir(exist_ok=True)
        for name, file in self._files.items():
            file.flush()
            os.fsync(file.fileno())
            if not (self._part / name).exists():
                _link(file, self._part / name)

    def close(self) -> None:
        for file in self._files.values():
            with suppress(OSError):  # a full disk is told by `finish`; here only the handle matters
                file.close()

    def _named(self, name: str) -> IO[bytes]:
        self._part.mkdir(exist_ok=True)
        return (self._part / name).open(WHOLE)


def _nameless(beside: Path) -> IO[bytes] | None:
    """A file without a name on the file system of `beside`; None where there is no such thing."""
    if not hasattr(os, "O_TMPFILE") or not os.path.exists("/proc/self/fd"):
        return None
    try:
        return os.fdopen(os.open(beside, os.O_TMPFILE | os.O_RDWR, 0o666), WHOLE)
    except OSError:  # of a file system that cannot; where none can be written, the named one will say so
        return None


def _link(file: IO[bytes], path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:  # given folders, Python asks the system to follow the link in /proc
        os.link(f"/proc/self/fd/{file.fileno()}", path.name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.close(folder)


@contextmanager
def new_folder(out: Path, ours: Collection[str]) -> Iterator[NewFiles]:
    """Files that become the folder `out` at the end; an earlier folder there is replaced when it holds nothing but `ours`.

    Raises FileAccessError when it holds anything else, or cannot be written.
    """
    target = out.absolute()
    part, old = beside(target, PART), beside(target, "old")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        clear_leftovers(target)
        _refuse_what_is_not_ours(target, ours)
        files = NewFiles(part)
        try:
            yield files
            files.finish()
        finally:
            files.close()
        if target.exists():
            target.rename(old)
        part.rename(target)
    except OSError as error:
        raise FileAccessError(
            f"{out} cannot be written: {error.strerror or error}",
            "Choose a folder where you may write and where there is room.",
        ) from error
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        for left in (part, old):
            shutil.rmtree(left, ignore_errors=True)


def beside(target: Path, what: str) -> Path:
    """Where this process keeps what is on its way to or from `target`."""
    return target.with_name(f".{target.name}.{what}-{os.getpid()}")


def clear_leftovers(target: Path) -> None:
    """Away with what killed processes left on their way to `target`; what was there before them is put back."""
    import psutil

    for what in ("old", PART):
        begins = f".{target.name}.{what}-"
        for left in sorted(p for p in target.parent.iterdir() if p.name.startswith(begins)):
            number = left.name.removeprefix(begins)
            if not number.isdecimal() or psutil.pid_exists(int(number)):
                continue
            if what == "old" and not target.exists():
                left.rename(target)
            else:
                shutil.rmtree(left, ignore_errors=True)


def _refuse_what_is_not_ours(target: Path, ours: Collection[str]) -> None:
    if not target.exists():
        return
    advice = "Name a new or empty folder."
    if not target.is_dir():
        raise FileAccessError(f"{target} is a file.", advice)
    foreign = sorted(p.name for p in target.iterdir() if p.name not in ours)
    if foreign:
        raise FileAccessError(f"{target} holds {foreign[0]!r}, which is not part of an earlier export.", advice)
