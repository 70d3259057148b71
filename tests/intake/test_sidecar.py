"""What archivists wrote in metadata.csv reaches the files that it names."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.intake import sidecar
from pipeline.intake.survey import Entry, survey


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "box 12"
    (made / "f1").mkdir(parents=True)
    for name in ("a.pdf", "f1/a.pdf", "f1/b.pdf"):
        (made / name).write_bytes(b"x")
    return made


def taken(found: list[Entry], folder: Path) -> dict[str, dict[str, str]]:
    return {str(Path(e.path).relative_to(folder)): dict(e.metadata) for e in found if e.kind == "file"}


def warnings(found: list[Entry]) -> list[str]:
    return [e.reason for e in found if e.kind == "warning"]


def test_rows_reach_files_by_path_and_by_name(folder: Path) -> None:
    (folder / "metadata.csv").write_text(
        "Filename,Record Group,Box,Donor's note\na.pdf,59,12,\nf1/a.pdf,84,12,faint\nb.pdf,263,,\n"
    )
    found = list(survey([folder]))
    assert taken(found, folder) == {
        "a.pdf": {"record_group": "59", "box": "12"},
        "f1/a.pdf": {"record_group": "84", "box": "12", "Donor's note": "faint"},
        "f1/b.pdf": {"record_group": "263"},
    }
    assert warnings(found) == []


def test_the_nearest_sidecar_that_knows_the_file_serves_it(folder: Path) -> None:
    (folder / "metadata.csv").write_text("filename,title\nf1/a.pdf,outer\nf1/b.pdf,outer\n")
    (folder / "f1" / "metadata.csv").write_text("filename,title\na.pdf,inner\n")
    found = list(survey([folder]))
    assert taken(found, folder) == {"a.pdf": {}, "f1/a.pdf": {"title": "inner"}, "f1/b.pdf": {"title": "outer"}}


def test_a_sidecar_may_lie_beside_the_folder_or_file(folder: Path) -> None:
    (folder.parent / "metadata.csv").write_text("filename,title\nbox 12/a.pdf,one\nf1/a.pdf,two\nother/z.pdf,three\n")
    found = list(survey([folder]))
    assert taken(found, folder) == {"a.pdf": {"title": "one"}, "f1/a.pdf": {"title": "two"}, "f1/b.pdf": {}}
    assert warnings(found) == []  # its other rows are for other folders
    (folder / "metadata.csv").write_text("filename,title\na.pdf,four\n")
    assert [dict(e.metadata) for e in survey([folder / "a.pdf"])] == [{"title": "four"}]


def test_a_sidecar_can_be_given(folder: Path, tmp_path: Path) -> None:
    (folder / "metadata.csv").write_text("filename,title\na.pdf,left aside\n")
    given = tmp_path / "list.csv"
    given.write_text("filename,title\na.pdf,given\n")
    found = list(survey([folder], metadata=given))
    assert taken(found, folder)["a.pdf"] == {"title": "given"}


def test_what_does_not_fit_is_told(folder: Path) -> None:
    (folder / "metadata.csv").write_text(
        "filename,box,box\na.pdf,1,2\na.pdf,3,4\n,5,6\ngone.pdf,7,8\nf1/b.pdf,1,2,3\n\n"
    )
    assert warnings(list(survey([folder]))) == [
        "the column 'box' stands twice",
        "line 3 names a.pdf again; the first row counts",
        "line 4 has no file name",
        "line 6 has more cells than there are columns",
        "1 rows name no file that is there: gone.pdf",
    ]


@pytest.mark.parametrize(
    "data",
    [
        "filename,title\nmémo.pdf,Été\n".encode("utf-8-sig"),
        "filename;title\r\nmémo.pdf;Été\r\n".encode("cp1252"),
        "FILENAME\ttitle\nmémo.pdf\tÉté\n".encode("utf-16"),
        'filename,title\n".\\mémo.pdf", Été \n'.encode(),
    ],
)
def test_spreadsheets_of_all_makes_are_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "metadata.csv").write_bytes(data)
    side = sidecar.read(tmp_path / "metadata.csv")
    assert side.rows == {"mémo.pdf": {"title": "Été"}}
    assert side.digest == hashlib.sha256(data).hexdigest()
    assert side.warnings == ()


def test_case_and_composition_of_names_matter_only_where_they_must(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("filename,title\nMEMO.PDF,one\na.pdf,two\nA.pdf,three\ne\u0301.pdf,four\n")
    side = sidecar.read(tmp_path / "metadata.csv")
    assert side.row("memo.pdf") == ("MEMO.PDF", {"title": "one"})
    assert side.row("A.pdf") == ("A.pdf", {"title": "three"})
    assert side.row("A.PDF") is None
    assert side.row("é.pdf") == ("é.pdf", {"title": "four"})


@pytest.mark.parametrize(
    "data", [b"", b"title,filename\nx,a.pdf\n", b"\0\1\2", b'filename,title\n"a.pdf,' + b"x" * 200_000]
)
def test_a_file_that_is_no_sidecar_is_a_warning_not_an_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "metadata.csv").write_bytes(data)
    side = sidecar.read(tmp_path / "metadata.csv")
    assert side.rows == {}
    assert len(side.warnings) == 1
    assert "left aside" in side.warnings[0]
