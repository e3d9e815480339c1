"""Keeps large blocks of memory for reuse within a stage, and returns them afterwards."""

import ctypes
import sys
from typing import Any

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
"""Names and numbers of glibc's ``malloc.h``."""

LARGEST_MAPPED = 256 * 2**20
LARGEST_KEPT = 512 * 2**20
"""Bytes."""
ARENAS = 2
"""Of the threads that compute at once; each keeps what it was given."""


def keep_large_blocks() -> None:
    """Let the C library keep blocks of the size of a network's activations.

    By default it maps each of them anew and the system clears every page of them again, which
    took a tenth of the time of indexing. Other libraries than glibc are left as they are.
    """
    mallopt = _libc("mallopt")
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGEST_MAPPED)
        mallopt(M_TRIM_THRESHOLD, LARGEST_KEPT)
        mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Let the C library return unused memory to the system, as after a network has finished.

    Otherwise the freed heap of one network adds to that of the next.
    """
    trim = _libc("malloc_trim")
    if trim is not None:
        trim(0)


def _libc(name: str) -> Any:
    """Return a function of glibc; None where the C library is another."""
    return None if sys.platform == "win32" else getattr(ctypes.CDLL(None), name, None)
