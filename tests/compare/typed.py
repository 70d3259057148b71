"""Pages as a reader would give them, for the tests of comparing: lines of type, with boxes, withheld passages and noise."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from pipeline.compare.leaves import Leaf, Withheld
from pipeline.core.geometry import Box
from pipeline.core.page import Page, ReadWord

SIZE = (612.0, 792.0)
PITCH, LEAD = 6.0, 14.0


def typed(
    lines: Sequence[str], number: int = 1, *, hide: Iterable[str] = (), blank: Iterable[str] = (), noise: float = 0.0,
    seed: int = 1, shift: tuple[float, float] = (0.0, 0.0), cover: bool = False,
) -> Leaf:  # fmt: skip
    """A page of typed lines. Of `hide` each phrase is under a redaction, of `blank` each is gone without a trace; so many
    letters (`noise`) are misread; the whole lies `shift` points off."""
    chance = random.Random(seed)
    read: list[list[ReadWord]] = []
    withheld: list[Withheld] = []
    for n, line in enumerate(lines):
        row: list[ReadWord] = []
        gone = {
            c: phrase
            for phrase in (*hide, *blank)
            if (at := line.find(phrase)) >= 0
            for c in range(at, at + len(phrase))
        }
        for at, word in _words(line):
            if at not in gone:
                row.append(ReadWord(_misread(word, noise, chance), _box(at, len(word), n, shift), 0.95, "made"))
        for phrase in hide:
            if (at := line.find(phrase)) >= 0:
                box = _box(at, len(phrase), n, shift).grown(1.0)
                withheld.append(Withheld(f"r{number}-{n}", number, box, None, None, "black", "(b)(1)"))
        read.append(row)
    return Leaf(Page.of_lines(number, SIZE, read), tuple(withheld), cover=cover)


def _words(line: str) -> Iterable[tuple[int, str]]:
    at = 0
    for word in line.split(" "):
        if word:
            yield at, word
        at += len(word) + 1


def _box(at: int, letters: int, line: int, shift: tuple[float, float]) -> Box:
    left, top = 72 + PITCH * at + shift[0], 72 + LEAD * line + shift[1]
    return Box(left, top, left + PITCH * letters, top + 9)


def _misread(word: str, noise: float, chance: random.Random) -> str:
    return "".join(chance.choice("ecoailt1") if chance.random() < noise else c for c in word)


MEMO = (
    "MEMORANDUM FOR THE CHIEF OF NAVAL OPERATIONS",
    "Subject: Salvage of the barge Lighter Nine off Guam",
    "Reference A reports that the barge parted her tow in the typhoon of April",
    "and lies in forty fathoms two miles off the point. She carried cable reels,",
    "a diesel set and the only spare gear for the degaussing range at the island.",
    "The gear can be had again from the maker in seven months, at twice the price.",
    "The salvage vessel can be on the spot in nine days, but would have to leave",
    "the target tow behind, and the missile range has protested against this once.",
    "Mr. Calloway of the Bureau was told in confidence by Colonel Vandeveer that",
    "the Army has two sets of the gear in a shed at Yokosuka that nobody wants.",
    "It is recommended that the vessel not be diverted, and the gear be ordered.",
)
OTHER = (
    "MEMORANDUM FOR THE CHIEF OF NAVAL OPERATIONS",
    "Subject: Quarters of the weather party on the northern shore",
    "Your letter of March asks whether the huts that were put up for the survey",
    "could house eleven men through the winter. The medical officer believes so,",
    "if the stoves are replaced and a second well is dug before the ground freezes.",
    "A contractor in Anchorage has named a sum that seems to us beyond all reason.",
    "No ship calls there after September, and the strip takes only light aircraft,",
    "so that whatever is wanted must be landed within the next six or seven weeks.",
    "Lieutenant Hallam, who wintered there, holds that the party should stay south",
    "and that the instruments be read by the people of the cannery for a small fee.",
    "We concur with him, and ask for authority to sign a contract to that effect.",
)
