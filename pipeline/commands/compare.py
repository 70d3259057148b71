"""Releases of one document held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.options import archive_options
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.compare.passages import Passage
    from pipeline.compare.releases import Comparison
    from pipeline.core.geometry import Place
    from pipeline.side_by_side import Side, Spread
    from pipeline.store.show import Shown

LONGEST = 400  # characters of a passage that a table shows


@click.command()
@click.argument("document")
@click.argument("other", required=False)
@archive_options
@click.option(
    "--draw",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Draw both, side by side, with every passage: FILE.pdf or FILE.png.",
)
@click.option("--page", type=click.IntRange(min=1), metavar="N", help="Only this page of the first.")
@click.option("--json", "as_json", is_flag=True, help="The passages as JSON, one a line.")
@click.option("--csv", "as_csv", is_flag=True, help="The passages as CSV.")
def compare(
    document: str, other: str | None, archive: Path | None, database: str | None, draw: Path | None, page: int | None,
    as_json: bool, as_csv: bool,
) -> None:  # fmt: skip
    """What one release of a document shows and the other withholds, with the place on both.

    With one DOCUMENT: which other releases of it, or files that share pages with it, the archive has.

    \b
    declass compare memo-1998.pdf
    declass compare memo-1998.pdf memo-2017.pdf
    declass compare memo-1998.pdf memo-2017.pdf --draw both.pdf
    """
    from pipeline import say
    from pipeline.batch.variants import leaves
    from pipeline.compare.releases import compare as held_against
    from pipeline.errors import ArgumentsError
    from pipeline.store.archive import Archive
    from pipeline.store.show import load
    from pipeline.store.variants import known, paper

    with Archive.open(Settings.read(archive=archive, database=database)) as place, place.reading() as conn:
        first = load(conn, document)
        if other is None:
            if draw or page:
                raise ArgumentsError("--draw and --page need two documents.", "Name the other release too.")
            _variants(known(conn, first.document["document_id"]), as_json, as_csv)
            return
        second = load(conn, other)
        both = [first.document["document_id"], second.document["document_id"]]
        if both[0] == both[1]:
            raise ArgumentsError(f"{document!r} and {other!r} are the same file.", "Name two releases.")
        found = held_against(*(leaves(paper(conn, ident)) for ident in both))
    passages = [p for p in _in_order(found) if page in (None, p[0].page if p[1] else p[0].other_page)]
    if as_json or as_csv:
        say.rows((_row(p, first if opened else second, second if opened else first) for p, opened in passages), as_json)
    else:
        _told(found, passages, first, second)
    if draw:
        from pipeline.side_by_side import draw_spreads

        drawn = draw_spreads(_spreads(found, passages, first, second, page), draw)
        say.note(f"{drawn} pages of both drawn to {draw}.")


def _in_order(found: Comparison) -> list[tuple[Passage, bool]]:
    """All passages in the order of the first's pages; whether the first shows them."""
    every = [(p, True) for p in found.opened] + [(p, False) for p in found.closed]
    return sorted(every, key=lambda p: (p[0].page if p[1] else p[0].other_page, not p[1], p[0].start))


def _variants(rows: Sequence[dict[str, Any]], as_json: bool, as_csv: bool) -> None:
    from pipeline import say

    if as_json or as_csv:
        say.rows(rows, as_json)
        return
    lines = [(r["file_name"], r["release_date"], "the same document" if r["whole"] else "shares pages",
              f"{r['similarity']:.0%}", r["opened"], r["closed"], r["other_document_id"][:16]) for r in rows]  # fmt: skip
    columns = ("other", "released", "is", "alike", "only this shows", "only the other shows", "id")
    if lines:
        say.out().print(say.table("", columns, lines, right=("alike", "only this shows", "only the other shows")))
    else:
        say.note("no other release of it is in this archive.")


