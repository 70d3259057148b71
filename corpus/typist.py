"""A typist: lines, paragraphs and headings put on a sheet one under the other, at the pitch of a typewriter."""

from __future__ import annotations

import re

from corpus.faces import PICA, Face, width
from corpus.sheet import Run, Sheet

TITLE = re.compile(r"""(^|[\s"(])(Mr|Mrs|Dr|Sr|Gen|Col|No|St|M|[A-Z])\.$""", re.IGNORECASE)
BREAK = "~"  # in a word: it may be divided here at the end of a line


def wrap(text: str, columns: int, first: int = 0, hang: int = 0) -> list[str]:
    """Break `text` into lines of at most `columns`, the first indented by `first`, the others by `hang`."""
    lines: list[str] = []
    line = " " * first
    empty = True
    for word in text.split():
        while True:
            plain = word.replace(BREAK, "")
            joint = "" if empty else "  " if line[-1:] in ".:?" and not TITLE.search(line) else " "
            if len(line) + len(joint) + len(plain) <= columns or (empty and BREAK not in word):
                line, empty = line + joint + plain, False
                break
            parts = word.split(BREAK)
            fitting = [
                n for n in range(1, len(parts)) if len(line) + len(joint) + len("".join(parts[:n])) + 1 <= columns
            ]
            if fitting:
                line += joint + "".join(parts[: fitting[-1]]) + "-"
                word = BREAK.join(parts[fitting[-1] :])
            lines.append(line)
            line, empty = " " * hang, True
    return [*lines, line]


class Typist:
    """Types on `sheet` from `top` downwards; `left` and `top` in inches, `lead` the distance of two lines."""

    def __init__(
        self,
        sheet: Sheet,
        face: Face = PICA,
        left: float = 1.0,
        top: float = 1.0,
        columns: int = 65,
        lead: float = 1 / 6,
        weight: float = 1.0,
    ) -> None:
        self.sheet, self.face, self.left, self.baseline = sheet, face, left, top
        self.columns, self.lead, self.weight = columns, lead, weight

    def line(self, text: str, lead: float = 1) -> Run:
        """Type one line as it is, and move `lead` lines on."""
        if self.baseline > self.sheet.height - 0.3:
            raise ValueError(f"the page is full at: {text}")
        run = self.sheet.type(text, self.left, self.baseline, self.face, self.weight)
        self.baseline += self.lead * lead
        return run

    def lines(self, *texts: str) -> None:
        """Type several lines as they are."""
        for text in texts:
            self.line(text)

    def skip(self, lines: float = 1) -> None:
        """Leave lines free."""
        self.baseline += self.lead * lines

    def centre(self, text: str) -> Run:
        """Type one line in the middle of the sheet."""
        x = (self.sheet.width - width(self.face, text)) / 2
        run = self.sheet.type(text, x, self.baseline, self.face, self.weight)
        self.baseline += self.lead
        return run

    def para(self, text: str, first: int = 5, hang: int = 0, lead: float = 1, columns: int | None = None) -> None:
        """Type a paragraph, and leave a line free after it. `lead` 2 is double spacing."""
        self.sheet.found.said.append(" ".join(text.replace(BREAK, "").split()))
        for line in wrap(text, columns or self.columns, first, hang):
            self.line(line, lead)
        self.skip(2 - min(lead, 2) if lead > 1 else 1)
