"""Facets: of which years, agencies, stamps ... the documents of a search are, with counts over the whole hit set.

A document counts once for each value that it has. The hit set is that of `search` (misreadings included unless `exact`);
asked by page, a document belongs to it that has a page that is found.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, cast, func, literal, select
from sqlalchemy import Text as SqlText

from pipeline.errors import ArgumentsError
from pipeline.store.dialect import among
from pipeline.store.expand import widen
from pipeline.store.fulltext import index_of
from pipeline.store.plan import documents_found
from pipeline.store.postings import Array
from pipeline.store.query import parse
from pipeline.store.schema import documents, entities, markings, mentions, redactions, stamps
from pipeline.store.tree import terms_of
from pipeline.store.values import folded

Condition = ColumnElement[bool]

AT_ONCE = 500
"""Documents whose findings are held at a time."""
_APART, _ALONE = "\x1f", "="
_YEAR = func.substr(func.coalesce(documents.c.date_from, documents.c.date_to), 1, 4)
_OF_DOCUMENT = {"year": _YEAR, "agency": documents.c.agency, "classification": documents.c.classification,
                "type": documents.c.doc_type, "collection": documents.c.collection, "box": documents.c.box}  # fmt: skip
FACETS = ("year", "agency", "classification", "type", "stamp", "exemption", "entity", "collection", "box")


@dataclass(frozen=True, slots=True)
class Facet:
    """The values most frequent among `documents` documents, each with its number of them; `different` values there are
    in all, and `without` documents have none."""

    name: str
    values: tuple[tuple[str, int], ...]
    different: int
    documents: int
    without: int


def facets(
    connection: Connection, query_text: str, names: Sequence[str], *, by: str = "page", exact: bool = False, most: int = 10
) -> tuple[Facet, ...]:
    """The facets named, in that order. Raises QueryError, and ArgumentsError for a facet that there is not."""
    if unknown := [name for name in names if name not in FACETS]:
        raise ArgumentsError(f"there is no facet {unknown[0]!r}", f"Facets: {', '.join(FACETS)}.")
    numbers = _chosen(connection, query_text, by, exact)
    chosen = among(connection, documents.c.number, numbers)
    made = {}
    for name in dict.fromkeys(names):
        count = _exemptions if name == "exemption" else _of_document if name in _OF_DOCUMENT else _of_others
        made[name] = count(connection, name, chosen, len(numbers), most)
    return tuple(made[name] for name in names)


def _chosen(connection: Connection, query_text: str, by: str, exact: bool) -> Array:
    """The numbers of the documents of the hit set."""
    index = index_of(connection)
    tree = parse(query_text)
    wider = None if exact else widen(tree, connection, index)
    return documents_found(tree, by if terms_of(tree) else "document", index, wider.tree if wider else None)


def _of_document(connection: Connection, name: str, chosen: Condition, total: int, most: int) -> Facet:
    """What a column of the documents says: counted along an index that has it."""
    value = _OF_DOCUMENT[name]
    n = func.count().label("n")
    counted = select(value.label("value"), n).where(chosen, value != "").group_by(value).subquery()
    whole = (func.count().over().label("different"), func.sum(counted.c.n).over().label("having"))
    rows = connection.execute(
        select(counted, *whole).order_by(counted.c.n.desc(), counted.c.value).limit(most)
    ).all()
    return _facet(name, rows, total)


def _of_others(connection: Connection, name: str, chosen: Condition, total: int, most: int) -> Facet:
    """What findings say: each value of a document once."""
    values = _stamps(connection, chosen) if name == "stamp" else _names(connection, chosen)
    count: Counter[str] = Counter()
    having = 0
    for own in values:
        count.update(own)
        having += bool(own)
    best = heapq.nsmallest(most, count.items(), key=lambda pair: (-pair[1], pair[0]))
    return Facet(name, tuple(best), len(count), total, total - having)


def _stamps(connection: Connection, chosen: Condition) -> Iterator[set[str]]:
    """Of each document that has stamps, which."""
    for some in _by_document(connection, stamps, stamps.c.template, chosen):
        yield from some


def _names(connection: Connection, chosen: Condition) -> Iterator[set[str]]:
    """Of each document, the names of whom and what it mentions; dates are none."""
    m = mentions.c
    alone = literal(_ALONE).op("||")(m.name)  # of no entity yet
    known: dict[str, str] = {}
    for some in _by_document(connection, mentions, func.coalesce(m.entity_id, alone), chosen, m.label != "DATE"):
        new = set().union(*some) - known.keys()
        known |= {key: key[1:] if key.startswith(_ALONE) else "" for key in new}
        ids = sorted(key for key in new if not known[key])
        for start in range(0, len(ids), AT_ONCE):
            named = select(entities.c.entity_id, entities.c.name).where(entities.c.entity_id.in_(ids[start : start + AT_ONCE]))
            known |= dict(map(tuple, connection.execute(named).all()))
        yield from (set(map(known.__getitem__, keys)) - {""} for keys in some)


def _by_document(
    connection: Connection, table: Table, value: ColumnElement[str], chosen: Condition, *which: Condition
) -> Iterator[list[set[str]]]:
    """The different values of each document that has some, some documents at a time: read document by document, which is
    several times as quick as a join that sorts all rows."""
    own = select(func.aggregate_strings(value, _APART)).where(table.c.document_id == documents.c.document_id, *which)
    asked = select(own.scalar_subquery()).where(chosen)
    with connection.execute(asked, execution_options={"yield_per": AT_ONCE}) as found:
        for some in found.scalars().partitions(AT_ONCE):
            yield [set(text.split(_APART)) - {""} for text in some if text]


def _of_findings(document_id: Any, value: Any, chosen: Condition) -> Select[Any]:
    owned = select(document_id, value.label("value")).join(documents, documents.c.document_id == document_id)
    return owned.where(chosen, value.not_in(("", "[]"))).distinct()


def _facet(name: str, rows: Sequence[Any], total: int) -> Facet:
    values = tuple((row.value, row.n) for row in rows)
    return Facet(name, values, rows[0].different if rows else 0, total, total - int(rows[0].having) if rows else total)


def _exemptions(connection: Connection, name: str, chosen: Condition, total: int, most: int) -> Facet:
    """Codes stand in lists and in many spellings: those with the same letters and figures are one, shown as most
    documents have it."""
    sources = [_of_findings(c.document_id, cast(c.exemptions, SqlText), chosen) for c in (markings.c, stamps.c)]
    sources.append(_of_findings(redactions.c.document_id, redactions.c.code, chosen))
    sources.append(_of_findings(markings.c.document_id, markings.c.canonical, chosen).where(markings.c.kind == "exemption"))
    owners: dict[str, set[str]] = defaultdict(set)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for document_id, written in {tuple(row) for source in sources for row in connection.execute(source)}:
        for code in json.loads(written) if written.startswith("[") else [written]:
            if key := folded(code):
                owners[key].add(document_id)
                spellings[key][code] += 1
    shown = [(min(spellings[key].items(), key=lambda s: (-s[1], s[0]))[0], len(ids)) for key, ids in owners.items()]
    values = tuple(sorted(shown, key=lambda pair: (-pair[1], pair[0])))
    return Facet(name, values[:most], len(values), total, total - len(set().union(*owners.values())))
