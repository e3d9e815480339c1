"""The small files of a data directory, kept the same in an object store.

catalogue/…            what belongs to no title: profile, id, encoders, probes, replaced titles
titles/<title id>/…    title.json, edited.json, and its files of ``indexed`` and ``seen``

``shared.json`` in the data directory says in which state each file was the same in both places.
"""

import hashlib
import json
import shutil
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from encoder.atomic import remove_file, rename, unfinished_folder, write_text
from indexer.errors import ReelfindError
from indexer.object_store import ObjectState
from indexer.sharing.bucket import Bucket

CATALOGUE, TITLES = "catalogue", "titles"
"""The folders of the store, for ``where``; ``titles/<title id>`` is one too."""
FILE = "shared.json"
ALONE = ("reelfind.json", "catalogue-id", "indexed/COUNT")
FOLDERS = ("encoders", "probes", "replaced")
OF_A_TITLE = {
    "title.json": "titles/{}/title.json",
    "edited.json": "titles/{}/edited.json",
    "indexed": "indexed/{}",
    "seen": "seen/{}",
}
"""The records of a title: their names in the store, and the files of the data directory."""
LAST = ("title.json", "CURRENT", "in-use.json", "reelfind.json")
"""Files that refer to others, which must be there before them."""
SAVED_EVERY = 5.0
"""Seconds between two writes of ``shared.json`` while many titles are pushed one by one."""

Same = tuple[str, int, int]
"""When a file was the same in both places: its tag in the store, its bytes, and its time here."""


