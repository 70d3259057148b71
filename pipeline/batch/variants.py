"""Releases of one document find each other, after an ingest: what came in is held against what shares its fingerprints.

A few documents at a time, each time in one transaction: whatever ends the program, the next ingest goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.compare.leaves import Leaf, Withheld, body
from pipeline.compare.releases import METHOD, characters, compare
from pipeline.core.geometry import Box, Place
from pipeline.core.page import Page
from pipeline.store.archive import Archive
from pipeline.store.turns import keep_still
from pipeline.store.variants import (
    Paper,
    Variant,
    candidates,
    name_duplicates,
    paper,
    put_prints,
    settle,
    unprinted,
    unsettled,
)

FEW = 100
"""Documents to a transaction."""
PEN = ("handwriting", "stamp-ink")


def find_variants(archive: Archive) -> None:
    """Fingerprints of what is new, the comparisons that they lead to, and which of each group stands for all."""
    while _print_some(archive):
        pass
    while _settle_some(archive):
        pass
    with archive.writing() as conn:
        keep_still(conn)
        name_duplicates(conn)


def leaves(told: Paper) -> list[Leaf]:
    """The pages of a document as they are compared."""
    return [_leaf(page, told) for page in told.pages]


def _print_some(archive: Archive) -> bool:
    with archive.writing() as conn:
        keep_still(conn)
        new = unprinted(conn, METHOD, FEW)
        for one in new:
            put_prints(conn, one, METHOD, {leaf.page.number: leaf.prints for leaf in body(leaves(paper(conn, one)))})
    return bool(new)


def _settle_some(archive: Archive) -> bool:
    """Holds some documents against those that are settled; two that wait meet when the second has its turn."""
    with archive.writing() as conn:
        keep_still(conn)
        waiting = unsettled(conn, FEW)
        read: dict[str, list[Leaf]] = {}
        for one in waiting:
            others = candidates(conn, one)
            for ident in (one, *others) if others else ():
                if ident not in read:
                    read[ident] = leaves(paper(conn, ident))
            settle(conn, one, [v for other in others if (v := _variant(one, other, read))])
    return bool(waiting)


def _variant(one: str, other: str, read: Mapping[str, list[Leaf]]) -> Variant | None:
    """The two compared, the first by id first, so that who came first makes no difference; None when they are no kin."""
    first, second = sorted((one, other))
    found = compare(read[first], read[second])
    if not found.kin:
        return None
    counts = characters(found.opened), characters(found.closed)
    return Variant(first, second, found.similarity, *counts, METHOD, found.one_document)


def _leaf(page: Page, told: Paper) -> Leaf:
    number = page.number
    here = [r for r in told.redactions if r["page"] == number]
    added = [*told.stamps, *told.marks]
    return Leaf(
        page=page,
        withheld=tuple(Withheld(r["finding_id"], number, _box(r), r["start"], r["end"], r["style"], r["code"]) for r in here),
        added=(*(p for r in added for p in _places(r) if p.page == number),
               *(Place(number, r.box) for r in page.regions if r.kind in PEN)),
        added_spans=tuple((r["start"], r["end"]) for r in added
                          if r["page"] == number and r["left"] is None and r["start"] is not None),
        cover=number in told.covers,
    )  # fmt: skip


def _places(row: Mapping[str, Any]) -> list[Place]:
    if row["boxes"]:
        return [Place(b["page"], Box(b["left"], b["top"], b["right"], b["bottom"])) for b in row["boxes"]]
    box = _box(row)
    return [Place(row["page"], box)] if box else []


def _box(row: Mapping[str, Any]) -> Box | None:
    return None if row["left"] is None else Box(row["left"], row["top"], row["right"], row["bottom"])
