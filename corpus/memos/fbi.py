"""FBI: an airtel with names inked out, filmed sideways on its second page."""

from __future__ import annotations

from dataclasses import replace

from corpus.faces import PICA, SANS_BOLD
from corpus.film import Film
from corpus.memo import Leaf, Memo
from corpus.model import Card, Particulars, Recommendation
from corpus.sheet import COVER, Cover, Sheet
from corpus.stamps import Look, Record, code, level, stamp
from corpus.typist import Typist


def airtel() -> Memo:
    """An airtel of 1966; page 2 lies on its side."""
    first = Sheet(301, worn=0.4)
    first.cover = Cover("black", "b7C")
    first.type("F B I", 3.9, 0.75, PICA)
    t = Typist(first, left=1.0, top=1.1, columns=63)
    t.line("                                    Date:  5/24/66")
    t.skip(0.5)
    t.line("Transmit the following in ________________________________")
    t.line("Via  AIRTEL                       AIR MAIL")
    first.rule(0.9, t.baseline - 0.02, 7.7, t.baseline - 0.02)
    t.skip(1.2)
    t.lines(
        "TO:       DIRECTOR, FBI (105-774112)",
        "",
        "FROM:     SAC, BALTIMORE (105-18830) (P)",
        "",
        "SUBJECT:  HARBOR SEAMEN'S CIRCLE",
        "          IS - POLAND",
        "",
        "          Re Bureau letter dated 5/11/66.",
        "",
    )
    t.para(
        "On 5/20/66, "
        + COVER * 14
        + ", a ship chandler at Locust Point, advised SA WENDELL P. OAKES that two officers of "
        "the Polish motor vessel Gdynia Star had asked him for tide tables and for the names of pilots who work at "
        "night. He sold them the tables, which can be bought in any shop, and named no one.",
        10,
    )
    code(first, "b7C", 7.75, t.baseline - 1.1)
    t.para(
        COVER * 17 + ' stated that one of the officers, whom he knows only as "the second mate", paid with a new '
        "fifty-dollar bill. The serial number was noted and is set out in the attached memorandum.",
        10,
    )
    code(first, "b7C\nb7D", 7.75, t.baseline - 0.85)
    t.para(
        "Baltimore recommends that the case be kept open until the vessel calls again in July. The chandler should "
        "not be "
        "interviewed at his place of business, since his foreman talks. His brother, "
        + COVER * 12
        + ", can be reached at night.",
        10,
    )
    code(first, "b7C", 7.75, t.baseline - 0.45)
    t.skip()
    t.lines("3 - Bureau (Encs. 4) (RM)", "2 - Baltimore", "WPO:efk", "(5)")
    fields = {"date": "1994-11-21", "date_text": "11-21-94", "reviewer": "9803 RDD/KSR"}
    stamp(
        first,
        "ALL INFORMATION CONTAINED\nHEREIN IS UNCLASSIFIED\nDATE [[hand: 11-21-94]]   BY  [[hand: 9803 RDD/KSR]]",
        4.3,
        8.4,
        Record("declassification", "FBI", "declassified_in_full", fields),
        Look(SANS_BOLD.sized(10), tilt=3.5, patchy=0.35, lead=1.5),
    )
    record = Record("filing", None, None, {"case": "NW 61187 DocId:32990417"})
    look = Look(replace(PICA, points=9, pitch=0.075), weight=1.0, patchy=0.05)
    stamp(first, "NW 61187 DocId:32990417  Page 1", 0.25, 10.6, record, look)

    second = Sheet(302, worn=0.4)
    t = Typist(second, left=1.0, top=1.0, columns=63)
    t.lines("BA 105-18830", "")
    t.para(
        "Inquiry at the Custom House on 5/23/66 showed that the Gdynia Star cleared for Szczecin with a cargo of "
        "tobacco. Her master is listed as ZBIGNIEW KOROLA, born 3/2/21. The crew list does not show a second mate.",
        10,
    )
    t.para(
        "The following leads are set out for offices that received copies of the letter of 5/11/66:",
        10,
    )
    t.lines("LEADS", "", "NORFOLK", "", "AT NORFOLK, VIRGINIA")
    t.skip()
    t.para("Will ascertain whether the vessel took on a pilot at Cape Henry during the night of May 18.", 10)
    t.lines("BALTIMORE", "", "AT BALTIMORE, MARYLAND")
    t.skip()
    t.para("Will maintain contact with the chandler through his brother.", 10)
    t.line("          Telephone: " + COVER * 15)
    level(second, "CONFIDENTIAL", 4.3, 9.6, Look(SANS_BOLD.sized(16), tilt=-3), struck=1)
    stamp(second, "NW 61187 DocId:32990417  Page 2", 0.25, 10.6, record, look)
    film = Film(41, dpi=200, skew=0.8, blur=0.9, specks=6, grain=18, fade=0.2, edges=0.06, cut=158)
    return Memo(
        "fbi-airtel",
        "pdf",
        Particulars(
            "memorandum",
            "1966-05-24",
            "5/24/66",
            "SAC, BALTIMORE (105-18830) (P)",
            "DIRECTOR, FBI (105-774112)",
            "HARBOR SEAMEN'S CIRCLE IS - POLAND",
            "FBI",
            "CONFIDENTIAL",
            True,
            (),
            (("file", "105-774112"), ("file", "105-18830"), ("nara", "NW 61187 DocId:32990417")),
        ),
        [Leaf(first, film), Leaf(second, replace(film, seed=42, skew=-0.5), rotation=90)],
        Card("Field office files", "RG 65", "Baltimore", "22", "105-18830", "6", "Harbor Seamen", "1966-05-24"),
        "inked-out names with margin codes, unclassified stamp filled in by hand, second page sideways",
        recommendations=[
            Recommendation("Baltimore recommends that the case be kept open until the vessel calls again in July."),
            Recommendation(
                "Will ascertain whether the vessel took on a pilot at Cape Henry during the night of May 18.",
                "instruction",
            ),
            Recommendation("Will maintain contact with the chandler through his brother.", "instruction"),
            Recommendation(
                "The chandler should not be interviewed at his place of business, since his foreman talks.",
                polarity="against",
            ),
        ],
        notes="Page 2 must be turned by 90 degrees clockwise.",
    )
