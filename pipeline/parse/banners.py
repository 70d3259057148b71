"""Levels and controls where they are markings and not words of a sentence.

A banner stands apart on its line, in capitals, with nothing beside it but other markings; a cable's first line begins with
the level spaced out. "Secret Service", "a confidential source", SECRETARIAT and a level in a sentence are none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.core.geometry import Box
from pipeline.core.knowledge import files_under
from pipeline.parse.fuzzy import Hit, find, squeeze
from pipeline.parse.layout import Layout, Spot

FAIR = 0.8  # lowest score of a marking's word
SHORT = 0.86  # of one shorter than seven letters
WEAK = 0.66  # of a level at head or foot that only other pages can make sure
CAPITALS = 0.8
WRAPS, WRAPPED = 12, 0.9  # letters: only longer markings go over two lines; lowest score of one that does
BREAK = 12.0  # heights of a letter: a wider gap parts columns
EDGE = 0.14  # head and foot of a page, as shares of its height
FURNITURE = re.compile(
    r"\(?\s*(when|filled|in|completed|security|classification|only|after|data|has|been|entered|cover|sheet|attachments?"
    r"|pages?|no\.?|copy|of|for|the|use|handle|via|copies|classified|message|index|dispatch|continuation|in\s?[\d\W]*|\d+)"
    r"\s*\)?[.,:]?",
    re.I,
)
ILLEGIBLE, PENNED = 0.5, 3  # confidence of a word below which it is no type; so many such words may stand beside a marking
LARGER = 1.9  # heights of type that a rubber stamp is high at the least: type beside it is no part of its line
CRYPTONYM = re.compile(r"[A-Z]{5,}(?:-\d+)?")
CABLE = re.compile(r"^(?:[A-Z/]{2,}|\d[\d/.]*|SECTION|OF|TO|FM|FROM)$")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of one marking, from models/markings/*.toml."""

    canonical: str
    kind: str
    forms: tuple[str, ...]
    rank: int = 0
    beside: bool = False
    slug: bool = False
    below: bool = False
    addressee: bool = False
    capitals: float = CAPITALS
    never_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Banner:
    """A marking seen; `sure` is how well it is set apart from prose, 0..1."""

    mark: Mark
    hit: Hit
    spots: tuple[Spot, ...]
    sure: float

    @property
    def box(self) -> Box:
        return Box.around(s.box for s in self.spots)


@cache
def marks() -> tuple[Mark, ...]:
    """Every level and control of models/markings."""
    return tuple(
        Mark(**{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()})  # type: ignore[arg-type]
        for path in files_under("markings")
        if path.suffix == ".toml"
        for raw in tomllib.loads(path.read_text("utf-8")).get("marking", ())
    )


def find_banners(layout: Layout) -> list[Banner]:
    """Every marking on the page, in order of place. Levels too damaged to be sure of, at head and foot, have `sure` below
    one half: other pages must bear them out."""
    hits = [(mark, hit) for mark in marks() for hit in _hits(mark, layout)]
    seen = _longest([(mark, hit) for mark, hit in hits if not _weak(hit) or _hopeful(mark, hit, hits, layout)])
    out: list[Banner] = []
    for segment in layout.segments:
        inside = [(m, h, s) for m, h in seen if (s := _share(layout.between(h.start, h.end), segment))]
        out += _judge(layout, segment, inside)
    return [b for b in out if not b.mark.beside or _company(b, out)]


def _hits(mark: Mark, layout: Layout) -> Iterator[Hit]:
    skeleton = layout.skeleton
    for form in mark.forms:
        letters = len(squeeze(form))
        for hit in find(form, skeleton, WEAK if mark.rank else _least(form)):
            start, end = skeleton.index(hit.start), skeleton.index(hit.end - 1) + 1
            left, right = skeleton.glued(start, end)
            if left or (right and skeleton.glued(start, end + 1)[1]):
                continue
            if "\n" in layout.page.text[hit.start : hit.end] and (letters < WRAPS or hit.score < WRAPPED):
                continue
            after = skeleton.chars[end : end + 12]
            if not any(after.startswith(w) for w in mark.never_before):
                yield hit


