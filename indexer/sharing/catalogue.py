"""What a catalogue shares by an object store, and what is the same without one: nothing."""

import logging
import shutil
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ReelfindError
from indexer.sections import StorageSettings
from indexer.sharing.bucket import Bucket
from indexer.sharing.records import CATALOGUE, TITLES, Records
from indexer.sharing.results import SharedResult, SharedResults, archives_in
from indexer.store.lock import Held, WriterLock

_log = logging.getLogger(__name__)
LISTED_ALONE = 50
"""Titles whose results are listed one by one; of more, those of the whole catalogue at once."""


class NotShared:
    """The artefacts of a data directory that stay on this machine, or its file system."""

    def results(self, title_id: str, folder: Path) -> SharedResults | None:
        """Return the results of a title in the store; None: there are none."""
        del title_id, folder
        return None

    def list_results(self, titles: int) -> None:
        """List the results of all titles at once, if those of so many are asked for next."""

    def refresh(self, where: str) -> None:
        """Read records that others have changed, unless that was done a moment ago."""

    def pull(self, where: str) -> None:
        """Read records that others have changed."""

    def push(self, where: str) -> None:
        """Write records that were changed here."""

    def drop(self, files: Iterable[str]) -> None:
        """Delete records, by the names of their files in the data directory."""

    def remove(self, title_id: str) -> None:
        """Delete all of a title, its manifest first."""

    def writer(self, own: WriterLock) -> WriterLock:
        """Return the lock of whoever writes to the index."""
        return own


class Shared(NotShared):
    """The artefacts of a data directory that lie in an object store; the directory is a copy.

    Every method raises ``ReelfindError`` where the store cannot be asked, except ``refresh``: what
    is on this machine goes on to be served.
    """

    def __init__(self, data: Path, address: str, refresh: float, keep: bool = True) -> None:
        """Take the data directory and the settings, see ``StorageSettings``."""
        self._data, self._patience, self._keep = data, refresh, keep
        self._bucket = Bucket(address)
        self._records = Records(data, self._bucket)
        self._current: dict[str, float] = {}
        self._listed: dict[str, dict[str, SharedResult]] | None = None
        self._writing = threading.Event()

    def results(self, title_id: str, folder: Path) -> SharedResults:
        """Return the results of a title in the store."""
        known = None if self._listed is None else self._listed.get(title_id, {})
        return SharedResults(self._bucket, title_id, folder, self._keep, known)

    def list_results(self, titles: int) -> None:
        """List the results of all titles at once, if those of so many are asked for next."""
        if titles <= LISTED_ALONE or self._listed is not None:
            return
        found: dict[str, dict[str, SharedResult]] = {}
        for name, state in self._bucket.listed("stages").items():
            title_id, _, archive = name.partition("/")
            found.setdefault(title_id, {}).update(archives_in({archive: state}))
        self._listed = found

    def refresh(self, where: str) -> None:
        """Read records that others have changed, unless that was done a moment ago.

        Whoever writes to the index has read them at the start, and knows of all changes since.

        Raises:
            ReelfindError: the store cannot be asked, and nothing is on this machine.
        """
        if self._writing.is_set() or self._is_current(where):
            return
        if where in self._current:  # Other threads go on with what is here.
            self._current[where] = time.monotonic()
        try:
            self.pull(where)
        except ReelfindError as error:
            if not (self._data / "reelfind.json").is_file():
                raise
            self._current[where] = time.monotonic()
            _log.warning("%s; what is on this machine is served meanwhile", error)

    def pull(self, where: str) -> None:
        """Read records that others have changed, and delete titles that they have removed."""
        for file in self._records.pull(where):
            if file.endswith("/title.json"):
                shutil.rmtree((self._data / file).parent, ignore_errors=True)
        self._current[where] = time.monotonic()

    def push(self, where: str) -> None:
        """Write records that were changed here."""
        self._records.push(where)

    def drop(self, files: Iterable[str]) -> None:
        """Delete records, by the names of their files in the data directory."""
        self._records.drop(files)

    def remove(self, title_id: str) -> None:
        """Delete all of a title, its manifest first."""
        places = ("titles/{}/title.json", "titles/{}/edited.json", "indexed/{}", "seen/{}")
        self.drop(place.format(title_id) for place in places)
        SharedResults(self._bucket, title_id, self._data / "titles" / title_id).remove()

    def writer(self, own: WriterLock) -> WriterLock:
        """Return the lock of whoever writes to the index: it reads all records when it is taken."""
        return _SharedWriter(own, self)

    def begin_writing(self) -> None:
        """Read all records; until ``end_writing`` they are changed by this process alone."""
        self.pull(CATALOGUE)
        self.pull(TITLES)
        self._writing.set()

    def end_writing(self) -> None:
        """Take note that others may write again."""
        self._writing.clear()
        self._listed = None

    def _is_current(self, where: str) -> bool:
        known = max(self._current.get(each, -float("inf")) for each in (where, where.split("/")[0]))
        return time.monotonic() - known < self._patience


def shared_artefacts(data: Path, settings: StorageSettings) -> NotShared:
    """Return what a data directory shares by its settings."""
    if settings.artefacts is None:
        return NotShared()
    return Shared(data, settings.artefacts, settings.refresh, settings.keep)


@dataclass(frozen=True)
class _SharedWriter:
    own: WriterLock
    shared: Shared

    def take(self) -> Held:
        held = self.own.take()
        try:
            self.shared.begin_writing()
        except BaseException:
            held.release()
            raise
        return _SharedHeld(held, self.shared)

    def is_taken(self) -> bool:
        return self.own.is_taken()


@dataclass(frozen=True)
class _SharedHeld:
    own: Held
    shared: Shared

    def release(self) -> None:
        self.shared.end_writing()
        self.own.release()
