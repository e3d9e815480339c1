"""A stage, its key, and the atomic commit of what it writes.

A title's folder holds one sub-folder a stage, named ``<stage>-<key>``. The key is a hash of
the source content, the stage's name and version, its settings and the keys of its inputs, so
a folder with the wanted name *is* the wanted result. A stage writes into a temporary folder
that is renamed in one step when whole: a kill at any point leaves either all of it or none.

A stage that is run under a new key may make the same files as under an old one, as after an
update that changes the results of few titles. Its result then keeps the old one's identity, and
stages that read it keep their keys and are not run again.
"""

import filecmp
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from encoder.atomic import remove_folder, take_name, unfinished_folder

if TYPE_CHECKING:
    from indexer.sharing.results import SharedResults

W = TypeVar("W")
KEY_LENGTH = 16
SAME_AS = ".same-as"
"""A file in a result's folder: the key of the first result with the same files."""
PARTS = ".part-"
"""How the names of folders begin that have some files of a result in the store."""


def stage_key(
    content_hash: str,
    stage: str,
    version: int,
    settings: Mapping[str, object],
    inputs: Mapping[str, str],
) -> str:
    """Return the key of a stage's result: 16 hex digits, equal if and only if all parts are.

    Args:
        content_hash: of the media file.
        stage: its name.
        version: raised by hand when the stage's code gives other results.
        settings: what the stage reads of the settings and of models; JSON values only.
        inputs: the identities of the results it reads, by stage.
    """
    parts = {
        "content": content_hash,
        "stage": stage,
        "version": version,
        "settings": settings,
        "inputs": inputs,
    }
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]


@dataclass(frozen=True)
class Stage(Generic[W]):
    """One step of the pipeline over the work ``W`` of one title.

    Args:
        name: also that of its folders.
        version: raised by hand when its code gives other results.
        inputs: the names of the stages it reads.
        settings: returns what its result depends on besides its inputs.
        run: writes into the empty folder it is given and reads its inputs from the work's folders.
        doing: what it does, for people, such as "finding shots".
        rate: seconds of work per second of film, measured on two cores; for estimates until
            ``Timings`` has learnt better.
        reads_film: whether it opens the film itself. Its result is then kept only where the film
            is the same before and after.
    """

    name: str
    version: int
    inputs: tuple[str, ...]
    settings: Callable[[W], Mapping[str, object]]
    run: Callable[[W, Path], None]
    doing: str
    rate: float
    reads_film: bool = False


