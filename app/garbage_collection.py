"""Tunes Python's garbage collector so that commands, servers and searches do not wait for it."""

import asyncio
import gc

THRESHOLD = 50_000
"""Net new objects before the collector runs."""
PERIOD = 60.0
"""Seconds from one collection of everything to the next."""


def collect_seldom() -> None:
    """Have the collector run seldom, in a process that begins.

    Imports make a million objects that stay. A search makes thousands without cycles, which are
    freed with its answer.
    """
    gc.set_threshold(THRESHOLD)


def tune_garbage_collector() -> None:
    """Tune the collector of a process that has loaded its networks and index."""
    # Objects of libraries and networks live as long as the process: exempt them from collection.
    gc.collect()
    gc.freeze()
    collect_seldom()


async def collect_now_and_then(seconds: float = PERIOD) -> None:
    """Collect garbage every so many seconds, for ever.

    A session that has ended, with the clip that was searched by, may be in cycles. The collector
    itself would come to what is old after a thousand redraws only. Streamlit collects after each,
    which takes a fifth of the interpreter's time.
    """
    while True:
        await asyncio.sleep(seconds)
        gc.collect()
