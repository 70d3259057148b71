"""What each field of the search language asks of the database, in SQLAlchemy Core, alike on every engine.

A field holds of a document. Fields of findings (stamps, markings, names ...) also give their evidence: the rows behind
the answer, with page and box.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, cast, func, or_, select
from sqlalchemy import Text as SqlText

from pipeline.store.dialect import matches
from pipeline.store.schema import documents, entities, markings, mentions, recommendations, redactions, segments, stamps
from pipeline.store.tree import Has, Term
from pipeline.store.values import Days, Figures, folded

Condition = ColumnElement[bool]
_COLUMNS = {"subject": "subject", "from": "sender", "to": "recipient", "agency": "agency", "type": "doc_type",
            "classification": "classification", "collection": "collection", "series": "series", "box": "box",
            "folder": "folder", "file": "file_name", "status": "status", "decision": "release_decision"}  # fmt: skip
_ALSO_OF_SEGMENTS = {"subject", "from", "to", "agency", "type"}
_GAP = r"(\W|_)"
_CHARACTER = r'[^0-9A-Za-z",]*'


def condition(has: Has) -> Condition:
    """What must hold of a row of `documents`."""
    match has.value:
        case Days() if has.field == "date":
            return _dated(has.value)
        case Days():
            return _released(has.value)
        case Figures() if has.field == "redacted":
            area = select(func.coalesce(func.sum(redactions.c.area), 0.0))
            withheld = area.where(redactions.c.document_id == documents.c.document_id).scalar_subquery()
            return _within(withheld / func.nullif(documents.c.pages, 0), has.value)
        case Figures():
            return _within(documents.c.pages, has.value)
    if sources := evidence(has):
        found = [documents.c.document_id.in_(select(t.c.document_id).where(c)) for t, c in sources]
        return or_(*found, _numbered(has.value)) if has.field == "identifier" else or_(*found)
    if has.field in ("date", "released"):
        return _known(documents.c.date if has.field == "date" else documents.c.release_date)
    name = _COLUMNS[has.field]
    own = _valued(documents.c[name], has)
    if has.field not in _ALSO_OF_SEGMENTS:
        return own
    return or_(own, documents.c.document_id.in_(select(segments.c.document_id).where(_valued(segments.c[name], has))))


def evidence(has: Has) -> tuple[tuple[Table, Condition], ...]:
    """Where the findings behind a field stand, and which; empty for what the document itself says."""
    value = has.value
    if not isinstance(value, Term):
        return ((redactions, redactions.c.area > 0),) if has.field == "redacted" else ()
    any_ = not value.text
    match has.field:
        case "stamp":
            s = stamps.c
            words = [has_words(c, value) for c in (s.template, s.kind, s.agency, *([s.text] if value.phrase else []))]
            return ((stamps, s.finding_id.is_not(None) if any_ else or_(*words)),)
        case "marking":
            m = markings.c
            whole = [_whole(c, value) for c in (m.canonical, m.kind, m.template)]
            return ((markings, m.finding_id.is_not(None) if any_ else or_(*whole)),)
        case "exemption":
            m = markings.c
            return (
                (markings, or_(_code(cast(m.exemptions, SqlText), value),
                               and_(m.kind == "exemption", _code(m.canonical, value)))),
                (stamps, _code(cast(stamps.c.exemptions, SqlText), value)),
                (redactions, _code(redactions.c.code, value)),
            )  # fmt: skip
        case "entity":
            named = select(entities.c.entity_id).where(or_(has_words(entities.c.name, value),
                                                           has_words(entities.c.description, value)))  # fmt: skip
            return ((mentions, or_(has_words(mentions.c.name, value), mentions.c.entity_id.in_(named))),)
        case "recommends":
            r = recommendations.c
            return ((recommendations, or_(has_words(r.text, value), has_words(r.action, value))),)
        case "identifier":
            return ((stamps, has_words(stamps.c.case_number, value)),)
    return ()


def _valued(column: Any, has: Has) -> Condition:
    """A column of a document that holds the value: as words, as a whole, or exactly (a listed value)."""
    assert isinstance(has.value, Term)
    if not has.value.text:
        return _known(column)
    if has.field in ("type", "classification", "status", "decision"):
        return column == has.value.text  # type: ignore[no-any-return]
    return _whole(column, has.value) if has.field == "agency" else has_words(column, has.value)


def _known(column: Any) -> Condition:
    return and_(column.is_not(None), column != "")


def has_words(column: Any, term: Term) -> Condition:
    """The words in order, whole words, without regard to case; the last may be longer when the term is a prefix."""
    if term.exact:
        return _whole(column, term)
    words = re.findall(r"[^\W_]+", term.text)
    if not words:
        return _known(column)
    matched = matches(column, pattern_of(term))
    rarest = max(words, key=len)  # a cheap test before the costly one
    return and_(func.lower(column).contains(rarest.lower()), matched) if rarest.isascii() else matched


def pattern_of(term: Term) -> str:
    """What a column that has the words of a term matches."""
    words = re.findall(r"[^\W_]+", term.text)
    end = "" if term.prefix else f"({_GAP}|$)"
    return f"(?i)(^|{_GAP}){f'{_GAP}+'.join(words)}{end}"


def _whole(column: Any, term: Term) -> Condition:
    """The column as a whole, without regard to case and punctuation; its beginning when the term is a prefix."""
    words = re.findall(r"[^\W_]+", term.text)
    end = "" if term.prefix else f"{_GAP}*$"
    return matches(column, f"(?i)^{_GAP}*{f'{_GAP}*'.join(words)}{end}")


def _code(column: Any, term: Term) -> Condition:
    """A code in a column or JSON list, whatever its points and parentheses: b1 is (b)(1), 1.4 holds of 1.4(c)."""
    letters = _CHARACTER.join(folded(term.text))
    if not letters:
        return and_(_known(column), column != "[]")
    end = "" if term.prefix else "([^0-9A-Za-z]|$)"
    return matches(column, f'(?i)(^|[",\\s]){_CHARACTER}{letters}{end}')


def _numbered(value: Any) -> Condition:
    """A number among the document's identifiers, or the beginning of its id."""
    numbers = cast(documents.c.identifiers, SqlText)
    if not value.text:
        return numbers != "[]"
    own = documents.c.document_id.startswith(value.text.lower(), autoescape=True)
    return or_(has_words(numbers, value), own if len(value.text) >= 6 else documents.c.document_id == value.text)


def _dated(days: Days) -> Condition:
    """The document's date may lie in the days given; what is not dated is never found."""
    d = documents.c
    parts = [or_(d.date_from.is_not(None), d.date_to.is_not(None))]
    if days.first:
        parts.append(func.coalesce(d.date_to, "9999-12-31") >= days.first)
    if days.last:
        parts.append(func.coalesce(d.date_from, "0001-01-01") <= days.last)
    return and_(*parts)


def _released(days: Days) -> Condition:
    """As `_dated`, on the EDTF text of the release date: 1998 and 1998-05 reach to their last day."""
    written = documents.c.release_date
    parts = [_known(written)]
    if days.first:
        parts.append(func.substr(written.op("||")("-99-99"), 1, 10) >= days.first)
    if days.last:
        parts.append(written <= days.last + "~")
    return and_(*parts)


def _within(number: Any, figures: Figures) -> Condition:
    parts = []
    if figures.low is not None:
        parts.append(number >= figures.low if figures.included else number > figures.low)
    if figures.high is not None:
        parts.append(number <= figures.high if figures.included else number < figures.high)
    return and_(*parts)
