"""The files beside a film by the start of their names: a folder is listed once for its films."""

import time
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from indexer.hashing import SETTLED
from indexer.object_store import ObjectFolder
from indexer.remote_path import RemotePath
from indexer.text.naming import folded

LISTED = 2.0
"""Seconds that a listing counts at most: some file systems do not say when a folder changed."""


class Listing:
    """The files of a folder, in order of their names."""

    def __init__(self, files: Iterable[Path]) -> None:
        found = sorted((folded(path.name), path) for path in files)
        self._names = [name for name, _ in found]
        self._paths = [path for _, path in found]

    def starting(self, start: str) -> list[Path]:
        """Return the files whose names begin so, however case and accents are written."""
        wanted = folded(start)
        first = end = bisect_left(self._names, wanted)
        while end < len(self._names) and self._names[end].startswith(wanted):
            end += 1
        return self._paths[first:end]


def listing(folder: Path) -> Listing:
    """Return the files of a folder; listed again when it has changed.

    Raises:
        OSError: it cannot be listed.
    """
    if isinstance(folder, RemotePath):
        return _of_objects(folder, folder.listed())
    about = folder.stat()
    if time.time() - about.st_mtime < SETTLED:
        return Listing(folder.iterdir())
    return _remembered(folder, about.st_mtime_ns, int(time.monotonic() / LISTED))


@lru_cache(maxsize=16)
def _remembered(folder: Path, modified: int, period: int) -> Listing:
    del modified, period  # What tells one state of the folder from another.
    return Listing(folder.iterdir())


@lru_cache(maxsize=16)
def _of_objects(folder: RemotePath, found: ObjectFolder) -> Listing:
    """Return the files of a folder; the same one for what was listed once."""
    return Listing(folder / name for name in found.entries)


def sidecars_in_folder(film: Path) -> list[Path]:
    """Return the files in a film's folder whose names begin as its own does, with the film.

    Raises:
        OSError: the folder cannot be listed.
    """
    return listing(film.parent).starting(film.stem)
