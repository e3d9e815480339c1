"""Asks an S3 object store: what lies in a folder, the states of objects, and ranges of bytes.

Credentials, region and address are those of the AWS tools: environment, ``~/.aws``, a role.
"""

import errno
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from indexer.errors import ReelfindError

CONNECT_SECONDS, READ_SECONDS = 5, 30
"""How long a connection, and then the next bytes, may take before they are asked for again."""

REQUESTS = {"mode": "standard", "total_max_attempts": 3}
"""For botocore, which repeats what a store refuses for the moment. s3fs repeats broken reads."""


@dataclass(frozen=True, slots=True)
class ObjectState:
    """An object: its size in bytes, the second of its last change, and its ETag."""

    size: int
    modified: int
    tag: str

    @property
    def number(self) -> int:
        """A number of 63 bits for the content, from the ETag: other content has another."""
        return int.from_bytes(hashlib.blake2b(self.tag.encode(), digest_size=8).digest()) >> 1


@dataclass(frozen=True, eq=False)
class ObjectFolder:
    """What lies in a folder, by name: objects with their states, and None for a folder."""

    entries: Mapping[str, ObjectState | None]


_Listings = dict[str, ObjectFolder | OSError]
_snapshot: ContextVar[_Listings | None] = ContextVar("snapshot", default=None)


@contextmanager
def snapshot() -> Iterator[None]:
    """List each folder once within the block, and answer from that what lies in it.

    A run over thousands of films then asks the store once for a thousand of them. Folders that
    were not listed, and bytes, are asked for each time.
    """
    known = _snapshot.get()
    token = _snapshot.set({} if known is None else known)
    try:
        yield
    finally:
        _snapshot.reset(token)


def folder(name: str) -> ObjectFolder:
    """Return what lies in a folder, ``bucket`` or ``bucket/films``.

    Raises:
        OSError: nothing lies there, or the store cannot be asked.
        ReelfindError: s3fs is not installed.
    """
    known = _snapshot.get()
    if known is None:
        return _listed(name)
    if name not in known:
        try:
            known[name] = _listed(name)
        except OSError as error:
            known[name] = error
    found = known[name]
    if isinstance(found, OSError):
        raise found
    return found


def state(name: str) -> ObjectState | None:
    """Return the state of an object ``bucket/films/film.mov``; None if it is a folder.

    Raises:
        OSError: nothing lies there, or the store cannot be asked.
        ReelfindError: s3fs is not installed.
    """
    parent, _, own = name.rpartition("/")
    if parent in (_snapshot.get() or {}):
        entries = folder(parent).entries
        if own not in entries:
            raise FileNotFoundError(errno.ENOENT, "no such object", f"s3://{name}")
        return entries[own]
    with asked(name) as store:
        found = store.info(name, refresh=True)
    return None if found["type"] == "directory" else state_from(found)


def reader(name: str) -> "ObjectReader":
    """Open an object for reading.

    Raises:
        OSError: it is not there, or the store cannot be asked.
    """
    with asked(name) as store:
        return ObjectReader(name, store.open(name, "rb", cache_type="none"))


def ranges(name: str, starts: Sequence[int], length: int) -> list[bytes]:
    """Return pieces of an object, up to ``length`` bytes from each start; asked for at once.

    Raises:
        OSError: it cannot be read.
    """
    with asked(name) as store:
        ends = [start + length for start in starts]
        found: list[bytes] = store.cat_ranges([name] * len(ends), [*starts], ends)
    return found


def signed_address(name: str, seconds: int, media_type: str) -> str:
    """Return an address with which anybody may read an object for some time.

    Raises:
        OSError: there are no credentials to sign it with.
    """
    with asked(name) as store:
        return str(store.sign(name, expiration=seconds, ResponseContentType=media_type))


class ObjectReader(io.RawIOBase):
    """An open object: each read is one request, for a range of what was opened.

    Reads raise OSError when it is gone or was replaced, or when the store cannot be asked.
    """

    def __init__(self, name: str, opened: Any) -> None:
        self._name, self._opened = name, opened
        self.size = int(opened.size)

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; nothing is asked for yet."""
        try:
            return int(self._opened.seek(offset, whence))
        except ValueError as error:  # A place before its start.
            raise OSError(errno.EINVAL, str(error)) from error

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, fewer than ``size`` only at the end."""
        with asked(self._name):
            return bytes(self._opened.read(size))

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes into a buffer, and return how many there were."""
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _listed(name: str) -> ObjectFolder:
    with asked(name) as store:
        found = store.ls(name, detail=True, refresh=True)
    entries = {
        each["name"].removeprefix(f"{name}/"): None
        if each["type"] == "directory"
        else state_from(each)
        for each in found
        if each["name"].startswith(f"{name}/")
    }
    # An empty name is the mark of a folder; steps like these cannot be told from their folders.
    return ObjectFolder({own: entries[own] for own in entries if own not in {"", ".", ".."}})


def state_from(found: Mapping[str, Any]) -> ObjectState:
    """Return the state of an object as s3fs lists it."""
    return ObjectState(found["size"], int(found["LastModified"].timestamp()), found["ETag"])


@cache
def files() -> Any:
    """Return the store as a file system.

    Raises:
        ReelfindError: s3fs is not installed.
    """
    try:
        import s3fs  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        raise ReelfindError(
            "s3://…: s3fs, which reads object stores, is not installed here; run: pip install "
            "'reelfind[s3]'"
        ) from error
    timeouts = {"connect_timeout": CONNECT_SECONDS, "read_timeout": READ_SECONDS}
    return s3fs.S3FileSystem(
        use_listings_cache=False,
        skip_instance_cache=True,
        # Signed addresses of version 2, the default of botocore, are refused by newer buckets.
        config_kwargs={**timeouts, "retries": REQUESTS, "signature_version": "s3v4"},
    )


@contextmanager
def asked(name: str) -> Iterator[Any]:
    """Give the store; its errors become those of files, with a cause that people can read."""
    store = files()  # Without s3fs there is no botocore either.
    from botocore.exceptions import BotoCoreError, NoCredentialsError  # type: ignore[import-untyped]
    from s3fs.utils import FileExpired  # type: ignore[import-untyped]

    address = f"s3://{name}"
    try:
        yield store
    except FileNotFoundError as error:
        raise FileNotFoundError(errno.ENOENT, "no such object", address) from error
    except (PermissionError, NoCredentialsError) as error:
        cause = f"the store refuses the AWS credentials of this machine: {_words(error)}"
        raise PermissionError(errno.EACCES, cause, address) from error
    except FileExpired as error:
        raise OSError(errno.ESTALE, "it was replaced while it was read", address) from error
    except (BotoCoreError, OSError) as error:
        raise OSError(errno.EIO, f"object store: {_words(error)}", address) from error


def _words(error: BaseException) -> str:
    code = getattr(error.__cause__, "response", {}).get("Error", {}).get("Code", "")
    said = " ".join(str(getattr(error, "strerror", None) or error).split())
    return f"{code}: {said}" if code and code != said else said
