"""What only the whole archive shows, after an ingest: who the names are, who advised what to whom, and which documents are
releases of one. Input in a fixed order, so that the order of arrival changes nothing."""

from __future__ import annotations

from typing import Any

from pipeline.batch.variants import find_variants
from pipeline.recognize.identities import Identities, MentionRow, identify
from pipeline.recognize.relations import Advice, Name, Part, relate
from pipeline.store.archive import Archive
from pipeline.store.decisions import apply
from pipeline.store.entities import EntityRow, Named, assign, mention_rows, replace_entities
from pipeline.store.reattach import attach_waiting
from pipeline.store.relations import Paper, replace_relations
from pipeline.store.turns import keep_still


def settle(archive: Archive) -> None:
    """The stages of ARCHIVE, in order."""
    corrections(archive)
    identities(archive)
    relations(archive)
    find_variants(archive)


def corrections(archive: Archive) -> None:
    """Corrections that wait are tried again: those of a document written anew were, with it."""
    with archive.writing() as conn:
        keep_still(conn)
        attach_waiting(conn)


def identities(archive: Archive) -> None:
    """Mentions become entities, across all documents; then what people decided about them holds."""
    with archive.writing() as conn:
        keep_still(conn)
        known = identify(as_mention(row) for row in mention_rows(conn))
        assign(conn, lambda row: said(known, row))
        entities = {e.entity_id: EntityRow(e.entity_id, e.label, e.name, e.description) for e in known.entities}
        replace_entities(conn, iter(apply(conn, entities).values()))


def relations(archive: Archive) -> None:
    """Who advised what to whom, about which country, when, and what became of it."""
    with archive.writing() as conn:
        keep_still(conn)
        replace_relations(conn, related)


def as_mention(row: Named) -> MentionRow:
    return MentionRow(row.finding_id, row.document_id, row.label, row.text, row.name, row.key, row.document_date)


def said(known: Identities, row: Named) -> tuple[str, float, str]:
    """Who a mention is, how sure and why."""
    who = known.who(as_mention(row))
    return who.entity_id, who.score, who.reason


def related(paper: Paper) -> list[dict[str, Any]]:
    """The rows of `relations` of one document: its recommendations with their parties."""
    document = paper.document
    whole = Part(1, document["pages"], *(document[n] for n in ("date", "sender", "recipient", "subject", "agency")))
    parts = [_part(s, whole) for s in paper.segments if s["kind"] in ("document", "attachment")]
    names = [
        Name(m["page"], m["start"], m["end"], m["label"], m["text"], m["key"], m["entity_id"], m["name"],
             m["identity_score"] or 0.0)
        for m in paper.names
    ]  # fmt: skip
    rows = []
    for r in paper.advice:
        found = relate(Advice(r["page"], r["start"], r["end"], r["text"]), [*parts, whole], names)
        kept = ("finding_id", "document_id", "page", "kind", "polarity", "text", "action", "decision", "confidence")
        row = {n: r[n] for n in kept}
        for side, party in (("by", found.by), ("to", found.to)):
            row |= {f"{side}_{n}": getattr(party, n) for n in ("text", "entity_id", "name", "score", "reason")}
        told = {"date": found.date, "countries": list(found.countries), "countries_reason": found.countries_reason}
        rows.append(row | told)
    return rows


def _part(segment: Any, whole: Part) -> Part:
    """A part of a document; what it does not say of itself the document says of it."""
    told = {n: segment[n] or getattr(whole, n) for n in ("date", "sender", "recipient", "subject", "agency")}
    return Part(segment["first_page"], segment["last_page"], **told)
