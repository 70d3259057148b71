"""IIIF Presentation 3 manifest of a document: its pages as canvases, its findings as annotations (iiif.io/api/presentation/3.0).

Canvases are measured in pixels of the access images. The manifest is plain JSON-LD; the tests hold it against iiif-prezi3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.export.citation import nara
from pipeline.export.dublincore import dublin_core

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
LABELS = {
    "date": "Date", "creator": "From", "contributor": "To", "publisher": "Agency", "type": "Type", "source": "Source",
    "identifier": "Identifier",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """The access image of a page: `href` from the manifest's base, size in pixels, pixels a point."""

    page: int
    href: str
    width: int
    height: int
    scale: float
    alto: str


def manifest(
    base: str,
    document: Mapping[str, Any],
    findings: Sequence[tuple[str, Mapping[str, Any]]],
    pictures: Sequence[Picture],
    pdf: str | None = None,
) -> dict[str, Any]:
    """The manifest of a row of `documents`. `base` is the URL under which the document's folder will be served, ending
    in /; `findings` are (table, row) as `store.show.Shown.findings` gives them."""
    about = dublin_core(document)
    whole: dict[str, Any] = {
        "@context": CONTEXT,
        "id": f"{base}manifest.json",
        "type": "Manifest",
        "label": _text(about["title"][0]),
        "metadata": [
            *({"label": _label(label), "value": _text(*about[name])} for name, label in LABELS.items() if name in about),
            {"label": _label("Cite as"), "value": _text(nara(document))},
        ],
    }
    if "description" in about:
        whole["summary"] = _text(about["description"][0])
    if "rights" in about:
        whole["requiredStatement"] = {"label": _label("Rights"), "value": _text(*about["rights"])}
    if pdf:
        link = {"id": base + pdf, "type": "Text", "format": "application/pdf", "label": _label("Searchable PDF")}
        whole["rendering"] = [link]
    if pictures:
        whole["thumbnail"] = [_image(base, pictures[0])]
    whole["items"] = [_canvas(base, picture, findings) for picture in pictures]
    return whole


def _canvas(base: str, picture: Picture, findings: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    name = f"{base}canvas/{picture.page}"
    painting = {"id": f"{name}/image", "type": "Annotation", "motivation": "painting", "body": _image(base, picture),
                "target": name}  # fmt: skip
    notes = [
        _note(name, f"{row['finding_id']}-{n}", table, row, box, picture.scale)
        for table, row in findings
        for n, box in enumerate(_boxes(row, picture.page), 1)
    ]
    canvas: dict[str, Any] = {
        "id": name,
        "type": "Canvas",
        "label": _label(f"p. {picture.page}"),
        "width": picture.width,
        "height": picture.height,
        "seeAlso": [{"id": base + picture.alto, "type": "Dataset", "format": "application/alto+xml",
                     "profile": "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"}],
        "items": [{"id": f"{name}/images", "type": "AnnotationPage", "items": [painting]}],
    }  # fmt: skip
    if notes:
        canvas["annotations"] = [{"id": f"{name}/findings", "type": "AnnotationPage", "items": notes}]
    return canvas


def _image(base: str, picture: Picture) -> dict[str, Any]:
    return {"id": base + picture.href, "type": "Image", "format": "image/jpeg", "width": picture.width,
            "height": picture.height}  # fmt: skip


def _boxes(row: Mapping[str, Any], page: int) -> list[tuple[float, float, float, float]]:
    """The boxes of a finding on a page, in points."""
    many = [b for b in row.get("boxes") or () if b["page"] == page]
    if many:
        return [(b["left"], b["top"], b["right"], b["bottom"]) for b in many]
    if row["page"] == page and row["left"] is not None:
        return [(row["left"], row["top"], row["right"], row["bottom"])]
    return []


def _note(
    canvas: str, name: str, table: str, row: Mapping[str, Any], box: tuple[float, ...], scale: float
) -> dict[str, Any]:
    left, top, right, bottom = (round(v * scale) for v in box)
    what = row.get("canonical") or row.get("name") or row.get("template") or row.get("style") or row.get("kind") or ""
    said = f"{table.removesuffix('s')}: {what}".strip(": ")
    text = " ".join((row.get("text") or "").split())
    written = f" “{text}”" if text and text != what else ""
    return {
        "id": f"{canvas}/{name}",
        "type": "Annotation",
        "motivation": "commenting",
        "body": {"type": "TextualBody", "value": f"{said}{written} ({row['confidence']:.2f}, {row['method']})",
                 "format": "text/plain", "language": "en"},
        "target": f"{canvas}#xywh={left},{top},{max(1, right - left)},{max(1, bottom - top)}",
    }  # fmt: skip


def _label(words: str) -> dict[str, list[str]]:
    return {"en": [words]}


def _text(*values: str) -> dict[str, list[str]]:
    return {"none": list(values)}
