"""A query in words, so that a reader sees what was asked: each filter one line."""

from __future__ import annotations

from pipeline.store.tree import And, Has, Near, Node, Not, Or, Term
from pipeline.store.values import FIELDS, Days, Figures


def said(tree: Node) -> tuple[str, ...]:
    """One line for each thing that must hold, such as "the classification is SECRET" or "not: the word Cuba"."""
    return tuple(_line(part) for part in (tree.parts if isinstance(tree, And) else (tree,)))


def _line(node: Node) -> str:
    match node:
        case Term():
            return _term(node)
        case Near(terms, distance):
            return f"{_listed([_term(t) for t in terms], 'and')} within {distance} words of each other"
        case Has():
            return _has(node)
        case Not(part):
            return f"not: {_line(part)}"
        case And(parts):
            return _listed([_inner(p) for p in parts], "and")
        case Or(parts):
            return _listed([_inner(p) for p in parts], "or")


def _inner(node: Node) -> str:
    return f"({_line(node)})" if isinstance(node, And | Or) else _line(node)


def _listed(parts: list[str], last: str) -> str:
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def _term(term: Term) -> str:
    kind = "words" if " " in term.text else "word"
    begun = " (and longer)" if term.prefix else ""
    exact = " exactly as read" if term.exact else ""
    joins = f" (in capitals, {term.text.upper()} joins words)" if not term.phrase and term.text in ("and", "or", "not") else ""
    return f"the {kind} “{term.text}”{begun}{exact}{joins}"


def _has(has: Has) -> str:
    known = FIELDS[has.field]
    match has.value:
        case Days(first, last):
            return f"{known.means} {_between(first, last)}"
        case Figures(low, high, included):
            if low is not None and low == high:
                return f"{known.means} is {low:g}"
            return f"{known.means} {_figures(low, high, included)}"
        case Term("", _, True):
            return f"{known.means} is known"
        case Term(text, _, prefix, exact):
            verb = "has" if known.kind == "words" and not exact else "is"
            return f"{known.means} {verb} “{text}{'…' * prefix}”"
    raise AssertionError(has)


def _between(first: str | None, last: str | None) -> str:
    if first == last:
        return f"is {first}"
    if first and last:
        return f"from {first} to {last}"
    return f"from {first} on" if first else f"up to {last}"


def _figures(low: float | None, high: float | None, included: bool) -> str:
    if low is not None and high is not None:
        return f"from {low:g} to {high:g}"
    if low is not None:
        return f"{'at least' if included else 'above'} {low:g}"
    return f"{'at most' if included else 'below'} {high:g}"
