"""Pieces of type become printed lines, in the order in which a reader would take them."""

from __future__ import annotations

from pipeline.ocr.seen import Lines, Seen, around

Frame = tuple[float, float, float, float]


def in_order(pieces: Lines, width: float) -> Lines:
    """Printed lines top-down; side by side columns of prose one after the other.

    `pieces` are runs of words that lie on one line each; `width` is the page's, in the same pixels. Pieces on one
    height become one line, so that a form's label and its entry stay together; only where a white gutter parts two
    blocks of prose is the left read before the right.
    """
    rows = _rows([piece for piece in pieces if piece])
    out: Lines = []
    at = 0
    while at < len(rows):
        end, gutter = _columns(rows, at, width)
        if end > at:
            block = [piece for row in rows[at:end] for piece in row]
            left = [p for p in block if (around(p)[0] + around(p)[2]) / 2 < gutter]
            right = [p for p in block if (around(p)[0] + around(p)[2]) / 2 >= gutter]
            out += [_joined(row) for side in (left, right) for row in _rows(side)]
            at = end
        else:
            out.append(_joined(rows[at]))
            at += 1
    return out


def _joined(row: Lines) -> list[Seen]:
    return [word for piece in sorted(row, key=lambda p: around(p)[0]) for word in piece]


def _rows(pieces: Lines) -> list[Lines]:
    """Pieces grouped by height: one joins the row with which it shares most of its height, unless it would cover a
    piece that is already there (a stamp over a line is a row of its own)."""
    rows: list[tuple[Frame, Lines]] = []
    for piece in sorted(pieces, key=lambda p: around(p)[1] + around(p)[3]):
        box = around(piece)
        for n in range(len(rows) - 1, max(-1, len(rows) - 6), -1):
            frame, row = rows[n]
            if _same_height(frame, box) and not any(_covered(around(other), box) for other in row):
                # The row keeps the height of its first piece: a tall stamp must not draw its neighbours in.
                rows[n] = ((min(frame[0], box[0]), frame[1], max(frame[2], box[2]), frame[3]), [*row, piece])
                break
        else:
            rows.append((box, [piece]))
    return [row for _, row in sorted(rows, key=lambda r: r[0][1] + r[0][3])]


def _same_height(a: Frame, b: Frame) -> bool:
    shared = min(a[3], b[3]) - max(a[1], b[1])
    lower, higher = sorted((a[3] - a[1], b[3] - b[1]))
    return shared >= 0.55 * lower and higher <= 2.2 * lower


def _covered(a: Frame, b: Frame) -> bool:
    shared = min(a[2], b[2]) - max(a[0], b[0])
    return shared > 0.3 * min(a[2] - a[0], b[2] - b[0])


def _columns(rows: list[Lines], at: int, width: float) -> tuple[int, float]:
    """How far down two columns of prose run from row `at`, and the gutter between them; `(at, 0)` when they do not.

    Prose in columns: at least six rows on end in which two pieces, each at least 28 % of the page wide, leave the same
    gutter free.
    """
    gutter: tuple[float, float] | None = None
    end = at
    for row in rows[at:]:
        boxes = sorted(around(piece) for piece in row)
        if len(boxes) != 2 or any(b[2] - b[0] < 0.28 * width for b in boxes):
            break
        free = (boxes[0][2], boxes[1][0])
        narrowed = (max(gutter[0], free[0]), min(gutter[1], free[1])) if gutter else free
        if narrowed[1] - narrowed[0] < 0.01 * width:
            break
        gutter, end = narrowed, end + 1
    return (end, (gutter[0] + gutter[1]) / 2) if gutter and end - at >= 6 else (at, 0.0)
