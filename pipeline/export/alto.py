"""ALTO 4.4: words with box and confidence, as libraries and repositories keep them (loc.gov/standards/alto).

Coordinates are in 1/1200 inch (`inch1200`), so that they hold for a render of the page at any resolution.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from pipeline import __version__
from pipeline.core.geometry import Box
from pipeline.core.page import Line, Page, Region, Word
from pipeline.export.paragraphs import paragraphs
from pipeline.export.xml import printable, text_of

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
SCHEMA = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
UNITS = 1200 / 72  # of inch1200 in a point


def alto(file_name: str, pages: Iterable[Page], sha256: str = "") -> Iterator[str]:
    """One ALTO file of all `pages`, piece by piece, a page at a time. `sha256` identifies the file that was read.

    Pages of transcripts have no size and no boxes; ALTO demands both of words, so their words stand at 0 with size 0.
    """
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<alto {_namespaces()}>\n'
    yield text_of(_description(file_name, sha256)) + "\n<Layout>\n"
    for page in pages:
        yield text_of(page_element(page)) + "\n"
    yield "</Layout>\n</alto>\n"


def _namespaces() -> str:
    return (
        f'xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{NAMESPACE} {SCHEMA}" SCHEMAVERSION="4.4"'
    )


def _description(file_name: str, sha256: str) -> ET.Element:
    description = ET.Element("Description")
    ET.SubElement(description, "MeasurementUnit").text = "inch1200"
    source = ET.SubElement(description, "sourceImageInformation")
    ET.SubElement(source, "fileName").text = printable(file_name)
    if sha256:
        ET.SubElement(source, "fileIdentifier", fileIdentifierLocation="sha256").text = sha256
    processing = ET.SubElement(description, "Processing", ID="reading")
    ET.SubElement(processing, "processingStepDescription").text = "text recognition"
    software = ET.SubElement(processing, "processingSoftware")
    ET.SubElement(software, "softwareName").text = "declass"
    ET.SubElement(software, "softwareVersion").text = __version__
    return description


def page_element(page: Page) -> ET.Element:
    """The <Page> of one page: blocks, lines, words; what is no type follows as blocks without words."""
    name = f"p{page.number}"
    size = Box(0.0, 0.0, page.width or 0.0, page.height or 0.0)
    element = ET.Element(
        "Page", ID=name, PHYSICAL_IMG_NR=str(page.number), WIDTH=_unit(size.width), HEIGHT=_unit(size.height),
        PC=f"{page.confidence:.3f}", QUALITY_DETAIL=printable(f"{page.grade}: {page.grade_reason}".rstrip(": ")),
    )  # fmt: skip
    space = ET.SubElement(element, "PrintSpace", _place(size))
    for n, lines in enumerate(paragraphs(page), 1):
        block = ET.SubElement(space, "TextBlock", {"ID": f"{name}-b{n}"} | _place(_around(lines)))
        for line in lines:
            _add_line(block, name, line)
    for n, region in enumerate(page.regions, 1):
        _add_region(space, f"{name}-r{n}", region)
    return element


def _add_line(block: ET.Element, page: str, line: Line) -> None:
    element = ET.SubElement(block, "TextLine", {"ID": f"{page}-l{line.number + 1}"} | _place(line.box))
    before: Word | None = None
    for word in line.words:
        if before is not None:
            ET.SubElement(element, "SP", _space(before, word))
        ET.SubElement(element, "String", _string(word.text, word.confidence) | _place(word.box))
        before = word


def _string(text: str, confidence: float) -> dict[str, str]:
    return {"CONTENT": printable(text), "WC": f"{confidence:.3f}"}


def _space(before: Word, after: Word) -> dict[str, str]:
    if before.box is None or after.box is None or after.box.left <= before.box.right:
        return {}
    gap = Box(before.box.right, before.box.top, after.box.left, before.box.bottom)
    return {"WIDTH": _unit(gap.width), "HPOS": _unit(gap.left), "VPOS": _unit(gap.top)}


def _add_region(space: ET.Element, name: str, region: Region) -> None:
    if not region.text:
        ET.SubElement(space, "GraphicalElement", {"ID": name} | _place(region.box))
        return
    block = ET.SubElement(space, "TextBlock", {"ID": name} | _place(region.box))
    line = ET.SubElement(block, "TextLine", {"ID": f"{name}-l1"} | _place(region.box))
    ET.SubElement(line, "String", _string(region.text, region.confidence) | _place(region.box))


def _around(lines: Iterable[Line]) -> Box | None:
    boxes = [line.box for line in lines if line.box]
    return Box.around(boxes) if boxes else None


def _place(box: Box | None) -> dict[str, str]:
    box = box or Box(0.0, 0.0, 0.0, 0.0)
    return {
        "HPOS": _unit(box.left), "VPOS": _unit(box.top), "WIDTH": _unit(box.width), "HEIGHT": _unit(box.height),
    }  # fmt: skip


def _unit(points: float) -> str:
    return str(round(points * UNITS))
