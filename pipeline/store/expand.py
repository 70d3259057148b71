"""Wider than was asked: a query's words with the forms that readers made of them in this archive.

A form counts as a misreading of a word when the archive has it, no lexicon has it, it is not more frequent than the
word, letters are known to be misread so, and no other word is likelier to lie behind it (`misreadings`). What was asked
with `=`, as a prefix or under a NOT is left as it is. Forms are sought in the text as read alone.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from pipeline.store.fulltext import Index
from pipeline.store.misreadings import better, ending, forms, lexicon, splits
from pipeline.store.tokens import tokens
from pipeline.store.tree import And, Near, Node, Or, Term, terms_of

MOST_FORMS = 12
"""Forms that one word is widened to, the likeliest."""
MOST_WORDS = 8
"""Words of a query that are widened, the first."""
STRANGE = 3
"""Pages that a form may stand on though the word itself stands on fewer."""
IN_ARCHIVE = 20.0
"""What one page of this archive that has a word says for it, in words of the lexicon's counts."""
ASKED = 30.0
"""What the asking says for a word: people ask for what they expect."""


@dataclass(frozen=True, slots=True)
class Wider:
    """The query as it is asked beyond its words as read, and what each word was widened to, the likeliest first."""

    tree: Node
    read_as: Mapping[str, tuple[str, ...]]

    def said(self) -> tuple[str, ...]:
        return tuple(f"“{word}” also read as: {', '.join(read)}" for word, read in self.read_as.items())


def widen(tree: Node, conn: Connection, index: Index) -> Wider | None:
    """The wider query; None when the archive has no misreading of its words. What the query finds by itself need not be
    found by the wider one again."""
    words = list(dict.fromkeys(w for t in _plain(tree) for w in tokens(t.text)))[:MOST_WORDS]
    read_as = misreadings(words, conn, index)
    if not read_as:
        return None
    wide = _beyond(tree, read_as)
    return Wider(wide, read_as) if wide else None


def _plain(tree: Node) -> Iterator[Term]:
    for term in terms_of(tree):
        if isinstance(term, Near):
            yield from (t for t in term.terms if _open(t))
        elif _open(term):
            yield term


def _open(term: Term) -> bool:
    return not (term.exact or term.prefix)


def misreadings(words: list[str], conn: Connection, index: Index) -> dict[str, tuple[str, ...]]:
    """By word, its misreadings in the archive; words that have none are left out."""
    possible = {word: forms(word) for word in words}
    unknown = {form for made in possible.values() for form in made if form not in lexicon()}
    parts = {part for word in words for split in splits(word) for part in split}
    pages = index.vocabulary(conn, {*words, *unknown, *parts}) if unknown else {}
    out = {}
    for word, made in possible.items():
        own = pages.get(word, 0)
        weight = math.log(lexicon().get(word, 0) + IN_ARCHIVE * own + ASKED)
        here = [(cost, form) for form, cost in made.items() if form in pages and form in unknown]
        read = [
            (cost - math.log(pages[form]), form)
            for cost, form in here
            if pages[form] <= max(own, STRANGE) and not ending(form) and not better(form, weight - cost)
        ]
        chosen = [form for _, form in sorted(read)]
        torn = [f"{a} {b}" for a, b in splits(word) if a in pages and b in pages and max(a, b, key=len) not in lexicon()]
        if whole := [*chosen, *(form for form in torn if _stands(form, conn, index))][:MOST_FORMS]:
            out[word] = tuple(whole)
    return out


def _stands(phrase: str, conn: Connection, index: Index) -> bool:
    return conn.execute(index.matching(Term(phrase, phrase=True), text_only=True).limit(1)).first() is not None


# the tree


def _beyond(tree: Node, read_as: Mapping[str, tuple[str, ...]]) -> Node | None:
    """What the wider query finds more than the tree: where any word suffices, the misreadings alone."""
    match tree:
        case Term() | Near():
            return _any(_variants(tree, read_as))
        case Or(parts):
            return _any([wide for p in parts if (wide := _beyond(p, read_as))])
        case And():
            parts = tuple(_wide(p, read_as) for p in tree.parts)
            return And(parts) if parts != tree.parts else None
    return None


def _wide(node: Node, read_as: Mapping[str, tuple[str, ...]]) -> Node:
    match node:
        case Term() | Near():
            return _any([node, *_variants(node, read_as)]) or node
        case And(parts):
            return And(tuple(_wide(p, read_as) for p in parts))
        case Or(parts):
            return Or(tuple(_wide(p, read_as) for p in parts))
    return node


def _any(nodes: list[Node]) -> Node | None:
    flat = [n for node in nodes for n in (node.parts if isinstance(node, Or) else (node,))]
    return Or(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None


def _variants(term: Term | Near, read_as: Mapping[str, tuple[str, ...]]) -> list[Node]:
    """The term with one of its words misread."""
    if isinstance(term, Near):
        near = [
            Near((*term.terms[:i], variant, *term.terms[i + 1 :]), term.distance)
            for i, part in enumerate(term.terms)
            for variant in _variants(part, read_as)
            if isinstance(variant, Term)
        ]
        return list(near)
    if not _open(term):
        return []
    words = tokens(term.text)
    made = [
        " ".join([*words[:i], form, *words[i + 1 :]]) for i, word in enumerate(words) for form in read_as.get(word, ())
    ]
    return [dataclasses.replace(term, text=text, phrase=True, exact=True) for text in made]
