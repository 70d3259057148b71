"""`declass compare` prints what one release shows and the other withholds, lists variants, and draws both pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from pipeline.batch.variants import find_variants
from pipeline.commands.compare import compare
from pipeline.core.document import Document
from pipeline.errors import ArgumentsError, InputError
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.write import write_document
from tests.compare.typed import MEMO, OTHER, typed
from tests.store.composed import AT
from tests.store.test_variants import SHED, release

SAMPLE = Path(__file__).parents[2] / "corpus" / "samples" / "navy-nnd.pdf"


def inked(document: Document) -> Document:
    """The document as if it had been read from a sample of the corpus."""
    return replace(document, scan=replace(document.scan, path=str(SAMPLE)))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with Archive.create(Settings.read(archive=tmp_path)) as archive:
        with archive.writing() as conn:
            for document in (
                inked(release("1998.pdf", typed(MEMO, hide=[SHED]))),
                inked(release("2017.pdf", typed(MEMO, noise=0.02, seed=3, shift=(5, 5)))),
                release("other.pdf", typed(OTHER)),
            ):
                write_document(conn, document, "run", AT, None)
        find_variants(archive)
    yield tmp_path


@pytest.fixture
def said(folder: Path) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(compare, [*arguments, "--archive", str(folder)])

    return run


def test_one_document_lists_its_variants(said: Callable[..., Result]) -> None:
    done = said("1998.pdf")
    assert done.exit_code == 0
    [line] = [line for line in done.stdout.splitlines() if "2017.pdf" in line]
    assert "the same document" in line and str(len(SHED)) in line
    assert "other.pdf" not in done.stdout
    assert said("other.pdf").stdout == ""


def test_two_documents_print_the_passage_with_both_places(said: Callable[..., Result]) -> None:
    done = said("1998.pdf", "2017.pdf")
    assert "are one document" in done.stdout and "two sets of the gear in a shed" in " ".join(done.stdout.split())
    assert "black (b)(1)" in " ".join(done.stdout.split())
    [row] = map(json.loads, said("1998.pdf", "2017.pdf", "--json").stdout.splitlines())
    assert (row["shown_in"], row["withheld_in"], row["characters"]) == ("2017.pdf", "1998.pdf", len(SHED))
    assert row["boxes"][0]["left"] - row["other_boxes"][0]["left"] == pytest.approx(6, abs=1)
    assert len(row["redactions"]) == 1
    assert (
        said("1998.pdf", "2017.pdf", "--csv")
        .stdout.splitlines()[0]
        .startswith("shown_in,withheld_in,page,other_page,text")
    )


def test_documents_that_have_nothing_in_common_are_said_to_have_none(said: Callable[..., Result]) -> None:
    assert "no page in common" in said("1998.pdf", "other.pdf").stderr


def test_the_same_file_twice_is_refused(said: Callable[..., Result]) -> None:
    assert isinstance(said("1998.pdf", "1998.pdf").exception, ArgumentsError)
    assert isinstance(said("1998.pdf", "--draw", "x.png").exception, ArgumentsError)


@pytest.mark.parametrize("ending", ["png", "pdf"])
def test_both_pages_are_drawn_side_by_side(said: Callable[..., Result], tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"both.{ending}"
    assert said("1998.pdf", "2017.pdf", "--draw", str(out)).exit_code == 0
    if ending == "pdf":
        assert out.read_bytes().startswith(b"%PDF")
        return
    with Image.open(out) as picture:
        assert picture.width > 1.4 * picture.height
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24) or []}
        assert (204, 51, 17) in colours and (0, 122, 82) in colours
        left, right = (picture.crop((x, 0, x + picture.width // 2, picture.height)) for x in (0, picture.width // 2))
        assert (204, 51, 17) in {c for _, c in left.convert("RGB").getcolors(1 << 24) or []}, "withheld on the left"
        assert (0, 122, 82) in {c for _, c in right.convert("RGB").getcolors(1 << 24) or []}, "shown on the right"


def test_a_drawing_is_a_png_or_a_pdf(said: Callable[..., Result]) -> None:
    assert isinstance(said("1998.pdf", "2017.pdf", "--draw", "both.gif").exception, ArgumentsError)


def test_what_has_no_pages_in_common_is_not_drawn(said: Callable[..., Result], tmp_path: Path) -> None:
    assert isinstance(said("1998.pdf", "other.pdf", "--draw", str(tmp_path / "x.png")).exception, InputError)
