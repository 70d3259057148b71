"""The gazetteer: what matches, what must not, and the table's own health."""

from __future__ import annotations

from collections import Counter

from pipeline.recognize.gazetteer import gazetteer, of_government
from pipeline.recognize.people import people


def found(text: str, capitals: bool = False) -> dict[str, str]:
    return {text[h.start : h.end]: h.entries[0].name for h in gazetteer().find(text, capitals)}


def test_names_and_demonyms() -> None:
    hits = found("The Polish note to the U.S.S.R. was shown to NATO and the OAS.")
    assert hits == {"Polish": "Poland", "U.S.S.R.": "Soviet Union", "NATO": "North Atlantic Treaty Organization",
                    "OAS": "Organization of American States"}  # fmt: skip


def test_a_measured_misreading_needs_its_context() -> None:
    assert found("the Soviet Embassy and Antorg personnel")["Antorg"] == "Amtorg Trading Corporation"
    assert "Antorg" not in found("Antorg is a village in the hills")


def test_office_symbols_only_where_offices_stand() -> None:
    assert "FE" not in found("The FE division was large")
    assert found("Clearances: FE - Mr. Hall; IO - Mr. Day")["IO"] == "Bureau of International Organization Affairs"
    assert found("sent to EUR/SOV yesterday")["EUR/SOV"] == "Office of Soviet Union Affairs"


def test_in_capitals_words_that_are_also_names_keep_still() -> None:
    assert found("HE LET US KNOW WHO NEEDS AID", capitals=True) == {}
    assert found("THE US DELEGATION LEFT", capitals=True) == {"US": "United States"}


def test_a_government_is_the_one_the_document_speaks_of() -> None:
    assert of_government("GOP", Counter({"E0115": 4, "G-peru": 1})) == "E0115"
    assert of_government("GOP", Counter()) == ""


def test_one_letter_off() -> None:
    entry = gazetteer().nearest("Yugoslevia", "PLACE")
    assert entry and entry.name == "Yugoslavia"
    assert gazetteer().nearest("Iran", "PLACE") is None


def test_keys_are_unique_and_tenures_in_order() -> None:
    from pipeline.core import knowledge

    rows = [
        r for t in ("organizations", "places", "codenames", "people") for r in knowledge.table(f"gazetteer/{t}.csv")
    ]
    assert not [k for k, n in Counter(r["id"] for r in rows).items() if n > 1]
    assert not [r["id"] for r in rows if r["from"] and r["to"] and r["from"][:4] > r["to"][:4]]
    assert {k.canonical for k in people()[0]["bundy"]} == {"Bundy, McGeorge", "Bundy, William P."}


def test_an_agent_in_charge_is_no_air_command() -> None:
    assert found("TO: DIRECTOR, FBI\nFROM: SAC, BALTIMORE (105-18830)", capitals=True).keys() & {"SAC"} == set()
    assert "SAC" not in found("Letter from SAC, Dallas, to the Bureau")
    assert found("bombers of SAC stood ready")["SAC"] == "Strategic Air Command"
