"""Whether the stated confidence of words is true: over ten bins, how many of the words in each are right.

    python -m bench.calibration ../shared/exam/dev [--svg PLOT.SVG] [--reading balanced]

Reads every transcribed page anew. A word counts as right when the transcription of its page has it, as often as it is
read; punctuation about it does not count. Prints the bins and the mean difference, each bin alike and by words. The curves
themselves are fitted, and tried on documents that they were not fitted on, by models/reading/calibrate.py.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

EDGE = re.compile(r"^\W+|\W+$")
SIDE = 360  # of the plot's square, in its own units


def bare(text: str) -> str:
    """A word without signs about it."""
    return EDGE.sub("", text.replace("’", "'"))


def truth(words: Iterable[str], transcription: str) -> list[bool | None]:
    """For each word whether the page has it; None for signs alone."""
    page = Counter(bare(w) for w in re.sub(r"\[\[\w+\]\]", " ", transcription).split())
    out: list[bool | None] = []
    for word in map(bare, words):
        out.append(page[word] > 0 if word else None)
        page[word] -= 1
    return out


def bins(stated: list[float], true: list[bool], number: int = 10) -> list[tuple[int, float, float]]:
    """(words, mean stated, share right) of each bin that has words."""
    out = []
    for n in range(number):
        some = [(s, t) for s, t in zip(stated, true, strict=True) if min(int(s * number), number - 1) == n]
        if some:
            out.append((len(some), sum(s for s, _ in some) / len(some), sum(t for _, t in some) / len(some)))
    return out


def difference(rows: list[tuple[int, float, float]]) -> float:
    """Mean difference of stated and true accuracy over the bins, each counted alike."""
    return sum(abs(s - t) for _, s, t in rows) / len(rows)


def weighted(rows: list[tuple[int, float, float]]) -> float:
    """Mean difference of stated and true accuracy over the words (expected calibration error)."""
    return sum(n * abs(s - t) for n, s, t in rows) / sum(n for n, _, _ in rows)


def svg(rows: list[tuple[int, float, float]], title: str) -> str:
    """The bins as points (area by words) about the line on which stated is true."""
    most = max(n for n, _, _ in rows)
    dots = "".join(
        f'<circle cx="{50 + s * SIDE:.1f}" cy="{20 + (1 - t) * SIDE:.1f}" r="{3 + 9 * (n / most) ** 0.5:.1f}" fill="#2b6cb0" '
        f'fill-opacity="0.75"><title>{n} words, stated {s:.2f}, right {t:.2f}</title></circle>'
        for n, s, t in rows
    )
    ticks = "".join(
        f'<text x="{50 + v * SIDE:.0f}" y="{SIDE + 38}" text-anchor="middle">{v:.1f}</text>'
        f'<text x="44" y="{24 + (1 - v) * SIDE:.0f}" text-anchor="end">{v:.1f}</text>'
        for v in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE + 80} {SIDE + 80}" font-family="sans-serif" font-size="11">'
        f'<rect width="100%" height="100%" fill="white"/><rect x="50" y="20" width="{SIDE}" height="{SIDE}" fill="none" '
        f'stroke="#888"/><line x1="50" y1="{20 + SIDE}" x2="{50 + SIDE}" y2="20" stroke="#bbb" stroke-dasharray="4 3"/>'
        f'{ticks}{dots}<text x="{50 + SIDE / 2}" y="{SIDE + 58}" text-anchor="middle">stated confidence of a word</text>'
        f'<text transform="translate(14 {20 + SIDE / 2}) rotate(-90)" text-anchor="middle">share that is right</text>'
        f'<text x="{50 + SIDE / 2}" y="14" text-anchor="middle">{title}</text></svg>\n'
    )


def main() -> None:
    from pipeline.batch.work import identify_file
    from pipeline.core.document import Scan
    from pipeline.core.ink import View
    from pipeline.intake.sheets import open_sheet
    from pipeline.ocr.reading import read_page
    from pipeline.settings import Settings

    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("gold", type=Path)
    cli.add_argument("--svg", type=Path)
    cli.add_argument("--reading", default="balanced")
    args = cli.parse_args()
    settings = Settings(reading=args.reading)
    stated: list[float] = []
    true: list[bool] = []
    for text in sorted((args.gold / "pages").glob("*.txt")):
        stem, number = text.stem.rsplit(".p", 1)
        [path] = [p for p in (args.gold / "scans").rglob("*") if p.stem == stem]
        scan = identify_file(str(path), settings, {})
        assert isinstance(scan, Scan), f"{path} cannot be opened"
        page = read_page(View(open_sheet(scan.path, scan.media_type, int(number), settings), None, settings))
        for word, right in zip(page.words, truth((w.text for w in page.words), text.read_text("utf-8")), strict=True):
            if right is not None:
                stated.append(word.confidence)
                true.append(right)
    rows = bins(stated, true)
    for n, s, t in rows:
        print(f"{n:6} words  stated {s:.3f}  right {t:.3f}")
    print(f"mean difference {difference(rows):.3f} over {len(rows)} bins, {weighted(rows):.4f} over {len(stated)} words")
    if args.svg:
        args.svg.write_text(svg(rows, f"{len(stated)} words, mean difference {difference(rows):.3f}"), "utf-8")


if __name__ == "__main__":
    main()
