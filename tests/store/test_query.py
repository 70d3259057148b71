"""The search language: what is understood, what it means, and how an error shows its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DeclassError, Exit
from pipeline.store.query import MAX_DEPTH, MAX_PARTS, QueryError, parse
from pipeline.store.said import said
from pipeline.store.tree import And, Has, Near, Not, Or, Term, fields_of, terms_of
from pipeline.store.values import Days, Figures

CUBA, MISSILE, SUGAR = Term("cuba"), Term("missile"), Term("sugar")


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("cuba", CUBA),
        ("cuba missile", And((CUBA, MISSILE))),
        ("cuba AND missile AND sugar", And((CUBA, MISSILE, SUGAR))),
        ("cuba missile OR sugar", Or((And((CUBA, MISSILE)), SUGAR))),
        ("cuba (missile OR sugar)", And((CUBA, Or((MISSILE, SUGAR))))),
        ("cuba NOT missile", And((CUBA, Not(MISSILE)))),
        ("cuba -missile", And((CUBA, Not(MISSILE)))),
        ("NOT NOT cuba", Not(Not(CUBA))),
        ("cuba and missile", And((CUBA, Term("and"), MISSILE))),
        ('"Bay of Pigs"', Term("Bay of Pigs", phrase=True)),
        ("“Bay of Pigs”", Term("Bay of Pigs", phrase=True)),
        ('"AND"', Term("AND", phrase=True)),
        ("=cuba", Term("cuba", exact=True)),
        ("miss*", Term("miss", prefix=True)),
        ('"bay of pi"*', Term("bay of pi", phrase=True, prefix=True)),
        ("A/CDC/MR", Term("A/CDC/MR")),
        ("104-10308-10163", Term("104-10308-10163")),
        ("cuba NEAR missile", Near((CUBA, MISSILE), 10)),
        ("cuba NEAR/3 missile NEAR/3 sugar", Near((CUBA, MISSILE, SUGAR), 3)),
        ("NEAR(cuba missile)", Near((CUBA, MISSILE), 10)),
        ("NEAR(cuba missile, 5)", Near((CUBA, MISSILE), 5)),
        ("sugar NEAR(cuba missile, 5)", And((SUGAR, Near((CUBA, MISSILE), 5)))),
        ("text:cuba", CUBA),
        ("text:(cuba OR sugar)", Or((CUBA, SUGAR))),
        ("subject:cuba", Has("subject", CUBA)),
        ("SUBJECT: cuba", Has("subject", CUBA)),
        ("sender:Rusk", Has("from", Term("Rusk"))),
        ("from:=Rusk", Has("from", Term("Rusk", exact=True))),
        ("subject:(cuba -sugar)", And((Has("subject", CUBA), Not(Has("subject", SUGAR))))),
        ("date:*", Has("date", Term("", prefix=True))),
        ("exemption:(b)(1)", Has("exemption", Term("(b)(1)"))),
        ("exemption:1.4(c)", Has("exemption", Term("1.4(c)"))),
        ("box: 36", Has("box", Term("36"))),
    ],
)  # fmt: skip
def test_a_query_becomes_a_tree(query: str, tree: object) -> None:
    assert parse(query) == tree


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("1962", "1962-01-01", "1962-12-31"),
        ("1962-02", "1962-02-01", "1962-02-28"),
        ("1962-10..1963-01", "1962-10-01", "1963-01-31"),
        ("..1961", None, "1961-12-31"),
        ("1961-06-08..", "1961-06-08", None),
        (">1962", "1963-01-01", None),
        (">=1962", "1962-01-01", None),
        ("<1962-10-19", None, "1962-10-18"),
        ("<=1962", None, "1962-12-31"),
        ("=1962", "1962-01-01", "1962-12-31"),
        ("196x", "1960-01-01", "1969-12-31"),
        ('"June 8, 1961"', "1961-06-08", "1961-06-08"),
    ],
)
def test_dates_are_days_from_and_to(written: str, first: str | None, last: str | None) -> None:
    assert parse(f"date:{written}") == Has("date", Days(first, last))


@pytest.mark.parametrize(
    ("written", "figures"),
    [
        (">0.2", Figures(0.2, None, False)),
        (">=20%", Figures(0.2, None)),
        ("<3", Figures(None, 3, False)),
        ("3", Figures(3, 3)),
        ("2..10", Figures(2, 10)),
        ("..10", Figures(None, 10)),
    ],
)
def test_figures_are_bounds(written: str, figures: Figures) -> None:
    assert parse(f"redacted:{written}") == Has("redacted", figures)


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("SECRET", ["SECRET"]),
        ("secret", ["SECRET"]),
        ("TS", ["TOP SECRET"]),
        ('"top secret"', ["TOP SECRET"]),
        (">=SECRET", ["SECRET", "TOP SECRET"]),
        ("conf*", ["CONFIDENTIAL"]),
    ],
)
def test_classifications_are_of_the_seven(written: str, levels: list[str]) -> None:
    tree = parse(f"classification:{written}")
    assert [has.value.text for has in fields_of(tree)] == levels  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("query", "at", "problem"),
    [
        ("", 0, "the query is empty"),
        ("cuba AND", 8, "ends too early"),
        ("cuba NOT", 8, "ends too early"),
        ("OR cuba", 0, "OR stands between two things"),
        ("cuba (missile", 5, "this '(' is never closed"),
        ("cuba missile)", 12, "closes nothing"),
        ("()", 1, "before this ')'"),
        ('cuba "bay of', 5, "quotation mark is never closed"),
        ("sujbect:cuba", 0, "no field sujbect:"),
        ("cuba classification:sekret", 20, "did you mean SECRET"),
        ("classification:>ts", 15, "no level above TOP SECRET"),
        ("type:novel", 5, "there is no 'novel'"),
        ("type:memo", 5, "did you mean memorandum"),
        ("date:1962-13", 5, "'1962-13' is no date"),
        ("date:1963..1962", 5, "ends (1962) before it begins (1963)"),
        ("date:..", 5, "at least one side"),
        ("redacted:>much", 9, "'much' is no number"),
        ("pages:*", 6, "no number"),
        ("agency:>CIA", 7, "no order to compare by"),
        ("subject:", 8, "wants a value"),
        ("subject: AND cuba", 9, "wants a value"),
        ("mis*ile", 3, "only at the end of a word"),
        ("cuba & sugar", 5, "no letter or figure"),
        ("*", 0, "no letter or figure"),
        ("cuba NEAR", 9, "ends too early"),
        ("NEAR cuba", 0, "NEAR stands between two words"),
        ("NEAR(cuba)", 0, "at least two"),
        ("NEAR(cuba sugar", 0, "never closed"),
        ("cuba NEAR subject:sugar", 0, "words or phrases only"),
        ("a NEAR/2 b NEAR/3 c", 11, "one distance"),
        ("cuba \ud800", 5, "no character"),
        ("(" * (MAX_DEPTH + 1), MAX_DEPTH + 1, "within one another"),
        ("a " * (MAX_PARTS + 1), 2 * MAX_PARTS, "more than"),
        ("a" * 5000, 4000, "longer than"),
    ],
)
def test_an_error_shows_the_place(query: str, at: int, problem: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    error = caught.value
    assert problem in str(error)
    assert error.at == at
    assert error.exit == Exit.ARGUMENTS
    assert isinstance(error, DeclassError)
    shown, caret = str(error).split("\n")[-2:]
    assert caret.strip() == "^"
    if error.at < len(query) and query.isprintable():
        assert shown[caret.index("^")] == query[error.at]


def test_an_error_gives_advice() -> None:
    with pytest.raises(QueryError) as caught:
        parse("sujbect:cuba")
    assert "Did you mean subject:?" in caught.value.advice
    with pytest.raises(QueryError) as caught:
        parse("cuba | sugar")
    assert caught.value.advice == "Write OR in capitals."


def test_a_small_operator_is_a_word_and_that_is_said() -> None:
    assert said(parse("cuba and sugar"))[1] == "the word “and” (in capitals, AND joins words)"
    assert said(parse('cuba "and" sugar'))[1] == "the word “and”"


def test_a_year_is_a_date() -> None:
    assert parse("year:1962") == parse("date:1962")


PIECES = st.sampled_from(
    'cuba "bay of pigs" ( ) AND OR NOT NEAR NEAR/3 NEAR( ,5) - = * " date: 1962.. subject: box:3 classification:>=S '
    "pages:> redacted:20% exemption:(b)(1) “ ” , .. x:y type:memo* text: stamp:* {text} : ; -- ' % _".split(" ")
)
ANYTHING = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map(" ".join),
                     st.lists(PIECES, max_size=12).map("".join))  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(ANYTHING)
def test_any_text_is_a_query_or_an_error_and_a_tree_reads_back_as_itself(query: str) -> None:
    try:
        tree = parse(query)
    except QueryError as error:
        assert 0 <= error.at <= len(query)
        return
    assert parse(str(tree)) == tree
    assert said(tree)


def test_what_stands_under_not_is_no_hit() -> None:
    tree = parse("cuba -missile NOT (sugar -coffee) subject:x -box:3")
    assert [t.text for t in terms_of(tree) if isinstance(t, Term)] == ["cuba", "coffee"]
    assert [has.field for has in fields_of(tree)] == ["subject"]


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ('cuba "bay of pigs"', ("the word “cuba”", "the words “bay of pigs”")),
        ("=cuba OR miss*", ("the word “cuba” exactly as read or the word “miss” (and longer)",)),
        ("cuba NEAR/3 sites", ("the word “cuba” and the word “sites” within 3 words of each other",)),
        ("classification:S date:1962-10", ("the classification is “SECRET”", "the date from 1962-10-01 to 1962-10-31")),
        ("NOT date:*", ("not: the date is known",)),
        ("redacted:>0.2 pages:..3 pages:4", ("the share withheld above 0.2", "the number of pages at most 3",
                                             "the number of pages is 4")),
        ("subject:cuba agency:CIA", ("the subject has “cuba”", "the agency is “CIA”")),
    ],
)  # fmt: skip
def test_each_filter_is_said_in_words(query: str, lines: tuple[str, ...]) -> None:
    assert said(parse(query)) == lines
