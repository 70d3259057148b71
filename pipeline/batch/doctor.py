"""Is everything here that is needed? Each check says what was found and, when it is wrong, what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import __version__
from pipeline.core.knowledge import models
from pipeline.errors import DeclassError, Exit
from pipeline.settings import Settings

ROOM = 1_000_000_000  # bytes that an archive of some thousand pages needs


@dataclass(frozen=True, slots=True)
class Check:
    """`exit` is 0 when all is well, else the code that a command would end with for this reason."""

    what: str
    found: str
    exit: int = 0
    advice: str = ""


def examine(settings: Settings) -> Iterator[Check]:
    """Program, engines, models, the archive and its disk."""
    yield Check("declass", f"{__version__} on Python {sys.version.split()[0]}")
    yield engines()
    yield names()
    yield from place(settings)


def engines() -> Check:
    from pipeline.ocr.reading import readers

    try:
        return Check("readers", readers())
    except DeclassError as error:
        return Check("readers", str(error), error.exit, error.advice)


def names() -> Check:
    import json

    try:
        meta = json.loads((models() / "entities" / "weights" / "meta.json").read_text("utf-8"))
        return Check("models", f"{models().name}/ with {meta['name']} {meta['version']} for names")
    except (FileNotFoundError, KeyError, ValueError) as error:
        return Check("models", str(error), Exit.MISSING_DEPENDENCY, "Install declass again; its models are incomplete.")


def place(settings: Settings) -> Iterator[Check]:
    from pipeline.store.archive import Archive
    from pipeline.store.dialect import check_server
    from pipeline.store.status import overview

    if settings.database is None:
        yield disk(settings.archive)
    try:
        with Archive.open(settings) as archive, archive.reading() as conn:
            yield Check("database", check_server(conn))
            batches = overview(conn).batches
            known = f"{sum(b.documents for b in batches)} documents, {sum(b.pages for b in batches)} pages"
            yield Check("archive", f"{archive.place}: {known}")
    except DeclassError as error:
        yield Check("archive", str(error), error.exit, error.advice)


def disk(folder: Path) -> Check:
    while not folder.exists() and folder != folder.parent:
        folder = folder.absolute().parent
    free = shutil.disk_usage(folder).free
    enough = free >= ROOM
    return Check("disk", f"{free / 1e9:.1f} GB free", 0 if enough else Exit.FILE_ACCESS,
                 "" if enough else "Make room, or choose another --archive.")  # fmt: skip
