"""Papers from the archives' stacks: an airgram, minutes and a letter."""

from __future__ import annotations

from dataclasses import replace

from corpus.faces import ELITE, SANS_BOLD, SERIF_BOLD
from corpus.film import Film
from corpus.memo import Leaf, Memo
from corpus.memos.blocks import nnd
from corpus.model import Card, Particulars, Recommendation
from corpus.sheet import Sheet
from corpus.stamps import Look, Record, level, stamp
from corpus.typist import Typist


def airgram() -> Memo:
    """An airgram on its printed form, with the filing stamps of a central file."""
    sheet = Sheet(501, worn=0.45)
    sheet.type("DEPARTMENT OF STATE", 0.9, 0.7, SERIF_BOLD.sized(11))
    sheet.type("AIRGRAM", 3.5, 1.05, SERIF_BOLD.sized(22))
    sheet.rule(0.8, 1.2, 7.8, 1.2, 0.02)
    t = Typist(sheet, ELITE, left=0.95, top=1.45, columns=76, lead=0.18)
    t.line("A-412                          LIMITED OFFICIAL USE")
    sheet.mark("classification", "LIMITED OFFICIAL USE")
    t.skip(0.6)
    t.lines(
        "TO      :  Department of State",
        "INFO    :  Accra, Lagos, Paris",
        "FROM    :  Amembassy COTONOU          DATE:  November 27, 1967",
        "SUBJECT :  Condition of the Port Railway",
        "REF     :  CA-3310",
    )
    sheet.rule(0.8, t.baseline - 0.02, 7.8, t.baseline - 0.02)
    t.skip(1.3)
    t.para(
        "The line from the port to Parakou was closed for nineteen days this autumn when the embankment at kilo~meter "
        "61 gave way. The manager, M. Yves Dossou, showed the reporting officer over the repair on November 20. He "
        "employs two hundred men with baskets, and he expects to run trains at walking speed by Christmas.",
        6,
    )
    t.para(
        "Of eleven diesel locomotives four can be moved. The others stand at Cotonou for want of parts that would "
        "fill a small truck. A French mission looked at them in August and has not written since. The groundnut crop, "
        "if it is as good as the growers say, cannot reach the sea before the rains.",
        6,
    )
    t.para(
        "The Embassy believes that a modest gift of parts under the self-help fund would be noticed from one end of "
        "the line to the other, and recommends that AID send an engineer for two weeks in January. It would not "
        "recommend any loan: the railway does not know what it owes already.",
        6,
    )
    t.line("                                             GARRETT")
    t.skip(2)
    t.line("LIMITED OFFICIAL USE")
    sheet.mark("classification", "LIMITED OFFICIAL USE")
    t.lines("", "Drafted by: ECON:LSByrd:hm  11/25/67         Cleared by: DCM")
    text, record = nnd("969047", "TLK", "3/14/99", "1999-03-14")
    look = Look(SANS_BOLD.sized(11), tilt=-1.5, frame=True, lead=1.5)
    stamp(sheet, text, 4.9, 9.3, record, look)
    filing = Record("filing", "State", None, {})
    stamp(sheet, "RR 7 DAHOM", 6.2, 0.45, filing, Look(SANS_BOLD.sized(11), tilt=2))
    return Memo(
        "state-airgram",
        "jp2",
        Particulars(
            "airgram",
            "1967-11-27",
            "November 27, 1967",
            "Amembassy COTONOU",
            "Department of State",
            "Condition of the Port Railway",
            "State",
            "LIMITED OFFICIAL USE",
            False,
            (),
            (("airgram", "A-412"),),
        ),
        [Leaf(sheet, Film(71, dpi=140, skew=-0.6, blur=1.1, fade=0.6, grain=6, specks=2, bits=8))],
        Card("Central files", "RG 59", "RR 7 DAHOM", "1410", "1967-69", "4", "Port railway", "1967-11-27"),
        "grey JPEG 2000 without dpi, printed airgram form, framed NND stamp, filing stamp",
        recommendations=[
            Recommendation(
                "The Embassy believes that a modest gift of parts under the self-help fund would be noticed from one "
                "end of the line to the other, and recommends that AID send an engineer for two weeks in January."
            ),
            Recommendation(
                "It would not recommend any loan: the railway does not know what it owes already.", polarity="against"
            ),
        ],
    )