def _told(found: Comparison, passages: Sequence[tuple[Passage, bool]], first: Shown, second: Shown) -> None:
    from pipeline import say

    names = [shown.document["file_name"] for shown in (first, second)]
    if not found.pages:
        say.note(f"{names[0]} and {names[1]} have no page in common.")
        return
    what = "are one document" if found.one_document else "share pages" if found.kin else "have little in common"
    pages = ", ".join(f"{s.first.page.number}={s.second.page.number}" for s in found.pages)
    print(
        f"A {names[0]} and B {names[1]} {what}: {found.similarity:.0%} of the shorter stands in the longer; pages A=B: {pages}"
    )
    for name, lone in zip(names, (found.lone, found.other_lone), strict=True):
        if lone:
            print(f"only in {name}: page {', '.join(map(str, lone))}")
    lines = [(n, "A" if opened else "B", p.page, _at(p.shown), say.brief(p.text, LONGEST), p.other_page, _at(p.hidden), _how(p))
             for n, (p, opened) in enumerate(passages, 1)]  # fmt: skip
    columns = ("", "shown in", "page", "at", "text", "withheld on page", "at", "how")
    if lines:
        say.out().print(say.table("", columns, lines, right=("", "page", "withheld on page")))
    else:
        print("Neither shows what the other withholds.")


def _how(passage: Passage) -> str:
    styles = dict.fromkeys(" ".join(filter(None, (r.style, r.code))) for r in passage.redactions)
    return ", ".join(styles) or "bare paper"


def _at(places: Sequence[Place]) -> str:
    """The box around the places on their first page, in points."""
    from pipeline.core.geometry import Box

    if not places:
        return ""
    box = Box.around(p.box for p in places if p.page == places[0].page)
    return f"{box.left:.0f},{box.top:.0f} {box.right:.0f},{box.bottom:.0f}"


def _row(passage: Passage, here: Shown, there: Shown) -> dict[str, Any]:
    return {
        "shown_in": here.document["file_name"],
        "withheld_in": there.document["file_name"],
        "page": passage.page,
        "other_page": passage.other_page,
        "text": passage.text,
        "characters": len(passage.text),
        "how": _how(passage),
        "start": passage.start,
        "end": passage.end,
        "boxes": [_box(p) for p in passage.shown],
        "other_boxes": [_box(p) for p in passage.hidden],
        "redactions": [r.finding_id for r in passage.redactions],
        "document_id": here.document["document_id"],
        "other_document_id": there.document["document_id"],
    }


def _box(place: Place) -> dict[str, float]:
    box = place.box.rounded()
    return {"page": place.page, "left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom}


def _spreads(
    found: Comparison, passages: Sequence[tuple[Passage, bool]], first: Shown, second: Shown, page: int | None
) -> Iterator[Spread]:
    """The pages that differ, or all in common when none does."""
    from pipeline.side_by_side import Spread, Tie

    ties: dict[tuple[int, int], list[Tie]] = {}
    for number, (p, opened) in enumerate(passages, 1):
        pair = (p.page, p.other_page) if opened else (p.other_page, p.page)
        tie = Tie(number, opened, tuple(s.box for s in p.shown), tuple(h.box for h in p.hidden))
        ties.setdefault(pair, []).append(tie)
    pairs = {(s.first.page.number, s.second.page.number) for s in found.pages if page in (None, s.first.page.number)}
    for a, b in sorted(ties or pairs):
        yield Spread(_side(first, a), _side(second, b), tuple(ties.get((a, b), ())))


def _side(shown: Shown, page: int) -> Side:
    import os

    from pipeline.core.names import found
    from pipeline.side_by_side import Side

    document = shown.document
    path = next((p for p in shown.paths if os.path.exists(found(p))), document["source_path"])
    rotation = next(p.rotation for p in shown.read if p.number == page)
    released = f", released {document['release_date']}" if document["release_date"] else ""
    return Side(path, document["media_type"], page, rotation, f"{document['file_name']}, page {page}{released}")
