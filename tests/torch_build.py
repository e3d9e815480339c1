"""Install the build of torch that fits this machine, and say before what comes down.

    python tests/torch_build.py INTO [INDEX]

INTO is the Python to install it for. INDEX is the address of a package index; ``auto``, the
default, takes the builds for CPUs on Linux without an NVIDIA GPU, which are a tenth of the size of
CUDA's, and an empty one takes pip's own index. Only the standard library is needed.
"""

import http.client
import platform
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"
FOR_CPUS = "https://download.pytorch.org/whl/cpu"
WAIT = 5.0
"""Seconds until an index that does not answer is passed over."""
CPU_SIZE, CUDA_SIZE = "200 MB", "7 GB with CUDA"


def choose(asked: str, system: str, has_gpu: bool, answers: bool) -> tuple[str, str]:
    """Return the index to take torch from, empty for pip's own, and what to tell the user.

    Args:
        asked: an address, empty, or ``auto``.
        system: as ``platform.system`` names it.
        has_gpu: whether there is an NVIDIA GPU.
        answers: whether the index of builds for CPUs answers.
    """
    if asked != "auto":
        return asked, f"torch: from {asked or 'the package index of pip'}, as TORCH_INDEX says"
    if system != "Linux":
        return "", f"torch: about {CPU_SIZE}"
    if has_gpu:
        return "", f"torch for the NVIDIA GPU: about {CUDA_SIZE}"
    if answers:
        return FOR_CPUS, f"torch for CPUs: about {CPU_SIZE}, from {FOR_CPUS}"
    return "", (
        f"torch: {FOR_CPUS} does not answer, so pip takes what its own index has: about {CPU_SIZE} "
        f"for CPUs alone, else {CUDA_SIZE}. Set TORCH_INDEX to name another index"
    )


def has_nvidia_gpu() -> bool:
    """Return whether a driver for NVIDIA GPUs is installed."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def index_answers(address: str, wait: float = WAIT) -> bool:
    """Return whether a package index knows torch, and says so in time."""
    request = urllib.request.Request(f"{address}/torch/", method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=wait):
            return True
    except (OSError, http.client.HTTPException):
        return False


def requirement() -> str:
    """Return torch with the versions that the project takes."""
    needed = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["dependencies"]
    return next(str(each) for each in needed if str(each).startswith("torch>"))


def main(python: str, asked: str = "auto") -> int:
    """Install torch; return pip's exit status."""
    system, gpu = platform.system(), has_nvidia_gpu()
    wanted = asked == "auto" and system == "Linux" and not gpu
    index, message = choose(asked, system, gpu, wanted and index_answers(FOR_CPUS))
    print(message, flush=True)
    where = ["--index-url", index] if index else []
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", *where, requirement()]
    return subprocess.run(pip, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
