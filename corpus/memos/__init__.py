"""The composed documents, by the stem of their file names."""

from __future__ import annotations

from collections.abc import Callable

from corpus.memo import Memo
from corpus.memos import state

MEMOS: dict[str, Callable[[], Memo]] = {
    "state-policy-paper": state.policy_paper,
    "state-cable": state.cable,
}
