"""The hand-over to a repository."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.options import archive_options
from pipeline.errors import Exit
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.export.bag import Packed
    from pipeline.store.archive import Archive
    from pipeline.store.show import Shown


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@archive_options
@click.option("--query", metavar="QUERY", help="Only the documents that this search finds; @NAME is a saved one.")
@click.option("--base-url", default="https://example.org/iiif", show_default=True, metavar="URL",
              help="Where the folders will be served; ids of the IIIF manifests begin so.")
def bag(out: Path, archive: Path | None, database: str | None, query: str | None, base_url: str) -> None:
    """Pack originals, searchable PDFs, ALTO, METS and IIIF manifests as one BagIt bag in the new folder OUT.

    \b
    declass bag accession-2026-04 --query 'collection:"national security" released:1998..'

    Each document has a folder with its original (SHA-256 checked), the original as a searchable PDF/A with our reading under the
    ink, ALTO 4.4 of each page, METS, images for access and a IIIF Presentation 3 manifest with the findings as
    annotations; dublin-core.csv has a row for each. Transcripts have no PDF and no images. docs/hand-over.md tells more.

    Exit 10: something of a document could not be packed (an original is missing, say); stderr says what.
    """
    from pipeline import say
    from pipeline.draw import render
    from pipeline.export.bag import pack
    from pipeline.store.archive import Archive
    from pipeline.store.provenance import DISSEMINATION, Event, record

    failed: list[str] = []
    plain: list[str] = []

    def told(packed: Packed) -> None:
        plain.extend([packed.pdf] if packed.kind == "PDF" else [])
        failed.extend(f"{packed.file_name}: {why}" for why in packed.failures)
        for why in packed.failures:
            say.note(f"{packed.file_name}: {why}")

    with Archive.open(Settings.read(archive=archive, database=database)) as place:
        count = pack(_documents(place, query), out, render, base_url, told)
        with place.writing() as conn:
            came = "warning" if failed else "success"
            record(conn, Event(DISSEMINATION, None, str(out.absolute()), query, came, f"a bag of {count} documents"))
    if plain:
        say.note(f"no PDF/A, since their originals forbid it: {', '.join(plain)}")
    say.note(f"{count} documents are in {out}; {len(failed)} things could not be packed.")
    sys.exit(Exit.WITH_FAILURES if failed else Exit.OK)


def _documents(place: Archive, query: str | None) -> Iterator[Shown]:
    """The documents one at a time, so that memory stays flat."""
    from pipeline.store.chosen import chosen
    from pipeline.store.show import every_document, load

    with place.reading() as conn:
        wanted = chosen(conn, query).documents if query is not None else every_document(conn)
        for ident in wanted:
            yield load(conn, ident)
