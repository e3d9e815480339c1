"""One process owns an embedded store: an exclusive lock that dies with its holder."""

import errno
import fcntl
import json
import os
import shlex
import sys
import time
from contextlib import suppress
from pathlib import Path

from indexer.errors import InUseError, ReelfindError

LOCK_FILE = "LOCK"

_HELD = (errno.EAGAIN, errno.EACCES)
_TRIES = 10
_PAUSE = 0.02
"""Seconds between two tries."""


class DirectoryLock:
    """Holds a lock file of ``directory`` from construction to ``release``, or to the process's end.

    The file says who holds it (JSON: pid, command), for the message that a second process
    gets. The lock itself is ``flock``, which the kernel drops when the process dies, however
    it dies; a process made by ``fork`` shares it, so workers should be spawned.

    Raises:
        InUseError: another process holds it.
        ReelfindError: the directory cannot be locked.
    """

    def __init__(self, directory: Path, name: str = LOCK_FILE) -> None:
        file = directory / name
        try:
            self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise ReelfindError(
                f"{file}: cannot be opened ({error.strerror}); make the folder writable"
            ) from error
        try:
            _lock(self._descriptor)
        except OSError as error:
            holder = _holder(file)
            os.close(self._descriptor)
            if error.errno not in _HELD:
                raise ReelfindError(
                    f"{file}: cannot be locked ({error.strerror}); keep the data directory on"
                    " a local disk, or set REELFIND_QDRANT_URL to use a Qdrant server"
                ) from error
            raise InUseError(
                f"{directory}: the index is in use by {holder}; wait for it or stop it, or set"
                " REELFIND_QDRANT_URL to share an index through a Qdrant server"
            ) from error
        self._write({"pid": os.getpid(), "command": _command()})

    def release(self) -> None:
        """Give the directory up. The file stays, empty: removing it would race."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)

    def _write(self, holder: dict[str, int | str]) -> None:
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(holder).encode(), 0)


def is_locked(directory: Path) -> bool:
    """Return whether a living process holds ``directory``, without taking it."""
    try:
        descriptor = os.open(directory / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock(descriptor: int) -> None:
    # Several tries: ``is_locked`` in another process holds it for an instant.
    for _ in range(_TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(_PAUSE)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _command() -> str:
    program, *arguments = sys.argv or ["python"]
    return shlex.join([Path(program).name, *arguments])


def _holder(file: Path) -> str:
    try:
        holder = json.loads(file.read_text())
        return f"process {holder['pid']} ({holder['command']})"
    except (OSError, ValueError, KeyError):
        # It has the lock already, and its name not yet written.
        return "another process"
