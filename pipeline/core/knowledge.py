"""Where the program's knowledge lies: `models/`, in the wheel as `pipeline/models`, in a source tree beside `pipeline/`."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any


@cache
def models() -> Path:
    """The folder of models. Raises FileNotFoundError when the installation is incomplete."""
    carried = Path(str(files("pipeline"))) / "models"
    source = Path(__file__).resolve().parents[2] / "models"
    for place in (carried, source):
        if place.is_dir():
            return place
    raise FileNotFoundError("the folder models/ is neither in the package nor beside it; install declass again")


def table(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file below models/."""
    with (models() / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def toml(name: str) -> dict[str, Any]:
    """A TOML file below models/."""
    return tomllib.loads((models() / name).read_text("utf-8"))


def files_under(name: str) -> list[Path]:
    """A file, or all files of a folder, below models/, sorted by path."""
    place = models() / name
    if place.is_file():
        return [place]
    return sorted(p for p in place.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


@cache
def fingerprint(name: str) -> str:
    """SHA-256 over the bytes of a file or folder below models/, hex."""
    whole = hashlib.sha256()
    for path in files_under(name):
        whole.update(str(path.relative_to(models())).encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()
