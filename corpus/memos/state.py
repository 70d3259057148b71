"""State Department: a contingency paper under a review block, and a telegram in capitals."""

from __future__ import annotations

from dataclasses import replace

from corpus.faces import PRINTER, SANS_BOLD, SERIF_BOLD
from corpus.film import Film
from corpus.memo import Leaf, Memo
from corpus.memos.blocks import review_block
from corpus.model import Card, Particulars, Recommendation
from corpus.sheet import COVER, Cover, Sheet
from corpus.stamps import Look, Record, level, perforate, stamp
from corpus.typist import Typist

REVIEW = Look(SERIF_BOLD.sized(10), tilt=1.2, tabs=(1.35,), pen=14, patchy=0.25, lead=1.5)


def policy_paper() -> Memo:
    """Two typed pages about a lost air base; the review block lies across a heading and a paragraph."""
    first = Sheet(101, worn=0.5)
    level(first, "CONFIDENTIAL", 4.2, 0.55, Look(SANS_BOLD.sized(18), tilt=0.8), struck=1)
    t = Typist(first, left=1.05, top=1.1, columns=64, lead=0.19)
    for text in ("WHAT SHOULD THE U.S. DO IF PORTUGAL", "ASKS US TO LEAVE THE LAJES AIR BASE?"):
        run = t.centre(text)
        first.underline(run.text)
    t.skip(0.6)
    t.sheet.type("3/11/64", 6.6, t.baseline, t.face)
    t.skip(1.6)
    t.para(
        "If the Government of Portugal should decline to extend our rights in the Azores, the Air Force would lose "
        "the only staging field in the central At~lan~tic that is open through~out the winter. Tankers would have to "
        "be moved to Ber~muda and to the Spanish fields, and the time needed to bring a division to the Mediter~ranean "
        "would grow by some five days."
    )
    t.para(
        "The Portuguese are well aware of this. Dr. Mendes Queiroz, who speaks for the Foreign Ministry on African "
        "ques~tions, told Counselor Ainsley in February that the lease and our votes in New York would from now on be "
        '"weighed on one scale". We do not think that Lisbon has decided to turn us out. It wants to be asked.'
    )
    run = t.line("Actions we could take")
    first.underline(run.text)
    t.skip()
    t.para("There appear to be three courses that fall short of a break. We could", first=5)
    t.para("1.  Offer Lisbon an arms credit that is tied to the defense of metropolitan Portugal only.", 5, 9)
    t.para("2.  Begin openly to survey other fields, so that the Portu~guese see that the base has its price.", 5, 9)
    t.para("3.  Let the lease lapse and stay on from month to month, as we did in 1962.", 5, 9)
    t.para(
        "The first course would be criticized in the General Assem~bly, where Am~bassador Thorndike expects a motion "
        "on Angola before the end of April. The second costs little, but it takes a year before any pilot could land."
    )
    stamp(
        first,
        review_block("KLR/mt", "6/14/88", ("  ", "XX", "  "), "B1, A5"),
        3.1,
        7.5,
        Record(
            "review",
            "State",
            "released_in_part",
            {
                "decision": "EXCISE; DECLASSIFY in PART",
                "authority": "A/CDC/MR",
                "date": "1988-06-14",
                "date_text": "6/14/88",
                "reviewer": "KLR/mt",
                "exemptions": ["B1", "A5"],
            },
        ),
        REVIEW,
    )
    level(first, "CONFIDENTIAL", 4.3, 10.5, Look(SANS_BOLD.sized(18), tilt=-0.6), struck=1)

    second = Sheet(102, worn=0.5)
    level(second, "CONFIDENTIAL", 4.1, 0.5, Look(SANS_BOLD.sized(18), tilt=-0.5), struck=1)
    t = Typist(second, left=1.05, top=1.0, columns=64, lead=0.19)
    t.centre("- 2 -")
    t.skip()
    run = t.line("Recommended Course of Action")
    second.underline(run.text)
    t.skip()
    t.para(
        "We believe it would be best to let the Portuguese make the first move and not to open the subject of the "
        "lease ourselves. Whoever asks first will pay for the answer."
    )
    t.para(
        "The survey of other fields should go forward quietly under the cover of a NATO weather study. It should not "
        "be men~tioned in Lisbon by anyone below the rank of the Am~bassador."
    )
    t.para(
        "If Lisbon were to give formal notice, it might be desir~able to ask the British to speak for us, since their "
        "own treaty of alliance gives them a standing that we do not have."
    )
    t.para(
        "A public quarrel would in any case do us little good. The base is worth more to us than the argument about it."
    )
    second.cover = Cover("white", "B1")
    t.line(f"     In the meantime {COVER * 16} continue at the present rate.")
    second.hand("B1", 7.6, t.baseline - 0.2, 17)
    t.skip(2)
    t.line("                                   Clement R. Ainsley")
    level(second, "CONFIDENTIAL", 4.3, 10.5, Look(SANS_BOLD.sized(18), tilt=1.1), struck=1)
    perforate(second, "DECLASSIFIED", 7.75, 2.6, 0.34)

    film = Film(1, dpi=200, skew=0.5, blur=0.9, grain=20, specks=14, margin=0.35, blots=14, fade=0.2, cut=158)
    leaves = [
        Leaf(first, film, hidden=0.2),
        Leaf(second, replace(film, seed=2, skew=-0.7), hidden=0.2),
    ]
    return Memo(
        "state-policy-paper",
        "pdf",
        Particulars(
            "report",
            "1964-03-11",
            "3/11/64",
            "Clement R. Ainsley",
            None,
            "WHAT SHOULD THE U.S. DO IF PORTUGAL ASKS US TO LEAVE THE LAJES AIR BASE?",
            "State",
            "CONFIDENTIAL",
            True,
        ),
        leaves,
        Card("Contingency papers", "RG 59", "Policy Planning", "14", "Azores", "3", "The Lajes base", "1964-03-11"),
        "ticked A/CDC/MR block across the text, struck levels, perforation, black film borders, a poor hidden text "
        "layer",
        recommendations=[
            Recommendation(
                "Offer Lisbon an arms credit that is tied to the defense of metropolitan Portugal only.", "option"
            ),
            Recommendation(
                "Begin openly to survey other fields, so that the Portuguese see that the base has its price.", "option"
            ),
            Recommendation("Let the lease lapse and stay on from month to month, as we did in 1962.", "option"),
            Recommendation(
                "We believe it would be best to let the Portuguese make the first move and not to open the subject of "
                "the lease ourselves.",
                polarity="against",
            ),
            Recommendation(
                "The survey of other fields should go forward quietly under the cover of a NATO weather study."
            ),
            Recommendation(
                "It should not be mentioned in Lisbon by anyone below the rank of the Ambassador.", polarity="against"
            ),
            Recommendation(
                "If Lisbon were to give formal notice, it might be desirable to ask the British to speak for us, since "
                "their own treaty of alliance gives them a standing that we do not have.",
                "contingent",
            ),
        ],
        notes="Review block over the text of page 1; the hidden text layer of the PDF is wrong on purpose.",
    )


