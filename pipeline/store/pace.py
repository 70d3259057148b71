"""What work on many pages says of itself when it takes long: to the log `declass`, which the command line shows on stderr."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field

SECONDS = 10.0  # so often

log = logging.getLogger("declass")


@dataclass(slots=True)
class Pace:
    """How far it is with `total` pages."""

    doing: str
    total: int
    came: int = 0
    start: float = field(default_factory=time.monotonic)
    said: float = field(default_factory=time.monotonic)

    def done(self, pages: int) -> None:
        """So many pages more; from time to time it is said."""
        self.came += pages
        at = time.monotonic()
        if at - self.said >= SECONDS and self.came < self.total:
            self.said = at
            left = (at - self.start) * (self.total - self.came) / self.came
            log.info("%s: %d of %d pages, about %s left", self.doing, self.came, self.total, spoken(left))


def spoken(seconds: float) -> str:
    """A time as people say it."""
    return f"{max(seconds, 1):.0f} s" if seconds < 90 else f"{seconds / 60:.0f} minutes"
