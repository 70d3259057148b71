"""Facets count the documents of the whole hit set."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection

from pipeline.errors import ArgumentsError
from pipeline.settings import Settings
from pipeline.store.facets import FACETS, Facet, facets
from pipeline.store.search import document_ids, search
from tests.store.shelf import stocked


@pytest.fixture(scope="module")
def conn(places: Callable[[], Settings]) -> Iterator[Connection]:
    with stocked(places()) as archive, archive.reading() as connection:
        yield connection


@pytest.mark.parametrize("by", ["page", "document"])
def test_every_facet_of_the_shelf(conn: Connection, by: str) -> None:
    found = {f.name: f for f in facets(conn, "missile OR coffee", FACETS, by=by)}
    assert {f.documents for f in found.values()} == {3}
    assert found["year"].values == (("1961", 1), ("1962", 1))
    assert found["year"].without == 1
    assert found["agency"].values == (("CIA", 1), ("State", 1))
    assert found["classification"].values == (("SECRET", 1), ("TOP SECRET", 1), ("UNCLASSIFIED", 1))
    assert found["type"].values[0][1] == 1 and found["type"].different == 3
    assert dict(found["stamp"].values) == {"CIA_HRP_YEAR": 1, "NARA_NND": 1}
    assert dict(found["entity"].values) == {"Havana": 2, "Fidel Castro": 1}  # dates are none
    assert found["collection"].without == 1 and found["box"].values == (("13", 1), ("36", 1))
    codes = dict(found["exemption"].values)
    assert codes["(b)(1)"] == 1 and codes["3.3(b)(1)"] == 1 and found["exemption"].without == 2


def test_a_facet_counts_what_its_field_finds(conn: Connection) -> None:
    for name in ("agency", "classification", "type", "stamp", "collection", "box"):
        [facet] = facets(conn, "missile OR coffee", [name])
        for value, n in facet.values:
            assert n == len(document_ids(conn, f'(missile OR coffee) {name}:"{value}"'))


@pytest.mark.parametrize("by", ["page", "document"])
@pytest.mark.parametrize("query", [
    "missile", "missle", "NOT missile", "missile NOT havana", "coffee OR agency:CIA", "(missile OR coffee) NOT treaty",
    "NOT (treaty OR coffee)", "missile agency:CIA", "agency:CIA", "havana OR NOT stamp:*",
])  # fmt: skip
def test_the_documents_counted_are_those_of_the_hits(conn: Connection, query: str, by: str) -> None:
    for exact in (True, False):
        [facet] = facets(conn, query, ["year"], by=by, exact=exact)
        assert facet.documents == len({hit.document_id for hit in search(conn, query, by=by, exact=exact, limit=100).hits})


def test_few_of_many_values(conn: Connection) -> None:
    [facet] = facets(conn, "status:complete", ["classification"], most=1)
    assert facet == Facet("classification", (("SECRET", 1),), 3, 3, 0)


def test_nothing_found_has_no_values(conn: Connection) -> None:
    assert facets(conn, "nothingsuch", ["year", "exemption"]) == (Facet("year", (), 0, 0, 0), Facet("exemption", (), 0, 0, 0))


def test_an_unknown_facet_is_refused(conn: Connection) -> None:
    with pytest.raises(ArgumentsError, match="no facet 'colour'"):
        facets(conn, "missile", ["colour"])
