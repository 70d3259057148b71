"""What people set right holds for searches and exports, outlives readings, and can be taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select, text

from pipeline.batch.whole import settle
from pipeline.core.document import Document, Event, Ledger, Particulars, Segment
from pipeline.core.findings import Marking, Recommendation
from pipeline.core.geometry import Box, Place
from pipeline.errors import ArgumentsError
from pipeline.store import schema
from pipeline.store.additions import addition
from pipeline.store.archive import Archive
from pipeline.store.corrections import Fix, enter, finding, listed, overlay, undo
from pipeline.store.decisions import Said
from pipeline.store.reattach import attach_waiting
from pipeline.store.rows import stream
from pipeline.store.search import search
from pipeline.store.write import forget, write_document
from tests.store.composed import AT, begin, ingest, memo, sha

RUTH = Said("Ruth", "seen on the paper")
A = sha("a.pdf")


def marking(words: str, left: float, text: str = "", top: float = 72.0, **more: Any) -> Marking:
    box = Box(left, top, left + 8 * len(words), top + 12)
    return Marking(**{"page": 1, "text": text or words, "template": "M", "kind": "control", "canonical": words, "box": box,
                      "boxes": (Place(1, box),), "confidence": 0.9, "method": "rule:m@1", **more})  # fmt: skip


def document(*markings: Marking, **changes: object) -> Document:
    return memo("a.pdf", markings=markings, **changes)


@pytest.fixture
def filled(archive: Archive) -> Archive:
    ingest(archive, document(marking("NOFORN", 72), marking("LIMDIS", 200)), memo("b.pdf"))
    settle(archive)
    return archive


def again(archive: Archive, *documents: Document) -> None:
    """Another reading of the same files."""
    run = begin(archive)
    for one in documents:
        with archive.writing() as conn:
            write_document(conn, one, run, AT, None)


def fix(archive: Archive, *fixes: Fix) -> list[int]:
    with archive.writing() as conn:
        return enter(conn, fixes, RUTH)


def canonical(archive: Archive) -> list[str]:
    m = schema.markings.c
    with archive.reading() as conn:
        return list(conn.execute(select(m.canonical).where(m.document_id == A).order_by(m.left)).scalars())


def marked(archive: Archive, words: str) -> str:
    m = schema.markings.c
    with archive.reading() as conn:
        return str(conn.execute(select(m.finding_id).where(m.document_id == A, m.canonical == words)).scalar_one())


def states(archive: Archive) -> list[str]:
    with archive.reading() as conn:
        return [str(c["state"]) for c in listed(conn)]


def machine(archive: Archive, table: str, wanted: Any = None) -> list[dict[str, Any]]:
    columns = [c.name for c in schema.metadata.tables[table].c]
    with archive.reading() as conn:
        return [dict(r) for r in overlay(conn, table, columns, stream(conn, table, columns, wanted), "machine", wanted)]


def contents(archive: Archive) -> dict[str, list[dict[str, Any]]]:
    tables = (schema.documents, schema.segments, schema.events, *schema.FINDINGS)
    with archive.reading() as conn:
        return {t.name: [dict(r) for r in stream(conn, t.name, [c.name for c in t.c], None)] for t in tables}


def test_a_corrected_particular_is_what_search_finds_and_export_gives(filled: Archive) -> None:
    before = machine(filled, "documents")
    fix(filled, Fix.of_value(A, "documents", None, "subject", "Sugar quota"),
        Fix.of_value(A, "documents", None, "date", "June 8, 1959"))  # fmt: skip
    with filled.reading() as conn:
        for query in ("subject:sugar", "date:1959-06-08"):
            assert [h.document_id for h in search(conn, query, by="document").hits] == [A]
        [subject, date] = listed(conn, A)
    assert (subject["machine_value"], subject["value"], subject["reviewer"]) == (
        "Größe der Lage in Кубе 古巴", "Sugar quota", "Ruth")  # fmt: skip
    assert (date["machine_value"], date["value"], date["reason"]) == ("1961-06", "1959-06-08", RUTH.reason)
    assert machine(filled, "documents") == before != contents(filled)["documents"]


def test_a_correction_outlives_a_reading_that_moves_and_respells(filled: Archive) -> None:
    fix(filled, Fix.of_value(A, "markings", marked(filled, "NOFORN"), "canonical", "NODIS"))
    again(filled, document(marking("NOFORN", 75, "N0F0RN", 74), marking("LIMDIS", 200)))
    assert canonical(filled) == ["NODIS", "LIMDIS"]
    [c] = [c for c in machine(filled, "markings") if c["document_id"] == A and c["left"] == 75]
    assert (c["canonical"], c["text"]) == ("NOFORN", "N0F0RN")
    with filled.reading() as conn:
        [noted] = listed(conn)
    assert noted["finding_id"] == c["finding_id"] and noted["machine_value"] == "NOFORN"


def test_a_correction_whose_finding_is_gone_waits_and_comes_back(filled: Archive) -> None:
    fix(filled, Fix.of_value(A, "markings", marked(filled, "NOFORN"), "canonical", "NODIS"))
    again(filled, document(marking("LIMDIS", 200)))
    assert (canonical(filled), states(filled)) == (["LIMDIS"], ["waiting"])
    again(filled, document(marking("NOFORN", 71), marking("LIMDIS", 200)))
    assert (canonical(filled), states(filled)) == (["NODIS", "LIMDIS"], ["attached"])


def test_a_neighbour_on_the_same_line_is_not_taken_for_the_finding(filled: Archive) -> None:
    both = {"box": Box(72, 72, 300, 84)}
    again(filled, document(marking("NOFORN", 72, **both), marking("LIMDIS", 72, **both)))
    fix(filled, Fix.of_value(A, "markings", marked(filled, "NOFORN"), "struck", "true"))
    again(filled, document(marking("LIMDIS", 72, **both)))
    assert states(filled) == ["waiting"]


def test_a_finding_that_is_none_is_rejected_again_after_every_reading(filled: Archive) -> None:
    fix(filled, Fix.rejecting(A, "markings", marked(filled, "NOFORN")))
    assert canonical(filled) == ["LIMDIS"]
    again(filled, document(marking("NOFORN", 73), marking("LIMDIS", 200)))
    assert canonical(filled) == ["LIMDIS"]
    assert [m["canonical"] for m in machine(filled, "markings") if m["document_id"] == A] == ["NOFORN", "LIMDIS"]


def test_a_missing_finding_is_added_and_gives_way_to_none(filled: Archive) -> None:
    with filled.reading() as conn:
        row = addition(conn, A, "markings", {"canonical": "EYES ONLY", "kind": "control"}, 1, "Ruth",
                       box=Box(400, 72, 460, 84))  # fmt: skip
    fix(filled, Fix.adding(A, "markings", row))
    assert canonical(filled) == ["NOFORN", "LIMDIS", "EYES ONLY"]
    before = [m["canonical"] for m in machine(filled, "markings") if m["document_id"] == A]
    assert before == ["NOFORN", "LIMDIS"]
    again(filled, document(marking("NOFORN", 72), marking("EYES ONLY", 402, "EYE5 ONLY")))  # now it is found
    assert canonical(filled) == ["NOFORN", "EYES ONLY"]
    [own] = [m for m in machine(filled, "markings") if m["canonical"] == "EYES ONLY"]
    assert (own["text"], own["method"]) == ("EYE5 ONLY", "rule:m@1")
    fix(filled, Fix.of_value(A, "markings", marked(filled, "EYES ONLY"), "struck", "yes"))
    again(filled, document(marking("NOFORN", 72)))
    assert canonical(filled) == ["NOFORN", "EYES ONLY"] and states(filled) == ["attached", "attached"]


def test_what_is_quoted_is_added_where_it_stands(filled: Archive) -> None:
    with filled.reading() as conn:
        row = addition(conn, A, "mentions", {"label": "PERSON"}, 1, "Ruth", quote="mr. bundy")
        assert (row["text"], row["name"], row["confidence"]) == ("Mr. Bundy", "Mr. Bundy", 1.0)
        assert row["method"] == "person:Ruth" and row["left"] is not None
        with pytest.raises(ArgumentsError, match="does not stand"):
            addition(conn, A, "mentions", {"label": "PERSON"}, 1, "Ruth", quote="Acheson")
        with pytest.raises(ArgumentsError, match="label cannot be"):
            addition(conn, A, "mentions", {"label": "MAN"}, 1, "Ruth", quote="Mr. Bundy")
        with pytest.raises(ArgumentsError, match="no page 9"):
            addition(conn, A, "mentions", {"label": "PERSON"}, 9, "Ruth", quote="Mr. Bundy")
        with pytest.raises(ArgumentsError, match="where it stands"):
            addition(conn, A, "mentions", {"label": "PERSON", "text": "Bundy"}, 1, "Ruth")


def test_undo_gives_back_what_the_program_said_and_keeps_the_record(filled: Archive) -> None:
    before = contents(filled)
    ident = marked(filled, "NOFORN")
    [first] = fix(filled, Fix.of_value(A, "markings", ident, "canonical", "NODIS"))
    fix(filled, Fix.of_value(A, "markings", ident, "canonical", "EXDIS"))
    fix(filled, Fix.rejecting(A, "markings", ident))
    with filled.writing() as conn:
        assert undo(conn, "Ann").action == "reject"
    assert canonical(filled) == ["EXDIS", "LIMDIS"]
    with filled.writing() as conn:
        undo(conn, "Ann", first)
    assert canonical(filled) == ["EXDIS", "LIMDIS"]
    with filled.writing() as conn:
        undo(conn, "Ann")
        with pytest.raises(ArgumentsError, match="no correction"):
            undo(conn, "Ann")
        assert {(c["machine_value"], c["undone_by"]) for c in listed(conn)} == {("NOFORN", "Ann")}
    assert contents(filled) == before


def test_parts_and_the_ledger_are_corrected_and_found_again_by_what_they_are(filled: Archive) -> None:
    fix(filled, Fix.of_value(A, "segments", "2", "subject", "Annex on sugar"),
        Fix.of_value(A, "events", "2", "conflict", ""),
        Fix.rejecting(A, "events", "1"))  # fmt: skip
    first = Segment(1, 1, 1, "cover sheet")
    ledger = Ledger((Event(1, "1997-11", "declassified", None, "NARA", "E.O. 12958", (), "again"),))
    again(filled, document(marking("NOFORN", 72), ledger=ledger,
                           segments=(first, Segment(2, 2, 2, "attachment", Particulars(date="1961~")))))  # fmt: skip
    s, e = schema.segments.c, schema.events.c
    with filled.reading() as conn:
        kept = conn.execute(select(s.subject).where(s.document_id == A).order_by(s.segment)).scalars().all()
        assert kept == [None, "Annex on sugar"]
        assert conn.execute(select(e.conflict).where(e.document_id == A)).scalars().all() == [None]
    assert states(filled) == ["attached", "attached", "waiting"]


def test_a_forgotten_document_finds_its_corrections_again(filled: Archive) -> None:
    fix(filled, Fix.of_value(A, "documents", None, "controls", "NODIS|EXDIS"),
        Fix.rejecting(A, "markings", marked(filled, "NOFORN")))  # fmt: skip
    with filled.writing() as conn:
        forget(conn, A)
    assert states(filled) == ["waiting", "waiting"]
    ingest(filled, document(marking("NOFORN", 72)))
    with filled.reading() as conn:
        assert conn.execute(select(schema.documents.c.controls).where(schema.documents.c.document_id == A)).scalar() == [
            "NODIS", "EXDIS"]  # fmt: skip
    assert canonical(filled) == []


def test_what_is_so_already_is_not_noted_again(filled: Archive) -> None:
    same = Fix.of_value(A, "documents", None, "agency", "NSC")
    assert fix(filled, same) == []
    other = Fix.of_value(A, "documents", None, "agency", "State")
    assert len(fix(filled, other)) == 1
    assert fix(filled, other) == []
    assert len(fix(filled, same)) == 1  # back to what the program says, decided by a person


def test_a_value_that_the_field_cannot_have_is_refused(filled: Archive) -> None:
    for table, name, value, why in (
        ("documents", "date", "13 Smarch 1961", "no date"),
        ("documents", "classification", "SEKRET", "did you mean SECRET"),
        ("documents", "doc_type", "", "x"),
        ("stamps", "decision", "maybe", "decision cannot be"),
        ("stamps", "struck", "perhaps", "true or false"),
        ("documents", "identifiers", "104-10001", "no identifier"),
        ("documents", "sendr", "x", "did you mean sender"),
        ("documents", "bytes", "3", "no field"),
        ("pages", "text", "x", "no table"),
        ("markings", "canonical", "", "cannot be empty"),
        ("redactions", "lines", "-1", "whole number"),
        ("documents", "controls", "[1", "no JSON list"),
    ):
        if why == "x":
            assert Fix.of_value(A, table, None, name, value).value is None
            continue
        with pytest.raises(ArgumentsError, match=why):
            Fix.of_value(A, table, None, name, value)
    with pytest.raises(ArgumentsError, match="no markings"):
        fix(filled, Fix.of_value(A, "markings", "f" * 20, "canonical", "NODIS"))
    with pytest.raises(ArgumentsError, match="cannot be rejected"):
        Fix.rejecting(A, "segments", "1")
    assert states(filled) == []


def test_an_export_of_machine_values_is_as_if_nobody_had_corrected(filled: Archive) -> None:
    """Whatever is corrected: the overlay gives what the program said, row by row, in the same order."""
    before = contents(filled)
    with filled.reading() as conn:
        row = addition(
            conn, A, "markings", {"canonical": "EYES ONLY", "kind": "control"}, 2, "Ruth", box=Box(9, 9, 90, 20)
        )
    b = sha("b.pdf")
    only = before["stamps"][1]["finding_id"]
    fix(filled, Fix.adding(A, "markings", row), Fix.rejecting(A, "markings", marked(filled, "NOFORN")),
        Fix.rejecting(before["stamps"][1]["document_id"], "stamps", only),
        Fix.of_value(A, "stamps", next(r["finding_id"] for r in before["stamps"] if r["document_id"] == A), "date", "1998"),
        Fix.of_value(b, "documents", None, "date", ""), Fix.rejecting(b, "events", "1"))  # fmt: skip
    assert contents(filled) != before
    for name, rows in before.items():
        assert machine(filled, name) == rows, name
    whole = machine(filled, "markings", {A: None})
    assert [m["canonical"] for m in whole] == ["NOFORN", "LIMDIS"]
    assert machine(filled, "markings", {A: {2}}) == []


def test_corrections_of_an_older_archive_hold_once_it_is_opened(filled: Archive) -> None:
    """Before migration 0006 a correction had the columns of the contract only."""
    ident = marked(filled, "NOFORN")
    with filled.writing() as conn:
        conn.execute(text("INSERT INTO corrections (document_id, \"table\", finding_id, field, machine_value, value, at) "
                          "VALUES (:d, 'markings', :f, 'canonical', 'NOFORN', 'NODIS', :at)"),
                     {"d": A, "f": ident, "at": AT})  # fmt: skip
    settle(filled)
    assert (canonical(filled), states(filled)) == (["NODIS", "LIMDIS"], ["attached"])
    again(filled, document(marking("NOFORN", 74)))
    assert canonical(filled) == ["NODIS"]


def test_a_sentence_of_advice_is_known_by_its_words(archive: Archive) -> None:
    def advice(words: str, top: float) -> Recommendation:
        box = Box(72, top, 500, top + 40)
        return Recommendation(page=1, text=words, kind="recommendation", polarity="for", box=box, boxes=(Place(1, box),),
                              confidence=0.9, method="rule:r@1")  # fmt: skip

    one, other = advice("that we wait for the answer of Moscow", 100), advice("that the Embassy be told", 110)
    ingest(archive, document(recommendations=(one, other)))
    with archive.reading() as conn:
        r = schema.recommendations.c
        ident = conn.execute(select(r.finding_id).where(r.text == one.text)).scalar_one()
    fix(archive, Fix.of_value(A, "recommendations", ident, "decision", "disapproved"))
    again(archive, document(recommendations=(other,)))
    assert states(archive) == ["waiting"]
    again(archive, document(recommendations=(other, replace(one, text="that we walt for the answer of Moscow"))))
    assert states(archive) == ["attached"]


def test_findings_are_named_by_the_beginning_of_their_id(filled: Archive) -> None:
    ident = marked(filled, "NOFORN")
    with filled.reading() as conn:
        assert finding(conn, ident[:8]) == (A, "markings", ident)
        assert finding(conn, "zz") is None and finding(conn, "0" * 20) is None


def test_each_correction_is_an_event_of_the_history(filled: Archive) -> None:
    fix(filled, Fix.of_value(A, "documents", None, "agency", "State"))
    with filled.writing() as conn:
        undo(conn, "Ann")
        p = schema.provenance.c
        asked = select(p.person, p.detail).where(p.event == "metadata modification").order_by(p.id)
        told = conn.execute(asked).all()
    assert [(t.person) for t in told] == ["Ruth", "Ann"]
    assert told[0].detail == "documents.agency: 'NSC' became 'State'"


def test_trying_again_changes_nothing_that_holds(filled: Archive) -> None:
    fix(filled, Fix.of_value(A, "markings", marked(filled, "NOFORN"), "canonical", "NODIS"))
    with filled.writing() as conn:
        conn.execute(delete(schema.markings).where(schema.markings.c.canonical == "LIMDIS"))
    fixed = contents(filled)
    with filled.writing() as conn:
        attach_waiting(conn)
    assert contents(filled) == fixed
    with filled.reading() as conn:
        assert json.dumps([c["value"] for c in listed(conn)]) == '["NODIS"]'


def test_a_hit_says_which_of_its_values_a_person_set_right(filled: Archive) -> None:
    changed = {"date": "1962-10", "agency": "CIA", "box": "7"}
    numbers = fix(filled, *[Fix.of_value(A, "documents", None, name, value) for name, value in changed.items()])

    def told() -> dict[str, list[str]]:
        with filled.reading() as conn:
            return {row["file_name"]: row["corrected"] for row in search(conn, "status:*").as_rows()}

    assert told() == {"a.pdf": ["agency", "date"], "b.pdf": []}
    with filled.writing() as conn:
        undo(conn, "Ruth", numbers[0])
    assert told() == {"a.pdf": ["agency"], "b.pdf": []}
