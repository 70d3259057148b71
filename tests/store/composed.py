"""Documents composed of core values, with everything that makes a table: letters of many alphabets, formulas, twins."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from itertools import chain

from sqlalchemy import Connection

from pipeline.core.document import Document, Event, Failure, Ledger, Particulars, Scan, Segment
from pipeline.core.findings import Identifier, Marking, Mention, Office, Particular, Recommendation, Redaction, Stamp
from pipeline.core.geometry import Box, Place
from pipeline.core.page import Alternate, Page, ReadWord
from pipeline.store import journal
from pipeline.store.archive import Archive
from pipeline.store.write import write_document

STAGES = ("reading", "markings", "stamps", "redactions", "votes", "segments", "particulars", "ledger", "mentions",
          "recommendations")  # fmt: skip
AT = "2026-01-02T03:04:05.000000Z"


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def scan(name: str, pages: int = 2, **metadata: str) -> Scan:
    return Scan(sha(name), f"/scans/{name}", name, "application/pdf", 1000 + len(name), pages, metadata)


def page(number: int, *lines: str) -> Page:
    words = [
        [
            ReadWord(w, Box(72 + 40 * i, 72 + 14 * n, 110 + 40 * i, 84 + 14 * n), 0.9)
            for i, w in enumerate(line.split(" "))
        ]
        for n, line in enumerate(lines)
    ]
    return Page.of_lines(number, (612.0, 792.0), words, reader="tesseract")


def memo(name: str = "memo.pdf", **changes: object) -> Document:
    """A memo of two pages with at least one finding of each kind."""
    first = page(1, "TOP SECRET", "MEMORANDUM FOR Mr. Bundy", "Subject: Größe der Lage in Кубе 古巴", "=SUM(A1:A9) -5%")
    second = Page(2, 612.0, 792.0, "", (), grade="poor", alternates=(Alternate(0, "rapidocr", "NOFORN"),))
    box = Box(72.04, 72.0, 150.0, 84.0)
    proof = {"page": 1, "box": box, "boxes": (Place(1, box),), "confidence": 0.93121}
    return Document(
        **{
            "scan": scan(name, collection="NSF", record_group="59", archivist="O'Neil | Ruth"),
            "pages": (first, second),
            "markings": (
                Marking(text="TOP SECRET", template="TS", kind="classification", canonical="TOP SECRET", start=0,
                        end=10, exemptions=("(b)(1)", "3.3|h\\2"), flags=("anachronism:A02",), struck=True,
                        method="rule:ts@1", **proof),
            ),
            "stamps": (
                Stamp(text="@DECLASSIFIED\nE.O. 12958", template="NARA_NND", kind="declassification", agency="NARA",
                      decision="declassified_in_full", date="1997-11", date_text="11/97", authority="E.O. 12958",
                      case_number="NND 968903", method="template:NARA_NND@1", **proof),
            ),
            "redactions": (
                Redaction(text="", style="black", code="(b)(1)", area=0.0123456, lines=3, page=2,
                          box=Box(80, 100, 300, 140), confidence=0.8, method="rule:black@1"),
            ),
            "particulars": Particulars(
                doc_type="memorandum", date="1961-06", date_text="June 1961", recipient="Mr. Bundy",
                subject="Größe der Lage in Кубе 古巴", agency="NSC", classification="TOP SECRET",
                classification_struck=True, controls=("NOFORN", "EYES ONLY"),
                identifiers=(Identifier("rif", "104-10001-10002"), Identifier("file", "A|B:c")), confidence=0.71,
                evidence=(Particular(name="recipient", value="Mr. Bundy", text="Mr. Bundy", start=26, end=35,
                                     method="rule:to@1", **proof),),
            ),
            "segments": (Segment(1, 1, 1, "document"), Segment(2, 2, 2, "attachment", Particulars(date="1961~"))),
            "ledger": Ledger(
                (Event(1, "1961-06", "classified", "TOP SECRET", "NSC", None, ("a", "b")),
                 Event(2, "1997-11", "declassified", None, "NARA", "E.O. 12958", (), "stamp before its order")),
                "declassified_in_full", "1997-11", "Classified TOP SECRET in June 1961; declassified in November 1997.",
            ),
            "mentions": (
                Mention(text="Mr. Bundy", label="PERSON", name="Bundy", key="bundy-mcgeorge", start=26, end=35,
                        method="model:names@1", **proof),
            ),
            "recommendations": (
                Recommendation(text="-that we wait", kind="recommendation", polarity="for", strength="weak",
                               decision="approved", decision_text="OK/JFK", start=60, end=73, method="rule:rec@1",
                               **proof),
            ),
            "offices": (
                Office(text="the Secretary", office="Secretary of State", holder="Rusk, Dean", key="rusk", score=0.8,
                       reason="Secretary of State 1961-69", candidates=("Rusk, Dean: 0.80",), start=40, end=53,
                       method="rule:office@1", **proof),
            ),
            "stages": STAGES,
            **changes,
        }
    )  # type: ignore[arg-type]  # fmt: skip


def partial(name: str = "partial.pdf") -> Document:
    """Its second page could not be read, and stamps were not looked for."""
    whole = memo(name)
    why = Failure(whole.scan.document_id, name, 2, "reading", "time-out", "took longer than 180 s")
    return memo(name, pages=whole.pages[:1], stamps=(), redactions=(), stages=("reading",), failures=(why,),
                ledger=Ledger(), particulars=Particulars())  # fmt: skip


def empty(name: str = "blank.txt") -> Document:
    """A transcript of which every stage ran and found nothing."""
    return Document(scan(name, 1), (Page.of_text(1, ""),), stages=STAGES)


def begin(archive: Archive, batch: str | None = None, conn: Connection | None = None) -> str:
    with nullcontext(conn) if conn else archive.writing() as within:
        return journal.begin_run(
            within, version="0.1.0", command="declass ingest /scans", settings={"jobs": 2}, readers={"tesseract": "5"},
            models={"stamps": "abc"}, batch=batch,
        )  # fmt: skip


def ingest(archive: Archive, *documents: Document, batch: str | None = "box 12") -> str:
    """Registers, works and writes documents as a run of the batch would."""
    run_id = begin(archive, batch)
    for document in documents:
        with archive.writing() as conn:
            journal.register(conn, document.scan, run_id, 1.0)
    for task in chain(journal.queued(archive), journal.ready(archive)):
        with archive.writing() as conn:
            assert journal.claim(conn, run_id, task.document_id, task.page)
            journal.finish(conn, run_id, task.document_id, task.page, {"s": b"x"}, {"s": "k"}, 0.1)
    for document in documents:
        with archive.writing() as conn:
            write_document(conn, document, run_id, AT, batch)
            journal.finish(conn, run_id, document.scan.document_id, 0, {"d": b"x"}, {"d": "k"}, 0.1)
    with archive.writing() as conn:
        journal.end_run(conn, run_id, "done", 1.5)
    return run_id