def cable() -> Memo:
    """A telegram of 1974 in capitals on printer paper, wide as the machine printed it."""
    sheet = Sheet(111, worn=0.55)
    t = Typist(sheet, PRINTER, left=1.0, top=0.9, columns=69, lead=0.158)
    t.line("CONFIDENTIAL")
    sheet.mark("classification", "CONFIDENTIAL")
    t.skip()
    t.lines("PAGE 01        ASUNCI  01188  081742Z", "", "47", "ACTION ARA-10")
    t.skip()
    t.lines(
        "INFO  OCT-01  ISO-00  CIAE-00  DODE-00  PM-07  H-03  INR-10  L-03",
        "      NSAE-00  NSC-07  PA-04  RSC-01  PRS-01  SPC-03  SS-20  /070 W",
        "                     --------------------     058213",
        "R 081615Z APR 74",
        "FM AMEMBASSY ASUNCION",
        "TO SECSTATE WASHDC 4471",
        "INFO AMEMBASSY BRASILIA",
        "AMEMBASSY BUENOS AIRES",
        "",
    )
    t.line("C O N F I D E N T I A L ASUNCION 1188")
    sheet.mark("classification", "C O N F I D E N T I A L", "CONFIDENTIAL")
    t.skip()
    t.line("LIMDIS")
    sheet.mark("control", "LIMDIS")
    t.skip()
    t.line("E.O. 11652: GDS")
    sheet.mark("downgrading", "E.O. 11652: GDS", "GDS")
    t.lines(
        "TAGS: ENRG, EFIN, PA, BR",
        "SUBJECT: FOREIGN MINISTRY VIEWS ON RIVER DAM LOAN",
        "REF: (A) STATE 61190; (B) BRASILIA 2203",
        "",
    )
    t.para(
        "1. SUMMARY. UNDER SECRETARY VILLALBA ASKED DCM HOLLOWAY TO CALL ON APRIL 6. HE SAID CABINET IS DIVIDED ON "
        "TERMS OFFERED BY BRAZIL FOR THE DAM ABOVE GUAIRA AND THAT PRESIDENT HAS NOT YET SPOKEN. END SUMMARY.",
        first=0,
    )
    t.para(
        "2. VILLALBA CLAIMED THAT MINISTER OF FINANCE WOULD ACCEPT ANY LOAN WHICH CARRIED NO GOLD CLAUSE. ARMY, ON "
        "THE OTHER HAND, FEARS THAT BRAZILIAN ENGINEERS WOULD STAY ON THE RIVER FOR GOOD. HE ASKED WHETHER EXIM BANK "
        "MIGHT LOOK AT TURBINES ONLY. HOLLOWAY PROMISED TO REPORT BUT HELD OUT NO HOPE OF AN EARLY REPLY.",
        first=0,
    )
    t.para(
        "3. COMMENT: VILLALBA IS CLOSE TO GENERAL ARCE AND MAY HAVE SPOKEN FOR HIM. WE SAW NO SIGN THAT HE HAD "
        "CLEARED HIS REMARKS WITH THE FOREIGN MINISTER.",
        first=0,
    )
    t.para(
        "4. ACTION REQUESTED: EMBASSY RECOMMENDS THAT DEPARTMENT SOUND OUT EXIM BANK INFORMALLY BEFORE APRIL 20. "
        "PLEASE DO NOT REPEAT NOT DISCUSS THIS MESSAGE WITH PARAGUAYAN EMBASSY IN WASHINGTON.",
        first=0,
    )
    t.line("LANDRETH")
    t.skip()
    t.line("CONFIDENTIAL")
    sheet.mark("classification", "CONFIDENTIAL")
    stamp(
        sheet,
        "Declassified/Released US Department of State EO Systematic Review 30 JUN 2005",
        1.4,
        10.45,
        Record(
            "review",
            "State",
            "declassified_in_full",
            {"authority": "EO Systematic Review", "date": "2005-06-30", "date_text": "30 JUN 2005"},
        ),
        Look(SANS_BOLD.sized(8), weight=1.0, patchy=0.05),
    )
    return Memo(
        "state-cable",
        "png",
        Particulars(
            "cable",
            "1974-04-08",
            "081615Z APR 74",
            "AMEMBASSY ASUNCION",
            "SECSTATE WASHDC; AMEMBASSY BRASILIA; AMEMBASSY BUENOS AIRES",
            "FOREIGN MINISTRY VIEWS ON RIVER DAM LOAN",
            "State",
            "CONFIDENTIAL",
            False,
            ("LIMDIS",),
            (("cable", "ASUNCION 1188"),),
        ),
        [Leaf(sheet, Film(3, dpi=200, skew=-0.4, blur=0.7, fade=0.35, grain=22, specks=5, cut=172))],
        Card("State telegrams", "RG 59", "Central file", "", "Paraguay 1974", "1188", "River dam loan", "1974-04-08"),
        "telegram in capitals, letter-spaced level, caption and E.O. line, worn printer ribbon",
        recommendations=[
            Recommendation("EMBASSY RECOMMENDS THAT DEPARTMENT SOUND OUT EXIM BANK INFORMALLY BEFORE APRIL 20."),
            Recommendation(
                "PLEASE DO NOT REPEAT NOT DISCUSS THIS MESSAGE WITH PARAGUAYAN EMBASSY IN WASHINGTON.",
                "request",
                "against",
            ),
        ],
    )
