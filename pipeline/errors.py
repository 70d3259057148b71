"""Errors with an exit code and advice. Exit codes are a documented interface (see docs/exit-codes.md)."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended; stable interface."""

    OK = 0
    ARGUMENTS = 1
    INPUT = 2
    MISSING_DEPENDENCY = 3
    FILE_ACCESS = 5
    NOTHING_TO_DO = 6
    ENCRYPTED = 8
    CONFIGURATION = 9
    WITH_FAILURES = 10
    OTHER = 15
    INTERRUPTED = 130


class DeclassError(Exception):
    """Something that a person can act on: `str(error)` says what is wrong, `advice` what to do next.

    `kind` is the short name that stands in the failures ledger.
    """

    exit = Exit.OTHER
    kind = "error"

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class ArgumentsError(DeclassError):
    """The command line cannot be understood."""

    exit = Exit.ARGUMENTS
    kind = "arguments"


class InputError(DeclassError):
    """A file is not what it should be: corrupt, empty, of an unknown kind."""

    exit = Exit.INPUT
    kind = "unreadable"


class CorruptError(InputError):
    """The file is damaged or truncated."""

    kind = "corrupt"


class EmptyError(InputError):
    """The file has no bytes or no pages."""

    kind = "empty"


class UnsupportedError(InputError):
    """The content is of a kind that is not taken in."""

    kind = "unsupported"


class TooLargeError(InputError):
    """The file or page exceeds a limit that protects the batch."""

    kind = "too-large"


class EncryptedError(InputError):
    """The file needs a password."""

    exit = Exit.ENCRYPTED
    kind = "encrypted"


class MissingDependencyError(DeclassError):
    """A program or library that is needed is not installed."""

    exit = Exit.MISSING_DEPENDENCY
    kind = "missing-dependency"


class FileAccessError(DeclassError):
    """A file cannot be read or written."""

    exit = Exit.FILE_ACCESS
    kind = "file-access"


class ConfigurationError(DeclassError):
    """Settings contradict each other or the archive is not usable."""

    exit = Exit.CONFIGURATION
    kind = "configuration"


class NothingToDo(DeclassError):
    """Everything asked for is done already, or there is nothing it could be done with."""

    exit = Exit.NOTHING_TO_DO
    kind = "nothing-to-do"


class PageTimeout(DeclassError):
    """Working a page took longer than `page_seconds`."""

    kind = "time-out"


class PageOutOfMemory(DeclassError):
    """Working a page needed more than `page_megabytes`."""

    kind = "out-of-memory"


class PageCrash(DeclassError):
    """The process that worked a page died."""

    kind = "crash"
