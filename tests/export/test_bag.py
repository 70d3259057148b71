"""What is handed over is valid by the standards it claims, and whole or not there."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bagit
import iiif_prezi3
import pdfplumber
import pikepdf
import pytest
from lxml import etree

from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.provenance import history
from tests.export.standards import schema

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
NAMES = ("state-cable.png", "navy-nnd.pdf", "transcript-conversation.txt")


def declass(*arguments: str | Path, archive: Path, code: int = 0) -> str:
    settings = {**os.environ, "DECLASS_ARCHIVE": str(archive)}
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings)
    assert done.returncode == code, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of three samples (a picture, a scanned PDF, a transcript), read."""
    box = tmp_path_factory.mktemp("box")
    for name in NAMES:
        shutil.copy(SAMPLES / name, box / name)
    declass("ingest", box, "--reading", "fast", "-q", archive=box / "archive")
    return box / "archive"


@pytest.fixture(scope="module")
def bag(archive: Path) -> Path:
    out = archive.parent / "bag"
    declass("bag", out, "--base-url", "https://archive.example/iiif", archive=archive)
    return out


def folder(bag: Path, name: str) -> Path:
    (found,) = (bag / "data").glob(f"{name}-*")
    return found


def test_the_bag_is_valid_and_the_originals_are_the_bytes_that_came(bag: Path) -> None:
    assert bagit.Bag(str(bag)).validate()
    for name in NAMES:
        kept = folder(bag, Path(name).stem) / "original" / name
        assert kept.read_bytes() == (SAMPLES / name).read_bytes()


def test_mets_and_alto_are_valid_by_their_schemas(bag: Path) -> None:
    mets, alto = schema("mets.xsd"), schema("alto-4-4.xsd")
    described = sorted(bag.glob("data/*/mets.xml"))
    texts = sorted(bag.glob("data/*/alto/*.xml"))
    assert len(described) == 3 and len(texts) >= 4
    for path in described:
        mets.assertValid(etree.parse(path))
    for path in texts:
        alto.assertValid(etree.parse(path))


def test_mets_names_every_file_with_its_fixity(bag: Path) -> None:
    place = folder(bag, "navy-nnd")
    tree = etree.parse(place / "mets.xml")
    links = tree.xpath("//@xlink:href", namespaces={"xlink": "http://www.w3.org/1999/xlink"})
    assert sorted(links) == sorted(
        p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file() and p.name != "mets.xml"
    )


def test_mets_tells_the_history_in_the_words_of_premis(archive: Path, bag: Path) -> None:
    tree = etree.parse(folder(bag, "navy-nnd") / "mets.xml")
    names = {"p": "http://www.loc.gov/premis/v3", "m": "http://www.loc.gov/METS/"}
    told = tree.xpath("//m:amdSec/m:digiprovMD/m:mdWrap[@MDTYPE='PREMIS:EVENT']//p:eventType/text()", namespaces=names)
    assert told == ["ingestion", "message digest calculation", "metadata extraction"]
    digest = tree.xpath(
        "//p:event[p:eventType='message digest calculation']//p:eventOutcomeDetailNote/text()", namespaces=names
    )
    assert digest == tree.xpath("//m:file/@CHECKSUM", namespaces=names)[:1]
    done = set(tree.xpath("//p:linkingAgentIdentifierValue/text()", namespaces=names))
    assert done == set(tree.xpath("//p:agent/p:agentName/text()", namespaces=names))
    with Archive.open(Settings(archive=archive)) as kept, kept.reading() as conn:
        [last] = history(conn, limit=1)
    assert (last.event, last.object, last.note) == ("dissemination", str(bag), "a bag of 3 documents")


def test_the_manifest_is_iiif_and_its_findings_lie_on_the_canvas(bag: Path) -> None:
    plain = json.loads((folder(bag, "navy-nnd") / "manifest.json").read_text("utf-8"))
    manifest = iiif_prezi3.Manifest(**plain)
    canvas = manifest.items[0]
    notes = canvas.annotations[0].items
    assert {"en": ["Cite as"]} in [entry["label"] for entry in plain["metadata"]] and plain["thumbnail"]
    assert manifest.id.startswith("https://archive.example/iiif/navy-nnd-") and notes
    for note in plain["items"][0]["annotations"][0]["items"]:
        left, top, width, height = map(int, note["target"].partition("#xywh=")[2].split(","))
        assert left + width <= canvas.width + 1 and top + height <= canvas.height + 1


