"""Any name that the file system allows can be shown, stored, and turned back into itself."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.names import found, shown


def test_ordinary_names_stay_as_they_are() -> None:
    for name in ("104-10216-10199.pdf", "Memo to Mr. Bundy (copy).tif", "Café 📄.pdf", "C:\\scans\\a.pdf"):
        assert shown(name) == name


@pytest.mark.parametrize(
    ("name", "visible"),
    [
        ("two\nlines.pdf", r"two\x0alines.pdf"),
        (os.fsdecode(b"caf\xe9.pdf"), r"caf\xe9.pdf"),
        (r"already\x41.pdf", r"already\x5cx41.pdf"),
        ("next\x85line", r"next\xc2\x85line"),
    ],
)
def test_what_cannot_be_shown_is_escaped(name: str, visible: str) -> None:
    assert shown(name) == visible
    assert found(visible) == name


@given(st.binary(min_size=1, max_size=40))
def test_every_name_comes_back(raw: bytes) -> None:
    name = os.fsdecode(raw)
    shown(name).encode("utf-8")  # fit for a database and for JSON
    assert found(shown(name)) == name
