"""How a document is cited: as the National Archives ask (General Information Leaflet 17: item; file unit; series; record
group; repository), as the source notes of Foreign Relations do, and as BibTeX and RIS for reference managers.

Only what is known is said; nothing is filled in. EDTF dates are written out (24 October 1962; October 1962; ca. 1962).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

MONTHS = "January February March April May June July August September October November December".split()
REPOSITORY = "repository"
"""Column of metadata.csv that names the holding institution; it is no column of the contract."""

Document = Mapping[str, Any]


def nara(document: Document, page: int | None = None) -> str:
    """From the item to the repository, parted by semicolons: `Memorandum from Dean Rusk to the President, "Laos," 12
    March 1962, p. 2; Folder Laos, Box 7; Far East; RG 59; National Archives at College Park, MD. (declass 8f1b9f99...)`
    The beginning of the file's SHA-256 at the end says which copy was seen."""
    d = document
    item = [_item(d), *([_date(d["date"])] if d.get("date") else []), *([d["item"]] if d.get("item") else [])]
    if page is not None:
        item.append(f"p. {page}")
    unit = [f"Folder {d['folder']}" if d.get("folder") else "", f"Box {d['box']}" if d.get("box") else ""]
    parts = [
        ", ".join(item),
        ", ".join(u for u in unit if u),
        d.get("series") or "",
        d.get("collection") or "",
        d.get("record_group") or "",
        _repository(d),
    ]
    return f"{'; '.join(p for p in parts if p)}. (File {d['file_name']}, SHA-256 {d['document_id'][:16]})"


def source_note(document: Document) -> str:
    """As Foreign Relations of the United States: `Source: National Archives, RG 59, Far East, Box 7, Laos. Secret;
    Nodis. Drafted by ...`: where it lies, then the classification and controls."""
    d = document
    place = [_repository(d), d.get("record_group"), d.get("collection"), d.get("series")]
    place += [f"Box {d['box']}" if d.get("box") else None, d.get("folder")]
    where = ", ".join(str(p) for p in place if p) or d["file_name"]
    level = "; ".join(_capital(x) for x in [d.get("classification"), *d.get("controls", ())] if x)
    return f"Source: {where}.{f' {level}.' if level else ' No classification marking.'}"


def bibtex(documents: Iterable[Document]) -> str:
    """BibTeX, an @unpublished entry a document, keyed by the beginning of its id."""
    from pybtex.database import BibliographyData, Entry, Person

    entries = {}
    for d in documents:
        fields = {"title": _title(d), "note": nara(d)}
        if d.get("date"):
            fields |= {"date": d["date"], "year": _year(d["date"])}
        persons = {"author": [Person(f"{{{d['sender']}}}")]} if d.get("sender") else {}
        entries[f"declass-{d['document_id'][:12]}"] = Entry("unpublished", _kept(fields), persons)
    return str(BibliographyData(entries).to_string("bibtex"))


def ris(documents: Iterable[Document]) -> str:
    """RIS, type MANSCPT, a record a document."""
    import rispy

    records = []
    for d in documents:
        records.append(_kept({
            "type_of_reference": "MANSCPT",
            "id": f"declass-{d['document_id'][:12]}",
            "title": _title(d),
            "authors": [d["sender"]] if d.get("sender") else None,
            "year": _year(d["date"]) if d.get("date") else None,
            "date": d["date"].replace("-", "/") if re.fullmatch(r"\d{4}(-\d\d){0,2}", d.get("date") or "") else None,
            "publisher": _repository(d) or None,
            "notes": [nara(d)],
        }))  # fmt: skip
    out = StringIO()
    rispy.dump(records, out)
    return out.getvalue()


def _item(d: Document) -> str:
    kind = (d.get("doc_type") or "document").replace("-", " ").capitalize()
    who = f" from {d['sender']}" if d.get("sender") else ""
    whom = f" to {d['recipient']}" if d.get("recipient") else ""
    about = d.get("title") or d.get("subject")
    return f"{kind}{who}{whom}" + (f", “{about}”" if about else "")


def _title(d: Document) -> str:
    return str(d.get("title") or d.get("subject") or d["file_name"])


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
