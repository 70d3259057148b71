"""How well search finds what was misread, on pages whose true words are known. How quick it is: bench/million.py.

    python -m bench.search --known SHARED --archive DIR [--silver] [--worst N]
    python -m bench.search --forms N

`DIR` is an archive of the dev exam's scans (`declass ingest SHARED/exam/dev/scans --archive DIR`), or, with `--silver`, of
records of SHARED/silver, where the words on which two machine transcriptions agree are held for true.

An item is a word (of four letters or more, not written by hand) that the page truly has and its text as read has not, with
something else in its place. It was *seen* when what stands in its place shares at least seven of ten letters with it, gaps
apart: an ink that no reader saw as anything like the word has no form that could be found, and nothing is claimed for it.
Each item is asked for alone, with the rarest word of its page that was read, and with a word of its page taken by lot.

    recall@10     the item's page is among the first ten
    recovered     of the items that exact search misses, those that the wider one has among the first ten
    precision@10  of the first ten hits by misreadings on pages whose words are known, those whose page truly has the word:
                  for the items' words, alone and with a rare word, and for every word that the pages truly have
    in vain       a rare word of a page with a word that the page has not: how often misreadings answer all the same

Alone, a word that ten pages have as read cannot bring a misread page among the first ten: what was read as asked comes first.
Such items are counted, and left out of the line "alone, rare". Figures are given for both halves of the pages apart: what
was chosen by figures was chosen on the first (`first half`, by lot).
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import itertools
import math
import random
import re
import string
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from pipeline.core.page import Page
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.forms import strange, take_in
from pipeline.store.fulltext import index_of
from pipeline.store.hits import Hit
from pipeline.store.letters import confusions
from pipeline.store.misreadings import lexicon
from pipeline.store.schema import documents, pages
from pipeline.store.search import search
from pipeline.store.sought import misreadings
from pipeline.store.tokens import tokens
from pipeline.store.write import page_row

LETTERS = 4  # of a word that is asked for
NEAR = 0.7  # three letters of ten may be wrong, and it is still the same word to an eye
ALPHABET = string.ascii_lowercase
WINDOW = 6  # words in a row that may be in dispute between a transcription and the reading of a silver page

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Item:
    """A word that stands on a page and was read as something else."""

    place: Place
    word: str
    read: tuple[str, ...]
    rare: str | None
    any: str | None

    def seen(self) -> bool:
        from rapidfuzz.distance import Levenshtein

        gone = ["".join(self.read[i:j]) for i, j in itertools.combinations(range(len(self.read) + 1), 2)]
        return max((Levenshtein.normalized_similarity(self.word, form) for form in gone), default=0.0) >= NEAR

    def first_half(self) -> bool:
        return int(hashlib.sha256(self.place[0].encode()).hexdigest(), 16) % 2 == 0


@dataclass(frozen=True, slots=True)
class Known:
    """The true words of each page, and what was misread of them."""

    words: dict[Place, set[str]]
    items: list[Item]
    asked: set[str]  # of which it is sure that a page has them


def readings(conn: Connection) -> dict[Place, list[str]]:
    owner = documents.c.document_id == pages.c.document_id
    asked = select(documents.c.file_name, pages.c.page, pages.c.text).join(documents, owner)
    return {(Path(r.file_name).stem, r.page): tokens(r.text) for r in conn.execute(asked)}


def of_dev(shared: Path, read: dict[Place, list[str]]) -> Known:
    """The transcribed pages, without what is written by hand. Asked for is what a person asks for: words, and names (with
    a capital); not what a line's end or a torn edge leaves of words, nor what the typist ran together."""
    true: dict[Place, list[str]] = {}
    words: dict[Place, set[str]] = {}
    names: set[str] = set()
    for path in sorted((shared / "exam/dev/pages").glob("*.txt")):
        m = re.fullmatch(r"(.+)\.p(\d+)", path.stem)
        assert m is not None
        lines = [line for line in path.read_text("utf-8").splitlines() if "[[hand" not in line and "[[illegible" not in line]
        text = re.sub(r"\[\[\w+\]\]", " ", "\n".join(lines))
        true[m[1], int(m[2])] = tokens(text)
        words[m[1], int(m[2])] = {*tokens(text), *joined(text)}
        names |= {token for name in re.findall(r"\b[A-Z]\w+", text) for token in tokens(name)}
    often = Counter(word for words in read.values() for word in set(words))
    items = [
        item
        for place, words in true.items()
        for item in _items(place, words, read.get(place, []), disputes(words, read.get(place, [])), often)
        if item.word in lexicon() or item.word in names
    ]
    return Known(words, items, set().union(*true.values()))


