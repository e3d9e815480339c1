"""The results of one title's stages in an object store.

stages/<title id>/<stage>-<key>.zip    a result; its small files, uncompressed
apart/<title id>/<stage>-<key>-<own>/  what lies in its sub-folders, such as stills, each an object

The archive is written last, and an object appears when it is whole: so a result is there if its
archive is. The archive lists what lies apart, in a folder of its own, so that of two machines which
write one result at the same time no mixture is ever read. Where a result keeps the identity of an
earlier one, the name of its archive has it after a ``~``.
"""

import json
import shutil
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from secrets import token_hex
from zipfile import BadZipFile, ZipFile

from encoder.atomic import new_file, take_name, unfinished_folder, write_bytes
from indexer.errors import ReelfindError
from indexer.object_store import ObjectState
from indexer.sharing.bucket import READ_AHEAD, SOME, Bucket
from indexer.stages.base import PARTS

SMALL = 2**22
"""Bytes of an archive that is read at once, whichever of its files is asked for."""
APART = ".apart"
"""The member of an archive that lists what lies apart."""


@dataclass(frozen=True)
class Apart:
    """The folder of what lies apart, and the names in it."""

    folder: str
    names: frozenset[str]


@dataclass(frozen=True)
class SharedResult:
    """The archive of a result: its object, its bytes, and the identity that it keeps, if any."""

    archive: str
    size: int
    identity: str | None


def archives_in(listed: Mapping[str, ObjectState]) -> dict[str, SharedResult]:
    """Return the results among the objects of a title, by ``<stage>-<key>``."""
    found = {}
    for archive, state in listed.items():
        name, _, identity = archive.removesuffix(".zip").partition("~")
        found[name] = SharedResult(archive, state.size, identity or None)
    return found


