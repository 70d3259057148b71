"""The pages of a document held against each other.

What repeats on every page (a release line, a footer, a banner) is read many times: damaged copies take their fields from
the majority, copies that were missed are looked for where they should stand, weak banners stand or fall by the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import median

from pipeline.core.document import Scan, Votes
from pipeline.core.findings import Marking, Stamp
from pipeline.core.geometry import Box, Place
from pipeline.core.page import Page
from pipeline.parse.dated import of_the_documents_time
from pipeline.parse.days import find_days
from pipeline.parse.fuzzy import likeness
from pipeline.parse.running import bear_out

LIKE = 0.5  # least likeness of the words at a running line's place to that line
RUNNING = 0.5  # a stamp on this share of the pages (and on two at least) runs through the document
SLACK = 6.0  # points by which a running line may stray from its usual place
EVENTS = ("release", "declassification", "review", "denial", "downgrade")
VOTED = ("case_number", "date", "date_text", "decision", "authority", "agency")


def vote(
    scan: Scan,
    reading: tuple[Page, ...],
    markings: tuple[tuple[Marking, ...], ...],
    stamps: tuple[tuple[Stamp, ...], ...],
) -> Votes:
    """Markings and stamps of all pages, each judged in the light of the others."""
    every = [s for page in stamps for s in page]
    mended = [s for group in _running(every, len(reading)) for s in _mended(group)]
    kept = [s for s in every if not any(s.page == m.page and s.box == m.box and s.template == m.template for m in mended)]
    found = [s for group in _running(mended, len(reading)) for s in _missed(group, reading, [*kept, *mended])]
    years = Counter(d.year for page in reading if page.width for d in find_days(page.text))
    stamped = [of_the_documents_time(_whose(s, [*kept, *mended]), years) for s in (*kept, *mended, *found)]
    return Votes(
        markings=tuple(bear_out([m for page in markings for m in page], reading)),
        stamps=tuple(sorted(stamped, key=lambda s: (s.page, s.box.top if s.box else s.start or 0, s.template))),
    )


def _whose(stamp: Stamp, every: Sequence[Stamp]) -> Stamp:
    """The bare word DECLASSIFIED was put there by whoever reviewed the document, when one agency alone did."""
    if stamp.agency or stamp.kind not in EVENTS:
        return stamp
    reviewers = {s.agency for s in every if s.agency and s.kind == "review"}
    if len(reviewers) != 1:
        return stamp
    return replace(stamp, agency=reviewers.pop(), flags=(*stamp.flags, "agency of the review stamp"))


def _running(stamps: Iterable[Stamp], pages: int) -> list[list[Stamp]]:
    """Groups of one-line stamps of one template that run through the pages."""
    groups: dict[str, list[Stamp]] = defaultdict(list)
    for s in stamps:
        if len(s.boxes) == 1 and s.case_number:
            groups[s.template].append(s)
    return [g for g in groups.values() if len({s.page for s in g}) >= max(2, RUNNING * pages)]


def _mended(group: Sequence[Stamp]) -> list[Stamp]:
    """The copies with their fields as the majority has them; what was changed is said in the flags."""
    usual = {name: Counter(getattr(s, name) for s in group).most_common(1)[0] for name in VOTED}
    majority = {name: value for name, (value, n) in usual.items() if 2 * n > len(group)}
    out = []
    for s in group:
        changed = {n: v for n, v in majority.items() if getattr(s, n) != v and v is not None}
        flags = tuple(dict.fromkeys((*s.flags, *(f"ocr_repair:{n} by other pages" for n in changed))))
        out.append(replace(s, **changed, flags=flags) if changed else s)
    return out


def _missed(group: Sequence[Stamp], reading: Sequence[Page], known: Sequence[Stamp]) -> list[Stamp]:
    """Copies on pages where none was found, but words like it stand in its place."""
    out = []
    have = {s.page for s in group}
    for page in reading:
        if page.number in have or not page.width or not page.height:
            continue
        model = min(group, key=lambda s: abs(s.page - page.number))
        place = _usual_place(group, reading, page)
        if place is None or any(s.box and s.page == page.number and s.box.iou(place) > 0.3 for s in known):
            continue
        words = page.words_in(place.grown(SLACK), 0.5)
        text = " ".join(w.text for w in words)
        if words and likeness(model.text, text) >= LIKE:
            box = Box.around(w.box for w in words if w.box).rounded()
            out.append(
                replace(
                    model,
                    page=page.number,
                    text=text,
                    box=box,
                    boxes=(Place(page.number, box),),
                    confidence=round(0.8 * model.confidence, 3),
                    method="rule:running-line@1",
                    flags=("ocr_repair:by other pages",),
                )
            )
    return out



def _usual_place(group: Sequence[Stamp], reading: Sequence[Page], page: Page) -> Box | None:
    """Where the line stands on this page if it stands as on the others (shares of width and height)."""
    sizes = {p.number: (p.width, p.height) for p in reading if p.width and p.height}
    shares = []
    for s in group:
        size = sizes.get(s.page)
        if s.box and size and size[0] and size[1]:
            w, h = size
            shares.append((s.box.left / w, s.box.top / h, s.box.right / w, s.box.bottom / h))
    if not shares or not page.width or not page.height:
        return None
    left, top, right, bottom = (median(x) for x in zip(*shares, strict=True))
    return Box(left * page.width, top * page.height, right * page.width, bottom * page.height)
