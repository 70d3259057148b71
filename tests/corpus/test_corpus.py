"""The committed samples and their gold agree with each other and with the program that made them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import corpus
from corpus.generate import COLUMNS, outputs
from corpus.memos import MEMOS

HERE = Path(corpus.__file__).parent
GOLD = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((HERE / "gold").glob("*.json"))}
SAMPLES = sorted(path for path in (HERE / "samples").iterdir() if path.name != "metadata.csv")
STYLES = {"black", "white", "outline", "bracket"}
MARKING_KINDS = {"classification", "control", "downgrading", "portion", "exemption", "handling"}
STAMP_KINDS = {"release", "declassification", "review", "denial", "downgrade", "receipt", "filing", "copy", "other"}


def every(table: str) -> list[tuple[str, dict[str, Any]]]:
    return [(stem, row) for stem, gold in GOLD.items() for row in gold[table]]


def test_every_sample_has_gold_and_every_gold_its_sample() -> None:
    assert {path.stem for path in SAMPLES} == set(GOLD) == set(MEMOS)
    assert {HERE / gold["file"] for gold in GOLD.values()} == set(SAMPLES)


def test_samples_stay_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES) < 4_000_000


def test_every_page_has_a_transcript_and_no_transcript_is_left_over() -> None:
    wanted = {f"{stem}.p{n}.txt" for stem, gold in GOLD.items() for n in range(1, gold["pages_in_file"] + 1)}
    assert {path.name for path in (HERE / "pages").iterdir()} == wanted


@pytest.mark.parametrize("stem", GOLD)
def test_pages_of_the_gold_are_those_of_the_file(stem: str) -> None:
    gold = GOLD[stem]
    pages = list(range(1, gold["pages_in_file"] + 1))
    data = (HERE / gold["file"]).read_bytes()
    if gold["file"].endswith(".pdf"):
        assert data.count(b"/Type /Page ") == len(pages)
    elif gold["file"].endswith((".txt", ".md")):
        assert data.count(b"\f") + 1 == len(pages)
    else:
        with Image.open(io.BytesIO(data)) as image:
            assert getattr(image, "n_frames", 1) == len(pages)
    assert gold["pages_annotated"] == pages
    assert [trait["page"] for trait in gold["page_traits"]] == pages
    covered = [n for s in gold["segments"] for n in range(s["first_page"], s["last_page"] + 1)]
    assert covered == pages


@pytest.mark.parametrize("table", ["markings", "stamps", "redactions"])
def test_boxes_lie_on_the_page_and_only_texts_have_none(table: str) -> None:
    for stem, row in every(table):
        if GOLD[stem]["file"].endswith((".txt", ".md")):
            assert row["box"] is None
        else:
            left, top, right, bottom = row["box"]
            assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1, (stem, row)


def test_kinds_and_styles_are_those_of_the_guide() -> None:
    assert {row["kind"] for _, row in every("markings")} <= MARKING_KINDS
    assert {row["kind"] for _, row in every("stamps")} <= STAMP_KINDS
    assert {row["style"] for _, row in every("redactions")} <= STYLES


def test_every_redaction_stands_in_the_transcript_of_its_page() -> None:
    for stem, gold in GOLD.items():
        for page in gold["pages_annotated"]:
            told = (HERE / "pages" / f"{stem}.p{page}.txt").read_text("utf-8").count("[[redacted]]")
            assert told == sum(row["page"] == page for row in gold["redactions"])


def test_a_struck_classification_is_told_of_the_document_and_of_a_mark() -> None:
    for stem, gold in GOLD.items():
        struck = any(m["struck"] for m in gold["markings"] if m["kind"] == "classification")
        assert struck == bool(gold["document"]["classification_struck"]), stem


def test_recommendations_stand_in_the_transcript_of_their_page() -> None:
    for stem, row in every("recommendations"):
        lines = (HERE / "pages" / f"{stem}.p{row['page']}.txt").read_text("utf-8").splitlines()
        letters = "".join(
            c for line in lines if not line.startswith(("[[stamp]]", "[[hand]]")) for c in line if c.isalnum()
        )
        assert "".join(c for c in row["text"] if c.isalnum()) in letters, (stem, row["text"])


def test_the_sidecar_has_one_row_a_sample() -> None:
    with (HERE / "samples/metadata.csv").open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        assert list(reader.fieldnames or []) == list(COLUMNS)
        assert [row["filename"] for row in reader] == sorted(path.name for path in SAMPLES)


def test_texts_and_gold_are_what_the_program_writes() -> None:
    for stem in ("transcript-conversation", "transcript-ice-watch", "born-digital-message", "state-cable"):
        for name, data in outputs(MEMOS[stem]()).items():
            if not name.endswith(".png"):
                assert (HERE / name).read_bytes() == data, name


@pytest.mark.parametrize("stem", ["state-cable", "library-stamp"])
def test_a_scan_is_the_picture_that_the_program_draws(stem: str) -> None:
    """Libraries of another version may place a few pixels otherwise; the picture must not change beyond that."""
    name = GOLD[stem]["file"]
    with Image.open(io.BytesIO(outputs(MEMOS[stem]())[name])) as image:
        new = np.asarray(image.convert("L")).astype(int)
    with Image.open(HERE / name) as image:
        old = np.asarray(image.convert("L")).astype(int)
    assert new.shape == old.shape
    assert np.mean(np.abs(new - old) > 64) < 0.002
