"""Releases of one document: are they found, is what each opens and closes found, and does the time grow with the archive.

    python -m bench.variants --set FOLDER [--worst N]     66 documents with 20 pairs: written, read, compared, scored
    python -m bench.variants --growth 1000 3000 10000     seconds to settle archives of so many made-up documents

A passage is found when six letters of ten are the same, letter by letter, in order; its boxes are right when they cover
half of what was typed there on the one page and of what was withheld there on the other. The growing archive is of texts
with misread letters: a tenth of the documents are second releases, and all share headings and a paragraph of their form.
"""

from __future__ import annotations

import argparse
import hashlib
import pickle
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, select

from bench.variant_pairs import PEOPLE, POSTS, SENTENCES, Pair, Passage, say, write_set
from pipeline.batch.run import Request, ingest
from pipeline.batch.variants import find_variants, leaves
from pipeline.compare.passages import Passage as Found
from pipeline.compare.prints import fold
from pipeline.compare.releases import compare
from pipeline.core.document import Document, Scan
from pipeline.core.geometry import Box, Place
from pipeline.core.page import Page, ReadWord
from pipeline.progress import Log
from pipeline.settings import Settings
from pipeline.store.archive import Archive, now
from pipeline.store.schema import documents, pages, variants
from pipeline.store.variants import paper
from pipeline.store.write import document_row, page_row

Sizes = dict[int, tuple[float, float]]

SAME = 0.6
COVERED = 0.5


def ratio(right: int, told: int, true: int) -> str:
    precision, recall = right / max(1, told), right / max(1, true)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"F1 {f1:.3f} (precision {precision:.3f}, recall {recall:.3f}; {right} right of {told} told, {true} true)"


def scored(folder: Path, worst: bool, seed: int) -> None:
    """Pairs, passages and boxes of the constructed set; whatever of it is there already is taken as it is."""
    gold = _made(folder, seed)
    with Archive.open(Settings.read(archive=folder / "archive")) as archive:
        find_variants(archive)
        with archive.reading() as conn:
            ids = dict(conn.execute(select(documents.c.file_name, documents.c.document_id)).all())
            _pairs(conn, gold, ids)
            _passages(conn, gold, ids, worst)


def _pairs(conn: Connection, gold: Sequence[Pair], ids: dict[str, str]) -> None:
    names = {ident: name for name, ident in ids.items()}
    asked = select(variants.c.document_id, variants.c.other_document_id)
    told = {tuple(sorted((names[a], names[b]))) for a, b in conn.execute(asked)}
    true = {(p.first, p.second) for p in gold}
    print("pairs   ", ratio(len(told & true), len(told), len(true)))
    for pair in sorted(told ^ true):
        print("   ", "wrong" if pair in told else "missed", *pair)


def _passages(conn: Connection, gold: Sequence[Pair], ids: dict[str, str], worst: bool) -> None:
    hits: list[tuple[Passage, Found]] = []
    told = true = boxes = 0
    for pair in gold:
        names = pair.first, pair.second
        found = compare(*(leaves(paper(conn, ids[name])) for name in names))
        sizes = [_sizes(conn, ids[name]) for name in names]
        for side, (wanted, got) in enumerate(((pair.opened, found.opened), (pair.closed, found.closed))):
            matched = _matched(wanted, got)
            hits += matched
            told, true = told + len(got), true + len(wanted)
            boxes += sum(_boxes_right(w, g, sizes[side], sizes[1 - side]) for w, g in matched)
            for w in wanted if worst else ():
                if not any(w is x for x, _ in matched):
                    print(f"    missed {names[side]} page {w.page}: {w.text[:100]}")
            for g in got if worst else ():
                if not any(g is x for _, x in matched):
                    print(f"    wrong  {names[side]} page {g.page}{'' if g.redactions else ' (bare)'}: {g.text[:100]}")
    print("passages", ratio(len(hits), told, true))
    print(f"boxes    right on both pages: {boxes} of {len(hits)}")


def _made(folder: Path, seed: int) -> list[Pair]:
    kept = folder / "gold.pickle"
    if not kept.exists():
        gold = write_set(folder / "scans", seed)
        kept.write_bytes(pickle.dumps(gold))
    if not (folder / "archive").exists():
        ingest(Settings.read(archive=folder / "archive"), Request([str(folder / "scans")], "bench.variants"), Log())
    loaded: list[Pair] = pickle.loads(kept.read_bytes())
    return loaded


def _sizes(conn: Connection, ident: str) -> Sizes:
    asked = select(pages.c.page, pages.c.width, pages.c.height).where(pages.c.document_id == ident)
    return {n: (w, h) for n, w, h in conn.execute(asked)}


def _matched(wanted: Sequence[Passage], got: Sequence[Found]) -> list[tuple[Passage, Found]]:
    """Each passage with the one that was found for it, the most alike first; each once."""
    from rapidfuzz.distance import Indel

    near = [(Indel.normalized_similarity(fold(w.text), fold(g.text)), n, m)
            for n, w in enumerate(wanted) for m, g in enumerate(got) if w.page == g.page]  # fmt: skip
    pairs: list[tuple[Passage, Found]] = []
    for score, n, m in sorted(near, reverse=True):
        if score >= SAME and not any(wanted[n] is w or got[m] is g for w, g in pairs):
            pairs.append((wanted[n], got[m]))
    return pairs


