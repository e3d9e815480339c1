"""The results of one title's stages in an object store.

stages/<title id>/<stage>-<key>.zip    a result; its small files, uncompressed
apart/<title id>/<stage>-<key>-<own>/  what lies in its sub-folders, such as stills, each an object

The archive is written last, and an object appears when it is whole: so a result is there if its
archive is. The archive lists what lies apart, in a folder of its own, so that of two machines which
write one result at the same time no mixture is ever read. The name of an archive also has ``.as-``
and the identity of an earlier result, if it keeps one, and ``.more``, if something lies apart.
"""

import json
import shutil
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from secrets import token_hex
from zipfile import BadZipFile, ZipFile

from encoder.atomic import new_file, remove_folder, take_name, unfinished_folder, write_bytes
from indexer.errors import ReelfindError
from indexer.object_store import ObjectState
from indexer.sharing.bucket import READ_AHEAD, SOME, Bucket
from indexer.stages.base import PARTS

SMALL = 2**22
"""Bytes of an archive that is read at once, whichever of its files is asked for."""
AS, MORE = ".as-", ".more"
"""In the names of archives; see above."""
APART = ".apart"
"""The member of an archive that lists what lies apart."""


@dataclass(frozen=True)
class Apart:
    """The folder of what lies apart, and the names in it."""

    folder: str
    names: frozenset[str]


NONE = Apart("", frozenset())


@dataclass(frozen=True)
class SharedResult:
    """The archive of a result: its object, and its bytes.

    ``identity`` is that of an earlier result, if it keeps one. ``has_apart`` says whether something
    of it lies apart.
    """

    archive: str
    size: int
    identity: str | None
    has_apart: bool

    @property
    def is_large(self) -> bool:
        """Whether it is read in parts, as they are asked for."""
        return self.has_apart or self.size > SMALL


def archives_in(listed: Mapping[str, ObjectState]) -> dict[str, SharedResult]:
    """Return the results among the objects of a title, by ``<stage>-<key>``."""
    found = {}
    for archive, state in listed.items():
        kept = archive.removesuffix(".zip")
        name, _, identity = kept.removesuffix(MORE).partition(AS)
        found[name] = SharedResult(archive, state.size, identity or None, kept.endswith(MORE))
    return found


def archive_of(name: str, identity: str | None, has_apart: bool) -> str:
    """Return the name of the archive of a result."""
    kept = f"{AS}{identity}" if identity is not None else ""
    return f"{name}{kept}{MORE if has_apart else ''}.zip"


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
        keep: bool = True,
        known: Mapping[str, SharedResult] | None = None,
    ) -> None:
        """Take the title's folder on this machine.

        Args:
            bucket: the object store.
            title_id: of the title.
            folder: of the title, on this machine.
            keep: whether this machine keeps large results that are in the store.
            known: what was listed of the title already.
        """
        self._bucket, self._folder, self._keep = bucket, folder, keep
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
                    apart = _read_list(archive.read(APART)) if found.has_apart else NONE
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
            own, apart = PurePosixPath(*file).as_posix(), self._apart_of(name)
            if not found.is_large or any(each.startswith(f"{own}/") for each in apart.names):
                self.fetch(name)
                return self._folder.joinpath(name, *file)
            path.parent.mkdir(parents=True, exist_ok=True)
            if own in apart.names:
                with new_file(path) as draft:
                    self._read_apart(apart, {own: draft})
            else:
                with self._opened(found) as archive:
                    if own in archive.namelist():
                        _extract(archive, own, path)
            return path

    def free(self) -> None:
        """Delete large results from this machine that are in the store, unless it keeps them."""
        if self._keep:
            return
        with self._lock:
            for name, found in self._results().items():
                if found.is_large and (self._folder / name).is_dir():
                    with suppress(OSError):  # On Windows somebody reads it.
                        remove_folder(self._folder / name)

    def _apart_of(self, name: str) -> Apart:
        """Return what lies apart of a result."""
        kept = self._folder / f"{PARTS}{name}" / APART
        if not kept.is_file():
            found = self.find(name)
            if found is None or not found.has_apart:
                return NONE
            with self._opened(found) as archive:
                write_bytes(kept, archive.read(APART))
        return _read_list(kept.read_bytes())

    def signed(self, name: str, own: str, seconds: int, media_type: str) -> str | None:
        """Return a signed address of a file that lies apart; None if there is none of that name."""
        apart = self._apart_of(name)
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
            names = frozenset(each for each in files if "/" in each)
            apart = Apart(f"{name}-{token_hex(8)}", names)
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

    def delete(self, stage: str) -> bool:
        """Delete the results of a stage, under whatever key; return whether there were any."""
        with self._lock:
            names = set(self._results())
        keep = {name for name in names if name.rpartition("-")[0] != stage}
        self.remove(keep)
        return keep != names

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
        kept = archive_of(name, identity, bool(apart.names))
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
        return archives_in({kept: ObjectState(size, 0, "")})[name]

    def _remove_others(self, name: str, now: SharedResult, apart: Apart) -> None:
        """Delete what an earlier result of the same name has left."""
        # Its archive had another name if another identity was kept, or nothing lay apart.
        others = [each for each in self._bucket.listed(self._stages, name) if each != now.archive]
        self._bucket.remove([f"{self._stages}/{each}" for each in others])
        earlier = self._bucket.listed(self._apart, f"{name}-")
        gone = [own for own in earlier if not own.startswith(f"{apart.folder}/")]
        self._bucket.remove([f"{self._apart}/{own}" for own in gone])


def _extract(archive: ZipFile, member: str, path: Path) -> None:
    with archive.open(member) as source, new_file(path) as draft, draft.open("wb") as target:
        shutil.copyfileobj(source, target, READ_AHEAD)


def _read_list(text: bytes) -> Apart:
    said = json.loads(text)
    # Other names would lead out of the folder.
    inside = frozenset(each for each in said["names"] if ".." not in PurePosixPath(each).parts)
    return Apart(said["folder"], inside)
