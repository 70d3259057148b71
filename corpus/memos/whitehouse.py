"""White House: a decision memo with options and a mark of approval, and a library's tilted stamp over a memo."""

from __future__ import annotations

from dataclasses import replace

from corpus.faces import PICA, SANS_BOLD, SERIF_BOLD
from corpus.film import Film
from corpus.memo import Leaf, Memo
from corpus.model import Box, Card, Particulars, Recommendation, Segment
from corpus.sheet import Sheet
from corpus.stamps import Look, Record, level, stamp
from corpus.typist import Typist


def decision() -> Memo:
    """Options laid out for the President; he approves the second and initials it. A noisy leaf of film follows."""
    first = Sheet(401, worn=0.3)
    first.type("THE WHITE HOUSE", 3.3, 0.75, SERIF_BOLD.sized(14))
    first.type("WASHINGTON", 3.75, 0.98, SERIF_BOLD.sized(9))
    t = Typist(first, left=1.1, top=1.45, columns=62, lead=0.18)
    t.line("SECRET/SENSITIVE                          September 9, 1970")
    first.mark("classification", "SECRET", struck=True)
    first.mark("control", "SENSITIVE")
    t.skip()
    t.line("MEMORANDUM FOR THE PRESIDENT")
    t.skip()
    t.lines("FROM:      Warren L. Teasdale", "", "SUBJECT:   Sale of Patrol Aircraft to Ecuador", "")
    t.para(
        "Ecuador has asked to buy six patrol aircraft before its navy day in November. The request has been before "
        "the Depart~ments for eleven weeks. State and Defense cannot agree, and the Ambassador has now asked to come "
        "home for con~sultation. You have three options:",
        0,
    )
    t.para("Option 1.  Refuse the sale until the tuna boats now held at Salinas have been released.", 3, 14)
    t.para("Option 2.  Approve three aircraft without armament, and review the rest in the spring.", 3, 14)
    t.para("Option 3.  Approve all six aircraft as requested.", 3, 14)
    t.para(
        "State prefers the first option and Defense the third. The first would please the Senate but would surely send "
        "Quito to the French. The third would be read as a reward.",
        0,
    )
    run = t.line("RECOMMENDATION")
    first.underline(run.text)
    t.skip()
    t.para(
        "That you approve Option 2, on the understanding that Am~bassador Hollis tells President Ibarra in private "
        "that the boats are on our minds.",
        0,
    )
    t.skip()
    t.line("     Approve ______________        Disapprove ______________")
    first.hand("RN", 2.6, t.baseline - 0.2, 26)
    t.skip()
    t.line("     See me  ______________")
    t.skip()
    t.para("I also recommend that no announcement be made before the Ambassador has been received.", 0)
    t.line("     Approve ______________        Disapprove ______________")
    first.tick(5.9, t.baseline - 0.25, 0.22)
    t.skip()
    level(first, "SECRET", 4.25, 10.4, Look(SANS_BOLD.sized(18), tilt=1), struck=1)
    fields = {
        "authority": "E.O. 12958, Sect. 3.6",
        "date": "2002-04-12",
        "date_text": "4-12-02",
        "reviewer": "LMW",
        "decision": "DECLASSIFIED",
    }
    stamp(
        first,
        "DECLASSIFIED\nE.O. 12958, Sect. 3.6\nBy [[hand: LMW]] NARA, Date [[hand: 4-12-02]]",
        5.2,
        0.28,
        Record("declassification", "NARA", "declassified_in_full", fields),
        Look(SANS_BOLD.sized(9), tilt=-2, frame=True, lead=1.5, pen=14),
    )
    noise = Sheet(402)
    for y in range(14):
        x = float(noise.random.uniform(0.2, 6))
        noise.fill(Box(x, 0.4 + y * 0.7, x + float(noise.random.uniform(0.1, 2.2)), 0.4 + y * 0.7 + 0.03))
    film = Film(51, dpi=200, skew=-0.3, blur=0.8, specks=4, grain=16, fade=0.15, cut=152)
    return Memo(
        "whitehouse-decision",
        "tif",
        Particulars(
            "memorandum",
            "1970-09-09",
            "September 9, 1970",
            "Warren L. Teasdale",
            "THE PRESIDENT",
            "Sale of Patrol Aircraft to Ecuador",
            "White House",
            "SECRET",
            True,
            ("SENSITIVE",),
        ),
        [
            Leaf(first, film),
            Leaf(noise, Film(52, dpi=200, specks=220, blots=60, grain=40, blur=0.7, edges=0.5), noise=True),
        ],
        Card("Staff files", "NLN", "Country files", "788", "Ecuador", "2", "Patrol aircraft", "1970-09-09"),
        "options, approval initialled and disapproval ticked by hand, level struck, a page of nothing but noise",
        segments=[Segment(1, 1, "document"), Segment(2, 2, "blank")],
        recommendations=[
            Recommendation(
                "Refuse the sale until the tuna boats now held at Salinas have been released.", "option", "against"
            ),
            Recommendation(
                "Approve three aircraft without armament, and review the rest in the spring.", "option", "for", True
            ),
            Recommendation("Approve all six aircraft as requested.", "option"),
            Recommendation(
                "That you approve Option 2, on the understanding that Ambassador Hollis tells President Ibarra in "
                "private that the boats are on our minds.",
                approved=True,
            ),
            Recommendation(
                "I also recommend that no announcement be made before the Ambassador has been received.",
                polarity="against",
                approved=False,
            ),
        ],
        notes="Initials RN on the first Approve line, a cross on the second Disapprove line. Page 2 holds no writing.",
    )