def _least(form: str) -> float:
    return SHORT if len(squeeze(form)) < 7 else FAIR


def _weak(hit: Hit) -> bool:
    return hit.score < _least(hit.phrase)


def _hopeful(mark: Mark, hit: Hit, hits: Sequence[tuple[Mark, Hit]], layout: Layout) -> bool:
    """Whether a damaged marking stands at head or foot or heads a part of a telegram, or the same one stands sure right above
    or below, as at the page breaks of a telegram."""
    here = layout.box(hit.start, hit.end)
    words = layout.between(hit.start, hit.end)
    if _at_edge(layout, here) or (words and _heading(layout.segment(words[-1]))):
        return True
    for other, sure in hits:
        there = layout.box(sure.start, sure.end)
        if other is mark and not _weak(sure) and here and there and sure != hit:
            apart = abs(here.middle[1] - there.middle[1])
            if apart < 2.5 * max(here.height, there.height) and abs(here.left - there.left) < 2 * there.height:
                return True
    return False


def _longest(found: list[tuple[Mark, Hit]]) -> list[tuple[Mark, Hit]]:
    """Of readings that overlap the one that explains most, TOP SECRET before SECRET; damaged ones last."""
    out: list[tuple[Mark, Hit]] = []
    for mark, hit in sorted(found, key=lambda f: (_weak(f[1]), -_explained(f[1]))):
        if not any(hit.start < h.end and hit.end > h.start for _, h in out):
            out.append((mark, hit))
    return sorted(out, key=lambda f: f[1].start)


def _explained(hit: Hit) -> float:
    """Letters explained less twice those that do not fit."""
    return len(squeeze(hit.phrase)) * (1 - 2 * (1 - hit.score))


def _share(spots: Sequence[Spot], segment: Sequence[Spot]) -> tuple[Spot, ...]:
    """The words of a hit, when its first word lies in the segment."""
    starts = {s.word.start for s in segment}
    return tuple(spots) if spots and spots[0].word.start in starts else ()


