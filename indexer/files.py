"""Opens regular files only, and detects when a file was replaced or changed."""

import errno
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from indexer.object_store import reader
from indexer.remote_path import RemotePath

_AT_ONCE = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
"""A named pipe that nobody writes to would otherwise be waited for. Windows has none in folders."""


def open_regular(path: Path) -> BinaryIO:
    """Open a file, or an object of a store, for reading.

    Raises:
        OSError: it cannot be opened, or is a folder, a named pipe, a socket or a device.
    """
    if isinstance(path, RemotePath):
        return cast(BinaryIO, reader(path.name_in_store))
    _check(path.stat())  # To open a device may change it, and a socket cannot be opened.
    descriptor = os.open(path, _AT_ONCE)
    try:
        _check(os.fstat(descriptor))
    except OSError:  # Replaced in between.
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def _check(about: os.stat_result) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise OSError(errno.EINVAL, "a folder, named pipe, socket or device, not a file")


def is_settled(path: Path, about: os.stat_result, seconds: float) -> bool:
    """Return whether a file's last change lies some seconds back.

    Its times then tell one content from the next. An object's state does so at once.
    """
    changed = max(about.st_mtime, about.st_ctime)
    return isinstance(path, RemotePath) or time.time() - changed >= seconds


@dataclass(frozen=True, slots=True)
class FileState:
    """The state of a file: it differs for another file, and after a change of the content.

    ``path`` has all links resolved. ``modified`` is in nanoseconds.
    """

    path: Path
    device: int
    inode: int
    size: int
    modified: int


def state_of(path: Path) -> FileState:
    """Return the current state of a file.

    Raises:
        OSError: it is missing or cannot be read.
    """
    real = path.resolve(strict=True)
    about = real.stat()
    return FileState(real, about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns)
