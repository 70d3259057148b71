"""CIA: a dispatch to a field station, and a bulletin with outlined excisions."""

from __future__ import annotations

from dataclasses import replace

from corpus.faces import ELITE, SANS_BOLD, SERIF_BOLD
from corpus.film import Film
from corpus.memo import Leaf, Memo
from corpus.model import Box, Card, Particulars, Recommendation, Segment
from corpus.sheet import COVER, Cover, Sheet
from corpus.stamps import Look, Record, code, level, stamp
from corpus.typist import Typist

RUBBER = Look(SANS_BOLD.sized(20), tilt=2.0)
PRINTED = Look(SANS_BOLD.sized(9), weight=1.0, patchy=0.04)


def dispatch() -> Memo:
    """A field dispatch on a ruled form, its second leaf left blank but for the speckle."""
    sheet = Sheet(201, worn=0.5)
    level(sheet, "SECRET", 4.4, 0.6, RUBBER)
    for y in (1.05, 1.6, 2.15, 2.75, 3.3):
        sheet.rule(0.8, y, 7.8, y, 0.012)
    sheet.rule(4.9, 1.05, 4.9, 2.75, 0.012)
    t = Typist(sheet, ELITE, left=0.95, top=1.28, columns=78, lead=0.185)
    t.line("DISPATCH                                           DISPATCH NO. HKLA-3317")
    t.baseline = 1.85
    t.line("TO       Chief of Station, Vientiane               FILE NO. 44-120-9")
    t.baseline = 2.38
    t.line("FROM     Chief, Far East                           DATE  19 October 1961")
    t.baseline = 2.95
    t.line("SUBJECT  Operational/PDLANTERN")
    t.line("         Printing Press for the Buddhist Youth League")
    t.baseline = 3.55
    t.line("ACTION REQUIRED: See paragraph 3")
    t.line("REFERENCE: HKLA-3240, 2 September 1961")
    t.skip()
    t.para(
        "1.  The press described in the reference has been bought by PDLANTERN/7 from a dealer in Bang~kok at a cost "
        "of 2,140 dollars. It is a flat-bed machine of Japanese make, some twelve years old, and can be taken apart "
        "for carriage by river boat. Neither the dealer nor the League has been told where the money came from.",
        0,
    )
    t.para(
        "2.  Headquarters shares the Station's doubts about Khamphet SISAVONG as manager of the shop. He is able, but "
        "he has twice borrowed from Chinese merchants and cannot be ex~pected to keep a secret that is worth a year's "
        "wages. The League's treasurer, a retired school~master, seems the safer man.",
        0,
    )
    t.para(
        "3.  It is requested that the Station defer delivery of the press until the treasurer has been met by a "
        "Station officer. Payment to SISAVONG should be stopped at once. If he becomes troublesome, Headquarters "
        "would agree to a single settlement of not more than 300 dollars.",
        0,
    )
    t.para("4.  Station will not use the press for any paper that bears the League's own name.", 0)
    t.skip()
    t.line("                                          Lyman J. FARRADAY")
    t.skip(2)
    t.lines("Distribution:", "    2 - COS, Vientiane", "    1 - Chief, Far East")
    level(sheet, "SECRET", 4.1, 10.1, replace(RUBBER, tilt=-1.5))
    record = Record("copy", "CIA", None, {})
    look = Look(SANS_BOLD.sized(11), tilt=-14, weight=0.9, patchy=0.3, centred=True)
    stamp(sheet, "RETURN TO CIA\nBackground Use Only\nDo Not Reproduce", 5.7, 8.6, record, look)
    record = Record(
        "release", "CIA", "released_in_full", {"decision": "RELEASE IN FULL", "date": "1998", "date_text": "1998"}
    )
    text = "CIA HISTORICAL REVIEW PROGRAM\nRELEASE IN FULL  1998"
    stamp(sheet, text, 0.95, 9.15, record, Look(SANS_BOLD.sized(10), tilt=1.5, patchy=0.35))
    blank = Sheet(202)
    film = Film(21, dpi=240, skew=-0.9, blur=0.9, edges=0.12, specks=7, grain=26, fade=0.35, bleed=0.12, cut=154)
    return Memo(
        "cia-dispatch",
        "pdf",
        Particulars(
            "dispatch",
            "1961-10-19",
            "19 October 1961",
            "Chief, Far East",
            "Chief of Station, Vientiane",
            "Operational/PDLANTERN\nPrinting Press for the Buddhist Youth League",
            "CIA",
            "SECRET",
            False,
            (),
            (("dispatch", "HKLA-3317"), ("file", "44-120-9")),
        ),
        [
            Leaf(sheet, film, back=blank),
            Leaf(blank, replace(film, seed=22, skew=0.3, bleed=0.62, specks=4), blank=True, back=sheet),
        ],
        Card("Field dispatches", "RG 263", "Far East", "7", "Laos", "19", "Printing press", "1961-10-19"),
        "ruled dispatch form, tilted loan stamp, a blank back through which the front bleeds",
        segments=[Segment(1, 1, "document"), Segment(2, 2, "blank")],
        recommendations=[
            Recommendation(
                "It is requested that the Station defer delivery of the press until the treasurer has been met by a "
                "Station officer.",
                "request",
            ),
            Recommendation("Payment to SISAVONG should be stopped at once."),
            Recommendation(
                "If he becomes troublesome, Headquarters would agree to a single settlement of not more than 300 "
                "dollars.",
                "contingent",
            ),
            Recommendation(
                "Station will not use the press for any paper that bears the League's own name.",
                "instruction",
                "against",
            ),
        ],
        notes="Page 2 is blank; the front shows through in mirror writing.",
    )


