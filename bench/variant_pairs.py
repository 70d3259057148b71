"""Releases of invented memos, and memos that only look like releases of one another, with gold that is exact.

Twenty documents in two releases each: every sample of the corpus that is a scan, and memos of the same forms composed here.
A release withholds passages of its own (black, white, outlined), bears stamps of its own, was filmed on another day and
machine, and may have a cover sheet. Beside them stand documents of which there is only one: the same forms, headings,
boilerplate and turns of phrase with other matter.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from corpus.faces import ELITE, PICA, PRINTER, SANS_BOLD, SERIF, width
from corpus.film import Film, Scan
from corpus.formats import file_bytes
from corpus.memo import Leaf, Memo
from corpus.memos import MEMOS
from corpus.memos.blocks import nnd
from corpus.model import Box, Card, Particulars, around
from corpus.sheet import COVER, Cover, Run, Sheet
from corpus.stamps import Look, Record, stamp
from corpus.typist import Typist

SCANNED = tuple(stem for stem in MEMOS if not stem.startswith("transcript"))
COMPOSED = 20 - len(SCANNED)
SINGLE = 26


@dataclass(frozen=True)
class Passage:
    """What one release of a pair shows and the other withholds; boxes as fractions of the page, a box a line."""

    text: str
    page: int
    shown: tuple[tuple[float, float, float, float], ...]
    other_page: int
    hidden: tuple[tuple[float, float, float, float], ...]


@dataclass
class Pair:
    """Two files that are releases of one document."""

    first: str
    second: str
    opened: list[Passage] = field(default_factory=list)
    closed: list[Passage] = field(default_factory=list)


@dataclass(frozen=True)
class Spot:
    """A passage of a sheet that may be withheld: typed lines, or a part of one."""

    leaf: int
    text: str
    boxes: tuple[Box, ...]


def write_set(folder: Path, seed: int = 1) -> list[Pair]:
    """All files into `folder`; the gold of the pairs."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    pairs = []
    for n in range(len(SCANNED) + COMPOSED):
        makes = MEMOS[SCANNED[n]] if n < len(SCANNED) else _maker(n, seed)
        pairs.append(_pair(folder, makes(), makes(), n, chance))
    for n in range(SINGLE):
        _write(folder, _film(_maker(100 + n, seed)(), 900 + n, chance), f"single-{n:02}")
    return pairs


def _pair(folder: Path, first: Memo, second: Memo, n: int, chance: random.Random) -> Pair:
    spots = _spots(first)
    chosen = chance.sample(spots, min(len(spots), chance.randint(4, 8)))
    style = chance.choice(("black", "black", "white", "outline"))
    of_first = [s for s in chosen if chance.random() < 0.7]
    of_second = [s for s in chosen if s not in of_first or chance.random() < 0.25]
    for memo, withheld, where in ((first, of_first, 0), (second, of_second, 1)):
        for spot in withheld:
            sheet = memo.leaves[spot.leaf].sheet
            sheet.cover = Cover(style)
            _blank_text(sheet, spot)
            for box in spot.boxes:
                sheet.withhold(box.grown(0.02, 0.015))
        _stamp_release(memo, n, where, chance)
    names = f"pair-{n:02}-a", f"pair-{n:02}-b"
    covers = [chance.random() < 0.3 for _ in names]
    scans = []
    for memo, name, cover, where in zip((first, second), names, covers, (0, 1), strict=True):
        if cover:
            memo.leaves.insert(0, Leaf(_cover_sheet(n, chance), Film(n)))
        scans.append(_write(folder, _film(memo, 10 * n + where, chance), name))
    pair = Pair(f"{names[0]}.pdf", f"{names[1]}.pdf")
    for spot in chosen:
        if (spot in of_first) == (spot in of_second):
            continue
        opened = spot in of_second
        shows, hides = (0, 1) if opened else (1, 0)
        there = [tuple(scans[side][spot.leaf + covers[side]].place(b) for b in spot.boxes) for side in (shows, hides)]
        pages = [spot.leaf + covers[side] + 1 for side in (shows, hides)]
        (pair.opened if opened else pair.closed).append(Passage(spot.text, pages[0], there[0], pages[1], there[1]))
    return pair


