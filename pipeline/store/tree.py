"""The syntax tree of a query: immutable, and `str(tree)` is a query that means the same. No engine is named here;
`fulltext`, `fields` and `plan` turn a tree into SQL."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.store.values import Days, Figures


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase. `exact` (=word) wants it letter for letter as read; `prefix` takes longer last words too."""

    text: str
    phrase: bool = False
    prefix: bool = False
    exact: bool = False
    at: int = dataclasses.field(default=0, compare=False)

    def __str__(self) -> str:
        word = f'"{self.text}"' if self.phrase else self.text
        return f"{'=' * self.exact}{word}{'*' * self.prefix}"


@dataclass(frozen=True, slots=True)
class Near:
    """Terms on one page with at most `distance` words between them, in any order."""

    terms: tuple[Term, ...]
    distance: int

    def __str__(self) -> str:
        return f"NEAR({' '.join(map(str, self.terms))}, {self.distance})"


@dataclass(frozen=True, slots=True)
class Has:
    """A field of the document that holds a value; a Term with empty text and `prefix` stands for any value."""

    field: str
    value: Term | Days | Figures
    at: int = dataclasses.field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.field}:{self.value}"


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not hold for."""

    part: Node

    def __str__(self) -> str:
        return f"NOT {_nested(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(_nested(p) for p in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more parts."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(_nested(p) for p in self.parts)


Node: TypeAlias = Term | Near | Has | Not | And | Or


def _nested(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or) else str(node)


def terms_of(node: Node, wanted: bool = True) -> tuple[Term | Near, ...]:
    """What a hit can show: words, phrases and NEARs that do not stand under a NOT, in the query's order."""
    match node:
        case Term() | Near():
            return (node,) if wanted else ()
        case Not(part):
            return terms_of(part, not wanted)
        case And(parts) | Or(parts):
            return tuple(t for p in parts for t in terms_of(p, wanted))
    return ()


def fields_of(node: Node, wanted: bool = True) -> tuple[Has, ...]:
    """The fields that do not stand under a NOT, in the query's order."""
    match node:
        case Has():
            return (node,) if wanted else ()
        case Not(part):
            return fields_of(part, not wanted)
        case And(parts) | Or(parts):
            return tuple(h for p in parts for h in fields_of(p, wanted))
    return ()