def minutes() -> Memo:
    """Minutes of a committee over two pages of a TIFF; the second was filmed upside down."""
    first = Sheet(511, worn=0.4)
    t = Typist(first, left=1.1, top=0.9, columns=62)
    t.centre("TOP SECRET")
    first.mark("classification", "TOP SECRET", struck=True)
    t.skip()
    t.centre("MINUTES OF THE MEETING OF THE")
    t.centre("COMMITTEE ON ARCTIC SUPPLY")
    t.centre("Tuesday, 4 August 1953, 10:30 a.m.")
    t.skip()
    run = t.line("PRESENT")
    first.underline(run.text)
    t.skip(0.5)
    t.lines(
        "Mr. Gordon Haverstraw, Chairman    Rear Adm. P. T. Quillan",
        "Maj. Gen. Otis Brandwine           Mr. Isaac Feldmann (Budget)",
        "Mr. Carl Lindqvist (State)         Capt. R. E. Moyle, USN",
    )
    t.skip()
    run = t.line("ALSO PRESENT")
    first.underline(run.text)
    t.skip(0.5)
    t.lines("Miss Harriet Coyne, Secretary")
    t.skip()
    t.para("1.  Fuel for the Greenland stations.", 0)
    t.para(
        "GENERAL BRANDWINE said that last year's convoy had left nine thousand drums on the beach at Station Four, "
        "where the ice took most of them. He asked for one tanker in place of three freighters."
    )
    t.para(
        "MR. FELDMANN remarked that a tanker had been refused in March. ADMIRAL QUILLAN replied that it had been "
        "refused for lack of a pier, and that a pipe could be floated ashore at a tenth of the cost."
    )
    t.para(
        "MR. LINDQVIST observed that the Danes would have to be told. They had been patient, but they read the "
        "shipping news like everyone else."
    )
    t.para("The Committee agreed that Admiral Quillan should obtain a price for the floating pipe by 1 September.")
    level(first, "TOP SECRET", 4.3, 10.45, Look(SANS_BOLD.sized(16), tilt=-1), struck=1)
    text, record = nnd("843051", "RB", "2-18-86", "1986-02-18")
    stamp(first, text, 5.2, 0.6, record, Look(SANS_BOLD.sized(10), tilt=5, lead=1.5, pen=15))

    second = Sheet(512, worn=0.4)
    t = Typist(second, left=1.1, top=0.9, columns=62)
    t.centre("TOP SECRET")
    second.mark("classification", "TOP SECRET", struck=True)
    t.skip()
    t.centre("- 2 -")
    t.skip()
    t.para("2.  Winter clothing.", 0)
    t.para(
        "CAPTAIN MOYLE reported that of the felt boots sent to Thule in June a third were for the left foot only. The "
        "maker has admitted the fault. MR. FELDMANN proposed that the bill be left unpaid until the right boots had "
        "been seen by someone with two feet."
    )
    t.para("The CHAIRMAN directed that no further order be placed with the firm before the next meeting.")
    t.para("3.  Date of next meeting.", 0)
    t.para("It was decided to meet again on Tuesday, 15 September. The meeting rose at 11:50 a.m.")
    t.skip(2)
    t.line("                              Harriet Coyne")
    t.line("                              Secretary")
    level(second, "TOP SECRET", 4.2, 10.45, Look(SANS_BOLD.sized(16), tilt=1), struck=1)
    film = Film(81, dpi=200, skew=0.6, blur=0.9, specks=6, grain=24, fade=0.35, cut=150, edges=0.05)
    return Memo(
        "committee-minutes",
        "tif",
        Particulars(
            "minutes",
            "1953-08-04",
            "4 August 1953",
            None,
            None,
            "MINUTES OF THE MEETING OF THE COMMITTEE ON ARCTIC SUPPLY",
            "DoD",
            "TOP SECRET",
            True,
        ),
        [Leaf(first, film), Leaf(second, replace(film, seed=82, skew=-0.8), rotation=180)],
        Card("Arctic supply", "RG 330", "Committee papers", "2", "Minutes", "9", "Ninth meeting", "1953-08-04"),
        "two-page TIFF, PRESENT list in two columns, struck TOP SECRET, second page upside down",
        recommendations=[
            Recommendation(
                "The Committee agreed that Admiral Quillan should obtain a price for the floating pipe by 1 September.",
                "instruction",
            ),
            Recommendation(
                "The CHAIRMAN directed that no further order be placed with the firm before the next meeting.",
                "instruction",
                "against",
            ),
            Recommendation(
                "MR. FELDMANN proposed that the bill be left unpaid until the right boots had been seen by someone "
                "with two feet.",
                polarity="against",
            ),
            Recommendation("He asked for one tanker in place of three freighters.", "request"),
        ],
        notes="Page 2 must be turned by 180 degrees.",
    )


