"""The search language: what a person types becomes an immutable tree, or an error that points at the place.

    either  := both (OR both)*
    both    := inverse ([AND] inverse)*
    inverse := (NOT | -) inverse | near
    near    := primary (NEAR[/n] primary)*
    primary := ( either ) | NEAR(terms[, n]) | field:value | field:( either ) | [=]word[*] | [=]"phrase"[*]

Operators are capitals; small `and`, `or`, `not` are words. docs/search.md is the user's side of this page.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.errors import ArgumentsError
from pipeline.store.tree import And, Has, Near, Node, Not, Or, Term
from pipeline.store.values import FIELDS, ValueProblem, days, expand, figures, known_field

NEAR_DISTANCE = 10
"""Words that may lie between the terms of a NEAR that gives no number."""
MAX_LENGTH, MAX_PARTS, MAX_DEPTH = 4000, 300, 40
"""Bounds on a query: characters, words and fields, parentheses and NOTs within one another. They keep the engines'
own limits out of reach (FTS5's parser stack has room for about 100)."""


class QueryError(ArgumentsError):
    """A query that cannot be understood: `at` is the offset in `query` where, `str(error)` shows the place."""

    kind = "query"

    def __init__(self, problem: str, query: str, at: int, advice: str = "") -> None:
        at = min(at, len(query))
        shown = "".join(c if c.isprintable() else " " for c in query)
        from_ = max(0, at - 60)
        super().__init__(f"{problem}\n  {shown[from_ : from_ + 110]}\n  {' ' * (at - from_)}^", advice)
        self.problem = problem
        self.query = query
        self.at = at


def parse(query: str) -> Node:
    """The tree of `query`; `parse(str(tree)) == tree`. Raises QueryError, never anything else."""
    return _Parser(query).whole()


_SPACE = re.compile(r"[\s\x00-\x20\x7f-\xa0]*")
_PHRASE = re.compile('["“”„]([^"“”„]*)(["“”„]?)')
_WORD = re.compile(r'[^\s\x00-\x20\x7f-\xa0()"“”„]+(?:\([^\W_]{1,3}\))*')
_VALUE = re.compile(rf"(?:\([^\W_]{{1,3}}\))+|{_WORD.pattern}")  # also (b)(1)
_NEAR_END = re.compile(r",\s*(\d{1,4})\s*(?=\))")
_NEAR_WORD = re.compile(rf'(?:(?!{_NEAR_END.pattern})[^\s\x00-\x20\x7f-\xa0()"“”„])+')
_OPERATOR = re.compile(r"(AND|OR|NOT|NEAR)(?:/(\d{1,4}))?(?=[\s()\"“”„]|$)")
_FIELD = re.compile(r"([A-Za-z_]+):")
_TELLING = re.compile(rf"-|=|{_FIELD.pattern}|(?:{_OPERATOR.pattern})$")  # a word that wants quotation marks
_MEANT = {"&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT"}
_EXPECTED = "a word, a \"phrase\", a field or '('"


class _Parser:
    """Recursive descent over one query; `at` is the reading position."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.at = 0
        self.depth = 0
        self.parts = 0
        self.field: str | None = None  # inside field:( ... )

    def error(self, problem: str, at: int | None = None, advice: str = "") -> QueryError:
        return QueryError(problem, self.query, self.at if at is None else at, advice)

    def whole(self) -> Node:
        if len(self.query) > MAX_LENGTH:
            raise self.error(f"the query is longer than {MAX_LENGTH} characters", MAX_LENGTH)
        if bad := re.search(r"[\ud800-\udfff]", self.query):
            raise self.error("this is no character", bad.start())
        if self.ahead() == "":
            raise self.error("the query is empty", 0, f"Give {_EXPECTED}; see docs/search.md.")
        tree = self.either()
        if self.ahead():
            raise self.error("this ')' closes nothing" if self.ahead() == ")" else f"expected {_EXPECTED}")
        return tree

    def ahead(self) -> str:
        """The next character that is no space, "" at the end."""
        space = _SPACE.match(self.query, self.at)
        self.at = space.end() if space else self.at
        return self.query[self.at : self.at + 1]

    def operator(self, *names: str) -> re.Match[str] | None:
        """The operator that comes next when it is one of `names`; not yet read."""
        self.ahead()
        m = _OPERATOR.match(self.query, self.at)
        return m if m and m[1] in names and (m[2] is None or m[1] == "NEAR") else None

    def either(self) -> Node:
        parts = [self.both()]
        while m := self.operator("OR"):
            self.at = m.end()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Or(_flat(Or, parts))

    def both(self) -> Node:
        parts = [self.inverse()]
        while self.ahead() not in ("", ")") and not self.operator("OR"):
            if m := self.operator("AND"):
                self.at = m.end()
            parts.append(self.inverse())
        return parts[0] if len(parts) == 1 else And(_flat(And, parts))

    def inverse(self) -> Node:
        minus = self.ahead() == "-" and re.match(r'-[\w(="“]', self.query[self.at : self.at + 2])
        m = self.operator("NOT")
        if not m and not minus:
            return self.near()
        self.at = m.end() if m else self.at + 1
        return Not(self.deeper(self.inverse))

    def deeper(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} parentheses or NOTs within one another")
        node = read()
        self.depth -= 1
        return node

    def near(self) -> Node:
        start = self.at
        first = self.primary()
        terms: list[Node] = [first]
        distance: int | None = None
        while (m := self.operator("NEAR")) and not self.opens_call(m):
            given = int(m[2]) if m[2] else NEAR_DISTANCE
            if distance not in (None, given):
                raise self.error(f"one chain of NEARs has one distance, here {distance}", m.start())
            distance, self.at = given, m.end()
            terms.append(self.primary())
        return first if distance is None else self.neighbours(terms, distance, start)

    def neighbours(self, nodes: list[Node], distance: int, at: int) -> Near:
        terms = [n for n in nodes if isinstance(n, Term)]
        if len(terms) < len(nodes):
            raise self.error("NEAR stands between words or phrases only", at)
        if len(terms) < 2:
            raise self.error("NEAR wants at least two words or phrases", at)
        return Near(tuple(terms), distance)

    def primary(self) -> Node:
        next_ = self.ahead()
        if next_ == "":
            raise self.error(f"the query ends too early; expected {_EXPECTED}")
        if next_ == ")":
            raise self.error(f"expected {_EXPECTED} before this ')'")
        if next_ == "(":
            return self.group()
        if m := self.operator("NEAR"):
            if self.opens_call(m):
                return self.near_call(m)
            raise self.error("NEAR stands between two words, or as NEAR(word word, 5)")
        if m := self.operator("AND", "OR", "NOT"):
            raise self.error(f"{m[1]} stands between two things; expected {_EXPECTED}", m.start(),
                             f'To look for the word itself, write "{m[1]}".')  # fmt: skip
        m = _FIELD.match(self.query, self.at)
        return self.of_field(m) if m else self.counted(self.term())

    def group(self) -> Node:
        start = self.at
        self.at += 1
        inner = self.deeper(self.either)
        if self.ahead() != ")":
            raise self.error("this '(' is never closed", start)
        self.at += 1
        return inner

    def opens_call(self, m: re.Match[str]) -> bool:
        """Whether this NEAR is the one before parentheses, not the one between words."""
        return m[2] is None and self.query[m.end() :].lstrip().startswith("(")

    def near_call(self, m: re.Match[str]) -> Near:
        start = m.start()
        self.at = m.end()
        self.ahead()
        self.at += 1
        terms: list[Node] = []
        distance = NEAR_DISTANCE
        while self.ahead() not in ("", ")"):
            if end := _NEAR_END.match(self.query, self.at):
                distance, self.at = int(end[1]), end.end()
            else:
                terms.append(self.counted(self.term(_NEAR_WORD)))
        if self.ahead() != ")":
            raise self.error("this NEAR( is never closed", start)
        self.at += 1
        return self.neighbours(terms, distance, start)

    def counted(self, term: Term) -> Node:
        """A term where it stands: of the field whose parentheses it is in, else of the text."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise self.error(f"more than {MAX_PARTS} words and fields", term.at)
        return self.held(self.field, term) if self.field else term

    def term(self, pattern: re.Pattern[str] = _WORD) -> Term:
        """A word (as `pattern` has it) or phrase with its marks."""
        self.ahead()
        start = self.at
        exact = self.query.startswith("=", self.at)
        self.at += exact
        if quoted := _PHRASE.match(self.query, self.at):
            if not quoted[2]:
                raise self.error("this quotation mark is never closed", quoted.start())
            self.at = quoted.end()
            prefix = self.query.startswith("*", self.at)
            self.at += prefix
            text = " ".join(_clean(quoted[1]).split())
            return self.spoken(Term(text, True, prefix, exact, start))
        word = pattern.match(self.query, self.at)
        if not word:
            raise self.error(f"expected {_EXPECTED}")
        self.at = word.end()
        prefix = word[0].endswith("*")
        text = word[0].rstrip("*")
        if "*" in text:
            raise self.error("* can stand only at the end of a word", word.start() + text.index("*"))
        return self.spoken(Term(text, bool(_TELLING.match(text)), prefix, exact, start))

    def spoken(self, term: Term) -> Term:
        checked = self.field and FIELDS[self.field].kind in ("days", "figures", "listed")  # in `held`
        any_value = self.field and term.prefix and not term.text
        if not (any(c.isalnum() for c in term.text) or checked or any_value):
            meant = _MEANT.get(term.text, "")
            raise self.error(f"there is no letter or figure to look for in {str(term)!r}", term.at,
                             f"Write {meant} in capitals." if meant else "")  # fmt: skip
        return term

    def of_field(self, m: re.Match[str]) -> Node:
        name = known_field(m[1])
        if name is None:
            near = known_field(m[1], close=True)
            hint = f"Did you mean {near}:? " if near else ""
            raise self.error(f"there is no field {m[1]}:", m.start(), f"{hint}Fields: {', '.join(FIELDS)}. "
                             f'To look for the words themselves, put them in "quotation marks".')  # fmt: skip
        self.at = m.end()
        outer, self.field = self.field, None if name == "text" else name
        try:
            next_ = self.ahead()
            if next_ in ("", ")") or self.operator("AND", "OR"):
                raise self.error(f"{name}: wants a value after it: {FIELDS[name].wants}")
            if next_ == "(" and not re.compile(r"(\([^\W_]{1,3}\))+(?!\w)").match(self.query, self.at):
                return self.group()
            return self.counted(self.value(name))
        finally:
            self.field = outer

    def value(self, name: str) -> Term:
        """One value of a field, read as a term; ranges and comparisons are understood in `held`."""
        if FIELDS[name].kind in ("words", "text"):
            return self.term(_VALUE)
        start = self.at
        m = re.compile(r"(?:[<>]=?|=)?\s*").match(self.query, self.at)
        sign = m[0].strip() if m and m[0].strip() != "=" else ""
        self.at = m.end() if m else self.at
        if self.ahead() in ("", ")"):
            raise self.error(f"{name}: wants {FIELDS[name].wants}")
        term = self.term(_VALUE)
        return Term(sign + term.text, term.phrase, term.prefix, False, start)

    def held(self, name: str, term: Term) -> Node:
        """`name:term` with the value understood by the field's kind."""
        kind = FIELDS[name].kind
        whole = term.prefix and not term.text
        try:
            if kind == "days" and not whole:
                return Has(name, days(term.text), term.at)
            if kind == "figures":
                return Has(name, figures(term.text), term.at)
            if kind == "listed" and not whole:
                found = [Has(name, Term(v, True), term.at) for v in expand(name, term.text, term.prefix)]
                return found[0] if len(found) == 1 else Or(tuple(found))
        except ValueProblem as problem:
            raise self.error(f"{name}: {problem}", term.at, f"{name}: wants {FIELDS[name].wants}.") from None
        if kind == "code" and term.text[:1] in ("<", ">"):
            raise self.error(f"{name}: has no order to compare by", term.at, f"{name}: wants {FIELDS[name].wants}.")
        return Has(name, term, term.at)


def _flat(kind: type[And] | type[Or], parts: list[Node]) -> tuple[Node, ...]:
    """a AND (b AND c) is a AND b AND c."""
    return tuple(p for part in parts for p in (part.parts if isinstance(part, kind) else (part,)))


def _clean(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text)
