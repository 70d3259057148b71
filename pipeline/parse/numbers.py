"""Numbers that name things, by a pattern a person can read: `NND ######` finds NN D 9411O4 and says NND 941104.

In a pattern `#` is a figure (or a letter read for one), `@` a letter, `%` either, `~` a bracket or other mark; `(NLK|NUK|MK)`
is any of them and means the first; `[...]` may be absent; what stands before a `>` must be there but is not said; a `*` at
the end says that it goes on; a blank is where blanks and stray punctuation may stand; every other character is itself or
what it is commonly misread as. What is found is said with the pattern's own letters and with true figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.parse.fuzzy import WORST_RATE, _rates

FIGURES = str.maketrans("OoQDIl|!iSsZzBGgqbTt", "00001111155228699611")
FIGURE = r"[0-9OoQDIl|!iSZzBGgqb]"
SYMBOLS = {
    "#": ("figure", f"({FIGURE})"),
    "@": ("any", "([A-Za-z])"),
    "%": ("any", "([A-Za-z0-9])"),
    "~": ("any", r"([^A-Za-z0-9\s])"),
}
STRAY = r"[\s._,;:~\"'*-]{0,3}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number found at the half-open span, as it is meant."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Atom:
    kind: str  # literal, figure, any, choice, blank, optional, begin
    text: str
    group: int
    inner: tuple[_Atom, ...] = ()


def figures(text: str) -> str:
    """Letters read for figures turned back."""
    return text.translate(FIGURES)


def find_numbers(pattern: str, text: str) -> list[Number]:
    """Every place where the pattern fits."""
    compiled, atoms = _compiled(pattern)
    said = atoms[next((i + 1 for i, a in enumerate(atoms) if a.kind == "begin"), 0) :]
    return [
        Number(" ".join(_meant(said, m).split()), m.start(), m.end())
        for m in compiled.finditer(text)
        if sum(c.isdigit() for c in m.group()) * 2 >= pattern.count("#")
    ]


def _meant(atoms: tuple[_Atom, ...], m: re.Match[str]) -> str:
    out = []
    for atom in atoms:
        seen = m.group(atom.group) if atom.group else None
        if atom.kind in ("literal", "choice", "blank"):
            out.append(atom.text)
        elif atom.kind == "figure":
            out.append(figures(seen or ""))
        elif atom.kind == "any":
            out.append(seen or "")
        elif atom.kind == "optional" and seen:
            out.append(_meant(atom.inner, m))
    return "".join(out)


@cache
def _compiled(pattern: str) -> tuple[re.Pattern[str], tuple[_Atom, ...]]:
    counter = [0]
    goes_on = pattern.endswith("*")
    regex, atoms, rest = _parse(pattern.rstrip("*"), counter)
    if rest:
        raise ValueError(f"pattern {pattern!r} has an unmatched ]")
    return re.compile(r"(?<![A-Za-z0-9])" + regex + ("" if goes_on else r"(?![A-Za-z0-9])")), atoms


def _parse(pattern: str, counter: list[int]) -> tuple[str, tuple[_Atom, ...], str]:
    regex, atoms = [], []
    while pattern and pattern[0] != "]":
        c, pattern = pattern[0], pattern[1:]
        if c == "[":
            counter[0] += 1
            group = counter[0]
            inner, parts, pattern = _parse(pattern, counter)
            pattern = pattern[1:]
            regex.append(f"({inner})?")
            atoms.append(_Atom("optional", "", group, parts))
            continue
        if c == "(":
            choice, pattern = pattern.split(")", 1)
            words = choice.split("|")
            regex.append("(?:" + "|".join(_word(w) for w in sorted(words, key=len, reverse=True)) + ")")
            atoms.append(_Atom("choice", words[0], 0))
        elif c == ">":
            atoms.append(_Atom("begin", "", 0))
        elif c == " ":
            regex.append(STRAY)
            atoms.append(_Atom("blank", " ", 0))
        elif c in SYMBOLS:
            counter[0] += 1
            regex.append(SYMBOLS[c][1])
            atoms.append(_Atom(SYMBOLS[c][0], "", counter[0]))
        else:
            regex.append(_literal(c))
            atoms.append(_Atom("literal", c, 0))
    return "".join(regex), tuple(atoms), pattern


def _word(word: str) -> str:
    return "".join(re.escape(c) if c.isalnum() else STRAY + re.escape(c) + "?" + STRAY for c in word)


def _literal(c: str) -> str:
    if c.isalpha():
        misread = {b for (a, b), rate in _rates().items() if a == c.upper() and rate >= WORST_RATE}
        return "[" + "".join(sorted({c.upper(), c.lower(), *misread})) + r"]\s?"
    if c == "-":
        return r"\s?[-–—~:._]{1,2}\s?"
    if c == "/":
        return r"\s?[/IlV|]\s?"
    if c in ".:":
        return r"\s?[.,:;-]\s?"
    return r"\s?" + re.escape(c) + r"\s?"
