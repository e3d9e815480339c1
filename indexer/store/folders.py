"""Folders of the embedded store: committed, and exchanged so that a kill can be made good."""

import shutil
from pathlib import Path

from encoder.atomic import UNFINISHED, remove_folder, rename, sync

_SUCCESSOR = ".next-"


def commit(folder: Path, place: Path) -> None:
    """Give a filled folder its name, at once and for good."""
    sync(folder)
    rename(folder, place)
    sync(place.parent)


def exchange(folder: Path, place: Path) -> None:
    """Give a filled folder the name of another one, which is deleted.

    After a kill in between, ``settle`` completes it.
    """
    successor = place.with_name(f"{_SUCCESSOR}{place.name}")
    rename(folder, successor)
    sync(place.parent)
    remove_folder(place)
    commit(successor, place)


def settle(parent: Path) -> None:
    """Complete the exchanges that were interrupted: a successor is always whole."""
    for successor in parent.glob(f"{_SUCCESSOR}*"):
        place = successor.with_name(successor.name.removeprefix(_SUCCESSOR))
        if place.exists():
            remove_folder(place)
        commit(successor, place)


def sweep(parent: Path) -> None:
    """Delete what killed processes left unfinished."""
    for folder in parent.glob(f"{UNFINISHED}*"):
        shutil.rmtree(folder)
