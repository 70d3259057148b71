"""The whole way of a scan on one screen.

    path -intake-> Scan -PAGE-> what each page shows -DOCUMENT-> Document -store-> rows -ARCHIVE-> what only the whole shows

PAGE stages work one page: `run(view, **needs)`, see `core.ink.View`. DOCUMENT stages work one file: `run(scan, **needs)`,
where a need from PAGE is a tuple with one result for each page that could be worked, in order. ARCHIVE stages work the
whole archive after an ingest: `run(archive)`.
"""

from __future__ import annotations

from pipeline.core.document import Described, Ledger, Segment, Votes
from pipeline.core.findings import Approval, Marking, Mention, Office, Recommendation, Redaction, Stamp
from pipeline.core.page import Page
from pipeline.core.stages import Stage
from pipeline.ocr.reading import read_page, readers
from pipeline.parse.anachronisms import flag
from pipeline.parse.ledger import keep
from pipeline.parse.markings import find_markings
from pipeline.parse.particulars import describe
from pipeline.parse.redactions import find_redactions
from pipeline.parse.segments import segment
from pipeline.parse.stamps import find_stamps
from pipeline.parse.votes import vote
from pipeline.recognize.approvals import find_approvals
from pipeline.recognize.mentions import find_mentions
from pipeline.recognize.offices import find_offices
from pipeline.recognize.recommendations import find_recommendations

PAGE = (
    Stage("reading", (), Page, read_page, settings=("languages", "reading"), data=("reading",), tools=readers),
    Stage("markings", ("reading",), tuple[Marking, ...], find_markings, data=("markings", "stamps"), version=4),
    Stage("stamps", ("reading",), tuple[Stamp, ...], find_stamps, data=("stamps",), version=6),
    Stage(
        "redactions",
        ("reading",),
        tuple[Redaction, ...],
        find_redactions,
        version=3,
        settings=("reveal",),
        data=("exemptions", "redactions"),
    ),
    Stage("approvals", ("reading",), tuple[Approval, ...], find_approvals, data=("recommendations",)),
)

DOCUMENT = (
    Stage("votes", ("reading", "markings", "stamps"), Votes, vote, version=5),
    Stage("segments", ("reading", "votes"), tuple[Segment, ...], segment, data=("particulars",), version=4),
    Stage("particulars", ("reading", "votes", "segments"), Described, describe, data=("particulars",), version=6),
    Stage("anachronisms", ("votes", "particulars"), Votes, flag, data=("orders",)),
    Stage("ledger", ("anachronisms", "particulars"), Ledger, keep, data=("orders",)),
    Stage("mentions", ("reading", "particulars"), tuple[Mention, ...], find_mentions, version=4,
          data=("entities", "gazetteer")),
    Stage("recommendations", ("reading", "segments", "approvals"), tuple[Recommendation, ...], find_recommendations,
          data=("recommendations", "gazetteer"), version=5),
    Stage("offices", ("reading", "particulars"), tuple[Office, ...], find_offices, data=("gazetteer",)),
)  # fmt: skip

# ARCHIVE = (identities, vocabulary): joined by cli after an ingest, see pipeline/batch/whole.py
