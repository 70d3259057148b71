"""Which words of the second reader lie on which line of the first."""

from __future__ import annotations

from pipeline.ocr.fuse import Line
from pipeline.ocr.seen import Seen


def share_out(lines: list[Line], words: list[Seen]) -> tuple[list[list[Seen]], list[Seen]]:
    """The second reader's words by the line on which they lie, and those that lie on none."""
    out: list[list[Seen]] = [[] for _ in lines]
    left: list[Seen] = []
    frames = [_frame(line) for line in lines]
    for word in words:
        x = (word.box[0] + word.box[2]) / 2
        best, most = -1, 0.5
        for n, (a, b, slope_top, slope_bottom, top, bottom) in enumerate(frames):
            if not a - 8 <= x <= b + 8:
                continue
            up, down = top + slope_top * (x - a), bottom + slope_bottom * (x - a)
            shared = min(down, word.box[3]) - max(up, word.box[1])
            share = shared / max(1.0, min(down - up, word.box[3] - word.box[1]))
            if share > most:
                best, most = n, share
        (out[best] if best >= 0 else left).append(word)
    for row in out:
        row.sort(key=lambda word: word.box[0])
    return out, left


def _frame(line: Line) -> tuple[float, float, float, float, float, float]:
    """Left, right, how fast top and bottom fall, and where they are at the left."""
    (lx, ty), (rx, ry), (_, by), (_, ly) = ((float(x), float(y)) for x, y in line.corners)
    wide = max(rx - lx, 1.0)
    return lx, rx, (ry - ty) / wide, (by - ly) / wide, ty, ly
