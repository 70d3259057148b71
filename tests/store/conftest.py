from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.settings import Settings
from pipeline.store.archive import Archive


@pytest.fixture
def archive(place: Settings) -> Iterator[Archive]:
    with Archive.create(place) as made:
        yield made
