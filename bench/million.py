"""How quick search is at a million pages, beside bare FTS5 and Datasette over the same file.

    python -m bench.million --words SHARED [--pages N] [--database sqlite|postgresql] [--peers] [--folder DIR]
    python -m bench.million --folder DIR [--peers]

Pages are 250 words each, sampled as often as the training texts of the exam have them, two in a hundred with a letter
misread, so that the vocabulary grows as that of an archive does; four pages a document, documents of eleven agencies, 36
years, five levels, eight types, 400 boxes. They are written as an ingest writes them, 1000 documents a commit; the time is
that of writing and indexing, without making them up. PostgreSQL is a server of its own (`bench/server.py`).
Without `--words` the archive that an earlier run made in the folder is asked.

The files are read once before, so that not the disk is measured. Each query is asked once, in a random order, after one
that warms up: words on few pages, phrases of two or three words that stand somewhere, words on a third of the pages. As a
person asks: the first twenty hits with their passages; without misreadings (`--exact`), which the peers do not know either.
Then words on few pages with their misreadings, and how long it takes alone to look for the misreadings of a word: of words
of the lexicon, by lot, as often as they were met.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import gzip
import io
import itertools
import json
import random
import sqlite3
import statistics
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, redirect_stderr
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from sqlalchemy import Connection, func, select

from pipeline.core.page import Page, Word
from pipeline.settings import Settings
from pipeline.store import forms
from pipeline.store.archive import Archive
from pipeline.store.facets import facets
from pipeline.store.fulltext import index_of
from pipeline.store.misreadings import lexicon
from pipeline.store.postings import wide
from pipeline.store.schema import documents, pages
from pipeline.store.search import search
from pipeline.store.sought import misreadings
from pipeline.store.tokens import tokens
from pipeline.store.words import blocks

WORDS, PAGES, AT_ONCE = 250, 4, 1000
BROKEN = 0.02
ASKED = 20  # queries of a kind
AGENCIES = ("CIA", "State", "State", "FBI", "NSC", "DOD", "AEC", "NSA", "USIA", "Army", "Navy", "JCS")
LEVELS = ("SECRET", "TOP SECRET", "CONFIDENTIAL", "UNCLASSIFIED", None)
TYPES = ("memorandum", "cable", "letter", "report", "airgram", "minutes", "form", "note")
FACETS = ("year", "agency", "classification", "type", "box")


@dataclass(slots=True)
class Pace:
    """Seconds that it took to write pages, index included; to index them; and of this process's own time for the index."""

    written: float = 0.0
    indexed: float = 0.0
    cpu: float = 0.0


@cache
def word(text: str) -> Word:
    return Word(text, 0, 0, None, 1.0, "transcript")


