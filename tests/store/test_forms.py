"""The table of forms is in step with the pages."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, select

from pipeline.settings import Settings
from pipeline.store import forms
from pipeline.store.archive import Archive
from pipeline.store.schema import forms as table
from pipeline.store.write import forget
from tests.store.shelf import document, page, shelve


def known(conn: Connection) -> dict[str, float]:
    return {row.form: row.sure for row in conn.execute(select(table.c.form, table.c.sure))}


def test_forms_come_and_go_with_their_pages(places: Callable[[], Settings]) -> None:
    first = document("a.pdf", (page(1, "Kuhnke met the agent", confidence=0.4), page(2, "the govermnent of 1962")))
    second = document("b.pdf", (page(1, "KUHNKE again", confidence=0.8),))
    with Archive.create(places()) as archive:
        shelve(archive, first, second)
        with archive.reading() as conn:
            assert known(conn) == {"kuhnke": 0.8, "govermnent": 0.9}
        shelve(archive, document("a.pdf", (page(1, "Kuhnke met the agent", confidence=0.4), page(2, "the government"))))
        with archive.reading() as conn:
            assert known(conn) == {"kuhnke": 0.8}
        with archive.writing() as conn:
            forget(conn, second.scan.document_id)
            assert known(conn) == {"kuhnke": 0.8}  # the other page has it
            forget(conn, first.scan.document_id)
            assert known(conn) == {}
            shelve_anew = [page(1, "Kuhnke, Nechiporenko")]
            forms.take_in(conn, shelve_anew)
            assert known(conn).keys() == {"kuhnke", "nechiporenko"}


def test_forms_are_found_by_either_end(places: Callable[[], Settings]) -> None:
    with Archive.create(places()) as archive:
        shelve(archive, document("a.pdf", (page(1, "govermnent nechiporenkc operstions operaticns"),)))
        with archive.reading() as conn:
            assert forms.beginning(conn, ["oper", "nec"], (8, 11)).keys() == {"operstions", "operaticns"}
            assert forms.ending(conn, ["ions", "nent"], (8, 12)).keys() == {"operstions", "govermnent"}
            assert forms.sureness(conn, {"govermnent", "government"}) == {"govermnent": 0.9}


def test_what_is_a_form() -> None:
    assert forms.strange("kuhnke") and forms.strange("su8ject")
    assert forms.strange("gree")  # only a dictionary has it
    assert not any(forms.strange(word) for word in ("government", "of", "1962", "10062a", "x" * 50))


def test_an_older_archive_learns_its_forms(places: Callable[[], Settings]) -> None:
    with Archive.create(places()) as archive:
        shelve(archive, document("a.pdf", (page(1, "Kuhnke", confidence=0.4),)))
        with archive.writing() as conn:
            conn.execute(table.delete())
            forms.take_in_all(conn)
            assert known(conn) == {"kuhnke": 0.4}