def of_silver(shared: Path, read: dict[Place, list[str]]) -> Known:
    """Records with two transcriptions: words that both have, in a row with the words about them."""
    often = Counter(word for words in read.values() for word in set(words))
    words: dict[Place, set[str]] = {}
    items: list[Item] = []
    sure: set[str] = set()
    for stem in sorted({file for file, _ in read}):
        texts = [(shared / "silver" / which / f"{stem}.txt").read_text("utf-8") for which in "ab"]
        both = [tokens(text) for text in texts]
        sure |= set(both[0]) & set(both[1])
        agreed = {
            n
            for block in difflib.SequenceMatcher(None, both[0], both[1], autojunk=False).get_matching_blocks()
            if block.size > 1
            for n in range(block.a, block.a + block.size)
        }
        seen = [(word, page) for (file, page), ws in sorted(read.items()) if file == stem for word in ws]
        here: dict[int, list[tuple[str, tuple[str, ...]]]] = {}
        for i1, i2, j1, j2 in _blocks(both[0], [word for word, _ in seen]):
            if i2 - i1 <= WINDOW and agreed.issuperset(range(i1, i2)):
                there = tuple(word for word, _ in seen[j1:j2])
                # both transcribers can misread alike: only words of the period are held for true
                here.setdefault(seen[j1][1], []).extend((w, there) for w in both[0][i1:i2] if w in lexicon())
        for page, disputed in sorted(here.items()):
            items += _items((stem, page), both[0], read[stem, page], disputed, often)
        for file, page in read:
            if file == stem:
                words[file, page] = set().union(*both, *map(joined, texts))
    return Known(words, items, sure)


def joined(text: str) -> set[str]:
    """Words that a line's end parts: who looks for one has found it."""
    return {"".join(tokens(m[1] + m[2])) for m in re.finditer(r"(\w+)-\s+(\w+)", text)}


