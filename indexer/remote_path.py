"""Films by address: a path that begins with ``s3:`` lies in an object store.

A ``RemotePath`` is asked what any path is asked, so that callers need not tell where a film lies.
What opens files by name refuses it; ``indexer.files.open_regular`` and ``indexer.relay`` read it.
"""

import os
import stat
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from indexer import object_store
from indexer.errors import ReelfindError
from indexer.object_store import ObjectFolder

SCHEME = "s3:"

if TYPE_CHECKING:
    _Path = Path
else:
    _Path = type(Path())  # Before Python 3.12 only this can have subclasses.


class RemotePath(_Path):
    """A film, a file beside it, or a folder of them: ``s3://bucket/films/film.mov``.

    States and lists raise the errors of a disk, with what the store answered as their text.
    """

    def __str__(self) -> str:
        first, *rest = self.parts or [""]
        return f"{first}//{'/'.join(rest)}" if first == SCHEME else super().__str__()

    def __fspath__(self) -> str:
        raise TypeError(f"{self}: lies in an object store, and was opened as if on a disk")

    @property
    def name_in_store(self) -> str:
        """The bucket and the key, with a slash between them."""
        return "/".join(self.parts[1:])

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Return size and time; the inode, and parts of a second, stand for the content."""
        del follow_symlinks
        found = object_store.state(self.name_in_store)
        if found is None:
            return os.stat_result((stat.S_IFDIR, *[0] * 9))
        times = [found.modified * 10**9 + found.number % 10**9] * 2
        facts = (stat.S_IFREG, found.number, 0, 1, 0, 0, found.size, *[found.modified] * 3)
        return os.stat_result(facts, {"st_mtime_ns": times[0], "st_ctime_ns": times[1]})

    def lstat(self) -> os.stat_result:
        """Return the same: there are no links."""
        return self.stat()

    def is_file(self, **_: Any) -> bool:
        """Return whether there is such an object.

        Raises:
            ReelfindError: the store cannot be asked.
        """
        try:
            return stat.S_ISREG(self.stat().st_mode)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise ReelfindError(f"{self}: cannot be read ({error.strerror})") from error

    def is_dir(self, **_: Any) -> bool:
        """Return whether objects lie below.

        Raises:
            OSError: the store cannot be asked.
        """
        try:
            return stat.S_ISDIR(self.stat().st_mode)
        except FileNotFoundError:
            return False

    def exists(self, **_: Any) -> bool:
        """Return whether it is an object or a folder.

        Raises:
            ReelfindError: the store cannot be asked.
        """
        return self.is_file() or self.is_dir()

    def is_symlink(self) -> bool:
        """Return False."""
        return False

    def listed(self) -> ObjectFolder:
        """Return what lies in this folder.

        Raises:
            OSError: nothing lies there, or the store cannot be asked.
        """
        return object_store.folder(self.name_in_store)

    def iterdir(self) -> Generator[Self, None, None]:
        """Yield what lies in this folder, files and folders."""
        yield from (self / name for name in self.listed().entries)

    def is_absolute(self) -> bool:
        """Return True."""
        return True

    def absolute(self) -> Self:
        """Return the same path."""
        return self

    def resolve(self, strict: bool = False) -> Self:
        """Return the same path; ``strict`` asks whether it is there."""
        if strict:
            self.stat()
        return self

    def samefile(self, other_path: str | os.PathLike[str]) -> bool:
        """Return whether it is the same address."""
        return self == other_path

    def as_uri(self) -> str:
        """Return the address in percent encoding."""
        return f"{SCHEME}//{quote(self.name_in_store)}"


class AddressError(ReelfindError, ValueError):
    """An address of an object store that leads nowhere."""


def path_of(written: str | Path) -> Path:
    """Return a path as somebody wrote it; the address of an object store becomes a RemotePath.

    Raises:
        AddressError: an address names no bucket, or has steps ``..``.
    """
    path = Path(written)
    if isinstance(written, RemotePath) or path.parts[:1] != (SCHEME,):
        return written if isinstance(written, Path) else path
    if len(path.parts) < 2 or ".." in path.parts:
        raise AddressError(f"{written}: write the address of a film or folder as s3://bucket/films")
    return RemotePath(path)


def whole_path(path: Path) -> Path:
    """Return a path from its root, without ``..``; links stay, since sidecars lie beside them."""
    path = path_of(path)
    if isinstance(path, RemotePath):
        return path
    return Path(os.path.normpath(path.absolute()))
