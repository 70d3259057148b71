"""Who and what a document speaks of: every name where it stands, tidied, with the gazetteer's key when it points to one.

Three witnesses are heard over the running text (prose.py): the gazetteer, the house's spaCy model (models/entities) and
forms that give a name away; dates come from core.dates. Where they overlap the surer reading stands; a country inside the
name of a body is kept beside it. Persons are then told apart within the document (people.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.core.dates import find_dates
from pipeline.core.document import Described, Scan
from pipeline.core.findings import Mention
from pipeline.core.page import Page
from pipeline.recognize.casing import all_capitals, is_common, ordinary
from pipeline.recognize.confidence import calibrated
from pipeline.recognize.doubts import in_sentence, is_body, is_form_word, is_label, trimmed
from pipeline.recognize.forms import by_form, cryptonyms, is_no_cryptonym, speaks_in_cryptonyms
from pipeline.recognize.gazetteer import Entry, gazetteer, of_government, terms
from pipeline.recognize.model import recognize
from pipeline.recognize.names import leading_title, tidy, title_before
from pipeline.recognize.overlaps import Name, settle
from pipeline.recognize.people import Seen, given_before, is_known_name, is_known_surname, name_them
from pipeline.recognize.prose import Prose


def find_mentions(scan: Scan, reading: tuple[Page, ...], particulars: Described) -> tuple[Mention, ...]:
    """The mentions of a document in reading order; pages that could not be read claim nothing."""
    prose = Prose(reading)
    if not prose.text.strip():
        return ()
    date = particulars.particulars.date
    names = [n for n in _echoed(prose, settle(_heard(prose))) if not _doubtful(prose, n)]
    names = _named(prose, names, date)
    return tuple(m for n in sorted(names, key=lambda n: (n.start, n.end)) if (m := _mention(prose, n)))


def _heard(prose: Prose) -> Iterator[Name]:
    """What every witness has found, paragraph by paragraph."""
    text = prose.text
    book = gazetteer()
    persons: set[tuple[int, int]] = set()
    passages = [(p.start, text[p.start : p.end]) for p in prose.paragraphs if not p.furniture]
    for (offset, _), found in zip(
        passages, recognize([ordinary(t) if all_capitals(t) else t for _, t in passages]), strict=True
    ):
        for start, end, label in found:
            for name in _modelled(text, offset + start, offset + end, label):
                if label == "PERSON":
                    persons.add((name.start, name.end))
                yield name
    beside = speaks_in_cryptonyms(text)
    for paragraph in prose.paragraphs:
        passage = text[paragraph.start : paragraph.end]
        capitals = all_capitals(passage)
        at = paragraph.start
        for hit in book.find(passage, capitals):
            first = hit.entries[0]
            seen = passage[hit.start : hit.end]
            if paragraph.furniture and len(seen) < 4 and "/" not in seen:
                continue
            sure = {"name": 0.95, "weak": 0.75, "misread": 0.8}[hit.how]
            taken = (at + hit.start, at + hit.end) in persons and hit.how == "name"
            body = first.label == "CODENAME" or (first.label == "ORG" and " " in seen)
            rank = 4.2 if taken and body else 3  # Viet Minh and LIENVOY are nobody's names
            yield Name(at + hit.start, at + hit.end, first.label, "rule:gazetteer@1", sure, rank, hit.entries)
        if paragraph.furniture:
            continue
        for m in _CAPITALIZED.finditer(passage):
            if is_known_surname(m.group(), 10 if capitals else 0) and not is_common(m.group()):
                begin = given_before(passage, m.start(), m.group())
                yield Name(at + begin, at + m.end(), "PERSON", "rule:people@1", 0.7, 2.6)
        for start, end, form in by_form(passage, capitals):
            yield Name(
                at + start,
                at + end,
                form.label,
                f"rule:{form.id}@1",
                form.confidence,
                4.5 if form.confidence > 0.87 else 2.5,
            )
        for start, end, sure in cryptonyms(passage, capitals, beside):
            yield Name(at + start, at + end, "CODENAME", "rule:cryptonym@1", sure, 4.6 if sure > 0.8 else 2)
    yield from _signature(prose)
    for day in find_dates(text, partial=True, years=True):
        yield Name(day.start, day.end, "DATE", "rule:date@1", day.confidence, 5, name=day.edtf)


def _signature(prose: Prose) -> Iterator[Name]:
    """The signer of a telegram: a surname alone at its very end."""
    body = [p for p in prose.paragraphs if not p.furniture]
    if body and len(prose.text) > 120:
        last = prose.text[body[-1].start : body[-1].end]
        m = re.search(r"(?:^|[.\n]\s+|\s{2,})([A-Z][A-Za-z'’-]{2,15})\s*$", last)
        if m and not is_common(m[1]) and m[1].lower() not in terms():
            yield Name(body[-1].start + m.start(1), body[-1].start + m.end(1), "PERSON", "rule:signature@1", 0.8, 3.5)


_ALONE = {"PERSON": 0.72, "ORG": 0.6, "PLACE": 0.45, "EVENT": 0.5, "CODENAME": 0.5}
"""How often the model is right when nothing else speaks for the name."""


def _modelled(text: str, start: int, end: int, label: str) -> Iterator[Name]:
    """The model's name without titles, quotes and line breaks around it; nothing when too little is left."""
    name = text[start:end]
    if label == "PERSON" and (m := leading_title().match(name)) and len(m.group()) < len(name):
        start, name = start + m.end(), name[m.end() :]
    if label == "PERSON":
        begin, stop = trimmed(name)
        if (begin, stop) != (0, len(name)) and is_common(name[begin:stop]):
            return
        start, name = start + begin, name[begin:stop]
        name = _PAPERS.sub("", name)
        pair = re.fullmatch(r"([A-Z]\w+)(?: ?[-–/] ?| )([A-Z]\w+)", name)
        if pair and is_known_surname(pair[1]) and is_known_surname(pair[2]) and not is_known_name(name):
            yield Name(start, start + len(pair[1]), label, "model:entities@1", _ALONE[label], 4)
            yield Name(start + pair.start(2), start + pair.end(2), label, "model:entities@1", _ALONE[label], 4)
            return
        first, _, last = name.rpartition(" ")
        if first and is_common(last) and is_known_surname(first):
            name = first
    lead = len(name) - len(name.lstrip(" \n\t\"'“”‘(*_-.,"))
    name = name.strip(' \n\t"“”‘(*_-,;:')
    start += lead
    end = start + len(name)
    if name.lower() in terms() or sum(c.isalpha() for c in name) < 2 or not (name[0].isupper() or name[0].isdigit()):
        return
    if label == "PERSON" and re.search(r"\d|[/@#]", name):
        return
    yield Name(start, end, label, "model:entities@1", _ALONE[label], 4 if label == "PERSON" else 2)


