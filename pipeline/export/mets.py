"""METS 1.12 of one document: what it is, what was done with it, which files hold it, their fixity, its pages and its parts
(loc.gov/mets)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from pipeline import __version__
from pipeline.export import premis
from pipeline.export.dublincore import dublin_core
from pipeline.export.xml import printable, text_of
from pipeline.store.provenance import Event

METS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
DC = "http://purl.org/dc/elements/1.1/"


@dataclass(frozen=True, slots=True)
class File:
    """A file of the document: `use` is original, access, image or text; `href` is relative to the METS file; `page` is
    None when it holds all pages."""

    use: str
    href: str
    media_type: str
    sha256: str
    size: int
    page: int | None = None


def mets(
    document: Mapping[str, Any],
    segments: Sequence[Mapping[str, Any]],
    files: Sequence[File],
    pages: Sequence[int],
    history: Sequence[Event] = (),
) -> str:
    """The METS file of a row of `documents`, its rows of `segments`, its files, the numbers of its pages and its history."""
    for prefix, uri in (("mets", METS), ("xlink", XLINK), ("dc", DC), ("premis", premis.PREMIS)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(_m("mets"), OBJID=f"sha256:{document['document_id']}", LABEL=printable(document["file_name"]))
    head = ET.SubElement(root, _m("metsHdr"), {"CREATEDATE": document["ingested_at"]} if document.get("ingested_at") else {})
    agent = ET.SubElement(head, _m("agent"), ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    ET.SubElement(agent, _m("name")).text = f"declass {__version__}"
    _add_description(root, document)
    _add_history(root, history, document["document_id"])
    names = _add_files(root, files)
    _add_pages(root, files, names, pages)
    _add_parts(root, document, segments)
    _add_links(root, segments, pages)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + text_of(root) + "\n"


def _m(name: str) -> str:
    return f"{{{METS}}}{name}"


def _add_description(root: ET.Element, document: Mapping[str, Any]) -> None:
    section = ET.SubElement(root, _m("dmdSec"), ID="dmd")
    data = ET.SubElement(ET.SubElement(section, _m("mdWrap"), MDTYPE="DC"), _m("xmlData"))
    for name, values in dublin_core(document).items():
        for value in values:
            ET.SubElement(data, f"{{{DC}}}{name}").text = printable(value)


def _add_history(root: ET.Element, history: Sequence[Event], document_id: str) -> None:
    if not history:
        return
    section = ET.SubElement(root, _m("amdSec"), ID="history")
    kinds = (("EVENT", premis.events(history, document_id)), ("AGENT", premis.agents(history)))
    for kind, elements in kinds:
        for n, element in enumerate(elements, 1):
            part = ET.SubElement(section, _m("digiprovMD"), ID=f"{kind.lower()}-{n}")
            wrap = ET.SubElement(part, _m("mdWrap"), MDTYPE=f"PREMIS:{kind}")
            ET.SubElement(wrap, _m("xmlData")).append(element)


def _add_files(root: ET.Element, files: Sequence[File]) -> list[str]:
    """The fileSec, a group for each use; gives the ID of each file."""
    section = ET.SubElement(root, _m("fileSec"))
    names = [f"file-{n}" for n in range(1, len(files) + 1)]
    for use in dict.fromkeys(f.use for f in files):
        group = ET.SubElement(section, _m("fileGrp"), USE=use)
        for name, file in zip(names, files, strict=True):
            if file.use != use:
                continue
            fixity = {"SIZE": str(file.size), "CHECKSUM": file.sha256, "CHECKSUMTYPE": "SHA-256"}
            about = {"ID": name, "MIMETYPE": file.media_type, **fixity}
            entry = ET.SubElement(group, _m("file"), about)
            ET.SubElement(entry, _m("FLocat"), {"LOCTYPE": "URL", f"{{{XLINK}}}href": file.href})
    return names


def _add_pages(root: ET.Element, files: Sequence[File], names: Sequence[str], pages: Sequence[int]) -> None:
    chart = ET.SubElement(root, _m("structMap"), TYPE="PHYSICAL")
    whole = ET.SubElement(chart, _m("div"), TYPE="document", DMDID="dmd")
    for name, file in zip(names, files, strict=True):
        if file.page is None:
            ET.SubElement(whole, _m("fptr"), FILEID=name)
    for number in pages:
        div = ET.SubElement(whole, _m("div"), TYPE="page", ID=f"page-{number}", ORDER=str(number), ORDERLABEL=str(number))
        for name, file in zip(names, files, strict=True):
            if file.page == number:
                ET.SubElement(div, _m("fptr"), FILEID=name)


def _add_parts(root: ET.Element, document: Mapping[str, Any], segments: Sequence[Mapping[str, Any]]) -> None:
    if not segments:
        return
    chart = ET.SubElement(root, _m("structMap"), TYPE="LOGICAL")
    whole = ET.SubElement(chart, _m("div"), TYPE="file", LABEL=printable(document["file_name"]))
    for n, part in enumerate(segments, 1):
        label = part.get("subject") or part["kind"]
        ET.SubElement(whole, _m("div"), TYPE=part["kind"], ID=f"part-{n}", ORDER=str(n), LABEL=printable(label))


def _add_links(root: ET.Element, segments: Sequence[Mapping[str, Any]], pages: Sequence[int]) -> None:
    """Which pages each part has."""
    pairs = [
        (f"part-{n}", f"page-{number}")
        for n, part in enumerate(segments, 1)
        for number in pages
        if part["first_page"] <= number <= part["last_page"]
    ]
    if not pairs:
        return
    section = ET.SubElement(root, _m("structLink"))
    for part, page in pairs:
        ET.SubElement(section, _m("smLink"), {f"{{{XLINK}}}from": part, f"{{{XLINK}}}to": page})
