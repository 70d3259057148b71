"""SQLite and PostgreSQL find the same pages and rank them alike, whatever is written and whatever is asked; and both as
FTS5 does, which has an index of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import delete, select

from pipeline.core.page import Page
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.dialect import matches
from pipeline.store.fulltext import index_of
from pipeline.store.query import QueryError, parse
from pipeline.store.schema import documents, pages
from pipeline.store.search import search
from pipeline.store.tokens import tokens
from pipeline.store.tree import And, Near, Node, Not, Or, Term
from pipeline.store.write import page_row
from tests.servers import Server
from tests.store.shelf import blockade, cable, letter, shelve


@dataclass(frozen=True, slots=True)
class Both:
    """Two archives that hold the same."""

    sqlite: Archive
    server: Archive

    def write(self, texts: list[tuple[str, str]]) -> None:
        """Pages with text and alternate readings, all of the first document, instead of those before."""
        for archive in (self.sqlite, self.server):
            with archive.writing() as conn:
                of = conn.execute(select(documents.c.document_id).order_by(documents.c.file_name).limit(1)).scalar_one()
                conn.execute(delete(pages))
                plain = page_row(of, Page.of_text(1, ""))
                rows = [{**plain, "id": n, "page": n, "text": t, "alternates": a} for n, (t, a) in enumerate(texts, 1)]
                conn.execute(pages.insert(), rows)
                index_of(conn).complete(conn)

    def ask(self, node: Node) -> list[list[tuple[int, int, float]]]:
        """What each finds: page, tier, score."""
        answers = []
        for archive in (self.sqlite, self.server):
            with archive.reading() as conn:
                index = index_of(conn)
                found = index.ranked(node)
                ids = index.occurrences.of("page_ids", found.slots).tolist()
                rows = sorted(zip(ids, found.tiers.tolist(), found.scores.tolist(), strict=True))
                answers.append([(id_, tier, pytest.approx(score, rel=1e-6)) for id_, tier, score in rows])
        return answers


def fts5(texts: list[tuple[str, str]], node: Node) -> list[tuple[int, int, float]]:
    """What FTS5 finds: page, tier, score."""
    with sqlite3.connect(":memory:") as conn:
        conn.execute("CREATE VIRTUAL TABLE p USING fts5(text, alternates, tokenize='unicode61 remove_diacritics 2')")
        conn.executemany("INSERT INTO p (rowid, text, alternates) VALUES (?, ?, ?)", [(n, *t) for n, t in enumerate(texts, 1)])
        own = {row for (row,) in conn.execute("SELECT rowid FROM p WHERE p MATCH ?", (said(node, True),))}
        asked = "SELECT rowid, bm25(p, 1.0, 0.2) FROM p WHERE p MATCH ? ORDER BY rowid"
        return [(row, int(row not in own), score) for row, score in conn.execute(asked, (said(node, False),))]


def said(node: Node, text_only: bool) -> str:
    """A node in FTS5's language."""
    match node:
        case Term(text, _, prefix, exact):
            here = "{text} : " if exact or text_only else ""
            return f'{here}"{text.replace(chr(34), " ")}"{" *" * prefix}'
        case Near(terms, distance):
            here = "{text} : " if text_only or any(t.exact for t in terms) else ""
            words = " ".join(f'"{t.text}"{" *" * t.prefix}' for t in terms)
            return f"{here}NEAR({words}, {distance})"
        case Or(parts):
            return f"({' OR '.join(said(p, text_only) for p in parts)})"
        case And(parts):
            wanted = " AND ".join(said(p, text_only) for p in parts if not isinstance(p, Not))
            without = "".join(f" NOT {said(p.part, True)}" for p in parts if isinstance(p, Not))
            return f"(({wanted}){without})"
    raise AssertionError(node)


@pytest.fixture(scope="module")
def both(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("both")
    with (
        Archive.create(Settings(archive=folder / "A")) as one,
        Archive.create(Settings(archive=folder, database=server.archive())) as other,
    ):
        for archive in (one, other):
            shelve(archive, blockade(), cable(), letter())
        yield Both(one, other)


LETTERS = st.sampled_from(["a", "b", "ab", "abc", "A", "Á", "cuba", "Cubá", "ß", "б", "古", "b1", "a\u0301", "x\u20ddy"])
GAPS = st.sampled_from([" ", "  ", "\n", "-", ", ", "’", "_", "\u0301 ", "\u00ad", "\u2028", "\ufffd", "'", '"', "~", "*"])
TEXTS = st.lists(st.tuples(LETTERS, GAPS), max_size=14).map(lambda parts: "".join(w + g for w, g in parts))
TERMS = st.builds(
    lambda words, gap, prefix, exact: Term(gap.join(words), len(words) > 1, prefix, exact),
    st.lists(LETTERS, min_size=1, max_size=3), st.sampled_from([" ", "-", "' "]), st.booleans(), st.booleans(),
)  # fmt: skip
NEARS = st.builds(Near, st.lists(TERMS, min_size=2, max_size=3).map(tuple), st.integers(0, 4))
LEAVES = st.one_of(TERMS, TERMS, NEARS)
FLAT = st.one_of(
    LEAVES,
    st.lists(LEAVES, min_size=2, max_size=3).map(lambda p: And(tuple(p))),
    st.lists(TERMS, min_size=2, max_size=3).map(lambda p: Or(tuple(p))),  # FTS5 counts words of a NEAR that fails
    st.tuples(LEAVES, TERMS).map(lambda p: And((p[0], Not(p[1])))),  # and of a NEAR under a NOT
)
QUICK = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@examples(max_examples=40, deadline=None, suppress_health_check=QUICK)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6), st.lists(FLAT, min_size=4, max_size=8))
@example([("a a a b a", "a a"), ("b", "a a a"), ("", "")], [Term("a a", True), Term("a a", True, True), Term("a", prefix=True)])
@example([("a b c a b x b a", "")], [Near((Term("a"), Term("b")), 0), Near((Term("a b", True), Term("b a", True)), 3)])
def test_the_same_pages_in_the_same_tier_with_the_same_score(
    both: Both, texts: list[tuple[str, str]], asked: list[Node]
) -> None:
    both.write(texts)
    for node in asked:
        one, other = both.ask(node)
        assert fts5(texts, node) == one, str(node)
        assert one == other, str(node)


