"""Markings of a page: what the originator put on it to say how it was to be guarded, and for how long."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache

from pipeline.core.findings import Marking
from pipeline.core.geometry import Box, Place
from pipeline.core.ink import Ink, View
from pipeline.core.knowledge import files_under
from pipeline.core.page import Page
from pipeline.parse import filled
from pipeline.parse.banners import Banner, find_banners
from pipeline.parse.blocks import Block, find_blocks
from pipeline.parse.choices import without_unchosen
from pipeline.parse.codes import find_codes
from pipeline.parse.days import find_days
from pipeline.parse.layout import Layout, Spot, places
from pipeline.parse.running import BARRED, COVERED
from pipeline.parse.spotted import BORNE, SOLID, WEAK, Patch, Spotted, covered, find_patches, spot
from pipeline.parse.struck import struck
from pipeline.parse.templates import Template, build, templates

PORTION = re.compile(r"\((TS|S|C|U|LOU|SBU|FOUO|S/RD)((?://?(?:NF|SI|TK|OC|REL|NC|RD))*)\)")
PORTION_LEVEL = {
    "TS": "TOP SECRET", "S": "SECRET", "C": "CONFIDENTIAL", "U": "UNCLASSIFIED", "LOU": "LIMITED OFFICIAL USE",
    "SBU": "SENSITIVE BUT UNCLASSIFIED", "FOUO": "OFFICIAL USE ONLY", "S/RD": "SECRET",
}  # fmt: skip
PORTION_CONTROL = {"NF": "NOFORN", "OC": "ORCON", "NC": "NOCONTRACT", "RD": "RESTRICTED DATA"}
CROSSED = ("classification", "control")  # what reviewers cross out
SAME = 0.25  # overlap of two boxes (shares of their union) from which they hold one marking
GROUP = re.compile(r"^\W*(?:G|S?C)[PR]\s?\W{0,2}([1-4])\W*$", re.M)  # GP-4, read SCP -4.
CABLE = re.compile(
    r"^\W{0,3}[E£F]\W{0,2}\s?[O0QD]\.?,?\s?(\d[\dlILSZOoBa]{4})\s?[:;.,s8]{0,3}\s*"
    r"(X?GDS|RDS|XDS|ADS|N/?A|[DO][E5]CL\W{0,3}\s*[O0QDGU]?[AR04O]{1,2}[DO]?[RK]|DECL[A-Z]*)?(.*)$",
    re.M,
)

DERIVED = re.compile(r"(?<!BY )\bDECL\W{0,3}OADR\W{1,3}DRV\W{1,3}[A-Z]{3}\W{0,2}\d\d?-\d\d")


def find_markings(view: View, reading: Page) -> tuple[Marking, ...]:
    """Every marking on the page, in order of place, and ink of which only the other pages can tell whether it is one
    (template `COVERED`)."""
    layout = Layout(reading)
    ink = view.ink if reading.width else None
    blocks = find_blocks(layout, notices())
    if any(b.template.id == "NARA_RIF" for b in blocks):
        return ()  # a cover sheet describes the document behind it
    banners = [b for b in find_banners(layout) if not _inside(b, blocks)]
    if ink:
        banners = without_unchosen(banners, ink)
    found = [
        *(_of_block(b, reading) for b in blocks if b.template.table == "markings"),
        *_each_once([_of_banner(b, reading, ink) for b in banners]),
        *_cable_lines(layout),
        *_derived_lines(layout),
        *_group_lines(layout),
        *_portions(layout),
    ]
    if ink:
        patches = find_patches(ink, reading, [place.box for m in found for place in m.boxes])
        spotted = spot(ink, reading, patches)
        found += [_of_ink(s, reading, ink) for s in spotted]
        found += [_covered(p, reading, ink) for p in covered(reading, patches, spotted)]
    return tuple(sorted(found, key=lambda m: (m.box.top if m.box else m.start or 0, m.template, m.canonical, m.text)))


@cache
def notices() -> tuple[Template, ...]:
    """Templates that become markings, and those of stamps and forms whose words are not markings."""
    own = tuple(
        build(raw)
        for path in files_under("markings")
        if path.suffix == ".toml"
        for raw in tomllib.loads(path.read_text("utf-8")).get("template", ())
    )
    return templates() + own


def _inside(banner: Banner, blocks: list[Block]) -> bool:
    """Whether the words are printed words of a stamp or notice."""
    starts = {s.word.start for s in banner.spots}
    return any(starts <= b.printed for b in blocks)


def _where(page: Page, spots: tuple[Spot, ...]) -> dict[str, object]:
    """Place of a finding: boxes on scans, span where the words follow each other in the text."""
    where = places(page, spots)
    start, end = min(s.word.start for s in spots), max(s.word.end for s in spots)
    together = not where or len(page.words_between(start, end)) == len(spots)
    return {
        "page": page.number,
        "box": Box.around(p.box for p in where).rounded() if where else None,
        "boxes": where,
        "start": start if together else None,
        "end": end if together else None,
    }


def _of_banner(banner: Banner, page: Page, ink: Ink | None) -> Marking:
    where = _where(page, banner.spots) | {"start": banner.hit.start, "end": banner.hit.end}
    return Marking(
        **where,  # type: ignore[arg-type]
        text=page.text[banner.hit.start : banner.hit.end],
        confidence=round(banner.sure, 3),
        method="rule:banner@1",
        template="BANNER",
        kind=banner.mark.kind,
        canonical=banner.mark.canonical,
        struck=banner.mark.kind in CROSSED
        and (struck(ink, banner.box) if ink else _struck_out(page, banner.hit.start, banner.hit.end)),
    )


def _of_ink(spotted: Spotted, page: Page, ink: Ink) -> Marking:
    """What was seen in the image alone; unsure ones have a confidence below one half and wait for the other pages; faint ones
    are ink of which those must tell what it is."""
    mark = spotted.mark
    faint = spotted.score < WEAK
    return Marking(
        page=page.number,
        box=spotted.box,
        boxes=(Place(page.number, spotted.box),),
        text="" if faint else spotted.text,
        confidence=round(0.93 + 0.3 * spotted.score, 3) if spotted.score >= BORNE else 0.2 if faint else 0.4,
        method="image:running-banner@1" if faint else "image:banner@1",
        template=COVERED if faint else "BANNER",
        kind=mark.kind,
        canonical=mark.canonical,
        struck=mark.kind in CROSSED and struck(ink, spotted.box),
    )


def _covered(patch: Patch, page: Page, ink: Ink) -> Marking:
    """Ink that may be a marking: what it is, if it is one, the other pages tell (`running.bear_out`)."""
    box = patch.box.rounded()
    return Marking(
        page=page.number,
        box=box,
        boxes=(Place(page.number, box),),
        text="",
        confidence=0.2,
        method="image:running-banner@1",
        template=COVERED,
        kind="classification",
        canonical="",
        struck=patch.ink >= SOLID or struck(ink, box),
        flags=(BARRED,) if patch.ink >= SOLID else (),
    )


def _each_once(found: list[Marking]) -> list[Marking]:
    """Markings less those that two lines of the reading tell of one and the same ink."""
    out: list[Marking] = []
    for m in sorted(found, key=lambda m: -m.confidence):
        if not any(m.box and o.box and o.canonical == m.canonical and o.box.iou(m.box) > SAME for o in out):
            out.append(m)
    return out


def _struck_out(page: Page, start: int, end: int) -> bool:
    """Whether a transcript strikes the words out, as Markdown writes it: ~~SECRET~~."""
    return page.text[:start].rstrip("* ").endswith("~~") and page.text[end:].lstrip("* ").startswith("~~")


def _of_block(block: Block, page: Page) -> Marking:
    template = block.template
    day, _, flags = filled.action_date(block)
    return Marking(
        **_where(page, block.spots),  # type: ignore[arg-type]
        text=block.text,
        confidence=round(min(0.98, 0.5 + 0.5 * block.coverage), 3),
        method=f"template:{template.id}@1",
        template=template.id,
        kind=template.kind,
        canonical=template.canonical or template.id,
        date=day,
        exemptions=filled.exemptions(block),
        flags=flags,
    )


def _rule(layout: Layout, start: int, end: int, template: str, kind: str, canonical: str, sure: float, **more: object) -> Marking:
    page = layout.page
    return Marking(
        **_where(page, layout.between(start, end)),  # type: ignore[arg-type]
        text=page.text[start:end],
        confidence=sure,
        method=f"rule:{template.lower()}@1",
        template=template,
        kind=kind,
        canonical=canonical,
        **more,  # type: ignore[arg-type]
    )


def _cable_lines(layout: Layout) -> Iterator[Marking]:
    """`E.O. 12356: DECL: OADR`, the line of a State telegram from 1972 on. A date in it lies in the future."""
    for m in CABLE.finditer(layout.page.text):
        cited = filled.order("E.O. " + m[1])
        if cited is None or not m[2]:
            continue
        word = re.sub(r"\W", "", m[2]).upper()
        days = find_days(m[3])
        word = "DECLOADR" if re.fullmatch(r"[DO][E5]CL.{2,4}[RK]", word) else word
        canonical = {"NA": f"{cited}: N/A", "DECLOADR": "DECL OADR"}.get(word, word)
        if word.startswith("DECL") and canonical == word:
            canonical = f"DECL {days[0].edtf}" if days else "DECL"
        end = m.end(2) if word in ("NA", "DECLOADR") else m.end()
        yield _rule(
            layout, m.start(), end, "DG_GDS" if cited.endswith("11652") else "DG_CABLE", "downgrading", canonical, 0.93,
            date=days[0].edtf if days else None, exemptions=find_codes(m.group(), ("eo11652",)),
        )  # fmt: skip


def _derived_lines(layout: Layout) -> Iterator[Marking]:
    """`DECL OADR DRV HUM 4-82`, at the end of a CIA cable after 1982; with the classifier's number it is a stamp."""
    for m in DERIVED.finditer(layout.page.text):
        if "CL BY" not in layout.page.text[max(0, m.start() - 40) : m.start()]:
            yield _rule(layout, m.start(), m.end(), "DG_CABLE", "downgrading", "DECL OADR", 0.9)


