"""Folders and small files that appear and vanish whole, whatever kills the process."""

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

_UNFINISHED = ".unfinished-"
_SUCCESSOR = ".next-"


def new_folder(parent: Path) -> Path:
    """Return a new empty folder in ``parent`` that is no one's yet: see ``commit``."""
    return Path(mkdtemp(prefix=_UNFINISHED, dir=parent))


def commit(folder: Path, place: Path) -> None:
    """Give a filled folder its name, at once and for good."""
    folder.chmod(0o755)
    folder.replace(place)
    sync(place.parent)


def exchange(folder: Path, place: Path) -> None:
    """Give a filled folder the name of another one, which is deleted.

    After a kill in between, ``settle`` completes it.
    """
    folder.chmod(0o755)
    successor = place.with_name(f"{_SUCCESSOR}{place.name}")
    folder.replace(successor)
    sync(place.parent)
    remove(place)
    commit(successor, place)


def settle(parent: Path) -> None:
    """Complete the exchanges that were interrupted: a successor is always whole."""
    for successor in parent.glob(f"{_SUCCESSOR}*"):
        place = successor.with_name(successor.name.removeprefix(_SUCCESSOR))
        if place.exists():
            remove(place)
        commit(successor, place)


def remove(folder: Path) -> None:
    """Delete a folder: its name goes first, at once, so that no half of it is ever seen."""
    doomed = new_folder(folder.parent) / folder.name
    folder.replace(doomed)
    sync(folder.parent)
    shutil.rmtree(doomed.parent)


def sweep(parent: Path) -> None:
    """Delete what killed processes left unfinished."""
    for folder in parent.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(folder)


def write_text(file: Path, text: str) -> None:
    """Replace a file's text at once; when this returns it survives a power cut."""
    draft = file.with_name(f"{file.name}.draft")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
    sync(file.parent)


def sync(folder: Path) -> None:
    """Make a folder's entries (names, not contents) survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
