"""The work itself, in whatever process: a page through the stages of PAGE, a document through those of DOCUMENT.

What goes in and comes out is packed (`core.codec`), so that it can travel and rest in the journal as it is.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.core.codec import pack, unpack
from pipeline.core.document import Document, Failure, Scan
from pipeline.core.ink import View
from pipeline.core.names import found
from pipeline.core.stages import Stage
from pipeline.errors import DeclassError, FileAccessError, TooLargeError
from pipeline.flow import DOCUMENT, PAGE
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a page or a document: packed results by stage, and the stages that failed with the reason.

    `failures` holds (stage, error, message). A stage whose need failed is neither in the one nor in the other.
    """

    results: Mapping[str, bytes] = field(default_factory=dict)
    failures: Sequence[tuple[str, str, str]] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be taken in, and why. `document_id` is None when not even its bytes could be read."""

    document_id: str | None
    error: str
    message: str


def identify_file(path: str, settings: Settings, metadata: Mapping[str, str]) -> Scan | Refused:
    """What the file at `path` (as `core.names.shown` shows it) is, or why it cannot be taken in."""
    from pipeline.intake.scan import fingerprint, identify

    file = found(path)
    try:
        return replace(identify(file, settings, metadata), path=path)
    except FileAccessError as error:
        return Refused(None, error.kind, describe_error(error))
    except TooLargeError as error:  # its bytes may be too many even to hash
        return Refused(None, error.kind, describe_error(error))
    except DeclassError as error:
        return Refused(fingerprint(file), error.kind, describe_error(error))


def work_page(scan: Scan, number: int, settings: Settings, known: Mapping[str, bytes]) -> Done:
    """One page through PAGE; stages in `known` (packed) are not run again."""
    from pipeline.intake.sheets import open_sheet
    from pipeline.ocr.ink import PageInk

    start = time.monotonic()
    results: dict[str, bytes] = dict(known)
    values: dict[str, Any] = {s.name: unpack(s.result, known[s.name]) for s in PAGE if s.name in known}
    failures: list[tuple[str, str, str]] = []
    sheet = open_sheet(found(scan.path), scan.media_type, number, settings)
    ink: PageInk | None = None
    for stage in PAGE:
        if stage.name in values or any(n not in values for n in stage.needs):
            continue
        if ink is None and "reading" in values and sheet.transcript is None:
            ink = PageInk(sheet, values["reading"], settings)
        attempt(stage, (View(sheet, ink, settings),), values, results, failures)
    return Done({k: v for k, v in results.items() if k not in known}, failures, time.monotonic() - start)


def read_only(scan: Scan, number: int, settings: Settings) -> bytes:
    """The packed reading of one page, and nothing after it."""
    from pipeline.intake.sheets import open_sheet

    sheet = open_sheet(found(scan.path), scan.media_type, number, settings)
    return pack(PAGE[0].run(View(sheet, None, settings)))


def work_document(scan: Scan, pages: Sequence[Mapping[str, bytes]], known: Mapping[str, bytes]) -> Done:
    """One document through DOCUMENT. `pages` has the packed PAGE results of each page that could be read, in order. What
    another page stage failed to give counts as nothing found there; the failure stands in the ledger, and the stage is
    not listed among those of the document."""
    start = time.monotonic()
    values: dict[str, Any] = {s.name: unpack(s.result, known[s.name]) for s in DOCUMENT if s.name in known}
    for stage in PAGE:
        values[stage.name] = tuple(unpack(stage.result, p[stage.name]) if stage.name in p else () for p in pages)
    results: dict[str, bytes] = {}
    failures: list[tuple[str, str, str]] = []
    for stage in DOCUMENT:
        if stage.name not in values and all(n in values for n in stage.needs):
            attempt(stage, (scan,), values, results, failures)
    return Done(results, failures, time.monotonic() - start)


def attempt(
    stage: Stage,
    matter: tuple[object, ...],
    values: dict[str, Any],
    results: dict[str, bytes],
    failures: list[tuple[str, str, str]],
) -> None:
    """Run `stage`; a failure of one stage is recorded and the others go on. Memory and interrupts are the caller's."""
    try:
        value = stage.run(*matter, **{n: values[n] for n in stage.needs})
        results[stage.name] = pack(value)
        values[stage.name] = value
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # any stage may meet a page that nobody foresaw; the ledger names it
        failures.append((stage.name, kind_of(error), describe_error(error)))


def kind_of(error: BaseException) -> str:
    """The short name of an error in the failures ledger."""
    return error.kind if isinstance(error, DeclassError) else type(error).__name__


def describe_error(error: BaseException) -> str:
    """One line: what happened and, for what nobody foresaw, where in our code."""
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, DeclassError):
        return f"{text.rstrip('.')}. {error.advice}".strip()
    place = ""
    at = error.__traceback__
    while at is not None:
        if "pipeline" in at.tb_frame.f_code.co_filename:
            name = Path(at.tb_frame.f_code.co_filename)
            place = f" ({name.parent.name}/{name.name}:{at.tb_lineno})"
        at = at.tb_next
    return f"{text[:400]}{place}"


def assemble(
    scan: Scan, pages: Mapping[int, Mapping[str, bytes]], results: Mapping[str, bytes], failures: Sequence[Failure]
) -> Document:
    """All that is known of a document, from the packed results of its pages and of DOCUMENT."""
    read = {n: r for n, r in sorted(pages.items()) if "reading" in r}
    by_name = {s.name: s for s in (*PAGE, *DOCUMENT)}
    value = {n: unpack(by_name[n].result, data) for n, data in results.items()}
    stages = [s.name for s in PAGE if read and all(s.name in r for r in read.values())]
    stages += [s.name for s in DOCUMENT if s.name in results]
    voted = value.get("anachronisms") or value.get("votes")
    described = value.get("particulars")
    more: dict[str, Any] = {}
    if voted:
        more |= {"markings": voted.markings, "stamps": voted.stamps}
    if described:
        more |= {"particulars": described.particulars, "segments": described.segments}
    for name in ("ledger", "mentions", "recommendations", "offices"):
        if name in value:
            more[name] = value[name]
    redactions = by_name["redactions"]
    return Document(
        scan=scan,
        pages=tuple(unpack(by_name["reading"].result, r["reading"]) for r in read.values()),
        redactions=tuple(
            x for r in read.values() if "redactions" in r for x in unpack(redactions.result, r["redactions"])
        ),
        stages=tuple(stages),
        failures=tuple(failures),
        **more,
    )