def _doubtful(prose: Prose, n: Name) -> bool:
    """Whether a name that only the model or an echo speaks for is a word of a form or what a stamp left."""
    if n.method not in _WEAK:
        return False
    written = prose.text[n.start : n.end]
    if n.label == "PERSON" and " " not in written and is_common(written) and not is_known_surname(written):
        return not (title_before(prose.text, n.start) or in_sentence(prose.text, n.start, n.end))
    if (
        is_form_word(written)
        or (n.label == "PERSON" and is_body(written))
        or (n.label != "PERSON" and " " not in written and is_label(prose.text, n.end))
    ):
        return True
    if n.label == "PERSON" and _NAMED_AFTER.match(prose.text, n.end):
        return True
    if n.label == "CODENAME" and is_no_cryptonym(written):
        return True
    if n.label == "PLACE" and re.match(r" ?T-\d", prose.text[n.end : n.end + 4]):
        return True  # an informant's symbol: MM T-1
    if n.confidence > 0.8:
        return False
    scanned = prose.confidence(n.start, n.end) < 1.0
    short = written.isupper() and " " not in written and (n.label != "PERSON" or len(written) < 5)
    return scanned and short and not in_sentence(prose.text, n.start, n.end)


_WEAK = ("model:entities@1", "rule:echo@1", "rule:people@1", "rule:PERSON_TITLED@1")
_NAMED_AFTER = re.compile(
    r"\s+(?:Assassination\s+(?:System|Records)|Library|Presidential\s+Library|Act\b|Space\s+Center|Memorial|Airport)",
    re.IGNORECASE,
)
"""Things that bear a man's name: the heading of every identification form of the Kennedy collection speaks of no person."""
_CAPITALIZED = re.compile(r"(?<!\w)[A-Z][A-Za-zÀ-ÿ’']{3,}(?=['’]s\b|['’]S\b|(?!['’\w]))")
_PAPERS = re.compile(
    r"\s+(?:Files?|Papers|Diary|Letter|Memorandum|Report|Plan|Doctrine|Administration|Government|Speech|Mission|Visit)$"
)


