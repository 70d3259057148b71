"""The census: shares, pages and lines withheld, and what was not looked at told apart from what is clean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.document import Document, Particulars
from pipeline.core.findings import Redaction
from pipeline.core.geometry import Box, Place
from pipeline.errors import ArgumentsError
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.census import GROUPS, Census, Count, census
from tests.store.shelf import document, page, shelve


def gone(number: int, area: float, code: str | None = None, style: str = "white", lines: int = 3, top: float = 72) -> Redaction:
    box = Box(72, top, 148, top + 12)
    return Redaction(page=number, text="", box=box, boxes=(Place(number, box),), confidence=0.9, method="rule:black@2",
                     style=style, code=code, area=area, lines=lines)  # fmt: skip


def memo(name: str, agency: str, date: str | None, *found: Redaction, **more: Any) -> Document:
    told = Particulars(agency=agency, date=date)
    return document(name, (page(1, "One."), page(2, "Two.")), redactions=found, particulars=told, **more)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(Settings(archive=tmp_path / "archive")) as archive:
        shelve(
            archive,
            memo("a.pdf", "CIA", "1954-10", gone(1, 0.3, "3.5(c)"), gone(1, 0.1, "3.5(c), b1", top=200, lines=2)),
            memo("b.pdf", "CIA", "1962-05-01", gone(2, 0.5, style="bracket")),
            memo("c.pdf", "State", None, gone(1, 0.8, "b1"), gone(1, 0.6, "b1", top=300)),
            memo("d.pdf", "FBI", "1963", stages=("reading",)),
            memo("e.pdf", "FBI", "1963"),
        )
        yield archive


def taken(archive: Archive, by: str, **more: object) -> tuple[Census, dict[str, Count]]:
    with archive.reading() as conn:
        whole = census(conn, by, **more)  # type: ignore[arg-type]
    return whole, {count.group: count for count in whole.groups}


def test_shares_are_of_the_pages_looked_at(shelf: Archive) -> None:
    whole, of = taken(shelf, "agency")
    cia = of["CIA"]
    assert (cia.documents, cia.documents_redacted, cia.pages, cia.pages_redacted) == (2, 1, 4, 1)
    assert (cia.redactions, cia.brackets, cia.lines) == (2, 1, 5)
    assert cia.withheld == pytest.approx(0.4 / 4)
    assert cia.bracketed == pytest.approx(0.5 / 4)
    assert of["State"].withheld == pytest.approx(1.0 / 2), "two boxes that lie one over the other are no more than the page"
    assert whole.groups[0].group == "State"
    assert whole.total.withheld == pytest.approx(1.4 / 8, abs=1e-5)


def test_not_looked_for_is_not_none(shelf: Archive) -> None:
    whole, of = taken(shelf, "document")
    assert (of["d.pdf"].not_looked, of["d.pdf"].pages) == (1, 0)
    assert (of["e.pdf"].not_looked, of["e.pdf"].pages, of["e.pdf"].redactions) == (0, 2, 0)
    assert (whole.total.documents, whole.total.not_looked, whole.total.pages) == (5, 1, 8)


def test_a_place_under_two_exemptions_counts_under_each(shelf: Archive) -> None:
    whole, of = taken(shelf, "exemption")
    assert (of["3.5(c)"].redactions, of["b1"].redactions, whole.total.redactions) == (2, 3, 4)
    assert of["3.5(c)"].withheld == pytest.approx(0.4 / 8)
    assert (of["none given"].redactions, of["none given"].brackets) == (0, 1)


def test_years_stand_in_their_order_and_the_unknown_last(shelf: Archive) -> None:
    whole, _ = taken(shelf, "year")
    assert [count.group for count in whole.groups] == ["1954", "1962", "1963", "unknown"]


def test_only_the_chosen_documents(shelf: Archive) -> None:
    of_cia = memo("a.pdf", "CIA", None).scan.document_id
    whole, of = taken(shelf, "agency", chosen=[of_cia])
    assert set(of) == {"CIA"} and whole.total.documents == 1


def test_an_empty_archive_and_a_wrong_group(tmp_path: Path) -> None:
    with Archive.create(Settings(archive=tmp_path / "archive")) as archive, archive.reading() as conn:
        for by in GROUPS:
            assert census(conn, by).groups == ()
        with pytest.raises(ArgumentsError, match="no census by moon"):
            census(conn, "moon")
