"""Pages held against each other."""

from collections import Counter
from dataclasses import replace

from pipeline.core.document import Scan
from pipeline.core.findings import Marking, Stamp
from pipeline.core.geometry import Box
from pipeline.core.ink import View
from pipeline.core.page import Page, ReadWord
from pipeline.parse.dated import of_the_documents_time
from pipeline.parse.stamps import find_stamps
from pipeline.parse.votes import vote

NOTHING = View(None, None, None)  # type: ignore[arg-type]
SCAN = Scan("0" * 64, "/a.pdf", "a.pdf", "application/pdf", 1, 4)


def footer(number, text):
    words, x = [], 12.0
    for word in text.split():
        words.append(ReadWord(word, Box(x, 775, x + 6 * len(word), 785), 0.9))
        x += 6 * (len(word) + 1)
    return Page.of_lines(number, (612.0, 792.0), [words])


def voted(*texts):
    pages = tuple(footer(n, t) for n, t in enumerate(texts, 1))
    return vote(SCAN, pages, ((),) * len(pages), tuple(find_stamps(NOTHING, p) for p in pages)).stamps


def test_a_damaged_footer_takes_its_number_from_the_other_pages_and_says_so():
    lines = ["NW 50953 DocId:32301683 Page 1", "HW 50953 DBocld:32301683 Page 2", "NW 50953 DocId:32301683 Page 3"]
    stamps = voted(*lines)
    assert {s.case_number for s in stamps} == {"NW 50953 DocId:32301683"}
    assert [s.text for s in stamps] == lines
    assert any("by other pages" in f for f in stamps[1].flags)


def test_a_footer_too_damaged_to_be_known_alone_is_known_by_its_place():
    stamps = voted("NW 50953 DocId:32301683 Page 1", "NW 5O9S3 0oc1b:323O1G83 Poge", "NW 50953 DocId:32301683 Page 3")
    assert [s.page for s in stamps] == [1, 2, 3]
    assert stamps[1].confidence < stamps[0].confidence


def marking(page, confidence, canonical="SECRET"):
    return Marking(page=page, text=canonical, template="BANNER", kind="classification", canonical=canonical,
                   box=Box(280, 30, 330, 42), confidence=confidence)  # fmt: skip


def test_a_weak_banner_stands_by_the_banners_of_other_pages_and_falls_alone():
    pages = tuple(replace(footer(n, "x"), number=n) for n in (1, 2, 3))
    kept = vote(SCAN, pages, ((marking(1, 0.9),), (marking(2, 0.4),), (marking(3, 0.3, "RESTRICTED"),)), ((), (), ())).markings
    assert [(m.page, m.canonical) for m in kept] == [(1, "SECRET"), (2, "SECRET")]
    assert kept[1].confidence > 0.4


def test_a_year_that_no_page_knows_is_one_of_theirs_misread():
    stamp = Stamp(page=1, text="MICROFILMED JAN 20 1954", template="CIA_MICROFILMED", kind="filing", date="1954-01-20")
    mended = of_the_documents_time(stamp, Counter({1963: 9, 1964: 5, 1954: 1}))
    assert (mended.date, mended.flags) == ("1964-01-20", ("ocr_repair:year by other pages",))
    assert of_the_documents_time(stamp, Counter({1963: 9, 1954: 2})) == stamp
    assert of_the_documents_time(stamp, Counter({1964: 5, 1955: 1, 1954: 1})) == stamp
