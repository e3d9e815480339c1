"""Where the core-seconds of a `reelfind` command go, part by part. Linux only.

    python -m bench.profiling PARTS.json index FILMS --data DATA

Runs the command with one more thread, which looks a hundred times a second at what every Python
thread is doing, and five times a second at the processor time that each has used. A part is the
file of this project that is innermost on a thread's stack. Threads of libraries (OpenMP, ONNX
Runtime, CTranslate2) have no such stack: their time goes to the threads that wait in a library
meanwhile, or else to those that compute. Processes that the command starts are one part.
"""

import json
import os
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType

LOOK = 0.01
"""Seconds between two looks at the stacks."""
LOOKS = 20
"""Looks between two readings of the processor time."""

ROOT = Path(__file__).resolve().parent.parent
OURS = tuple(f"{ROOT / package}{os.sep}" for package in ("app", "indexer", "probes", "encoder"))

CHILDREN = "ffmpeg and other processes"
IMPORTS = "imports"
PROFILE = "this profile"
OTHER = "start, end and other"

_IDLE = ("threading.py", "selectors.py", "queue.py", "subprocess.py", "thread.py", "ffmpeg.py")
"""Files whose innermost frame waits for another thread or process."""
_TICKS = os.sysconf("SC_CLK_TCK")
_WAITING = 0.2
"""A thread that uses less of a core than this waits for others."""


class Sampler(threading.Thread):
    """Looks at the threads of its process until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(name="sampler", daemon=True)
        self._parts: defaultdict[str, float] = defaultdict(float)
        self._stopped = threading.Event()
        self._before: dict[int, float] = {}
        self._seen: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def run(self) -> None:
        """Look now and then."""
        looks = 0
        while not self._stopped.wait(LOOK):
            self._look()
            looks += 1
            if looks % LOOKS == 0:
                self._attribute()

    def stop(self) -> Mapping[str, float]:
        """Return the core-seconds of all parts."""
        self._stopped.set()
        self.join()
        self._attribute()
        used = os.times()
        self._parts[CHILDREN] = used.children_user + used.children_system
        whole = used.user + used.system + self._parts[CHILDREN]
        self._parts[OTHER] += whole - sum(self._parts.values())
        return self._parts

    def _look(self) -> None:
        frames = sys._current_frames()
        for thread in threading.enumerate():
            frame = frames.get(thread.ident or 0)
            if thread is not self and frame is not None and thread.native_id:
                # A thread that is idle keeps its place, so that it is known to have a stack.
                self._seen[thread.native_id][part_of(frame)] += not is_idle(frame)

    def _attribute(self) -> None:
        """Give what each thread used since the last reading to the parts it was seen in."""
        used = self._used()
        self._spend(used.pop(self.native_id or 0, 0.0), Counter([PROFILE]))
        waiting: Counter[str] = Counter()
        busy: Counter[str] = Counter()
        for thread, parts in self._seen.items():
            seconds = used.pop(thread, 0.0)
            self._spend(seconds, parts)
            (waiting if seconds < _WAITING * LOOK * LOOKS else busy).update(+parts)
        self._spend(sum(used.values()), waiting or busy)
        self._seen.clear()

    def _spend(self, seconds: float, parts: Counter[str]) -> None:
        looks = parts.total()
        for part, count in parts.items():
            self._parts[part] += seconds * count / looks if looks else seconds / len(parts)
        if not parts:
            self._parts[OTHER] += seconds

    def _used(self) -> dict[int, float]:
        """Return the core-seconds of each thread of this process since the last reading."""
        now: dict[int, float] = {}
        for folder in Path("/proc/self/task").iterdir():
            with suppress(OSError):  # A thread may end meanwhile.
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                now[int(folder.name)] = (int(fields[11]) + int(fields[12])) / _TICKS
        used = {thread: time - self._before.get(thread, 0.0) for thread, time in now.items()}
        self._before = now
        return used


def part_of(frame: FrameType) -> str:
    """Return the part of the code that a stack is in, from its innermost frame outwards."""
    at: FrameType | None = frame
    while at is not None:
        file = at.f_code.co_filename
        if file == __file__:
            break
        if file.startswith("<frozen importlib") or at.f_code.co_name == "<module>":
            return IMPORTS
        if file.startswith(OURS):
            return Path(file).relative_to(ROOT).as_posix()
        at = at.f_back
    return OTHER


def is_idle(frame: FrameType) -> bool:
    """Return whether a thread waits for another one or for a process."""
    return Path(frame.f_code.co_filename).name in _IDLE


def main() -> None:
    """Run the command under the sampler and write down where its time went."""
    parts, *sys.argv[1:] = sys.argv[1:]
    sampler = Sampler()
    sampler.start()
    try:
        from app.cli.main import main as reelfind  # The imports are a part of what is measured.

        reelfind()
    finally:
        Path(parts).write_text(json.dumps(sampler.stop(), indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
