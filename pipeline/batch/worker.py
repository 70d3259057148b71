"""A worker: one child process at a time, that can be killed and replaced, with limits on time and memory.

The limits are kept from outside, so they hold for whatever the child started (Tesseract) too, on every platform.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from typing import IO, Any

from pipeline.batch.child import receive, send
from pipeline.errors import DeclassError, PageCrash, PageOutOfMemory, PageTimeout
from pipeline.settings import Settings

LOOK_SECONDS = 0.25  # how often time and memory are looked at
SURVEY_SECONDS = 600.0  # hashing a large file over a slow network takes its time
SICK = (PageTimeout, PageOutOfMemory, PageCrash)  # the child is to blame or to pity: the page is tried once more, apart


class TaskError(DeclassError):
    """The child answered that the task itself failed; the child is well."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Worker:
    """Hands tasks to its child, one at a time. Used by one thread."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.child: subprocess.Popen[bytes] | None = None
        self.talk: IO[bytes] | None = None
        self.closed = False

    def run(self, name: str, *arguments: Any, seconds: float | None = None, fresh: bool = False) -> Any:
        """The child's answer. Raises PageTimeout, PageOutOfMemory or PageCrash (the child is then replaced), or
        TaskError when the task failed and the child is well. `fresh`: in a child of its own."""
        if fresh:
            self.stop()
        child = self._alive()
        assert child.stdin and child.stdout
        try:
            send(child.stdin, (name, arguments))
            self._wait(child, self.settings.page_seconds if seconds is None else seconds)
            answer = receive(child.stdout)
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            message = self._last_words(child)
            self.stop()
            raise PageCrash(message) from error
        except DeclassError:
            self.stop()
            raise
        if fresh:
            self.stop()
        if answer[0] == "ok":
            return answer[1]
        if answer[0] == "memory":
            self.stop()
            raise PageOutOfMemory(answer[1])
        raise TaskError(answer[1], answer[2])

    def kill(self) -> None:
        """Kill the child with everything it started. From any thread: the one that waits for an answer gets a PageCrash
        and cleans up."""
        child = self.child
        if child is not None:
            with contextlib.suppress(ProcessLookupError):  # already gone
                os.killpg(child.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Kill the child and let go of it. Only from the thread that uses the worker."""
        self.kill()
        child, self.child = self.child, None
        if child is None:
            return
        child.wait()
        for pipe in (child.stdin, child.stdout, self.talk):
            if pipe:
                with contextlib.suppress(BrokenPipeError):  # an unsent rest of a task for a dead child
                    pipe.close()

    def _alive(self) -> subprocess.Popen[bytes]:
        if self.closed:
            raise PageCrash("the worker was closed")
        if self.child is None or self.child.poll() is not None:
            self.stop()
            self.talk = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as the child
            self.child = subprocess.Popen(
                [sys.executable, "-m", "pipeline.batch.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.talk,
                start_new_session=True,
            )
        return self.child

    def _wait(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        end = time.monotonic() + seconds
        with selectors.DefaultSelector() as ready:
            assert child.stdout
            ready.register(child.stdout, selectors.EVENT_READ)
            while not ready.select(LOOK_SECONDS):
                if time.monotonic() > end:
                    raise PageTimeout(f"not done after {seconds:.0f} s")
                used = resident_megabytes(child.pid)
                if used > self.settings.page_megabytes:
                    raise PageOutOfMemory(f"{used:.0f} MB used, {self.settings.page_megabytes} MB allowed")

    def _last_words(self, child: subprocess.Popen[bytes]) -> str:
        try:
            code: int | None = child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = None
        said = ""
        if self.talk:
            self.talk.seek(0)
            said = " ".join(self.talk.read()[-300:].decode("utf-8", "replace").split())
        if code is not None and code < 0:
            return f"the process was killed by signal {signal.Signals(-code).name}{': ' + said if said else ''}"
        return f"the process ended with code {code}{': ' + said if said else ''}"


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process and all it started, in MB; 0 when it is gone."""
    import psutil

    total = 0
    try:
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue  # ended while we looked
    except psutil.NoSuchProcess:
        return 0.0
    return total / 1e6