def _group_lines(layout: Layout) -> Iterator[Marking]:
    """GP-1 to GP-4, alone on a line."""
    for m in GROUP.finditer(layout.page.text):
        yield _rule(layout, m.start(), m.end(), f"DG_GROUP{m[1]}", "downgrading", f"GROUP {m[1]}", 0.85)


def _portions(layout: Layout) -> Iterator[Marking]:
    """Portion marks at the head or end of a paragraph; a single letter counts when there are two or it opens a line."""
    text = layout.page.text
    seen = list(PORTION.finditer(text))
    for m in seen:
        opens = not text[text.rfind("\n", 0, m.start()) + 1 : m.start()].strip(" 0123456789.-()")
        closes = text[m.end() : m.end() + 1] in ("", "\n") or not text[m.end() : m.end() + 3].strip()
        if not (opens or closes) or (len(seen) < 2 and not (opens and text[m.end() : m.end() + 1] == " ")):
            continue
        yield _rule(layout, m.start(), m.end(), "PORTION", "portion", PORTION_LEVEL[m[1]], 0.8)
        for control in re.findall(r"[A-Z]+", m[2]):
            if control in PORTION_CONTROL:
                yield _rule(layout, m.start(), m.end(), "PORTION", "portion", PORTION_CONTROL[control], 0.8)
