"""The tables of the archive. Columns of the export contract first, what only the program needs after them.

Timestamps are ISO 8601 in UTC, as text; dates are EDTF, as text; lists are JSON. One schema for SQLite and PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _document(**more: object) -> Column[str]:
    return Column("document_id", Text, ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False, **more)  # type: ignore[arg-type]


def _place() -> list[Column[object]]:
    """Span and box of a finding, as the contract has them."""
    return [
        Column("start", Integer),
        Column("end", Integer),
        Column("left", Float),
        Column("top", Float),
        Column("right", Float),
        Column("bottom", Float),
    ]


def _proof(boxes: bool = True) -> list[Column[object]]:
    many: list[Column[object]] = [Column("boxes", JSON, nullable=False, default=list)] if boxes else []
    return [*many, Column("confidence", Float, nullable=False), Column("method", Text, nullable=False)]


def _particulars() -> list[Column[object]]:
    return [
        Column("doc_type", Text),
        Column("date", Text),
        Column("date_text", Text),
        Column("sender", Text),
        Column("recipient", Text),
        Column("subject", Text),
        Column("agency", Text),
        Column("classification", Text),
        Column("classification_struck", Boolean),
        Column("controls", JSON, nullable=False, default=list),
        Column("identifiers", JSON, nullable=False, default=list),
    ]


documents = Table(
    "documents",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("source_path", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("batch", Text),
    Column("collection", Text),
    Column("record_group", Text),
    Column("series", Text),
    Column("box", Text),
    Column("folder", Text),
    Column("item", Text),
    *_particulars(),
    Column("release_decision", Text),
    Column("release_date", Text),
    Column("history", Text),
    Column("stages", JSON, nullable=False, default=list),
    Column("confidence", Float),
    Column("near_duplicate_of", Text),
    Column("run_id", Text),
    Column("ingested_at", Text),
    # beyond the contract
    Column("title", Text),
    Column("rights", Text),
    Column("metadata", JSON, nullable=False, default=dict),  # every other column of the sidecar
    Column("date_from", Text),  # first and last day that `date` may mean, ISO, for ranges
    Column("date_to", Text),
    Column("number", Integer),  # given by the database; sets of documents are told by their numbers
    Index("ix_documents_number", "number", unique=True),
    # facets are counted from these alone
    Index("ix_documents_date_from", "date_from", "date_to", "number"),
    Index("ix_documents_agency", "agency", "number"),
    Index("ix_documents_classification", "classification", "number"),
    Index("ix_documents_doc_type", "doc_type", "number"),
    Index("ix_documents_collection", "collection", "number"),
    Index("ix_documents_box", "box", "number"),
    Index("ix_documents_batch", "batch"),
    Index("ix_documents_run_id", "run_id"),
    Index("ix_documents_near_duplicate_of", "near_duplicate_of"),
)

paths = Table(  # every place where the same bytes were seen
    "paths",
    metadata,
    Column("path", Text, primary_key=True),
    Column("document_id", Text, nullable=False, index=True),  # known before the document is: no foreign key
    Column("file_name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("modified", Float, nullable=False),
    Column("run_id", Text),
    Column("checked_at", Text),  # when `declass verify` last looked, and what it found
    Column("fixity", Text),  # ok, changed, missing, moved, unreadable
)

pages = Table(
    "pages",
    metadata,
    Column("id", Integer, primary_key=True),  # row id for the full-text index; not exported
    _document(),
    Column("page", Integer, nullable=False),
    Column("width", Float),
    Column("height", Float),
    Column("rotation", Integer, nullable=False),
    Column("blank", Boolean, nullable=False),
    Column("grade", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("grade_reason", Text, nullable=False, default=""),
    Column("alternates", Text, nullable=False, default=""),  # what other readers saw, for search
    Column("words", LargeBinary, nullable=False),  # core.codec.pack of the whole Page
    Index("uq_pages_place", "document_id", "page", unique=True),
)

markings = Table(
    "markings",
    metadata,
    Column("finding_id", Text, primary_key=True),
    _document(index=True),
    Column("page", Integer, nullable=False),
    Column("template", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("canonical", Text, nullable=False),
    Column("date", Text),
    Column("exemptions", JSON, nullable=False, default=list),
    Column("flags", JSON, nullable=False, default=list),
    Column("struck", Boolean, nullable=False),
    *_place(),
    *_proof(),
    Index("ix_markings_canonical", "canonical"),
)

stamps = Table(
    "stamps",
    metadata,
    Column("finding_id", Text, primary_key=True),
    _document(index=True),
    Column("page", Integer, nullable=False),
    Column("template", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("agency", Text),
    Column("text", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("decision_text", Text),
    Column("authority", Text),
    Column("date", Text),
    Column("date_text", Text),
    Column("reviewer", Text),
    Column("case_number", Text),
    Column("exemptions", JSON, nullable=False, default=list),
    Column("struck", Boolean, nullable=False),
    Column("flags", JSON, nullable=False, default=list),
    *_place(),
    *_proof(),
    Index("ix_stamps_template", "template"),
)

events = Table(
    "events",
    metadata,
    _document(primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("date", Text),
    Column("action", Text, nullable=False),
    Column("level", Text),
    Column("agency", Text),
    Column("authority", Text),
    Column("finding_ids", JSON, nullable=False, default=list),
    Column("conflict", Text),
)

redactions = Table(
    "redactions",
    metadata,
    Column("finding_id", Text, primary_key=True),
    _document(index=True),
    Column("page", Integer, nullable=False),
    Column("style", Text, nullable=False),
    Column("code", Text),
    Column("area", Float, nullable=False),
    Column("lines", Integer, nullable=False),
    *_place(),
    *_proof(boxes=False),
    Column("hidden_words", Integer, nullable=False, server_default="0"),
    Column("revealed", Text),
)

segments = Table(
    "segments",
    metadata,
    _document(primary_key=True),
    Column("segment", Integer, primary_key=True),
    Column("first_page", Integer, nullable=False),
    Column("last_page", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    *_particulars(),
)

particulars = Table(  # the evidence behind each particular of a document or segment; not part of the contract
    "particulars",
    metadata,
    Column("finding_id", Text, primary_key=True),
    _document(index=True),
    Column("page", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("text", Text, nullable=False),
    *_place(),
    *_proof(),
)

entities = Table(
    "entities",
    metadata,
    Column("entity_id", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("mentions", Integer, nullable=False),
    Column("documents", Integer, nullable=False),
    Index("ix_entities_name", "name"),
)

mentions = Table(
    "mentions",
    metadata,
    Column("finding_id", Text, primary_key=True),
    _document(index=True),
    Column("page", Integer, nullable=False),
    Column("entity_id", Text, index=True),
    Column("label", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("name", Text, nullable=False),
    *_place(),
    *_proof(),
    Column("key", Text, nullable=False, default=""),
    Column("identity_score", Float),
    Column("identity_reason", Text),
    Index("ix_mentions_place", "document_id", "page"),
)

offices = Table(  # an office that stands for the man who held it: "the Secretary"
    "offices",
    metadata,
    Column("finding_id", Text, primary_key=True),
    _document(index=True),
    Column("page", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("holder", Text),
    Column("key", Text, nullable=False, default=""),
    Column("score", Float),
    Column("reason", Text, nullable=False, default=""),
    Column("candidates", JSON, nullable=False, default=list),
    *_place(),
    *_proof(),
    Index("ix_offices_key", "key"),
)

recommendations = Table(
    "recommendations",
    metadata,
    Column("finding_id", Text, primary_key=True),
    _document(index=True),
    Column("page", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("polarity", Text, nullable=False),
    Column("strength", Text),
    Column("text", Text, nullable=False),
    Column("actor", Text),
    Column("action", Text),
    Column("condition", Text),
    Column("decision", Text, nullable=False),
    Column("decision_text", Text),
    *_place(),
    *_proof(),
)

relations = Table(  # who advised what to whom, about which country, when, and what became of it: one row an advice
    "relations",
    metadata,
    Column("finding_id", Text, primary_key=True),  # of the recommendation
    _document(index=True),
    Column("page", Integer, nullable=False),
    Column("date", Text),
    Column("by_text", Text),
    Column("by_entity_id", Text, index=True),
    Column("by_name", Text),
    Column("by_score", Float),
    Column("by_reason", Text),
    Column("to_text", Text),
    Column("to_entity_id", Text, index=True),
    Column("to_name", Text),
    Column("to_score", Float),
    Column("to_reason", Text),
    Column("countries", JSON, nullable=False, default=list),
    Column("countries_reason", Text),
    Column("kind", Text, nullable=False),
    Column("polarity", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("action", Text),
    Column("decision", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Index("ix_relations_date", "date"),
)

variants = Table(
    "variants",
    metadata,
    _document(primary_key=True),
    Column("other_document_id", Text, primary_key=True, index=True),
    Column("similarity", Float, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("closed", Integer, nullable=False),
    Column("method", Text, nullable=False),
    # beyond the contract
    Column("whole", Boolean, nullable=False, default=False, server_default=false()),  # one document, not only pages
)

fingerprints = Table(  # of pages, by which variants find each other; see compare/prints.py
    "fingerprints",
    metadata,
    Column("hash", BigInteger, primary_key=True),
    Column("page_id", Integer, ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

common_fingerprints = Table(  # on so many pages that they tell nothing: forms, headings, formulas
    "common_fingerprints",
    metadata,
    Column("hash", BigInteger, primary_key=True, autoincrement=False),
)

compared = Table(  # which documents have their fingerprints here, and (`settled`) were held against all others
    "compared",
    metadata,
    _document(primary_key=True),
    Column("method", Text, nullable=False),
    Column("settled", Boolean, nullable=False),
    Index("ix_compared_settled", "settled"),
)

failures = Table(
    "failures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", Text, index=True),
    Column("file_name", Text, nullable=False),
    Column("page", Integer),
    Column("stage", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("at", Text, nullable=False),
    # beyond the contract
    Column("path", Text, index=True),
    Column("run_id", Text),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("started_at", Text, nullable=False),
    Column("finished_at", Text),
    Column("version", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("settings", JSON, nullable=False, default=dict),
    Column("readers", JSON, nullable=False, default=dict),
    Column("models", JSON, nullable=False, default=dict),
    Column("documents", Integer, nullable=False, default=0),
    Column("pages", Integer, nullable=False, default=0),
    Column("seconds", Float),
    # beyond the contract
    Column("batch", Text),
    Column("outcome", Text, nullable=False, default="running"),  # running, done, interrupted, failed
)

corrections = Table(  # what people set right; no foreign key: a document may be forgotten and come back
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", Text, nullable=False, index=True),
    Column("table", Text, nullable=False),
    Column("finding_id", Text),
    Column("field", Text, nullable=False),
    Column("machine_value", Text),
    Column("value", Text),
    Column("reviewer", Text),
    Column("reason", Text),
    Column("at", Text, nullable=False),
    # beyond the contract
    Column("action", Text, nullable=False, server_default="correct"),  # correct, reject, add
    Column("state", Text, nullable=False, server_default="waiting"),  # attached, waiting, undone
    Column("page", Integer),  # the anchor: where the finding stands, what it is and says
    *_place(),
    Column("kind", Text),
    Column("text", Text),
    Column("beneath", JSON),  # while attached: what the archive holds without it, a value or a whole row
    Column("undone_by", Text),
    Column("undone_at", Text),
)

provenance = Table(  # what was done with the archive, in the manner of PREMIS; rows are only ever added (triggers)
    "provenance",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("document_id", Text, index=True),  # None: the archive as a whole
    Column("object", Text),  # a path, a finding, another archive
    Column("detail", Text),
    Column("outcome", Text, nullable=False),  # success, failure, warning
    Column("note", Text),
    Column("agent", Text, nullable=False),
    Column("person", Text),
    Column("run_id", Text),
)

# What people decided about entities. It is applied after every identification, and never changes what was written.

entity_decisions = Table(
    "entity_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action", Text, nullable=False),  # merge, split, rename
    Column("label", Text, nullable=False),
    Column("before", Text, nullable=False),  # the name of the entity it was decided about, as it then was
    Column("name", Text, nullable=False),  # the entity it becomes part of, or its new name
    Column("reviewer", Text, nullable=False),
    Column("reason", Text),
    Column("at", Text, nullable=False),
    Column("undone_by", Text),
    Column("undone_at", Text),
    Column("mentions", Integer, nullable=False, default=0),  # how many it touched when it was last applied
)

entity_anchors = Table(  # by what a decision finds its entities again: names as written, and where
    "entity_anchors",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "decision_id", Integer, ForeignKey("entity_decisions.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("part", Text, nullable=False),  # subject (what is moved or named), into (what it becomes part of)
    Column("entity_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("document_id", Text, nullable=False),  # may be forgotten and come back: no foreign key
    Column("page", Integer, nullable=False),
    Column("start", Integer),
    Column("end", Integer),
    Column("left", Float),
    Column("top", Float),
    Column("right", Float),
    Column("bottom", Float),
)

searches = Table(  # queries that people gave a name
    "searches",
    metadata,
    Column("name", Text, primary_key=True),
    Column("query", Text, nullable=False),
    Column("saved_at", Text, nullable=False),
)

forms = Table(  # words that were read and are in no lexicon, for search: see store/forms
    "forms",
    metadata,
    Column("form", Text, primary_key=True),  # as the full-text index has it
    Column("back", Text, nullable=False),  # the same from its end
    Column("sure", Float, nullable=False),  # the highest confidence that it was ever read with
    Index("ix_forms_back", "back", "sure"),
    sqlite_with_rowid=False,
)

# The journal: the state of each page and document before and after. Page 0 stands for the document as a whole.

work = Table(
    "work",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("state", Text, nullable=False),  # queued, running, done, failed
    Column("attempts", Integer, nullable=False, default=0),
    Column("run_id", Text),
    Column("error", Text),
    Column("message", Text),
    Column("seconds", Float),
    Column("changed_at", Text, nullable=False),
    Index("ix_work_state", "state"),
)

results = Table(  # what each stage gave, packed, under the key that produced it
    "results",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

FINDINGS = (markings, stamps, redactions, particulars, mentions, recommendations, offices)
OF_DOCUMENT = (pages, *FINDINGS, events, segments, variants, relations, compared)
