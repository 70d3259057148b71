"""Ctrl-C and SIGTERM are noted when they come and obeyed between two transactions, so that none is torn."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """While this is entered, an interrupt waits for `obey`; a second one is obeyed at once."""

    def __init__(self) -> None:
        self.asked = False
        self.before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # only there can signals be caught
            self.before = {s: signal.signal(s, self.note) for s in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def note(self, _: int, __: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def obey(self) -> None:
        """Raises KeyboardInterrupt when one was asked for."""
        if self.asked:
            raise KeyboardInterrupt