def _bulletin_page(number: int) -> Sheet:
    sheet = Sheet(210 + number, worn=0.25)
    line = "Approved for Release: 2019/05/14 C03984417"
    fields = {"decision": "Approved for Release", "date": "2019-05-14", "date_text": "2019/05/14", "case": "C03984417"}
    record = Record("release", "CIA", "released", fields)
    stamp(sheet, line, 2.75, 0.18, record, PRINTED)
    stamp(sheet, line, 2.75, 10.62, record, PRINTED)
    look = Look(SERIF_BOLD.sized(17), patchy=0.1)
    level(sheet, "TOP SECRET", 4.25, 0.62, look, struck=2)
    level(sheet, "TOP SECRET", 4.25, 10.3, look, struck=1)
    return sheet


def bulletin() -> Memo:
    """Two pages of a daily bulletin of 1956, as released with outlined boxes."""
    first, second = _bulletin_page(1), _bulletin_page(2)
    face = SERIF_BOLD.sized(15)
    first.type("CURRENT SITUATION BULLETIN", 2.55, 2.2, face)
    first.type("7 November 1956", 3.3, 2.9, SERIF_BOLD.sized(12))
    t = Typist(first, ELITE, left=1.5, top=4.1, columns=62, lead=0.2)
    t.centre("Office of Current Intelligence")
    t.skip()
    t.centre("CENTRAL INTELLIGENCE AGENCY")
    t.skip(4)
    first.cover = Cover("outline", "3.5(c)")
    first.withhold(Box(5.6, 7.0, 7.2, 7.6))
    code(first, "3.5(c)", 7.4, 7.2)
    first.withhold(Box(1.2, 8.3, 3.1, 8.75))
    code(first, "3.5(c)", 0.5, 8.45)
    t.sheet.type("Copy No. 82", 1.5, 9.4, ELITE)

    t = Typist(second, ELITE, left=1.3, top=1.5, columns=66, lead=0.2)
    t.centre("CONTENTS")
    t.skip()
    second.cover = Cover("outline", "3.3(h)(2)")
    items = [
        ("1.  SYRIAN ARMY MOVES TWO BATTALIONS TO THE COAST", "    " + COVER * 18 + "(page 3)."),
        ("2.  GREEK SHIPOWNERS RAISE CHARTERS FOR GULF OIL", "    (page 4)."),
        ("3.  BURMA ASKS FOR RICE BARTER WITH CZECHOSLOVAKIA", "    " + COVER * 24 + "(page 5)."),
    ]
    for head, tail in items:
        t.line(head)
        t.line(tail)
        if COVER in tail:
            code(second, "3.3(h)(2)", 7.35, t.baseline - 0.36)
        t.skip()
    t.skip()
    run = t.line("1.  Syrian Army Moves Two Battalions to the Coast")
    second.underline(run.text[4:])
    t.skip()
    t.para(
        "Two battalions of the Syrian First Brigade left Homs on the night of 5 November and are now encamped north of "
        "Latakia. "
        + COVER
        * 21
        + " reports that the troops have been issued winter clothing, which points to a stay of "
        "some months.",
        5,
    )
    code(second, "3.3(h)(2)", 7.35, t.baseline - 0.75)
    t.para(
        "The move may have been ordered by Colonel Shawkat Darwish without the knowledge of the cabinet. The Turkish "
        "General Staff has noted it but has cancelled no leave.",
        5,
    )
    t.baseline = 9.75
    t.line("7 Nov 56          Current Situation Bulletin           Page 2")
    film = Film(31, dpi=200, skew=0.2, blur=0.8, specks=4, grain=14, fade=0.1, cut=152)
    return Memo(
        "cia-bulletin",
        "pdf",
        Particulars(
            "intelligence-report",
            "1956-11-07",
            "7 November 1956",
            "Office of Current Intelligence",
            None,
            "CURRENT SITUATION BULLETIN",
            "CIA",
            "TOP SECRET",
            True,
            (),
            (("doc", "C03984417"),),
        ),
        [Leaf(first, film), Leaf(second, replace(film, seed=32, skew=-0.35))],
        Card("Current bulletins", "RG 263", "OCI", "3", "November 1956", "7", "Bulletin of 7 Nov 1956", "1956-11-07"),
        "outlined excisions with codes 3.3(h)(2) and 3.5(c), struck TOP SECRET, release lines at head and foot",
    )