def _spots(memo: Memo) -> list[Spot]:
    """Passages that can be withheld and do not touch: a part of a line, a line, or two to four of them."""
    chance = random.Random(memo.stem)
    spots: list[Spot] = []
    for n, leaf in enumerate(memo.leaves):
        if leaf.blank or leaf.noise:
            continue
        runs = [r for r in leaf.sheet.runs if len(r.text.strip()) > 30 and COVER not in r.text]
        at = 1
        while at < len(runs) - 1:
            many = min(chance.choice((1, 1, 1, 2, 3, 4)), len(runs) - 1 - at)
            lines = runs[at : at + many]
            even = all(abs(b.baseline - a.baseline) < 0.45 for a, b in pairwise(lines))
            if even and (part := _part(lines, chance)):
                spots.append(Spot(n, *part))
            at += many + chance.randint(1, 4)
    return spots


def _part(lines: Sequence[Run], chance: random.Random) -> tuple[str, tuple[Box, ...]] | None:
    """The text and boxes of some words of a line, or of whole lines."""
    if len(lines) > 1:
        return " ".join(r.text.strip() for r in lines), tuple(_ink(r, 0, len(r.text)) for r in lines)
    text = lines[0].text
    starts = [i for i, c in enumerate(text) if c != " " and (i == 0 or text[i - 1] == " ")]
    if len(starts) < 4:
        return None
    first = chance.randrange(len(starts) - 2)
    last = min(len(starts) - 1, first + chance.randint(1, 5))
    end = starts[last] + len(text[starts[last] :].split(" ")[0])
    return text[starts[first] : end], (_ink(lines[0], starts[first], end),)


def _ink(run: Run, start: int, end: int) -> Box:
    return around(b for b, c in zip(run.boxes[start:end], run.text[start:end], strict=True) if c != " ")


def _blank_text(sheet: Sheet, spot: Spot) -> None:
    """What is withheld leaves no real text behind, should the sheet be written with it."""
    for box in spot.boxes:
        sheet.runs = [r for r in sheet.runs if not (r.boxes and abs(around(r.boxes).middle[1] - box.middle[1]) < 0.05)]


def _stamp_release(memo: Memo, n: int, where: int, chance: random.Random) -> None:
    """A stamp or line of this release alone, on the first page."""
    sheet = memo.leaves[0].sheet
    if where == 0:
        text, record = nnd(f"{700000 + 37 * n}", "RDL", f"{1 + n % 12}/{3 + n}/94", "1994")
        stamp(
            sheet, text, 4.6, 9.0, record, Look(SANS_BOLD.sized(12), tilt=chance.uniform(-4, 4), frame=True, lead=1.5)
        )
    else:
        words = f"APPROVED FOR RELEASE 20{10 + n % 12}/0{1 + n % 9}/1{n % 10}  C0{5000000 + 811 * n}"
        stamp(sheet, words, 1.2, 0.15, Record("release", "CIA"), Look(SANS_BOLD.sized(9), weight=1.0, patchy=0.05))


def _film(memo: Memo, seed: int, chance: random.Random) -> Memo:
    """The memo filmed on another day: skew, dirt, fading, resolution."""
    for n, leaf in enumerate(memo.leaves):
        leaf.film = Film(
            1000 + 10 * seed + n,
            dpi=chance.choice((200, 200, 240, 300)),
            skew=round(chance.uniform(-1.2, 1.2), 2),
            blur=chance.choice((0.7, 0.9, 1.1)),
            fade=chance.choice((0.1, 0.2, 0.35)),
            grain=chance.choice((10, 16, 24)),
            specks=chance.choice((2, 5, 12)),
            edges=chance.choice((0.0, 0.0, 0.06)),
            margin=chance.choice((0.0, 0.0, 0.2)),
            bleed=0.2 if leaf.back is not None else 0.0,
        )
        leaf.rotation, leaf.hidden = 0, None
    return memo


def _write(folder: Path, memo: Memo, name: str) -> list[Scan]:
    scans = [leaf.scan() for leaf in memo.leaves]
    (folder / f"{name}.pdf").write_bytes(file_bytes(replace(memo, stem=name, ending="pdf"), scans))
    return scans


# Memos of three forms, composed of turns of phrase that all of them share


def _maker(n: int, seed: int) -> Callable[[], Memo]:
    return lambda: _memo(n, random.Random(seed * 1000 + n))


