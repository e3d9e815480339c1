"""Decoding on a GPU, by ffmpeg itself: whether this machine can."""

import subprocess
from functools import cache

from indexer.ffmpeg import find_ffmpeg

CUDA = "cuda"
"""ffmpeg's name for NVIDIA's decoders."""

_SECONDS = 20


@cache
def can_decode_on_gpu() -> bool:
    """Return whether ffmpeg was built for CUDA and finds a device and its driver.

    Whether the device can decode a given film shows only when it is tried.
    """
    command = [find_ffmpeg(), "-v", "quiet", "-nostdin", "-init_hw_device", CUDA]
    command += ["-f", "lavfi", "-i", "nullsrc=size=16x16", "-frames:v", "1", "-f", "null", "-"]
    try:
        return subprocess.run(command, check=False, timeout=_SECONDS).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
