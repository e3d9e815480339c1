"""Atomic writes of files and folders.

Each is written under a unique hidden name in the same folder, and then renamed in one step. A
concurrent reader finds the old one, the new one or none.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

UNFINISHED = ".unfinished-"
"""How the names begin under which files and folders are written."""

_WINDOWS = os.name == "nt"
_PATIENCE = 2.0
"""Seconds that Windows may refuse to rename or delete what somebody reads, such as a scanner."""
_PAUSE = 0.02


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Yield a path to write to; the file written there replaces ``path`` at the end."""
    with _draft(path.parent) as draft:
        yield draft
        rename(draft, path)


def write_bytes(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file, and create its folder if necessary.

    The content is flushed to disk before the rename.

    Args:
        path: the file.
        content: of the file.
        mode: its permissions, reduced by the process's umask.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_file(path) as draft:
        _write(draft, content, mode)


def write_text(path: Path, text: str, mode: int = 0o666) -> None:
    """Write a text as UTF-8; otherwise like ``write_bytes``."""
    write_bytes(path, text.encode(), mode)


def write_once(path: Path, text: str) -> str:
    """Write a small file that never changes, unless it exists; return its content.

    Of several concurrent processes, one writes, and all return the same content.
    """
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with _draft(path.parent) as draft:
            _write(draft, text.encode())
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            except OSError:  # A file system without links.
                rename(draft, path)
    return path.read_text(encoding="utf-8")


def unfinished_folder(parent: Path) -> Path:
    """Return a new empty folder in ``parent``, to be filled and renamed."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = _own_name(parent)
    folder.mkdir()
    return folder


def take_name(folder: Path, name: Path) -> bool:
    """Rename a filled folder; return False if a folder with files has the name already."""
    try:
        rename(folder, name)
    except OSError:
        if not name.is_dir():
            raise
        return False
    return True


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to fill, which becomes ``folder`` at the end.

    Raises:
        FileExistsError: ``folder`` is there already.
    """
    taken = FileExistsError(f"{folder}: already there; choose another folder or remove it")
    if folder.exists():
        raise taken
    draft = unfinished_folder(folder.parent)
    try:
        yield draft
        if not take_name(draft, folder):
            raise taken
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write ``folder`` with its files (name to content); all of it survives a power cut.

    Raises:
        FileExistsError: ``folder`` is there already.
    """
    with new_folder(folder) as draft:
        for name, content in files.items():
            _write(draft / name, content)
        sync(draft)
    sync(folder.parent)


def remove_folder(folder: Path) -> None:
    """Delete a folder. It is renamed first, so that a half-deleted folder is never visible."""
    doomed = unfinished_folder(folder.parent)
    try:
        rename(folder, doomed / folder.name)
        sync(folder.parent)
    finally:
        shutil.rmtree(doomed, ignore_errors=True)


def rename(source: Path, target: Path) -> None:
    """Rename a file or folder; a file takes the place of ``target``."""
    _when_unread(lambda: source.replace(target), lambda: not target.is_dir())


def remove_file(path: Path) -> None:
    """Delete a file, if it is there."""
    _when_unread(lambda: path.unlink(missing_ok=True))


def sync(folder: Path) -> None:
    """Make renames in a folder survive a power cut, if the system supports that."""
    if _WINDOWS:  # It cannot open folders.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _when_unread(act: Callable[[], object], may_pass: Callable[[], bool] = lambda: True) -> None:
    """Change a name; on Windows, wait while others have the file open and it ``may_pass``."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            act()
            return
        except PermissionError:
            if not _WINDOWS or time.monotonic() >= end or not may_pass():
                raise
        time.sleep(_PAUSE)


@contextmanager
def _draft(parent: Path) -> Iterator[Path]:
    draft = _own_name(parent)
    try:
        yield draft
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _own_name(parent: Path) -> Path:
    return parent / f"{UNFINISHED}{token_hex(8)}"


def _write(path: Path, content: bytes, mode: int = 0o666) -> None:
    file: BinaryIO
    with open(path, "xb", opener=partial(os.open, mode=mode)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
