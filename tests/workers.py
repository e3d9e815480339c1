"""Prints how many processes of tests this machine has room for: ``python tests/workers.py``.

One more than there are cores, since each waits now and then; each takes up to 5 GB of memory.
"""

import os

EACH = 5 * 10**9
"""Bytes."""


def workers(cores: int, memory: int) -> int:
    """Return how many processes run at once."""
    return max(1, min(cores + 1, memory // EACH, 8))


if __name__ == "__main__":
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError):  # Windows does not say.
        memory = 2 * EACH
    print(workers(os.cpu_count() or 1, memory))
