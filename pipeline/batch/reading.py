"""The reading of one file and nothing else: no archive, no findings."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future

from pipeline.batch.pool import Pool
from pipeline.batch.work import Refused
from pipeline.batch.worker import SICK, SURVEY_SECONDS, TaskError
from pipeline.core.codec import unpack
from pipeline.core.document import Failure, Scan
from pipeline.core.page import Page
from pipeline.errors import EncryptedError, FileAccessError, InputError
from pipeline.settings import Settings

REFUSALS = {error.kind: error for error in (EncryptedError, FileAccessError)}
"""Refusals with an exit code of their own; all others are InputError's."""


class Reader:
    """Reads files page by page, in order, in children that can be killed, with the limits of an ingest."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self.pool, self.settings = pool, settings

    def identify(self, path: str) -> Scan:
        """What the file is. Raises FileAccessError, EncryptedError or InputError when it cannot be read at all."""
        answer: Scan | Refused = self.pool.submit("identify", path, self.settings, {}, seconds=SURVEY_SECONDS).result()
        if isinstance(answer, Refused):
            raise REFUSALS.get(answer.error, InputError)(f"{path}: {answer.message}")
        return answer

    def pages(self, scan: Scan, ranges: Sequence[tuple[int, int]] = ()) -> Iterator[Page | Failure]:
        """Each page asked for, in order, or why it could not be read; a few are worked ahead."""
        numbers = (n for n in range(1, scan.pages + 1) if not ranges or any(a <= n <= b for a, b in ranges))
        ahead: deque[tuple[int, Future[bytes]]] = deque()
        for number in numbers:
            ahead.append((number, self.pool.submit("reading", scan, number, self.settings)))
            if len(ahead) > 2 * self.pool.jobs:
                yield self._page(scan, *ahead.popleft())
        while ahead:
            yield self._page(scan, *ahead.popleft())

    def _page(self, scan: Scan, number: int, future: Future[bytes]) -> Page | Failure:
        try:
            page: Page = unpack(Page, future.result())
        except (*SICK, TaskError) as error:
            return Failure(scan.document_id, scan.file_name, number, "reading", error.kind, str(error))
        return page
