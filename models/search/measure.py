"""How machine readers misread the words of declassified papers: `confusions.csv`, from readings without gold.

    python models/search/measure.py FOLDER_OF_TEXTS... [--archive DIR]...

A form of SHORTEST letters or more that is in no lexicon, and that one well-known word of `models/reading/words.tsv` comes
nearer to than any other, is taken for a misreading of that word when the two differ in one stretch of at most two letters.
Words are small and without accents, as the index has them. Rates are of what is met of the letters in all known words.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from pipeline.core.knowledge import models
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.tokens import tokens

LEAST = 5  # times that a confusion must have been met
KNOWN = 40  # how often the truth must have been met in the lexicon
SHORTEST = 6


def stretch(true: str, read: str) -> tuple[str, str] | None:
    """Where the words differ, when that is one stretch of at most two letters."""
    start = 0
    while start < min(len(true), len(read)) and true[start] == read[start]:
        start += 1
    end = 0
    while end < min(len(true), len(read)) - start and true[-1 - end] == read[-1 - end]:
        end += 1
    differing = true[start : len(true) - end], read[start : len(read) - end]
    return differing if max(map(len, differing)) <= 2 else None


def texts(folders: list[Path], archives: list[Path]) -> Iterator[str]:
    for folder in folders:
        for path in sorted(folder.glob("*.txt")):
            yield path.read_text("utf-8")
    for place in archives:
        with Archive.open(Settings(archive=place)) as archive, archive.reading() as conn:
            for (text,) in conn.exec_driver_sql("SELECT text FROM pages ORDER BY id"):
                yield text


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folders", nargs="*", type=Path)
    cli.add_argument("--archive", action="append", default=[], type=Path)
    args = cli.parse_args()
    lexicon = {w: int(n) for w, n in (r.split("\t") for r in (models() / "reading/words.tsv").read_text().splitlines())}
    by_length: dict[int, list[str]] = defaultdict(list)
    for word, count in lexicon.items():
        if count >= KNOWN and len(word) >= SHORTEST - 2:
            by_length[len(word)].append(word)
    letters: Counter[str] = Counter()
    strange: Counter[str] = Counter()
    for text in texts(args.folders, args.archive):
        for word in tokens(text):
            if word in lexicon:
                letters.update(word)
                letters.update(word[k : k + 2] for k in range(len(word) - 1))
            elif len(word) >= SHORTEST and re.search("[a-z]{3}", word):
                strange[word] += 1
    met: Counter[tuple[str, str]] = Counter()
    for read, n in strange.items():
        near = [w for k in range(len(read) - 2, len(read) + 3) for w in by_length.get(k, ())]
        found = process.extract(read, near, scorer=Levenshtein.distance, score_cutoff=2, limit=3)
        if not found or (len(found) > 1 and found[1][1] == found[0][1]):
            continue
        differing = stretch(found[0][0], read)
        if differing and not read.startswith(found[0][0]) and not read.endswith(found[0][0]):  # inflected, glued
            met[differing] += min(n, 3)  # a name that is in no lexicon comes often
    every = sum(n for c, n in letters.items() if len(c) == 1)
    with (models() / "search" / "confusions.csv").open("w", encoding="utf-8", newline="") as f:
        table = csv.writer(f, lineterminator="\n")
        table.writerow(("true", "read_as", "count", "rate_per_10k"))
        for (true, read), n in sorted(met.items(), key=lambda item: (-item[1], item[0])):
            if n >= LEAST:
                table.writerow((true, read, n, round(1e4 * n / max(letters[true] if true else every, 1), 2)))


if __name__ == "__main__":
    main()