class TitleFolder:
    """The artefacts of one title on disk; ``shared`` are those in an object store, if any."""

    def __init__(self, path: Path, shared: "SharedResults | None" = None) -> None:
        self.path = path
        self._shared = shared

    def stage(self, name: str, key: str) -> Path:
        """Return the folder of a stage's result; it exists if and only if it is on this machine."""
        return self.path / f"{name}-{key}"

    def has(self, name: str, key: str) -> bool:
        """Return whether a stage's result is there."""
        folder = self.stage(name, key)
        elsewhere = self._elsewhere(folder)
        return folder.is_dir() or (elsewhere is not None and bool(elsewhere.find(folder.name)))

    def result(self, name: str, key: str) -> Path:
        """Return the folder of a stage's result; one that is only in the store is read from it."""
        folder = self.stage(name, key)
        if elsewhere := self._elsewhere(folder):
            elsewhere.fetch(folder.name)
        return folder

    def file(self, name: str, key: str, *file: str) -> Path:
        """Return a file of a stage's result, or a folder in it.

        Of a large result that is only in the store, the file alone is read.
        """
        folder = self.stage(name, key)
        if file and (elsewhere := self._elsewhere(folder)):
            return elsewhere.fetch_file(folder.name, *file)
        return self.result(name, key).joinpath(*file)

    def signed(
        self, name: str, key: str, file: Sequence[str], seconds: int, media_type: str
    ) -> str | None:
        """Return a signed address of a file in a folder of a stage's result.

        None if the result is on this machine, or has no such file.
        """
        folder = self.stage(name, key)
        if elsewhere := self._elsewhere(folder):
            return elsewhere.signed(folder.name, "/".join(file), seconds, media_type)
        return None

    def share(self, keys: Mapping[str, str], replace: bool = False) -> None:
        """Write results of this machine (stage name to key) that are not in the store to it.

        With ``replace``, also those that are.
        """
        if self._shared is None:
            return
        for name, key in keys.items():
            folder = self.stage(name, key)
            if folder.is_dir():
                identity = self.identity(name, key)
                self._shared.send(folder.name, None if identity == key else identity, replace)

    def free(self) -> None:
        """Delete large results from this machine that are in the store, if it is to keep few."""
        if self._shared is not None:
            self._shared.free()

    def written_elsewhere(self) -> None:
        """Take note that another machine has written results."""
        if self._shared is not None:
            self._shared.forget()

    def _elsewhere(self, folder: Path) -> "SharedResults | None":
        """Return the results in the store, for one that is not on this machine."""
        return None if self._shared is None or folder.is_dir() else self._shared

    def identity(self, name: str, key: str) -> str:
        """Return what stands for a result in the keys of stages that read it.

        Its own key, or that of an earlier result with the same files.
        """
        folder = self.stage(name, key)
        try:
            return (folder / SAME_AS).read_text(encoding="ascii")
        except FileNotFoundError:
            elsewhere = self._elsewhere(folder)
            found = None if elsewhere is None else elsewhere.find(folder.name)
            return key if found is None else found.identity or key

    def results(self, name: str) -> list[Path]:
        """Return the folders of all whole results of a stage here, under whatever key."""
        return sorted(self.path.glob(f"{name}-*/"))

    def commit(self, name: str, key: str, write: Callable[[Path], None]) -> Path:
        """Let ``write`` fill a folder of its own, then make it the stage's result at once.

        A result that was there before is replaced. Of two that are written at the same time the
        first to be whole stays: under one key they mean the same.
        """
        final = self.stage(name, key)
        again = final.is_dir()
        unfinished = unfinished_folder(self.path)
        try:
            write(unfinished)
            self._keep_identity(name, key, unfinished)
            if again:
                with suppress(FileNotFoundError):  # Another process was quicker.
                    remove_folder(final)
            take_name(unfinished, final)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        return final

    def _keep_identity(self, name: str, key: str, new: Path) -> None:
        """Mark a new result that has the same files as an earlier one."""
        for earlier in self.results(name):
            try:
                same = _same_files(earlier, new)
            except FileNotFoundError:  # Another process has just deleted it.
                continue
            if same:
                identity = self.identity(name, earlier.name.removeprefix(f"{name}-"))
                if identity != key:
                    (new / SAME_AS).write_text(identity, encoding="ascii")
                return

    def delete(self, name: str) -> bool:
        """Delete all results of a stage, under whatever key; return whether there were any."""
        found = self.results(name)
        for folder in found:
            remove_folder(folder)
        elsewhere = self._shared is not None and self._shared.delete(name)
        return bool(found) or elsewhere

    def prune(self, keys: Mapping[str, str]) -> None:
        """Delete every stage folder but those of ``keys`` (stage name to key), each at once.

        What is left of one would count as whole as soon as its key is wanted again. A writer that
        still fills an unfinished one fails: it can commit nothing of it. Windows keeps a folder
        that somebody reads; the next run deletes it.
        """
        wanted = {self.stage(name, key).name for name, key in keys.items()}
        for folder in [each for each in self.path.iterdir() if each.is_dir()]:
            if folder.name.removeprefix(PARTS) not in wanted:
                with suppress(OSError):
                    remove_folder(folder)
        if self._shared is not None:
            self._shared.remove(wanted)


def _same_files(one: Path, other: Path) -> bool:
    """Return whether two folders hold the same files, but for the marks of their identity."""
    names = [
        sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        for folder in (one, other)
    ]
    files = [[name for name in each if name != SAME_AS] for each in names]
    return files[0] == files[1] and all(
        filecmp.cmp(one / name, other / name, shallow=False) for name in files[0]
    )
