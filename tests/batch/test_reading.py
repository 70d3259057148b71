"""`declass ocr`: the reading of one file, without an archive."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"


def declass_ocr(*arguments: str | Path, code: int = 0, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", "ocr", *map(str, arguments)]
    settings = {**os.environ, "PYTHONPATH": str(SAMPLES.parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=settings)
    assert done.returncode == code, done.stderr
    return done


def test_the_words_of_a_scan_come_in_the_order_of_its_pages_with_a_form_feed_between(tmp_path: Path) -> None:
    first, second = declass_ocr(SAMPLES / "cia-dispatch.pdf", "--reading", "fast", cwd=tmp_path).stdout.split("\f")
    assert "DISPATCH" in first and "DISPATCH NO" not in second
    assert list(tmp_path.iterdir()) == []  # no archive is left behind


def test_alto_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "memo.xml"
    declass_ocr(SAMPLES / "transcript-conversation.txt", "--format", "alto", "-o", out)
    pages = ET.parse(out).getroot().findall(f".//{ALTO}Page")
    assert [p.get("PHYSICAL_IMG_NR") for p in pages] == [str(n + 1) for n in range(len(pages))]
    assert os.listdir(tmp_path) == ["memo.xml"]


def test_only_the_pages_asked_for_are_read() -> None:
    page = declass_ocr(SAMPLES / "transcript-conversation.txt", "--format", "hocr", "--pages", "2").stdout
    assert "id='page_2'" in page and "id='page_1'" not in page


def test_what_is_no_scan_is_said_and_leaves_no_file(tmp_path: Path) -> None:
    bad, out = tmp_path / "empty.pdf", tmp_path / "out.txt"
    bad.write_bytes(b"")
    done = declass_ocr(bad, "-o", out, code=2)
    assert "empty.pdf" in done.stderr and not out.exists()


def test_a_file_that_is_not_there_has_its_own_exit_code(tmp_path: Path) -> None:
    assert "nowhere.pdf" in declass_ocr(tmp_path / "nowhere.pdf", code=5).stderr


def test_a_page_that_cannot_be_read_is_said_and_the_others_come(tmp_path: Path) -> None:
    from PIL import Image

    frames = [Image.new("L", (600, 800), 255) for _ in range(2)]
    tiff = tmp_path / "two.tif"
    frames[0].save(tiff, save_all=True, append_images=frames[1:], compression="tiff_lzw")
    whole = bytearray(tiff.read_bytes())
    whole[16:80] = bytes(64)  # the first page's strip
    tiff.write_bytes(whole)
    done = declass_ocr(tiff, "--format", "alto", code=10)
    assert "could not be read" in done.stderr
    assert ET.fromstring(done.stdout.encode()).find(f".//{ALTO}Page") is not None
