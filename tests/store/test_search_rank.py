"""The subject of a document and the recommendations on a page weigh more than other words."""

from __future__ import annotations

import pytest

from pipeline.core.document import Particulars
from pipeline.core.findings import Recommendation
from pipeline.store import rank
from pipeline.store.archive import Archive
from pipeline.store.search import search
from tests.store.shelf import document, page, proof, shelve

TEXT = "Some words about uranium and other metals."


@pytest.fixture
def mine(archive: Archive) -> Archive:
    advice = Recommendation(text="Buy the uranium at once.", kind="proposal", polarity="for", strength=None,
                            decision="none", **proof(1, "rule:x@1"))  # type: ignore[arg-type]  # fmt: skip
    filler = [document(f"{n}.txt", (page(1, "The weather of the day was fair and calm."),)) for n in range(9)]
    shelve(archive, *filler, document("a plain.txt", (page(1, TEXT),)),
           document("b advised.txt", (page(1, TEXT),), recommendations=(advice,)),
           document("c subject.txt", (page(1, TEXT),), particulars=Particulars(subject="Uranium in Katanga")))  # fmt: skip
    return archive


@pytest.mark.parametrize("by", ["page", "document"])
def test_subject_before_advice_before_text(mine: Archive, by: str) -> None:
    with mine.reading() as conn:
        hits = search(conn, "uranium", by=by).hits
    assert [h.file_name for h in hits] == ["c subject.txt", "b advised.txt", "a plain.txt"]
    subject, advised, plain = [h.score or 0.0 for h in hits]
    assert subject == pytest.approx(plain * (1 + rank.SUBJECT), rel=1e-5)
    assert advised == pytest.approx(plain * (1 + rank.ADVICE), rel=1e-5)


def test_half_the_words_weigh_half(mine: Archive) -> None:
    with mine.reading() as conn:
        subject, _, plain = [h.score or 0.0 for h in search(conn, "uranium metals").hits]
    assert subject == pytest.approx(plain * (1 + rank.SUBJECT / 2), rel=1e-5)


def test_only_the_first_are_weighed_and_stay_first(mine: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank, "FIRST", 1)
    with mine.reading() as conn:
        scores = [h.score or 0.0 for h in search(conn, "uranium").hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[1] == scores[2]
