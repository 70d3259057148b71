"""Stamps damaged as OCR damages them, in transcripts and by place on scans."""

import pytest

from pipeline.core.geometry import Box
from pipeline.core.ink import View
from pipeline.core.page import Page, ReadWord
from pipeline.parse.stamps import find_stamps

NOTHING = View(None, None, None)  # type: ignore[arg-type]


def stamps(text):
    return find_stamps(NOTHING, Page.of_text(1, text))


def typed(lines, left=72.0, top=72.0, pitch=6.0, leading=12.0):
    """Lines of a scan as read words, typewriter spacing, placed at (left, top)."""
    out = []
    for n, line in enumerate(lines):
        y, x, words = top + n * leading, left, []
        for word in line.split(" "):
            if word:
                words.append(ReadWord(word, Box(x, y, x + pitch * len(word), y + 9), 0.9))
            x += pitch * (len(word) + 1)
        out.append(words)
    return out


def scan(*blocks):
    """A letter-size page from blocks of (lines, left, top), read line by line from the top, whole lines across."""
    words = [w for lines, left, top in blocks for line in typed(lines, left, top) for w in line]
    rows = {}
    for w in sorted(words, key=lambda w: (w.box.top, w.box.left)):
        rows.setdefault(round(w.box.top / 6), []).append(w)
    return Page.of_lines(1, (612.0, 792.0), [rows[k] for k in sorted(rows)])


class TestDamage:
    def test_figures_read_as_letters_are_said_as_figures(self):
        [s] = stamps("DECLASSIFlED\nAutharity NN D 9411O4\nBy-MJ_NAHA Date 8/l2/97")
        assert (s.template, s.case_number, s.date) == ("NARA_NND", "NND 941104", "1997-08-12")

    def test_lost_blanks_and_letters(self):
        [s] = stamps("GIAHAS NO OBJECTION TO\nDECLASSIFIGATION ANDIOR\nRELEASE OF THIS DOGUMEN")
        assert (s.template, s.decision) == ("CIA_NO_OBJECTION", "no_objection")

    def test_text_stays_as_written(self):
        [s] = stamps("SANITIZEO NUK: 98: 84")
        assert s.text == "SANITIZEO NUK: 98: 84"
        assert s.case_number == "NLK-98-84"

    def test_order_number_is_the_nearest_of_the_closed_list(self):
        [s] = stamps("DEGLASSIFIED\nE.O. 1352G, Sec. 3.3\nMR #08-30, #12\nBy dal NARA Date 1/6/12")
        assert s.authority == "E.O. 13526, Sec. 3.3"

    def test_points_of_an_order_may_be_read_as_commas(self):
        [s] = stamps("DECLASSIFIED\nE.O, 12958, Sect 3.6\nBy LAW NARA, Date 4-12-02")
        assert s.authority == "E.O. 12958, Sec. 3.6"

    def test_declassified_is_never_unclassified(self):
        assert not [s for s in stamps("UNCLASSIFIED") if s.kind == "declassification"]


class TestDates:
    def test_only_the_date_after_the_custodian_is_the_action(self):
        text = "DECLASSIFIED\nE.O. 12958, Sec. 3.5\nNSC MEMO, 11/24/98, STATE DEPT. GUIDELINES\nBY hr, NARA, DATE 4/12/04"
        assert stamps(text)[0].date == "2004-04-12"

    def test_a_date_of_future_review_is_no_action(self):
        text = "CLASS. & EXT. BY SP3 CLK\nREASON-FCIM II, 1-2.4.2 (2)(3)\nDATE OF REVIEW FOR DECLASSIFICATION 4/11/2000"
        assert stamps(text)[0].date is None

    def test_an_impossible_year_is_kept_as_written_with_what_it_may_be(self):
        [s] = stamps("ARPROVED FOR RELEASE 1934\nCIA MISTORICAL REVIEN PROGRAR")
        assert (s.date, s.date_text) == (None, "1934")
        assert any("1994" in f for f in s.flags)

    def test_a_review_before_its_office_existed_is_flagged_not_mended(self):
        [s] = stamps("DECLASSIFIED BY 5668 SLD/KSR\nON 3-5-48")
        assert s.date_text == "3-5-48"
        assert any("1998-03-05" in f for f in s.flags)

    def test_a_year_of_a_closed_list_is_repaired_and_said(self):
        [s] = stamps("{1022 RELEASE UNDER THE PRESIDENT JOHN E. KENNEDY ASSASSINATION RECORDS ACT OF 199: |")
        assert s.date == "2022"
        assert "ocr_repair:year" in s.flags


FORM = """DEPARTMENT OF STATE A/CDC/MR
REVIEWED BY RLK DATE 6/14/88
({}) RELEASE  ({}) DECLASSIFY
({}) EXCISE   ({}) DECLASSIFY in PART
({}) DENY     ({}) Non-responsive info.
FOI, EO or PA exemptions ________
TS authority to:
({}) CLASSIFY as ____, OADR
({}) DOWNGRADE TS to ( ) S or ( ) C, OADR"""


class TestTicks:
    @pytest.mark.parametrize(
        ("ticks", "decision"),
        [
            ("XX      ", "released_in_full"),
            ("  XX    ", "released_in_part"),
            ("    X   ", "denied"),
            ("        ", "unclear"),  # words alone prove nothing
            ("X X     ", "unclear"),  # two in one column
            ("XX     X", "unclear"),  # declassified and kept classified
        ],
    )
    def test_left_column_decides(self, ticks, decision):
        [s] = stamps(FORM.format(*ticks))
        assert (s.template, s.decision) == ("STATE_ACDCMR_12356", decision)

    def test_right_column_is_told_as_printed(self):
        [s] = stamps(FORM.format(*"  XX    "))
        assert "DECLASSIFY in PART" in (s.decision_text or "")

    def test_labels_that_cannot_be_relied_on_give_no_decision(self):
        text = FORM.format(*"    X   ").replace("RELEASE ", "UNCLASSIFIED ").replace("EXCISE", "UNCLASSIFIED")
        [s] = stamps(text.replace("DENY", "UNCLASSIFIED"))
        assert s.decision == "unclear"