def library() -> Memo:
    """A staff memo whose declassification stamp was pressed askew over the typing."""
    sheet = Sheet(411, worn=0.45)
    t = Typist(sheet, left=1.1, top=1.0, columns=62, lead=0.19)
    t.centre("CONFIDENTIAL")
    sheet.mark("classification", "CONFIDENTIAL", struck=True)
    t.skip()
    t.line("                                       February 2, 1967")
    t.skip()
    t.lines("MEMORANDUM FOR MR. ROSSITER", "", "SUBJECT: Your Lunch with the Minister of Jamaica", "")
    t.para(
        "Minister Cargill will want to talk about sugar. Our quota for the coming year stands at about 13,600 tons "
        "and there is no prospect that Agri~culture will find more. He knows this, but he must be able to say at home "
        "that he asked."
    )
    t.para(
        "He may also raise the bauxite levy. The com~panies have offered to pay part of it in advance if the rate is "
        "fixed for ten years, and the Minister is said to be tempted. We suggest that you listen and offer no opinion "
        "on the rate."
    )
    t.para(
        "On Rhodesia he will be correct and brief. It would be a courtesy to thank him for his vote in December, "
        "which cost him something with his own party."
    )
    t.line("                                   Edwin Marsh Pettibone")
    t.skip()
    t.lines("cc: Mr. Dunleavy", "    Mr. Okafor")
    t.baseline = 10.3
    t.centre("CONFIDENTIAL")
    sheet.mark("classification", "CONFIDENTIAL", struck=True)
    fields = {
        "decision": "DECLASSIFIED",
        "authority": "E.O. 12356, Sec. 3.4",
        "case": "NLJ 92-318",
        "reviewer": "JW",
        "date": "1993-05-12",
        "date_text": "5-12-93",
    }
    stamp(
        sheet,
        "DECLASSIFIED\nE.O. 12356, Sec. 3.4\nNLJ [[hand: 92-318]]\nBy [[hand: JW]], NARA, Date [[hand: 5-12-93]]",
        4.2,
        4.2,
        Record("declassification", "NARA", "declassified_in_full", fields),
        Look(SANS_BOLD.sized(12), tilt=13, patchy=0.3, lead=1.45, pen=18),
    )
    stamp(
        sheet,
        "COPY LBJ LIBRARY",
        3.4,
        10.55,
        Record("copy", "NARA", None, {}),
        Look(replace(PICA, points=9, pitch=0.075), patchy=0.1),
    )
    return Memo(
        "library-stamp",
        "jpg",
        Particulars(
            "memorandum",
            "1967-02-02",
            "February 2, 1967",
            "Edwin Marsh Pettibone",
            "MR. ROSSITER",
            "Your Lunch with the Minister of Jamaica",
            "White House",
            "CONFIDENTIAL",
            True,
        ),
        [Leaf(sheet, Film(61, dpi=150, skew=1.1, blur=0.8, fade=0.3, grain=5, specks=2, bits=8))],
        Card("National Security File", "NLJ", "Country file", "59", "Jamaica", "11a", "Lunch memo", "1967-02-02"),
        "grey JPEG at 150 dpi, library stamp tilted by 13 degrees over the typing",
        recommendations=[
            Recommendation("We suggest that you listen and offer no opinion on the rate.", polarity="against"),
            Recommendation(
                "It would be a courtesy to thank him for his vote in December, which cost him something with his own "
                "party."
            ),
        ],
    )
