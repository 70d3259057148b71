"""How a document is cited: as the National Archives ask (General Information Leaflet 17: item; file unit; series; record
group; repository), as the source notes of Foreign Relations do, and as BibTeX and RIS for reference managers.

Only what is known is said; nothing is filled in. EDTF dates are written out (24 October 1962; October 1962; ca. 1962).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

MONTHS = "January February March April May June July August September October November December".split()
REPOSITORY = "repository"
"""Column of metadata.csv that names the holding institution; it is no column of the contract."""

Document = Mapping[str, Any]
NEEDED = (
    "document_id", "file_name", "doc_type", "date", "sender", "recipient", "title", "subject", "item", "folder", "box",
    "series", "collection", "record_group", "classification", "controls", "identifiers", "metadata", "status",
    "stages",
)  # fmt: skip
"""Columns of `documents` that citations are made of."""
NUMBERS = {"rif": "JFK record number", "crest": "CREST"}
"""Identifiers by which a reading room finds the document, and what they are called in a footnote."""


def nara(document: Document, page: int | None = None, last: int | None = None) -> str:
    """From the item to the repository, parted by semicolons: `Memorandum from Dean Rusk to the President, "Laos," 12
    March 1962, p. 2; Folder Laos, Box 7; Far East; RG 59; National Archives at College Park, MD. (File memo.pdf,
    SHA-256 8f1b9f99...)`
    The beginning of the file's SHA-256 at the end says which copy was seen. With `last` it cites the pages from `page` on."""
    d = document
    item = [_item(d), *([_date(d["date"])] if d.get("date") else []), *_numbered("item", d.get("item"))]
    numbers = [(i["kind"], i["value"]) for i in d.get("identifiers") or () if i["kind"] in NUMBERS]
    item += [f"{NUMBERS[kind]} {number}" for kind, number in numbers[:1]]
    if page is not None:
        item.append(f"p. {page}" if last in (None, page) else f"pp. {page}–{last}")
    parts = [", ".join(item), _where(d), _repository(d)]
    return f"{'; '.join(p for p in parts if p)}. (File {d['file_name']}, SHA-256 {d['document_id'][:16]})"


def _where(d: Document) -> str:
    """From the file unit to the record group."""
    unit = [f"Folder {d['folder']}" if d.get("folder") else "", f"Box {d['box']}" if d.get("box") else ""]
    parts = [", ".join(u for u in unit if u), d.get("series"), d.get("collection"), *_numbered("RG", d.get("record_group"))]
    return "; ".join(p for p in parts if p)


def _numbered(what: str, given: str | None) -> list[str]:
    """A bare number with what it counts; anything else as it was given."""
    return [f"{what} {given}" if given.isdecimal() else given] if given else []


def source_note(document: Document) -> str:
    """As Foreign Relations of the United States: `Source: National Archives, RG 59, Far East, Box 7, Laos. Secret;
    Nodis. Drafted by ...`: where it lies, then the classification and controls."""
    d = document
    place = [_repository(d), *_numbered("RG", d.get("record_group")), d.get("collection"), d.get("series")]
    place += [f"Box {d['box']}" if d.get("box") else None, d.get("folder")]
    where = ", ".join(str(p) for p in place if p) or d["file_name"]
    level = "; ".join(_capital(x) for x in [d.get("classification"), *d.get("controls", ())] if x)
    looked = d.get("status") == "complete" and "markings" in (d.get("stages") or ())
    return f"Source: {where}. {level or ('No classification marking' if looked else 'Classification not determined')}."


def bibtex(documents: Iterable[Document]) -> Iterator[str]:
    """BibTeX, an @unpublished entry a document, keyed by the beginning of its id."""
    from pybtex.database import BibliographyData, Entry, Person

    write = _bibtex_writer()
    for d in documents:
        fields = {"title": _title(d), "note": nara(d)}
        if d.get("date"):
            fields |= {"date": d["date"], "year": _year(d["date"])}
        told = {k: _balanced(v) for k, v in _kept(fields).items()}
        persons = {"author": [Person(f"{{{_balanced(name)}}}") for name in _names(d)]} if _names(d) else {}
        yield write(BibliographyData({f"declass-{d['document_id'][:12]}": Entry("unpublished", told, persons)})) + "\n"


def ris(documents: Iterable[Document]) -> Iterator[str]:
    """RIS, type MANSCPT, a record a document."""
    for d in documents:
        record = {
            "type_of_reference": "MANSCPT",
            "id": f"declass-{d['document_id'][:12]}",
            "title": _title(d),
            "authors": _names(d),
            "year": _year(d["date"]) if d.get("date") else None,
            "date": d["date"].replace("-", "/") if re.fullmatch(r"\d{4}(-\d\d){0,2}", d.get("date") or "") else None,
            "publisher": _repository(d) or None,
            "call_number": _where(d) or None,
            "notes": [nara(d)],
        }
        yield _ris_writer()(_kept(record)) + "\n"


@cache
def _bibtex_writer() -> Callable[[Any], str]:
    from pybtex.database.output.bibtex import Writer

    write: Callable[[Any], str] = Writer().to_string
    return write


@cache
def _ris_writer() -> Callable[[Mapping[str, Any]], str]:
    import rispy

    class Records(rispy.RisWriter):  # type: ignore[misc]
        """Records one after another, without the number that the library puts before each."""

        def set_header(self, count: int) -> str:
            return ""

    return lambda record: rispy.dumps([dict(record)], implementation=Records)


def _item(d: Document) -> str:
    kind = (d.get("doc_type") or "document").replace("-", " ").capitalize()
    who = f" from {_flat(d['sender'])}" if d.get("sender") else ""
    whom = f" to {_flat(d['recipient'])}" if d.get("recipient") else ""
    about = d.get("title") or d.get("subject")
    return f"{kind}{who}{whom}" + (f", “{_flat(about)}”" if about else "")


def _title(d: Document) -> str:
    return _flat(d.get("title") or d.get("subject") or d["file_name"])


def _names(d: Document) -> list[str]:
    """Who it is from, name by name."""
    return [name for name in map(_flat, (d.get("sender") or "").split("; ")) if name]


def _flat(text: Any) -> str:
    return " ".join(str(text).split())


def _balanced(text: str) -> str:
    """Without braces, which BibTeX counts and a reading may have by chance."""
    return text.translate({ord("{"): "(", ord("}"): ")"})


def _repository(d: Document) -> str:
    return str((d.get("metadata") or {}).get(REPOSITORY, ""))


def _capital(marking: str) -> str:
    return " ".join(w.capitalize() for w in marking.replace("_", " ").split())


def _year(edtf: str) -> str:
    found = re.search(r"\d{3}[\dX]", edtf)
    return found.group() if found else ""


def _date(edtf: str) -> str:
    """An EDTF date in words; what is more than a day, month or year (intervals, sets) stays as it is."""
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?([~?%]?)", edtf)
    if not found or (found[2] and not 1 <= int(found[2]) <= 12):
        return edtf
    parts = [str(int(found[3])) if found[3] else "", MONTHS[int(found[2]) - 1] if found[2] else "", found[1]]
    sure = {"": "", "~": "ca. ", "?": "possibly ", "%": "possibly ca. "}[found[4]]
    return sure + " ".join(p for p in parts if p)


def _kept(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in fields.items() if v not in (None, "", [])}
