"""Corrections as a person types them, or fills them into a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.batch.whole import settle
from pipeline.cli import cli, main
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from tests.store.composed import ingest, memo

Declass = Callable[..., Result]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with Archive.create(Settings(archive=tmp_path / "A")) as archive:
        ingest(archive, memo("a.pdf"), memo("b.pdf"))
        settle(archive)
    return tmp_path / "A"


@pytest.fixture
def declass(place: Path) -> Declass:
    def run(*arguments: str, archive: Path = place) -> Result:
        return CliRunner().invoke(cli, [*arguments, "--archive", str(archive)])

    return run


def shown(declass: Declass, document: str = "a.pdf", archive: Path | None = None) -> dict[str, object]:
    done = declass("show", document, "--json", **({"archive": archive} if archive else {}))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: Path, *arguments: str
) -> tuple[int, str]:
    """Exit code and message, as the program itself gives them."""
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--archive", str(place)])
    return int(str(ended.value.code)), capsys.readouterr().err


def test_values_are_set_shown_listed_and_taken_back(declass: Declass) -> None:
    done = declass("correct", "set", "a.pdf", "date=June 9, 1961", "sender=Dean Rusk", "controls=NODIS|EXDIS", "recipient=",
                   "--reviewer", "Ruth", "--reason", "faint")  # fmt: skip
    assert done.exit_code == 0, done.output
    document = shown(declass)["document"]
    assert isinstance(document, dict)
    assert (document["date"], document["sender"], document["controls"], document["recipient"]) == (
        "1961-06-09", "Dean Rusk", ["NODIS", "EXDIS"], None)  # fmt: skip
    printed = declass("show", "a.pdf").stdout
    assert "corrections" in printed and "Ruth" in printed and "faint" in printed and "1961-06 " in printed
    assert "a.pdf" in declass("search", "from:rusk", "--by", "document").stdout
    kept = list(csv.DictReader(io.StringIO(declass("correct", "list", "--csv").stdout)))
    assert [c["field"] for c in kept] == ["date", "sender", "controls", "recipient"]
    assert declass("correct", "undo").exit_code == 0
    assert declass("correct", "undo", "1", "--reviewer", "Ann").exit_code == 0
    document = shown(declass)["document"]
    assert isinstance(document, dict)
    assert (document["date"], document["recipient"], document["sender"]) == ("1961-06", "Mr. Bundy", "Dean Rusk")
    assert "undone" in declass("correct", "list").stdout


def test_findings_are_corrected_rejected_and_added(declass: Declass) -> None:
    before = shown(declass)
    stamp, mention = (before[t][0]["finding_id"] for t in ("stamps", "mentions"))  # type: ignore[index]
    assert declass("correct", "set", stamp[:10], "decision=denied").exit_code == 0
    assert declass("correct", "reject", mention, "--reason", "a street").exit_code == 0
    eyes = ("correct", "add", "a.pdf", "markings", "kind=handling", "canonical=EYES ONLY")
    added = declass(*eyes, "--page", "2", "--box", "9,9,99,20")
    assert added.exit_code == 0, added.output
    quoted = declass("correct", "add", "a.pdf", "mentions", "label=PLACE", "--quote", "кубе")
    assert quoted.exit_code == 0, quoted.output
    after = shown(declass)
    assert [s["decision"] for s in after["stamps"]] == ["denied"]  # type: ignore[attr-defined]
    assert [m["canonical"] for m in after["markings"]] == ["TOP SECRET", "EYES ONLY"]  # type: ignore[attr-defined]
    [place] = after["mentions"]  # type: ignore[misc]
    assert (place["text"], place["label"], place["method"].split(":")[0]) == ("Кубе", "PLACE", "person")
    assert place["entity_id"]  # identified with the others
    assert declass("correct", "reject", "a.pdf", "--event", "1").exit_code == 0
    assert declass("correct", "set", "a.pdf", "kind=routing slip", "--segment", "2").exit_code == 0
    last = shown(declass)
    assert [e["sequence"] for e in last["events"]] == [2]  # type: ignore[attr-defined]
    assert [s["kind"] for s in last["segments"]] == ["document", "routing slip"]  # type: ignore[attr-defined]
    assert "denied" in declass("explain", stamp).stdout and "corrected" in declass("explain", stamp).stdout


def test_a_template_is_filled_in_and_entered_once(declass: Declass, place: Path, tmp_path: Path) -> None:
    template = declass("correct", "--template", "--query", "file:a.pdf", "--tables", "documents,stamps").stdout
    lines = list(csv.DictReader(io.StringIO(template, newline="")))
    assert {line["file_name"] for line in lines} == {"a.pdf"}
    now = {(line["table"], line["field"]): line["now"] for line in lines}
    assert now["documents", "identifiers"] == "rif:104-10001-10002|file:A\\|B:c"
    for line in lines:
        line["value"] = {"agency": "State", "recipient": "(empty)", "date_text": "'-1961"}.get(line["field"], "")
        line["reason"] = "read again" if line["table"] == "stamps" else ""
    sheet = tmp_path / "todo.csv"
    with sheet.open("w", encoding="utf-8-sig", newline="") as f:
        writer = csv.DictWriter(f, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    checked = declass("correct", "--from", str(sheet), "--dry-run")
    assert checked.exit_code == 0 and "5 corrections can be entered" in checked.stderr
    assert declass("correct", "list").stdout.strip() == ""
    done = declass("correct", "--from", str(sheet), "--reviewer", "Ruth")
    assert done.exit_code == 0, done.output
    after = shown(declass)
    assert after["document"]["recipient"] is None and after["document"]["date_text"] == "-1961"  # type: ignore[index]
    assert after["stamps"][0]["agency"] == "State"  # type: ignore[index]
    assert {(c["reviewer"], c["reason"]) for c in after["corrections"]} == {("Ruth", None), ("Ruth", "read again")}  # type: ignore[attr-defined]
    again = declass("correct", "--from", str(sheet))
    assert again.exception is not None and "so already" in str(again.exception)


def test_a_sheet_with_faults_tells_each_line_and_changes_nothing(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "bad.csv"
    sheet.write_text(
        "file_name,table,finding_id,field,value\n"
        "a.pdf,documents,,agency,State\n"
        "z.pdf,documents,,agency,State\n"
        "a.pdf,documents,,date,the 40th of May\n"
        "a.pdf,stamps,ffff,decision,denied\n"
        "a.pdf,novels,,title,x\n"
    )
    ended, said = code(monkeypatch, capsys, place, "correct", "--from", str(sheet))
    assert ended == 2
    assert [line.split(":")[0] for line in said.splitlines() if "line " in line] == [
        "declass", "line 4", "line 5", "line 6"] and "line 3" in said  # fmt: skip
    assert code(monkeypatch, capsys, place, "correct", "undo")[0] == 1  # nothing was entered
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert code(monkeypatch, capsys, place, "correct", "--from", str(tmp_path / "other.csv"))[0] == 2
    assert code(monkeypatch, capsys, place, "correct", "--from", str(tmp_path / "none.csv"))[0] == 5
    for arguments, wanted in (
        (("set", "a.pdf", "agency=NSC"), 6),
        (("set", "a.pdf", "agency"), 1),
        (("set", "a.pdf", "colour=red"), 1),
        (("reject", "0000"), 1),
        (("add", "a.pdf", "stamps", "kind=release", "--box", "9,9,1,1"), 1),
        (("add", "a.pdf", "pages", "text=x", "--box", "1,1,9,9"), 1),
        ((), 1),
    ):
        assert code(monkeypatch, capsys, place, "correct", *arguments)[0] == wanted, arguments


def test_corrections_listed_as_csv_are_entered_in_another_archive(declass: Declass, tmp_path: Path) -> None:
    before = shown(declass)
    stamp = before["stamps"][0]["finding_id"]  # type: ignore[index]
    assert declass("correct", "set", "a.pdf", "agency=State", "recipient=", "--reviewer", "Ruth").exit_code == 0
    assert declass("correct", "reject", stamp, "--reason", "forged").exit_code == 0
    added = ("correct", "add", "a.pdf", "markings", "kind=handling", "canonical=EYES ONLY", "--box", "9,9,99,20")
    assert declass(*added).exit_code == 0
    sheet = tmp_path / "made.csv"
    sheet.write_text(declass("correct", "list", "--csv").stdout, "utf-8")
    with Archive.create(Settings(archive=tmp_path / "B")) as archive:
        ingest(archive, memo("a.pdf", stamps=()))
    other = tmp_path / "B"
    assert declass("correct", "--from", str(sheet), archive=other).exit_code == 0
    after = shown(declass, archive=other)
    assert after["document"]["agency"] == "State" and after["document"]["recipient"] is None  # type: ignore[index]
    assert [m["canonical"] for m in after["markings"]] == ["EYES ONLY", "TOP SECRET"]  # type: ignore[attr-defined]
    waiting = declass("correct", "list", "--waiting", "--json", archive=other)
    [lost] = [json.loads(line) for line in waiting.stdout.splitlines()]
    assert (lost["action"], lost["reason"], lost["reviewer"] != "") == ("reject", "forged", True)
