"""How well search finds what was misread, on pages whose true text is known. How quick it is: bench/million.py.

    python -m bench.search --known SHARED --archive DIR [--worst N]

`DIR` is an archive of the dev exam's scans (`declass ingest SHARED/exam/dev/scans --archive DIR`). Of each transcribed page
the words that the reading lacks, and has something else for, are asked for: once alone, once with a rarer word of the same
page that was read. Not asked for is what was not read at all (an ink that no reader saw has no form that could be found)
and what is written by hand.

    recall@10     the page is among the first ten
    recovered     of the misses of exact search, those that the wider search finds among the first ten
    precision@10  of the first ten hits by misreadings, on transcribed pages, those whose page truly has the word
"""

from __future__ import annotations

import argparse
import difflib
import itertools
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.misreadings import lexicon
from pipeline.store.schema import documents, pages
from pipeline.store.search import search
from pipeline.store.tokens import tokens

LETTERS = 4  # of a word that is asked for
NEAR = 0.7  # three letters of ten may be wrong, and it is still the same word to an eye


@dataclass(frozen=True, slots=True)
class Item:
    """A word that stands on a page and was read as something else."""

    file: str
    page: int
    word: str
    read: tuple[str, ...]
    beside: str | None

    def nearness(self) -> float:
        """How much of the word is in what was read for it, letter by letter, 0 to 1."""
        from rapidfuzz.distance import Levenshtein

        forms = [*self.read, *(a + b for a, b in itertools.pairwise(self.read))]
        return max((Levenshtein.normalized_similarity(self.word, form) for form in forms), default=0.0)


def transcripts(shared: Path) -> dict[tuple[str, int], list[str]]:
    """The true words of each transcribed page, without what is written by hand."""
    out = {}
    for path in sorted((shared / "exam/dev/pages").glob("*.txt")):
        m = re.fullmatch(r"(.+)\.p(\d+)", path.stem)
        assert m is not None
        lines = [line for line in path.read_text("utf-8").splitlines() if "[[hand" not in line and "[[illegible" not in line]
        out[m[1], int(m[2])] = tokens(re.sub(r"\[\[\w+\]\]", " ", "\n".join(lines)))
    return out


def readings(conn: Connection) -> dict[tuple[str, int], list[str]]:
    owner = documents.c.document_id == pages.c.document_id
    asked = select(documents.c.file_name, pages.c.page, pages.c.text).join(documents, owner)
    return {(Path(r.file_name).stem, r.page): tokens(r.text) for r in conn.execute(asked)}


def items(true: dict[tuple[str, int], list[str]], read: dict[tuple[str, int], list[str]]) -> Iterator[Item]:
    """The misread words; beside each the rarest word of its page that was read."""
    often = Counter(word for words in read.values() for word in set(words))
    for (file, page), words in true.items():
        seen = read.get((file, page), [])
        known = [w for w in set(words) & set(seen) if len(w) >= LETTERS and w.isalpha()]
        beside = min(known, key=lambda w: (often[w], lexicon().get(w, 0), w), default=None)
        asked = set()
        for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, words, seen, autojunk=False).get_opcodes():
            if kind != "replace" or j2 - j1 > 2 * (i2 - i1) + 2 or i2 - i1 > 2 * (j2 - j1) + 1:
                continue  # a line that was not read, beside something else
            for word in words[i1:i2]:
                if len(word) >= LETTERS and word.isalpha() and word not in seen and word not in asked and len(set(word)) > 2:
                    asked.add(word)
                    yield Item(file, page, word, tuple(seen[j1:j2]), beside)


def rank(conn: Connection, query: str, item: Item, exact: bool) -> int | None:
    """The place of the item's page among the first ten."""
    hits = search(conn, query, limit=10, exact=exact).hits
    places = [(Path(hit.file_name).stem, hit.page) for hit in hits]
    return places.index((item.file, item.page)) + 1 if (item.file, item.page) in places else None


def known(conn: Connection, shared: Path, worst: int) -> None:
    true = transcripts(shared)
    every = list(items(true, readings(conn)))
    near = [i for i in every if i.nearness() >= NEAR]
    print(f"{len(every)} misread words on {len({(i.file, i.page) for i in every})} of {len(true)} pages; "
          f"{len(near)} read as something like them")  # fmt: skip
    for name, among in (("alone", every), ("with a rare word", every), ("like it, alone", near),
                        ("like it, with one", near)):  # fmt: skip
        alone = name.endswith("alone")
        asked = [(i, i.word if alone else f"{i.word} {i.beside}") for i in among if alone or i.beside]
        plain = [rank(conn, q, i, True) for i, q in asked]
        wide = [rank(conn, q, i, False) for i, q in asked]
        missed = [n for n, place in enumerate(plain) if place is None]
        again = sum(1 for n in missed if wide[n])
        print(f"{name:18} {len(asked)} queries: recall@10 exact {share(sum(map(bool, plain)), len(asked))}, "
              f"wider {share(sum(map(bool, wide)), len(asked))}; recovered {share(again, len(missed))}")  # fmt: skip
        if name.startswith("like it, with"):
            for n in missed[:worst]:
                if not wide[n]:
                    print("   lost:", asked[n][0].file, asked[n][0].page, asked[n][1], "read", *asked[n][0].read)
    precision(conn, true, sorted({i.word for i in every}), worst)


def precision(conn: Connection, true: dict[tuple[str, int], list[str]], words: list[str], worst: int) -> None:
    right = 0
    wrong = []
    for word in words:
        hits = [h for h in search(conn, word, limit=100).hits if h.misread and (Path(h.file_name).stem, h.page) in true]
        for hit in hits[:10]:
            has = word in true[Path(hit.file_name).stem, hit.page or 0]
            right += has
            wrong += [] if has else [f"{word}: {hit.file_name} {hit.page} {hit.snippet.marked()[:120] if hit.snippet else ''}"]
    print(f"precision@10 of misreadings on transcribed pages: {share(right, right + len(wrong))}")
    for line in wrong[:worst]:
        print("   wrong:", line)


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {part / whole:.2f}" if whole else "0/0"


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--known", type=Path, metavar="SHARED")
    cli.add_argument("--archive", type=Path)
    cli.add_argument("--worst", type=int, default=0)
    args = cli.parse_args()
    if args.known and args.archive:
        with Archive.open(Settings(archive=args.archive)) as archive, archive.reading() as conn:
            known(conn, args.known, args.worst)
    else:
        sys.exit("search: give --known SHARED with --archive DIR")


if __name__ == "__main__":
    main()
