import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import hardware
from indexer.hardware import can_decode_on_gpu


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    can_decode_on_gpu.cache_clear()
    yield
    can_decode_on_gpu.cache_clear()


def test_a_device_that_cannot_be_opened_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real ffmpeg, asked for hardware that no machine has."""
    monkeypatch.setattr(hardware, "CUDA", "no-such-device")
    assert can_decode_on_gpu() is False


def test_without_ffmpeg_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "find_ffmpeg", lambda: "/no/such/program")
    assert can_decode_on_gpu() is False


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_a_device_that_opens_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in that opens ``cuda`` and nothing else."""
    script = tmp_path / "ffmpeg"
    script.write_text('#!/bin/sh\ncase "$*" in *"-init_hw_device cuda "*) exit 0;; esac; exit 1\n')
    script.chmod(0o755)
    monkeypatch.setattr(hardware, "find_ffmpeg", lambda: str(script))
    assert can_decode_on_gpu() is True
