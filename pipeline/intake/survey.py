"""What is there to take in: files, folders and lists of paths become entries, one at a time, sorted within a folder."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from pipeline.core.names import shown
from pipeline.errors import FileAccessError
from pipeline.intake import sidecar
from pipeline.intake.sidecar import Sidecar

Kind = Literal["file", "skipped", "unreadable", "warning"]
CLUTTER = frozenset({"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "system volume information"})
OURS = "archive.sqlite"
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the survey came upon.

    `kind` is `file` (take it in), `skipped` (left out on purpose, `reason` says why), `unreadable` (wanted, but cannot
    be had) or `warning` (a sidecar that does not fit). `path` opens the file; `file_name` is its name, fit to show and
    store; `modified` is in seconds since 1970; `metadata` is the sidecar's row.
    """

    path: str
    file_name: str
    kind: Kind = "file"
    reason: str = ""
    size: int = 0
    modified: float = 0.0
    metadata: Mapping[str, str] = field(default_factory=dict)


def survey(
    targets: Sequence[str | Path], *, metadata: str | Path | None = None, stdin: BinaryIO | None = None
) -> Iterator[Entry]:
    """Everything in `targets`: files, folders (with all below them), and `-` for a list of paths on `stdin`, one a line
    or ended by NULs. Nothing is opened but sidecars; memory grows with the largest folder, not with the archive.

    `metadata` is a sidecar for everything; else each folder's metadata.csv serves the files in and below it, the
    nearest that has a row for the file first, and one that lies beside a target folder comes last.
    Raises FileAccessError before the first entry when a target is missing.
    """
    for target in targets:
        if str(target) != "-" and not os.path.lexists(target):
            raise FileAccessError(f"{shown(str(target))} does not exist", "Check the spelling; is the disk mounted?")
    given = sidecar.read(metadata) if metadata is not None else None
    if given:
        yield from _warnings(given)
    for target in _outermost(targets):
        if target != "-":
            yield from _target(target, given)
            continue
        for listed in _listed(stdin if stdin is not None else sys.stdin.buffer):
            if os.path.lexists(listed):
                yield from _target(listed, given)
            else:
                yield Entry(listed, _name(listed), "unreadable", "there is no such file")


def _outermost(targets: Sequence[str | Path]) -> list[str]:
    """The targets without those that lie in another one, so that nothing is taken in twice."""
    names = list(dict.fromkeys(str(t) for t in targets))
    real = {n: os.path.realpath(n) for n in names if n != "-"}
    kept: list[str] = []
    for n in names:
        inside = any(
            real[n].startswith(os.path.join(real[o], "")) or (real[n] == real[o] and o in kept) for o in real if o != n
        ) if n in real else False  # fmt: skip
        if not inside:
            kept.append(n)
    return kept


def _listed(stream: BinaryIO) -> Iterator[str]:
    """The paths of a list, as they come."""
    rest = stream.read(CHUNK)
    end = b"\0" if b"\0" in rest else b"\n"
    while chunk := stream.read(CHUNK):
        *whole, rest = (rest + chunk).split(end)
        yield from filter(None, map(_path, whole))
    yield from filter(None, map(_path, rest.split(end)))


def _path(raw: bytes) -> str:
    return os.fsdecode(raw.removesuffix(b"\r"))


def _target(target: str, given: Sidecar | None) -> Iterator[Entry]:
    try:
        state = os.stat(target)  # what was named is meant, even behind a link
    except OSError as error:
        yield Entry(target, _name(target), "unreadable", _why(error))
        return
    if not stat.S_ISDIR(state.st_mode):
        yield from _single(target, state, given)
        return
    if os.path.exists(os.path.join(target, OURS)):
        yield Entry(target, _name(target), "skipped", "an archive of declass")
        return
    beside = os.path.join(os.path.dirname(os.path.abspath(target)), sidecar.NAME)
    last = sidecar.read(beside) if given is None and os.path.isfile(beside) else None
    if last:
        yield from _warnings(last)
    yield from _Walk(target, given).folder(target, (last,) if last else ())


def _single(target: str, state: os.stat_result, given: Sidecar | None) -> Iterator[Entry]:
    name = os.path.basename(target)
    if name == sidecar.NAME or not stat.S_ISREG(state.st_mode):
        yield Entry(target, _name(target), "skipped", _special(state.st_mode) or "describes other files")
        return
    beside = os.path.join(os.path.dirname(os.path.abspath(target)), sidecar.NAME)
    side = given or (sidecar.read(beside) if os.path.isfile(beside) else None)
    row = side.row(_relative(target, side), name) if side else None
    yield Entry(target, _name(target), "file", "", state.st_size, state.st_mtime, row[1] if row else {})


