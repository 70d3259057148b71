"""A bag for a repository: originals with fixity, and beside each what was read and found (BagIt 1.0, RFC 8493).

data/dublin-core.csv                  a row per document
data/README.md                        what lies here
data/NAME/original/FILE               the bytes as they came, SHA-256 checked
data/NAME/NAME.pdf                    searchable, PDF/A where the original allows it
data/NAME/alto/0001.xml               words of each page, ALTO 4.4
data/NAME/images/0001.jpg             each page upright, for access
data/NAME/manifest.json               IIIF Presentation 3, findings as annotations
data/NAME/mets.xml                    METS: description, history (PREMIS), files with fixity, pages, parts
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.core.names import found
from pipeline.errors import ArgumentsError, DeclassError, FileAccessError, NothingToDo
from pipeline.export.alto import alto
from pipeline.export.cells import cell
from pipeline.export.dublincore import ELEMENTS, dublin_core
from pipeline.export.folder import PART, beside, clear_leftovers
from pipeline.export.iiif import Picture, manifest
from pipeline.export.mets import File, mets
from pipeline.export.pdf import searchable

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.store.show import Shown

Render = Callable[[str, str, int, int], "tuple[Image, float] | None"]
"""(path, media type, page, rotation) to the page's picture upright and its pixels a point; None when it has no ink."""
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Packed:
    """What became of one document: `failures` says what of it could not be made, and why; `kind` is PDF/A-2b, PDF, or
    empty when there is none."""

    file_name: str
    folder: str
    pdf: str
    kind: str = ""
    failures: tuple[str, ...] = ()


def pack(shown: Iterable[Shown], out: Path, render: Render, base_url: str, note: Callable[[Packed], None]) -> int:
    """Write the documents as a bag to the new folder `out`, one at a time; gives their number. The bag is made beside it
    and moved when it is whole and valid.

    Raises ArgumentsError when `out` exists, NothingToDo when there is no document. An original that is missing or changed
    is a failure of its document, told by `note`; the others are packed.
    """
    import bagit

    if out.exists():
        raise ArgumentsError(f"{out} exists already", "Give a folder that does not exist yet.")
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(out.absolute())
    part = beside(out.absolute(), PART)
    part.mkdir()
    try:
        count = _fill(part, shown, render, base_url, note)
        if not count:
            raise NothingToDo(
                "no document was asked for, so no bag was made.", "See with `declass search` what it finds."
            )
        bag = bagit.make_bag(str(part), {"Bag-Software-Agent": f"declass {__version__}"}, checksums=["sha256"])
        bag.validate()
        part.rename(out)
    except BaseException:
        shutil.rmtree(part)
        raise
    return count


def _fill(part: Path, shown: Iterable[Shown], render: Render, base_url: str, note: Callable[[Packed], None]) -> int:
    count = 0
    with (part / "dublin-core.csv").open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(["folder", *ELEMENTS])
        for document in shown:
            packed = _pack_document(document, part, render, base_url)
            note(packed)
            about = dublin_core(document.document)
            told = ["; ".join(about.get(name, ())) for name in ELEMENTS]
            writer.writerow([cell("text", value) for value in (packed.folder, *told)])
            count += 1
    (part / "README.md").write_text(__doc__ or "", encoding="utf-8")
    return count


def _pack_document(shown: Shown, bag: Path, render: Render, base_url: str) -> Packed:
    document = shown.document
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", Path(document["file_name"]).stem)[:60].strip("._") or "document"
    folder = bag / f"{name}-{document['document_id'][:8]}"
    folder.mkdir()
    failures: list[str] = []
    files: list[File] = []
    original = _original(shown, folder, files, failures)
    pdf, kind = _access_pdf(shown, original, folder, name, files, failures) if original else (None, "")
    for page in shown.read:
        text = folder / "alto" / f"{page.number:04}.xml"
        text.parent.mkdir(exist_ok=True)
        text.write_text("".join(alto(document["file_name"], [page], document["document_id"])), encoding="utf-8")
        files.append(_file("text", folder, text, "application/alto+xml", page.number))
    pictures = _pictures(shown, original, folder, render, files) if original else []
    base = f"{base_url.rstrip('/')}/{folder.name}/"
    listed = manifest(base, document, shown.findings(), pictures, pdf)
    if pictures:
        at = folder / "manifest.json"
        at.write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        files.append(_file("manifest", folder, at, "application/ld+json", None))
    described = mets(document, shown.segments, files, [p.number for p in shown.read], shown.history)
    (folder / "mets.xml").write_text(described, encoding="utf-8")
    return Packed(document["file_name"], folder.name, pdf or "", kind, tuple(failures))


def _original(shown: Shown, folder: Path, files: list[File], failures: list[str]) -> Path | None:
    """Copy the file from wherever its bytes are still the same."""
    target = folder / "original" / re.sub(r"[/\x00-\x1f\ud800-\udfff]", "_", shown.document["file_name"])
    target.parent.mkdir()
    for path in shown.paths:
        source = found(path)
        if not os.path.exists(source):
            continue
        shutil.copyfile(source, target)
        file = _file("original", folder, target, shown.document["media_type"], None)
        if file.sha256 == shown.document["document_id"]:
            files.append(file)
            return target
        target.unlink()
    failures.append("the original is missing or has changed; `declass verify` says which")
    return None


def _access_pdf(
    shown: Shown, original: Path, folder: Path, name: str, files: list[File], failures: list[str]
) -> tuple[str | None, str]:
    if shown.document["media_type"].startswith("text/"):
        return None, ""
    out = folder / f"{name}.pdf"
    [title] = dublin_core(shown.document)["title"]
    try:
        kind = searchable(original, {p.number: p for p in shown.read}, out, title)
    except DeclassError as error:
        failures.append(str(error))
        return None, ""
    files.append(_file("access", folder, out, "application/pdf", None))
    return out.name, kind


def _pictures(shown: Shown, original: Path, folder: Path, render: Render, files: list[File]) -> list[Picture]:
    pictures = []
    for page in shown.read:
        drawn = render(str(original), shown.document["media_type"], page.number, page.rotation)
        if drawn is None:
            continue
        image, scale = drawn
        at = folder / "images" / f"{page.number:04}.jpg"
        at.parent.mkdir(exist_ok=True)
        image.save(at, quality=80)
        files.append(_file("image", folder, at, "image/jpeg", page.number))
        pictures.append(Picture(page.number, f"images/{at.name}", *image.size, scale, f"alto/{page.number:04}.xml"))
    return pictures


def _file(use: str, folder: Path, path: Path, media_type: str, page: int | None) -> File:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as f:
            while block := f.read(BLOCK):
                digest.update(block)
    except OSError as error:
        raise FileAccessError(f"{path.name} cannot be read back: {error.strerror}", "Check the disk.") from error
    return File(use, path.relative_to(folder).as_posix(), media_type, digest.hexdigest(), path.stat().st_size, page)
