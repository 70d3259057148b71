"""A small shelf of composed memos on the Cuban crisis, for searching."""

from __future__ import annotations

import hashlib

from pipeline.core.document import Document, Ledger, Particulars, Scan, Segment
from pipeline.core.findings import Identifier, Marking, Mention, Particular, Recommendation, Redaction, Stamp
from pipeline.core.geometry import Box, Place
from pipeline.core.page import Alternate, Page, ReadWord
from pipeline.settings import Settings
from pipeline.store import journal
from pipeline.store.archive import Archive
from pipeline.store.write import write_document

STAGES = ("reading", "markings", "stamps", "redactions", "particulars", "ledger", "mentions", "recommendations")


def page(number: int, *lines: str, alternates: tuple[Alternate, ...] = (), confidence: float = 0.9) -> Page:
    words = [
        [ReadWord(w, Box(72 + 40 * i, 72 + 14 * n, 108 + 40 * i, 84 + 14 * n), confidence, "tesseract")
         for i, w in enumerate(line.split())]
        for n, line in enumerate(lines)
    ]  # fmt: skip
    return Page.of_lines(number, (612.0, 792.0), words, reader="tesseract", alternates=alternates,
                         confidence=confidence, blank=not lines, grade="good" if lines else "blank")  # fmt: skip


def proof(number: int, method: str) -> dict[str, object]:
    box = Box(72, 72, 148, 84)
    return {"page": number, "box": box, "boxes": (Place(number, box),), "confidence": 0.9, "method": method}


def marking(number: int, words: str, **more: object) -> Marking:
    known = {"template": f"LVL_{words[0]}", "kind": "classification", "canonical": words}
    return Marking(text=words, **{**known, **proof(number, "rule:level@1"), **more})  # type: ignore[arg-type]


def document(name: str, pages: tuple[Page, ...], sidecar: dict[str, str] | None = None, **more: object) -> Document:
    scan = Scan(hashlib.sha256(name.encode()).hexdigest(), f"/scans/{name}", name, "application/pdf", 1, len(pages),
                sidecar or {})  # fmt: skip
    return Document(scan, pages, **{"stages": STAGES, **more})  # type: ignore[arg-type]


def blockade() -> Document:
    """Four pages: a covering memo with recommendations, an annex of a later date, a blank page."""
    return document(
        "blockade.pdf",
        (
            page(1, "TOP SECRET", "MEMORANDUM FOR THE PRESIDENT", "Subject: Blockade of Cuba",
                 "The missile sites in Cuba could be ready within two weeks.",
                 "It is recommended that a naval quarantine be announced."),
            page(2, "TOP SECRET", "Annex: shipping bound for Cuba", "Soviet vessels near Havana carry crates.",
                 "The Foreign Minister denies that any missile is aboard."),
            page(3, "The legal basis rests upon the Rio Treaty.", "Castro's naïve reply follows."),
            page(4),
        ),
        {"collection": "National Security Files", "series": "Countries", "box": "36", "folder": "Cuba, General, 10/62"},
        particulars=Particulars(
            doc_type="memorandum", date="1962-10-19", date_text="October 19, 1962", sender="Dean Rusk",
            recipient="The President", subject="Blockade of Cuba", agency="State", classification="TOP SECRET",
            identifiers=(Identifier("rif", "176-10030-10422"),), confidence=0.9,
            evidence=(Particular(name="subject", value="Blockade of Cuba", text="Blockade of Cuba", start=49, end=65,
                                 **proof(1, "rule:subject@1")),),
        ),
        segments=(Segment(1, 1, 1, "document"),
                  Segment(2, 2, 4, "attachment", Particulars(subject="Shipping to Havana", doc_type="report"))),
        markings=(marking(1, "TOP SECRET"), marking(2, "TOP SECRET")),
        stamps=(Stamp(text="DECLASSIFIED E.O. 12958\nNND 968903", template="NARA_NND", kind="declassification",
                      agency="NARA", decision="declassified_in_full", date="1998-05-22", case_number="NND 968903",
                      **proof(1, "template:NARA_NND@1")),),
        ledger=Ledger((), "declassified_in_full", "1998-05-22"),
        mentions=(Mention(text="Havana", label="PLACE", name="Havana", start=62, end=68, **proof(2, "model:names@1")),
                  Mention(text="1962", label="DATE", name="1962", **proof(1, "rule:date@1")),
                  Mention(text="Castro's", label="PERSON", name="Fidel Castro", **proof(3, "model:names@1"))),
        recommendations=(Recommendation(text="that a naval quarantine be announced", kind="recommendation",
                                        polarity="for", action="announce a naval quarantine", decision="approved",
                                        **proof(1, "rule:recommended@1")),),
    )  # type: ignore[arg-type]  # fmt: skip


def cable() -> Document:
    """A CIA cable of which a third is withheld; one reader saw `Cuba` where the other saw `Guba`."""
    return document(
        "cable-0417.tif",
        (page(1, "SECRET", "FM HAVANA TO DIRECTOR", "Sugar harvest in Guba below plan", "Agent reports no missile parts",
              alternates=(Alternate(2, "rapidocr", "Sugar harvest in Cuba below plan", Box(72, 100, 350, 112)),),
              confidence=0.7),),
        {"collection": "CIA Records", "box": "13"},
        particulars=Particulars(doc_type="cable", date="1961-04", sender="Havana", recipient="Director", agency="CIA",
                                subject="Sugar harvest", classification="SECRET", confidence=0.8),
        markings=(marking(1, "SECRET"), marking(1, "NOFORN", kind="control", template="NOFORN")),
        stamps=(Stamp(text="APPROVED FOR RELEASE 2003 CIA HISTORICAL REVIEW PROGRAM", template="CIA_HRP_YEAR",
                      kind="release", agency="CIA", decision="released_in_part", date="2003", exemptions=("(b)(1)",),
                      **proof(1, "template:CIA_HRP_YEAR@1")),),
        redactions=(Redaction(text="", style="white", code="3.3(b)(1)", area=0.34, lines=9,
                              **proof(1, "rule:white@1")),),
        ledger=Ledger((), "released_in_part", "2003"),
        mentions=(Mention(text="HAVANA", label="PLACE", name="Havana", **proof(1, "model:names@1")),),
    )  # type: ignore[arg-type]  # fmt: skip


def letter() -> Document:
    """An undated letter, unclassified, that nobody stamped."""
    return document(
        "letter to rusk.pdf",
        (page(1, "Dear Mr. Secretary,", "thank you for the talk about coffee and Brazil.", "AND so on; NOT a word more."),),
        particulars=Particulars(doc_type="letter", recipient="Dean Rusk", classification="UNCLASSIFIED"),
    )  # type: ignore[arg-type]  # fmt: skip


def shelve(archive: Archive, *documents: Document) -> str:
    """Writes the documents in one run; its id."""
    with archive.writing() as conn:
        run = journal.begin_run(conn, version="0.1.0", command="declass ingest /scans", settings={},
                                readers={"tesseract": "5.3.0"}, models={"stamps": "1"}, batch=None)  # fmt: skip
        for one in documents:
            write_document(conn, one, run, "2026-01-02T03:04:05Z", None)
    return run


def stocked(place: Settings) -> Archive:
    """An archive with the whole shelf."""
    archive = Archive.create(place)
    shelve(archive, blockade(), cable(), letter())
    return archive
