"""Patterns prove themselves by the examples and counterexamples that stand beside them."""

from __future__ import annotations

import re

import pytest

from pipeline.recognize.forms import Form, cryptonyms, forms


@pytest.mark.parametrize("form", forms(), ids=lambda f: f.id)
def test_examples(form: Form) -> None:
    group = "name" if "name" in form.pattern.groupindex else 0
    for example in form.examples:
        wanted = re.search(r"\[\[(.+?)\]\]", example)
        assert wanted, example
        text = example.replace("[[", "").replace("]]", "")
        assert wanted[1] in [m.group(group) for m in form.pattern.finditer(text)], text
    for counterexample in form.counterexamples:
        assert not form.pattern.search(counterexample), counterexample


def test_cryptonyms() -> None:
    text = (
        "The case officer met AMLASH-1 near the office of ZR/RIFLE; KUBARK was told, and AMERICAN papers wrote of it."
    )
    assert {text[a:b] for a, b, _ in cryptonyms(text, False)} == {"ZR/RIFLE", "AMLASH-1", "KUBARK"}


def test_in_capitals_only_cryptonyms_with_a_slash_or_a_number() -> None:
    text = "REQUEST LITTLE MORE ON SUBJECT AM/LASH AND AMWHIP-1"
    assert {text[a:b] for a, b, _ in cryptonyms(text, True)} == {"AM/LASH", "AMWHIP-1"}
