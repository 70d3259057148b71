"""Every template proves itself: each of its examples is found by it with the fields that stand beside it, no
counterexample is."""

import pytest

from pipeline.core.ink import View
from pipeline.core.page import Page
from pipeline.parse.markings import find_markings, notices
from pipeline.parse.stamps import find_stamps
from pipeline.parse.templates import build, templates

NOTHING = View(None, None, None)  # type: ignore[arg-type]  # a transcript's stamps need its text alone
EXPORTED = [t for t in notices() if t.table in ("stamps", "markings")]


def found(text: str) -> dict[str, object]:
    """What is found in a transcript, by template."""
    page = Page.of_text(1, text)
    return {f.template: f for f in (*find_markings(NOTHING, page), *find_stamps(NOTHING, page))}


@pytest.mark.parametrize(
    ("template", "example"),
    [pytest.param(t, e, id=f"{t.id}-{n}") for t in EXPORTED for n, e in enumerate(t.examples)],
)
def test_finds_its_example(template, example):
    seen = found(example["text"])
    assert template.id in seen
    for name, value in example.items():
        if name != "text":
            got = getattr(seen[template.id], name)
            assert (list(got) if isinstance(got, tuple) else got) == value, name


@pytest.mark.parametrize(
    ("template", "text"),
    [pytest.param(t, c, id=f"{t.id}-{n}") for t in EXPORTED for n, c in enumerate(t.counterexamples)],
)
def test_leaves_its_counterexample(template, text):
    assert template.id not in found(text)


@pytest.mark.parametrize("template", EXPORTED, ids=lambda t: t.id)
def test_every_template_has_an_example_and_says_where_it_is_known_from(template):
    assert template.examples
    assert template.source
    assert template.kind


def test_prose_holds_no_stamp():
    prose = (
        "The Secretary said that the release of the prisoners had been approved. Portions of the minutes were declassified\n"
        "in 1975. He would review the authority of the Board by that date and deny nothing. A confidential source reported\n"
        "that the secret police had closed the border until further notice, and the top secret hopes of the group were gone.\n"
    )
    assert found(prose) == {}


def test_unknown_keys_are_refused():
    with pytest.raises(ValueError, match="unknown colour"):
        build({"id": "X", "colour": "red"})


def test_no_two_templates_share_an_id():
    assert len({t.id for t in templates()}) == len(templates())
