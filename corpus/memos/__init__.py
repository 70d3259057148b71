"""The composed documents, by the stem of their file names."""

from __future__ import annotations

from collections.abc import Callable

from corpus.memo import Memo
from corpus.memos import cia, digital, fbi, jfk, military, records, state, whitehouse

MEMOS: dict[str, Callable[[], Memo]] = {
    "born-digital-message": digital.born_digital,
    "cia-bulletin": cia.bulletin,
    "cia-dispatch": cia.dispatch,
    "committee-minutes": records.minutes,
    "fbi-airtel": fbi.airtel,
    "jcs-perforated": military.perforated,
    "jfk-rif": jfk.rif_memo,
    "library-stamp": whitehouse.library,
    "mixed-pages": digital.mixed,
    "navy-nnd": military.nnd_memo,
    "senator-letter": records.letter,
    "state-airgram": records.airgram,
    "state-cable": state.cable,
    "state-policy-paper": state.policy_paper,
    "transcript-conversation": digital.transcript,
    "transcript-ice-watch": digital.markdown,
    "whitehouse-decision": whitehouse.decision,
}
