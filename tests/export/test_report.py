"""The report: its figures are those of the archive, it stands alone, and it is the same for the same archive."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from click.testing import CliRunner
from sqlalchemy import update

from pipeline.cli import cli
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.schema import documents
from pipeline.store.summary import NOT_LOOKED, summary
from tests.store.composed import ingest, memo, partial, sha


def written(archive: Archive, out: Path, *more: str) -> str:
    place = ["--archive", str(archive.settings.archive)]
    done = CliRunner().invoke(cli, ["report", str(out), *place, *more], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return out.read_text("utf-8")


def charts(page: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(found) for found in re.findall(r"<svg .*?</svg>", page, re.S)]


def test_the_page_shows_the_figures_of_the_archive(archive: Archive, tmp_path: Path) -> None:
    page = written(archive, tmp_path / "r.html", "--title", "Boxes <1> & 2")
    assert "<h1>Boxes &lt;1&gt; &amp; 2</h1>" in page
    assert re.search(r"<dt>documents</dt><dd>5</dd>", page)
    assert re.search(r"<dt>quarantined</dt><dd>1</dd>", page)
    drawn = charts(page)
    assert len(drawn) >= 4
    assert "TOP SECRET" in "".join(drawn[0].itertext())
    assert re.search(r"<td>1961</td>\s*<td>TOP SECRET</td>\s*<td class=\"n\">2</td>", page)
    assert re.search(r"<td>1961</td>\s*<td class=\"n\">36</td>", page)  # released in 1997


def test_it_stands_alone(archive: Archive, tmp_path: Path) -> None:
    page = written(archive, tmp_path / "r.html")
    assert "<script" not in page
    elsewhere = re.findall(r"(?:src|href)=\"(?!#)([^\"]*)\"|url\((?!#)([^)]*)\)", page)
    assert not elsewhere


def test_the_same_archive_gives_the_same_page(archive: Archive, tmp_path: Path) -> None:
    assert written(archive, tmp_path / "a.html") == written(archive, tmp_path / "b.html")
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith((".a", ".b"))) == []


def test_a_search_narrows_it_and_says_so(archive: Archive, tmp_path: Path) -> None:
    page = written(archive, tmp_path / "r.html", "--query", "type:memorandum")
    assert "Documents that the search type:memorandum finds." in page
    assert re.search(r"<dt>documents</dt><dd>2</dd>", page)


def test_what_was_not_looked_for_is_not_counted_as_absent(tmp_path: Path) -> None:
    with Archive.create(Settings(archive=tmp_path / "A")) as made:
        ingest(made, memo("a.pdf"), memo("b.pdf"), partial())
        with made.writing() as conn:
            unmarked = {"classification": None, "stages": ["reading", "particulars"]}
            conn.execute(update(documents).where(documents.c.document_id == sha("a.pdf")).values(**unmarked))
        with made.reading() as conn:
            found = summary(conn)
    assert found.levels[1961, NOT_LOOKED] == 1
    assert found.readings[0].batch == "box 12"
    assert sum(found.readings[0].grades.values()) == 5


def test_delays_and_impossible_dates(tmp_path: Path) -> None:
    with Archive.create(Settings(archive=tmp_path / "A")) as made:
        ingest(made, *(memo(f"{n}.pdf") for n in range(4)))
        with made.writing() as conn:
            for n, (date, release) in enumerate([("1961-06", "1950"), ("1961-06", None), (None, "1997")]):
                own = documents.c.document_id == sha(f"{n}.pdf")
                conn.execute(
                    update(documents)
                    .where(own)
                    .values(date=date, date_from=date and "1961-06-01", release_date=release)
                )
        with made.reading() as conn:
            found = summary(conn)
    assert (found.backward, found.unreleased, found.undated) == (1, 1, 1)
    assert found.delays == {(1961, 36): 1}


def test_an_empty_archive_has_a_page_too(tmp_path: Path) -> None:
    with Archive.create(Settings(archive=tmp_path / "A")) as made:
        page = written(made, tmp_path / "r.html")
    assert not charts(page)
    assert "No page was read yet." in page


def test_a_place_that_cannot_be_written_is_refused(archive: Archive, tmp_path: Path) -> None:
    place = ["--archive", str(archive.settings.archive)]
    done = CliRunner().invoke(cli, ["report", str(tmp_path / "none" / "r.html"), *place])
    assert done.exception is not None
    assert "cannot be written" in str(done.exception)
