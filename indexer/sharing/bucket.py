"""The object store as a place to write: objects below one address."""

import errno
import io
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from indexer.errors import ReelfindError
from indexer.object_store import ObjectState, asked, reader, signed_address, state_from
from indexer.remote_path import RemotePath, path_of

READ_AHEAD = 2**23
"""Bytes of one request while an object is read from its start to its end."""
SOME = 2**16
"""Bytes of one request, at least, where little of an object is read."""


class Bucket:
    """The objects below an address ``s3://bucket/prefix``, by names relative to it.

    Where the store cannot be asked, every method raises ``ReelfindError``.
    """

    def __init__(self, address: str) -> None:
        path = path_of(address)
        assert isinstance(path, RemotePath)
        self.address = str(path)
        self._root = path.name_in_store

    def listed(self, folder: str, begin: str = "") -> dict[str, ObjectState]:
        """Return the objects below a folder whose names begin so, by name relative to it."""
        place = f"{self._root}/{folder}"
        with self._told("listed"), asked(place) as store:
            found = store.find(place, prefix=begin, detail=True, refresh=True)
        return {
            name.removeprefix(f"{place}/"): state_from(each)
            for name, each in found.items()
            if each["type"] != "directory" and not name.endswith("/")
        }

    def write(self, files: Mapping[str, Path]) -> None:
        """Write objects from files. Each one can be seen when it is whole, and not before."""
        if not files:
            return
        with self._told("written"), asked(self._root) as store:
            store.put([str(path) for path in files.values()], self._places(files))

    def read(self, files: Mapping[str, Path]) -> None:
        """Read objects into files.

        Raises:
            FileNotFoundError: one is not there.
        """
        if not files:
            return
        with self._told("read", may_be_gone=True), asked(self._root) as store:
            store.get(self._places(files), [str(path) for path in files.values()])

    @contextmanager
    def opened(self, name: str, at_once: int) -> Iterator[BinaryIO]:
        """Open an object for reading; only ranges are asked for, of so many bytes at least.

        Raises:
            FileNotFoundError: it is not there.
        """
        with self._told("read", may_be_gone=True), reader(f"{self._root}/{name}") as raw:
            yield cast(BinaryIO, io.BufferedReader(raw, at_once))

    def remove(self, names: Collection[str]) -> None:
        """Delete objects, the first one first."""
        if not names:
            return
        first, *others = self._places(names)
        with self._told("deleted"), asked(self._root) as store:
            # Of several at once, the store does not say which it refused to delete.
            store.rm_file(first)
            if others:
                store.rm(others)

    def signed(self, name: str, seconds: int, media_type: str) -> str:
        """Return an address with which anybody may read an object for some time."""
        with self._told("signed"):
            return signed_address(f"{self._root}/{name}", seconds, media_type)

    def _places(self, names: Collection[str]) -> list[str]:
        return [f"{self._root}/{name}" for name in names]

    @contextmanager
    def _told(self, what: str, may_be_gone: bool = False) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            if may_be_gone:
                raise
            raise ReelfindError(
                f"{self.address}: there is no such bucket; correct storage.artefacts in the "
                "settings, or make the bucket"
            ) from error
        except OSError as error:
            step = "try again later"
            if error.errno == errno.EACCES:
                step = "allow them to list, read, write and delete objects there"
            raise ReelfindError(
                f"{self.address}: artefacts cannot be {what} ({error.strerror}); {step}"
            ) from error
