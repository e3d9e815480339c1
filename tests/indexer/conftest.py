"""Fixtures that make small media files, and an object store for them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]
import iscc_samples  # type: ignore[import-untyped]
import pytest

from tests.object_store import moto, store

__all__ = ["moto", "store"]

FFmpeg = Callable[..., Path]


@pytest.fixture
def ffmpeg(tmp_path: Path) -> FFmpeg:
    """Run ffmpeg with the given arguments, the last of which names a file to make."""

    def run(*arguments: str | Path) -> Path:
        *options, name = map(str, arguments)
        made = tmp_path / name
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *options, str(made)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return made

    return run


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of iscc-samples: one concert in some twenty containers, and other files."""
    return Path(iscc_samples.__file__).parent / "files"
