"""The reading alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.options import page_ranges
from pipeline.errors import Exit
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.core.document import Failure
    from pipeline.core.page import Page


@click.command()
@click.argument("file", type=click.Path())
@click.option("-f", "--format", "kind", type=click.Choice(["text", "hocr", "alto"]), default="text", show_default=True)
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here instead of to stdout.")
@click.option("--pages", callback=page_ranges, metavar="RANGES", help="Only these pages, e.g. 1-4,7.")
@click.option("--reading", type=click.Choice(["fast", "balanced", "best"]), help="How much the reading may cost.")
@click.option("-l", "--languages", metavar="LANGS", help="Tesseract's languages, e.g. eng+fra.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Pages read at once (default: number of cores).")
def ocr(file: str, kind: str, out: Path | None, pages: tuple[tuple[int, int], ...], **given: Any) -> None:
    """Read FILE and print its words: plain text (a form feed between pages), hOCR or ALTO. No archive is needed.

    \b
    declass ocr memo.pdf
    declass ocr memo.tif --format alto -o memo.xml

    Exit 10: some pages could not be read; stderr says which and why.
    """
    from pipeline.batch.pool import Pool
    from pipeline.batch.reading import Reader
    from pipeline.core.names import shown

    settings = Settings.read(**given)
    failed: list[Failure] = []
    with Pool(settings) as pool:
        reader = Reader(pool, settings)
        scan = reader.identify(shown(os.path.abspath(file)))
        count = sum(1 for n in range(1, scan.pages + 1) if not pages or any(a <= n <= b for a, b in pages))
        read = _told(reader.pages(scan, pages), failed)
        _write(_pieces(kind, scan.file_name, scan.document_id, read, count), out)
    sys.exit(Exit.WITH_FAILURES if failed else Exit.OK)


def _told(read: Iterator[Page | Failure], failed: list[Failure]) -> Iterator[Page]:
    """The pages that could be read; the others are said on stderr and kept in `failed`."""
    from pipeline import say
    from pipeline.core.page import Page

    for page in read:
        if isinstance(page, Page):
            yield page
        else:
            failed.append(page)
            say.note(f"page {page.page} could not be read: {page.message}")


def _pieces(kind: str, name: str, sha256: str, pages: Iterator[Page], count: int) -> Iterable[str]:
    from pipeline.export.alto import alto
    from pipeline.export.hocr import hocr

    if kind == "alto":
        return alto(name, pages, sha256)
    if kind == "hocr":
        return hocr(name, pages, count)
    return (("\f" if n else "") + page.text + "\n" for n, page in enumerate(pages))


def _write(pieces: Iterable[str], out: Path | None) -> None:
    """To stdout as it comes; to a file only whole: what is cut short leaves no file."""
    if out is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    part = out.with_name(out.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as f:
        f.writelines(pieces)
    part.replace(out)
