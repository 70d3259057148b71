"""Wider than was asked: a query's words with the forms that readers made of them in this archive.

Which forms those are, `sought` says for the whole archive and `beside` for the few pages that have the query's other
words; how likely each is, `misreadings`. What was asked with `=`, as a prefix or under a NOT is left as it is. Forms are
sought in the text as read alone, and in the fields that hold what was read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Connection

from pipeline.store import beside, sought
from pipeline.store.fulltext import Index, renderable
from pipeline.store.tokens import tokens
from pipeline.store.tree import And, Has, Near, Node, Or, Term, fields_of, terms_of

MOST_WORDS = 8
"""Words of a query that are widened, the first."""
FIELDS = ("subject", "from", "to", "entity", "recommends")
"""Fields that hold what was read; others hold what it was understood as."""
LETTERS = 4
"""Of a word that is sought beside the others."""

ReadAs: TypeAlias = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Wider:
    """The query as it is asked beyond its words as read, and what each word was widened to, the likeliest first."""

    tree: Node
    read_as: ReadAs

    def said(self) -> tuple[str, ...]:
        return tuple(f"“{word}” also read as: {', '.join(read)}" for word, read in self.read_as.items())


def widen(tree: Node, conn: Connection, index: Index) -> Wider | None:
    """The wider query; None when the archive has no misreading of its words. What the query finds by itself need not be
    found by the wider one again."""
    asked = (*_plain(tree), *(has.value for has in fields_of(tree) if _widened(has)))
    words = list(dict.fromkeys(w for t in asked if isinstance(t, Term) for w in tokens(t.text)))[:MOST_WORDS]
    read_as = sought.misreadings(words, conn, index)
    if isinstance(tree, And):
        read_as = _with(read_as, _beside(tree, read_as, conn, index))
    if not read_as:
        return None
    wide = _beyond(tree, read_as)
    return Wider(wide, read_as) if wide else None


def _beside(tree: And, read_as: ReadAs, conn: Connection, index: Index) -> ReadAs:
    """What pages that have all other words of the query, as read or misread, have for each of its words."""
    found: dict[str, tuple[str, ...]] = {}
    least = beside.LIKELY if not renderable(tree) or _any_page(tree, conn, index) else beside.LAST
    for part in tree.parts:
        others = [_wide(p, read_as) for p in tree.parts if p is not part and renderable(p)]
        words = tokens(part.text) if isinstance(part, Term) and _open(part) else []
        if others and len(words) == 1 and words[0].isalpha() and len(words[0]) >= LETTERS:
            found.update(beside.misreadings(words, others, conn, index, least))
    return found


def _any_page(tree: Node, conn: Connection, index: Index) -> bool:
    return conn.execute(index.matching(tree).limit(1)).first() is not None


def _with(read_as: ReadAs, more: ReadAs) -> dict[str, tuple[str, ...]]:
    return {w: tuple(dict.fromkeys((*read_as.get(w, ()), *more.get(w, ())))) for w in {**read_as, **more}}


def _plain(tree: Node) -> Iterator[Term]:
    for term in terms_of(tree):
        if isinstance(term, Near):
            yield from (t for t in term.terms if _open(t))
        elif _open(term):
            yield term


def _open(term: Term) -> bool:
    return not (term.exact or term.prefix)


def _widened(has: Has) -> bool:
    return has.field in FIELDS and isinstance(has.value, Term) and _open(has.value)


# the tree


def _beyond(tree: Node, read_as: ReadAs) -> Node | None:
    """What the wider query finds more than the tree: where any word suffices, the misreadings alone."""
    match tree:
        case Term() | Near() | Has():
            return _any(_variants(tree, read_as))
        case Or(parts):
            return _any([wide for p in parts if (wide := _beyond(p, read_as))])
        case And():
            parts = tuple(_wide(p, read_as) for p in tree.parts)
            return And(parts) if parts != tree.parts else None
    return None


def _wide(node: Node, read_as: ReadAs) -> Node:
    match node:
        case Term() | Near() | Has():
            return _any([node, *_variants(node, read_as)]) or node
        case And(parts):
            return And(tuple(_wide(p, read_as) for p in parts))
        case Or(parts):
            return Or(tuple(_wide(p, read_as) for p in parts))
    return node


def _any(nodes: list[Node]) -> Node | None:
    flat = [n for node in nodes for n in (node.parts if isinstance(node, Or) else (node,))]
    return Or(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None


def _variants(node: Term | Near | Has, read_as: ReadAs) -> list[Node]:
    """The same with one of its words misread."""
    match node:
        case Term():
            return [dataclasses.replace(node, text=text, phrase=True, exact=True) for text in _misread(node, read_as)]
        case Near(terms):
            return [
                Near((*terms[:i], variant, *terms[i + 1 :]), node.distance)
                for i, part in enumerate(terms)
                for variant in _variants(part, read_as)
                if isinstance(variant, Term)
            ]
        case Has(field, Term() as value) if _widened(node):
            return [Has(field, Term(text, phrase=True)) for text in _misread(value, read_as)]
    return []


def _misread(term: Term, read_as: ReadAs) -> list[str]:
    words = tokens(term.text) if _open(term) else []
    return [" ".join([*words[:i], form, *words[i + 1 :]]) for i, w in enumerate(words) for form in read_as.get(w, ())]
