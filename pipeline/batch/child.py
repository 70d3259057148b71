"""The process that works pages: reads tasks from stdin, writes answers to stdout, dies with its parent.

Frames are an 8-byte big-endian length and a pickle; both ends are this program and the pipe is private.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Any

HEAD = struct.Struct(">Q")


def send(pipe: IO[bytes], message: Any) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(HEAD.pack(len(data)) + data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """The next message. Raises EOFError when the other end is gone."""
    head = pipe.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    data = pipe.read(HEAD.unpack(head)[0])
    return pickle.loads(data)


def die_with_parent() -> None:
    """A parent killed with -9 cannot clean up: notice it and take along everything that was started here."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Serve until stdin closes. Answers: ("ok", value), ("error", kind, message), ("memory", message)."""
    for name in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    die_with_parent()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    from pipeline.batch import work

    serve: dict[str, Callable[..., Any]] = {
        "identify": work.identify_file,
        "page": work.work_page,
        "reading": work.read_only,
        "document": work.work_document,
    }
    while True:
        try:
            name, arguments = receive(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer: tuple[Any, ...] = ("ok", serve[name](*arguments))
        except MemoryError as error:
            answer = ("memory", str(error) or "not enough memory")
        except Exception as error:  # the parent records it; this process stays usable
            answer = ("error", work.kind_of(error), work.describe_error(error))
        send(answers, answer)


if __name__ == "__main__":
    main()
