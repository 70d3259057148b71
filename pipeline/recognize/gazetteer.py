"""The gazetteer: organisations, places, people and code names that are known, and where their names stand in a text.

Data in models/gazetteer. A name matches word by word. In mixed case an abbreviation must stand in capitals; in a text all
in capitals names that are also words (homographs.csv) follow their own rule. Misreadings that have been measured match
only beside a context word where the table asks for one: Antorg is Amtorg beside "Soviet", not elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.core import knowledge

_WORD = re.compile(r"[A-Za-z0-9À-ÿ][\w.'’&À-ÿ]*(?:[-/][\w.'’&À-ÿ]+)*")
_MINISTER = re.compile(
    r"\s+(?:Minist(?:er|ers|ry|ries)|Attach[eé]s?|Budget|Committee)\b"
)  # Defense Minister: not the Department
_NEARBY = 160  # characters either side in which a context word counts


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the gazetteer. `since`, `until` are years or days in which the name or the man was active, "" unknown."""

    key: str
    label: str
    name: str
    kind: str = ""
    since: str = ""
    until: str = ""
    description: str = ""
    context: str = ""

    def active(self, date: str | None) -> bool:
        """Whether the entry fits a document of `date` (EDTF or None: always)."""
        year = (date or "").lstrip("./")[:4]
        if not year.isdigit():
            return True
        return (not self.since or self.since[:4] <= year) and (not self.until or year <= self.until[:4])


@dataclass(frozen=True, slots=True)
class Hit:
    """A known name in a text: half-open span, the entries it may mean, and how it matched (name, weak, misread)."""

    start: int
    end: int
    entries: tuple[Entry, ...]
    how: str


@dataclass(frozen=True, slots=True)
class _Alias:
    words: tuple[str, ...]
    written: str
    entry: Entry
    how: str


@dataclass(frozen=True)
class Gazetteer:
    """All entries, and their names by first word in lower case."""

    entries: dict[str, Entry]
    aliases: dict[str, list[_Alias]]
    homographs: dict[str, str]

    def find(self, text: str, capitals: bool = False) -> Iterator[Hit]:
        """Known names in `text`, longest first at each place, never overlapping. `capitals`: the text is all capitals."""
        words = list(_WORD.finditer(text))
        i = 0
        while i < len(words):
            hit = self._at(text, words, i, capitals)
            if hit is None:
                i += 1
                continue
            yield hit
            while i < len(words) and words[i].start() < hit.end:
                i += 1

    def _at(self, text: str, words: list[re.Match[str]], i: int, capitals: bool) -> Hit | None:
        best: tuple[int, int] | None = None
        found: list[_Alias] = []
        for first in _forms(words[i].group()):
            for alias in self.aliases.get(first, ()):
                end = _spans(alias.words, words, i)
                if end is None or not self._allowed(alias, text, words[i].start(), end, capitals):
                    continue
                if best is None or end > best[1]:
                    best, found = (words[i].start(), end), []
                if end == best[1]:
                    found.append(alias)
        if best is None:
            return None
        how = min((a.how for a in found), key=("name", "weak", "misread").index)
        entries = tuple(dict.fromkeys(a.entry for a in found if a.how == how))
        return Hit(*best, entries, how)

    def _allowed(self, alias: _Alias, text: str, start: int, end: int, capitals: bool) -> bool:
        seen = text[start:end]
        written = alias.written
        if written.isupper() and not seen.isupper():
            return False
        if not capitals and not seen[:1].isupper() and not written[:1].islower():
            return False
        if alias.how == "weak" and (capitals or _MINISTER.match(text, end)):
            return False
        rule = self.homographs.get(seen.upper(), "")
        if rule.startswith("not before") and re.match(rule.partition(": ")[2], text[end : end + 40]):
            return False
        if capitals and rule:
            if rule.startswith("never"):
                return False
            before = text[max(0, start - 16) : start].lower().rstrip()
            if rule.startswith("not after") and re.search(rf"\b(?:{rule.partition(': ')[2]})$", before):
                return False
        if alias.entry.kind == "office" and "/" not in written and (capitals or len(written) < 3):
            return distribution(text, start)
        near = text[max(0, start - _NEARBY) : end + _NEARBY]
        if alias.how == "misread":
            here = alias.entry.context or ("" if len(written) >= 6 else "(?!)")
            return re.search(here, near.replace(seen, " "), re.IGNORECASE) is not None
        return True

    def nearest(self, name: str, label: str) -> Entry | None:
        """The one entry of `label` whose name differs from `name` by a single letter (7 letters or more), else None."""
        wanted = name.lower()
        if len(wanted) < 7:
            return None
        close = {
            a.entry.key: a.entry
            for form in _deletions(wanted)
            for a in _by_deletion().get(form, ())
            if a.entry.label == label and _one_edit(wanted, a.written.lower())
        }
        return next(iter(close.values())) if len(close) == 1 else None


