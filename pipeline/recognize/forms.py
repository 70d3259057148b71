"""Names that their form gives away: posts, bodies, operations, cryptonyms, persons behind a title (models/entities)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.core import knowledge
from pipeline.recognize.casing import is_common
from pipeline.recognize.people import is_known_surname


@dataclass(frozen=True, slots=True)
class Form:
    """One pattern with its proof. `capitals`: also tried on texts all in capitals."""

    id: str
    label: str
    pattern: re.Pattern[str]
    confidence: float
    capitals: bool
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@cache
def forms() -> tuple[Form, ...]:
    """The patterns of models/entities/patterns.toml."""
    return tuple(
        Form(p["id"], p["label"], re.compile(p["pattern"]), p["confidence"], p.get("capitals", False),
             tuple(p["examples"]), tuple(p["counterexamples"]))
        for p in knowledge.toml("entities/patterns.toml")["pattern"]
    )  # fmt: skip


def by_form(text: str, capitals: bool) -> Iterator[tuple[int, int, Form]]:
    """Half-open spans of names in `text` with the form that gave them away."""
    for form in forms():
        if capitals and not form.capitals:
            continue
        group = "name" if "name" in form.pattern.groupindex else 0
        for m in form.pattern.finditer(text):
            start, end = m.span(group)
            if form.id == "PERSON_TITLED":
                end = _without_common(text, start, end)
                if end <= start:
                    continue
            if capitals and form.label == "ORG":
                start, end = _trimmed(text, start, end, form.id == "ORG_POST")
            yield start, end, form


def _without_common(text: str, start: int, end: int) -> int:
    """Where a name behind a title ends when the common words after it are left off ("General Accounting Office": nowhere)."""
    words = list(re.finditer(r"\S+", text[start:end]))
    while words and is_common(re.sub(r"\W", "", words[-1].group())) and (len(words) > 1 or len(words[-1].group()) > 5):
        words.pop()
    return start + words[-1].end() if words else start


def _trimmed(text: str, start: int, end: int, post: bool) -> tuple[int, int]:
    """A body's name in capitals without the words that only stand before it, or, for a post, after it."""
    words = list(re.finditer(r"\S+", text[start:end]))
    if post:
        last = words[-1]
        return (start, start + words[-2].end()) if len(words) > 1 and is_common(last.group()) else (start, end)
    after = max((n + 1 for n, w in enumerate(words[:-1]) if re.search(r"[a-zA-Z]{3,}[.,;:]$", w.group())), default=0)
    names = [n for n, w in enumerate(words[:-1]) if n >= after and not is_common(w.group().strip(".,'"))]
    first = names[0] if names else max(after, len(words) - 2)
    return start + words[first].start(), end


@cache
def _cryptonyms() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    data = knowledge.toml("entities/cryptonyms.toml")
    digraph = "|".join(data["digraphs"])
    sure = re.compile(rf"(?<![\w/])(?:{digraph})(?:/[A-Z]{{3,}}(?:[-/]\d{{1,3}})?|[A-Z]{{3,}}[-/]\d{{1,3}})(?![\w/])")
    bare = re.compile(rf"(?<![\w/-])(?:{digraph})[A-Z]{{3,}}(?![\w/-])")
    return sure, bare, frozenset(data["never"])


def cryptonyms(text: str, capitals: bool) -> Iterator[tuple[int, int, float]]:
    """Half-open spans of cryptonyms with a confidence; in texts all in capitals only those with a slash or a number."""
    sure, bare, never = _cryptonyms()
    for m in sure.finditer(text):
        if re.split(r"[-/]", m.group())[0] not in never:
            yield m.start(), m.end(), 0.85
    if not capitals:
        for m in bare.finditer(text):
            line = (
                text[text.rfind("\n", 0, m.start()) + 1 : m.start()]
                + text[m.end() : (text.find("\n", m.end()) + 1 or len(text)) - 1]
            )
            if (
                m.group() not in never
                and not is_common(m.group())
                and not is_known_surname(m.group())
                and any(c.islower() for c in line)
            ):
                yield m.start(), m.end(), 0.6
