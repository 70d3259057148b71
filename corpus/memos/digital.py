"""Born-digital pages, a file that mixes them with a scan, and transcripts without any picture."""

from __future__ import annotations

from corpus.faces import PICA, PICA_BOLD, PRINTER, SANS_BOLD
from corpus.film import Film
from corpus.memo import Leaf, Memo
from corpus.model import Box, Card, Marking, Particulars, Recommendation, Segment, Stamp
from corpus.sheet import COVER, Cover, Sheet
from corpus.stamps import Look, level
from corpus.typist import Typist


def born_digital() -> Memo:
    """A message of 2009 as a word processor printed it to PDF, with its release header and removed text."""
    sheet = Sheet(701, worn=0.0)
    sheet.cover = Cover("black", "B6")
    header = "UNCLASSIFIED U.S. Department of State Case No. F-2016-07713 Doc No. C06199205 Date: 03/17/2017"
    _printed(
        sheet,
        header,
        0.5,
        "release",
        {
            "decision": "UNCLASSIFIED",
            "case": "F-2016-07713",
            "date": "2017-03-17",
            "date_text": "03/17/2017",
        },
        None,
    )
    line = "RELEASE IN PART B6"
    _printed(sheet, line, 0.8, "release", {"decision": "RELEASE IN PART", "exemptions": ["B6"]}, "released_in_part")
    t = Typist(sheet, PICA, left=1.0, top=1.4, columns=65)
    t.lines("From:     Okonjo, Ruth M", "Sent:     Tuesday, October 20, 2009 8:14 AM")
    t.lines("To:       Desrosiers, Paul (Port-au-Prince)", "Cc:       " + COVER * 22, "")
    t.line("Subject:  Warehouse at the north pier")
    t.skip()
    t.para("Paul,", 0)
    t.para(
        "The shipping agent confirmed last night that the warehouse at the north pier is empty and that the roof was "
        "mended in the spring. He wants three months' rent ahead. I told him that we do not pay ahead, and he laughed "
        "and said that everyone says that.",
        0,
    )
    t.para(
        "My advice is to take it for six months and to ask the port captain for a written key list before we sign. "
        "Please do not use the agent's own trucks.",
        0,
    )
    t.para("Call me on " + COVER * 12 + " after ten.", 0)
    t.line("Ruth")
    return Memo(
        "born-digital-message",
        "pdf",
        Particulars(
            "letter",
            "2009-10-20",
            "Tuesday, October 20, 2009 8:14 AM",
            "Okonjo, Ruth M",
            "Desrosiers, Paul (Port-au-Prince)",
            "Warehouse at the north pier",
            "State",
            None,
            None,
            (),
            (("case", "F-2016-07713"), ("doc", "C06199205")),
        ),
        [Leaf(sheet, None)],
        Card("Message releases", "", "F-2016-07713", "", "", "C06199205", "Warehouse", "2009-10-20"),
        "real text layer, release header, words removed under black boxes",
        recommendations=[
            Recommendation(
                "My advice is to take it for six months and to ask the port captain for a written key list before we "
                "sign."
            ),
            Recommendation("Please do not use the agent's own trucks.", "request", "against"),
        ],
    )


def _printed(sheet: Sheet, text: str, y: float, kind: str, fields: dict[str, object], decision: str | None) -> None:
    """A release line that a reviewer's computer typed onto a born-digital page."""
    run = sheet.type(text, 0.6, y, PRINTER.sized(8))
    last = sheet.found.written.pop()
    sheet.found.written.append(type(last)("stamp", text, y, 0.6))
    box = Box(run.boxes[0].left, y - 0.09, run.boxes[-1].right, y + 0.03)
    sheet.found.stamps.append(Stamp(kind, "State", text, decision, fields, box))


def mixed() -> Memo:
    """A transmittal slip typed on a computer in front of the scan of the memo that it sends."""
    slip = Sheet(711, worn=0.0)
    t = Typist(slip, PICA_BOLD, left=1.0, top=1.2)
    t.line("REFERENCE COPY - DISTRICT RECORDS CENTER")
    t = Typist(slip, PICA, left=1.0, top=1.7)
    t.lines("Request:  2011-0733", "Item:     one memorandum, one page", "Copied:   04/05/2011", "")
    t.para("The attached page was copied from film. Parts of the left margin are dark on the film itself.", 0)
    scan = Sheet(712, worn=0.5)
    level(scan, "RESTRICTED", 4.2, 0.7, Look(SANS_BOLD.sized(18), tilt=2))
    t = Typist(scan, left=1.2, top=1.5, columns=60, lead=0.2)
    t.lines("HEADQUARTERS SIXTH ENGINEER DISTRICT", "Office of the Supply Officer", "", "14 January 1949", "")
    t.lines("MEMORANDUM TO: Depot Commander, Yokohama", "", "SUBJECT: Lumber for the Typhoon Shelters", "")
    t.para(
        "1.  Of the four hundred thousand board feet asked for in November, ninety thousand have come, and most of "
        "that is green. Nails are plentiful.",
        0,
    )
    t.para(
        "2.  It is suggested that the shelters at Zushi be built first, since the school there has none. The depot is "
        "requested to set aside all dry lumber for roofs.",
        0,
    )
    t.lines("                         ELLSWORTH J. TRUAX", "                         Major, Corps of Engineers")
    level(scan, "RESTRICTED", 4.2, 10.2, Look(SANS_BOLD.sized(18), tilt=-2))
    return Memo(
        "mixed-pages",
        "pdf",
        Particulars(
            "memorandum",
            "1949-01-14",
            "14 January 1949",
            "ELLSWORTH J. TRUAX",
            "Depot Commander, Yokohama",
            "Lumber for the Typhoon Shelters",
            "Army",
            "RESTRICTED",
            False,
        ),
        [
            Leaf(slip, None),
            Leaf(scan, Film(131, dpi=200, skew=-1.3, blur=1.0, specks=12, grain=26, fade=0.4, edges=0.25, cut=154)),
        ],
        Card("Engineer district", "RG 77", "Supply", "5", "Yokohama", "31", "Typhoon shelters", "1949-01-14"),
        "one born-digital page and one scanned page in a single PDF, dark margin, skew of 1.3 degrees",
        segments=[Segment(1, 1, "cover sheet"), Segment(2, 2, "document")],
        recommendations=[
            Recommendation(
                "It is suggested that the shelters at Zushi be built first, since the school there has none."
            ),
            Recommendation("The depot is requested to set aside all dry lumber for roofs.", "request"),
        ],
    )