@pytest.mark.parametrize("name", ["state-cable", "navy-nnd"])
def test_the_pdf_is_pdfa_with_its_fonts_and_colours(bag: Path, name: str) -> None:
    with pikepdf.open(folder(bag, name) / f"{name}.pdf") as pdf, pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata.pdfa_status) == ("2", "B", "2B")
        [intent] = pdf.Root.OutputIntents
        assert (intent.S, intent.OutputConditionIdentifier) == ("/GTS_PDFA1", "sRGB")
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"  # an ICC profile
        assert str(pdf.Root.Lang) == "en" and metadata["dc:title"]
        fonts = [font for page in pdf.pages for font in fonts_of(page.resources)]
        assert fonts and all(embedded(font) and "/ToUnicode" in font for font in fonts)


def fonts_of(resources: Any) -> Iterator[Any]:
    yield from (resources.get("/Font") or {}).values()
    for part in (resources.get("/XObject") or {}).values():
        if part.get("/Subtype") == "/Form" and "/Resources" in part:
            yield from fonts_of(part.Resources)


def embedded(font: Any) -> bool:
    described = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    return any(name in described.FontDescriptor for name in ("/FontFile", "/FontFile2", "/FontFile3"))


@pytest.mark.parametrize("name", ["state-cable", "navy-nnd"])
def test_nearly_every_word_is_found_in_the_pdf_where_its_ink_is(bag: Path, name: str) -> None:
    place = folder(bag, name)
    words = found = 0
    with pdfplumber.open(place / f"{name}.pdf") as pdf:
        for page, alto in zip(pdf.pages, sorted((place / "alto").glob("*.xml")), strict=True):
            there = page.extract_words()
            for string in etree.parse(alto).findall(".//{*}TextLine/{*}String"):
                left, top, width, height = (int(string.get(a)) * 72 / 1200 for a in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
                words += 1
                found += any(
                    w["text"] == string.get("CONTENT")
                    and abs((w["x0"] + w["x1"]) / 2 - left - width / 2) < 5
                    and abs((w["top"] + w["bottom"]) / 2 - top - height / 2) < 6
                    for w in there
                )
    assert words > 50 and found / words > 0.95, f"{found} of {words}"


def test_a_transcript_has_no_picture_and_no_pdf(bag: Path) -> None:
    here = {p.name for p in folder(bag, "transcript-conversation").iterdir()}
    assert here == {"original", "alto", "mets.xml"}


def test_dublin_core_has_a_row_a_document(bag: Path) -> None:
    with (bag / "data" / "dublin-core.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    assert len(rows) == 3 and all(row["identifier"].startswith("sha256:") for row in rows)


def test_a_changed_original_is_said_and_not_packed(archive: Path, tmp_path: Path) -> None:
    original = archive.parent / "navy-nnd.pdf"
    kept = original.read_bytes()
    try:
        original.write_bytes(kept + b"\n")
        said = declass("bag", tmp_path / "bag", "--query", "file:navy*", archive=archive, code=10)
    finally:
        original.write_bytes(kept)
    assert "navy-nnd.pdf: the original is missing or has changed" in said
    assert list((tmp_path / "bag").glob("data/*/original/*")) == []


def test_a_bag_that_is_there_is_not_touched(archive: Path, bag: Path) -> None:
    before = sorted(p.name for p in bag.rglob("*"))
    assert "exists already" in declass("bag", bag, archive=archive, code=1)
    assert sorted(p.name for p in bag.rglob("*")) == before


def test_a_bag_of_nothing_is_not_made(archive: Path, tmp_path: Path) -> None:
    said = declass("bag", tmp_path / "none", "--query", "file:nobody*", archive=archive, code=6)
    assert "no bag was made" in said
    assert list(tmp_path.iterdir()) == []
