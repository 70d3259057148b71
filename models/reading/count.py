"""Counts words, pairs, triples and punctuation of the period: ngrams.npz, punctuation.toml and words.tsv here.

    python models/reading/count.py SHARED [--frequencies EN.TXT] [--out FOLDER]

SHARED holds exam/text/frus_train.jsonl.gz and silver/{a,b}. `--frequencies` is the English list of the package symspellpy
(`word count` a line); without it words.tsv is left as it is. No sentence can be rebuilt from what is written.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import math
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

import numpy as np  # noqa: E402

from pipeline.ocr.language import plain  # noqa: E402

LEAST = 2  # how often a pair or triple must have been met
SEEN = 60  # and signs about a word
MODERN = {"covid", "internet", "website", "email", "online", "blog", "google"}
SEVEN_BIT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def texts(shared: Path) -> Iterator[str]:
    """Documents of *Foreign Relations of the United States*."""
    with gzip.open(shared / "exam/text/frus_train.jsonl.gz", "rt", encoding="utf-8") as f:
        for row in f:
            yield json.loads(row)["text"].translate(SEVEN_BIT)


def twice(shared: Path) -> Iterator[tuple[str, str]]:
    """Both transcriptions of each silver document."""
    for a in sorted((shared / "silver/a").glob("*.txt")):
        b = shared / "silver/b" / a.name
        first, second = (p.read_text("utf-8", "replace").translate(SEVEN_BIT) for p in (a, b))
        yield first, second


def runs(text: str) -> tuple[Counter[str], Counter[str]]:
    """Pairs and triples of plain words."""
    words = [w for w in map(plain, text.split()) if w]
    pairs = Counter(map(" ".join, itertools.pairwise(words)))
    return pairs, Counter(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def ngrams(shared: Path, out: Path) -> None:
    """Pairs and triples by hash, in order, as differences; with twelve times the binary logarithm of their count."""
    met: Counter[str] = Counter()
    for text in texts(shared):
        for some in runs(text):
            met.update(some)
    for a, b in twice(shared):
        for mine, theirs in zip(runs(a), runs(b), strict=True):
            met.update({run: 2 * n for run, n in (mine & theirs).items()})
    kept = {zlib.crc32(run.encode()): n for run, n in met.items() if n >= LEAST}
    keys = np.array(sorted(kept), np.uint32)
    counts = np.array([round(12 * math.log2(kept[int(k)])) for k in keys], np.uint8)
    np.savez_compressed(out / "ngrams.npz", key=np.diff(keys, prepend=np.uint32(0)), count=counts)


def punctuation(shared: Path, folder: Path) -> None:
    """What stands before and after words, and how often; what is rarer than `SEEN` is left out."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for text, weight in [(t, 1) for t in texts(shared)] + [(a, 2) for a, _ in twice(shared)]:
        for token in text.split():
            m = re.fullmatch(r"(\W*)(.*?)(\W*)", token)
            if m and m[2] and "*" not in m[1] + m[3]:
                before[m[1]] += weight
                after[m[3]] += weight
    out = [
        "# Logarithm of the share of words in papers of the period with these signs before and after them; see README.md."
    ]
    for name, counts in (("before", before), ("after", after)):
        out.append(f"[{name}]")
        rows = [(signs, n) for signs, n in counts.most_common() if n >= SEEN]
        out += [f"{json.dumps(signs, ensure_ascii=False)} = {math.log(n / counts.total()):.2f}" for signs, n in rows]
    (folder / "punctuation.toml").write_text("\n".join(out) + "\n", "utf-8")


def words(shared: Path, frequencies: Path, folder: Path) -> None:
    """Words of the period with their counts, those of lines on which transcriptions agree four times; and common English."""
    bare = re.compile(r"[A-Za-z][A-Za-z']*")
    printed = Counter(w.strip("'").lower() for text in texts(shared) for w in bare.findall(text))
    agreed: Counter[str] = Counter()
    for a, b in twice(shared):
        known = {" ".join(row.split()) for row in b.splitlines()}
        rows = (" ".join(row.split()) for row in a.splitlines())
        agreed.update(w.strip("'").lower() for row in rows if len(row) > 3 and row in known for w in bare.findall(row))
    out = {
        w: printed[w] + 4 * agreed[w]
        for w in printed.keys() | agreed.keys()
        if (printed[w] >= 2 or agreed[w] >= 3) and (len(w) > 1 or w in "ai") and w.isascii()
    }
    for row in frequencies.read_text("utf-8-sig").splitlines():
        w, n = row.split()
        if int(n) >= 25000 and len(w) > 2 and w.isascii() and w not in MODERN:
            out.setdefault(w, 1)
    (folder / "words.tsv").write_text("".join(f"{w}\t{n}\n" for w, n in sorted(out.items())), "utf-8")


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("shared", type=Path)
    cli.add_argument("--frequencies", type=Path)
    cli.add_argument("--out", type=Path, default=HERE)
    args = cli.parse_args()
    if args.frequencies:
        words(args.shared, args.frequencies, args.out)
    ngrams(args.shared, args.out)
    punctuation(args.shared, args.out)


if __name__ == "__main__":
    main()
