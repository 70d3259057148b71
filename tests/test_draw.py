"""What is found can be drawn over the ink, whatever it is."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from pipeline.core.geometry import Box
from pipeline.draw import Drawn, draw_page, render
from pipeline.store.schema import FINDINGS

SAMPLE = Path(__file__).parents[1] / "corpus" / "samples" / "navy-nnd.pdf"


def test_every_kind_of_finding_has_its_colour(tmp_path: Path) -> None:
    every = [Drawn(t.name.removesuffix("s"), t.name, Box(72, 60 * n, 300, 60 * n + 40)) for n, t in enumerate(FINDINGS, 1)]
    plain, drawn = tmp_path / "plain.png", tmp_path / "drawn.png"
    draw_page(SAMPLE, "application/pdf", 1, 0, [], plain)
    draw_page(SAMPLE, "application/pdf", 1, 0, every, drawn)
    with Image.open(drawn) as picture, Image.open(plain) as empty:
        colours = {picture.getpixel((round(72 * 150 / 72), round((60 * n + 20) * 150 / 72))) for n in range(1, len(FINDINGS) + 1)}
        assert picture.size == empty.size and len(colours) == len(FINDINGS)


def test_a_page_on_its_side_is_rendered_upright() -> None:
    lying, standing = (render(str(SAMPLE), "application/pdf", 1, turn) for turn in (0, 90))
    assert lying and standing
    assert lying[0].size == standing[0].size[::-1]