def _memo(n: int, chance: random.Random) -> Memo:
    form = ("office", "cable", "report", "office")[n % 4]
    sheet = Sheet(5000 + n, worn=chance.uniform(0.2, 0.45))
    names = chance.sample(PEOPLE, 4)
    day = f"{chance.randint(1, 28)} {chance.choice(MONTHS)} {chance.randint(1949, 1974)}"
    if form == "office":
        t = Typist(sheet, PICA, left=1.1, top=1.0, columns=62)
        t.centre("DEPARTMENT OF STATE")
        t.centre("WASHINGTON")
        t.lines("", f"                                        {day}", "", "MEMORANDUM", "")
        t.line(f"TO:       The Secretary, through S/S {names[0].split()[-1]}")
        t.line(f"FROM:     {chance.choice(OFFICES)} - {names[1]}")
        t.lines(f"SUBJECT:  {say(SUBJECTS, names, chance)}", "")
    elif form == "cable":
        t = Typist(sheet, PRINTER, left=1.0, top=1.0, columns=69)
        time = f"{chance.randint(10, 28)}1{chance.randint(100, 999)}Z"
        t.line(f"PAGE 01  {chance.choice(POSTS).upper()} {chance.randint(100, 9000):05}  {time}")
        t.lines("ACTION EUR-12", "INFO  OCT-01 ISO-00 CIAE-00 DODE-00 NSAE-00 INR-07 SS-15 NSC-05", "")  # fmt: skip
        t.lines("R 121640Z", f"FM AMEMBASSY {chance.choice(POSTS).upper()}", "TO SECSTATE WASHDC", "INFO USMISSION NATO", "",
                "C O N F I D E N T I A L", "E.O. 11652: GDS", f"SUBJ: {say(SUBJECTS, names, chance).upper()}", "")  # fmt: skip
    else:
        t = Typist(sheet, ELITE, left=1.1, top=1.0, columns=74, lead=0.18)
        t.centre("UNITED STATES DEPARTMENT OF JUSTICE")
        t.centre("FEDERAL BUREAU OF INVESTIGATION")
        t.lines("", f"In Reply, Please Refer to        {chance.choice(POSTS)}")
        t.lines(f"File No. 105-{chance.randint(1000, 9999)}", day, "")
    while t.baseline < (8.3 if form == "report" else 8.8):
        text = " ".join(say(SENTENCES, names, chance) for _ in range(chance.randint(2, 4)))
        t.para(text.upper() if form == "cable" else text, 0 if form == "cable" else 5)
    if form == "report":
        t.para("This document contains neither recommendations nor conclusions of the FBI. It is the property of the FBI "
               "and is loaned to your agency; it and its contents are not to be distributed outside your agency.", 0)  # fmt: skip
    about = Particulars("memorandum", None, day, names[1], "The Secretary", None, "State", "CONFIDENTIAL")
    card = Card("Composed", "RG 59", "Lot", "1", "1", "1", f"memo {n}", "")
    leaves = [Leaf(sheet, Film(n))]
    if n >= 100 and n % 5 == 0:
        leaves.insert(0, Leaf(_cover_sheet(n, chance), Film(n)))
    return Memo(f"composed-{n}", "pdf", about, leaves, card, "a memo of a common form")


def _cover_sheet(n: int, chance: random.Random) -> Sheet:
    """An identification sheet: its labels are alike on all, its record number on none."""
    sheet = Sheet(8000 + n, worn=0.1)
    face = SERIF.sized(10)
    sheet.type("JFK ASSASSINATION SYSTEM", 3.2, 0.65, face)
    sheet.type("IDENTIFICATION FORM", 3.4, 0.85, face)
    rows = [("AGENCY INFORMATION", ""), ("AGENCY :", "HSCA"), ("RECORD NUMBER :", f"180-{10000 + 7 * n}-{10000 + 31 * n}"),
            ("RECORD SERIES :", "NUMBERED FILES"), ("AGENCY FILE NUMBER :", f"{chance.randint(1000, 9999):06}"),
            ("DOCUMENT INFORMATION", ""), ("ORIGINATOR :", "HSCA"), ("FROM :", chance.choice(PEOPLE).upper()),
            ("TO :", chance.choice(PEOPLE).upper()), ("TITLE :", chance.choice(OFFICES) + " PAPERS"),
            ("DATE :", f"0{chance.randint(1, 9)}/1{chance.randint(0, 9)}/1978"), ("PAGES :", "2"),
            ("SUBJECTS :", chance.choice(POSTS).upper()), ("DOCUMENT TYPE :", "MEMORANDUM"),
            ("CLASSIFICATION :", "CONFIDENTIAL"), ("RESTRICTIONS :", "3"), ("CURRENT STATUS :", "REDACT"),
            ("DATE OF LAST REVIEW :", "06/18/1996"), ("OPENING CRITERIA :", ""), ("COMMENTS :", f"BOX {n}")]  # fmt: skip
    for at, (label, value) in enumerate(rows):
        sheet.type(label, 2.55 - width(face, label) if value else 3.3, 1.35 + 0.3 * at, face)
        if value:
            sheet.type(value, 2.7, 1.35 + 0.3 * at, face)
    return sheet


