"""What people decide about entities holds after new runs and new readings, and can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from pipeline.batch.whole import settle
from pipeline.core.findings import Mention
from pipeline.core.geometry import Box, Place
from pipeline.errors import ArgumentsError
from pipeline.store import schema
from pipeline.store.archive import Archive
from pipeline.store.decisions import Said, history, merge, rename, split, undo
from pipeline.store.entities import exactly, find_entity, find_mentions, forms, listed, pages_of, places
from pipeline.store.write import write_document
from tests.store.composed import AT, begin, ingest, memo, scan

RUTH = Said("Ruth", "same man")


def named(text: str, top: float, name: str = "", label: str = "PERSON") -> Mention:
    box = Box(72.0, top, 72.0 + 6 * len(text), top + 10)
    return Mention(page=1, text=text, label=label, name=name or text, box=box, boxes=(Place(1, box),), confidence=0.9,
                   method="model:entities@1")  # fmt: skip


def document(name: str, *mentions: Mention):  # type: ignore[no-untyped-def]
    return memo(name, mentions=mentions)


def names(archive: Archive) -> dict[str, str]:
    """What every mention is, by what is written."""
    m, e = schema.mentions.c, schema.entities.c
    with archive.reading() as conn:
        asked = select(m.text, e.name).join(schema.entities, e.entity_id == m.entity_id)
        return dict(conn.execute(asked).all())


@pytest.fixture
def filled(archive: Archive) -> Archive:
    ingest(
        archive,
        document("a.pdf", named("Antorg", 100, label="ORG"), named("Gwen Clare", 120), named("Clare", 140)),
        document("b.pdf", named("Amtorg Works", 100, label="ORG"), named("G. Clare", 120), named("Peter Clare", 160)),
    )
    settle(archive)
    return archive


def decide_merge(archive: Archive, one: str, into: str) -> int:
    with archive.writing() as conn:
        done = merge(conn, find_entity(conn, one).row, find_entity(conn, into).row, RUTH)
    return done.mentions


def test_a_merge_holds_after_another_identification(filled: Archive) -> None:
    assert decide_merge(filled, "Antorg", "Amtorg Works") == 1
    assert names(filled)["Antorg"] == "Amtorg Works"
    settle(filled)
    assert names(filled)["Antorg"] == "Amtorg Works"
    with filled.reading() as conn:
        [where] = [w for w in places(conn, find_entity(conn, "Amtorg Works").entity_id) if w["text"] == "Antorg"]
        assert where["identity_score"] == 1.0
        assert "Ruth merged Antorg" in where["identity_reason"] and "same man" in where["identity_reason"]
        assert where["name"] == "Antorg"  # what was written stays


def test_a_merge_holds_after_a_reading_that_sees_other_letters_elsewhere(filled: Archive) -> None:
    decide_merge(filled, "Antorg", "Amtorg Works")
    read = document("a.pdf", named("Antorq", 101.5, label="ORG"), named("Gwen Clare", 120))
    run = begin(filled)
    with filled.writing() as conn:
        write_document(conn, read, run, AT, None)
    settle(filled)
    assert names(filled)["Antorq"] == "Amtorg Works"


def test_a_document_that_comes_later_follows_the_merge(filled: Archive) -> None:
    decide_merge(filled, "Antorg", "Amtorg Works")
    ingest(filled, document("c.pdf", named("Antorg", 300, label="ORG")))
    settle(filled)
    with filled.reading() as conn:
        assert find_entity(conn, "Amtorg Works").mentions == 3
        assert [e.name for e in listed(conn, "antorg")] == ["Amtorg Works"]


def test_mentions_split_off_are_somebody_new_or_somebody_known(filled: Archive) -> None:
    with filled.reading() as conn:
        [one] = [
            w["finding_id"] for w in places(conn, find_entity(conn, "Gwen Clare").entity_id) if w["text"] == "G. Clare"
        ]
        found, kind = find_mentions(conn, [one[:10]])
        peter = exactly(conn, "peter clare", kind)
        assert peter and exactly(conn, "Nobody", kind) is None
    with filled.writing() as conn:
        assert split(conn, found, "Peter Clare", RUTH, peter.row).mentions == 1
    assert names(filled)["G. Clare"] == "Peter Clare"
    with filled.writing() as conn:
        split(conn, found, "Clare, George", RUTH)
    for _ in range(2):
        assert names(filled)["G. Clare"] == "Clare, George"
        assert names(filled)["Gwen Clare"] == "Gwen Clare"
        settle(filled)


def test_a_rename_changes_the_name_and_nothing_that_was_written(filled: Archive) -> None:
    with filled.writing() as conn:
        entity = find_entity(conn, "Gwen Clare")
        rename(conn, entity.row, "Clare, Gwendolyn", RUTH)
    settle(filled)
    with filled.reading() as conn:
        found = find_entity(conn, "Clare, Gwendolyn")
        assert found.entity_id == entity.entity_id
        assert "Gwen Clare" in dict(forms(conn, found.entity_id))
        assert sum(n for _, _, n in pages_of(conn, found.entity_id)) == found.mentions


def test_undo_takes_back_the_last_decision_and_keeps_it_on_record(filled: Archive) -> None:
    before = names(filled)
    decide_merge(filled, "Antorg", "Amtorg Works")
    with filled.writing() as conn:
        assert undo(conn, "Ann").action == "merge"
    settle(filled)
    assert names(filled) == before
    with filled.writing() as conn:
        [row] = history(conn)
        assert (row["reviewer"], row["reason"], row["undone_by"], row["mentions"]) == ("Ruth", "same man", "Ann", 0)
        with pytest.raises(ArgumentsError, match="no decision that holds"):
            undo(conn, "Ann")


def test_decisions_build_on_one_another(filled: Archive) -> None:
    decide_merge(filled, "Gwen Clare", "Peter Clare")
    with filled.writing() as conn:
        rename(conn, find_entity(conn, "Peter Clare").row, "The Clares", RUTH)
    for _ in range(2):
        assert names(filled)["Gwen Clare"] == names(filled)["Peter Clare"] == "The Clares"
        settle(filled)


def test_a_decision_whose_document_is_gone_waits_for_it(filled: Archive) -> None:
    from pipeline.store.write import forget

    decide_merge(filled, "Antorg", "Amtorg Works")
    with filled.writing() as conn:
        forget(conn, scan("a.pdf").document_id)
    settle(filled)
    with filled.reading() as conn:
        assert history(conn)[0]["mentions"] == 0
    ingest(filled, document("a.pdf", named("Antorg", 100, label="ORG")))
    settle(filled)
    assert names(filled)["Antorg"] == "Amtorg Works"


def test_what_cannot_be_decided_says_why(filled: Archive) -> None:
    with filled.writing() as conn:
        clare = find_entity(conn, "Gwen Clare")
        with pytest.raises(ArgumentsError, match="already"):
            merge(conn, clare.row, clare.row, RUTH)
        with pytest.raises(ArgumentsError, match="ORG"):
            merge(conn, clare.row, find_entity(conn, "Antorg").row, RUTH)
        with pytest.raises(ArgumentsError, match="no entity"):
            find_entity(conn, "Zebra")
        with pytest.raises(ArgumentsError, match="more than one"):
            find_entity(conn, "lare")
        with pytest.raises(ArgumentsError, match="no mention"):
            find_mentions(conn, ["zz"])
        assert history(conn) == []


def test_identity_says_how_sure_and_why(filled: Archive) -> None:
    m = schema.mentions.c
    with filled.reading() as conn:
        rows = conn.execute(select(m.identity_score, m.identity_reason)).all()
    assert all(0 < r.identity_score <= 1 and r.identity_reason for r in rows)


def test_spans_serve_where_there_are_no_boxes(archive: Archive) -> None:
    one = replace(named("Antorg", 0, label="ORG"), box=None, boxes=(), start=10, end=16)
    other = replace(named("Amtorg Works", 0, label="ORG"), box=None, boxes=(), start=30, end=42)
    ingest(archive, document("a.txt", one, other))
    settle(archive)
    decide_merge(archive, "Antorg", "Amtorg Works")
    settle(archive)
    assert names(archive)["Antorg"] == "Amtorg Works"
