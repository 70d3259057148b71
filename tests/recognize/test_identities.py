"""Mentions of an archive become entities, whatever order they come in."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.recognize.identities import MentionRow, identify


def row(n: int, name: str, label: str = "PERSON", key: str = "", date: str | None = "1962-05-01") -> MentionRow:
    return MentionRow(f"f{n}", f"d{n % 7}", label, name, name, key, date)


def test_initials_and_variants_are_one_man_and_namesakes_are_two() -> None:
    rows = [
        row(n, name) for n, name in enumerate(["Howard Wriggins", "W. Howard Wriggins", "H. Wriggins", "Jean Wriggins"])
    ]
    found = identify(rows)
    assert len({found.who(r).entity_id for r in rows[:3]}) == 1
    assert found.who(rows[3]).entity_id != found.who(rows[0]).entity_id


def test_a_bare_surname_goes_to_the_bearer_who_stands_out() -> None:
    rows = [row(n, "Gwen Clare") for n in range(6)] + [row(9, "Peter Clare"), row(10, "Clare")]
    found = identify(rows)
    assert found.who(rows[-1]).entity_id == found.who(rows[0]).entity_id
    assert "most" in found.who(rows[-1]).reason and found.who(rows[-1]).score < 0.7


def test_two_equal_bearers_leave_a_bare_surname_its_own() -> None:
    rows = [row(1, "Gwen Clare"), row(2, "Peter Clare"), row(3, "Clare")]
    found = identify(rows)
    assert len({found.who(r).entity_id for r in rows}) == 3


def test_the_gazetteer_decides_and_names_the_entity() -> None:
    rows = [row(1, "Amtorg Trading Corporation", "ORG", "E0086"), row(2, "Antorg", "ORG", "E0086")]
    found = identify(rows)
    assert found.who(rows[0]).entity_id == found.who(rows[1]).entity_id
    [entity] = found.entities
    assert (entity.name, entity.label) == ("Amtorg Trading Corporation", "ORG")


def test_spelling_alone_for_other_names() -> None:
    rows = [
        row(1, "Ministry of Public Works", "ORG"),
        row(2, "the Ministry of public works", "ORG"),
        row(3, "Ministry of Works", "ORG"),
    ]
    found = identify(rows)
    assert found.who(rows[0]).entity_id == found.who(rows[1]).entity_id != found.who(rows[2]).entity_id


NAMES = st.sampled_from(
    ["Clare", "Gwen Clare", "G. Clare", "Peter Clare", "Ambassador Clare", "Kennedy", "Ngo", "de Haan", "Ng"]
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(NAMES, st.sampled_from(["PERSON", "ORG"]), st.sampled_from([None, "1961", "1975-02"])),
        min_size=1,
        max_size=25,
    ),
    st.randoms(),
)
def test_the_order_of_arrival_changes_nothing(names: list[tuple[str, str, str | None]], chance: random.Random) -> None:
    rows = [row(n, name, label, date=date) for n, (name, label, date) in enumerate(names)]
    one = identify(rows)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    other = identify(shuffled)
    assert one.entities == other.entities
    assert [one.who(r) for r in rows] == [other.who(r) for r in rows]
