"""What the figures were measured on, and what a command cost there."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.backbones.device import instructions

SETS = ("avx2", "avx512_f", "avx512_bf16", "avx512_vnni", "amx_tile", "neon", "bf16", "i8mm", "sve")
"""Instruction sets that the networks' libraries make use of, by torch's names."""


@dataclass(frozen=True)
class Cost:
    """What a command and the processes it started took.

    ``seconds`` by the clock, ``core_seconds`` of user and system time, ``peak`` GiB of the largest
    process.
    """

    seconds: float
    core_seconds: float
    peak: float


def machine() -> str:
    """Return the processor, its cores and those of ``SETS`` that it has."""
    has = instructions()
    sets = ", ".join(name for name in SETS if has.get(name)) or "none of " + ", ".join(SETS)
    return f"{has.get('cpu_name', 'a processor')}, {usable_cores()} cores, {sets}"


def usable_cores() -> int:
    """Return how many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def cost(command: Sequence[str]) -> Cost:
    """Run a command to its end and return what it took.

    Raises:
        SystemExit: it failed; the message is the end of what it said.
    """
    began = time.monotonic()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {said[-2000:].decode(errors='replace')}")
    seconds = time.monotonic() - began
    gibibyte = 2**30 if sys.platform == "darwin" else 2**20
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / gibibyte)
