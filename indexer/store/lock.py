"""One process owns an embedded store: an exclusive lock that dies with its holder."""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from filelock import lock_descriptor, unlock_descriptor

from indexer.errors import InUseError, ReelfindError

LOCK_FILE = "LOCK"

_PATIENCE = 0.2
"""Seconds to keep trying: ``is_locked`` in another process has the lock for an instant."""
_PAUSE = 0.002
"""Seconds between two tries."""


class Held(Protocol):
    """A lock that somebody has."""

    def release(self) -> None:
        """Give it up."""
        ...


class WriterLock(Protocol):
    """The lock of whoever writes to the index of a data directory: one at a time."""

    def take(self) -> Held:
        """Take the lock.

        Raises:
            InUseError: another process has it.
            ReelfindError: nobody can have it.
        """
        ...

    def is_taken(self) -> bool:
        """Return whether a living process has it."""
        ...


@dataclass(frozen=True)
class DirectoryWriter:
    """The lock of a data directory's own file: for the processes of one machine."""

    directory: Path

    def take(self) -> Held:
        """Take the lock; see ``DirectoryLock``."""
        return DirectoryLock(self.directory)

    def is_taken(self) -> bool:
        """Return whether a living process has it."""
        return is_locked(self.directory)


class DirectoryLock:
    """Holds a lock file of ``directory`` from construction to ``release``, or to the process's end.

    The system drops the lock when the process dies, however it dies; a process made by ``fork``
    shares it, so workers should be spawned. A second file, ``LOCK.json`` beside ``LOCK``, says
    who holds it (pid, command) for the message that a second process gets: Windows lets nobody
    else read the locked byte.

    Raises:
        InUseError: another process holds it.
        ReelfindError: the directory cannot be locked.
    """

    def __init__(self, directory: Path, name: str = LOCK_FILE) -> None:
        self._file = file = directory / name
        try:
            self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise ReelfindError(
                f"{file}: cannot be opened ({error.strerror}); make the folder writable"
            ) from error
        try:
            self._take(file)
            about = json.dumps({"pid": os.getpid(), "command": _command()})
            _holder_file(file).write_text(about, encoding="utf-8")
        except BaseException:
            os.close(self._descriptor)
            raise

    def release(self) -> None:
        """Give the directory up. The lock file stays: removing it would race."""
        _forget(self._file, self._descriptor)
        unlock_descriptor(self._descriptor)
        os.close(self._descriptor)

    def _take(self, file: Path) -> None:
        try:
            taken = _lock(self._descriptor)
        except OSError as error:
            raise ReelfindError(
                f"{file}: cannot be locked ({error.strerror}); keep the data directory on"
                " a local disk, or set REELFIND_QDRANT_URL to use a Qdrant server"
            ) from error
        if not taken:
            # One that has just locked it has not yet said who it is.
            raise InUseError(
                f"{file.parent}: the index is in use by {_holder(file) or 'another process'}; wait"
                " for it or stop it, or set REELFIND_QDRANT_URL to share an index through a Qdrant"
                " server"
            )
        _forget(file, self._descriptor)


def is_locked(directory: Path) -> bool:
    """Return whether a living process holds ``directory``, without keeping it from anyone."""
    file = directory / LOCK_FILE
    try:
        descriptor = _open(file)
    except OSError:
        return False
    try:
        # Of two that ask at once, each may find the lock of the other, who says no name.
        if not _lock(descriptor, lambda: _holder(file) is not None):
            return True
        _forget(file, descriptor)
        unlock_descriptor(descriptor)
    except OSError:  # Nobody can lock files on this disk.
        return False
    finally:
        os.close(descriptor)
    return False


def _open(file: Path) -> int:
    try:
        return os.open(file, os.O_RDWR)  # NFS grants exclusive locks to writers only.
    except OSError:  # A data directory that may only be read.
        return os.open(file, os.O_RDONLY)


def _lock(descriptor: int, is_held: Callable[[], bool] = lambda: False) -> bool:
    """Lock a file; return False if it is held for long, or by somebody ``is_held`` knows."""
    end = time.monotonic() + _PATIENCE
    while not lock_descriptor(descriptor, blocking=False):
        if is_held() or time.monotonic() >= end:
            return False
        time.sleep(_PAUSE)
    return True


def _forget(file: Path, descriptor: int) -> None:
    """Delete what a process that was killed said of itself; the caller has the lock."""
    with suppress(OSError):
        _holder_file(file).unlink(missing_ok=True)
        if os.fstat(descriptor).st_size:
            os.ftruncate(descriptor, 0)


def _command() -> str:
    program, *arguments = sys.argv or ["python"]
    join = subprocess.list2cmdline if os.name == "nt" else shlex.join
    return join([Path(program).name, *arguments])


def _holder_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def _holder(file: Path) -> str | None:
    # Earlier versions wrote into the lock file itself, which is empty since.
    for each in (file, _holder_file(file)):
        with suppress(OSError, ValueError, KeyError, TypeError):
            holder = json.loads(each.read_text(encoding="utf-8"))
            return f"process {holder['pid']} ({holder['command']})"
    return None
