"""A title's identity: a hash of the file's content, independent of its path."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from indexer.errors import ReelfindError
from indexer.files import is_settled, open_regular
from indexer.object_store import ranges
from indexer.remote_path import RemotePath

BLOCK = 256 * 1024
"""Bytes of one block."""

BLOCKS = 32
"""Blocks read of a large file: 8 MiB in all, whatever its length."""


SETTLED = 3.0
"""Seconds after a change from which a file's times tell one content from the next: two changes
within the same tick of the file system's clock look like one."""


def current_hash(path: Path) -> str:
    """Return the file's ``content_hash``, read again only if size or times have changed.

    For frequent checks. Use ``content_hash`` where the result must be right even if
    somebody has set the file's times back.

    Raises:
        ReelfindError: the file cannot be read.
    """
    try:
        about = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if not is_settled(path, about, SETTLED):
        return _hashed(path)
    times = (about.st_mtime_ns, about.st_ctime_ns)
    return _remembered(path, about.st_dev, about.st_ino, about.st_size, times)


@lru_cache(maxsize=4096)
def _remembered(path: Path, device: int, node: int, size: int, times: tuple[int, int]) -> str:
    del device, node, size, times  # Identifies a state of the file.
    return _hashed(path)


def content_hash(path: Path) -> str:
    """Return 32 hexadecimal digits that name the file's content.

    BLAKE2b over the size and over 32 blocks of 256 KiB: the head, the tail and what lies
    evenly between them; a file of up to 8 MiB is read whole. Name, folder and times play no
    part, so a file keeps its hash when it is moved or touched.

    Raises:
        ReelfindError: the file cannot be read.
    """
    # The state of an object is that of its content.
    return current_hash(path) if isinstance(path, RemotePath) else _hashed(path)


def _hashed(path: Path) -> str:
    try:
        size = path.stat().st_size
        digest = hashlib.blake2b(size.to_bytes(8, "big"), digest_size=16)
        for block in _blocks(path, _offsets(size)):
            digest.update(block)
    except OSError as error:
        raise _unreadable(path, error) from error
    return digest.hexdigest()


def _blocks(path: Path, offsets: Sequence[int]) -> Iterator[bytes]:
    if isinstance(path, RemotePath):
        yield from ranges(path.name_in_store, offsets, BLOCK)
        return
    with open_regular(path) as file:
        for offset in offsets:
            file.seek(offset)
            yield file.read(BLOCK)


def _unreadable(path: Path, error: OSError) -> ReelfindError:
    return ReelfindError(
        f"{path}: {error.strerror or error}; check that the file is there and readable"
    )


def _offsets(size: int) -> list[int]:
    """Return where the blocks begin, in order; they touch when the file is small."""
    if size <= BLOCK * BLOCKS:
        return list(range(0, size, BLOCK))
    last = size - BLOCK
    return [last * i // (BLOCKS - 1) for i in range(BLOCKS)]
