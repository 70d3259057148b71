"""Who advised what to whom, about which country: the parties and countries of each piece of advice in a document.

Who advises is taken from the sentence where it names him, else from the sender; who is advised from the recipient; the
country from the sentence, else from the subject, else it is the one the paper speaks of most. Each choice says where it is
from. A party without a name ("the Secretary") is the one who held the office then.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.recognize.gazetteer import gazetteer
from pipeline.recognize.identities import entity_id
from pipeline.recognize.names import letters
from pipeline.recognize.offices import who_held

_SPEAKS = re.compile(
    r"\b(?:recommend(?:s|ed)|suggest(?:s|ed)|urge[sd]|propose[sd]|advise[sd]|emphasize[sd]|stresse[sd]|indicate[sd]|insist(?:s|ed)"
    r"|said|says|stated|argue[sd]|believe[sd]|thought|thinks|fel[td]|feels|replied|noted|maintain(?:s|ed)|expresse[sd]"
    r"|(?:expressed|recommended|suggested|proposed|urged) (?P<by>by))\b",
    re.IGNORECASE,
)
"""Words by which somebody named in the sentence gives the advice in it."""
_OURS = ("United States",)  # the country whose papers these are is not what advice is about, unless nothing else is
MOST = 0.5  # share of all countries named that makes one the country of the paper


@dataclass(frozen=True, slots=True)
class Name:
    """A mention with its entity: where it stands (half-open span of the page), what is written, who it is."""

    page: int
    start: int | None
    end: int | None
    label: str
    text: str
    key: str
    entity_id: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Part:
    """A document or a part of it: its pages and what it says of itself. `date` is EDTF."""

    first_page: int
    last_page: int
    date: str | None = None
    sender: str | None = None
    recipient: str | None = None
    subject: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation as far as its parties depend on it."""

    page: int
    start: int | None
    end: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Party:
    """Who advises or is advised: as written, as understood ("" unknown), how sure (0..1), and where it is from."""

    text: str | None = None
    entity_id: str | None = None
    name: str | None = None
    score: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """The parties of one piece of advice, the countries it is about, and its date."""

    by: Party
    to: Party
    countries: tuple[str, ...]
    countries_reason: str | None
    date: str | None


def relate(advice: Advice, parts: Sequence[Part], names: Sequence[Name]) -> Related:
    """Who advises whom about which country. `parts` of the document, the smallest first; `names` all of the document."""
    part = next((p for p in parts if p.first_page <= advice.page <= p.last_page), parts[-1])
    here = [n for n in names if part.first_page <= n.page <= part.last_page]
    by = _adviser(advice, part, here)
    to = _party(part.recipient, part, here, "recipient of the paper", 0.85)
    countries, reason = _countries(advice, part, here)
    return Related(by, to, countries, reason, part.date)


def _adviser(advice: Advice, part: Part, names: Sequence[Name]) -> Party:
    """Whoever the sentence says advises ("Mr. Bohlen emphasized that"), else the sender."""
    for m in _SPEAKS.finditer(advice.text):
        before = advice.text[max(0, m.start() - 60) : m.start()]
        after = advice.text[m.end() : m.end() + 40] if m["by"] else ""
        said = _party((after if m["by"] else before).strip(), part, names, "says so in the advice", 0.9)
        if said.entity_id or said.name:
            return Party(_name_in(said, names, said.text or ""), said.entity_id, said.name, said.score, said.reason)
    return _party(part.sender, part, names, "sender of the paper", 0.8)


def _name_in(said: Party, names: Sequence[Name], text: str) -> str:
    """The words of `text` that name the party."""
    written = [n.text for n in names if n.entity_id == said.entity_id and _whole(n.text, text)]
    return " ".join(max(written, key=len).split()) if written else text


def _party(text: str | None, part: Part, names: Sequence[Name], reason: str, sure: float) -> Party:
    """The person, office or body that `text` names: a person rather than a body, the longest name rather than a part."""
    if not text:
        return Party()
    first = text.split(";")[0]  # of several the first stands for all
    plain = letters(first)
    named = [n for n in names if n.label in ("PERSON", "ORG") and len(letters(n.text)) > 2 and letters(n.text) in plain]
    best = max((n for n in named if _whole(n.text, first)), key=_rank, default=None)
    several = 0.8 if ";" in text else 1.0
    if best and best.label == "PERSON":
        return Party(text, best.entity_id, best.name, round(sure * best.score * several, 2), reason)
    held = next((h for office in _offices(first) if (h := who_held(office, part.date, part.agency))), [])
    if held:
        ident = entity_id("PERSON", held[0].key) if held[0].key else None
        return Party(
            text, ident, held[0].holder, round(sure * held[0].score * several, 2), f"{reason}; {held[0].reason}"
        )
    if best:
        return Party(text, best.entity_id, best.name, round(sure * best.score * several, 2), reason)
    hit = next((h for h in gazetteer().find(first, first.isupper()) if h.entries[0].label == "ORG"), None)
    if hit:
        entry = hit.entries[0]
        return Party(text, entity_id("ORG", entry.key), entry.name, round(sure * 0.8 * several, 2), reason)
    return Party(text, reason=reason)


def _rank(n: Name) -> tuple[bool, int, float, str]:
    """A person before a body, the longer name before its part."""
    return n.label == "PERSON", len(n.text), n.score, n.entity_id


def _whole(name: str, text: str) -> bool:
    """Whether the name stands in the text as whole words, whatever the case."""
    words = r"\W+".join(re.escape(w) for w in name.split())
    return re.search(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE) is not None


def _offices(text: str) -> Iterable[str]:
    """The ways in which `text` may be an office, the longest first: "The Secretary of State, Washington"."""
    for part in [text, *re.split(r"[,;(]| - ", text)]:
        yield part.strip(" .,;")


def _countries(advice: Advice, part: Part, names: Sequence[Name]) -> tuple[tuple[str, ...], str | None]:
    within = [n for n in names if _country(n) and _inside(n, advice)]
    if own := _distinct(within):
        return own, "named in the advice"
    if part.subject:
        hits = [h.entries[0] for h in gazetteer().find(part.subject, part.subject.isupper())]
        told = [e.name for e in hits if e.kind == "country" and e.name not in _OURS]
        if told:
            return tuple(dict.fromkeys(told)), "named in the subject"
    counted = Counter(n.name for n in names if _country(n) and n.name not in _OURS)
    if counted:
        name, n = min(counted.items(), key=lambda c: (-c[1], c[0]))
        if n > 1 and n >= MOST * counted.total():
            return (name,), "the country the paper speaks of most"
    return (), None


def _country(n: Name) -> bool:
    entry = gazetteer().entries.get(n.key) if n.label == "PLACE" and n.key else None
    return entry is not None and entry.kind == "country"


def _distinct(names: Sequence[Name]) -> tuple[str, ...]:
    every = dict.fromkeys(n.name for n in names)
    return tuple(n for n in every if n not in _OURS)


def _inside(n: Name, advice: Advice) -> bool:
    if n.page == advice.page and None not in (n.start, n.end, advice.start, advice.end):
        return advice.start <= n.start and n.end <= advice.end  # type: ignore[operator]
    return n.page in (advice.page, advice.page + 1) and _whole(n.text, advice.text)