def say(phrases: Sequence[str], names: Sequence[str], chance: random.Random) -> str:
    return chance.choice(phrases).format(
        a=names[0], b=names[1], c=names[2], d=names[3], post=chance.choice(POSTS), office=chance.choice(OFFICES),
        thing=chance.choice(THINGS), act=chance.choice(ACTS), time=chance.choice(TIMES), n=chance.randint(2, 900),
        month=chance.choice(MONTHS),
    )  # fmt: skip


PEOPLE = ("Harold Lindqvist", "Peter Vandeveer", "Samuel Oakes", "Ruth Hallam", "George Tannery", "Milton Ferris", "Ada Prewitt",
          "Conrad Bellew", "Walter Strand", "Esther Mayhew", "Louis Carrick", "Ivan Petrossian", "Hans Dreier", "Marta Kolb",
          "Edgar Whitlow", "Simon Achterberg", "Felix Romero", "Nils Ahlgren", "Paul Deschamps", "Otto Rehn")  # fmt: skip
POSTS = (
    "Reykjavik",
    "Oslo",
    "Vienna",
    "Ankara",
    "Lisbon",
    "Manila",
    "Bogota",
    "Rabat",
    "Colombo",
    "Helsinki",
    "Tunis",
    "Lima",
)
OFFICES = ("EUR", "INR", "S/P", "ARA", "NEA", "L", "IO", "SCI", "OES", "PM")
MONTHS = ("January", "March", "April", "June", "July", "September", "October", "November")
THINGS = ("the radio station", "the fisheries treaty", "the loan of grain", "the fuel depot", "the survey of harbors",
          "the spare parts", "the landing rights", "the consular archive", "the weather ships", "the cable franchise",
          "the students' exchange", "the mining concession", "the lighthouse", "the customs union", "the pipeline")  # fmt: skip
ACTS = ("be put off", "be settled before the elections", "be left to the embassy", "be paid for in local currency",
        "be discussed with the British first", "be taken out of the budget", "be brought before the Council",
        "be kept from the press", "be carried out by contract", "be looked into once more")  # fmt: skip
TIMES = ("last week", "on Tuesday", "before the holidays", "at the end of the month", "in the spring", "two days later",
         "at the reception for the Minister", "during the talks", "after the vote", "this morning")  # fmt: skip
SUBJECTS = ("Talks in {post} about {thing}", "{thing} and the position of {a}", "Request of {post} for {thing}",
            "Report by {c} on {thing}")  # fmt: skip
SENTENCES = (
    "{a} said {time} that {thing} should {act}.", "He had heard from {b} that {post} would not agree.",
    "The Embassy in {post} believes that {thing} cannot {act}.", "{c} of {office} asked for {n} copies of the paper.",
    "We were told {time} by a person close to {d} that {thing} had been offered to others.",
    "The sum of {n} thousand dollars was named, and {b} did not object.", "{d} left for {post} {time}.",
    "There is no record that {thing} was ever mentioned to {a}.", "It was agreed that {thing} should {act}.",
    "A note of {n} pages was handed to {c} {time}, and he promised an answer by {month}.",
    "{office} holds that {thing} must {act}, whatever {post} may say.", "{b} recalled that in {month} the answer had been no.",
    "The man was seen with {d} in {post} {time}.", "Nothing further is known of {thing}.",
    "If {a} insists, {thing} may have to {act}.", "The file of {n} papers on {thing} is with {office}.",
    "{c} thinks that {d} has been misled about {thing}.", "The newspapers of {post} reported {time} that {thing} would {act}.",
    "Our own people in {post} doubt this.", "{a} was careful to add that he spoke for himself alone.",
    "Some {n} persons are employed there, most of them from {post}.", "A second meeting was held {time} without {b}.",
)  # fmt: skip
