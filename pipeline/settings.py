"""One frozen value of settings, read once at the edge and handed in."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SECRETS = (
    (re.compile(r"(\w+://[^:/?#@\s'\"]*):[^\s'\"]*@"), r"\1:***@"),
    (re.compile(r"([?&](?:ssl)?password=)[^&\s'\"]*"), r"\1***"),
)


def masked(text: str) -> str:
    """The text with the password of every URL in it made `***`, for messages and records."""
    for secret, instead in _SECRETS:
        text = secret.sub(instead, text)
    return text


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that shapes a run. `database` is a URL; None is SQLite in the folder `archive`.

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
        on the command line; None counts as not given. A folder given on the command line is meant, whatever database
        the environment names."""
        values: dict[str, object] = {"jobs": os.cpu_count() or 2}
        if "DECLASS_ARCHIVE" in environment:
            values["archive"] = Path(environment["DECLASS_ARCHIVE"])
        if "DECLASS_DATABASE" in environment:
            values["database"] = environment["DECLASS_DATABASE"]
        if environment.get("DECLASS_JOBS", "").isdigit():
            values["jobs"] = max(1, int(environment["DECLASS_JOBS"]))
        given = {k: v for k, v in given.items() if v is not None}
        if "archive" in given:
            values.pop("database", None)
        values |= given
        return cls(**values)  # type: ignore[arg-type]
