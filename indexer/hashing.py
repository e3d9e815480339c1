"""A title's identity: a hash of what is in the file, wherever the file lies."""

import hashlib
from pathlib import Path

from indexer.errors import ReelfindError

BLOCK = 256 * 1024
"""Bytes of one block."""

BLOCKS = 32
"""Blocks read of a large file: 8 MiB in all, whatever its length."""


def content_hash(path: Path) -> str:
    """Return 32 hexadecimal digits that name the file's content.

    BLAKE2b over the size and over 32 blocks of 256 KiB: the head, the tail and what lies
    evenly between them; a file of up to 8 MiB is read whole. Name, folder and times play no
    part, so a file keeps its hash when it is moved or touched.

    Raises:
        ReelfindError: the file cannot be read.
    """
    try:
        size = path.stat().st_size
        digest = hashlib.blake2b(size.to_bytes(8, "big"), digest_size=16)
        with path.open("rb") as file:
            for offset in _offsets(size):
                file.seek(offset)
                digest.update(file.read(BLOCK))
    except OSError as error:
        raise ReelfindError(
            f"{path}: {error.strerror or error}; check that the file is there and readable"
        ) from error
    return digest.hexdigest()


def _offsets(size: int) -> list[int]:
    """Return where the blocks begin, in order; they touch when the file is small."""
    if size <= BLOCK * BLOCKS:
        return list(range(0, size, BLOCK))
    last = size - BLOCK
    return [last * i // (BLOCKS - 1) for i in range(BLOCKS)]
