"""How many processes of tests a machine has room for."""

import subprocess
import sys
from pathlib import Path

from tests.workers import workers

GB = 10**9


def test_a_machine_runs_as_many_as_it_has_cores_and_memory_for() -> None:
    assert workers(2, 25 * GB) == 3
    assert workers(8, 16 * GB) == 3
    assert workers(1, 4 * GB) == 1
    assert workers(64, 512 * GB) == 8


def test_this_machine_has_room_for_some() -> None:
    script = Path(__file__).with_name("workers.py")
    said = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert int(said.stdout) >= 1
