"""Words of forms and what a stamp left are no names; names in sentences are."""

from __future__ import annotations

import pytest

from pipeline.recognize.doubts import in_sentence, is_body, is_form_word, is_label, is_title, trimmed
from pipeline.recognize.mentions import find_mentions
from tests.recognize.made import dated, scan, transcript, typed


@pytest.mark.parametrize("name", ["OADR", "Unquote", "NNNN", "RECORD SERIES", "CONFIDENTIALL", "Secretary", "Tags"])
def test_words_of_forms_and_headings(name: str) -> None:
    assert is_form_word(name)


@pytest.mark.parametrize("name", ["Rowny", "Grant", "Moscow", "Tago Mago", "Black"])
def test_names_are_none(name: str) -> None:
    assert not is_form_word(name)


def test_a_misread_title_is_a_title() -> None:
    assert is_title("Ambassaocr") and is_title("SECRETARV") and not is_title("Ambrose")


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("UNQUOTE SHULTZ", "SHULTZ"),
        ("Ambassaocr Rowny", "Rowny"),
        ("Schnabel NNNN", "Schnabel"),
        ("Dean Rusk", "Dean Rusk"),
    ],
)
def test_form_words_at_the_ends_of_a_name_are_cut_off(name: str, left: str) -> None:
    start, end = trimmed(name)
    assert name[start:end] == left


def test_a_sentence_is_told_from_a_list_of_codes() -> None:
    prose = "the officer said that FALN would not be able to move before the end of the month"
    codes = "DDO/TMO, DDO/WO, EUR/BCIR, KIN EUR/RR, HQDISSEM, IID, NOPRNT"
    assert in_sentence(prose, prose.index("FALN"), prose.index("FALN") + 4)
    assert not in_sentence(codes, codes.index("KIN"), codes.index("KIN") + 3)


def test_the_label_of_a_blank() -> None:
    assert is_label("AGENCY : CIA", 6) and is_label("AGENCY FILE NUMBER", 6) and not is_label("the Agency met", 10)
    assert is_body("Branch") and not is_body("Bundy")


def test_a_scan_of_a_form_gives_its_contents_not_its_labels() -> None:
    page = typed(
        1, "AGENCY INFORMATION", "AGENCY : CIA", "RECORD SERIES : JFK", "TAGS: PARM, UR", "DECL: OADR", "", "NNNN"
    )
    found = {(m.label, m.text) for m in find_mentions(scan(), (page,), dated("1962")) if m.label != "DATE"}
    assert ("ORG", "CIA") in found
    assert not {t for _, t in found} & {"AGENCY", "TAGS", "DECL", "OADR", "NNNN", "UR"}


def test_a_ministry_abroad_is_not_our_department() -> None:
    found = find_mentions(
        scan(), transcript("Soviet Defense Minister Malinovsky spoke in Moscow on Tuesday."), dated("1960")
    )
    assert not any(m.label == "ORG" and m.text == "Defense" for m in found)
    assert any(m.text == "Malinovsky" for m in found)


def test_cryptonyms_with_a_number_and_beside_one_without() -> None:
    text = "The Station met AMLASH/1 on Monday. It was agreed that LIENVOY would be told and that JMCHALK would wait."
    found = {m.text for m in find_mentions(scan(), transcript(text), dated("1963")) if m.label == "CODENAME"}
    assert {"AMLASH/1", "JMCHALK", "LIENVOY"} <= found
    plain = "It was agreed that LIGHTNING would be told of the matter and that AMEMBASSY would wait."
    assert not [m for m in find_mentions(scan(), transcript(plain), dated("1963")) if m.label == "CODENAME"]


def test_what_bears_a_man_s_name_is_not_the_man() -> None:
    text = "The JFK Assassination System holds it. It was agreed that JFK would speak to Mr. Dean Rusk on Monday."
    found = [m for m in find_mentions(scan(), transcript(text), dated("1963")) if m.label == "PERSON"]
    assert [m.start for m in found if m.text == "JFK"] == [text.rindex("JFK")]
    assert {m.name for m in found} == {"JFK", "Dean Rusk"}
