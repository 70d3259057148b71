"""One frozen value of settings, read once at the edge and handed in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that shapes a run.

    Limits: `page_seconds` and `page_megabytes` bound the child that works a page, `max_megapixels` one page's raster,
    `max_file_megabytes` one file. `jobs` children work at once. `languages` are Tesseract's. `reading` is fast,
    balanced or best. `reveal` keeps the text that a file still holds beneath its redactions.
    """

    archive: Path = Path("declass-archive")
    database: str | None = None
    jobs: int = 2
    languages: str = "eng"
    reading: str = "balanced"
    page_seconds: float = 180.0
    page_megabytes: int = 3000
    max_megapixels: float = 200.0
    max_file_megabytes: int = 2000
    reveal: bool = False

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ, **given: object) -> Settings:
        """Defaults, then the environment (DECLASS_ARCHIVE, DECLASS_DATABASE, DECLASS_JOBS), then what was `given`
        on the command line; None counts as not given."""
        values: dict[str, object] = {"jobs": os.cpu_count() or 2}
        if "DECLASS_ARCHIVE" in environment:
            values["archive"] = Path(environment["DECLASS_ARCHIVE"])
        if "DECLASS_DATABASE" in environment:
            values["database"] = environment["DECLASS_DATABASE"]
        if environment.get("DECLASS_JOBS", "").isdigit():
            values["jobs"] = max(1, int(environment["DECLASS_JOBS"]))
        values |= {k: v for k, v in given.items() if v is not None}
        return cls(**values)  # type: ignore[arg-type]
