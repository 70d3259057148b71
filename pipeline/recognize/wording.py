"""How advice is worded: the cues of models/recommendations/patterns.toml, and what a sentence shows a judge.

A unit is a sentence, or a numbered or lettered item, with what stands around it: the section it is in, the units before
and after. `features` is all that the trained part (advice.py) sees, here and in its recipe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations, pairwise
from typing import Any

from pipeline.core import knowledge
from pipeline.recognize.prose import ITEM, Prose
from pipeline.recognize.setting import heard, kind_of, reporting


@dataclass(frozen=True, slots=True)
class Cue:
    """One wording: what it speaks for, its proof, and the least probability of a sentence that shows it (`sure`)."""

    id: str
    kind: str
    polarity: str
    strength: str
    pattern: re.Pattern[str]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]
    sure: float = 0.0


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and the section it opens: recommendation, request, option or reasoning."""

    id: str
    section: str
    pattern: re.Pattern[str]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or item: half-open span of the running text, its words, its section and the cues found in it.

    `paragraph` numbers the paragraph, `opens` says that the unit begins it, `item` that it bears a number or letter,
    `foreign` that the document is another government's. `voices` are those heard in it (setting.py), `document` is the kind
    of document, `reporting` how much of it reports what was said.
    """

    start: int
    end: int
    text: str
    paragraph: int
    opens: bool
    item: bool
    section: str
    telegram: bool
    heading: bool = False
    foreign: bool = False
    cues: frozenset[str] = field(default_factory=frozenset)
    voices: frozenset[str] = field(default_factory=frozenset)
    document: str = "other"
    reporting: int = 0


@cache
def data() -> dict[str, Any]:
    return knowledge.toml("recommendations/patterns.toml")


@cache
def cues() -> tuple[Cue, ...]:
    """All cues, in the order of the table."""
    return tuple(
        Cue(c["id"], c["kind"], c["polarity"], c["strength"], re.compile(c["pattern"], re.IGNORECASE),
            tuple(c["examples"]), tuple(c["counterexamples"]), c.get("sure", 0.0))
        for c in data()["cue"]
    )  # fmt: skip


@cache
def by_id() -> dict[str, Cue]:
    return {c.id: c for c in cues()}


@cache
def headings() -> tuple[Heading, ...]:
    return tuple(
        Heading(
            h["id"],
            h["section"],
            re.compile(h["pattern"], re.IGNORECASE),
            tuple(h["examples"]),
            tuple(h["counterexamples"]),
        )
        for h in data()["heading"]
    )


def heading_of(text: str) -> Heading | None:
    """The heading that a short line is, None when it is none that we know."""
    if len(text) > 70:
        return None
    return next((h for h in headings() if h.pattern.fullmatch(text)), None)


def units(prose: Prose) -> Iterator[Unit]:
    """The units of a document in order, furniture left out."""
    kind = kind_of(prose.text)
    cut = list(_cut(prose))
    much = reporting([u.voices for u in cut])
    return (replace(u, document=kind, reporting=much) for u in cut)


def _cut(prose: Prose) -> Iterator[Unit]:
    section = ""
    opened = 0
    telegram = re.search(r"(?i)\b(?:telegram|cable|embtel|deptel|airgram)\b", prose.text[:600]) is not None
    foreign = re.search(data()["document"]["foreign"], prose.text[:300], re.IGNORECASE) is not None
    for n, paragraph in enumerate(prose.paragraphs):
        if paragraph.furniture:
            continue
        whole = prose.text[paragraph.start : paragraph.end]
        heading = heading_of(" ".join(whole.split()))
        if heading:
            section, opened = heading.section, n
        elif _other_heading(whole) or n - opened > 40:
            section = ""
        pending: int | None = None  # an item's marker that stands alone before its sentence
        for i, (start, end) in enumerate(prose.sentences(paragraph)):
            begin = start if pending is None else pending
            text = " ".join(prose.text[begin:end].split())
            if re.fullmatch(r"\W*(?:\(?(?:\d{1,2}|[a-zA-Z])[.)])\W*", text):
                pending = begin
                continue
            pending = None
            found = frozenset(c.id for c in cues() if c.pattern.search(text))
            yield Unit(
                begin, end, text, n, i == 0, ITEM.match(text) is not None, section, telegram, heading is not None,
                foreign, found, heard(text),
            )  # fmt: skip


def _other_heading(text: str) -> bool:
    """A line that looks like a heading we do not know: short, no full stop, in capitals or title case."""
    words = text.split()
    if not 0 < len(words) <= 8 or text.rstrip()[-1:] in ".,;":
        return False
    titled = all(w[:1].isupper() for w in words if w.lower() not in _SMALL)
    return text.isupper() or (text.rstrip().endswith(":") and text[:1].isupper()) or titled


_SMALL = frozenset("a an and as at by for from in of on or the to with".split())


def features(all_units: Sequence[Unit], i: int) -> set[str]:
    """What unit `i` shows: its cues and words, its section and lead-in, and the cues of its neighbours."""
    unit = all_units[i]
    out = {f"c:{c}" for c in unit.cues}
    out |= {f"s:{unit.section or 'none'}", f"item:{unit.item}", f"telegram:{unit.telegram}", f"opens:{unit.opens}"}
    out |= {f"length:{min(len(unit.text) // 60, 6)}", f"ends:{unit.text[-1:] if unit.text[-1:] in '?:;.' else 'open'}"}
    for side, j in _beside(all_units, i):
        out |= {f"{side}:{c}" for c in all_units[j].cues}
        if all_units[j].heading:
            out.add(f"{side}:heading:{all_units[j].section}")
    out |= set(_setting(all_units, i))
    lead = lead_in(all_units, i)
    if lead is not None:
        out |= {f"l:{c}" for c in lead.cues} | {"l:lead"}
    out |= {f"both:{a} {b}" for a, b in combinations(sorted(unit.cues), 2)}
    words = _words(unit.text)
    out |= {f"{side}f:{' '.join(_words(all_units[j].text)[:2])}" for side, j in _beside(all_units, i)}
    out |= {f"last:{' '.join(words[-2:])}", f"past:{min(sum(map(_is_past, words)), 4)}"}
    out |= {f"w:{w}" for w in words}
    out |= {f"b:{a} {b}" for a, b in pairwise(words)}
    out |= {f"t:{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)}
    out |= {f"f:{' '.join(words[:k])}" for k in (1, 2, 3, 4)}
    out |= set(_modals(words))
    return out


def _setting(all_units: Sequence[Unit], i: int) -> Iterator[str]:
    """The kind of document, the voices of unit `i` and of the three units before it in its paragraph, its cues by voice."""
    unit = all_units[i]
    yield from (f"k:{unit.document}", f"rate:{unit.reporting}")
    yield from (f"sp:{v}" for v in unit.voices)
    before = [u for u in all_units[max(0, i - 3) : i] if u.paragraph == unit.paragraph]
    yield from (f"sp:after {v}" for v in ("third", "first") if any(v in u.voices for u in before))
    voice = next((v for v in ("third", "first", "now") if v in unit.voices), "none")
    yield from (f"sz:{voice} {c}" for c in unit.cues)


def _beside(all_units: Sequence[Unit], i: int) -> Iterator[tuple[str, int]]:
    """The units before ("p") and after ("n") unit `i`, as far as there are any."""
    yield from ((side, j) for side, j in (("p", i - 1), ("n", i + 1)) if 0 <= j < len(all_units))


def _is_past(word: str) -> bool:
    return word.endswith("ed") or word in ("was", "were", "had", "said", "told", "did")


def lead_in(all_units: Sequence[Unit], i: int) -> Unit | None:
    """The sentence that introduces the list that unit `i` is an item of ("I recommend the following:"), None else."""
    unit = all_units[i]
    if not unit.item and not (i and all_units[i - 1].text.endswith(":")):
        return None
    for other in reversed(all_units[max(0, i - 12) : i]):
        if not other.item:
            return (
                other
                if re.search(
                    r"(?i)[:—-]\W*$|\b(?:that|to|could|should|would|following|that (?:you|we))\W*$", other.text
                )
                else None
            )
    return None


def _modals(words: list[str]) -> Iterator[str]:
    """Who should do what: for each modal the word before it, its subject and the verb after it."""
    for n, word in enumerate(words):
        if word not in _MODALS:
            continue
        modal = "should" if word in ("should", "must", "ought") else word
        after = [w for w in words[n + 1 : n + 6] if w not in _BETWEEN and not w.endswith("ly")]
        subject = next((_SUBJECTS[w] for w in reversed(words[max(0, n - 3) : n]) if w in _SUBJECTS), "noun")
        yield f"a:{subject} {word}"
        yield f"a:{subject} {word} {after[0] if after else ''}"
        if after:
            yield f"m:{modal} {'be ' if 'be' in words[n + 1 : n + 4] else ''}{after[0]}"
        if n:
            yield f"u:{words[n - 1]} {modal}"


_MODALS = frozenset("should must ought shall could might would may will".split())
_SUBJECTS = {
    **dict.fromkeys(("we", "i"), "we"),
    "you": "you",
    "Name": "name",
    **dict.fromkeys(("he", "she", "they"), "he"),
    **dict.fromkeys(("it", "this", "that", "which", "there", "these", "those"), "it"),
}
_BETWEEN = frozenset("be to also not therefore now still in any at once then have only even".split())


def _words(text: str) -> list[str]:
    """The words in lower case; names and numbers are made alike, so that the wording counts and not the matter."""
    out = []
    for n, w in enumerate(
        re.findall(r"[A-Za-z]+(?:['’][a-z]+)?|\d+|[?;:]", re.sub(r"^\W*(?:\d{1,2}|[a-zA-Z])[.)]\s+", "", text))
    ):
        if w[0].isdigit():
            out.append("0")
        elif n and w[0].isupper() and not w.isupper() and len(w) > 1:
            out.append("Name")
        else:
            out.append(w.lower())
    return out