class _Walk:
    """One target folder: which real folders were entered (links may lead in circles), which sidecar rows were used."""

    def __init__(self, root: str, given: Sidecar | None) -> None:
        self.root = root
        self.real_root = os.path.realpath(root)
        self.given = given
        self.entered: set[tuple[int, int]] = set()
        self.used: dict[str, set[str]] = {}

    def folder(self, folder: str, outer: tuple[Sidecar, ...]) -> Iterator[Entry]:
        """Entries of `folder` and all below; `outer` are the sidecars around it, nearest first."""
        try:
            state = os.stat(folder)
            if (state.st_dev, state.st_ino) in self.entered:
                return
            self.entered.add((state.st_dev, state.st_ino))
            names = sorted(os.listdir(folder))
        except OSError as error:
            yield Entry(folder, _name(folder), "unreadable", _why(error))
            return
        own = None
        if self.given is None and sidecar.NAME in names:
            own = sidecar.read(os.path.join(folder, sidecar.NAME))
            yield from _warnings(own)
        sides = (self.given,) if self.given else (own, *outer) if own else outer
        for name in names:
            yield from self._thing(os.path.join(folder, name), name, sides)
        if own:
            yield from self._missing(own, folder)

    def _thing(self, path: str, name: str, sides: tuple[Sidecar, ...]) -> Iterator[Entry]:
        try:
            state = os.lstat(path)
            linked = stat.S_ISLNK(state.st_mode)
            reason = _left_out(name) or (self._astray(path) if linked else "")
            if not reason and linked:
                state = os.stat(path)
        except OSError as error:
            yield Entry(path, shown(name), "unreadable", _why(error))
            return
        if not reason and stat.S_ISDIR(state.st_mode):
            if not os.path.exists(os.path.join(path, OURS)):
                yield from self.folder(path, sides)
                return
            reason = "an archive of declass"
        reason = reason or _special(state.st_mode)
        if reason:
            yield Entry(path, shown(name), "skipped", reason)
        else:
            yield Entry(path, shown(name), "file", "", state.st_size, state.st_mtime, self._row(path, name, sides))

    def _astray(self, link: str) -> str:
        """Why the link at `link` is not followed: only what lies in the folder but would not be come upon is."""
        real = os.path.realpath(link)
        inner = os.path.relpath(real, self.real_root)
        if not os.path.exists(real):
            return "a link that leads nowhere"
        if inner.split(os.sep)[0] == os.pardir:
            return "a link that leaves the folder"
        if not any(_left_out(part) for part in inner.split(os.sep) if part != os.curdir):
            return "a link to what is taken in at its own place"
        return ""

    def _row(self, path: str, name: str, sides: tuple[Sidecar, ...]) -> Mapping[str, str]:
        for side in sides:
            row = side.row(_relative(path, side), os.path.relpath(path, self.root), name)
            if row:
                self.used.setdefault(side.path, set()).add(row[0])
                return row[1]
        return {}

    def _missing(self, own: Sidecar, folder: str) -> Iterator[Entry]:
        used = self.used.pop(own.path, set())
        missing = [k for k in own.rows if k not in used and not os.path.lexists(os.path.join(folder, k))]
        if missing:
            some = ", ".join(map(shown, missing[:5])) + (" ..." if len(missing) > 5 else "")
            yield Entry(own.path, sidecar.NAME, "warning", f"{len(missing)} rows name no file that is there: {some}")


def _left_out(name: str) -> str:
    if name == sidecar.NAME:
        return "describes other files"
    if name.startswith("."):
        return "hidden"
    return "left behind by a program" if name.lower() in CLUTTER or name.startswith("~$") else ""


def _special(mode: int) -> str:
    if stat.S_ISREG(mode):
        return ""
    names = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
    return f"{names.get(stat.S_IFMT(mode), 'something')}, not a file"


def _relative(path: str, side: Sidecar) -> str:
    return os.path.relpath(path, os.path.dirname(os.path.abspath(side.path)))


def _warnings(side: Sidecar) -> Iterator[Entry]:
    for warning in side.warnings:
        yield Entry(side.path, shown(os.path.basename(side.path)), "warning", warning)


def _name(path: str) -> str:
    return shown(os.path.basename(os.path.abspath(path)))


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
