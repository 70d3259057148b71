"""Dublin Core of a document: fifteen elements, the same for CSV and METS (dublincore.org/specifications/dublin-core/dces)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ELEMENTS = (
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format", "identifier",
    "source", "language", "relation", "coverage", "rights",
)  # fmt: skip


def dublin_core(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The elements of a row of `documents`, each with its values, in the order of the standard; absent ones are left out.

    The date is EDTF, as everywhere. `source` says where the paper lies, from the largest unit to the smallest.
    """
    d = document
    named = {"box": "Box ", "folder": "Folder "}
    place = [named.get(n, "") + d[n] for n in ("record_group", "collection", "series", "box", "folder", "item") if d.get(n)]
    told = {
        "title": (d.get("title") or d.get("subject") or d["file_name"],),
        "creator": (d.get("sender"),),
        "subject": (d.get("subject") if d.get("title") else None,),
        "description": (d.get("history"),),
        "publisher": (d.get("agency"),),
        "contributor": (d.get("recipient"),),
        "date": (d.get("date"),),
        "type": ("Text", d.get("doc_type")),
        "format": (d["media_type"],),
        "identifier": (f"sha256:{d['document_id']}", *[i["value"] for i in d["identifiers"]]),
        "source": ("; ".join(place),),
        "rights": (d.get("rights"),),
    }
    kept = {name: tuple(v for v in told.get(name, ()) if v) for name in ELEMENTS}
    return {name: values for name, values in kept.items() if values}
