"""ALTO is valid by the schema of its keepers and says where each word stands."""

from __future__ import annotations

import pytest
from lxml import etree

from pipeline.core.geometry import Box
from pipeline.core.page import Page, ReadWord, Region
from pipeline.export.alto import NAMESPACE, alto
from tests.export.standards import schema

A = {"a": NAMESPACE}


@pytest.fixture(scope="module", name="schema")
def alto_schema() -> etree.XMLSchema:
    return schema("alto-4-4.xsd")


def word(text: str, left: float, top: float, confidence: float = 0.9) -> ReadWord:
    return ReadWord(text, Box(left, top, left + 6 * len(text), top + 10), confidence)


def page(*lines: list[ReadWord], number: int = 1, **more: object) -> Page:
    return Page.of_lines(number, (612, 792), lines, **more)


def made(*pages: Page, name: str = "memo.pdf") -> etree._Element:
    return etree.fromstring("".join(alto(name, pages, "ab" * 32)).encode())


def test_pages_with_words_regions_and_nothing_are_valid(schema: etree.XMLSchema) -> None:
    regions = (Region("handwriting", Box(10, 700, 90, 730), "OK RMN", 0.4), Region("picture", Box(300, 300, 400, 400)))
    full = page([word("TOP", 72, 40), word("SECRET", 100, 40)], [word("Memorandum", 72, 200)], regions=regions)
    schema.assertValid(made(full, page(number=2, blank=True), Page.of_text(3, "a transcript\nof two lines")))


def test_what_xml_forbids_is_replaced_and_what_it_escapes_is_kept(schema: etree.XMLSchema) -> None:
    tree = made(page([word("R&D<\x00>\ud800", 72, 40)]), name='odd "name" \x1b &.pdf')
    schema.assertValid(tree)
    assert tree.xpath("string(//a:String/@CONTENT)", namespaces=A) == "R&D<\ufffd>\ufffd"


def test_a_words_place_is_in_twelve_hundredths_of_an_inch() -> None:
    (string,) = made(page([word("SECRET", 72, 36, 0.875)])).iterfind(".//a:String", A)
    assert dict(string.attrib) == {
        "CONTENT": "SECRET", "WC": "0.875", "HPOS": "1200", "VPOS": "600", "WIDTH": "600", "HEIGHT": "167",
    }  # fmt: skip


def test_lines_far_apart_are_blocks_of_their_own() -> None:
    tree = made(page([word("one", 72, 100)], [word("two", 72, 112)], [word("three", 72, 160)], [word("four", 72, 172)]))
    blocks = tree.findall(".//a:TextBlock", A)
    assert [len(b.findall("a:TextLine", A)) for b in blocks] == [2, 2]
