"""Memory-mapped arrays that release pages once they have been read."""

import mmap
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class _Mapped(np.ndarray):
    """An array that releases its pages when another part of it is read.

    The pages of a mapped file count as a process's own until the system is short of memory: a
    film of two hours would hold a gigabyte. What was sliced before stays valid, and is read
    again where it is used again.
    """

    pages: mmap.mmap | None = None

    def __getitem__(self, index: Any) -> Any:
        if self.pages is not None and sys.platform != "win32" and hasattr(mmap, "MADV_DONTNEED"):
            self.pages.madvise(mmap.MADV_DONTNEED)
        return super().__getitem__(index)


def open_mapped(path: Path, dtype: DTypeLike, *row: int) -> NDArray[Any]:
    """Return a file, not empty, as an array of rows of the shape ``row``, not to be written to.

    Bytes after the last whole row are left out.
    """
    size = np.dtype(dtype).itemsize * int(np.prod(row, dtype=np.int64))
    with path.open("rb") as file:
        pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    count = len(pages) // size
    values = np.frombuffer(pages, dtype, count * size // np.dtype(dtype).itemsize)
    array = values.reshape(count, *row).view(_Mapped)
    array.pages = pages
    return array