def _boxes_right(wanted: Passage, found: Found, here: Sizes, there: Sizes) -> bool:
    return (found.other_page == wanted.other_page and _covers(found.shown, wanted.shown, here[wanted.page])
            and _covers(found.hidden, wanted.hidden, there[wanted.other_page]))  # fmt: skip


def _covers(found: Sequence[Place], wanted: Sequence[tuple[float, ...]], size: tuple[float, float]) -> bool:
    true = [Box(a * size[0], b * size[1], c * size[0], d * size[1]) for a, b, c, d in wanted]
    return sum(max((p.box.covers(t) for p in found), default=0.0) for t in true) / len(true) >= COVERED


# Growth


def growth(sizes: Sequence[int]) -> None:
    """Settles archives of growing size, and how long one more document takes then."""
    print("documents  pages   pairs  CPU s  s/1000  one more (s)")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, Archive.create(Settings.read(archive=Path(folder))) as archive:
            _fill(archive, made(size))
            begun = time.process_time()
            find_variants(archive)
            spent = time.process_time() - begun
            _fill(archive, made(1, seed=99))
            begun = time.process_time()
            find_variants(archive)
            more = time.process_time() - begun
            with archive.reading() as conn:
                pairs = len(conn.execute(select(variants.c.document_id)).all()) // 2
                read = len(conn.execute(select(pages.c.id)).all())
        print(f"{size:9} {read:6} {pairs:7} {spent:8.1f} {1000 * spent / size:7.1f} {more:13.2f}", flush=True)


def _fill(archive: Archive, papers: Iterator[Document]) -> None:
    while batch := list(islice(papers, 200)):
        _write(archive, batch)


def _write(archive: Archive, batch: Sequence[Document]) -> None:
    """The rows that are compared, without the index of search."""
    with archive.writing() as conn:
        conn.execute(documents.insert(), [document_row(document, "bench", now(), None) for document in batch])
        conn.execute(pages.insert(), [page_row(d.scan.document_id, page) for d in batch for page in d.pages])


def made(count: int, seed: int = 1) -> Iterator[Document]:
    """Documents of a page; each tenth is another reading of the one nine before it, with two fifths of its lines gone."""
    chance = random.Random(seed)
    earlier: list[list[str]] = []
    for n in range(count):
        again = n % 10 == 9
        texts = earlier[0] if again else [_text(chance)]
        earlier = [*earlier, texts][-9:]
        lines = [[line for line in page.split("\n") if not again or chance.random() < 0.6] for page in texts]
        read = tuple(_page(number, page, chance) for number, page in enumerate(lines, 1))
        ident = hashlib.sha256(f"{seed}/{n}".encode()).hexdigest()
        name = f"made-{seed}-{n}.pdf"
        yield Document(Scan(ident, f"/made/{name}", name, "application/pdf", 1, len(read)), read)


def _text(chance: random.Random) -> str:
    names = chance.sample(PEOPLE, 4)
    head = [
        "DEPARTMENT OF STATE",
        "WASHINGTON",
        "MEMORANDUM",
        f"TO: The Secretary, through S/S {names[0]}",
        f"FROM: {names[1]}",
    ]
    said = [say(SENTENCES, names, chance) for _ in range(9)]
    own = ["".join(chance.choice(SYLLABLES) for _ in range(3)) for _ in range(200)]  # words that only this document has
    body = [f"{s} {' '.join(chance.sample(own, 7))} {chance.choice(POSTS)}" for s in said]
    foot = ["This document contains neither recommendations nor conclusions of the FBI.",
            "It is the property of the FBI and is loaned to your agency;",
            "it and its contents are not to be distributed outside your agency."]  # fmt: skip
    return "\n".join([*head, *body, *foot])


SYLLABLES = [c + v for c in "bcdfghklmnprstvw" for v in ("a", "e", "i", "o", "u", "an", "er", "or", "is")]


def _page(number: int, lines: Sequence[str], chance: random.Random) -> Page:
    read: list[list[ReadWord]] = []
    for n, line in enumerate(lines):
        row, left = [], 60.0
        for word in line.split():
            shown = "".join(chance.choice("aeoctlni") if chance.random() < 0.02 else c for c in word)
            row.append(ReadWord(shown, Box(left, 60 + 20.0 * n, left + 5.0 * len(word), 70 + 20.0 * n), 0.9))
            left += 5.0 * len(word) + 5
        read.append(row)
    return Page.of_lines(number, (612, 792), read)


def main(arguments: Sequence[str] | None = None) -> int:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument(
        "--set", type=Path, metavar="FOLDER", help="where the constructed set is, or shall be written and read"
    )
    cli.add_argument("--seed", type=int, default=1, help="of the constructed set, when it is not there yet")
    cli.add_argument("--worst", action="store_true", help="print what was missed and what is wrong")
    cli.add_argument("--growth", type=int, nargs="+", metavar="DOCUMENTS", help="numbers of documents")
    args = cli.parse_args(arguments)
    if args.set:
        scored(args.set, args.worst, args.seed)
    if args.growth:
        growth(args.growth)
    return 0


if __name__ == "__main__":
    sys.exit(main())
