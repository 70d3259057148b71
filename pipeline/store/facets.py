"""Facets: of which years, agencies, stamps ... the documents of a search are, with counts over the whole hit set.

A document counts once for each value that it has. The hit set is that of `search` (misreadings included unless `exact`);
asked by page, a document belongs to it that has a page that is found.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, Connection, Select, and_, cast, func, literal, select, union_all
from sqlalchemy import Text as SqlText

from pipeline.errors import ArgumentsError
from pipeline.store.expand import widen
from pipeline.store.fulltext import index_of
from pipeline.store.plan import found
from pipeline.store.query import parse
from pipeline.store.schema import documents, entities, markings, mentions, pages, redactions, stamps
from pipeline.store.tree import terms_of
from pipeline.store.values import folded

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
    chosen = _chosen(connection, query_text, by, exact)
    plain = [name for name in dict.fromkeys(names) if name != "exemption"]
    asked = [select(literal("").label("facet"), literal("").label("value"), func.count().label("n"),
                    literal(0).label("different"), literal(0).label("having")).select_from(chosen)]  # fmt: skip
    asked += [_counted(name, chosen, most) for name in plain]
    rows = connection.execute(union_all(*asked)).all()
    [total] = [row.n for row in rows if not row.facet]
    made = {name: _facet(name, [r for r in rows if r.facet == name], total) for name in plain}
    if "exemption" in names:
        made["exemption"] = _exemptions(connection, chosen, total, most)
    return tuple(made[name] for name in names)


def _chosen(connection: Connection, query_text: str, by: str, exact: bool) -> CTE:
    """`document_id` of the documents of the hit set."""
    index = index_of(connection)
    tree = parse(query_text)
    wider = None if exact else widen(tree, connection, index)
    by = by if terms_of(tree) else "document"
    hits = found(tree, by, index, wider.tree if wider else None).subquery()
    if by == "document":
        return select(hits.c.unit.label("document_id")).cte().prefix_with("MATERIALIZED")
    owners = select(pages.c.document_id).join(hits, hits.c.unit == pages.c.id).distinct()
    return owners.cte().prefix_with("MATERIALIZED")


def _pairs(name: str, chosen: CTE) -> Select[Any]:
    """`document_id, value`, each pair once."""
    if name in _OF_DOCUMENT:
        value = _OF_DOCUMENT[name]
        return (
            select(documents.c.document_id, value.label("value"))
            .join(chosen, chosen.c.document_id == documents.c.document_id)
            .where(and_(value.is_not(None), value != ""))
        )
    if name == "stamp":
        return _of_findings(stamps.c.document_id, stamps.c.template, chosen)
    named = func.coalesce(entities.c.name, mentions.c.name)
    joined = _of_findings(mentions.c.document_id, named, chosen)
    return joined.outerjoin(entities, entities.c.entity_id == mentions.c.entity_id)


def _of_findings(document_id: Any, value: Any, chosen: CTE) -> Select[Any]:
    owned = select(document_id, value.label("value")).join(chosen, chosen.c.document_id == document_id)
    return owned.where(and_(value.is_not(None), value != "")).distinct()


def _counted(name: str, chosen: CTE, most: int) -> Select[Any]:
    pairs = _pairs(name, chosen).cte()
    having = select(func.count(pairs.c.document_id.distinct())).scalar_subquery()
    columns = (literal(name).label("facet"), pairs.c.value, func.count().label("n"), func.count().over().label("different"))
    counted = select(*columns, having.label("having")).group_by(pairs.c.value)
    return select(counted.order_by(func.count().desc(), pairs.c.value).limit(most).subquery())


def _facet(name: str, rows: Iterable[Any], total: int) -> Facet:
    ordered = sorted(((r.value, r.n) for r in rows), key=lambda pair: (-pair[1], pair[0]))
    some = next(iter(rows), None)
    return Facet(name, tuple(ordered), some.different if some else 0, total, total - (some.having if some else 0))


def _exemptions(connection: Connection, chosen: CTE, total: int, most: int) -> Facet:
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
    return Facet("exemption", values[:most], len(values), total, total - len(set().union(*owners.values())))
