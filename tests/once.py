"""What is made once in a run of the tests, by whichever of its processes needs it first."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder ``name`` that all processes of this run share; none may change it.

    The first process that asks lets ``make`` fill the empty folder; the others wait for it.
    """
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # Each worker has a folder of its own in the run's.
    folder, done = root / name, root / f"{name}.done"
    with FileLock(root / f"{name}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)  # Left by one that failed.
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
