"""The one door to Tesseract, through pytesseract."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline.errors import MissingDependencyError, PageTimeout
from pipeline.ocr.seen import Lines, Seen

LAYOUTS = {"page": 3, "block": 6, "line": 7, "sparse": 11, "word": 8}
INSTALL = (
    "install Tesseract 5 with its language data: Debian/Ubuntu `apt-get install tesseract-ocr tesseract-ocr-eng`, "
    "macOS `brew install tesseract tesseract-lang`; then try again"
)


def read(image: Any, dpi: float, layout: str = "page", languages: str = "eng", seconds: float = 90.0) -> Lines:
    """Lines of words on a uint8 gray image, in Tesseract's own order.

    `layout` is page, block, line, sparse or word. Raises PageTimeout after `seconds` and MissingDependencyError when
    Tesseract or a language is not installed.
    """
    pytesseract = _door(languages)
    from PIL import Image

    # More than one thread in a process makes Tesseract several times dearer on pages.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        found = pytesseract.image_to_data(
            Image.fromarray(image),
            lang=languages,
            config=f"--dpi {round(dpi)} --psm {LAYOUTS[layout]}",
            output_type=pytesseract.Output.DICT,
            timeout=seconds,
        )
    except RuntimeError as error:
        if "timeout" in str(error).lower():
            message = f"Tesseract did not finish within {seconds:.0f} s"
            raise PageTimeout(message, "raise page_seconds or try `--reading best`") from error
        raise
    return _lines(found)


def _lines(found: dict[str, list[Any]]) -> Lines:
    lines: dict[tuple[int, int, int], list[Seen]] = {}
    for i, raw in enumerate(found["text"]):
        text = str(raw).strip()
        confidence = float(found["conf"][i])
        if not text or confidence < 0:
            continue
        left, top = found["left"][i], found["top"][i]
        box = (left, top, left + found["width"][i], top + found["height"][i])
        key = (found["block_num"][i], found["par_num"][i], found["line_num"][i])
        lines.setdefault(key, []).append(Seen(text, box, confidence / 100, "tesseract"))
    return list(lines.values())


@cache
def version() -> str:
    """Tesseract's version, as it tells it. Raises MissingDependencyError when it is not installed."""
    import pytesseract

    try:
        return str(pytesseract.get_tesseract_version())
    except pytesseract.TesseractNotFoundError as error:
        raise MissingDependencyError("Tesseract is not installed", INSTALL) from error


@cache
def _door(languages: str) -> Any:
    """pytesseract, once it is known that the program and the languages are there."""
    import pytesseract

    version()
    missing = missing_languages(languages.split("+"), pytesseract.get_languages(config=""))
    if missing:
        raise MissingDependencyError(f"Tesseract lacks the language data for {', '.join(missing)}", INSTALL)
    return pytesseract


def missing_languages(wanted: Sequence[str], installed: Sequence[str]) -> list[str]:
    """The languages that are wanted and not installed."""
    return [name for name in wanted if name not in installed]
