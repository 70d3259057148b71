"""Markings held against those of the other pages: weak ones stand or fall, covered ones are known by their place.

A level stands at head and foot of every page, in the same place. Where it was blacked out, or a release line was printed over
it, its ink is all that is left: a patch of the right size where the other pages have the marking (`COVERED` in what a page
gives; none leaves here unnamed).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.core.findings import Marking
from pipeline.core.geometry import Box
from pipeline.core.page import Page

LONG = 9  # letters of a level that faint ink amid the text may be: a shorter one resembles much
SURE = 0.5  # markings below this stand only when other pages bear them out
COVERED = "COVERED"  # template of ink that may be a marking; its canonical is the level that it faintly resembles, if any
BARRED = "blacked out"  # flag of what a black bar covers
RUNS = ("classification", "control")  # kinds of markings that stand on every page
HEAD = 0.2  # share of the page's height that is head, and that is foot
ASIDE, ABOVE = 0.07, 0.06  # shares of width and height by which a running marking strays
BARRED_ASIDE = 0.3  # by which it may stray where a black bar of its width tells of it
BARRED_WIDE = (0.75, 1.4)  # width of the bar, in widths of the marking
ASKEW = 0.2  # share of the width by which what the image alone shows at head or foot may stand beside what is sure there
AS_WIDE = (0.55, 1.7)  # width of what is left of it, in widths of the whole


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where a marking stands: middle and width as shares of its page."""

    x: float
    y: float
    width: float

    @classmethod
    def of(cls, box: Box, page: Page) -> _Seat:
        wide, high = page.width or 1.0, page.height or 1.0
        x, y = box.middle
        return cls(x / wide, y / high, box.width / wide)

    @property
    def end(self) -> str:
        return "head" if self.y < HEAD else "foot" if self.y > 1 - HEAD else ""

    def like(self, other: _Seat, aside: float = ASIDE) -> bool:
        """Whether the other, on another page, stands in the same place and is about as wide."""
        return self.level(other) and self.below(other, aside)

    def level(self, other: _Seat) -> bool:
        return abs(self.y - other.y) < ABOVE

    def below(self, other: _Seat, aside: float = ASIDE) -> bool:
        return abs(self.x - other.x) < aside and AS_WIDE[0] <= self.width / max(other.width, 1e-6) <= AS_WIDE[1]

    def apart(self, other: _Seat) -> float:
        """How far the other is from being of this width in this part of the page."""
        return abs(self.x - other.x) + 3 * abs(self.width - other.width)


def bear_out(markings: Sequence[Marking], reading: Sequence[Page]) -> list[Marking]:
    """The markings of all pages. Weak ones fall unless a sure one of the same meaning stands elsewhere; covered ones are
    named or fall; what repeats grows surer."""
    sizes = {p.number: p for p in reading}
    named = [m for m in markings if m.template != COVERED]
    sure = [m for m in named if m.confidence >= SURE]
    pages_of: dict[str, set[int]] = defaultdict(set)
    for m in sure:
        pages_of[m.canonical].add(m.page)
    seats = [(m, _Seat.of(m.box, sizes[m.page])) for m in sure if m.box and m.kind in RUNS]
    weak = [(m, _Seat.of(m.box, sizes[m.page])) for m in named if m.confidence < SURE and m.box]
    standing = [
        m for m in named
        if m.confidence >= SURE or (pages_of[m.canonical] and _in_place(m, seats, sizes)) or _paired(m, weak)
    ]  # fmt: skip
    covered = [m for m in markings if m.template == COVERED and m.box]
    named_now = _uncovered(covered, seats, standing, sizes)
    out = []
    pages = {m.page for m in named}
    for m in (*standing, *named_now):
        share = len(pages_of[m.canonical] - {m.page}) / max(1, len(pages) - 1) if len(pages) > 1 else 0.0
        out.append(replace(m, confidence=round(m.confidence + (1 - m.confidence) * 0.6 * share, 3)))
    return sorted(out, key=lambda m: (m.page, m.box.top if m.box else m.start or 0, m.template, m.canonical, m.text))


def _in_place(m: Marking, seats: Sequence[tuple[Marking, _Seat]], sizes: dict[int, Page]) -> bool:
    """Whether a weak marking was read, or what the image alone shows stands at head or foot in line with a sure one, or
    where another page has it."""
    if m.box is None or not m.method.startswith("image"):
        return True
    seat = _Seat.of(m.box, sizes[m.page])
    same = [(o, s) for o, s in seats if o.canonical == m.canonical]
    in_line = bool(seat.end) and any(s.end and abs(s.x - seat.x) < ASKEW for _, s in same)
    return in_line or any(o.page != m.page and seat.like(s) for o, s in same)


