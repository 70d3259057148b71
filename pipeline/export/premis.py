"""The history of a document as PREMIS 3 events and agents, each an element for a METS file (loc.gov/standards/premis)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from pipeline.export.xml import printable
from pipeline.store.provenance import Event

PREMIS = "http://www.loc.gov/premis/v3"


def events(history: Sequence[Event], document_id: str) -> Iterator[ET.Element]:
    """An event element for each, linked to the document and to who did it."""
    for event in history:
        root = ET.Element(_p("event"))
        _identifier(root, "event", "UUID", event.identifier)
        ET.SubElement(root, _p("eventType")).text = event.event
        ET.SubElement(root, _p("eventDateTime")).text = event.at
        if told := "; ".join(printable(t) for t in (event.detail, event.object) if t):
            ET.SubElement(ET.SubElement(root, _p("eventDetailInformation")), _p("eventDetail")).text = told
        came = ET.SubElement(root, _p("eventOutcomeInformation"))
        ET.SubElement(came, _p("eventOutcome")).text = event.outcome
        if event.note:
            note = ET.SubElement(ET.SubElement(came, _p("eventOutcomeDetail")), _p("eventOutcomeDetailNote"))
            note.text = printable(event.note)
        for kind, name in _agents(event):
            _identifier(root, "linkingAgent", kind, name)
        _identifier(root, "linkingObject", "SHA-256", document_id)
        yield root


def agents(history: Sequence[Event]) -> Iterator[ET.Element]:
    """An agent element for each program and person that took part."""
    for kind, name in dict.fromkeys(agent for event in history for agent in _agents(event)):
        root = ET.Element(_p("agent"))
        _identifier(root, "agent", kind, name)
        ET.SubElement(root, _p("agentName")).text = printable(name)
        ET.SubElement(root, _p("agentType")).text = kind
        yield root


def _agents(event: Event) -> list[tuple[str, str]]:
    return [("software", event.agent), *([("person", event.person)] if event.person else [])]


def _identifier(parent: ET.Element, of: str, kind: str, value: str) -> None:
    inner = ET.SubElement(parent, _p(f"{of}Identifier"))
    ET.SubElement(inner, _p(f"{of}IdentifierType")).text = kind
    ET.SubElement(inner, _p(f"{of}IdentifierValue")).text = printable(value)


def _p(name: str) -> str:
    return f"{{{PREMIS}}}{name}"
