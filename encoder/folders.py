"""Folders that are there whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write ``folder`` with its files (name to content).

    Everything is written beside it, flushed to the disk, and renamed into place.

    Raises:
        FileExistsError: ``folder`` is there already.
    """
    if folder.exists():
        raise FileExistsError(f"{folder}: already there; choose another folder or remove it")
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in files.items():
            _write(temporary / name, content)
        _flush(temporary)
        temporary.chmod(0o755)
        os.replace(temporary, folder)  # noqa: PTH105
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _flush(folder.parent)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
