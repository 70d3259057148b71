"""What the tests of the reading share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.core.ink import View
from pipeline.settings import Settings
from tests.ocr.drawn import DrawnSheet


@pytest.fixture
def view() -> Callable[..., View]:
    def make(raster: Any = None, reading: str = "balanced", **more: Any) -> View:
        return View(DrawnSheet(raster, **more), None, Settings(reading=reading))

    return make
