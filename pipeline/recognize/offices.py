"""Offices that stand for the man who held them: "the Secretary", "the DCI", "the Ambassador", by date and agency.

Data: models/gazetteer/offices.csv (how an office is written, what it means in whose papers, how surely) and tenures.csv
(who held it from when to when, at which post). What comes out are candidates with scores, never mentions: the paper
names nobody there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pipeline.core import knowledge
from pipeline.core.document import Described, Particulars, Scan
from pipeline.core.findings import Office
from pipeline.core.page import Page
from pipeline.recognize.casing import is_common
from pipeline.recognize.people import Seen, by_key, name_them
from pipeline.recognize.prose import Prose

METHOD = "rule:office@1"
NAMED = 0.7
"""How often the man meant is the last of that title whom the paper names before."""
OTHERWISE = 0.5
"""What is left of the score of the office's holder where the paper has just named another man with the title."""


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who held an office, at which post ("" where there is only one), from when to when (ISO days or months)."""

    office: str
    post: str
    holder: str
    key: str
    since: str
    until: str

    def share(self, date: str) -> float:
        """How surely a paper of `date` (EDTF, to the day, month or year) falls into it: 0 to 1."""
        day = re.match(r"\d{4}(?:-\d\d){0,2}", date)
        if not day:
            return 0.0
        first, last = f"{day[0]}-00-00"[:10], f"{day[0]}-99-99"[:10]
        since, until = f"{self.since}-00-00"[:10], f"{self.until}-99-99"[:10]
        if last < since or first > until:
            return 0.0
        return 1.0 if since <= first and last <= until else 0.5


@dataclass(frozen=True, slots=True)
class Written:
    """A way to write an office, what it means there, in papers of which agencies (none: of any), and how surely."""

    office: str
    agencies: frozenset[str]
    sure: float


@dataclass(frozen=True, slots=True)
class Held:
    """Who may be meant by an office: name, key of the gazetteer, score 0..1 and the reason in words."""

    holder: str
    key: str
    office: str
    score: float
    reason: str


def find_offices(scan: Scan, reading: tuple[Page, ...], particulars: Described) -> tuple[Office, ...]:
    """Every office that stands alone in the document, with who may have held it."""
    prose = Prose(reading)
    told = particulars.particulars
    post = post_of(prose.text[:1500], told)
    titled = list(_TITLED.finditer(prose.text))
    return tuple(o for m in _pattern().finditer(prose.text) if (o := _office(prose, m, told, post, titled)))


def who_held(written: str, date: str | None, agency: str | None, post: str = "") -> list[Held]:
    """Who may be meant by an office as written ("the Secretary"), the likeliest first; empty when it is no office."""
    out: dict[tuple[str, str], Held] = {}
    for way in _ways(written, agency):
        for t in tenures().get(way.office, ()):
            if t.post and t.post.lower() != post.lower():
                continue
            share = t.share(date) if date else 0.0
            if not share:
                continue
            score = round(way.sure * share, 2)
            at = f" at {t.post}" if t.post else ""
            why = f"{way.office}{at} {t.since} to {t.until}, paper of {date}" + (f", {agency}" if way.agencies else "")
            held = Held(t.holder, t.key, way.office, score, why)
            if (t.holder, way.office) not in out or out[t.holder, way.office].score < score:
                out[t.holder, way.office] = held
    return sorted(out.values(), key=lambda h: (-h.score, h.holder))


def post_of(head: str, told: Particulars) -> str:
    """The post that a paper comes from, by its sender or its head ("AmEmbassy MOSCOW", "Embassy in India"); "" unknown."""
    found: Counter[str] = Counter()
    for text in (told.sender or "", head):
        for m in _posts().finditer(text):
            found[_post_names()[re.sub(r"\s+", " ", m["post"].lower())]] += 1
        if found:
            return found.most_common(1)[0][0]
    return ""


def _office(prose: Prose, m: re.Match[str], told: Particulars, post: str, titled: list[re.Match[str]]) -> Office | None:
    start, end = m.span()
    source = prose.source(start, end)
    if source is None:
        return None
    written = " ".join(m.group().split())
    held = who_held(written, told.date, told.agency, post)
    named = _named_before(written, start, told.date, titled)
    if named and all(h.holder != named.holder for h in held):
        held = [replace(h, score=round(h.score * OTHERWISE, 2)) for h in held]
        held = sorted([named, *held], key=lambda h: (-h.score, h.holder))
    best = held[0] if held else None
    office = best.office if best else next(_ways(written, told.agency)).office
    sure = round(0.95 * min(1.0, 0.35 + 0.7 * prose.confidence(start, end)), 3)
    return Office(
        page=source.page, text=source.text, box=source.box, boxes=source.boxes, start=source.start, end=source.end,
        confidence=sure, method=METHOD, office=office, holder=best.holder if best else None, key=best.key if best else "",
        score=best.score if best else None, reason=best.reason if best else "nobody is known to have held it then",
        candidates=tuple(f"{h.holder}: {h.score:.2f}" for h in held),
    )  # fmt: skip


_TITLED = re.compile(
    r"\b(?P<title>President|PRESIDENT|Ambassador|AMBASSADOR|Secretary|SECRETARY|Director|DIRECTOR|Under Secretary)[ \n]+"
    r"(?!(?:of|and|to|General|GENERAL|OF|AND|TO|IS|WAS|HAS|SAID)\b)(?P<name>(?:[A-Z]\.[ \n]?|[A-Z][\w'’-]+[ \n]){0,2}"
    r"[A-Z][\w’'-]{2,})"
)


def _named_before(written: str, at: int, date: str | None, titled: list[re.Match[str]]) -> Held | None:
    """The man with the title whom the paper named last before; None when it named none or it is no title."""
    title = re.sub(r"^the ", "", written.lower())
    before = [t for t in titled if t.end() <= at and t["title"].lower() == title]
    if not before:
        return None
    last = before[-1]
    name = re.sub(r"['’]s?$", "", " ".join(last["name"].split()))
    [(_, shown, key)] = name_them([Seen(last.start("name"), last.end("name"), name, title)], date)
    known = by_key().get(key)
    if not known and (name.isupper() or any(is_common(w) for w in name.split())):
        return None
    holder = known.canonical if known else re.sub(rf"(?i)^{title} ", "", shown)
    if title == "president" and any(t.holder == holder for t in tenures()["President of the United States"]):
        return None  # a president before or after: the office's holder is found by the date
    return Held(holder, key, title.title(), NAMED, f"{last['title'].title()} {name} is named before")


def _ways(written: str, agency: str | None) -> Iterator[Written]:
    """What an office may mean in papers of `agency`; what is meant there alone puts aside what is meant anywhere."""
    bare = re.sub(r"^the ", "", " ".join(written.split()).lower())
    every = ways().get(bare, ())
    own = [w for w in every if agency and agency in w.agencies]
    yield from own or [w for w in every if not w.agencies] or every


@cache
def ways() -> dict[str, tuple[Written, ...]]:
    """What each way of writing an office (lower case, without "the") may mean."""
    out: dict[str, tuple[Written, ...]] = {}
    for row in knowledge.table("gazetteer/offices.csv"):
        agencies = frozenset(a for a in row["agency"].split("|") if a)
        bare = re.sub(r"^the ", "", row["written"].lower())
        out[bare] = (*out.get(bare, ()), Written(row["office"], agencies, float(row["sure"])))
    return out


@cache
def tenures() -> dict[str, tuple[Tenure, ...]]:
    """Who held each office, in order of time."""
    out: dict[str, tuple[Tenure, ...]] = {}
    for r in knowledge.table("gazetteer/tenures.csv"):
        one = Tenure(r["office"], r["post"], r["holder"], r["key"], r["from"], r["to"])
        out[one.office] = (*out.get(one.office, ()), one)
    return out


@cache
def _pattern() -> re.Pattern[str]:
    """An office as written, in capitals too; not before a name, nor where it goes on to another office."""
    some = []
    for row in sorted(knowledge.table("gazetteer/offices.csv"), key=lambda r: -len(r["written"])):
        words = re.escape(row["written"]).replace(r"\ ", r"\s+")
        words = re.sub(r"^the(?=\\s)", "(?:[Tt]he|THE)", words)
        capitals = (
            re.sub(r"(?<!\\)[a-z]+", lambda m: m.group().upper(), words.partition(")")[2]) if "(?:" in words else ""
        )
        some.append(words)
        if capitals:
            some.append("(?:[Tt]he|THE)" + capitals)
    more = r"(?!\w)(?!\s+(?:of|for|to)\s+(?:the\s+)?[A-Z])(?!\s+General\b)(?!\s+[A-Z][a-z]+(?:\s|['’.,]))(?!-)"
    return re.compile(rf"(?<![\w-])(?:{'|'.join(dict.fromkeys(some))}){more}")


@cache
def _post_names() -> dict[str, str]:
    posts = {t.post.lower(): t.post for several in tenures().values() for t in several if t.post}
    return posts | {"djakarta": "Djakarta", "jakarta": "Djakarta", "mexico city": "Mexico", "teheran": "Tehran",
                    "usun": "USUN", "usun new york": "USUN", "mexico": "Mexico"}  # fmt: skip


@cache
def _posts() -> re.Pattern[str]:
    names = "|".join(sorted((re.escape(p).replace(r"\ ", r"\s+") for p in _post_names()), key=len, reverse=True))
    lead = r"am ?embassy|usmission|embassy (?:in|at)|the embassy,?|embassy|from:?\s+(?:amembassy\s+)?|fm\s+(?:amembassy\s+)?"
    return re.compile(rf"(?i)\b(?:{lead})\s*(?P<post>{names})\b")