def disputes(true: list[str], read: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Words of which the reading has something else, with that."""
    return [(word, tuple(read[j1:j2])) for i1, i2, j1, j2 in _blocks(true, read) for word in true[i1:i2]]


def _blocks(true: list[str], read: list[str]) -> Iterator[tuple[int, int, int, int]]:
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, true, read, autojunk=False).get_opcodes():
        if kind == "replace" and j2 - j1 <= 2 * (i2 - i1) + 2 and i2 - i1 <= 2 * (j2 - j1) + 1:
            yield i1, i2, j1, j2  # else a line that was not read, beside something else


def _items(
    place: Place,
    true: Sequence[str],
    read: Sequence[str],
    disputed: Sequence[tuple[str, tuple[str, ...]]],
    often: Counter[str],
) -> Iterator[Item]:
    right = sorted(w for w in set(true) & set(read) if len(w) >= LETTERS and w.isalpha())
    rare = min(right, key=lambda w: (often[w], lexicon().get(w, 0), w), default=None)
    asked = set()
    for word, there in disputed:
        if len(word) >= LETTERS and word.isalpha() and word not in read and word not in asked and len(set(word)) > 2:
            asked.add(word)
            lot = random.Random(f"{place} {word}")
            yield Item(place, word, there, rare, lot.choice(right) if right else None)


# asking


def rank(conn: Connection, query: str, place: Place, exact: bool) -> int | None:
    """The place of the page among the first ten."""
    places = [(Path(h.file_name).stem, h.page) for h in search(conn, query, limit=10, exact=exact).hits]
    return places.index(place) + 1 if place in places else None


def recall(conn: Connection, known: Known, read: dict[Place, list[str]], worst: int) -> None:
    seen = [i for i in known.items if i.seen()]
    asked_of = len({i.place for i in known.items})
    print(f"{len(known.items)} misread words on {asked_of} of {len(known.words)} pages; seen as something like them: "
          f"{share(len(seen), len(known.items))}")  # fmt: skip
    often = Counter(word for words in read.values() for word in set(words))
    rarely = [i for i in seen if often[i.word] < 10]
    ways: list[tuple[str, list[Item], Callable[[Item], str | None]]] = [
        ("alone", seen, lambda i: i.word),
        ("alone, rare", rarely, lambda i: i.word),
        ("with a rare word", seen, lambda i: f"{i.word} {i.rare}" if i.rare else None),
        ("with any word", seen, lambda i: f"{i.word} {i.any}" if i.any else None),
        ("unseen, with a rare word", [i for i in known.items if not i.seen()],
         lambda i: f"{i.word} {i.rare}" if i.rare else None),
    ]  # fmt: skip
    for name, among, query in ways:
        asked = [(i, q) for i in among if (q := query(i))]
        plain = {i: rank(conn, q, i.place, True) for i, q in asked}
        wide = {i: rank(conn, q, i.place, False) for i, q in asked}
        for half, which in (("all", (True, False)), ("first half", (True,)), ("second half", (False,))):
            some = [i for i, _ in asked if i.first_half() in which]
            missed = [i for i in some if plain[i] is None]
            first, later = (share(sum(1 for i in some if places[i]), len(some)) for places in (plain, wide))
            again = share(sum(1 for i in missed if wide[i]), len(missed))
            print(f"{name:24} {half:11} {len(some):4} queries: recall@10 exact {first}, wider {later}; recovered {again}")
        for i, q in [(i, q) for i, q in asked if not wide[i]][: worst if among is not seen or "with" in name else 0]:
            print("   lost:", *i.place, q, "| read", *i.read)


def precision(conn: Connection, known: Known, worst: int) -> None:
    every = {w for w in known.asked if len(w) >= LETTERS and w.isalpha()}
    misread = sorted({i.word for i in known.items})
    beside = [f"{i.word} {i.rare}" for i in known.items if i.rare]
    for name, queries in (("misread words", misread), ("with a rare word", beside), ("every word", sorted(every))):
        counts = {True: [0, 0], False: [0, 0]}
        wrong = []
        for query in queries:
            for place, hit in _by_misreadings(conn, query, known):
                has = known.words[place].issuperset(query.split())
                counts[Item(place, query, (), None, None).first_half()][has] += 1
                if not has:
                    wrong.append(f"{query}: {place} {hit.snippet.marked()[:120] if hit.snippet else ''}")
        both = [sum(c) for c in zip(*counts.values(), strict=True)]
        every_one, first, second = (share(c[1], sum(c)) for c in (both, *counts.values()))
        print(f"precision@10 of misreadings, {name}: {every_one}; first half {first}, second half {second}")
        for line in wrong[:worst]:
            print("   wrong:", line)
    asked = [(i, lot) for i in known.items if i.rare and (lot := _elsewhere(i, known, sorted(every)))]
    vain = [query for i, lot in asked if any(_by_misreadings(conn, query := f"{lot} {i.rare}", known))]
    print(f"asked in vain, answered by misreadings: {share(len(vain), len(asked))}")
    for query in vain[:worst]:
        print("   answered:", query)


def _by_misreadings(conn: Connection, query: str, known: Known) -> list[tuple[Place, Hit]]:
    hits = [((Path(h.file_name).stem, h.page or 0), h) for h in search(conn, query, limit=100).hits if h.misread]
    return [(place, hit) for place, hit in hits if place in known.words][:10]


def _elsewhere(item: Item, known: Known, every: Sequence[str]) -> str | None:
    """A word, by lot, that some pages truly have and this one has not."""
    lot = random.Random(f"elsewhere {item.place} {item.word}")
    return next((w for w in lot.sample(every, min(20, len(every))) if w not in known.words[item.place]), None)


# speed


def forms_of_lexicon(count: int) -> Iterator[list[str]]:
    """Different forms, some thousands at a time."""
    lot = random.Random(5)
    words = [w for w in lexicon() if len(w) >= LETTERS and w.isalpha()]
    often = list(itertools.accumulate(lexicon()[w] for w in words))
    ways = {
        letter: (list(read), list(itertools.accumulate(math.exp(-cost) for cost in read.values())))
        for letter, read in confusions().items()
        if len(letter) == 1
    }
    seen: set[str] = set()
    while len(seen) < count:
        new = set()
        for word in lot.choices(words, cum_weights=often, k=20_000):
            form = word
            for _ in range(1 + min(4, int(lot.expovariate(0.8)))):
                at = lot.randrange(len(form))
                read, weights = ways.get(form[at], ([""], [1.0]))
                known = lot.random() < 0.75
                form = form[:at] + (lot.choices(read, cum_weights=weights)[0] if known else lot.choice(ALPHABET)) + form[at + 1 :]
                if len(form) < LETTERS:
                    break
            if strange(form) and form not in seen:
                new.add(form)
        seen |= new
        yield sorted(new)


def speed(count: int) -> None:
    with (
        tempfile.TemporaryDirectory() as scratch,
        Archive.create(Settings(archive=Path(scratch) / "A")) as archive,
    ):
        number = made = 0
        start = time.monotonic()
        for some in forms_of_lexicon(count):
            with archive.writing() as conn:
                name = f"{number:08d}"
                conn.execute(documents.insert().values(document_id=name, file_name=name, source_path=name, bytes=1, pages=1,
                                                       media_type="text/plain", status="complete"))  # fmt: skip
                read = Page.of_text(1, " ".join(some))
                conn.execute(pages.insert().values(page_row(name, read)))
                index_of(conn).complete(conn)
                take_in(conn, [read])
            number, made = number + 1, made + len(some)
        print(f"{made} forms made and taken in, {made / (time.monotonic() - start):.0f} a second")
        lot = random.Random(11)
        words = [w for w in lexicon() if len(w) >= LETTERS and w.isalpha()]
        asked = lot.choices(words, weights=[lexicon()[w] for w in words], k=200)
        asked += ["".join(lot.choices("aeioubcdlmnrst", k=8)) for _ in range(20)]
        with archive.reading() as conn:
            taken = []
            for word in ("first", *asked):
                start = time.monotonic()
                misreadings([word], conn, index_of(conn))
                taken.append(time.monotonic() - start)
        ms = sorted(1000 * t for t in taken[1:])  # the first one reads the lexicon
        print(f"{len(ms)} words: median {ms[len(ms) // 2]:.0f} ms, p95 {ms[int(0.95 * len(ms))]:.0f} ms, worst {ms[-1]:.0f} ms; "
              f"the first of a process {1000 * taken[0]:.0f} ms")  # fmt: skip


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {part / whole:.2f}" if whole else "0/0"


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--known", type=Path, metavar="SHARED")
    cli.add_argument("--archive", type=Path)
    cli.add_argument("--silver", action="store_true")
    cli.add_argument("--worst", type=int, default=0)
    cli.add_argument("--forms", type=int, metavar="N")
    args = cli.parse_args()
    if args.forms:
        speed(args.forms)
        return
    if not (args.known and args.archive):
        sys.exit("search: give --known SHARED with --archive DIR, or --forms N")
    with Archive.open(Settings(archive=args.archive)) as archive, archive.reading() as conn:
        read = readings(conn)
        known = of_silver(args.known, read) if args.silver else of_dev(args.known, read)
        recall(conn, known, read, args.worst)
        precision(conn, known, args.worst)


if __name__ == "__main__":
    main()