def letter() -> Memo:
    """A private secretary's letter, photographed in greys from a thin carbon copy."""
    sheet = Sheet(521, worn=0.6)
    sheet.type("UNITED STATES SENATE", 3.1, 0.8, SERIF_BOLD.sized(13))
    sheet.type("WASHINGTON, D. C.", 3.45, 1.05, SERIF_BOLD.sized(9))
    t = Typist(sheet, left=1.2, top=1.7, columns=58, lead=0.19)
    t.line("                                        June 30, 1951")
    t.skip()
    t.lines("The Honorable", "Theodore K. Amesbury", "Assistant Secretary of the Army", "Washington 25, D. C.", "")
    t.lines("Dear Mr. Amesbury:", "")
    t.para(
        "I have had eleven letters this month from Kittredge County about the firing range above the town reservoir. "
        "I enclose the shortest. The writers are not cranks; two of them have sons in Korea, and all of them drink "
        "the water."
    )
    t.para(
        "Your Col. Strand was good enough to tell my office that no shell has ever fallen within a mile of the dam. "
        "Mr. Purdy, who keeps the gate, has a piece of one on his mantel."
    )
    t.para(
        "I would ask that firing be suspended on Sundays and that someone from your office come and look at Mr. "
        "Purdy's mantel before the Fourth of July recess is over."
    )
    t.lines(
        "                              Sincerely yours,",
        "",
        "",
        "",
        "                              Lucius B. Throckmorton",
    )
    sheet.hand("L. B. Throckmorton", 4.2, t.baseline - 0.42, 24)
    t.lines("", "LBT/ge", "Enclosure")
    stamp(
        sheet,
        "RECEIVED\nJUL  3 1951\nOFFICE ASST. SEC. ARMY",
        5.4,
        2.1,
        Record("receipt", "Army", None, {"date": "1951-07-03", "date_text": "JUL  3 1951"}),
        Look(SANS_BOLD.sized(10), tilt=-6, centred=True, frame=True, patchy=0.3),
    )
    return Memo(
        "senator-letter",
        "jpg",
        Particulars(
            "letter",
            "1951-06-30",
            "June 30, 1951",
            "Lucius B. Throckmorton",
            "Theodore K. Amesbury",
            None,
            "Congress",
            None,
            None,
        ),
        [Leaf(sheet, Film(91, dpi=130, skew=-1.2, blur=1.0, fade=0.65, grain=12, specks=4, bits=8))],
        Card(
            "Range complaints",
            "RG 335",
            "General correspondence",
            "40",
            "Kittredge",
            "12",
            "Firing range",
            "1951-06-30",
            donor_note="Carbon copy; the original was not found",
        ),
        "grey carbon copy, signature over a typed name, receipt stamp; never classified",
        recommendations=[
            Recommendation(
                "I would ask that firing be suspended on Sundays and that someone from your office come and look at "
                "Mr. Purdy's mantel before the Fourth of July recess is over.",
                "request",
            )
        ],
    )