def distribution(text: str, at: int) -> bool:
    """Whether the line around `at` is a distribution, clearance or drafting line, where office symbols stand."""
    start = text.rfind("\n", 0, at) + 1
    stop = text.find("\n", at)
    line = text[start : stop if stop >= 0 else len(text)][:200]
    return re.match(r"\s*(?:cc|copies|copy|info|action|distribution|clear\w*|concur\w*|draft\w*|cleared|from|to|thru|through)\b",
                    line, re.IGNORECASE) is not None and len(line) < 160  # fmt: skip


@cache
def terms() -> frozenset[str]:
    """Words of telegrams and headings that are no names, in lower case."""
    rows = knowledge.table("gazetteer/telegram_terms.csv")
    return frozenset(a.lower() for r in rows for a in [r["name"], *_list(r["aliases"])])


def of_government(abbreviation: str, counts: Counter[str]) -> str:
    """The place that GOC, GOI ... stands for: the one its document speaks of most, "" when it speaks of none."""
    places = governments().get(abbreviation, ())
    if len(places) == 1:
        return places[0]
    best = max(places, key=lambda p: counts[p], default="")
    return best if best and counts[best] else ""


@cache
def governments() -> dict[str, tuple[str, ...]]:
    """Abbreviations of governments in telegrams, with the places each may mean."""
    return {r["abbreviation"]: tuple(r["places"].split("|")) for r in knowledge.table("gazetteer/governments.csv")}


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer as loaded from models/gazetteer."""
    entries: dict[str, Entry] = {}
    aliases: dict[str, list[_Alias]] = defaultdict(list)

    def add(entry: Entry, names: Iterable[str], how: str) -> None:
        entries[entry.key] = entry
        for name in names:
            words = tuple(w.lower() for w in _WORD.findall(name))
            if words and (alias := _Alias(words, name, entry, how)) not in aliases[words[0]]:
                aliases[words[0]].append(alias)

    for label, table in (("ORG", "organizations"), ("PLACE", "places"), ("CODENAME", "codenames")):
        for row in knowledge.table(f"gazetteer/{table}.csv"):
            entry = Entry(row["id"], label, row["name"], row.get("kind", ""), row["from"], row["to"], row["description"],
                          row.get("context", ""))  # fmt: skip
            if label == "CODENAME" and row["word"]:
                add(
                    entry,
                    [
                        f"{w} {a}"
                        for a in [row["name"], *_list(row["aliases"])]
                        for w in ("Operation", "Project", "Plan")
                    ],
                    "name",
                )
                add(entry, [a for a in _list(row["aliases"]) if a.startswith("Operation ")], "name")
                continue
            add(entry, [row["name"], *_list(row["aliases"]), *_list(row.get("demonyms", ""))], "name")
            add(entry, _list(row.get("weak", "")), "weak")
            add(entry, _list(row.get("garbles", "")), "misread")
    for abbreviation, places in governments().items():
        add(Entry(f"GOV:{abbreviation}", "PLACE", abbreviation, "government"), [abbreviation], "name") if len(
            places
        ) > 1 else add(entries[places[0]], [abbreviation], "name")
    rules = {r["word"]: r["rule"] for r in knowledge.table("gazetteer/homographs.csv")}
    return Gazetteer(entries, dict(aliases), rules)


def _list(cell: str) -> list[str]:
    return [a for a in (cell or "").split("|") if a]


def _forms(word: str) -> Iterator[str]:
    """A word as it may stand in the tables: without possessive and full stop, and its part before a hyphen."""
    low = word.lower()
    bare = re.sub(r"['’]s?$", "", low)
    yield from dict.fromkeys((low, bare, bare.rstrip("."), re.split(r"[-/]", bare)[0]))


def _spans(alias: tuple[str, ...], words: list[re.Match[str]], i: int) -> int | None:
    """Where the words of `alias` end when they stand from word `i` on; None when they do not."""
    if i + len(alias) > len(words):
        return None
    for n, want in enumerate(alias):
        word = words[i + n].group().lower()
        end = words[i + n].start() + len(want)
        if word == want:
            end = words[i + n].end()
        elif not (
            n + 1 == len(alias)
            and word.startswith(want)
            and re.match(r"['’]s?$|\.$|[-/]|['’]s?[-/.]", word[len(want) :])
        ):
            return None
        if n + 1 < len(alias) and words[i + n + 1].start() - words[i + n].end() > 2:
            return None
    return end


@cache
def _by_deletion() -> dict[str, list[_Alias]]:
    out: dict[str, list[_Alias]] = defaultdict(list)
    for several in gazetteer().aliases.values():
        for alias in several:
            if alias.how == "name" and len(alias.written) >= 7:
                for form in _deletions(alias.written.lower()):
                    out[form].append(alias)
    return out


def _deletions(word: str) -> set[str]:
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


def _one_edit(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) <= 1
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
