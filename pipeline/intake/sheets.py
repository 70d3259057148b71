"""One page of a scan, ready for the readers, whatever the file is."""

from __future__ import annotations

from pathlib import Path

from pipeline.core.ink import Sheet
from pipeline.errors import UnsupportedError
from pipeline.intake import kinds
from pipeline.settings import Settings


def open_sheet(path: str | Path, media_type: str, number: int, settings: Settings) -> Sheet:
    """Page `number` (from 1) of the file at `path`, of the kind that `identify` found.

    Nothing needs closing: the file of the last pages stays open for the next one of the same document.
    Raises FileAccessError, EncryptedError, CorruptError, TooLargeError, here or on `render` and `layer`.
    """
    name = str(path)
    if media_type == kinds.PDF:
        from pipeline.intake.pdf import PdfSheet

        return PdfSheet(name, number, settings)
    if media_type in kinds.IMAGES:
        from pipeline.intake.picture import PictureSheet

        return PictureSheet.of(name, number, settings)
    if media_type in kinds.TRANSCRIPTS:
        from pipeline.intake.transcript import TranscriptSheet

        return TranscriptSheet.of(name, number)
    raise UnsupportedError(f"pages of {media_type} are not read", kinds.ADVICE)