def _echoed(prose: Prose, names: list[Name]) -> list[Name]:
    """The names, and every further place where a person who is surely named in the document stands by surname alone."""
    text = prose.text
    sure: set[str] = set()
    alone = Counter((n.label, text[n.start : n.end].lower()) for n in names if n.method == "model:entities@1")
    for n in names:
        if n.label == "PERSON" and n.confidence >= 0.7:
            words = re.findall(r"[A-Za-zÀ-ÿ’'-]+", re.sub(r"['’][sS]?$", "", text[n.start : n.end]))
            low = text[n.start : n.end].lower()
            often = alone["PERSON", low] > max(2, alone["PLACE", low] + alone["ORG", low])
            known = often or n.method != "model:entities@1" or n.confidence > 0.8 or len(words) > 1
            known = known or bool(title_before(text, n.start))
            if words and known and _can_echo(words[-1]):
                sure.add(words[-1].lower())
    if not sure:
        return names
    pattern = re.compile(
        rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, sure), key=len, reverse=True))})(?!\w)", re.IGNORECASE
    )
    by_place: dict[int, list[Name]] = {}
    for n in names:
        for i in range(n.start // 64, n.end // 64 + 1):
            by_place.setdefault(i, []).append(n)
    dropped: set[int] = set()
    more: list[Name] = []
    for m in pattern.finditer(text):
        if not m.group()[0].isupper():
            continue
        near = {id(n): n for i in range(m.start() // 64, m.end() // 64 + 1) for n in by_place.get(i, ())}
        clash = [n for n in near.values() if n.start < m.end() and m.start() < n.end]
        if any(n.label == "PERSON" or n.method != "model:entities@1" or " " in text[n.start : n.end] for n in clash):
            continue
        dropped |= {id(n) for n in clash}
        more.append(Name(m.start(), m.end(), "PERSON", "rule:echo@1", 0.8, 1))
    return [n for n in names if id(n) not in dropped] + more


def _can_echo(surname: str) -> bool:
    return len(surname) > 3 and surname[0].isupper() and not is_common(surname) and not is_form_word(surname)


def _named(prose: Prose, names: Sequence[Name], date: str | None) -> list[Name]:
    """The names tidied, and what they point to in the gazetteer."""
    text = prose.text
    places = Counter(e.key for n in names if n.label == "PLACE" for e in n.entries[:1] if e.kind != "government")
    out: list[Name] = []
    persons: list[Name] = []
    for n in names:
        if n.label == "PERSON":
            persons.append(n)
        elif n.label == "DATE":
            out.append(replace(n, name=_anchored(n.name, date)))
        else:
            entry = _meant(n, text[n.start : n.end], date, places)
            name = entry.name if entry else _shown(n.label, text[n.start : n.end])
            out.append(replace(n, name=name, key=entry.key if entry else ""))
    persons.sort(key=lambda n: n.start)
    seen = [Seen(n.start, n.end, text[n.start : n.end], title_before(text, n.start)) for n in persons]
    called = {(s.start, s.end): (name, key) for s, name, key in name_them(seen, date)}
    for n, s in zip(persons, seen, strict=True):
        name, key = called[n.start, n.end]
        sure = n.confidence + (0.1 if key else 0) + (0.08 if s.title else 0)
        out.append(replace(n, name=name, key=key, confidence=min(0.98, sure)))
    return out


def _shown(label: str, written: str) -> str:
    """A name tidied; cryptonyms and abbreviations keep their capitals."""
    if label == "CODENAME" or re.fullmatch(r"[A-Z][A-Z.&/-]{1,6}", written):
        return " ".join(written.split())
    return tidy(written)


def _meant(n: Name, written: str, date: str | None, places: Counter[str]) -> Entry | None:
    """The entry that a name points to, by date where several bear it; for a name the gazetteer lacks, one letter off."""
    book = gazetteer()
    if not n.entries:
        entry = book.nearest(tidy(written), n.label)
        return entry if entry and not entry.context else None
    if n.entries[0].kind == "government":
        return book.entries.get(of_government(n.entries[0].name, places))
    return next((e for e in n.entries if e.active(date)), n.entries[0])


def _anchored(edtf: str, date: str | None) -> str:
    """A day without its year takes the year that brings it nearest before the document's date (two months after at most)."""
    if not edtf.startswith("XXXX-") or not date or not re.match(r"\d{4}", date):
        return edtf
    year, month = int(date[:4]), int(date[5:7]) if re.match(r"\d{4}-\d\d", date) else 12
    ahead = int(edtf[5:7]) - month
    return f"{year - 1 if ahead > 2 else year}{edtf[4:]}"


def _mention(prose: Prose, n: Name) -> Mention | None:
    source = prose.source(n.start, n.end)
    if source is None:
        return None
    read = prose.confidence(n.start, n.end)
    if read < 0.3:
        return None
    sure = round(calibrated(n.confidence * min(1.0, 0.35 + 0.7 * read), n.label, n.method), 3)
    return Mention(page=source.page, text=source.text, box=source.box, boxes=source.boxes, start=source.start, end=source.end,
                   confidence=sure, method=n.method, label=n.label, name=n.name, key=n.key)  # fmt: skip