class Records:
    """Brings records from the object store to this machine, and back. Thread-safe.

    Every method raises ``ReelfindError`` where the store cannot be asked.
    """

    def __init__(self, data: Path, bucket: Bucket) -> None:
        self._data, self._bucket = data, bucket
        self._lock = threading.RLock()
        self._same: dict[str, Same] | None = None
        self._version = self._saved_version = 0
        self._saved = 0.0

    def pull(self, where: str) -> list[str]:
        """Read what others have written; the store's version counts.

        What was changed here alone stays, until ``push``.

        Returns:
            The files of the data directory that others have deleted, and that are now gone.
        """
        while True:
            version, listed = self._version, self._bucket.listed(where)
            there = {f"{where}/{name}": state for name, state in listed.items()}
            with self._lock:
                if version == self._version:  # Else another thread knows more than this list.
                    return self._take_over(where, there)

    def _take_over(self, where: str, there: Mapping[str, ObjectState]) -> list[str]:
        """Read what differs from the list of the store; see ``pull``. The caller has the lock."""
        same = self._known()
        wanted = [
            name
            for name, state in there.items()
            if _place(name) is not None
            and (
                (before := same.get(name)) is None
                or before[0] != state.tag
                or self._here(name) is None
            )
        ]
        for batch in _in_order(wanted):
            self._read(batch, there)
        gone = []
        missing = [each for each in same if each.startswith(f"{where}/") and each not in there]
        if missing and "reelfind.json" not in self._bucket.listed(CATALOGUE):
            missing = []  # Nobody has removed titles: the store was emptied, or is another.
            self._version += 1
            same.clear()
        for name in missing:
            self._version += 1
            if same.pop(name)[1:] == self._here(name):
                remove_file(self._path(name))
                gone.append(self._path(name).relative_to(self._data).as_posix())
        self._save()
        return gone

    def push(self, where: str) -> None:
        """Write what was written or changed here."""
        with self._lock:
            same = self._known()
            here = {name: self._here(name) for name in self._names(where)}
            changed = [
                name
                for name, state in here.items()
                if state is not None and (name not in same or same[name][1:] != state)
            ]
            for batch in _in_order(changed):
                tags = {name: _tag(self._path(name)) for name in batch}
                other = [name for name in batch if name not in same or same[name][0] != tags[name]]
                self._bucket.write({name: self._path(name) for name in other})
                for name in batch:
                    state = here[name]
                    assert state is not None
                    same[name] = (tags[name], *state)
            self._version += bool(changed)
            self._save(now="/" not in where)

    def drop(self, names: Iterable[str]) -> None:
        """Delete files of the data directory from the store, in the order of their names here."""
        with self._lock:
            gone = [name for name in map(_name, names) if name is not None]
            self._bucket.remove(gone)
            for name in gone:
                self._known().pop(name, None)
                self._version += 1
            self._save()

    def _read(self, names: Collection[str], there: Mapping[str, ObjectState]) -> None:
        if not names:
            return
        self._data.mkdir(parents=True, exist_ok=True)
        draft = unfinished_folder(self._data)
        try:
            drafts = {name: draft / str(number) for number, name in enumerate(names)}
            try:
                self._bucket.read(drafts)
            except FileNotFoundError as error:
                raise ReelfindError(
                    f"{self._bucket.address}: was changed while it was read; run the same command "
                    "again"
                ) from error
            for name, file in drafts.items():
                path = self._path(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                rename(file, path)
                state = self._here(name)
                assert state is not None
                self._known()[name] = (there[name].tag, *state)
                self._version += 1
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _names(self, where: str) -> Iterator[str]:
        """Yield the names in the store of the records that may be here."""
        if where == CATALOGUE:
            yield from (f"{CATALOGUE}/{file}" for file in ALONE)
            for folder in FOLDERS:
                for path in sorted((self._data / folder).rglob("*")):
                    own = path.relative_to(self._data)
                    if not any(part.startswith(".") for part in own.parts) and path.is_file():
                        yield f"{CATALOGUE}/{own.as_posix()}"
            return
        _, _, title_id = where.partition("/")
        titles = [title_id] if title_id else [each.name for each in self._titles()]
        for each in titles:
            yield from (f"{TITLES}/{each}/{own}" for own in OF_A_TITLE)

    def _titles(self) -> list[Path]:
        folder = self._data / "titles"
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def _path(self, name: str) -> Path:
        place = _place(name)
        assert place is not None
        return self._data / place

    def _here(self, name: str) -> tuple[int, int] | None:
        try:
            about = self._path(name).stat()
        except OSError:
            return None
        return about.st_size, about.st_mtime_ns

    def _known(self) -> dict[str, Same]:
        if self._same is None:
            self._same = {}
            try:
                said = json.loads((self._data / FILE).read_text(encoding="utf-8"))
                if said["place"] == self._bucket.address:
                    found = {
                        str(name): (str(tag), int(size), int(changed))
                        for name, (tag, size, changed) in said["files"].items()
                    }
                    self._same = {name: each for name, each in found.items() if _place(name)}
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                pass  # Everything is compared anew.
        return self._same

    def _save(self, now: bool = True) -> None:
        """Write ``shared.json`` if it changed; without ``now``, perhaps at a later time."""
        if self._version != self._saved_version and (
            now or time.monotonic() - self._saved > SAVED_EVERY
        ):
            said = {"place": self._bucket.address, "files": self._known()}
            write_text(self._data / FILE, json.dumps(said))
            self._saved, self._saved_version = time.monotonic(), self._version


def _tag(path: Path) -> str:
    """Return the tag that most stores give an object; from others it is read once more."""
    return f'"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}"'


def _place(name: str) -> str | None:
    """Return the file of the data directory for a name in the store; None if it is no record."""
    folder, _, own = name.partition("/")
    parts = own.split("/")
    if any(part.startswith(".") or not part for part in parts):
        return None
    if folder == CATALOGUE:
        return own if own in ALONE or parts[0] in FOLDERS else None
    if folder == TITLES and len(parts) == 2 and parts[1] in OF_A_TITLE:
        return OF_A_TITLE[parts[1]].format(parts[0])
    return None


def _name(file: str) -> str | None:
    """Return the name in the store for a file of the data directory."""
    parts = file.split("/")
    if file in ALONE or parts[0] in FOLDERS:
        return f"{CATALOGUE}/{file}"
    own = {"titles": parts[-1]}.get(parts[0], parts[0])
    return f"{TITLES}/{parts[1]}/{own}" if own in OF_A_TITLE else None


def _in_order(names: Collection[str]) -> tuple[list[str], list[str]]:
    """Return names in two groups: the second refer to the first."""
    later = [name for name in names if name.split("/")[-1] in LAST]
    return [name for name in names if name not in set(later)], later
