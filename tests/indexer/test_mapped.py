import mmap
import sys
from pathlib import Path

import numpy as np
import pytest

from indexer.mapped import open_mapped

LARGE = 64 * 2**20


def resident() -> int:
    """Return the bytes of files that this process has in memory."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssFile:")[2].split()[0]) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted by Linux's /proc")
def test_what_was_read_is_let_go(tmp_path: Path) -> None:
    file = tmp_path / "values"
    file.write_bytes(bytes(LARGE))
    values = open_mapped(file, np.uint8)
    before = resident()
    most = 0
    for start in range(0, LARGE, 2**20):
        assert not values[start : start + 2**20].any()
        most = max(most, resident() - before)
    assert most < LARGE / 8


def test_what_was_sliced_stays_valid(tmp_path: Path) -> None:
    expected = np.arange(100_000, dtype="<i2").reshape(-1, 4)
    expected.tofile(tmp_path / "values")
    values = open_mapped(tmp_path / "values", "<i2", 4)
    parts = [values[start : start + 500] for start in range(0, len(values), 500)]
    assert (np.concatenate(parts) == expected).all()
    assert (values[np.array([7, 3])] == expected[[7, 3]]).all()
    assert (values[::100] == expected[::100]).all()


def test_an_unfinished_row_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "values").write_bytes(bytes(11))
    assert open_mapped(tmp_path / "values", np.uint8, 2, 2).shape == (2, 2, 2)


def test_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "values").write_bytes(bytes(4))
    with pytest.raises(ValueError, match="read-only"):
        open_mapped(tmp_path / "values", np.uint8)[0] = 1


def test_a_system_that_cannot_let_go_reads_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows has no ``madvise``."""
    monkeypatch.delattr(mmap, "MADV_DONTNEED", raising=False)
    (tmp_path / "values").write_bytes(bytes(range(8)))
    assert open_mapped(tmp_path / "values", np.uint8)[2:4].tolist() == [2, 3]
