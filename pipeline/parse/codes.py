"""Exemption codes on stamps and release lines, as understood: b1, b3:CIA, 1.4(d), 25X6, 5(B)(2), JFK Act 6(1)(B).

Sources: 5 USC 552(b), 552a(j,k); E.O. 11652 sec. 5(B); 12356 sec. 1.3(a); 12958 sec. 1.5, 1.6, 3.4(b); 13292 and 13526
sec. 1.4, 3.3(b), 3.3(h), 3.5(c); P.L. 102-526 sec. 5, 6. Which of them a stamp can carry, its template says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pipeline.parse.numbers import figures

TAGS = r"(?:\s?(CIA(?:\s?(?:PERS/ORG|ACT))?|INA|NSA|P\.?L\.? ?86-36|50 USC \d+))?"
FOIA = re.compile(
    r"(?<![A-Za-z0-9.])\(?[bB]\)?\s?\(?([1-9lISG])(?:[1Il|](?![\w)]))?\)?(?:\s?\(?([A-FG])\)?(?![A-Za-z]))?"
    + TAGS
    + r"(?![A-Za-z0-9(])"
)
SHORT = re.compile(r"(?<![A-Za-z0-9.])[aA]\s?(10|[1-9lIS])(?![\w.])")  # State, 1982-95: B1, A5: 1.3(a)(5) of E.O. 12356
PRIVACY = re.compile(r"(?<![A-Za-z0-9])\(?([jk])\)?\s?\(?([1-7lI])\)?(?![\w])", re.I)


def _foia(text: str) -> Iterable[str]:
    for m in FOIA.finditer(text):
        part = {"G": "C"}.get(m[2] or "", m[2] or "")
        tag = f":{m[3].upper()}" if m[3] else ""
        yield f"b{figures(m[1])}{part}{tag}"
        yield from (f"a{figures(s[1])}" for s in SHORT.finditer(text, m.end()) if s.start() - m.end() < 12)


def _eo12356(text: str) -> Iterable[str]:
    for m in re.finditer(r"1\.3\s?\(a\)((?:\s?[\[(]?\s?\d{1,2}\s?[\])]?,?)+)", text):
        yield from (f"1.3(a)({d})" for d in re.findall(r"\d+", m[1]))


def _category(section: str, letters: str) -> Callable[[str], Iterable[str]]:
    one = rf"[{letters}{letters.upper()}0O8]"
    pattern = re.compile(re.escape(section) + rf"\.?\s?\(?\s?((?:{one}(?:\s?,\s?|\)?\s?\(|\))?)+)")
    repair = {"O": "d", "0": "d", "E": "e", "8": "b", "G": "g"}

    def find(text: str) -> Iterable[str]:
        for m in pattern.finditer(text):
            yield from (f"{section}({repair.get(c.upper(), c.lower())})" for c in re.findall(r"[A-Za-z0-9]", m[1]))

    return find


def _years25(text: str) -> Iterable[str]:
    for m in re.finditer(r"(?<![A-Za-z0-9])2[568]\s?[xX%K]\s?([1-9Il](?:\s?,\s?[1-9])*)?(?![A-Za-z0-9])", text):
        digits = re.findall(r"\d", figures(m[1] or ""))
        yield from (f"25X{d}" for d in digits or [""])
    for m in re.finditer(r"3\.[34]\s?\(b\)((?:\s?,?\s?\(\d\))+)", text):
        yield from (f"25X{d}" for d in re.findall(r"\d", m[1]))


def _years10(text: str) -> Iterable[str]:
    yield from (f"X{figures(d)}" for d in re.findall(r"(?<![A-Za-z0-9])X-?([1-8Il])(?![A-Za-z0-9])", text))


def _eo11652(text: str) -> Iterable[str]:
    for m in re.finditer(r"[5S8]\s?B\s?\(?\s?([1-4])(?![\d])", text):
        yield f"5(B)({m[1]})"
    for m in re.finditer(r"X\s?GDS[\s-]*((?:\d|[\s,]|and|&)+)", text, re.I):
        yield from (f"5(B)({d})" for d in re.findall(r"[1-4]", m[1]))
    for m in re.finditer(r"(?:GDS|SCHEDULE)[^\n]{0,12}Category\s*([1-4])", text, re.I):
        yield f"5(B)({m[1]})"


def _impdet(text: str) -> Iterable[str]:
    """E2 IMPDET: E1-E4 stand for 5(B)(1)-(4); E is read £, €, B, F, 8 and 2 is read Z."""
    for m in re.finditer(r"(?<![A-Za-z0-9])[E£€BF8]\s?-?\s?([1-4ZlI])[\s,.]{0,3}[I1lEi]M?[A-Z]{3,5}", text):
        yield f"5(B)({figures(m[1])})"


def _jfk_act(text: str) -> Iterable[str]:
    for m in re.finditer(r"6\s?[.(]\s?[1lI]\s?\)?\s?\(?\s?([ABCabc])\)?((?:\s?,?\s?\([2-5]\))*)", text):
        yield f"JFK Act 6(1)({m[1].upper()})"
        yield from (f"JFK Act 6({d})" for d in re.findall(r"[2-5]", m[2]))
    yield from (f"JFK Act 6({d})" for d in re.findall(r"6\s?\(\s?([2-5])\s?\)", text))
    if re.search(r"5\s?\(?[g9qa]\)?\s?\(?\s?[21]2?\)?\s?\(?\s?D", text):
        yield "JFK Act 5(g)(2)(D)"


def _mdr(text: str) -> Iterable[str]:
    yield from ("3.5(c)" for _ in re.findall(r"3\.5\s?\(?[cC]\)?", text))
    yield from (f"3.3(h)({d})" for d in re.findall(r"3\.3\s?\(h\)\s?\(([12])\)", text))


SCHEMES: dict[str, Callable[[str], Iterable[str]]] = {
    "foia": _foia,
    "privacy": lambda text: (f"({m[1].lower()})({figures(m[2])})" for m in PRIVACY.finditer(text)),
    "eo11652": _eo11652,
    "impdet": _impdet,
    "eo12356": _eo12356,
    "eo12958": _category("1.5", "a-g"),
    "eo13526": _category("1.4", "a-h"),
    "10 years": _years10,
    "25 years": _years25,
    "jfk act": _jfk_act,
    "mdr": _mdr,
}


def find_codes(text: str, schemes: Iterable[str]) -> tuple[str, ...]:
    """The codes of those schemes that the text holds, in order of scheme, each once."""
    return tuple(dict.fromkeys(code for scheme in schemes for code in SCHEMES[scheme](text)))