def _paired(m: Marking, weak: Sequence[tuple[Marking, _Seat]]) -> bool:
    """Whether a weak level stands at the head of its page and another, of the same meaning, at the foot, or the other way
    round: two looks that agree."""
    own = next((s for o, s in weak if o is m), None)
    if own is None or not own.end or m.kind != "classification":
        return False
    return any(
        o is not m and o.page == m.page and o.canonical == m.canonical and s.end not in ("", own.end) and own.below(s, ASKEW)
        for o, s in weak
    )


def _uncovered(
    covered: Sequence[Marking],
    seats: Sequence[tuple[Marking, _Seat]],
    standing: Sequence[Marking],
    sizes: dict[int, Page],
) -> list[Marking]:
    """What is covered, by the name of the markings that stand in the same place on other pages; one for each of them."""
    out: list[Marking] = []
    for m in sorted(covered, key=lambda c: (BARRED not in c.flags, _apart(c, seats, sizes))):
        if m.box is None or any(o.page == m.page and o.box and o.box.iou(m.box) > 0 for o in (*standing, *out)):
            continue
        seat = _Seat.of(m.box, sizes[m.page])
        alike = _alike(m, seat, seats) if seat.end else _elsewhere(m, seat, seats) if len(m.canonical) >= LONG else []
        if not alike:
            continue
        name, agreed = _level_of(m.page, seat, alike, seats)
        if m.canonical and (not seat.end or not agreed):
            name, agreed = m.canonical, any(o.canonical == m.canonical for o in _elsewhere(m, seat, seats))
        if BARRED not in m.flags and not agreed:
            continue
        model = next((o for o in alike if o.canonical == name), alike[0])
        here = [o for o in (*standing, *out) if o.page == m.page and o.canonical == name and o.box]
        there = [_Seat.of(o.box, sizes[m.page]) for o in here if o.box]
        if any(s.level(seat) if BARRED in m.flags or not seat.end else s.end == seat.end for s in there):
            continue
        flags = (*m.flags, "by other pages")
        out.append(replace(m, template=model.template, kind=model.kind, canonical=name, confidence=0.6, flags=flags))
    return out


def _apart(m: Marking, seats: Sequence[tuple[Marking, _Seat]], sizes: dict[int, Page]) -> float:
    """How far what is covered is from the nearest marking of another page."""
    seat = _Seat.of(m.box, sizes[m.page]) if m.box else None
    return min((seat.apart(s) for o, s in seats if seat and o.page != m.page), default=1.0)


def _alike(m: Marking, seat: _Seat, seats: Sequence[tuple[Marking, _Seat]]) -> list[Marking]:
    """The markings that tell what stands covered at this seat, all of the kind of the nearest: those in its place on other
    pages and, where those have one at its height, the level at the other end of its own page (film shifts whole pages)."""
    barred = BARRED in m.flags
    others = [(o, s) for o, s in seats if o.page != m.page and (o.kind == "classification" or barred)]
    near = [(o, s) for o, s in others if seat.like(s, BARRED_ASIDE if barred else ASIDE)]
    if barred:
        near = [(o, s) for o, s in near if BARRED_WIDE[0] <= seat.width / s.width <= BARRED_WIDE[1]]
    near.sort(key=lambda pair: seat.apart(pair[1]))
    if not near and any(seat.level(s) for _, s in others):
        own = [(o, s) for o, s in seats if o.page == m.page and s.end not in ("", seat.end)]
        near = [(o, s) for o, s in own if seat.below(s) and o.kind == "classification"]
    return [o for o, _ in near if o.kind == near[0][0].kind]


def _elsewhere(m: Marking, seat: _Seat, seats: Sequence[tuple[Marking, _Seat]]) -> list[Marking]:
    """The markings in this place on other pages, of the level that the ink faintly resembles."""
    return [o for o, s in seats if o.page != m.page and o.canonical == m.canonical and seat.like(s)]


def _level_of(
    page: int, seat: _Seat, alike: Sequence[Marking], seats: Sequence[tuple[Marking, _Seat]]
) -> tuple[str, bool]:
    """The level at the other end of the same page, since head and foot of a page agree; else what most pages have there.
    Whether that is sure: it stands at the other end, or on two pages."""
    usual = Counter(m.canonical for m in alike).most_common(1)[0][0]
    if all(m.kind != "classification" for m in alike):
        return usual, False
    ends = [m for m, s in seats if m.page == page and s.end not in ("", seat.end) and m.kind == "classification"]
    return (ends[0].canonical, True) if ends else (usual, len({m.page for m in alike if m.canonical == usual}) > 1)