NESTED = st.recursive(
    LEAVES,
    lambda t: st.one_of(st.lists(t, min_size=2, max_size=3).map(lambda p: Or(tuple(p))),
                        st.tuples(t, t, t).map(lambda p: And((p[0], p[1], Not(p[2])))),
                        st.tuples(t, NEARS).map(lambda p: And((p[0], Not(p[1])))),
                        st.tuples(t, NEARS).map(Or)),
    max_leaves=7,
)  # fmt: skip


@examples(max_examples=30, deadline=None, suppress_health_check=QUICK)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6), st.lists(NESTED, min_size=4, max_size=8))
def test_however_words_are_joined_the_same_pages_are_found(
    both: Both, texts: list[tuple[str, str]], asked: list[Node]
) -> None:
    both.write(texts)
    for node in asked:
        one, other = both.ask(node)
        assert one == other, str(node)  # the scores as well, of a NEAR under a NOT or an OR too
        assert [row[:2] for row in one] == [row[:2] for row in fts5(texts, node)], str(node)


QUERIES = st.recursive(
    st.sampled_from(["cuba", "miss*", '"rio treaty"', "=cuba", "missile NEAR/3 sites", "agency:CIA", "subject:cuba",
                     "date:1962", "released:1998..2003", "exemption:b1", "entity:castro", "box:36", "redacted:>0.1",
                     "marking:secret", "recommends:quarantine", "file:letter*", "stamp:*", "identifier:176*",
                     "collection:=cia*", "type:cable", "classification:>=secret", "pages:2..9", "status:complete"]),
    lambda t: st.one_of(t.map("NOT ({})".format), st.tuples(t, t).map("({0[0]} {0[1]})".format),
                        st.tuples(t, t).map("({0[0]} OR {0[1]})".format)),
    max_leaves=5,
)  # fmt: skip


@pytest.fixture(scope="module")
def shelves(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("shelves")
    with (
        Archive.create(Settings(archive=folder / "A")) as one,
        Archive.create(Settings(archive=folder, database=server.archive())) as other,
    ):
        for archive in (one, other):
            shelve(archive, blockade(), cable(), letter())
        yield Both(one, other)


@examples(max_examples=30, deadline=None, suppress_health_check=QUICK)
@given(QUERIES, st.sampled_from(["page", "document"]))
def test_a_query_with_fields_has_the_same_hits_and_counts(shelves: Both, query: str, by: str) -> None:
    answers = []
    for archive in (shelves.sqlite, shelves.server):
        with archive.reading() as conn:
            try:
                found = search(conn, query, by=by)
            except QueryError as error:
                answers.append(str(error))
                continue
            assert found.total == len(found.hits)
            answers.append(sorted((h.file_name, h.page, h.exact, h.evidence) for h in found.hits))
    assert answers[0] == answers[1]
    parse(query)


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "Nd", "P", "Zs", "Cc"], max_codepoint=0x52F), max_size=12)


@examples(max_examples=40, deadline=None, suppress_health_check=QUICK)
@given(WORDS.filter(lambda t: "\0" not in t), st.sampled_from(["größe", "lage", "b", "é", "куба", "SS", "1"]))
def test_patterns_know_the_same_letters(both: Both, text: str, word: str) -> None:
    answers = []
    for archive in (both.sqlite, both.server):
        with archive.writing() as conn:
            conn.execute(documents.update().values(subject=f"{text} {word}{text}"))
            pattern = rf"(?i)(^|(\W|_)){word}((\W|_)|$)"
            answers.append(conn.execute(select(documents.c.file_name).where(matches(documents.c.subject, pattern))).all())
    assert answers[0] == answers[1]


def test_a_long_page_and_long_words_are_found_like_any_other(both: Both) -> None:
    asked: tuple[Node, ...] = (
        Term("w7"), Term("w7 w8", True), Term("w8 w7", True), Term("w99", prefix=True), Term("w", prefix=True, exact=True),
        Near((Term("w1"), Term("w3")), 1), Near((Term("w1"), Term("w4")), 1), And((Term("few"), Not(Term("w7")))),
        Or((Term("none"), Term("other"))), Term("x" * 300), Term("x" * 150, prefix=True), Term("x" * 250, prefix=True),
        Term("x" * 250), Term("w69998 w69999", True),
    )  # fmt: skip
    texts = [(" ".join(f"w{n}" for n in range(70_000)), "other"), ("few", "w7 w8"), ("", ""), ("x" * 300, "x" * 260),
             ("many " * 300, "")]  # fmt: skip
    both.write(texts)
    for node in (*asked, Term("many")):
        one, other = both.ask(node)
        assert fts5(texts, node) == one == other, str(node)


def test_words_are_those_of_fts5() -> None:
    assert tokens("Größe, naïve nai\u0308ve O'Neil—(b)(1) ΑΒΓ ２ x² \ue000 古巴 ﬁ") == [
        "große", "naive", "naive", "o", "neil", "b", "1", "αβγ", "２", "x²", "\ue000", "古巴", "ﬁ"]  # fmt: skip
