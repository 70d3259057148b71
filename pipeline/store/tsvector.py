"""The full-text index of PostgreSQL: the table `pages_words`, a row a page.

`lexemes` (a tsvector without positions, under a GIN index) says which words a page has; `text` and `alternates` hold its
words in order, each between two spaces of its own, so that a phrase is a substring. Lexemes find the pages, the words in
order settle phrases and NEAR and count: no page is too long and no word too frequent, as they would be for positions in a
tsvector (16,383 and 256). A page with more words than a tsvector can hold (1 MB) has the lexeme `~~` instead of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR

from pipeline.store.fulltext import ALTERNATE_WEIGHT, K1, LEAST_IDF, B
from pipeline.store.schema import pages
from pipeline.store.tokens import tokens
from pipeline.store.tree import And, Near, Node, Not, Or, Term, terms_of

LONGEST = 200
"""Characters of a word that its lexeme keeps; a tsvector takes 2,046 bytes."""
MOST = 900_000
"""Bytes of lexemes that a page may have and still be listed; a tsvector takes 1,048,575."""
UNLISTED = "~~"
CHUNK = 200  # pages indexed at a time

_words = Table(
    "pages_words",
    MetaData(),
    Column("page_id", Integer, primary_key=True),
    Column("lexemes", TSVECTOR),
    Column("text", Text),
    Column("alternates", Text),
    Column("length", Integer),
)
_TEXT, _ALTERNATES = _words.c.text, _words.c.alternates
_MARK = {_TEXT: "", _ALTERNATES: "~"}

Condition = ColumnElement[bool]
Number = ColumnElement[Any]


class Tsvector:
    """See `fulltext.Index`."""

    def matching(self, node: Node, text_only: bool = False) -> Select[Any]:
        return select(_words.c.page_id).where(_holds(node, text_only))

    def ranked(self, node: Node) -> CTE:
        counts = [count for term in terms_of(node) for count in _counts(term)]
        tier = case((_holds(node, True), 0), else_=1)
        columns = [count.label(f"f{i}") for i, (count, _) in enumerate(counts)]
        found = select(_words.c.page_id, tier.label("tier"), _words.c.length, *columns).where(_holds(node, False))
        matched = found.cte().prefix_with("MATERIALIZED")
        mean = func.nullif(cast(func.avg(_words.c.length), Float), 0)
        size = select(func.count().label("pages"), mean.label("mean")).select_from(_words).cte()
        rarity = select(*[_idf(term, size).label(f"n{i}") for i, (_, term) in enumerate(counts)]).cte()
        shape = K1 * (1 - B + B * matched.c.length / size.c.mean)
        parts = [rarity.c[f"n{i}"] * f * (K1 + 1) / (f + shape) for i in range(len(counts)) for f in (matched.c[f"f{i}"],)]
        score = -sum(parts[1:], parts[0])
        ranked = select(matched.c.page_id, matched.c.tier, score.label("score")).join_from(matched, size, true())
        return ranked.join(rarity, true()).cte().prefix_with("MATERIALIZED")

    def vocabulary(self, conn: Connection, words: Collection[str]) -> dict[str, int]:
        listed = func.unnest(literal([w[:LONGEST] for w in words], ARRAY(Text)))
        asked = listed.table_valued("word", name="asked").render_derived()
        query = cast(func.concat("'", asked.c.word, "'"), TSQUERY)
        having = select(func.count()).select_from(_words).where(_words.c.lexemes.op("@@")(query)).scalar_subquery()
        counted = select(asked.c.word, having.label("pages")).subquery()
        return {row.word: row.pages for row in conn.execute(select(counted).where(counted.c.pages > 0))}

    def complete(self, conn: Connection, document_id: str | None = None) -> None:
        lacking = (
            select(pages.c.id, pages.c.text, pages.c.alternates)
            .outerjoin(_words, _words.c.page_id == pages.c.id)
            .where(_words.c.page_id.is_(None))
            .order_by(pages.c.id)
            .limit(CHUNK)
        )
        if document_id is not None:
            lacking = lacking.where(pages.c.document_id == document_id)
        last = 0
        while rows := conn.execute(lacking.where(pages.c.id > last)).all():
            conn.execute(_INSERT, [_row(*row) for row in rows])
            last = rows[-1].id

    def faults(self, conn: Connection) -> tuple[str, ...]:
        lacking = select(func.count()).select_from(pages.outerjoin(_words, _words.c.page_id == pages.c.id))
        count = conn.execute(lacking.where(_words.c.page_id.is_(None))).scalar_one()
        return (f"{count} pages are not in the index of words",) if count else ()


# A page


_INSERT = _words.insert().values(
    lexemes=func.array_to_tsvector(bindparam("listed", type_=ARRAY(Text))),
    **{name: bindparam(name) for name in ("page_id", "text", "alternates", "length")},
)


def _row(page_id: int, text: str, alternates: str) -> dict[str, Any]:
    own, others = tokens(text), tokens(alternates)
    listed = {word[:LONGEST] for word in own} | {f"~{word[:LONGEST]}" for word in others}
    if sum(len(word.encode()) + 1 for word in listed) > MOST:
        listed = {UNLISTED}
    return {"page_id": page_id, "listed": list(listed), "text": _spaced(own), "alternates": _spaced(others),
            "length": len(own) + len(others)}  # fmt: skip


def _spaced(words: Sequence[str]) -> str:
    return "".join(f" {word} " for word in words)


# Which pages


def _holds(node: Node, text_only: bool) -> Condition:
    match node:
        case Term(text, _, prefix, exact):
            return _has(tokens(text), prefix, _where(text_only or exact))
        case Near(terms, distance):
            where = _where(text_only or any(t.exact for t in terms))
            return or_(*[_near(_phrases(terms), distance, column) for column in where])
        case Or(parts):
            return or_(*[_holds(p, text_only) for p in parts])
        case And(parts):
            wanted = [_holds(p, text_only) for p in parts if not isinstance(p, Not)]
            without = [not_(_holds(p.part, True)) for p in parts if isinstance(p, Not)]
            return and_(*wanted, *without)
    raise AssertionError(node)  # `renderable` comes first


def _where(text_only: bool) -> tuple[Column[str], ...]:
    return (_TEXT,) if text_only else (_TEXT, _ALTERNATES)


def _has(words: Sequence[str], prefix: bool, where: Sequence[Column[str]]) -> Condition:
    """Somewhere in one of the columns stand the words as a phrase. One word is settled by the lexemes alone."""
    if not words:
        return false()
    stands = [func.strpos(column, _pattern(words, prefix)) > 0 for column in where]
    if len(words) == 1 and len(words[0]) < LONGEST:
        listed = " | ".join(_lexeme(words[0], prefix, column) for column in where)
        return or_(_listed(listed), and_(_listed(f"'{UNLISTED}'"), *([or_(*stands)])))
    return or_(*[and_(_listed(_all(words, prefix, column)), s) for column, s in zip(where, stands, strict=True)])


def _near(phrases: Sequence[tuple[list[str], bool]], distance: int, column: Column[str]) -> Condition:
    if not phrases:
        return false()
    candidates = [_listed(_all(words, prefix, column)) for words, prefix in phrases]
    return and_(*candidates, _near_counts(phrases, distance, column).is_not(None))


def _near_counts(phrases: Sequence[tuple[list[str], bool]], distance: int, column: Column[str]) -> Any:
    said = ["  ".join(words) for words, _ in phrases]
    longer = [prefix for _, prefix in phrases]
    asked = (literal(said, ARRAY(Text)), literal(longer, ARRAY(Boolean)), distance)
    return func.declass_near(column, *asked, type_=ARRAY(Integer))


def _phrases(terms: Iterable[Term]) -> list[tuple[list[str], bool]]:
    """The words of each term, those without any left out."""
    return [(words, t.prefix) for t in terms if (words := tokens(t.text))]


def _all(words: Sequence[str], prefix: bool, column: Column[str]) -> str:
    every = [_lexeme(word, prefix and i == len(words) - 1, column) for i, word in enumerate(words)]
    return f"({' & '.join(every)}) | '{UNLISTED}'"


def _lexeme(word: str, prefix: bool, column: Column[str]) -> str:
    """A word in the language of tsquery. Words have letters and figures only: nothing in them wants a quotation."""
    return f"'{_MARK[column]}{word[:LONGEST]}'{':*' * prefix}"


def _listed(query: str) -> Condition:
    return _words.c.lexemes.op("@@", is_comparison=True)(cast(query, TSQUERY))


def _pattern(words: Sequence[str], prefix: bool) -> str:
    return _spaced(words)[: -1 if prefix else None]


# How often


def _counts(term: Term | Near) -> Iterator[tuple[Number, Term]]:
    """For each phrase of a term, how often it stands on a page, weighted, and the phrase alone."""
    if isinstance(term, Term):
        words = tokens(term.text)
        weighted = [_often(words, term.prefix, column) * weight for column, weight in _weights(term.exact)]
        yield sum(weighted[1:], weighted[0]), term
        return
    exact = any(t.exact for t in term.terms)
    phrases = _phrases(term.terms)
    for i, part in enumerate([t for t in term.terms if tokens(t.text)], start=1):
        counts = [(_near_counts(phrases, term.distance, column), weight) for column, weight in _weights(exact)]
        weighted = [func.coalesce(count[i], 0) * weight for count, weight in counts]
        yield sum(weighted[1:], weighted[0]), Term(part.text, part.phrase, part.prefix, exact)


def _weights(exact: bool) -> tuple[tuple[Column[str], float], ...]:
    return tuple(zip(_where(exact), (1.0, ALTERNATE_WEIGHT), strict=False))


def _often(words: Sequence[str], prefix: bool, column: Column[str]) -> Number:
    """How often a phrase stands in a column: what is gone when it is taken out; by a pattern when it overlaps itself."""
    if not words:
        return literal(0.0)
    pattern = _pattern(words, prefix)
    if any(pattern.endswith(pattern[:n]) for n in range(2, len(pattern))):
        return func.regexp_count(column, f"(?={pattern})")
    gone = func.octet_length(column) - func.octet_length(func.replace(column, pattern, ""))
    return cast(gone, Float) / len(pattern.encode())


def _idf(term: Term, size: CTE) -> Number:
    having = select(func.count()).select_from(_words).where(_holds(term, False)).scalar_subquery()
    total = select(size.c.pages).scalar_subquery()
    return func.greatest(func.ln(cast((total - having + 0.5) / (having + 0.5), Float)), LEAST_IDF)
