"""Workers behind a `concurrent.futures.Executor`: as many children as jobs, each served by one thread."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from pipeline.batch.worker import Worker
from pipeline.settings import Settings


class Pool:
    """`submit` gives a Future of the child's answer, or of the error that `Worker.run` raises.

    The executor only carries the waiting; whatever hangs is a child, and children can be killed.
    """

    def __init__(self, settings: Settings, executor: Callable[[int], Executor] = ThreadPoolExecutor) -> None:
        self.jobs = max(1, settings.jobs)
        self.executor = executor(self.jobs)
        self.workers = [Worker(settings) for _ in range(self.jobs)]
        self.idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        for worker in reversed(self.workers):
            self.idle.put(worker)

    def submit(self, name: str, *arguments: Any, seconds: float | None = None, fresh: bool = False) -> Future[Any]:
        """Have a child do `name`; `fresh` gives it a child of its own."""
        return self.executor.submit(self._serve, name, arguments, seconds, fresh)

    def _serve(self, name: str, arguments: tuple[Any, ...], seconds: float | None, fresh: bool) -> Any:
        worker = self.idle.get()
        try:
            return worker.run(name, *arguments, seconds=seconds, fresh=fresh)
        finally:
            self.idle.put(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing that was submitted outlives the pool, least of all after an interrupt."""
        self.executor.shutdown(wait=False, cancel_futures=True)
        for worker in self.workers:
            worker.closed = True
            worker.kill()
        self.executor.shutdown(wait=True)
        for worker in self.workers:
            worker.stop()
