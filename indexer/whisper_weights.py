"""Reads the weights of a CTranslate2 model by name.

The file holds a version, the name and revision of its layout, and the variables one after the
other (``ModelSpec.save`` of CTranslate2's ``model_spec.py``, version 6).
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Weights = Mapping[str, NDArray[np.float32]]

VERSION = 6
KINDS = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}


class _Reader:
    """A place in a file that moves on with what is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bytes = np.memmap(path, np.uint8, "r")
        self._at = 0

    def number(self, size: int) -> int:
        return int.from_bytes(self.block(size).tobytes(), "little")

    def block(self, size: int) -> NDArray[np.uint8]:
        self._at += size
        if self._at > len(self._bytes):
            raise ValueError(f"{self._path}: ends before its last weight")
        return self._bytes[self._at - size : self._at]

    def name(self) -> str:
        return self.block(self.number(2)).tobytes().rstrip(b"\0").decode()


def read_weights(path: Path, prefix: str) -> Weights:
    """Return the variables whose names begin with ``prefix``, without it.

    Raises:
        ValueError: the file is of another version, or not whole.
    """
    reader = _Reader(path)
    if (version := reader.number(4)) != VERSION:
        raise ValueError(f"{path}: version {version}, and {VERSION} is what is read here")
    reader.name()
    reader.number(4)  # The revision of the layout.
    found = {}
    for _ in range(reader.number(4)):
        name = reader.name()
        shape = [reader.number(4) for _ in range(reader.number(1))]
        kind = KINDS[reader.number(1)]
        content = reader.block(reader.number(4))
        if name.startswith(prefix):
            values = content.view(kind).reshape(shape).astype(np.float32)
            found[name.removeprefix(prefix)] = values
    return found
