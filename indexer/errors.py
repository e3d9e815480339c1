"""The errors whose messages users read."""

import errno
from pathlib import Path

from indexer.characters import clean, one_line

_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (errno.ENOSPC, errno.EDQUOT)


class ReelfindError(Exception):
    """One line that names the file, the cause and the next step.

    The command line prints the message alone and exits with a non-zero code; a
    traceback is shown under ``--debug`` only. The line is safe to print whatever file name it
    contains.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(clean(message))


class InUseError(ReelfindError):
    """Another process owns the data directory or its store."""


class StoreError(ReelfindError):
    """The store refuses a value, or its engine failed."""


class NotNowError(ReelfindError):
    """The same request may succeed later.

    Args:
        message: the line for the user.
        seconds: how long to wait before asking again.
    """

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class ServerAwayError(NotNowError):
    """The Qdrant server cannot be reached at the moment."""


class BrokenReadError(NotNowError):
    """A film in an object store could not be read to its end: what was read is not all of it."""


class BusyError(NotNowError):
    """Too many requests at the same time."""


def disk_error(error: BaseException) -> ReelfindError | None:
    """Return the error for a folder without permission or a full disk; None for other errors."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL:
        cause, step = "the disk is full", "free some space"
    elif number in _REFUSED:
        cause, step = "cannot be read or written", "check its permissions"
    else:
        return None
    where = getattr(error, "filename", None) or "data directory"
    reason = getattr(error, "strerror", None) or error
    return ReelfindError(f"{where}: {cause} ({reason}); {step} and run the same command again")


def cause_of(error: Exception, path: Path) -> str:
    """Return in one line why a title failed, for expected and unexpected errors."""
    if isinstance(error, ReelfindError):
        return str(error)
    if told := disk_error(error):
        return f"{path}: not indexed: {told}"
    cause = str(error) or "no message"
    return one_line(
        f"{path}: something unexpected ({type(error).__name__}: {cause}); run again with --debug "
        "for the details, and report it"
    )