class TestByPlace:
    def test_a_stamp_beside_the_body_is_gathered_without_it(self):
        body = (["The Embassy reports that the", "meeting was put off until June", "and asks for instructions."], 72, 300)
        stamp = (["CIA HAS NO OBJECTION TO", "DECLASSIFICATION AND/OR", "RELEASE OF THIS DOCUMENT"], 420, 300)
        [s] = find_stamps(NOTHING, scan(body, stamp))
        assert s.text == "CIA HAS NO OBJECTION TO\nDECLASSIFICATION AND/OR\nRELEASE OF THIS DOCUMENT"
        assert s.box == Box(420.0, 300.0, 564.0, 333.0)
        assert s.start is None

    def test_lines_may_stand_in_any_order(self):
        upside_down = (["NARA date 1/20/94 By KBH", "JFK Assass. Rec. Collection Act of 1992", "DECLASSIFIED"], 300, 500)
        [s] = find_stamps(NOTHING, scan(upside_down))
        assert (s.template, s.date) == ("LIB_FORD_JFK", "1994-01-20")

    def test_record_number_at_the_edge_is_a_filing_stamp_beside_the_release_line(self):
        line = ["104-10048-10124  2025 RELEASE UNDER THE PRESIDENT JOHN F. KENNEDY ASSASSINATION RECORDS ACT OF 1992"]
        release, number = sorted(find_stamps(NOTHING, scan((line, 6, 6))), key=lambda s: -len(s.text))
        assert (release.kind, release.date, release.decision) == ("release", "2025", "released")
        assert (number.kind, number.case_number) == ("filing", "104-10048-10124")


class TestBesideType:
    def test_a_date_stamp_that_the_reading_put_on_a_line_with_type(self):
        found = find_stamps(NOTHING, scan((["3 - Chief, SAS, w/atts. APR 2 1964", "dated 4 March 1964"], 72, 400)))
        [s] = [s for s in found if s.template == "DATE_STAMP"]
        assert (s.text, s.date, s.kind) == ("APR 2 1964", "1964-04-02", "receipt")

    def test_a_date_in_a_telegram_in_capitals_is_type(self):
        found = find_stamps(NOTHING, scan((["R 171519Z OCT 86", "REFTEL DATED 21 FEB 1961 IS CORRECT AND STANDS"], 72, 400)))
        assert not [s for s in found if s.template == "DATE_STAMP"]

    def test_figures_set_apart_and_misread(self):
        from pipeline.parse.loose import _day

        assert [_day(t) for t in ("MAR 3 1 1964", "54 SEP 1 2 1967", "APR 2 1SS4", "10 APR 1962")] == [
            "1964-03-31", "1967-09-12", "1954-04-02", "1962-04-10",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("line", "at", "template", "kind", "date", "number"),
        [
            ("21 FE3 1961", (300, 120), "DATE_STAMP", "receipt", "1961-02-21", None),
            ("54 SEP1 21967", (60, 720), "DATE_STAMP", "receipt", "1967-09-12", None),
            ("8 MAY-3-1963", (300, 620), "DATE_STAMP", "receipt", "1963-05-03", None),
            ("86 OCT-1 A936", (240, 120), "DATE_STAMP", "receipt", "1986-10-01", None),
            ("S/S-I MICROFILM|OCT L71986", (300, 600), "STATE_MICROFILM", "filing", "1986-10-17", None),
            ("SADIXED|WAR 4 1987", (300, 600), "STATE_SADIXED", "filing", "1987-03-04", None),
            ("008624", (500, 60), "PAGE_NUMBERING", "filing", None, "008624"),
            ("P870009-1455", (200, 40), "STATE_FILM_NUMBER", "filing", None, "P870009-1455"),
            ("RECORDED-108", (250, 700), "FBI_SERIAL", "filing", None, "RECORDED-108"),
        ],
    )
    def test_small_stamps_by_their_shape(self, line, at, template, kind, date, number):
        [s] = find_stamps(NOTHING, scan((line.split("|"), *at)))
        assert (s.template, s.kind, s.date, s.case_number) == (template, kind, date, number)

    @pytest.mark.parametrize(("line", "at"), [("008624", (300, 400)), ("1963-04", (200, 40)), ("ENCLOSURE", (250, 700))])
    def test_figures_and_words_elsewhere_are_none(self, line, at):
        assert not find_stamps(NOTHING, scan(([line], *at)))

    def test_the_number_of_the_secretariat_and_the_rubber_stamp_of_the_bureau(self):
        found = find_stamps(NOTHING, scan((["Department of State", "8631205"], 300, 40), (["SAC, MIAMI", "ENCLOSURE"], 72, 600)))
        assert [(s.template, s.case_number) for s in found] == [("STATE_LOG_NUMBER", "8631205"), ("FBI_ENCLOSURE", None)]

    def test_a_line_of_a_stamp_is_not_lost_when_its_best_likeness_reaches_into_the_next_line(self):
        found = find_stamps(NOTHING, scan((["ALL INFORMATION CONTAIN", "HEDEN IS UNCLASSIFIED"], 300, 180)))
        assert [s.template for s in found] == ["FBI_ALLINFO"]