def transcript() -> Memo:
    """A text that someone else's program read from two pages; form feeds part them."""
    first, second = Sheet(721), Sheet(722)
    t = Typist(first, columns=72, left=1.0, top=0.8)
    t.line("SECRET")
    first.mark("classification", "SECRET")
    t.skip()
    t.lines("MEMORANDUM OF CONVERSATION", "", "DATE: March 22, 1962", "PLACE: Hotel Baur, Zurich", "")
    t.lines("SUBJECT: Price of Tin", "", "PARTICIPANTS: Sr. Anselmo Quiroga, Bolivian Mining Bank", "")
    t.lines("              Mr. Philip Stackpole, Department of State", "")
    t.para(
        "Sr. Quiroga said that the mines could not live on ninety-one cents a pound. He did not ask for a higher "
        "price but for a slower fall. Mr. Stackpole replied that the stockpile belonged to Congress and not to the "
        "Department.",
        0,
    )
    t.line("SECRET")
    first.mark("classification", "SECRET")
    t = Typist(second, columns=72, left=1.0, top=0.8)
    t.line("SECRET")
    second.mark("classification", "SECRET")
    t.lines("- 2 -", "")
    t.para(
        "COMMENT: Quiroga is a banker and will be believed in La Paz. We recommend that no tin be offered from the "
        "stockpile before the Bolivian budget has been voted in June.",
        0,
    )
    lines = ["DECLASSIFIED", "Authority NND 959206", "By JLR NARA Date 6/3/98"]
    t.lines(*lines)
    fields: dict[str, object] = {
        "decision": "DECLASSIFIED",
        "authority": "NND 959206",
        "case": "NND 959206",
        "reviewer": "JLR",
        "date": "1998-06-03",
        "date_text": "6/3/98",
    }
    nowhere = Box(0, 0, 0, 0)
    text = "\n".join(lines)
    second.found.stamps.append(Stamp("declassification", "NARA", text, "declassified_in_full", fields, nowhere))
    return Memo(
        "transcript-conversation",
        "txt",
        Particulars(
            "memorandum",
            "1962-03-22",
            "March 22, 1962",
            None,
            None,
            "Price of Tin",
            "State",
            "SECRET",
            False,
        ),
        [Leaf(first, None), Leaf(second, None)],
        Card("Conversations", "RG 59", "Lot 64D199", "1", "Bolivia", "2", "Price of tin", "1962-03-22"),
        "plain text with a form feed, no boxes; stamp and levels in the text",
        recommendations=[
            Recommendation(
                "We recommend that no tin be offered from the stockpile before the Bolivian budget has been voted in "
                "June.",
                polarity="against",
            )
        ],
    )


def markdown() -> Memo:
    """A transcript in Markdown with emphasis, as a vision model would leave it: text exactly as given."""
    sheet = Sheet(731)
    t = Typist(sheet, columns=76, left=1.0, top=0.8)
    t.line("~~TOP SECRET~~")
    box = sheet.runs[-1].part("TOP SECRET")
    sheet.found.markings.append(Marking("classification", "~~TOP SECRET~~", "TOP SECRET", box, True))
    t.skip()
    t.line("# Ice Watch in the Denmark Strait")
    t.lines("", "**FROM:** Director of Naval Weather", "**TO:** Commander, Eastern Sea Frontier", "")
    t.lines("18 December 1955", "")
    t.para(
        "Two picket ships have reported growlers south of the line that was drawn in October. The line ought to be "
        "moved sixty miles to the south until April.",
        0,
    )
    t.para("Ships without ice belts should not be sent north of it.", 0)
    return Memo(
        "transcript-ice-watch",
        "md",
        Particulars(
            "memorandum",
            "1955-12-18",
            "18 December 1955",
            "Director of Naval Weather",
            "Commander, Eastern Sea Frontier",
            "Ice Watch in the Denmark Strait",
            "Navy",
            "TOP SECRET",
            True,
        ),
        [Leaf(sheet, None)],
        Card("Weather service", "RG 38", "Ice", "2", "1955", "8", "Ice watch", "1955-12-18"),
        "Markdown with a struck level and emphasis marks",
        recommendations=[
            Recommendation("The line ought to be moved sixty miles to the south until April."),
            Recommendation("Ships without ice belts should not be sent north of it.", polarity="against"),
        ],
    )
