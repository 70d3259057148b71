"""The catalogue of stamps is what its generator gives: nobody edits it by hand, nobody forgets it."""

from xml.etree import ElementTree

from corpus.catalogue import DOCS, catalogue
from pipeline.parse.templates import templates


def test_the_committed_catalogue_is_that_of_the_templates():
    files = catalogue()
    stale = [name for name, text in files.items() if not (DOCS / name).is_file() or (DOCS / name).read_text("utf-8") != text]
    assert not stale, "run `make catalogue`"
    assert {p.name for p in (DOCS / "stamps").iterdir()} == {f"{t.id}.svg" for t in templates()}


def test_each_stamp_has_its_drawing_its_dates_and_its_source():
    page = catalogue()["stamps.md"]
    for t in templates():
        entry = page.split(f"\n### {t.id}\n")[1].split("\n### ")[0]
        assert f"stamps/{t.id}.svg" in entry and "**In use**" in entry and "**Known from**" in entry


def test_drawings_are_well_formed_and_small():
    drawings = [text for name, text in catalogue().items() if name.endswith(".svg")]
    assert all(ElementTree.fromstring(d).tag.endswith("svg") for d in drawings)
    assert sum(map(len, drawings)) < 2_000_000
