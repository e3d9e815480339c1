"""Limits on the memory, time and disk of a process that reads a film."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

MEMORY = 4.0
"""GiB: 8K pictures and what their decoder keeps fit; see ``decode.memory``."""

_STACK = 2 * 2**20
"""Bytes of each thread's stack: those of many cores would else use up the memory that is given."""

_LIMITED = (
    "import os, resource, sys\n"
    "for name, most in zip(('DATA', 'STACK', 'CPU', 'FSIZE', 'CORE'), sys.argv[1:6]):\n"
    "    try:\n"
    "        kind = getattr(resource, 'RLIMIT_' + name)\n"
    "        hard = resource.getrlimit(kind)[1]\n"
    "        most = int(most)\n"
    "        if most >= 0:\n"
    "            most = most if hard < 0 else min(most, hard)\n"
    "            resource.setrlimit(kind, (most, most))\n"
    "    except (AttributeError, OSError, ValueError):\n"
    "        pass\n"
    "os.nice(int(sys.argv[6]))\n"
    "os.execv(sys.argv[7], sys.argv[7:])\n"
)
"""Sets the limits on itself and becomes the program: a fork with a hook is not safe where there
are threads. A limit that the system does not know is left out."""


IN_BACKGROUND: int = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
"""``creationflags`` of a process that lets others go first: on Windows, which has no ``nice``."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one process; None is none.

    ``memory`` is GiB of data, ``seconds`` are of processor time, ``written`` are bytes of a file,
    ``nice`` is added to its priority's number.
    """

    memory: float = MEMORY
    seconds: int | None = None
    written: int | None = None
    nice: int = 0


def limited(command: Sequence[str], limits: Limits) -> list[str]:
    """Return a command that runs the given one within limits; its first part is a program's path.

    Linux enforces all limits, macOS all but memory. Windows has none of them, so the command is
    returned unchanged.
    """
    if find_spec("resource") is None:
        return list(command)
    most = (int(limits.memory * 2**30), _STACK, limits.seconds, limits.written, 0)
    values = ["-1" if each is None else str(each) for each in most]
    shim = [sys.executable, "-I", "-S", "-c", _LIMITED]
    return [*shim, *values, str(limits.nice), *command]