def _judge(
    layout: Layout, segment: Sequence[Spot], inside: list[tuple[Mark, Hit, tuple[Spot, ...]]]
) -> Iterator[Banner]:
    """Those markings of a segment that are markings indeed."""
    covered = {s.word.start for _, _, spots in inside for s in spots}
    rest = [s for s in segment if s.word.start not in covered]
    strange = [s for s in rest if len(re.findall(r"[A-Za-z]", s.text)) >= 2 and not FURNITURE.fullmatch(s.text)]
    high = min((s.box.height for _, _, spots in inside for s in spots), default=0.0)
    strange = [s for s in strange if LARGER * s.box.height > high]
    typed = [s for s in strange if s.word.confidence >= ILLEGIBLE]
    if len(strange) - len(typed) <= PENNED:
        strange = typed
    covered_letters = sum(len(squeeze(h.phrase)) for _, h, _ in inside)
    strange_letters = sum(len(re.findall(r"[A-Za-z]", s.text)) for s in strange)
    pure = strange_letters <= 0.2 * covered_letters
    for mark, hit, spots in inside:
        skeleton = layout.skeleton
        start, end = skeleton.index(hit.start), skeleton.index(hit.end - 1) + 1
        shouted = skeleton.capitals(start, end) >= mark.capitals
        spaced = len(spots) >= max(3, len(squeeze(hit.phrase)) // 2) or "-" in layout.page.text[hit.start : hit.end].strip("-")
        first = spots[0].word.start == segment[0].word.start
        edge = _at_edge(layout, Box.around(s.box for s in spots))
        if _weak(hit):
            if not (shouted and (pure or (first and _heading(rest)))):
                continue
            sure = 0.45
        elif pure and shouted:
            sure = 0.95 if edge else 0.45 if _goes_on(layout, segment) else 0.88
        elif pure and edge and _titled(spots):
            sure = 0.7
        elif first and shouted and (spaced or mark.rank or mark.addressee) and _cable(strange, mark, spaced or _numbered(rest)):
            sure = 0.85 if spaced else 0.7
        elif first and shouted and mark.slug and _cryptonyms(strange):
            sure = 0.8
        elif _slot(rest, spots):
            sure = 0.75
        else:
            continue
        yield Banner(mark, hit, spots, sure * hit.score)


def _at_edge(layout: Layout, box: Box | None) -> bool:
    if box is None or not layout.page.width:
        return False
    y = box.middle[1] / max(1.0, layout.height)
    return y < EDGE or y > 1 - EDGE


def _goes_on(layout: Layout, segment: Sequence[Spot]) -> bool:
    """Whether the line goes on as text after a gap: a word of a sentence before something circled or withheld."""
    box = Box.around(s.box for s in segment)
    row = [
        s
        for s in layout.spots
        if box.right < s.box.left < box.right + BREAK * box.height and abs(s.box.middle[1] - box.middle[1]) < 0.5 * box.height
    ]
    words = [s for s in row if len(re.findall(r"[A-Za-z]", s.text)) >= 3]
    return bool(words) and any(s.text.upper() != s.text or not CABLE.match(s.text.strip(".,:;*")) for s in words)


def _titled(spots: Sequence[Spot]) -> bool:
    return all(s.text[:1].isupper() for s in spots if s.text[:1].isalpha())


def _numbered(rest: Sequence[Spot]) -> bool:
    return any(re.search(r"\d", s.text) for s in rest)


def _cable(strange: Sequence[Spot], mark: Mark, heads: bool) -> bool:
    """What follows a level on a cable's line: post and number, section; after EYES ONLY the addressee, in capitals. A level
    `heads` a message when it is spaced out or a number follows; else it is a word of one."""
    if mark.addressee:
        return all(s.text.upper() == s.text for s in strange)
    return 0 < len(strange) <= 8 and heads and all(CABLE.match(s.text.strip(".,:;*")) for s in strange)


def _heading(segment: Sequence[Spot]) -> bool:
    """Whether a line ends as the heading of a telegram's part does: SECTION 02 OF 03 MOSCOW 18493."""
    return bool(re.search(r"\bSECTION \w{1,2} [O0]F \w{1,2} [A-Z]{3,}", " ".join(s.text for s in segment)))


def _cryptonyms(strange: Sequence[Spot]) -> bool:
    """What follows a slug on its line of a cable: other code words, three at the most."""
    return len(strange) <= 3 and all(CRYPTONYM.fullmatch(s.text.strip(".,:;*")) for s in strange)


def _slot(rest: Sequence[Spot], spots: Sequence[Spot]) -> bool:
    """The slot of a form: `Classification: SECRET`, `REPORT CLASS SECRET NO FOREIGN DISSEM`, `SLUGS: WNINTEL`."""
    before = [s for s in rest if s.word.start < spots[0].word.start][:3]
    return bool(before) and bool(re.fullmatch(r"\W*(classification|class|slugs?)\W*", before[-1].text, re.I))


def _company(banner: Banner, others: Sequence[Banner]) -> bool:
    """Whether a level or a plain control stands on the same line, or right above when the marking goes below."""
    for other in others:
        if other is banner or other.mark.beside:
            continue
        a, b = banner.box, other.box
        level = abs(a.middle[1] - b.middle[1]) < 0.8 * max(a.height, b.height)
        under = banner.mark.below and 0 < a.middle[1] - b.middle[1] < 4.5 * max(a.height, b.height)
        if level or under:
            return True
    return False