def memos(shared: Path, count: int) -> Iterator[tuple[dict[str, object], list[list[str]]]]:
    """Documents and the words of their pages, the same each time."""
    often: Counter[str] = Counter()
    with gzip.open(shared / "exam/text/frus_train.jsonl.gz", "rt", encoding="utf-8") as f:
        for line in f:
            often.update(tokens(json.loads(line)["text"]))
    chance, dice = random.Random(7), np.random.default_rng(7)
    vocabulary = np.array(list(often), dtype=object)
    bounds = np.cumsum(list(often.values())) / often.total()
    for n in range(count // PAGES):
        words = vocabulary[np.searchsorted(bounds, dice.random(WORDS * PAGES + 6))].tolist()
        for at in chance.sample(range(len(words)), int(len(words) * BROKEN)):
            letter = chance.randrange(len(words[at]))
            words[at] = words[at][:letter] + chance.choice("abcdefghijklmnopqrstuvwxyz") + words[at][letter + 1 :]
        year = chance.randint(1945, 1980)
        row = {
            "document_id": f"{n:064d}", "file_name": f"{n}.pdf", "source_path": f"/{n}.pdf", "media_type": "application/pdf",
            "bytes": 1, "pages": PAGES, "status": "complete", "date": str(year), "date_from": f"{year}-01-01",
            "date_to": f"{year}-12-31", "agency": chance.choice(AGENCIES), "classification": chance.choice(LEVELS),
            "doc_type": chance.choice(TYPES), "box": str(chance.randint(1, 400)), "subject": " ".join(words[-6:]),
        }  # fmt: skip
        yield row, [words[i * WORDS : (i + 1) * WORDS] for i in range(PAGES)]


def page(document_id: object, number: int, words: list[str]) -> dict[str, object]:
    """As `write.page_row` makes it of a transcript, only quicker."""
    starts = itertools.accumulate((len(w) + 1 for w in words), initial=0)
    listed = ",".join(f'["{w}",{at},0,null,1.0,"transcript"]' for w, at in zip(words, starts, strict=False))
    text = " ".join(words)
    whole = f'[{number},null,null,"{text}",[{listed}],0,null,0.0,false,"good","","transcript",1.0,[],[]]'
    return {"document_id": document_id, "page": number, "rotation": 0, "blank": False, "grade": "good", "confidence": 1.0,
            "reader": "transcript", "text": text, "words": zlib.compress(whole.encode(), 1)}  # fmt: skip


def fill(archive: Archive, shared: Path, count: int) -> Pace:
    pace = Pace()
    source = memos(shared, count)
    while some := list(itertools.islice(source, AT_ONCE)):
        rows = [page(row["document_id"], n, words) for row, leaves in some for n, words in enumerate(leaves, 1)]
        read = [Page(1, None, None, "", tuple(map(word, words))) for _, leaves in some for words in leaves]
        start = time.monotonic()
        with archive.writing() as conn:
            conn.execute(documents.insert(), [row for row, _ in some])
            conn.execute(pages.insert(), rows)
            middle = time.monotonic(), time.process_time()
            index_of(conn).complete(conn)
            forms.take_in(conn, read)
        pace.written += time.monotonic() - start
        pace.indexed += time.monotonic() - middle[0]
        pace.cpu += time.process_time() - middle[1]
    return pace


@dataclass(frozen=True, slots=True)
class Queries:
    rare: tuple[str, ...]
    phrases: tuple[str, ...]
    frequent: tuple[str, ...]
    known: tuple[str, ...]

    def kinds(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return ("rare word", self.rare), ("phrase", self.phrases), ("word on 30 % of the pages", self.frequent)


def queries(conn: Connection) -> Queries:
    """What to ask: by the number of pages that have each word, and by what stands on the first pages."""
    on: Counter[str] = Counter()
    for words, sizes in conn.execute(select(blocks.c.words, blocks.c.sizes)):
        listed = words.split(" ")
        for word, size in zip(listed, wide(sizes, len(listed)).tolist(), strict=True):
            on[word] += size
    count = conn.execute(select(func.count()).select_from(pages)).scalar_one()
    chance = random.Random(11)
    plain = sorted(w for w in on if w.isalpha() and len(w) > 3)
    rare = [w for w in plain if 0.00005 * count <= on[w] <= 0.001 * count]
    frequent = sorted(plain, key=lambda w: abs(on[w] - 0.3 * count))[: ASKED // 2]
    first = select(pages.c.text).where(pages.c.page == 1).order_by(pages.c.id).limit(ASKED)
    phrases = [_phrase(text.split(" "), 2 + n % 2) for n, text in enumerate(conn.execute(first).scalars())]
    met = [w for w in lexicon() if len(w) > 3 and w.isalpha()]
    known = chance.choices(met, weights=[lexicon()[w] for w in met], k=5 * ASKED)
    return Queries(tuple(chance.sample(rare, ASKED)), tuple(phrases), tuple(frequent), tuple(known))


def _phrase(words: Sequence[str], length: int) -> str:
    """The first words of a page from where two long ones follow each other."""
    at = next(i for i in range(WORDS - 1) if all(len(w) > 4 for w in words[i : i + 2]))
    return f'"{" ".join(words[at : at + length])}"'


def told(name: str, asked: Sequence[str], ask: Callable[[str], object]) -> None:
    """Asks each query once and prints the median, the 95th percentile and the most, of wall clock and of this process."""
    ask(asked[0])
    walls, cpus = [], []
    for query in random.Random(3).sample(list(asked), len(asked)):
        wall, cpu = time.monotonic(), time.process_time()
        ask(query)
        walls.append((time.monotonic() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    p95 = [statistics.quantiles(some, n=20, method="inclusive")[-1] for some in (walls, cpus)]
    print(f"{name:44} {statistics.median(walls):8.0f} {p95[0]:8.0f} {p95[1]:8.0f}", flush=True)


def ours(archive: Archive, asked: Queries) -> None:
    with archive.reading() as conn:
        for name, some in asked.kinds():
            told(f"declass, {name}", some, lambda q: search(conn, q, exact=True))
            told(f"declass, {name}, by document", some, lambda q: search(conn, q, by="document", exact=True))

        def with_facets(query: str) -> None:
            search(conn, query, exact=True)
            facets(conn, query, FACETS, exact=True)

        told("declass, word on 30 %, five facets as well", asked.frequent, with_facets)
        told("declass, rare word, misreadings as well", asked.rare, lambda q: search(conn, q))
        told("declass, misreadings of a word alone", asked.known, lambda q: misreadings([q], conn, index_of(conn)))


def bare(file: Path, asked: Queries) -> None:
    """FTS5 as it comes: an index over the text of the same pages, ranked by bm25, and a join for the facets."""
    with sqlite3.connect(file) as conn:
        start = time.monotonic()
        conn.execute("CREATE VIRTUAL TABLE IF NOT EXISTS bare USING fts5(text, content='pages', content_rowid='id')")
        conn.execute("INSERT INTO bare(bare) VALUES ('rebuild')")
        conn.commit()
        seconds = time.monotonic() - start
        count = conn.execute("SELECT count(*) FROM pages").fetchone()[0]
        print(f"bare FTS5 indexes {count / seconds:.0f} pages a second, without writing them")
        best = "SELECT rowid FROM bare WHERE bare MATCH ? ORDER BY bm25(bare) LIMIT 20"
        first = f"SELECT p.document_id, p.page, substr(p.text, 1, 240) FROM ({best}) f JOIN pages p ON p.id = f.rowid"
        many = "SELECT count(*) FROM bare WHERE bare MATCH ?"
        facet = ("SELECT {}, count(DISTINCT d.document_id) FROM bare JOIN pages p ON p.id = bare.rowid JOIN documents d USING"
                 " (document_id) WHERE bare MATCH ? GROUP BY 1 ORDER BY 2 DESC LIMIT 10")  # fmt: skip

        def search_(query: str, facets_: Sequence[str] = ()) -> None:
            text = query if query.startswith('"') else f'"{query}"'
            for sql in (first, many, *[facet.format(column) for column in facets_]):
                conn.execute(sql, (text,)).fetchall()

        for name, some in asked.kinds():
            told(f"bare FTS5, {name}", some, search_)
        told("bare FTS5, word on 30 %, one facet as well", asked.frequent[:3], lambda q: search_(q, ("d.agency",)))


def datasette(file: Path, asked: Queries) -> None:
    """Datasette's own answer to `?_search=`, over the index of `bare`; it stops a query after one second."""
    from datasette.app import Datasette  # type: ignore[import-untyped,unused-ignore]

    with sqlite3.connect(file) as conn:
        conn.execute("CREATE VIEW IF NOT EXISTS memos AS SELECT p.id, p.page, p.text, d.file_name, substr(d.date, 1, 4) AS year,"
                     " d.agency, d.classification, d.doc_type, d.box FROM pages p JOIN documents d"
                     " USING (document_id)")  # fmt: skip
    loop = asyncio.new_event_loop()
    app = Datasette([str(file)])
    loop.run_until_complete(app.invoke_startup())
    short = 0

    def ask(query: str, facets_: Sequence[str] = ()) -> None:
        nonlocal short
        given = [("_search", query), ("_fts_table", "bare"), ("_fts_pk", "id"), ("_size", "20"), ("_shape", "objects")]
        url = f"/{file.stem}/memos.json?{urlencode([*given, *(('_facet', f) for f in facets_)])}"
        with redirect_stderr(io.StringIO()):  # it prints whole tracebacks of what it stopped
            answer = loop.run_until_complete(app.client.get(url))
        said = answer.json()
        short += bool(answer.status_code != 200 or said.get("facets_timed_out"))

    for name, some in asked.kinds():
        short = 0
        told(f"Datasette, {name}", some, ask)
        print(f"   stopped short of an answer: {short} of {len(some) + 1}")
    short = 0
    told("Datasette, word on 30 %, five facets", asked.frequent, lambda q: ask(q, ("year", "agency", "classification",
                                                                                  "doc_type", "box")))  # fmt: skip
    print(f"   stopped short of an answer: {short} of {len(asked.frequent) + 1}")
    loop.close()


def in_memory(folder: Path) -> None:
    """Reads all files, so that the system keeps of them what it can."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as f:
                while f.read(1 << 24):
                    pass


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--pages", type=int, default=1_000_000)
    cli.add_argument("--words", type=Path, metavar="SHARED", help="makes an archive, of words of the training texts there")
    cli.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    cli.add_argument("--folder", type=Path, help="where the archive is made and kept; else it is removed")
    cli.add_argument("--peers", action="store_true", help="bare FTS5 and Datasette over the same file")
    args = cli.parse_args()
    if not (args.words or args.folder):
        cli.error("give --words, or the --folder of an archive that was made")
    with ExitStack() as held:
        folder = args.folder or Path(held.enter_context(tempfile.TemporaryDirectory()))
        settings = Settings(archive=folder)
        if args.database == "postgresql":
            from bench.server import SETTINGS, served

            settings = Settings(archive=folder, database=held.enter_context(served(folder)))
            print("PostgreSQL with", ", ".join(f"{name} {value}" for name, value in SETTINGS.items()))
        with Archive.create(settings) if args.words else Archive.open(settings) as archive:
            if args.words:
                pace = fill(archive, args.words, args.pages)
                if args.database == "postgresql":
                    with archive.writing() as conn:
                        conn.exec_driver_sql("ANALYZE")  # as the server does by itself, only later
                print(f"{args.database}: {args.pages} pages; written and indexed {args.pages / pace.written:.0f} a second, "
                      f"indexed {args.pages / pace.indexed:.0f}, by this process's own time indexed "
                      f"{args.pages / pace.cpu:.0f}")  # fmt: skip
            with archive.reading() as conn:
                asked = queries(conn)
            gc.collect()
            gc.freeze()  # who asks has not made up a million pages: what is left of that is nothing to look through
            in_memory(folder)
            print(f"{'milliseconds':44} {'median':>8} {'p95':>8} {'p95 cpu':>8}")
            ours(archive, asked)
        file = folder / "archive.sqlite"
        if file.exists():
            print(f"the file has {file.stat().st_size / args.pages:.0f} bytes a page")
            if args.peers:
                bare(file, asked)
                datasette(file, asked)


if __name__ == "__main__":
    main()
