"""Large blocks of memory are kept while they may be used again, and then given back."""

import ctypes
from pathlib import Path

import numpy as np
import pytest

from indexer.allocation import give_back, keep_large_blocks

resource = pytest.importorskip("resource", reason="Windows does not count faults of pages so")


def faults() -> int:
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)


def fill() -> int:
    """Return how many pages the system had to provide for 16 MiB that are used and let go."""
    before = faults()
    np.ones(16 * 2**20, np.uint8).sum()
    return faults() - before


def test_a_block_that_was_used_is_there_again() -> None:
    if not hasattr(ctypes.CDLL(None), "mallopt"):
        pytest.skip("not glibc")
    keep_large_blocks()
    fill()
    assert fill() < 16 * 2**20 / 4096 / 4


def resident() -> int:
    """Return the bytes of memory of this process that are no file's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssAnon:")[2].split()[0]) * 1024


def test_blocks_that_nothing_uses_are_given_back() -> None:
    """Also those below one that is still in use."""
    if not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("not glibc")
    keep_large_blocks()
    blocks = [np.ones(2**20, np.uint8) for _ in range(256)]
    del blocks[:-1]
    before = resident()
    give_back()
    assert before - resident() > 128 * 2**20


def test_windows_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no C library to ask by no name."""
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: pytest.fail("asked for"))
    keep_large_blocks()
    give_back()