class SharedResults:
    """The results of one title in the object store. Thread-safe.

    They are listed when they are first asked for, and again after ``forget``. Every method raises
    ``ReelfindError`` where the store cannot be asked.
    """

    def __init__(
        self,
        bucket: Bucket,
        title_id: str,
        folder: Path,
        known: Mapping[str, SharedResult] | None = None,
    ) -> None:
        """Take the title's folder on this machine, and what was listed of it already."""
        self._bucket, self._folder = bucket, folder
        self._stages, self._apart = f"stages/{title_id}", f"apart/{title_id}"
        self._known = None if known is None else dict(known)
        self._is_own_list = False
        self._lock = threading.RLock()

    def find(self, name: str) -> SharedResult | None:
        """Return a result, by ``<stage>-<key>``; None if the store has none of that name."""
        with self._lock:
            if name not in self._results() and not self._is_own_list:
                self._known = None  # Perhaps it was written after all titles were listed.
            return self._results().get(name)

    def forget(self) -> None:
        """List the results anew when they are asked for: others have written some."""
        with self._lock:
            self._known = None

    def fetch(self, name: str) -> None:
        """Read a result into its folder on this machine, whole or not at all."""
        with self._lock:
            found, final = self.find(name), self._folder / name
            if found is None or final.is_dir():
                return
            draft = unfinished_folder(self._folder)
            try:
                with self._opened(found, READ_AHEAD) as archive:
                    members = [each for each in archive.namelist() if each != APART]
                    archive.extractall(draft, members)
                    apart = _apart(archive)
                self._read_apart(apart, {each: draft / each for each in apart.names})
                take_name(draft, final)
            finally:
                shutil.rmtree(draft, ignore_errors=True)

    def fetch_file(self, name: str, *file: str) -> Path:
        """Return a file of a result on this machine: the file alone, if the result is large.

        A path without a file if the result has none of that name.
        """
        with self._lock:
            path = self._folder.joinpath(f"{PARTS}{name}", *file)
            if path.is_file() or (found := self.find(name)) is None:
                return path
            own = PurePosixPath(*file).as_posix()
            with self._opened(found) as archive:
                apart = _apart(archive)
                is_small = found.size <= SMALL and not apart.names
                is_folder = any(each.startswith(f"{own}/") for each in apart.names)
                if own in archive.namelist() and not is_small:
                    write_bytes(path, archive.read(own))
            if is_small or is_folder:
                self.fetch(name)
                return self._folder.joinpath(name, *file)
            if own in apart.names:
                path.parent.mkdir(parents=True, exist_ok=True)
                with new_file(path) as draft:
                    self._read_apart(apart, {own: draft})
            return path

    def apart(self, name: str) -> Apart:
        """Return what lies apart of a result."""
        kept = self._folder / f"{PARTS}{name}" / APART
        if not kept.is_file():
            found = self.find(name)
            if found is None:
                return Apart("", frozenset())
            with self._opened(found) as archive:
                write_bytes(kept, _listed_apart(archive))
        return _read_list(kept.read_bytes())

    def signed(self, name: str, own: str, seconds: int, media_type: str) -> str | None:
        """Return a signed address of a file that lies apart; None if there is none of that name."""
        apart = self.apart(name)
        if own not in apart.names:
            return None
        place = f"{self._apart}/{apart.folder}/{own}"
        return self._bucket.signed(place, seconds, media_type)

    def send(self, name: str, identity: str | None, replace: bool = False) -> None:
        """Write a result of this machine, unless the store has one; ``replace`` takes its place."""
        with self._lock:
            before = self.find(name)
            if before is not None and not replace:
                return
            folder = self._folder / name
            files = {
                path.relative_to(folder).as_posix(): path
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
            apart = Apart(
                f"{name}-{token_hex(8)}", frozenset(each for each in files if "/" in each)
            )
            places = {each: f"{self._apart}/{apart.folder}/{each}" for each in apart.names}
            self._bucket.write({places[each]: files[each] for each in places})
            here = archives_in(self._bucket.listed(self._stages, name))
            if name in here and not replace:  # Another machine was quicker.
                self._bucket.remove(list(places.values()))
            else:
                own = {each: path for each, path in files.items() if each not in apart.names}
                here = {name: self._write_archive(name, identity, own, apart)}
                if before is not None:
                    self._remove_others(name, here[name], apart)
            self._results()[name] = here[name]

    def remove(self, keep: Collection[str] = ()) -> None:
        """Delete all results but those to ``keep``, by ``<stage>-<key>``."""
        with self._lock:
            known = self._results()
            gone = {name: each for name, each in known.items() if name not in keep}
            self._bucket.remove([f"{self._stages}/{each.archive}" for each in gone.values()])
            if gone:
                listed = self._bucket.listed(self._apart)
                names = [own for own in listed if own.split("/")[0].rpartition("-")[0] not in keep]
                self._bucket.remove([f"{self._apart}/{own}" for own in names])
            self._known = {name: each for name, each in known.items() if name in keep}

    def _results(self) -> dict[str, SharedResult]:
        if self._known is None:
            self._known = archives_in(self._bucket.listed(self._stages))
            self._is_own_list = True
        return self._known

    @contextmanager
    def _opened(self, found: SharedResult, at_once: int = SOME) -> Iterator[ZipFile]:
        name = f"{self._stages}/{found.archive}"
        with self._bucket.opened(name, at_once) as file:
            try:
                with ZipFile(file) as archive:
                    yield archive
            except BadZipFile as error:
                if isinstance(error.__context__, OSError):  # The store could not be read.
                    raise error.__context__ from None
                raise ReelfindError(
                    f"{self._bucket.address}/{name}: is damaged ({error}); run `reelfind index` on "
                    "its film with --force"
                ) from error

    def _read_apart(self, apart: Apart, files: Mapping[str, Path]) -> None:
        for path in files.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        places = {f"{self._apart}/{apart.folder}/{own}": path for own, path in files.items()}
        self._bucket.read(places)

    def _write_archive(
        self, name: str, identity: str | None, files: Mapping[str, Path], apart: Apart
    ) -> SharedResult:
        kept = f"{name}~{identity}.zip" if identity is not None else f"{name}.zip"
        draft = unfinished_folder(self._folder)
        try:
            with ZipFile(draft / kept, "w") as archive:
                for own, path in files.items():
                    archive.write(path, own)
                if apart.names:
                    listed = {"folder": apart.folder, "names": sorted(apart.names)}
                    archive.writestr(APART, json.dumps(listed))
            size = (draft / kept).stat().st_size
            self._bucket.write({f"{self._stages}/{kept}": draft / kept})
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return SharedResult(kept, size, identity)

    def _remove_others(self, name: str, now: SharedResult, apart: Apart) -> None:
        """Delete what an earlier result of the same name has left."""
        others = [each for each in self._bucket.listed(self._stages, name) if each != now.archive]
        self._bucket.remove([f"{self._stages}/{each}" for each in others])
        earlier = self._bucket.listed(self._apart, f"{name}-")
        gone = [own for own in earlier if not own.startswith(f"{apart.folder}/")]
        self._bucket.remove([f"{self._apart}/{own}" for own in gone])


def _listed_apart(archive: ZipFile) -> bytes:
    return archive.read(APART) if APART in archive.namelist() else b"{}"


def _apart(archive: ZipFile) -> Apart:
    return _read_list(_listed_apart(archive))


def _read_list(text: bytes) -> Apart:
    said = json.loads(text)
    names = said.get("names", ())
    # Only the names of files below their own folder lead there.
    inside = frozenset(each for each in names if ".." not in PurePosixPath(each).parts)
    return Apart(said.get("folder", ""), inside)
