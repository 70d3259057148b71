"""A path becomes a Scan: whose bytes these are, of what kind, how many pages, within which limits."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from pipeline.core.document import Scan
from pipeline.core.names import shown
from pipeline.errors import EmptyError, TooLargeError
from pipeline.intake import kinds
from pipeline.intake.files import opened
from pipeline.settings import Settings

BLOCK = 1 << 20


def identify(path: str | Path, settings: Settings, metadata: Mapping[str, str] | None = None) -> Scan:
    """The scan at `path`; `metadata` is what a sidecar says of it. The file is read once, page content not at all.

    Raises FileAccessError, TooLargeError, EmptyError, UnsupportedError, EncryptedError or CorruptError. A file whose
    pages are damaged singly is identified: each such page fails when it is opened.
    """
    name = str(path)
    with opened(name) as file:
        size = os.fstat(file.fileno()).st_size
        if size > settings.max_file_megabytes << 20:
            raise TooLargeError(
                f"the file has {size >> 20} MB, more than the limit of {settings.max_file_megabytes}",
                "Split it, or raise the limit with --max-file-megabytes.",
            )
        head = file.read(kinds.HEAD)
        file.seek(0)
        whole = file.read() if kinds.may_be_text(head, size) else None
        file.seek(0)
        document_id = digest(file)
    media_type = kinds.media_type(name, head, size, whole)
    pages = count_pages(name, media_type)
    if not pages:
        raise EmptyError("the file has no pages", "Fetch it again from where it came from; the copy failed.")
    return Scan(document_id, name, shown(os.path.basename(name)), media_type, size, pages, dict(metadata or {}))


def fingerprint(path: str | Path) -> str:
    """The document id of the file at `path`, whatever it is: to name a file that cannot be identified."""
    with opened(str(path)) as file:
        return digest(file)


def digest(file: BinaryIO) -> str:
    """SHA-256 of what is left to read, hex."""
    whole = hashlib.sha256()
    while block := file.read(BLOCK):
        whole.update(block)
    return whole.hexdigest()


def count_pages(path: str, media_type: str) -> int:
    """Pages of the file, from its structure alone."""
    if media_type == kinds.PDF:
        from pipeline.intake.pdf import open_pdf, pages

        return pages(open_pdf(path))
    if media_type == kinds.TIFF:
        from pipeline.intake.tiff import count

        with opened(path) as file:
            return count(file)
    if media_type in kinds.IMAGES:
        from pipeline.intake.picture import header

        header(path)
        return 1
    from pipeline.intake.transcript import read

    return len(read(path))
